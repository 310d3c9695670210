/* What a subscriber to health bands costs: CPU time of the node for each block and subscriber.
 *
 *     bench_streams [BORROWERS [SUBSCRIBERS]]
 *
 * WETH's price moves up and down by a hundredth, a block each time: some accounts cross a band, and each
 * subscriber hears of each.  The same blocks without subscribers are the baseline.  Prints one JSON line a
 * figure. */

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/support/borrowers.h"
#include "bench/support/measure.h"
#include "bench/support/send.h"
#include "bench/support/ws.h"
#include "node/log.h"

#define BORROWERS       10000u
#define SUBSCRIBERS     100u
#define SUBSCRIBERS_MAX 1000u
#define BLOCK_MS        200u
#define MOVES           20u
#define SETTLE_MS       1000u
#define WETH            0u

struct bench {
	struct rig rig;
	struct traffic traffic;
	int sockets[SUBSCRIBERS_MAX];
	u32 subscribers;
	pthread_t reader;
	_Atomic u64 heard_bytes, reader_cpu_ns;
	atomic_bool is_over;
};

static const char SUBSCRIBE[] = "{\"id\":1,\"method\":\"plimsoll_subscribe\",\"params\":[\"healthBands\","
				"{\"bands\":[\"1\",\"1.05\",\"1.2\"]}]}";

/* Reads what all of them are sent, and drops it. */
static void *read_all(void *context)
{
	static char nothing[1 << 16];
	struct bench *b = context;
	struct pollfd *polled = calloc(b->subscribers, sizeof *polled);

	if (!polled)
		give_up("out of memory");
	for (u32 i = 0; i < b->subscribers; i++)
		polled[i] = (struct pollfd){ .fd = b->sockets[i], .events = POLLIN };
	while (!atomic_load(&b->is_over)) {
		(void)poll(polled, b->subscribers, 50);
		for (u32 i = 0; i < b->subscribers; i++) {
			ssize_t got = polled[i].revents ? recv(polled[i].fd, nothing, sizeof nothing, 0) : 1;

			if (got <= 0)
				give_up("a subscriber was cut off");
			atomic_fetch_add(&b->heard_bytes, polled[i].revents ? (u64)got : 0);
		}
		atomic_store(&b->reader_cpu_ns, cpu_thread_ns());
	}
	free(polled);
	return NULL;
}

/* CPU microseconds of the node for one block with a price in it. */
static double moves_run(struct bench *b)
{
	struct address feed = contract_address(CONTRACT_FEED, WETH);
	u64 cpu = cpu_ns() - atomic_load(&b->reader_cpu_ns);

	for (u32 i = 0; i < MOVES; i++)
		send_call(b->rig.node, &b->traffic, 0, &feed, "setAnswer(int256)",
			  (struct u256[]){ u256_from_u64((i % 2 ? 2500 : 2475) * 100000000ull) }, 1);
	usleep(SETTLE_MS * 1000);
	return (double)(cpu_ns() - atomic_load(&b->reader_cpu_ns) - cpu) / 1e3 / MOVES;
}

static void measure(struct bench *b)
{
	double alone, with, each;
	u64 heard;
	char more[160];

	(void)moves_run(b); /* fills the caches */
	alone = moves_run(b);
	for (u32 i = 0; i < b->subscribers; i++) {
		b->sockets[i] = ws_open(b->rig.port);
		ws_say(b->sockets[i], SUBSCRIBE);
	}
	if (pthread_create(&b->reader, NULL, read_all, b) != 0)
		give_up("a thread cannot be made");
	usleep(SETTLE_MS * 1000);
	heard = atomic_load(&b->heard_bytes);
	with = moves_run(b);
	heard = atomic_load(&b->heard_bytes) - heard;
	atomic_store(&b->is_over, true);
	pthread_join(b->reader, NULL);
	each = (with - alone) / b->subscribers;
	if (heard < b->subscribers * MOVES * 100ull)
		give_up("the subscribers heard next to nothing");
	snprintf(more, sizeof more, "\"bytes_each\": %.0f, \"subscribers\": %u, \"block_with_all_us\": %.0f",
		 (double)heard / MOVES / b->subscribers, b->subscribers, with);
	figure_print(&(struct figure){ "streams.healthBands", each, "CPU us/(block x subscriber)",
				       "CPU us of a block without subscribers", alone, NULL, true, more });
	for (u32 i = 0; i < b->subscribers; i++)
		close(b->sockets[i]);
}

int main(int argc, char **argv)
{
	static struct bench b;
	char *genesis = traffic_genesis(1, (u64)time(NULL), 30000000);
	u64 borrowers = argc > 1 ? strtoull(argv[1], NULL, 10) : BORROWERS;

	b.subscribers = argc > 2 ? (u32)strtoul(argv[2], NULL, 10) : SUBSCRIBERS;
	if (borrowers == 0 || b.subscribers == 0 || b.subscribers > SUBSCRIBERS_MAX)
		give_up("usage: bench_streams [BORROWERS [SUBSCRIBERS]]");
	log_level_set(LOG_WARN);
	rig_make(&b.rig, genesis);
	free(genesis);
	borrowers_fill(&b.rig, borrowers);
	rig_open(&b.rig, BLOCK_MS);
	rig_start(&b.rig);
	traffic_init(&b.traffic, node_genesis(b.rig.node)->chain_id, 1, 1);
	measure(&b);
	traffic_free(&b.traffic);
	rig_remove(&b.rig);
	return 0;
}
