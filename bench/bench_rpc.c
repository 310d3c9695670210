/* How many transactions a second become final: signed, sent over HTTP as JSON-RPC, recovered,
 * ordered, executed, hashed, written with fsync, published.
 *
 *     bench_rpc [TRANSACTIONS [ROUNDS [NAME]]]
 *
 * Everything is signed and every request is written before the clock starts.  It stops when the
 * block with the last transaction is the head.  Node and clients share the machine's cores;
 * before and after each round all cores recover signatures and do nothing else: that is the
 * baseline.  Prints one JSON line a figure; on standard error, where the CPU time went. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "bench/support/rig.h"
#include "bench/support/http.h"
#include "bench/support/measure.h"
#include "bench/support/recovery.h"
#include "node/log.h"
#include "tests/support/traffic.h"

#define ACTORS       1000u
#define STREAMS      8u
#define BATCH        100u
#define GAS_LIMIT    30000000000u
#define BLOCK_MS     250u
#define CALL_MAX     (2 * TRAFFIC_TX_MAX + 120) /* bytes of one JSON-RPC request */
#define RECOVERY_MS  700u
#define TIMEOUT_NS   120000000000u
#define ROUNDS_MAX   16u
#define DEFAULT_TXS  200000u
#define DEFAULT_RUNS 3u

/* One connection and the actors it speaks for: their nonces stay in order. */
struct stream {
	struct traffic traffic;
	const struct job *job;
	pthread_t thread;
	u32 first; /* actors first, first + STREAMS, ... */
	u64 turn, id;
	struct bytes *requests;
	u32 request_count;
	u16 port;
	u64 accepted, refused, cpu_ns;
};

/* What a round sends: kinds at random, txs in all, batch to a request. */
struct job {
	const char *name;
	const char *target; /* NULL: for information */
	enum traffic_kind kinds[4];
	u32 kind_count, txs, batch;
};

struct bench {
	struct rig rig;
	struct stream streams[STREAMS];
};

struct round {
	double seconds, ratio;
	struct recovery recovery;
	u64 accepted, refused;
	u64 node_cpu_ns, client_cpu_ns;
	struct node_figures spent;
	u64 receipts, succeeded;
};

/* -- before the clock starts ------------------------------------------------------------------- */

static size_t write_call(char *out, struct stream *s, const struct job *job)
{
	u32 actor = s->first + STREAMS * (u32)(s->turn++ % (ACTORS / STREAMS));
	enum traffic_kind kind = job->kinds[traffic_random(&s->traffic, job->kind_count)];
	u8 buffer[TRAFFIC_TX_MAX];
	struct bytes raw = traffic_sign(&s->traffic, buffer, actor, kind);
	size_t size;

	size = (size_t)sprintf(out,
			       "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"eth_sendRawTransaction\",\"params\":[\"",
			       (unsigned long long)++s->id);
	size += hex_from_bytes(out + size, raw);
	return size + (size_t)sprintf(out + size, "\"]}");
}

static struct bytes write_request(struct stream *s, const struct job *job, char *body, u32 count)
{
	size_t size = 0;

	if (job->batch == 1)
		return http_post((struct bytes){ (u8 *)body, write_call(body, s, job) });
	for (u32 i = 0; i < count; i++) {
		body[size++] = i ? ',' : '[';
		size += write_call(body + size, s, job);
	}
	body[size++] = ']';
	return http_post((struct bytes){ (u8 *)body, size });
}

static void *stream_sign(void *context)
{
	struct stream *s = context;
	const struct job *job = s->job;
	u32 left = job->txs / STREAMS;
	char *body = malloc((size_t)job->batch * CALL_MAX + 16);

	s->request_count = 0;
	s->requests = calloc(left / job->batch + 1, sizeof *s->requests);
	if (!body || !s->requests)
		give_up("out of memory");
	while (left > 0) {
		u32 count = left < job->batch ? left : job->batch;

		s->requests[s->request_count++] = write_request(s, job, body, count);
		left -= count;
	}
	free(body);
	return NULL;
}

/* -- while it runs -------------------------------------------------------------------------------- */

static void *stream_send(void *context)
{
	struct stream *s = context;
	u64 start = cpu_thread_ns();
	struct http http;

	s->accepted = s->refused = 0;
	http_open(&http, s->port);
	for (u32 i = 0; i < s->request_count; i++) {
		http_exchange(&http, s->requests[i]);
		for (const char *at = http.reply; (at = strstr(at, "\"id\":")); at++) {
			/* The member behind the id is the result or the error. */
			const char *member = strchr(at, ',');

			if (member && strncmp(member, ",\"result\"", 9) == 0)
				s->accepted++;
			else
				s->refused++;
		}
	}
	http_close(&http);
	s->cpu_ns = cpu_thread_ns() - start;
	return NULL;
}

static void streams_run(struct bench *b, void *(*run)(void *))
{
	for (u32 i = 0; i < STREAMS; i++) {
		if (pthread_create(&b->streams[i].thread, NULL, run, &b->streams[i]) != 0)
			give_up("a thread cannot be made");
	}
	for (u32 i = 0; i < STREAMS; i++)
		pthread_join(b->streams[i].thread, NULL);
}

static struct node_figures figures_since(struct node *n, const struct node_figures *then)
{
	struct node_figures now = node_figures(n);

	now.blocks -= then->blocks;
	now.transactions -= then->transactions;
	now.failed_transactions -= then->failed_transactions;
	now.execute_us -= then->execute_us;
	now.root_us -= then->root_us;
	now.commit_us -= then->commit_us;
	return now;
}

static void await_all(struct bench *b, const struct node_figures *then, u64 accepted)
{
	u64 deadline = now_ns() + TIMEOUT_NS;
	struct store_head head;

	while (figures_since(b->rig.node, then).transactions < accepted) {
		if (node_has_failed(b->rig.node) || now_ns() > deadline)
			give_up("not every transaction got into a block");
		node_head(b->rig.node, &head);
		(void)node_wait_height(b->rig.node, head.header.number + 1, 20);
	}
}

/* Reads the blocks back: what is on disk counts. */
static void count_receipts(struct bench *b, struct round *r, u64 first)
{
	struct store_head head;
	struct stored_block *block;

	node_head(b->rig.node, &head);
	for (u64 height = first; height <= head.header.number; height++) {
		must(store_block_load(node_store(b->rig.node), &block, height), "block");
		for (u32 i = 0; i < block->count; i++)
			r->succeeded += block->txs[i].receipt.succeeded;
		r->receipts += block->count;
		store_block_free(block);
	}
}

static void round_send(struct bench *b, struct round *r)
{
	struct node_figures then = node_figures(b->rig.node);
	struct store_head head;
	u64 start, cpu;

	node_head(b->rig.node, &head);
	cpu = cpu_ns();
	start = now_ns();
	streams_run(b, stream_send);
	for (u32 i = 0; i < STREAMS; i++) {
		r->accepted += b->streams[i].accepted;
		r->refused += b->streams[i].refused;
		r->client_cpu_ns += b->streams[i].cpu_ns;
	}
	await_all(b, &then, r->accepted);
	r->seconds = (double)(now_ns() - start) / 1e9;
	r->node_cpu_ns = cpu_ns() - cpu - r->client_cpu_ns;
	r->spent = figures_since(b->rig.node, &then);
	count_receipts(b, r, head.header.number + 1);
	if (r->receipts != r->accepted)
		give_up("%llu receipts for %llu transactions", (unsigned long long)r->receipts,
			(unsigned long long)r->accepted);
}

static void round_run(struct bench *b, const struct job *job, struct round *r)
{
	struct recovery before, after;

	*r = (struct round){ .seconds = 0 };
	for (u32 i = 0; i < STREAMS; i++) {
		b->streams[i].job = job;
		b->streams[i].port = b->rig.port;
	}
	streams_run(b, stream_sign);
	before = recovery_measure(RECOVERY_MS);
	round_send(b, r);
	after = recovery_measure(RECOVERY_MS);
	r->recovery.per_second = (before.per_second + after.per_second) / 2;
	r->recovery.cpu_ns = (before.cpu_ns + after.cpu_ns) / 2;
	r->ratio = (double)r->accepted / r->seconds / r->recovery.per_second;
	for (u32 i = 0; i < STREAMS; i++) {
		for (u32 k = 0; k < b->streams[i].request_count; k++)
			free((void *)(uintptr_t)b->streams[i].requests[k].at);
		free(b->streams[i].requests);
	}
}

/* -- figures ------------------------------------------------------------------------------------ */

static int by_ratio(const void *a, const void *b)
{
	const struct round *x = a, *y = b;

	return (x->ratio > y->ratio) - (x->ratio < y->ratio);
}

/* The ratio of CPU times: what the ratio of rates would be if every core were busy throughout. */
static double cpu_ratio(const struct round *r)
{
	return r->recovery.cpu_ns * (double)r->receipts / (double)(r->node_cpu_ns + r->client_cpu_ns);
}

static void explain(const char *name, const struct round *r)
{
	double n = (double)r->receipts;

	fprintf(stderr,
		"%-14s %6.0f tx/s, ratio %.3f (of CPU time %.3f); CPU us a tx: node %.1f (recovery %.1f), clients %.1f; "
		"block thread us a tx: execute %.2f, root %.2f, commit %.2f; %llu blocks\n",
		name, n / r->seconds, r->ratio, cpu_ratio(r), (double)r->node_cpu_ns / n / 1e3, r->recovery.cpu_ns / 1e3,
		(double)r->client_cpu_ns / n / 1e3, (double)r->spent.execute_us / n, (double)r->spent.root_us / n,
		(double)r->spent.commit_us / n, (unsigned long long)r->spent.blocks);
}

/* The round in the middle stands for all. */
static void report(const struct job *job, struct round *rounds, u32 count)
{
	const struct round *r = &rounds[count / 2];
	char name[64], more[400];
	double n;

	qsort(rounds, count, sizeof *rounds, by_ratio);
	n = (double)r->receipts;
	snprintf(name, sizeof name, "rpc.%s", job->name);
	snprintf(more, sizeof more,
		 "\"ratio_min\": %.3f, \"ratio_max\": %.3f, \"cpu_ratio\": %.3f, \"succeeded\": %.3f, \"refused\": %llu, "
		 "\"node_cpu_us_each\": %.1f, \"recovery_cpu_us_each\": %.1f, \"client_cpu_us_each\": %.1f, "
		 "\"execute_us_each\": %.2f, \"root_us_each\": %.2f, \"commit_us_each\": %.2f",
		 rounds[0].ratio, rounds[count - 1].ratio, cpu_ratio(r), (double)r->succeeded / n,
		 (unsigned long long)r->refused, (double)r->node_cpu_ns / n / 1e3, r->recovery.cpu_ns / 1e3,
		 (double)r->client_cpu_ns / n / 1e3, (double)r->spent.execute_us / n,
		 (double)r->spent.root_us / n, (double)r->spent.commit_us / n);
	figure_print(&(struct figure){
		.name = name,
		.value = n / r->seconds,
		.unit = "tx/s",
		.baseline = "signature recovery on all cores",
		.baseline_value = r->recovery.per_second,
		.target = job->target,
		.met = r->ratio >= 0.5,
		.more = more,
	});
}

static void job_run(struct bench *b, const struct job *job, u32 count)
{
	struct round rounds[ROUNDS_MAX];

	for (u32 i = 0; i < count; i++) {
		round_run(b, job, &rounds[i]);
		explain(job->name, &rounds[i]);
	}
	if (job->name[0] != '(')
		report(job, rounds, count);
}

/* What is measured, after the accounts are set up. */
static const struct job JOBS[] = {
	{ "transfer", "at least 0.5", { TRAFFIC_TRANSFER }, 1, 0, BATCH },
	{ "lending", "at least 0.5", { TRAFFIC_SUPPLY, TRAFFIC_BORROW, TRAFFIC_REPAY }, 3, 0, BATCH },
	{ "transfer_single", NULL, { TRAFFIC_TRANSFER }, 1, 0, 1 },
};

static void rig_up(struct bench *b)
{
	char *genesis = traffic_genesis(ACTORS, (u64)time(NULL), GAS_LIMIT);

	rig_make(&b->rig, genesis);
	free(genesis);
	rig_open(&b->rig, BLOCK_MS);
	rig_start(&b->rig);
	for (u32 i = 0; i < STREAMS; i++) {
		b->streams[i].first = i;
		traffic_init(&b->streams[i].traffic, node_genesis(b->rig.node)->chain_id, ACTORS, i + 1);
	}
	/* Each actor approves all five tokens and supplies some. */
	job_run(b, &(struct job){ "(approve)", NULL, { TRAFFIC_APPROVE }, 1, 5 * ACTORS, BATCH }, 1);
	job_run(b, &(struct job){ "(supply)", NULL, { TRAFFIC_SUPPLY }, 1, 4 * ACTORS, BATCH }, 1);
}

int main(int argc, char **argv)
{
	static struct bench b;
	u32 txs = argc > 1 ? (u32)strtoul(argv[1], NULL, 10) : DEFAULT_TXS;
	u32 count = argc > 2 ? (u32)strtoul(argv[2], NULL, 10) : DEFAULT_RUNS;

	if (txs < STREAMS || count == 0 || count > ROUNDS_MAX)
		give_up("usage: bench_rpc [TRANSACTIONS [ROUNDS [NAME]]]");
	log_level_set(LOG_WARN);
	rig_up(&b);
	for (size_t i = 0; i < ARRAY_COUNT(JOBS); i++) {
		struct job job = JOBS[i];

		job.txs = job.batch == 1 ? txs / 2 : txs;
		if (argc < 4 || strcmp(argv[3], job.name) == 0)
			job_run(&b, &job, count);
	}
	for (u32 i = 0; i < STREAMS; i++)
		traffic_free(&b.streams[i].traffic);
	rig_remove(&b.rig);
	return 0;
}
