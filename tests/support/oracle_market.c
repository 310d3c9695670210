#include "tests/support/oracle_market.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "contracts-native/feeds/admission.h"
#include "oracle/set.h"
#include "tests/support/require.h"

static u8 envelope_room[ENVELOPE_HEAD_SIZE + 8 * REPORT_SIZE_MAX];
static u8 calldata_room[sizeof envelope_room + 512];

static struct hash key_of(u8 reporter)
{
	struct hash h;

	keccak256(&h, (struct bytes){ &reporter, 1 });
	return h;
}

static void feeds_make(struct world *w, struct hash *table, u16 count)
{
	static struct feed_terms terms[REPORT_FEEDS_MAX];

	for (u16 i = 0; i < count; i++) {
		struct feed f = { .max_age = ORACLE_MAX_AGE, .venues_min = ORACLE_VENUES_MIN };
		char name[32];
		int size = snprintf(name, sizeof name, "F%u/USD:spot:1", i);

		keccak256(&f.id, (struct bytes){ (const u8 *)name, (size_t)size });
		snprintf(f.description, sizeof f.description, "F%u / USD", i);
		feed_write(&w->state, &(struct feed_key){ i }, &f);
		terms[i] = (struct feed_terms){ f.id, ORACLE_MAX_AGE, ORACLE_VENUES_MIN };
	}
	feed_table_digest(table, terms, count);
}

void oracle_market_init(struct world *w, u8 reporter_count, u16 feed_count)
{
	struct chain chain = { .chain_id = w->env.chain_id, .feed_count = feed_count };
	struct oracle_set set = { .set_id = ORACLE_SET_ID, .period = ORACLE_PERIOD };
	struct address keys[REPORT_REPORTERS_MAX];
	struct set_terms terms = { .reporters = keys };

	memset(chain.genesis.bytes, 0x77, 32);
	chain_write(&w->state, &(struct chain_key){ 0 }, &chain);
	for (u8 i = 0; i < reporter_count; i++) {
		struct reporter reporter = { 0 };
		const struct hash key = key_of(i);

		require(address_of_key(&keys[i], key.bytes) == OK);
		reporter.key = keys[i];
		reporter_write(&w->state, &(struct reporter_key){ i }, &reporter);
	}
	feeds_make(w, &terms.feed_table, feed_count);
	set.reporter_count = terms.reporter_count = reporter_count;
	set.faulty_max = terms.faulty_max = (reporter_count - 1u) / 3;
	terms.chain_id = chain.chain_id;
	terms.set_id = ORACLE_SET_ID;
	terms.aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	set_digest(&set.digest, &terms);
	oracle_set_write(&w->state, &(struct oracle_set_key){ 0 }, &set);
	world_commit(w);
}

struct report oracle_market_report(struct world *w, u8 reporter, u128 price)
{
	struct report r = {
		.reporter = reporter,
		.set_id = ORACLE_SET_ID,
		.round = w->env.time / ORACLE_PERIOD,
		.observed_at = w->env.time,
	};
	struct chain chain;

	chain_read(&w->state, &(struct chain_key){ 0 }, &chain);
	r.count = chain.feed_count;
	for (u16 i = 0; i < r.count; i++)
		r.observations[i] = (struct observation){
			.feed = i,
			.status = FEED_TRADING,
			.venues = ORACLE_VENUES_MIN,
			.price = price,
			.confidence = price / 1000,
			.trade_time = w->env.time,
		};
	oracle_market_sign(w, &r);
	return r;
}

void oracle_market_sign(struct world *w, struct report *r)
{
	const struct hash key = key_of(r->reporter);
	static struct report_terms terms;
	struct hash digest;

	report_terms_read(&terms, &w->state);
	report_digest(&digest, r, &terms.domain, terms.feed_ids, terms.feed_count);
	require(signature_sign(&r->signature, key.bytes, &digest) == OK);
}

struct bytes oracle_market_wire(u8 out[REPORT_SIZE_MAX], const struct report *r)
{
	return (struct bytes){ out, report_encode(out, r) };
}

struct bytes oracle_market_envelope(const struct report *reports, size_t count)
{
	static u8 wires[REPORT_REPORTERS_MAX][REPORT_SIZE_MAX];
	struct bytes list[REPORT_REPORTERS_MAX];
	u8 reporters[REPORT_REPORTERS_MAX];
	size_t size;

	for (size_t i = 0; i < count; i++) {
		list[i] = oracle_market_wire(wires[i], &reports[i]);
		reporters[i] = reports[i].reporter;
	}
	size = envelope_encode(envelope_room, sizeof envelope_room, reports[0].set_id, reports[0].round, list,
			       reporters, count);
	require(size > 0);
	return (struct bytes){ envelope_room, size };
}

/* Calls the aggregator with bytes arguments. */
static enum err call_with_bytes(struct world *w, const char *signature, const struct bytes *arguments, size_t count)
{
	struct message m = { .caller = world_account(1), .to = contract_address(CONTRACT_AGGREGATOR, 0) };
	struct abi_types types;
	struct abi_writer writer;
	struct bytes encoded;

	require(abi_parse(&types, signature) == OK);
	store_be32(calldata_room, selector_of(signature));
	abi_writer_init(&writer, &types, calldata_room + 4, sizeof calldata_room - 4);
	for (size_t i = 0; i < count; i++)
		abi_put_bytes(&writer, arguments[i]);
	require(abi_writer_end(&writer, &encoded) == OK);
	m.input = (struct bytes){ calldata_room, 4 + encoded.size };
	return world_send(w, &m);
}

enum err oracle_market_submit_bytes(struct world *w, struct bytes envelope)
{
	return call_with_bytes(w, "submit(bytes)", &envelope, 1);
}

enum err oracle_market_submit(struct world *w, const struct report *reports, size_t count)
{
	return oracle_market_submit_bytes(w, oracle_market_envelope(reports, count));
}

enum err oracle_market_prove(struct world *w, const struct report *a, const struct report *b)
{
	static u8 wire_a[REPORT_SIZE_MAX], wire_b[REPORT_SIZE_MAX];
	const struct bytes both[] = { oracle_market_wire(wire_a, a), oracle_market_wire(wire_b, b) };

	return call_with_bytes(w, "proveEquivocation(bytes,bytes)", both, 2);
}

enum err oracle_market_refusal(const struct world *w)
{
	struct u256 code;

	if (!world_reverted(w, REVERT_InvalidReport) || w->output.size != 4 + 32)
		return OK;
	code = u256_from_be(w->output.at + 4);
	return (enum err)u256_low64(&code);
}
