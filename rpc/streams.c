#include "rpc/streams.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/liquidation.h"

/* plimsoll_subscribe: prices, markets, liquidations.  Each tells of a block what the records
 * at it, and its logs, say; of prices and liquidations that are older than the states, what the logs say. */

void stream_result_begin(struct rpc *c, struct subscription *s, u64 height)
{
	notify_begin(c, s);
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "block", height);
	jw_number(&c->out, "index", s->index);
}

void stream_result_end(struct rpc *c, struct subscription *s)
{
	jw_end(&c->out);
	notify_end(c, s);
}

enum rpc_code stream_read_at(struct rpc *c, u64 height)
{
	return rpc_read_at(c, &(struct block_ref){ .height = height, .is_known = true }, false);
}

/* The same, or, where that state is gone, the newest one, which has what never changes. */
static enum rpc_code read_if_kept(struct rpc *c, bool *is_kept, u64 height)
{
	enum rpc_code code = stream_read_at(c, height);

	*is_kept = code == RPC_OK;
	return code == RPC_PRUNED ? stream_read_at(c, rpc_head(c)) : code;
}

struct event_filter {
	struct alternative topic, emitter;
	struct log_filter filter; /* of these two */
};

/* One event, of any contract (emitter NULL) or of one. */
static void event_filter(struct event_filter *out, const struct hash *topic, const struct address *emitter)
{
	alternative_topic(&out->topic, topic);
	if (emitter)
		alternative_address(&out->emitter, emitter);
	out->filter = (struct log_filter){
		.to = UINT64_MAX,
		.addresses = { &out->emitter, emitter ? 1 : 0 },
		.topics = { { &out->topic, 1 } },
		.topic_count = 1,
	};
}

/* -- prices ------------------------------------------------------------------------- */

/* The last answer that a block gave each feed, as its log tells it. */
struct answers {
	u64 time;
	struct {
		bool is_there;
		struct u256 answer;
		u64 round, updated_at;
	} at[GENESIS_FEEDS_MAX];
};

static void note_answer(struct rpc *c, void *context, const struct log *log, const struct log_place *place)
{
	struct contract_id id = contract_of(&log->address);
	struct answers *all = context;
	struct u256 round, updated_at;

	(void)c;
	if (id.kind != CONTRACT_FEED || id.index >= GENESIS_FEEDS_MAX || log->topic_count != 3 || log->data.size != 32)
		return;
	round = u256_from_be(log->topics[2].bytes);
	updated_at = u256_from_be(log->data.at);
	all->time = place->header->time;
	all->at[id.index].is_there = true;
	all->at[id.index].answer = u256_from_be(log->topics[1].bytes);
	all->at[id.index].round = u256_low64(&round);
	all->at[id.index].updated_at = u256_low64(&updated_at);
}

static enum rpc_code prices_block(struct rpc *c, struct subscription *s, u64 height)
{
	bool has_state = false, is_kept = false;
	struct answers all = { .time = 0 };
	struct event_filter wanted;
	struct feed f;

	event_filter(&wanted, &event_info(EVENT_AnswerUpdated)->topic, NULL);
	RPC_TRY(log_filter_walk(c, &wanted.filter, height, note_answer, &all));
	for (u16 i = 0; i < GENESIS_FEEDS_MAX; i++) {
		if (!all.at[i].is_there)
			continue;
		if (!has_state)
			RPC_TRY(read_if_kept(c, &is_kept, height));
		has_state = true;
		if (!feed_read(&c->reader.state, &(struct feed_key){ i }, &f))
			continue;
		f.answer = all.at[i].answer;
		f.round = all.at[i].round;
		f.updated_at = all.at[i].updated_at;
		stream_result_begin(c, s, height);
		jw_number(&c->out, "time", all.time);
		feed_show(c, "feed", i, &f, is_kept);
		stream_result_end(c, s);
	}
	return RPC_OK;
}

const struct stream STREAM_PRICES = { "prices", PLIMSOLL_SUBSCRIPTION, NULL, prices_block, NULL, false, REPLAY_LOGS, "fromBlock" };

/* -- markets ---------------------------------------------------------------------------- */

/* Whether a block could have changed anything but time. */
enum rpc_code stream_block_is_empty(struct rpc *c, bool *out, u64 height)
{
	enum err e = rpc_header(c, height);

	*out = e == OK && c->last_header.header.gas_used == 0;
	return e == OK ? RPC_OK : rpc_fail_err(c, e);
}

static enum rpc_code markets_write(struct rpc *c, struct subscription *s, u64 height, const struct reserve *before,
				   u16 before_count)
{
	u16 count = market_count(c);
	struct market m;

	for (u16 i = 0; i < count; i++) {
		size_t scratch = c->scratch_size;

		if (!market_read(c, &m, i) ||
		    (i < before_count && memcmp(&m.reserve, &before[i], sizeof m.reserve) == 0))
			continue;
		stream_result_begin(c, s, height);
		jw_number(&c->out, "time", c->reader.env.time);
		RPC_TRY(market_write(c, "market", &m));
		stream_result_end(c, s);
		c->scratch_size = scratch;
	}
	return RPC_OK;
}

static enum rpc_code markets_block(struct rpc *c, struct subscription *s, u64 height)
{
	struct reserve *before;
	bool is_empty;
	u16 count;

	RPC_TRY(stream_block_is_empty(c, &is_empty, height));
	if (is_empty || height == 0)
		return RPC_OK;
	RPC_TRY(stream_read_at(c, height - 1));
	count = market_count(c);
	before = rpc_take(c, count * sizeof *before);
	if (!before)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	for (u16 i = 0; i < count; i++)
		(void)reserve_read(&c->reader.state, &(struct reserve_key){ i }, &before[i]);
	RPC_TRY(stream_read_at(c, height));
	return markets_write(c, s, height, before, count);
}

const struct stream STREAM_MARKETS = { "markets", PLIMSOLL_SUBSCRIPTION, NULL, markets_block, NULL, false, REPLAY_STATES, "fromBlock" };

/* -- liquidations ------------------------------------------------------------------------- */

struct liquidations {
	struct subscription *s;
	bool has_state, is_kept;
	enum rpc_code code;
};

static struct address address_of_topic(const struct hash *topic)
{
	struct u256 word = u256_from_be(topic->bytes);

	return address_of_word(&word);
}

/* The logs of the same call: those after the liquidation before it in the transaction. */
static u32 first_log_of(const struct stored_tx *tx, u32 last)
{
	u32 first = last;

	while (first > 0 &&
	       hash_cmp(&tx->receipt.logs[first - 1].topics[0], &event_info(EVENT_LiquidationCall)->topic) != 0)
		first--;
	return first;
}

static void write_price(struct rpc *c, const char *key, const struct market *m)
{
	jw_scaled_or_null(&c->out, key, m ? &m->feed.answer : NULL, 8);
}

static enum rpc_code write_liquidation(struct rpc *c, const struct liquidations *all, const struct log *log,
				       const struct log_place *place)
{
	const struct stored_tx *tx = &c->logs_block->txs[place->tx_index];
	struct address collateral_asset = address_of_topic(&log->topics[1]), debt_asset = address_of_topic(&log->topics[2]);
	struct u256 liquidator = u256_from_be(log->data.at + 64);
	u32 last = place->log_index - tx->first_log, first = first_log_of(tx, last);
	struct market collateral, debt;
	struct liquidation l = { .user = address_of_topic(&log->topics[3]) };
	struct address by = address_of_word(&liquidator);

	/* A reserve may have been dropped later in its block. */
	if (all->is_kept && market_find(c, &collateral, &collateral_asset) && market_find(c, &debt, &debt_asset)) {
		l.collateral = &collateral;
		l.debt = &debt;
	}
	liquidation_read(c, &l, tx->receipt.logs + first, last - first + 1);
	stream_result_begin(c, all->s, place->header->number);
	jw_number(&c->out, "time", place->header->time);
	jw_hash(&c->out, "transactionHash", place->tx_hash);
	jw_quantity(&c->out, "logIndex", place->log_index);
	jw_address(&c->out, "user", &l.user);
	jw_address(&c->out, "liquidator", &by);
	jw_address(&c->out, "collateralAsset", &collateral_asset);
	jw_address(&c->out, "debtAsset", &debt_asset);
	jw_bool(&c->out, "receiveAToken", log->data.at[127] != 0);
	write_price(c, "collateralPrice", l.collateral);
	write_price(c, "debtPrice", l.debt);
	RPC_TRY(liquidation_write(c, &l));
	stream_result_end(c, all->s);
	return RPC_OK;
}

static void on_liquidation(struct rpc *c, void *context, const struct log *log, const struct log_place *place)
{
	struct liquidations *all = context;
	size_t scratch = c->scratch_size;

	if (all->code != RPC_OK || log->topic_count != 4 || log->data.size != 128)
		return;
	if (!all->has_state)
		all->code = read_if_kept(c, &all->is_kept, place->header->number);
	all->has_state = true;
	if (all->code == RPC_OK)
		all->code = write_liquidation(c, all, log, place);
	c->scratch_size = scratch;
}

static enum rpc_code liquidations_block(struct rpc *c, struct subscription *s, u64 height)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct liquidations all = { .s = s };
	struct event_filter wanted;

	event_filter(&wanted, &event_info(EVENT_LiquidationCall)->topic, &pool);
	RPC_TRY(log_filter_walk(c, &wanted.filter, height, on_liquidation, &all));
	return all.code;
}

const struct stream STREAM_LIQUIDATIONS = { "liquidations", PLIMSOLL_SUBSCRIPTION, NULL, liquidations_block, NULL, false, REPLAY_LOGS, "fromBlock" };
