#include "tests/support/storm.h"

#include <math.h>

static double held(const struct storm *s, u32 asset, u32 who)
{
	return u256_to_double(&s->audit.now.balances[asset][who]);
}

static double cash(const struct storm *s, u32 asset)
{
	return ledger_number(s->audit.now.assets[asset].record.virtual_balance);
}

/* -- tokens and shares ----------------------------------------------------------------- */

static void draw_mint(struct storm *s)
{
	struct step *t = &s->step;

	t->caller = storm_any_actor(s);
	t->receiver = dice_percent(&s->dice, 80) ? t->caller : storm_anybody(s);
	t->asset = storm_any_asset(s);
	t->amount = dice_percent(&s->dice, 97) ? storm_amount(s, 1000 * s->audit.now.assets[t->asset].unit)
					       : storm_amount(s, 1e36);
	if (u256_bits(&t->amount) > 140)
		t->amount = U256_ONE;
	storm_call(s, OP_TOKEN_MINT, storm_asset(t->asset));
	storm_put_address(s, storm_person(s, t->receiver));
	storm_put(s, &t->amount);
}

static void draw_move(struct storm *s, bool shares)
{
	struct step *t = &s->step;
	bool from = dice_percent(&s->dice, 35);
	enum op op = shares ? from ? OP_SHARE_FROM : OP_SHARE_MOVE : from ? OP_TOKEN_FROM
									  : OP_TOKEN_MOVE;

	t->caller = storm_any_actor(s);
	t->asset = storm_any_asset(s);
	t->subject = from ? storm_anybody(s) : t->caller;
	t->receiver = storm_anybody(s);
	t->amount = storm_amount(s, shares ? ledger_supplied(&s->audit.now, t->asset, t->subject, s->time)
					   : held(s, t->asset, t->subject) / 8);
	storm_call(s, op, contract_address(shares ? CONTRACT_ATOKEN : CONTRACT_TOKEN, (u16)t->asset));
	if (from)
		storm_put_address(s, storm_person(s, t->subject));
	storm_put_address(s, storm_person(s, t->receiver));
	storm_put(s, &t->amount);
}

static void draw_tokens(struct storm *s)
{
	draw_move(s, false);
}

static void draw_shares(struct storm *s)
{
	draw_move(s, true);
}

static void draw_allowance(struct storm *s)
{
	static const enum op ops[] = { OP_TOKEN_APPROVE, OP_SHARE_APPROVE, OP_DELEGATE, OP_DELEGATE };
	struct step *t = &s->step;
	enum op op = ops[dice_below(&s->dice, ARRAY_COUNT(ops))];

	t->caller = storm_any_actor(s);
	t->asset = storm_any_asset(s);
	t->receiver = storm_anybody(s);
	t->amount = storm_amount(s, held(s, t->asset, t->caller));
	storm_call(s, op, contract_address(op_info(op)->kind, (u16)t->asset));
	storm_put_address(s, storm_person(s, t->receiver));
	storm_put(s, &t->amount);
}

/* The pool's own allowance comes back, whatever somebody made of it. */
static void draw_pool_allowance(struct storm *s)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct u256 most = U256_MAX;

	s->step.caller = storm_any_actor(s);
	s->step.asset = storm_any_asset(s);
	s->step.amount = most;
	storm_call(s, OP_TOKEN_APPROVE, storm_asset(s->step.asset));
	storm_put_address(s, &pool);
	storm_put(s, &most);
}

/* -- flash loans, treasury, deficits ----------------------------------------------------- */

static u64 receiver_mode(struct storm *s)
{
	return dice_percent(&s->dice, 85) ? 0 : dice_below(&s->dice, 5);
}

static void draw_flash(struct storm *s)
{
	struct address pool = contract_address(CONTRACT_POOL, 0), asset;
	struct step *t = &s->step;

	t->caller = storm_any_actor(s);
	t->receiver = dice_percent(&s->dice, 95) ? STORM_RECEIVER : storm_anybody(s);
	t->asset = storm_any_asset(s);
	t->amount = storm_amount(s, cash(s, t->asset));
	asset = storm_asset(t->asset);
	storm_call(s, OP_FLASH, pool);
	storm_put_address(s, storm_person(s, t->receiver));
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
	storm_put_u64(s, 160);
	storm_put_u64(s, 0);
	storm_put_u64(s, 32);
	storm_put_u64(s, receiver_mode(s));
}

/* Two assets, each paid back or kept as a debt. */
static void draw_flash_many(struct storm *s)
{
	struct address pool = contract_address(CONTRACT_POOL, 0), asset;
	struct step *t = &s->step;
	struct u256 second;

	t->caller = storm_any_actor(s);
	t->receiver = STORM_RECEIVER;
	t->subject = dice_percent(&s->dice, 80) ? t->caller : storm_any_actor(s);
	t->asset = storm_any_asset(s);
	t->debt_asset = storm_any_asset(s);
	t->amount = storm_amount(s, cash(s, t->asset) / 100);
	second = storm_amount(s, cash(s, t->debt_asset) / 100);
	storm_call(s, OP_FLASH_MANY, pool);
	storm_put_address(s, storm_person(s, t->receiver));
	storm_put_u64(s, 224);
	storm_put_u64(s, 224 + 96);
	storm_put_u64(s, 224 + 192);
	storm_put_address(s, storm_person(s, t->subject));
	storm_put_u64(s, 224 + 288);
	storm_put_u64(s, 0);
	storm_put_u64(s, 2);
	asset = storm_asset(t->asset);
	storm_put_address(s, &asset);
	asset = storm_asset(t->debt_asset);
	storm_put_address(s, &asset);
	storm_put_u64(s, 2);
	storm_put(s, &t->amount);
	storm_put(s, &second);
	storm_put_u64(s, 2);
	storm_put_u64(s, dice_percent(&s->dice, 50) ? 0 : 2);
	storm_put_u64(s, dice_percent(&s->dice, 50) ? 0 : 2);
	storm_put_u64(s, 32);
	storm_put_u64(s, receiver_mode(s));
}

static void draw_treasury(struct storm *s)
{
	struct address pool = contract_address(CONTRACT_POOL, 0), asset;

	s->step.caller = storm_any_actor(s);
	s->step.asset = storm_any_asset(s);
	asset = storm_asset(s->step.asset);
	storm_call(s, OP_TREASURY, pool);
	storm_put_u64(s, 32);
	storm_put_u64(s, 1);
	storm_put_address(s, &asset);
}

static void draw_cover(struct storm *s)
{
	struct address pool = contract_address(CONTRACT_POOL, 0), asset;
	struct step *t = &s->step;

	t->caller = dice_percent(&s->dice, 85) ? STORM_UMBRELLA : storm_any_actor(s);
	t->asset = storm_any_asset(s);
	for (u32 i = 0; i < s->audit.now.asset_count; i++) {
		u32 other = (t->asset + i) % s->audit.now.asset_count;

		if (ledger_number(s->audit.now.assets[other].record.deficit) > 0) {
			t->asset = other;
			break;
		}
	}
	t->amount = storm_amount(s, ledger_number(s->audit.now.assets[t->asset].record.deficit));
	asset = storm_asset(t->asset);
	storm_call(s, OP_COVER, pool);
	storm_put_address(s, &asset);
	storm_put(s, &t->amount);
}

/* -- prices --------------------------------------------------------------------------------- */

static struct u256 hostile_price(struct storm *s)
{
	static const unsigned bits[] = { 0, 8, 64, 128, 200, 254, 255 };
	struct u256 one = U256_ONE;

	if (dice_percent(&s->dice, 30))
		return U256_ZERO;
	return u256_shl(&one, bits[dice_below(&s->dice, ARRAY_COUNT(bits))]);
}

static void draw_price(struct storm *s)
{
	static const double factors[] = { 0.3, 0.7, 0.85, 0.9, 0.95, 0.97, 0.99, 1, 1.01, 1.03, 1.05, 1.1, 1.2, 1.6 };
	struct step *t = &s->step;
	u32 asset = storm_any_asset(s);
	double now = s->audit.now.assets[asset].price, start = s->start_price[asset];

	t->caller = storm_any_actor(s);
	t->asset = asset;
	now *= factors[dice_below(&s->dice, ARRAY_COUNT(factors))];
	if (now < start / 20 || now > start * 20 || dice_percent(&s->dice, 10))
		now = start * factors[dice_below(&s->dice, ARRAY_COUNT(factors))];
	t->amount = u256_from_u64((u64)ceil(now));
	if (dice_percent(&s->dice, 3))
		t->amount = hostile_price(s);
	storm_call(s, OP_PRICE, contract_address(CONTRACT_FEED, (u16)asset));
	storm_put(s, &t->amount);
}

/* -- which kind ------------------------------------------------------------------------------- */

void storm_draw_other(struct storm *s)
{
	static const struct {
		u32 weight;
		void (*draw)(struct storm *s);
	} kinds[] = {
		{ 5, draw_mint },
		{ 4, draw_tokens },
		{ 12, draw_shares },
		{ 10, draw_allowance },
		{ 4, draw_pool_allowance },
		{ 5, draw_flash },
		{ 5, draw_flash_many },
		{ 4, draw_treasury },
		{ 5, draw_cover },
		{ 30, draw_price },
		{ 16, storm_draw_governance },
	};
	u64 roll = dice_below(&s->dice, 100);

	for (u32 i = 0; i < ARRAY_COUNT(kinds); i++) {
		if (roll < kinds[i].weight) {
			kinds[i].draw(s);
			return;
		}
		roll -= kinds[i].weight;
	}
}
