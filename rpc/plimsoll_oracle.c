#include "rpc/market.h"
#include "rpc/methods.h"

#include <string.h>

#include "contracts-native/feeds/feed.h"

/* plimsoll_*: what reporters sign, and what came of it. */

/* bit, name */
static const struct {
	enum feed_bit bit;
	const char *name;
} FEED_BITS[] = {
	{ FEED_POSITIVE, "positive" },
	{ FEED_QUORUM, "quorum" },
	{ FEED_FRESH, "fresh" },
	{ FEED_LIVE, "live" },
	{ FEED_TIGHT, "tight" },
	{ FEED_USABLE, "usable" },
	{ FEED_MANUAL, "manual" },
};

static void number_or_null(struct json_writer *w, const char *key, u64 x, bool is_known)
{
	if (is_known)
		jw_number(w, key, x);
	else
		jw_null(w, key);
}

static void status_or_null(struct json_writer *w, const char *key, const struct feed *f, u64 time, bool is_known)
{
	u32 status;

	if (!is_known) {
		jw_null(w, key);
		return;
	}
	status = feed_status(f, time);
	jw_array(w, key);
	for (size_t i = 0; i < ARRAY_COUNT(FEED_BITS); i++) {
		if (status & FEED_BITS[i].bit)
			jw_text(w, NULL, FEED_BITS[i].name);
	}
	jw_end(w);
}

#define FEED_TYPE \
	"{index:number id:hash address:address description:text maxAge:number venuesMin:number price:decimal " \
	"confidence:decimal answer:decimal round:number oracleRound:number observedAt:number updatedAt:number " \
	"reporters:number status:[text]}"

void feed_show(struct rpc *c, const char *key, u16 index, const struct feed *f, bool is_whole)
{
	struct u256 price = u256_from_u128(feed_price(f)), confidence = u256_from_u128(feed_confidence(f));
	struct address address = contract_address(CONTRACT_FEED, index);
	struct bytes description = feed_description(f);

	jw_object(&c->out, key);
	jw_number(&c->out, "index", index);
	jw_hash(&c->out, "id", &f->id);
	jw_address(&c->out, "address", &address);
	jw_text_size(&c->out, "description", (const char *)description.at, description.size);
	jw_number(&c->out, "maxAge", f->max_age);
	jw_number(&c->out, "venuesMin", f->venues_min);
	jw_decimal(&c->out, "answer", &f->answer);
	jw_number(&c->out, "round", f->round);
	jw_number(&c->out, "updatedAt", f->updated_at);
	jw_scaled_or_null(&c->out, "price", is_whole ? &price : NULL, 18);
	jw_scaled_or_null(&c->out, "confidence", is_whole ? &confidence : NULL, 18);
	number_or_null(&c->out, "oracleRound", f->oracle_round, is_whole);
	number_or_null(&c->out, "observedAt", f->observed_at, is_whole);
	number_or_null(&c->out, "reporters", f->reporters, is_whole);
	status_or_null(&c->out, "status", f, c->reader.env.time, is_whole);
	jw_end(&c->out);
}

static void write_feeds(struct rpc *c, u16 count)
{
	struct feed f;

	jw_array(&c->out, "feeds");
	for (u16 i = 0; i < count; i++) {
		if (feed_read(&c->reader.state, &(struct feed_key){ i }, &f))
			feed_show(c, NULL, i, &f, true);
	}
	jw_end(&c->out);
}

#define REPORTER_TYPE "{index:number address:address lastRound:number reports:number equivocations:number}"

static void write_reporters(struct rpc *c, u64 count)
{
	struct reporter r;

	jw_array(&c->out, "reporters");
	for (u64 i = 0; i < count; i++) {
		(void)reporter_read(&c->reader.state, &(struct reporter_key){ (u8)i }, &r);
		jw_object(&c->out, NULL);
		jw_number(&c->out, "index", i);
		jw_address(&c->out, "address", &r.key);
		jw_number(&c->out, "lastRound", r.last_round);
		jw_number(&c->out, "reports", r.reports);
		jw_number(&c->out, "equivocations", r.equivocations);
		jw_end(&c->out);
	}
	jw_end(&c->out);
}

#define COUNTS_MEMBERS "relay:address reportsReceived:number reportsRefused:number rounds:number equivocations:number"

static void write_counts(struct rpc *c)
{
	struct oracle_counts counts = node_oracle_counts(c->node);
	struct address relay = node_relay_address(c->node);

	jw_address(&c->out, "relay", &relay);
	jw_number(&c->out, "reportsReceived", counts.reports);
	jw_number(&c->out, "reportsRefused", counts.refused);
	jw_number(&c->out, "rounds", counts.rounds);
	jw_number(&c->out, "equivocations", counts.equivocations);
}

#define INFO_TYPE \
	"{height:quantity headTime:number chainId:number aggregator:address salt:hash setId:number setDigest:hash " \
	"period:number f:number lastRound:number reporters:[" REPORTER_TYPE "] feeds:[" FEED_TYPE "] " COUNTS_MEMBERS "}"

static enum rpc_code oracle_info(struct rpc *c)
{
	struct address aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	struct state *s = &c->reader.state;
	struct store_head head;
	struct oracle_set set;
	struct chain chain;

	RPC_TRY(rpc_read_param(c, 0));
	node_head(c->node, &head);
	(void)chain_read(s, &(struct chain_key){ 0 }, &chain);
	(void)oracle_set_read(s, &(struct oracle_set_key){ 0 }, &set);
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", c->reader.view.height);
	jw_number(&c->out, "headTime", head.header.time);
	jw_number(&c->out, "chainId", chain.chain_id);
	jw_address(&c->out, "aggregator", &aggregator);
	jw_hash(&c->out, "salt", &chain.genesis);
	jw_number(&c->out, "setId", set.set_id);
	jw_hash(&c->out, "setDigest", &set.digest);
	jw_number(&c->out, "period", set.period);
	jw_number(&c->out, "f", set.faulty_max);
	jw_number(&c->out, "lastRound", set.last_round);
	write_reporters(c, set.reporter_count);
	write_feeds(c, chain.feed_count);
	write_counts(c);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code submit_report(struct rpc *c)
{
	struct bytes report;
	enum err e;

	RPC_TRY(param_bytes(c, &report, 0));
	e = node_report(c->node, report);
	if (e != OK)
		return rpc_fail(c, RPC_SERVER, "report refused: %s", err_text(e));
	jw_bool(&c->out, RESULT, true);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_oracleInfo", oracle_info, 0, 1, 1, INFO_TYPE,
	  "(block) reporters, feeds, and what a report must be signed for" },
	{ "plimsoll_submitReport", submit_report, 1, 1, 1, "bool",
	  "(report) takes one reporter's signed report; true" },
};

const struct rpc_table PLIMSOLL_ORACLE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
