/* A million accounts with debt: how long it takes to list all that a price change made
 * liquidatable, and what an account costs in memory.
 *
 *     bench_risk [ACCOUNTS]
 *
 * One process writes the accounts through the store, block by block; another opens the folder as
 * any node does, so that its memory is a node's.  Then WETH falls by a tenth, again and again, in
 * blocks of their own, and after each the list is asked for.  Finally the consensus function is
 * asked about every account: that fills the caches before memory is measured, tells whether the
 * lists were right, and is the baseline.  Prints one JSON line a figure. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/support/measure.h"
#include "bench/support/rig.h"
#include "bench/support/send.h"
#include "contracts-native/lending/account.h"
#include "node/log.h"
#include "node/node_parts.h"
#include "node/source.h"

#define ACCOUNTS    1000000u
#define FILL_CHUNK  100000u
#define FILL_MEMORY ((size_t)2 << 30)
#define BLOCK_MS    100u
#define RESERVES    5u
#define WETH        0u
#define FALLS       7u
#define CLEAR_EVERY 256u
#define RAY_LOW     0x9fd0803ce8000000u /* 10^27 = HIGH * 2^64 + LOW */
#define RAY_HIGH    0x33b2e3cu

struct bench {
	struct rig rig;
	struct traffic traffic;
	u64 accounts;
};

/* Reserves of the devnet: dollars of one base unit and the liquidation threshold. */
static const struct {
	double unit;
	double threshold;
} RESERVE[RESERVES] = {
	{ 2500e-18, 0.83 }, { 60000e-8, 0.78 }, { 14.5e-18, 0.71 }, { 1e-6, 0.78 }, { 0.9999e-18, 0.77 }
};

/* -- accounts --------------------------------------------------------------------------------- */

static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static double fraction(u64 seed)
{
	return (double)(mix(seed) >> 11) * 0x1p-53;
}

static struct address owner_of(u64 i)
{
	struct address a = { { 0 } };

	store_be64(a.bytes, mix(i + 1));
	store_be64(a.bytes + 8, mix(i + 0x100000001));
	return a;
}

static void amount_set(struct u128le *out, double units)
{
	u128 x = (u128)units;

	out->limb[0] = (u64)x;
	out->limb[1] = (u64)(x >> 64);
}

static void total_add(struct u256 *total, const struct u128le *x)
{
	struct u256 wide = { { x->limb[0], x->limb[1], 0, 0 } };

	must(u256_add(total, total, &wide), "total");
}

/* What an account holds: dollars in and out of each reserve. */
struct holding {
	double supply[RESERVES], debt[RESERVES];
};

/* One to three positions, and a health factor from 1.005 to 2.4. */
static void holding_of(struct holding *h, u64 i)
{
	u32 shape = (u32)(i % 3);
	u32 first = (u32)(mix(i * 7 + 3) % RESERVES), second = (first + 1 + (u32)(mix(i * 7 + 4) % 2)) % RESERVES;
	u32 owed = shape == 0 ? first : (first + 3 + (u32)(mix(i * 7 + 5) % 2)) % RESERVES;
	double backing;

	memset(h, 0, sizeof *h);
	h->supply[first] = 1000 + 9000 * fraction(i * 7 + 1);
	if (shape == 2)
		h->supply[second] = 1000 + 9000 * fraction(i * 7 + 2);
	backing = h->supply[first] * RESERVE[first].threshold + h->supply[second] * RESERVE[second].threshold;
	h->debt[owed] = backing / (1.005 + 1.4 * fraction(i * 7 + 6));
}

/* Writes an account's records and adds it to the reserves' totals. */
static void account_fill(struct state *s, struct reserve totals[RESERVES], u64 i)
{
	static const struct u128le one = { { RAY_LOW, RAY_HIGH } };
	struct address owner = owner_of(i);
	struct user user = { .emode = 0 };
	struct holding h;

	holding_of(&h, i);
	for (u16 id = 0; id < RESERVES; id++) {
		struct position p = { 0 };

		if (h.supply[id] == 0 && h.debt[id] == 0)
			continue;
		if (h.supply[id] > 0) {
			amount_set(&p.scaled_supply, h.supply[id] / RESERVE[id].unit);
			p.supply_index = one;
			user.configuration.limb[0] |= 2ull << 2 * id;
			total_add(&totals[id].scaled_supply, &p.scaled_supply);
		}
		if (h.debt[id] > 0) {
			amount_set(&p.scaled_debt, h.debt[id] / RESERVE[id].unit);
			p.debt_index = one;
			user.configuration.limb[0] |= 1ull << 2 * id;
			total_add(&totals[id].scaled_debt, &p.scaled_debt);
		}
		position_write(s, &(struct position_key){ id, owner }, &p);
	}
	user_write(s, &(struct user_key){ owner }, &user);
}

/* -- filling -------------------------------------------------------------------------------------- */

static void totals_write(struct state *s, struct reserve totals[RESERVES])
{
	for (u16 id = 0; id < RESERVES; id++) {
		struct reserve r;
		struct u256 cash;

		(void)reserve_read(s, &(struct reserve_key){ id }, &r);
		r.scaled_supply = totals[id].scaled_supply;
		r.scaled_debt = totals[id].scaled_debt;
		must(u256_sub(&cash, &r.scaled_supply, &r.scaled_debt), "cash");
		r.virtual_balance = (struct u128le){ { cash.limb[0], cash.limb[1] } };
		reserve_write(s, &(struct reserve_key){ id }, &r);
	}
}

/* One block with what is in the state. */
static void block_write_state(struct node *n, struct source *source, struct state *s)
{
	struct header header = { 0 };
	struct store_block block = { .header = &header };
	struct store_head head;

	if (!store_head(n->store, &head))
		give_up("no head");
	header = head.header;
	header.number++;
	header.parent = head.hash;
	header.gas_used = 0;
	must(store_stage(n->store, &header.state_root, header.number, s), "stage");
	header_hash(&block.hash, &header);
	must(store_commit(n->store, &block), "commit");
	must(store_view_at(&source->view, n->store, header.number), "view");
	state_clear(s, &source->backing);
}

static void fill(struct bench *b)
{
	static struct reserve totals[RESERVES];
	struct node *n;
	struct source source;
	struct state state;
	u64 start = now_ns();

	rig_open(&b->rig, BLOCK_MS);
	n = b->rig.node;
	source_init(&source, FILL_MEMORY);
	must(store_view_at(&source.view, n->store, 0), "view");
	state_init(&state, &source.backing);
	for (u64 i = 0; i < b->accounts; i++) {
		account_fill(&state, totals, i);
		if (i % FILL_CHUNK != FILL_CHUNK - 1 && i != b->accounts - 1)
			continue;
		totals_write(&state, totals);
		if (state_is_full(&state))
			give_up("out of memory");
		block_write_state(n, &source, &state);
	}
	source_free(&source);
	rig_close(&b->rig);
	fprintf(stderr, "filled in %.1f s\n", (double)(now_ns() - start) / 1e9);
}

static void fill_elsewhere(struct bench *b)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		fill(b);
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

/* Asks for everyone below 1 at the head; milliseconds. */
static double list(struct bench *b, u64 *total, u64 *height)
{
	struct risk_page page;
	struct store_head head;
	u64 start;
	double ms;

	node_head(b->rig.node, &head);
	start = now_ns();
	must(node_at_risk(b->rig.node, &page, head.header.number, wad_one(), 0, UINT32_MAX), "list");
	ms = (double)(now_ns() - start) / 1e6;
	for (u32 i = 0; i < page.count; i++) {
		if (wad_cmp(page.at[i].health, wad_one()) >= 0 ||
		    (i > 0 && wad_cmp(page.at[i - 1].health, page.at[i].health) > 0))
			give_up("the list is wrong");
	}
	*total = page.total;
	*height = page.height;
	free(page.at);
	return ms;
}

/* The health of an account by the consensus function. */
static struct wad health_of(struct reader *r, u64 i)
{
	struct exec exec = { .state = &r->state, .block = &r->env, .arena = &r->arena, .logs = &r->logs, .gas_left = 1000000000 };
	struct call call = { .exec = &exec, .state = &r->state, .is_static = true };
	struct address owner = owner_of(i);
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

static void measure(struct bench *b)
{
	double before = resident_bytes(), opening, ms[FALLS], slowest, all, each;
	u64 start = now_ns(), total = 0, height = 0, below, counted;
	char more[200];

	rig_open(&b->rig, BLOCK_MS);
	opening = (double)(now_ns() - start) / 1e9;
	rig_start(&b->rig);
	traffic_init(&b->traffic, node_genesis(b->rig.node)->chain_id, 1, 1);
	for (u32 i = 0; i < FALLS; i++) {
		weth_set(b, 2500);
		(void)list(b, &total, &height);
		weth_set(b, 2250);
		ms[i] = list(b, &total, &height);
		fprintf(stderr, "%.1f ms for %llu accounts\n", ms[i], (unsigned long long)total);
	}
	counted = node_risk_counts(b->rig.node).accounts_with_debt;
	all = ask_all(b, &below, height);
	each = (resident_bytes() - before) / (double)b->accounts;
	if (below != total || counted != b->accounts)
		give_up("%llu accounts listed, %llu below 1; %llu with debt", (unsigned long long)total,
			(unsigned long long)below, (unsigned long long)counted);
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
