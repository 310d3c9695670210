/* What subscribers to newHeads cost: CPU time of the node for each notification, and the time until the
 * last of them has heard of a block.
 *
 *     bench_ws [SUBSCRIBERS]...
 *
 * They live in a process of their own, so that all CPU time of this one is the node's.  What the same blocks
 * cost without subscribers is taken off.  An answer to eth_chainId, the cheapest request, over a WebSocket is
 * the baseline; it is asked for again while the subscribers are there.  Prints JSON lines. */

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/support/measure.h"
#include "bench/support/rig.h"
#include "bench/support/ws.h"
#include "node/log.h"
#include "tests/support/traffic.h"

#define BLOCK_MS        500u
#define BLOCKS          8u
#define HEIGHTS_MAX     4096u
#define SUBSCRIBERS_MAX 10000u /* two sockets in this process each */
#define ANSWERS         200u   /* a round */
#define MESSAGE_MAX     8192u
#define PATIENCE_MS     60000u
#define EVENTS_AT_ONCE  256

/* What both processes see. */
struct heard {
	_Atomic u32 subscribed;
	_Atomic u32 count[HEIGHTS_MAX]; /* of notifications of a height */
	_Atomic u64 last_ns[HEIGHTS_MAX];
};

struct order {
	u16 port;
	u32 subscribers;
};

struct bench {
	struct rig rig;
	struct heard *heard;
	int orders; /* to the crowd: how many subscribers there shall be */
	double alone_us, answer_us, delay_of_one_ms;
};

/* -- the crowd ---------------------------------------------------------------------------- */

static void hear_one(struct heard *h, int socket)
{
	char text[MESSAGE_MAX];
	const char *number;
	u64 height;

	ws_hear(socket, text, sizeof text);
	number = strstr(text, "\"number\":\"0x");
	height = number ? strtoull(number + 12, NULL, 16) : HEIGHTS_MAX;
	if (height >= HEIGHTS_MAX)
		give_up("no head: %.200s", text);
	atomic_store(&h->last_ns[height], now_ns());
	atomic_fetch_add(&h->count[height], 1);
}

static void subscribe(struct heard *h, int epoll, int *socket, u16 port)
{
	struct epoll_event event = { .events = EPOLLIN };
	char text[MESSAGE_MAX];

	event.data.fd = *socket = ws_open(port);
	ws_say(*socket, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}");
	ws_hear(*socket, text, sizeof text);
	if (!strstr(text, "\"result\"") || epoll_ctl(epoll, EPOLL_CTL_ADD, *socket, &event) != 0)
		give_up("no subscription: %.200s", text);
	atomic_fetch_add(&h->subscribed, 1);
}

/* As many as the first order says, until the next one comes. */
static struct order serve_order(struct heard *h, int orders, struct order now)
{
	static int sockets[SUBSCRIBERS_MAX];
	struct epoll_event events[EVENTS_AT_ONCE] = { { .events = EPOLLIN, .data.fd = orders } };
	struct order next = { 0, 0 };
	int epoll = epoll_create1(0), count;
	bool is_over = false;

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, orders, &events[0]) != 0)
		give_up("no epoll");
	for (u32 i = 0; i < now.subscribers; i++)
		subscribe(h, epoll, &sockets[i], now.port);
	while (!is_over) {
		count = epoll_wait(epoll, events, EVENTS_AT_ONCE, -1);
		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == orders)
				is_over = true;
			else
				hear_one(h, events[i].data.fd);
		}
	}
	for (u32 i = 0; i < now.subscribers; i++)
		close(sockets[i]);
	close(epoll);
	atomic_store(&h->subscribed, 0);
	return read(orders, &next, sizeof next) == sizeof next ? next : (struct order){ 0, 0 };
}

static void crowd(struct heard *h, int orders)
{
	struct order order = { 0, 0 };

	do
		order = serve_order(h, orders, order);
	while (order.port != 0);
	exit(0);
}

/* -- the node ------------------------------------------------------------------------------- */

static void set_subscribers(struct bench *b, u32 count)
{
	struct order order = { b->rig.port, count };

	if (write(b->orders, &order, sizeof order) != sizeof order)
		give_up("the crowd is gone");
	for (u32 waited = 0; atomic_load(&b->heard->subscribed) != count; waited++) {
		if (waited == PATIENCE_MS)
			give_up("%u of %u are subscribed", atomic_load(&b->heard->subscribed), count);
		usleep(1000);
	}
	usleep(BLOCK_MS * 1000); /* who left is gone */
}

static void await_heard(struct bench *b, u64 height, u32 subscribers)
{
	for (u32 waited = 0; atomic_load(&b->heard->count[height]) < subscribers; waited++) {
		if (waited == PATIENCE_MS)
			give_up("only %u heard of block %lu", atomic_load(&b->heard->count[height]), (unsigned long)height);
		usleep(1000);
	}
}

/* Blocks go by: CPU time of one, microseconds, and the median of the times until all have heard of one. */
static void watch_blocks(struct bench *b, u32 subscribers, double *cpu_us, double *delay_ms)
{
	u64 first = node_wait_height(b->rig.node, 0, 0) + 1, height, cpu, at_ns[BLOCKS];
	double delays[BLOCKS];

	(void)node_wait_height(b->rig.node, first, PATIENCE_MS);
	await_heard(b, first, subscribers); /* what the crowd cost while it came is over */
	first = node_wait_height(b->rig.node, 0, 0) + 1;
	if (first + BLOCKS > HEIGHTS_MAX)
		give_up("too many blocks");
	cpu = cpu_ns();
	for (u32 i = 0; i < BLOCKS;) {
		height = node_wait_height(b->rig.node, first + i, PATIENCE_MS);
		while (i < BLOCKS && first + i <= height)
			at_ns[i++] = now_ns();
	}
	for (u32 i = 0; i < BLOCKS; i++) {
		await_heard(b, first + i, subscribers);
		delays[i] = ((double)atomic_load(&b->heard->last_ns[first + i]) - (double)at_ns[i]) / 1e6;
	}
	*cpu_us = (double)(cpu_ns() - cpu) / 1e3 / BLOCKS;
	*delay_ms = median(delays, BLOCKS);
}

/* CPU microseconds of the node for one answer between two blocks; this thread is the client. */
static double answer_us(struct bench *b, u32 subscribers)
{
	double rounds[BLOCKS];
	char text[MESSAGE_MAX];

	for (u32 i = 0; i < BLOCKS; i++) {
		u64 height = node_wait_height(b->rig.node, 0, 0) + 1, cpu;
		int socket;

		(void)node_wait_height(b->rig.node, height, PATIENCE_MS);
		await_heard(b, height, subscribers);
		socket = ws_open(b->rig.port); /* a new one, because nobody answered its pings meanwhile */
		cpu = cpu_ns() - cpu_thread_ns();
		for (u32 j = 0; j < ANSWERS; j++) {
			ws_say(socket, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}");
			ws_hear(socket, text, sizeof text);
		}
		rounds[i] = (double)(cpu_ns() - cpu_thread_ns() - cpu) / 1e3 / ANSWERS;
		close(socket);
	}
	return median(rounds, BLOCKS);
}

static void print(const char *what, u32 subscribers, double value, const char *unit, const char *baseline,
		  double baseline_value)
{
	char name[64];

	snprintf(name, sizeof name, "ws.%s_%u", what, subscribers);
	figure_print(&(struct figure){ name, value, unit, baseline, baseline_value, NULL, true, NULL });
}

static void measure(struct bench *b, u32 subscribers)
{
	static const char answer[] = "CPU us of an answer without subscribers";
	u64 cpu = cpu_ns();
	double cpu_us, delay_ms;

	set_subscribers(b, subscribers);
	cpu = cpu_ns() - cpu;
	watch_blocks(b, subscribers, &cpu_us, &delay_ms);
	if (subscribers == 1)
		b->delay_of_one_ms = delay_ms;
	print("subscribe", subscribers, (double)cpu / 1e3 / subscribers, "CPU us/subscriber", answer, b->answer_us);
	print("newHeads", subscribers, (cpu_us - b->alone_us) / subscribers, "CPU us/head", answer, b->answer_us);
	print("newHeads.last", subscribers, delay_ms, "ms", "ms until the only subscriber has heard", b->delay_of_one_ms);
	print("answer", subscribers, answer_us(b, subscribers), "CPU us", answer, b->answer_us);
}

/* Before there is any thread. */
static void crowd_start(struct bench *b)
{
	int ends[2];

	b->heard = mmap(NULL, sizeof *b->heard, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b->heard == MAP_FAILED || pipe(ends) != 0)
		give_up("no pipe: %s", strerror(errno));
	b->orders = ends[1];
	switch (fork()) {
	case -1:
		give_up("no process: %s", strerror(errno));
	case 0:
		close(ends[1]);
		crowd(b->heard, ends[0]);
	}
	close(ends[0]);
}

int main(int argc, char **argv)
{
	static const u32 usual[] = { 10, 1000, SUBSCRIBERS_MAX };
	static struct bench b;
	double unused;
	char *genesis;

	crowd_start(&b);
	genesis = traffic_genesis(1, (u64)time(NULL), 30000000);
	log_level_set(LOG_WARN);
	rig_make(&b.rig, genesis);
	free(genesis);
	b.rig.connections_max = SUBSCRIBERS_MAX + 10;
	rig_open(&b.rig, BLOCK_MS);
	rig_start(&b.rig);
	b.answer_us = answer_us(&b, 0);
	watch_blocks(&b, 0, &b.alone_us, &unused);
	measure(&b, 1);
	for (size_t i = 0; argc == 1 && i < ARRAY_COUNT(usual); i++)
		measure(&b, usual[i]);
	for (int i = 1; i < argc; i++)
		measure(&b, (u32)strtoul(argv[i], NULL, 10));
	close(b.orders);
	(void)wait(NULL);
	rig_remove(&b.rig);
	return 0;
}
