#include "bench/support/borrowers.h"

#include <stdio.h>
#include <string.h>

#include "bench/support/measure.h"
#include "contracts-native/lending/account.h"
#include "node/node_parts.h"
#include "node/source.h"

#define FILL_CHUNK    100000u
#define FILL_MEMORY   ((size_t)2 << 30)
#define FILL_BLOCK_MS 1000u
#define RESERVES      5u
#define RAY_LOW       0x9fd0803ce8000000u /* 10^27 = HIGH * 2^64 + LOW */
#define RAY_HIGH      0x33b2e3cu

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

struct address borrower_address(u64 i)
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
	struct address owner = borrower_address(i);
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
		struct u256 cash = U256_ZERO;

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

void borrowers_fill(struct rig *rig, u64 count)
{
	static struct reserve totals[RESERVES];
	struct node *n;
	struct source source;
	struct state state;
	u64 start = now_ns();

	rig_open(rig, FILL_BLOCK_MS);
	n = rig->node;
	source_init(&source, FILL_MEMORY);
	must(store_view_at(&source.view, n->store, 0), "view");
	state_init(&state, &source.backing);
	for (u64 i = 0; i < count; i++) {
		account_fill(&state, totals, i);
		if (i % FILL_CHUNK != FILL_CHUNK - 1 && i != count - 1)
			continue;
		totals_write(&state, totals);
		if (state_is_full(&state))
			give_up("out of memory");
		block_write_state(n, &source, &state);
	}
	source_free(&source);
	rig_close(rig);
	fprintf(stderr, "filled in %.1f s\n", (double)(now_ns() - start) / 1e9);
}
