#include "tests/support/storm.h"

#include <string.h>

#include "base/hash.h"
#include "tests/support/require.h"

/* -- dice ----------------------------------------------------------------------------- */

struct dice dice_seeded(u64 seed)
{
	return (struct dice){ .state = seed };
}

struct dice dice_of_bytes(struct bytes in)
{
	return (struct dice){ .in = in, .from_bytes = true };
}

bool dice_are_spent(const struct dice *d)
{
	return d->from_bytes && d->in.size == 0;
}

/* A fuzzer's numbers are small: two bytes each, so that one changed byte is one changed choice. */
static u64 bytes_word(struct dice *d)
{
	size_t size = d->in.size < 2 ? d->in.size : 2;
	u64 word = 0;

	for (size_t i = 0; i < size; i++)
		word |= (u64)d->in.at[i] << 8 * i;
	d->in.at += size;
	d->in.size -= size;
	return word;
}

/* splitmix64 */
u64 dice_word(struct dice *d)
{
	u64 z;

	if (d->from_bytes)
		return bytes_word(d);
	z = d->state += 0x9e3779b97f4a7c15;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

u64 dice_below(struct dice *d, u64 limit)
{
	return dice_word(d) % limit;
}

bool dice_percent(struct dice *d, u32 chance)
{
	return dice_below(d, 100) < chance;
}

/* -- calls ------------------------------------------------------------------------------ */

#define X(name, kind, signature) { #name, CONTRACT_##kind, signature },
static const struct op_info ops[] = { OPS(X) };
#undef X

const struct op_info *op_info(enum op op)
{
	return &ops[op];
}

struct address storm_asset(u32 asset)
{
	return contract_address(CONTRACT_TOKEN, (u16)asset);
}

void storm_call(struct storm *s, enum op op, struct address to)
{
	s->step.op = op;
	s->step.is_plain = true;
	s->message = (struct message){ .caller = s->audit.now.people[s->step.caller], .to = to };
	store_be32(s->calldata, selector_of(ops[op].signature));
	s->message.input = (struct bytes){ s->calldata, 4 };
}

void storm_put(struct storm *s, const struct u256 *word)
{
	require(s->message.input.size + 32 <= sizeof s->calldata);
	u256_to_be(s->calldata + s->message.input.size, word);
	s->message.input.size += 32;
}

void storm_put_u64(struct storm *s, u64 word)
{
	struct u256 x = u256_from_u64(word);

	storm_put(s, &x);
}

void storm_put_address(struct storm *s, const struct address *a)
{
	struct u256 x = word_of_address(a);

	storm_put(s, &x);
}

/* -- whom and what ----------------------------------------------------------------------- */

u32 storm_any_actor(struct storm *s)
{
	return (u32)dice_below(&s->dice, STORM_ACTORS);
}

u32 storm_anybody(struct storm *s)
{
	if (dice_percent(&s->dice, 92))
		return storm_any_actor(s);
	return (u32)dice_below(&s->dice, STORM_ATOKENS + s->audit.now.asset_count);
}

u32 storm_any_asset(struct storm *s)
{
	return (u32)dice_below(&s->dice, s->audit.now.asset_count);
}

const struct address *storm_person(const struct storm *s, u32 i)
{
	return &s->audit.now.people[i];
}

/* -- life -------------------------------------------------------------------------------- */

static void must(struct storm *s)
{
	require(world_send(&s->market.world, &s->message) == OK);
	world_commit(&s->market.world);
}

/* So many whole tokens of everything, and the pool may take them. */
static void give(struct storm *s, u32 person, u64 whole)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	const struct address *owner = &s->audit.now.people[person];

	for (u32 i = 0; i < s->audit.now.asset_count; i++) {
		struct address token = storm_asset(i);
		struct u256 amount = u256_pow10(s->audit.now.assets[i].settings.decimals);
		struct u256 count = u256_from_u64(whole), most = U256_MAX;

		require(u256_mul(&amount, &amount, &count) == OK);
		s->step.caller = person;
		storm_call(s, OP_TOKEN_MINT, token);
		storm_put_address(s, owner);
		storm_put(s, &amount);
		must(s);
		storm_call(s, OP_TOKEN_APPROVE, token);
		storm_put_address(s, &pool);
		storm_put(s, &most);
		must(s);
	}
}

/* In the order of storm.h. */
static void invite(struct storm *s)
{
	static const char *const others[] = { "admin", "treasury", "umbrella", "flashReceiver", "pool", "zero" };
	struct ledger *l = &s->audit.now;
	struct address a;

	for (u32 i = 0; i < STORM_ACTORS; i++) {
		a = world_account(100 + i);
		ledger_person(l, &a);
	}
	for (u32 i = 0; i < ARRAY_COUNT(others); i++) {
		a = market_address(&s->market, others[i]);
		ledger_person(l, &a);
	}
	for (u32 i = 0; i < s->market.symbol_count; i++) {
		a = contract_address(CONTRACT_ATOKEN, (u16)i);
		ledger_person(l, &a);
	}
}

void storm_begin(struct storm *s, const json_t *description, struct dice dice)
{
	json_t *nobody = json_array();

	memset(s, 0, sizeof *s);
	market_init(&s->market, description, nobody);
	json_decref(nobody);
	s->dice = dice;
	invite(s);
	invariants_begin(&s->audit, &s->market.world);
	for (u32 i = 0; i < STORM_ACTORS; i++)
		give(s, i, 5000);
	give(s, STORM_UMBRELLA, 5000);
	give(s, STORM_RECEIVER, 5000);
	invariants_begin(&s->audit, &s->market.world);
	for (u32 i = 0; i < s->audit.now.asset_count; i++)
		s->start_price[i] = s->audit.now.assets[i].price;
	s->time = s->market.time + 1000;
}

void storm_end(struct storm *s)
{
	market_free(&s->market);
}

/* -- steps --------------------------------------------------------------------------------- */

static u64 wait(struct dice *d)
{
	u64 roll = dice_below(d, 1000);

	if (roll < 550)
		return 0;
	if (roll < 850)
		return 1 + dice_below(d, 60);
	if (roll < 960)
		return dice_below(d, 72) * 3600;
	if (roll < 993)
		return dice_below(d, 90) * 86400 + dice_below(d, 1000);
	if (roll < 999)
		return dice_below(d, 365) * 86400;
	return dice_below(d, 3650) * 86400;
}

/* Some bytes other than they were. */
static void damage(struct storm *s)
{
	u64 count = 1 + dice_below(&s->dice, 3);

	s->step.is_plain = false;
	for (u64 i = 0; i < count; i++) {
		size_t at = dice_below(&s->dice, s->message.input.size);
		u64 kind = dice_below(&s->dice, 4);

		if (kind == 0)
			s->message.input.size = at;
		else if (kind == 1)
			s->calldata[at] = 0xff;
		else
			s->calldata[at] ^= (u8)(1u << dice_below(&s->dice, 8));
		if (s->message.input.size == 0)
			return;
	}
}

void storm_step(struct storm *s)
{
	struct world *w = &s->market.world;
	enum err outcome;

	s->time += wait(&s->dice);
	w->env.time = s->time;
	s->step = (struct step){ .time = s->time, .subject = NOBODY, .receiver = NOBODY };
	storm_draw(s);
	if (dice_percent(&s->dice, 2))
		damage(s);
	s->message.is_static = s->step.op == OP_LOOK;
	invariants_before(&s->audit, &s->step);
	outcome = world_send(w, &s->message);
	require(outcome != ERR_FULL);
	invariants_after(&s->audit, outcome);
	s->tried[s->step.op] += s->step.is_plain;
	s->succeeded[s->step.op] += s->step.is_plain && outcome == OK;
	s->step_count++;
	world_commit(w);
	s->is_over = s->audit.now.overflow;
}
