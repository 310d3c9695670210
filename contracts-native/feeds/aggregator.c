#include "contracts-native/feeds/aggregator.h"

#include <assert.h>

#include "contracts-native/feeds/admission.h"
#include "contracts-native/feeds/feed.h"
#include "oracle/envelope.h"
#include "oracle/median.h"

static_assert(MEDIAN_INPUTS_MAX >= REPORT_REPORTERS_MAX, "every reporter has a vote");

/* One admitted report while its observations are handed out feed by feed. */
struct ballot {
	struct bytes wire;
	u64 observed_at;
	u32 count, next;
	u8 reporter;
};

struct round {
	struct report_terms terms;
	struct envelope envelope;
	struct ballot ballots[REPORT_REPORTERS_MAX];
	u64 entries; /* observations in all ballots */
};

static u64 quorum_of(const struct oracle_set *set)
{
	return 2 * set->faulty_max + 1;
}

static bool aggregator_exists(struct state *s, u16 index)
{
	(void)s;
	return index == 0;
}

/* -- submit ----------------------------------------------------------------------- */

/* Checks a whole envelope and fills the round; writes nothing. */
static enum err round_admit(struct round *round, struct call *c, struct bytes wire)
{
	struct report report;
	struct hash digest;

	report_terms_read(&round->terms, c->state);
	TRY(envelope_decode(&round->envelope, wire));
	if (round->envelope.count < quorum_of(&round->terms.set))
		return ERR_ORACLE_QUORUM;
	TRY(call_charge(c, (u64)round->envelope.count * AGGREGATOR_GAS_REPORT));
	round->entries = 0;
	for (u32 i = 0; i < round->envelope.count; i++) {
		TRY(report_admit(&report, &digest, &round->terms, c->state, c->exec->block,
				 round->envelope.reports[i]));
		round->ballots[i] = (struct ballot){
			.wire = round->envelope.reports[i],
			.observed_at = report.observed_at,
			.count = report.count,
			.reporter = report.reporter,
		};
		round->entries += report.count;
	}
	return call_charge(c, round->entries * AGGREGATOR_GAS_ENTRY +
				      round->terms.feed_count * AGGREGATOR_GAS_FEED);
}

/* Takes the ballot's observation of a feed; feeds are asked for in ascending order. */
static bool ballot_take(struct observation *out, struct ballot *b, u16 feed)
{
	if (b->next == b->count)
		return false;
	report_observation(out, b->wire, b->next);
	assert(out->feed >= feed);
	if (out->feed != feed)
		return false;
	b->next++;
	return true;
}

static bool observation_counts(const struct observation *o, const struct feed *f, u64 observed_at)
{
	if (o->status != FEED_TRADING || o->venues < f->venues_min)
		return false;
	if (o->confidence > o->price / AGGREGATOR_CONFIDENCE_DIVISOR)
		return false;
	if (o->trade_time > observed_at)
		return o->trade_time - observed_at <= AGGREGATOR_TRADE_AHEAD_MAX;
	return observed_at - o->trade_time <= AGGREGATOR_TRADE_AGE_MAX;
}

static size_t votes_collect(struct median_input *votes, struct round *round, u16 index, const struct feed *f)
{
	size_t count = 0;

	for (u32 i = 0; i < round->envelope.count; i++) {
		struct ballot *b = &round->ballots[i];
		struct observation o;

		if (!ballot_take(&o, b, index) || !observation_counts(&o, f, b->observed_at))
			continue;
		votes[count++] = (struct median_input){
			.price = o.price,
			.confidence = o.confidence,
			.observed_at = b->observed_at,
			.reporter = b->reporter,
		};
	}
	return count;
}

static void new_round_emit(struct call *c, u16 index, const struct feed *f)
{
	const struct address emitter = contract_address(CONTRACT_FEED, index);
	const struct u256 words[3] = {
		u256_from_u64(f->round),
		word_of_address(&c->caller),
		u256_from_u64(f->observed_at),
	};

	call_emit(c, &emitter, EVENT_NewRound, words, 3);
}

/* Whether the feed got a new answer. */
static bool feed_update(struct call *c, struct round *round, u16 index)
{
	struct median_input votes[REPORT_REPORTERS_MAX];
	struct median median;
	struct feed f;
	size_t count;

	feed_read(c->state, &(struct feed_key){ index }, &f);
	count = votes_collect(votes, round, index, &f);
	if (count < quorum_of(&round->terms.set)) {
		f.status &= ~(u32)FEED_QUORUM;
		feed_write(c->state, &(struct feed_key){ index }, &f);
		return false;
	}
	median_of(&median, votes, count);
	feed_set_price(&f, median.price, median.confidence);
	f.answer = feed_answer_near(median.price);
	f.observed_at = median.observed_at;
	f.updated_at = c->exec->block->time;
	f.oracle_round = round->envelope.round;
	f.status = FEED_QUORUM;
	f.reporters = (u32)count;
	feed_advance(c, index, &f);
	new_round_emit(c, index, &f);
	return true;
}

static void reporters_credit(struct state *s, const struct round *round)
{
	for (u32 i = 0; i < round->envelope.count; i++) {
		const struct reporter_key key = { round->ballots[i].reporter };
		struct reporter reporter;

		reporter_read(s, &key, &reporter);
		reporter.last_round = round->envelope.round;
		reporter.reports++;
		reporter_write(s, &key, &reporter);
	}
}

static void round_close(struct call *c, struct round *round)
{
	struct u256 words[4];
	u64 updated = 0;

	for (u16 i = 0; i < round->terms.feed_count; i++)
		updated += feed_update(c, round, i);
	reporters_credit(c->state, round);
	round->terms.set.last_round = round->envelope.round;
	oracle_set_write(c->state, &(struct oracle_set_key){ 0 }, &round->terms.set);

	words[0] = u256_from_u64(round->envelope.round);
	words[1] = u256_from_u64(round->envelope.set_id);
	words[2] = u256_from_u64(round->envelope.bitmap);
	words[3] = u256_from_u64(updated);
	call_emit(c, &c->self, EVENT_RoundAccepted, words, 4);
}

/* What a refusal looks like to the caller; running out of gas is no verdict on the report. */
static enum err refuse(struct call *c, enum err why)
{
	const struct u256 code = u256_from_u64((u64)why);

	if (why == ERR_OUT_OF_GAS)
		return why;
	return call_revert_with(c, REVERT_InvalidReport, &code, 1);
}

static enum err submit(struct call *c)
{
	struct round round;
	const enum err verdict = round_admit(&round, c, abi_bytes(&c->args, 0));

	if (verdict != OK)
		return refuse(c, verdict);
	round_close(c, &round);
	return OK;
}

/* -- equivocation ------------------------------------------------------------------- */

static enum err equivocation_check(struct report *out, struct call *c)
{
	const u64 now = c->exec->block->time;
	struct report_terms terms;
	struct hash digest_a, digest_b;
	struct report b;

	report_terms_read(&terms, c->state);
	TRY(report_authenticate(out, &digest_a, &terms, c->state, abi_bytes(&c->args, 0)));
	TRY(report_authenticate(&b, &digest_b, &terms, c->state, abi_bytes(&c->args, 1)));
	if (out->reporter != b.reporter)
		return ERR_ORACLE_REPORTER;
	if (out->round != b.round)
		return ERR_ORACLE_ROUND;
	/* A proof of a far round would silence all proofs of nearer ones. */
	if (out->observed_at > now + REPORT_AHEAD_MAX || b.observed_at > now + REPORT_AHEAD_MAX)
		return ERR_ORACLE_FUTURE;
	return hash_cmp(&digest_a, &digest_b) == 0 ? ERR_EXISTS : OK;
}

static enum err prove_equivocation(struct call *c)
{
	struct reporter reporter;
	struct reporter_key key;
	struct report report;
	enum err verdict;

	TRY(call_charge(c, 2 * AGGREGATOR_GAS_REPORT));
	verdict = equivocation_check(&report, c);
	if (verdict != OK)
		return refuse(c, verdict);
	key = (struct reporter_key){ report.reporter };
	reporter_read(c->state, &key, &reporter);
	if (reporter.equivocated_round >= report.round)
		return refuse(c, ERR_EXISTS);
	reporter.equivocated_round = report.round;
	reporter.equivocations++;
	reporter_write(c->state, &key, &reporter);
	call_emit(c, &c->self, EVENT_ReporterEquivocated,
		  (const struct u256[]){ u256_from_u64(report.reporter), u256_from_u64(report.round) }, 2);
	return OK;
}

/* -- views ------------------------------------------------------------------------- */

static struct oracle_set set_of(struct call *c)
{
	struct oracle_set set;

	oracle_set_read(c->state, &(struct oracle_set_key){ 0 }, &set);
	return set;
}

/* (setId, f, period, digest, reporters) */
static enum err reporter_set(struct call *c)
{
	const struct oracle_set set = set_of(c);
	struct reporter reporter;

	assert(set.reporter_count <= REPORT_REPORTERS_MAX);
	abi_put_u64(&c->out, set.set_id);
	abi_put_u64(&c->out, set.faulty_max);
	abi_put_u64(&c->out, set.period);
	abi_put_bytes32(&c->out, &set.digest);
	abi_open(&c->out, (u32)set.reporter_count);
	for (u8 i = 0; i < set.reporter_count; i++) {
		reporter_read(c->state, &(struct reporter_key){ i }, &reporter);
		abi_put_address(&c->out, &reporter.key);
	}
	abi_close(&c->out);
	return OK;
}

/* (key, lastRound, reports, equivocations); bare revert for an unknown one */
static enum err reporter_info(struct call *c)
{
	const u64 index = abi_u64(&c->args, 0);
	struct reporter reporter;

	if (index >= set_of(c).reporter_count)
		return ERR_BARE;
	reporter_read(c->state, &(struct reporter_key){ (u8)index }, &reporter);
	abi_put_address(&c->out, &reporter.key);
	abi_put_u64(&c->out, reporter.last_round);
	abi_put_u64(&c->out, reporter.reports);
	abi_put_u64(&c->out, reporter.equivocations);
	return OK;
}

static enum err last_round(struct call *c)
{
	call_return_u64(c, set_of(c).last_round);
	return OK;
}

static enum err feed_count(struct call *c)
{
	struct chain chain;

	chain_read(c->state, &(struct chain_key){ 0 }, &chain);
	call_return_u64(c, chain.feed_count);
	return OK;
}

/* (feed, id, description, maxAge, venuesMin, status); bare revert for an unknown one */
static enum err feed_info(struct call *c)
{
	const u16 index = (u16)abi_u64(&c->args, 0);
	const struct address at = contract_address(CONTRACT_FEED, index);
	struct feed f;

	if (!feed_exists(c->state, index))
		return ERR_BARE;
	feed_read(c->state, &(struct feed_key){ index }, &f);
	abi_put_address(&c->out, &at);
	abi_put_bytes32(&c->out, &f.id);
	abi_put_bytes(&c->out, feed_description(&f));
	abi_put_u64(&c->out, f.max_age);
	abi_put_u64(&c->out, f.venues_min);
	abi_put_u64(&c->out, feed_status(&f, c->exec->block->time));
	return OK;
}

#define SET_DATA      "(uint64,uint64,uint64,bytes32,address[])"
#define REPORTER_DATA "(address,uint64,uint64,uint64)"
#define FEED_DATA     "(address,bytes32,string,uint32,uint32,uint32)"

static const struct method methods[] = {
	/* selector    signature                          returns        mutability gas run */
	{ 0xef7fa71b, "submit(bytes)", "", WRITE, 20000, submit },
	{ 0xa29f4055, "proveEquivocation(bytes,bytes)", "", WRITE, 20000, prove_equivocation },
	{ 0x4b8b7eaf, "reporterSet()", SET_DATA, VIEW, 9000, reporter_set },
	{ 0x45d3ccb5, "reporterInfo(uint8)", REPORTER_DATA, VIEW, 5200, reporter_info },
	{ 0x82bc07e6, "lastRound()", "(uint64)", VIEW, 2600, last_round },
	{ 0x4628986d, "feedCount()", "(uint256)", VIEW, 2600, feed_count },
	{ 0xab0ade03, "feedInfo(uint16)", FEED_DATA, VIEW, 5200, feed_info },
};

const struct contract AGGREGATOR_CONTRACT = {
	.kind = CONTRACT_AGGREGATOR,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = aggregator_exists,
};
