#include "contracts-native/feeds/feed.h"

#define ANSWER_UNIT ((u128)10000000000u) /* 10^(18 - FEED_DECIMALS) */

/* -- the record --------------------------------------------------------------------- */

static u128 u128_load(const struct u128le *x)
{
	return (u128)x->limb[1] << 64 | x->limb[0];
}

static struct u128le u128_store(u128 x)
{
	return (struct u128le){ { (u64)x, (u64)(x >> 64) } };
}

u128 feed_price(const struct feed *f)
{
	return u128_load(&f->price);
}

u128 feed_confidence(const struct feed *f)
{
	return u128_load(&f->confidence);
}

void feed_set_price(struct feed *f, u128 price, u128 confidence)
{
	f->price = u128_store(price);
	f->confidence = u128_store(confidence);
}

struct bytes feed_description(const struct feed *f)
{
	size_t size = 0;

	while (size < sizeof f->description && f->description[size] != 0)
		size++;
	return (struct bytes){ (const u8 *)f->description, size };
}

struct u256 feed_answer_near(u128 price)
{
	return u256_from_u128(price / ANSWER_UNIT + (price % ANSWER_UNIT >= ANSWER_UNIT / 2));
}

u32 feed_status(const struct feed *f, u64 now)
{
	const struct feed_reading reading = {
		.price = feed_price(f),
		.confidence = feed_confidence(f),
		.updated_at = f->updated_at,
		.max_age = f->max_age,
		.stored = f->status,
	};

	return feed_bits(&reading, now);
}

bool feed_exists(struct state *s, u16 index)
{
	struct chain chain;

	chain_read(s, &(struct chain_key){ 0 }, &chain);
	return index < chain.feed_count;
}

static struct feed_round_key round_key(u16 index, u64 round)
{
	return (struct feed_round_key){ index, (u16)(round % FEED_HISTORY) };
}

static void round_write(struct state *s, u16 index, const struct feed *f)
{
	const struct feed_round_key key = round_key(index, f->round);
	const struct feed_round round = {
		.round = f->round,
		.answer = f->answer,
		.observed_at = f->observed_at,
		.updated_at = f->updated_at,
	};

	feed_write(s, &(struct feed_key){ index }, f);
	feed_round_write(s, &key, &round);
}

void feed_advance(struct call *c, u16 index, struct feed *f)
{
	const struct address emitter = contract_address(CONTRACT_FEED, index);
	struct u256 words[3];

	f->round++;
	round_write(c->state, index, f);
	words[0] = f->answer;
	words[1] = u256_from_u64(f->round);
	words[2] = u256_from_u64(f->updated_at);
	call_emit(c, &emitter, EVENT_AnswerUpdated, words, 3);
}

static bool answer_is_positive(const struct u256 *answer)
{
	return !u256_is_zero(answer) && !u256_bit(answer, 255);
}

/* Makes the price follow an answer given by hand: 0 if it is not positive, and no more than
 * 2^128-1.  Nobody vouches for it, so it is exact. */
static void answer_set(struct feed *f, const struct u256 *answer, u64 now)
{
	const struct u256 unit = u256_from_u128(ANSWER_UNIT);
	struct u256 price = U256_ZERO;

	if (answer_is_positive(answer) &&
	    (u256_mul(&price, answer, &unit) != OK || !u256_fits(&price, 128)))
		price = u256_from_u128(~(u128)0);
	feed_set_price(f, u256_low128(&price), 0);
	f->answer = *answer;
	f->observed_at = now;
	f->updated_at = now;
	f->status = FEED_MANUAL;
	f->reporters = 0;
}

void feed_genesis(struct state *s, u16 index, struct feed *f, const struct u256 *answer, u64 time)
{
	if (u256_is_zero(answer)) {
		feed_write(s, &(struct feed_key){ index }, f);
		return;
	}
	answer_set(f, answer, time);
	f->round = 1;
	round_write(s, index, f);
}

/* -- AggregatorV3Interface ------------------------------------------------------------ */

static struct feed feed_of(struct call *c)
{
	struct feed f;

	feed_read(c->state, &(struct feed_key){ c->id.index }, &f);
	return f;
}

static struct u256 round_id(u64 round)
{
	return u256_from_u128(round ? (u128)FEED_PHASE << 64 | round : 0);
}

static bool round_find(struct call *c, struct feed_round *r, u64 round)
{
	const struct feed_round_key key = round_key(c->id.index, round);

	return round != 0 && feed_round_read(c->state, &key, r) && r->round == round;
}

/* The round of the id that is asked for, 0 if that is none of this chain's. */
static u64 round_asked(struct call *c)
{
	const struct u256 id = abi_u256(&c->args, 0);
	const bool known = u256_fits(&id, 80) && u256_field(&id, 64, 16) == FEED_PHASE;

	return known ? u256_low64(&id) : 0;
}

/* Returns (roundId, answer, startedAt, updatedAt, answeredInRound). */
static enum err round_return(struct call *c, u64 round)
{
	const struct u256 id = round_id(round);
	struct feed_round r;

	if (!round_find(c, &r, round) || u256_is_zero(&r.answer))
		return call_revert_text(c, "No data present");
	abi_put_u256(&c->out, &id);
	abi_put_u256(&c->out, &r.answer);
	abi_put_u64(&c->out, r.observed_at);
	abi_put_u64(&c->out, r.updated_at);
	abi_put_u256(&c->out, &id);
	return OK;
}

static enum err get_round_data(struct call *c)
{
	return round_return(c, round_asked(c));
}

static enum err latest_round_data(struct call *c)
{
	const struct feed f = feed_of(c);

	return round_return(c, f.round);
}

static enum err latest_answer(struct call *c)
{
	call_return_u256(c, feed_of(c).answer);
	return OK;
}

static enum err latest_timestamp(struct call *c)
{
	call_return_u64(c, feed_of(c).updated_at);
	return OK;
}

static enum err latest_round(struct call *c)
{
	call_return_u256(c, round_id(feed_of(c).round));
	return OK;
}

static enum err get_answer(struct call *c)
{
	struct feed_round r;

	call_return_u256(c, round_find(c, &r, round_asked(c)) ? r.answer : U256_ZERO);
	return OK;
}

static enum err get_timestamp(struct call *c)
{
	struct feed_round r;

	call_return_u64(c, round_find(c, &r, round_asked(c)) ? r.updated_at : 0);
	return OK;
}

static enum err decimals(struct call *c)
{
	call_return_u64(c, FEED_DECIMALS);
	return OK;
}

static enum err version(struct call *c)
{
	call_return_u64(c, FEED_VERSION);
	return OK;
}

static enum err phase_id(struct call *c)
{
	call_return_u64(c, FEED_PHASE);
	return OK;
}

static enum err description(struct call *c)
{
	const struct feed f = feed_of(c);
	struct bytes text;

	text = feed_description(&f);
	call_return_text(c, (const char *)text.at, text.size);
	return OK;
}

static enum err latest_price_v2(struct call *c)
{
	const struct feed f = feed_of(c);
	const struct u256 price = u256_from_u128(feed_price(&f));
	const struct u256 confidence = u256_from_u128(feed_confidence(&f));

	abi_put_u256(&c->out, &price);
	abi_put_u256(&c->out, &confidence);
	abi_put_u64(&c->out, f.observed_at);
	abi_put_u64(&c->out, f.updated_at);
	abi_put_u64(&c->out, feed_status(&f, c->exec->block->time));
	abi_put_u64(&c->out, f.reporters);
	return OK;
}

static enum err set_answer(struct call *c)
{
	const struct u256 answer = abi_u256(&c->args, 0);
	struct feed f = feed_of(c);

	if (!c->exec->block->devnet)
		return ERR_BARE;
	answer_set(&f, &answer, c->exec->block->time);
	feed_advance(c, c->id.index, &f);
	return OK;
}

#define ROUND_DATA "(uint80,int256,uint256,uint256,uint80)"
#define PRICE_DATA "(uint128,uint128,uint64,uint64,uint32,uint32)"

static const struct method methods[] = {
	/* selector    signature                returns      mutability  gas  run */
	{ 0x313ce567, "decimals()", "(uint8)", VIEW, 200, decimals },
	{ 0x7284e416, "description()", "(string)", VIEW, 2600, description },
	{ 0x54fd4d50, "version()", "(uint256)", VIEW, 200, version },
	{ 0x58303b10, "phaseId()", "(uint16)", VIEW, 200, phase_id },
	{ 0xfeaf968c, "latestRoundData()", ROUND_DATA, VIEW, 5200, latest_round_data },
	{ 0x9a6fc8f5, "getRoundData(uint80)", ROUND_DATA, VIEW, 2600, get_round_data },
	{ 0x50d25bcd, "latestAnswer()", "(int256)", VIEW, 2600, latest_answer },
	{ 0x8205bf6a, "latestTimestamp()", "(uint256)", VIEW, 2600, latest_timestamp },
	{ 0x668a0f02, "latestRound()", "(uint256)", VIEW, 2600, latest_round },
	{ 0xb5ab58dc, "getAnswer(uint256)", "(int256)", VIEW, 2600, get_answer },
	{ 0xb633620c, "getTimestamp(uint256)", "(uint256)", VIEW, 2600, get_timestamp },
	{ 0x7ef74ddb, "latestPriceV2()", PRICE_DATA, VIEW, 2600, latest_price_v2 },
	{ 0x99213cd8, "setAnswer(int256)", "", WRITE, 20000, set_answer },
};

const struct contract FEED_CONTRACT = {
	.kind = CONTRACT_FEED,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = feed_exists,
};
