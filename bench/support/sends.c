#include "bench/support/sends.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "bench/support/measure.h"
#include "tests/support/traffic.h"

#define TIMEOUT_NS  60000000000u
#define THREADS_MAX 64u

struct file {
	const struct sends *sends;
	pthread_t thread;
	u32 number, files, lines, batch;
};

static void path_of(char out[SENDS_PATH_SIZE + 16], const struct sends *s, u32 number)
{
	(void)snprintf(out, SENDS_PATH_SIZE + 16, "%s.%u", s->path, number);
}

static void write_send(FILE *out, struct traffic *t, u32 actor, u32 id)
{
	char text[2 * TRAFFIC_TX_MAX + 3];
	u8 buffer[TRAFFIC_TX_MAX];

	hex_from_bytes(text, traffic_sign(t, buffer, actor, TRAFFIC_TRANSFER));
	fprintf(out, "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"eth_sendRawTransaction\",\"params\":[\"%s\"]}", id, text);
}

static void *file_write(void *context)
{
	const struct file *f = context;
	const struct sends *s = f->sends;
	u32 senders = s->count / f->files, turn = 0;
	char path[SENDS_PATH_SIZE + 16];
	struct traffic traffic;
	FILE *out;

	path_of(path, s, f->number);
	out = fopen(path, "w");
	if (!out)
		give_up("%s cannot be written", path);
	traffic_init(&traffic, node_genesis(s->node)->chain_id, s->first + s->count, f->number + 1);
	for (u32 i = s->first; i < s->first + s->count; i++)
		traffic.nonces[i] = node_pending_nonce(s->node, &traffic.actors[i]);
	for (u32 line = 0; line < f->lines; line++) {
		for (u32 i = 0; i < f->batch; i++, turn++) {
			fputs(f->batch == 1 ? "" : i == 0 ? "["
							  : ",",
			      out);
			write_send(out, &traffic, s->first + f->number + f->files * (turn % senders), i + 1);
		}
		fputs(f->batch == 1 ? "\n" : "]\n", out);
	}
	traffic_free(&traffic);
	if (fclose(out) != 0)
		give_up("%s cannot be written", path);
	return NULL;
}

void sends_write(const struct sends *s, u32 files, u32 lines, u32 batch)
{
	struct file list[THREADS_MAX];

	if (files > THREADS_MAX)
		give_up("more than %u files", THREADS_MAX);
	for (u32 i = 0; i < files; i++) {
		list[i] = (struct file){ .sends = s, .number = i, .files = files, .lines = lines, .batch = batch };
		if (pthread_create(&list[i].thread, NULL, file_write, &list[i]) != 0)
			give_up("a thread cannot be made");
	}
	for (u32 i = 0; i < files; i++)
		pthread_join(list[i].thread, NULL);
}

void sends_remove(const struct sends *s, u32 files)
{
	char path[SENDS_PATH_SIZE + 16];

	for (u32 i = 0; i < files; i++) {
		path_of(path, s, i);
		(void)remove(path);
	}
}

void sends_await(const struct sends *s, const struct node_figures *then, u64 count)
{
	u64 deadline = now_ns() + TIMEOUT_NS, executed = 0;
	struct node_figures now;
	struct pool_counts waiting = { 0, 0 };

	do {
		struct store_head head;

		if (now_ns() > deadline || node_has_failed(s->node))
			give_up("not every transaction got into a block: %llu of %llu; %llu wait", (unsigned long long)executed, (unsigned long long)count,
				(unsigned long long)(waiting.pending + waiting.queued));
		node_head(s->node, &head);
		(void)node_wait_height(s->node, head.header.number + 1, 20);
		now = node_figures(s->node);
		waiting = node_pool_counts(s->node);
		executed = now.transactions - then->transactions;
	} while (executed < count || waiting.pending + waiting.queued > 0);
	if (now.failed_transactions != then->failed_transactions)
		give_up("a transfer failed");
}
