#include "tests/support/storm.h"

#include <string.h>

#include "base/hash.h"

static struct address pool(void)
{
	return contract_address(CONTRACT_POOL, 0);
}

/* -- amounts --------------------------------------------------------------------------- */

static struct u256 from_number(double x)
{
	struct u256 a = { { 0, 0, 0, 0 } };
	unsigned shift = 0;

	if (!(x >= 1) || x > 1e76)
		return a;
	while (x >= 9e18) {
		x /= 2;
		shift++;
	}
	a = u256_from_u64((u64)x);
	return u256_shl(&a, shift);
}

static struct u256 hostile_amount(struct storm *s)
{
	static const unsigned bits[] = { 64, 104, 119, 120, 127, 128, 160, 192, 255 };
	struct u256 a = U256_ONE, delta = u256_from_u64(dice_below(&s->dice, 3));

	if (dice_percent(&s->dice, 30))
		return U256_MAX;
	a = u256_shl(&a, bits[dice_below(&s->dice, ARRAY_COUNT(bits))]);
	if (u256_sub(&a, &a, &delta))
		return a;
	return a;
}

struct u256 storm_amount(struct storm *s, double near)
{
	u64 roll = dice_below(&s->dice, 100);
	struct u256 a, small;

	if (roll < 5)
		return hostile_amount(s);
	if (roll < 15)
		return U256_MAX;
	if (roll < 20)
		return u256_from_u64(dice_below(&s->dice, 4));
	if (roll < 70)
		return from_number(near * (double)(1 + dice_below(&s->dice, 1000)) / 1000);
	a = from_number(near * (roll < 90 ? 1 : 1.5));
	small = u256_from_u64(dice_below(&s->dice, 3));
	if (roll % 2 ? u256_add(&a, &a, &small) : u256_sub(&a, &a, &small))
		return a;
	return a;
}

/* -- who owes what ------------------------------------------------------------------------ */

/* Somebody's bit in some reserve, from a random place on; NOBODY if nobody has one. */
static u32 find_bit(struct storm *s, u32 who, bool borrows)
{
	const struct ledger *l = &s->audit.now;
	u32 start = storm_any_asset(s);

	for (u32 i = 0; i < l->asset_count; i++) {
		u32 asset = (start + i) % l->asset_count;
		const struct user *u = &l->users[who];

		if (borrows ? ledger_borrows(u, asset) : ledger_pledges(u, asset))
			return asset;
	}
	return NOBODY;
}

static u32 asset_of(struct storm *s, u32 who, bool borrows)
{
	u32 asset = find_bit(s, who, borrows);

	return asset == NOBODY || dice_percent(&s->dice, 10) ? storm_any_asset(s) : asset;
}

/* An account that may be liquidated, if there is one; else anybody. */
static u32 find_victim(struct storm *s)
{
	const struct ledger *l = &s->audit.now;
	u32 start = storm_any_actor(s);

	for (u32 i = 0; i < STORM_ACTORS; i++) {
		u32 who = (start + i) % STORM_ACTORS;
		struct worth w;

		if (ledger_debts(l, who) == 0)
			continue;
		w = ledger_worth(l, who, s->time);
		if (w.alive && !worth_is_healthy(&w))
			return who;
	}
	return storm_anybody(s);
}

static double supplied(const struct storm *s, u32 asset, u32 who)
{
	return ledger_supplied(&s->audit.now, asset, who, s->time);
}

static double held(const struct storm *s, u32 asset, u32 who)
{
	return u256_to_double(&s->audit.now.balances[asset][who]);
}

/* What somebody could borrow of an asset, roughly. */
static double may_borrow(const struct storm *s, u32 asset, u32 who)
{
	const struct ledger_asset *a = &s->audit.now.assets[asset];
	struct worth w = ledger_worth(&s->audit.now, who, s->time);
	double dollars = w.by_ltv_high / 10000 - w.debt_high;
	double cash = ledger_number(a->record.virtual_balance), most;

	if (a->price <= 0 || dollars <= 0)
		return a->unit;
	most = dollars * a->unit / a->price;
	return most < cash ? most : cash;
}

/* -- supplying and borrowing ------------------------------------------------------------------ */

static void draw_supply(struct storm *s)
{
	struct step *t = &s->step;
	struct address asset;

	t->caller = dice_percent(&s->dice, 5) ? STORM_UMBRELLA : storm_any_actor(s);
	t->asset = storm_any_asset(s);
	t->subject = dice_percent(&s->dice, 80) ? t->caller : storm_anybody(s);
	t->amount = storm_amount(s, held(s, t->asset, t->caller) / 4);
	asset = storm_asset(t->asset);
	storm_call(s, OP_SUPPLY, pool());
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
	storm_put_address(s, storm_person(s, t->subject));
	storm_put_u64(s, dice_below(&s->dice, 3));
}

static void draw_withdraw(struct storm *s)
{
	struct step *t = &s->step;
	struct address asset;

	t->caller = dice_percent(&s->dice, 97) ? storm_any_actor(s) : STORM_TREASURY;
	t->asset = asset_of(s, t->caller, false);
	t->receiver = dice_percent(&s->dice, 85) ? t->caller : storm_anybody(s);
	t->amount = storm_amount(s, supplied(s, t->asset, t->caller));
	asset = storm_asset(t->asset);
	storm_call(s, OP_WITHDRAW, pool());
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
	storm_put_address(s, storm_person(s, t->receiver));
}

static void draw_borrow(struct storm *s)
{
	struct step *t = &s->step;
	struct address asset;

	t->caller = storm_any_actor(s);
	t->asset = storm_any_asset(s);
	t->subject = dice_percent(&s->dice, 85) ? t->caller : storm_anybody(s);
	t->amount = storm_amount(s, may_borrow(s, t->asset, t->subject));
	t->number = dice_percent(&s->dice, 97) ? 2 : dice_below(&s->dice, 4);
	asset = storm_asset(t->asset);
	storm_call(s, OP_BORROW, pool());
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
	storm_put_u64(s, t->number);
	storm_put_u64(s, 0);
	storm_put_address(s, storm_person(s, t->subject));
}

static void draw_repay(struct storm *s)
{
	struct step *t = &s->step;
	bool with_supply = dice_percent(&s->dice, 30);
	struct address asset;

	t->caller = storm_any_actor(s);
	t->subject = with_supply || dice_percent(&s->dice, 70) ? t->caller : storm_anybody(s);
	t->asset = asset_of(s, t->subject, true);
	t->amount = storm_amount(s, ledger_owed(&s->audit.now, t->asset, t->subject, s->time));
	t->number = dice_percent(&s->dice, 97) ? 2 : dice_below(&s->dice, 4);
	asset = storm_asset(t->asset);
	storm_call(s, with_supply ? OP_REPAY_SUPPLY : OP_REPAY, pool());
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
	storm_put_u64(s, t->number);
	if (!with_supply)
		storm_put_address(s, storm_person(s, t->subject));
}

static void draw_liquidation(struct storm *s)
{
	struct step *t = &s->step;
	struct address collateral, debt;

	t->caller = storm_any_actor(s);
	t->subject = dice_percent(&s->dice, 95) ? find_victim(s) : storm_anybody(s);
	t->asset = asset_of(s, t->subject, false);
	t->debt_asset = asset_of(s, t->subject, true);
	t->amount = storm_amount(s, ledger_owed(&s->audit.now, t->debt_asset, t->subject, s->time));
	if (dice_percent(&s->dice, 30))
		t->amount = U256_MAX;
	t->on = dice_percent(&s->dice, 40);
	collateral = storm_asset(t->asset);
	debt = storm_asset(t->debt_asset);
	storm_call(s, OP_LIQUIDATE, pool());
	storm_put_address(s, &collateral);
	storm_put_address(s, &debt);
	storm_put_address(s, storm_person(s, t->subject));
	storm_put(s, &t->amount);
	storm_put_u64(s, t->on);
}

/* -- flags ---------------------------------------------------------------------------------- */

static void draw_pledge(struct storm *s)
{
	struct step *t = &s->step;
	bool for_other = dice_percent(&s->dice, 20);
	struct address asset;

	t->caller = storm_any_actor(s);
	t->subject = for_other ? storm_anybody(s) : t->caller;
	t->asset = storm_any_asset(s);
	t->on = dice_percent(&s->dice, 65);
	asset = storm_asset(t->asset);
	storm_call(s, for_other ? OP_PLEDGE_FOR : OP_PLEDGE, pool());
	storm_put_address(s, &asset);
	storm_put_u64(s, t->on);
	if (for_other)
		storm_put_address(s, storm_person(s, t->subject));
}

static void draw_emode(struct storm *s)
{
	static const u8 categories[] = { 0, 0, 0, 1, 1, 2, 3, 7, 9, 200 };
	struct step *t = &s->step;
	bool for_other = dice_percent(&s->dice, 20);

	t->caller = storm_any_actor(s);
	t->subject = for_other ? storm_anybody(s) : t->caller;
	t->number = categories[dice_below(&s->dice, ARRAY_COUNT(categories))];
	storm_call(s, for_other ? OP_EMODE_FOR : OP_EMODE, pool());
	storm_put_u64(s, t->number);
	if (for_other)
		storm_put_address(s, storm_person(s, t->subject));
}

static void draw_manager(struct storm *s)
{
	struct step *t = &s->step;
	bool leave = dice_percent(&s->dice, 25);

	t->caller = storm_any_actor(s);
	t->subject = storm_anybody(s);
	t->on = dice_percent(&s->dice, 60);
	storm_call(s, leave ? OP_MANAGER_LEAVE : OP_MANAGER, pool());
	storm_put_address(s, storm_person(s, t->subject));
	if (!leave)
		storm_put_u64(s, t->on);
}

static void draw_look(struct storm *s)
{
	s->step.caller = storm_any_actor(s);
	s->step.subject = storm_anybody(s);
	storm_call(s, OP_LOOK, pool());
	storm_put_address(s, storm_person(s, s->step.subject));
}

/* -- which kind -------------------------------------------------------------------------------- */

/* Several calls of the pool at once: each is drawn, then packed. */
static void draw_multicall(struct storm *s)
{
	static void (*const kinds[])(struct storm *) = { draw_supply, draw_withdraw, draw_borrow, draw_repay,
							 draw_pledge, draw_emode };
	u8 packed[STORM_CALLDATA_MAX] = { 0 };
	u32 count = 1 + (u32)dice_below(&s->dice, 3);
	size_t size = 4 + 64 + 32 * (size_t)count;
	u32 caller = storm_any_actor(s);

	store_be32(packed, selector_of(op_info(OP_MULTICALL)->signature));
	packed[35] = 32;
	packed[67] = (u8)count;
	for (u32 i = 0; i < count; i++) {
		size_t part;

		kinds[dice_below(&s->dice, ARRAY_COUNT(kinds))](s);
		part = s->message.input.size;
		store_be32(packed + 68 + 32 * i + 28, (u32)(size - 68));
		store_be32(packed + size + 28, (u32)part);
		memcpy(packed + size + 32, s->calldata, part);
		size += 32 + (part + 31) / 32 * 32;
	}
	s->step.op = OP_MULTICALL;
	s->step.is_plain = false;
	s->step.caller = caller;
	s->message.caller = *storm_person(s, caller);
	memcpy(s->calldata, packed, size);
	s->message.input = (struct bytes){ s->calldata, size };
}

void storm_draw(struct storm *s)
{
	static const struct {
		u32 weight;
		void (*draw)(struct storm *s);
	} kinds[] = {
		{ 160, draw_supply },
		{ 110, draw_withdraw },
		{ 200, draw_borrow },
		{ 110, draw_repay },
		{ 110, draw_liquidation },
		{ 40, draw_pledge },
		{ 25, draw_emode },
		{ 10, draw_manager },
		{ 15, draw_look },
		{ 20, draw_multicall },
		{ 200, storm_draw_other },
	};
	u64 roll = dice_below(&s->dice, 1000);

	for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (roll < kinds[i].weight) {
			kinds[i].draw(s);
			return;
		}
		roll -= kinds[i].weight;
	}
}
