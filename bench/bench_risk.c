/* A million accounts with debt: how long it takes to list all that a price change made
 * liquidatable, and what an account costs in memory.
 *
 *     bench_risk [ACCOUNTS]
 *
 * One process writes the accounts through the store, block by block; another opens the folder as
 * any node does, so that its memory is a node's.  Then WETH falls by a tenth, again and again, in
 * blocks of their own, and after each the list is asked for.  Finally the consensus function is
 * asked about every account: that fills the caches before memory is measured, tells whether the
 * lists were right, and is the baseline.  Then blocks are made while a thread asks for everyone there is, without
 * an end, and the node is started once more.  Prints one JSON line a figure. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/support/borrowers.h"
#include "bench/support/measure.h"
#include "bench/support/rig.h"
#include "bench/support/send.h"
#include "contracts-native/lending/account.h"
#include "node/log.h"

#define ACCOUNTS    1000000u
#define BLOCK_MS    100u
#define WETH        0u
#define FALLS       7u
#define BLOCKS      21u /* while nobody asks, and while somebody does */
#define CLEAR_EVERY 256u

struct bench {
	struct rig rig;
	struct traffic traffic;
	u64 accounts;
};

static void fill_elsewhere(struct bench *b)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		borrowers_fill(&b->rig, b->accounts);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		give_up("filling failed");
}

/* -- measuring ------------------------------------------------------------------------------------ */

static double resident_bytes(void)
{
	FILE *in = fopen("/proc/self/statm", "r");
	unsigned long total = 0, resident = 0;

	if (!in || fscanf(in, "%lu %lu", &total, &resident) != 2)
		give_up("no /proc/self/statm");
	(void)fclose(in);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void weth_set(struct bench *b, u64 dollars)
{
	struct address feed = contract_address(CONTRACT_FEED, WETH);

	send_call(b->rig.node, &b->traffic, 0, &feed, "setAnswer(int256)",
		  (struct u256[]){ u256_from_u64(dollars * 100000000) }, 1);
}

static u64 head_of(struct bench *b)
{
	struct store_head head;

	node_head(b->rig.node, &head);
	return head.header.number;
}

/* Asks for everyone below 1 at a block; milliseconds. */
static double list(struct bench *b, u64 *total, u64 height)
{
	struct risk_query asked = { .height = height, .bound = wad_one(), .limit = UINT32_MAX, .deadline_us = UINT64_MAX };
	struct risk_page page;
	u64 start = now_ns();
	double ms;

	must(node_at_risk(b->rig.node, &page, &asked), "list");
	ms = (double)(now_ns() - start) / 1e6;
	for (u32 i = 0; i < page.count; i++) {
		if (wad_cmp(page.at[i].health, wad_one()) >= 0 ||
		    (i > 0 && wad_cmp(page.at[i - 1].health, page.at[i].health) > 0))
			give_up("the list is wrong");
	}
	*total = page.total;
	free(page.at);
	return ms;
}

/* The health of an account by the consensus function. */
static struct wad health_of(struct reader *r, u64 i)
{
	struct exec exec = { .state = &r->state, .block = &r->env, .arena = &r->arena, .logs = &r->logs, .gas_left = 1000000000 };
	struct call call = { .exec = &exec, .state = &r->state, .is_static = true };
	struct address owner = borrower_address(i);
	struct user user = user_of(&r->state, &owner);
	struct account_data account;

	must(account_data(&call, &account, &owner, &user), "account");
	if (value_is_zero(account.debt))
		give_up("an account has no debt");
	return account.health;
}

/* Everyone, one by one: milliseconds, and how many are below 1. */
static double ask_all(struct bench *b, u64 *below, u64 height)
{
	struct reader r;
	u64 start = now_ns();

	reader_init(&r);
	*below = 0;
	for (u64 i = 0; i < b->accounts; i++) {
		if (i % CLEAR_EVERY == 0)
			must(reader_begin(&r, b->rig.node, height, false), "reader");
		*below += wad_cmp(health_of(&r, i), wad_one()) < 0;
	}
	reader_free(&r);
	return (double)(now_ns() - start) / 1e6;
}

/* -- blocks beside a walk -------------------------------------------------------------------------- */

struct walker {
	struct node *node;
	_Atomic bool is_over;
	double ms; /* of the shortest walk */
};

static void *walk(void *context)
{
	struct walker *w = context;

	while (!atomic_load(&w->is_over)) {
		struct risk_query all = { .bound = wad_from(U256_MAX), .deadline_us = UINT64_MAX };
		struct risk_page page;
		struct store_head head;
		u64 start = now_ns();
		double ms;

		node_head(w->node, &head);
		all.height = head.header.number;
		must(node_at_risk(w->node, &page, &all), "everyone");
		free(page.at);
		ms = (double)(now_ns() - start) / 1e6;
		w->ms = w->ms > 0 && w->ms < ms ? w->ms : ms;
	}
	return NULL;
}

/* What the thread that makes blocks spends on one, fsync included; milliseconds. */
static double block(struct bench *b, u64 dollars)
{
	struct node_figures before = node_figures(b->rig.node), after;

	weth_set(b, dollars);
	do
		after = node_figures(b->rig.node);
	while (after.transactions == before.transactions);
	return (double)(after.execute_us + after.root_us + after.commit_us - before.execute_us - before.root_us -
			before.commit_us) /
	       (double)(after.blocks - before.blocks) / 1e3;
}

static void measure_blocks(struct bench *b)
{
	double alone[BLOCKS], beside[BLOCKS], ms, base;
	struct walker w = { .node = b->rig.node };
	pthread_t thread;
	char more[100];

	for (u32 i = 0; i < BLOCKS; i++)
		alone[i] = block(b, 2400 + i);
	if (pthread_create(&thread, NULL, walk, &w) != 0)
		give_up("no thread");
	for (u32 i = 0; i < BLOCKS; i++)
		beside[i] = block(b, 2300 + i);
	atomic_store(&w.is_over, true);
	(void)pthread_join(thread, NULL);
	ms = median(beside, BLOCKS);
	base = median(alone, BLOCKS);
	snprintf(more, sizeof more, "\"walk_ms\": %.0f, \"slowest\": %.1f", w.ms, beside[BLOCKS - 1]);
	figure_print(&(struct figure){ "risk.block", ms, "ms", "a block while nobody asks", base, NULL, true, more });
}

/* The first question after a restart, about a block before it, as by whoever follows the chain and comes back. */
static void measure_restart(struct bench *b)
{
	u64 height = head_of(b) - 1, total, again, start, opened;
	double base = list(b, &total, height), ms;
	char more[80];

	rig_close(&b->rig);
	start = cpu_ns();
	rig_open(&b->rig, BLOCK_MS);
	opened = cpu_ns();
	ms = list(b, &again, height);
	if (again != total)
		give_up("%llu accounts listed before the restart, %llu after", (unsigned long long)total,
			(unsigned long long)again);
	snprintf(more, sizeof more, "\"cpu_ms\": %.0f, \"open_cpu_ms\": %.0f", (double)(cpu_ns() - opened) / 1e6,
		 (double)(opened - start) / 1e6);
	figure_print(&(struct figure){ "risk.restart", ms, "ms", "the same before it", base, NULL, true, more });
}

static void measure(struct bench *b)
{
	struct risk_counts counts;
	double before = resident_bytes(), opening, ms[FALLS], slowest, all, each;
	u64 start = now_ns(), total = 0, height = 0, below;
	char more[200];

	rig_open(&b->rig, BLOCK_MS);
	opening = (double)(now_ns() - start) / 1e9;
	rig_start(&b->rig);
	traffic_init(&b->traffic, node_genesis(b->rig.node)->chain_id, 1, 1);
	for (u32 i = 0; i < FALLS; i++) {
		weth_set(b, 2500);
		(void)list(b, &total, head_of(b));
		weth_set(b, 2250);
		height = head_of(b);
		ms[i] = list(b, &total, height);
		fprintf(stderr, "%.1f ms for %llu accounts\n", ms[i], (unsigned long long)total);
	}
	must(node_risk_counts(b->rig.node, &counts, UINT64_MAX), "counts");
	all = ask_all(b, &below, height);
	each = (resident_bytes() - before) / (double)b->accounts;
	if (below != total || counts.accounts_with_debt != b->accounts)
		give_up("%llu accounts listed, %llu below 1; %llu with debt", (unsigned long long)total,
			(unsigned long long)below, (unsigned long long)counts.accounts_with_debt);
	slowest = 0;
	for (u32 i = 0; i < FALLS; i++)
		slowest = ms[i] > slowest ? ms[i] : slowest;
	snprintf(more, sizeof more, "\"slowest\": %.1f, \"accounts\": %llu, \"listed\": %llu, \"open_seconds\": %.1f",
		 slowest, (unsigned long long)b->accounts, (unsigned long long)total, opening);
	ms[0] = median(ms, FALLS);
	figure_print(&(struct figure){ "risk.list", ms[0], "ms", "asking about every account", all, "100 ms or less",
				       ms[0] <= 100, more });
	figure_print(&(struct figure){ "risk.memory", each, "bytes/account", NULL, 0, "below 1024", each < 1024,
				       NULL });
	measure_blocks(b);
	measure_restart(b);
	traffic_free(&b->traffic);
}

int main(int argc, char **argv)
{
	static struct bench b;
	char *genesis = traffic_genesis(1, (u64)time(NULL), 30000000);

	b.accounts = argc > 1 ? strtoull(argv[1], NULL, 10) : ACCOUNTS;
	if (b.accounts == 0)
		give_up("usage: bench_risk [ACCOUNTS]");
	log_level_set(LOG_WARN);
	rig_make(&b.rig, genesis);
	free(genesis);
	fill_elsewhere(&b);
	measure(&b);
	rig_remove(&b.rig);
	return 0;
}
