#include "rpc/log_filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- reading ---------------------------------------------------------------------- */

void alternative_address(struct alternative *out, const struct address *address)
{
	*out = (struct alternative){ .value = { { 0 } } };
	memcpy(out->value.bytes, address->bytes, sizeof address->bytes);
	bloom_ask(&out->question, (struct bytes){ address->bytes, sizeof address->bytes });
}

void alternative_topic(struct alternative *out, const struct hash *topic)
{
	out->value = *topic;
	bloom_ask(&out->question, (struct bytes){ topic->bytes, sizeof topic->bytes });
}

static enum rpc_code read_one(struct rpc *c, struct alternative *out, const json_t *v, bool is_address)
{
	struct address address;
	struct hash topic;

	if (is_address) {
		RPC_TRY(value_address(c, &address, v, "address"));
		alternative_address(out, &address);
	} else {
		RPC_TRY(value_hash(c, &topic, v, "topic"));
		alternative_topic(out, &topic);
	}
	return RPC_OK;
}

/* null, one value, or an array of them; an empty array is anything, and so is one with a null topic in it. */
static enum rpc_code read_alternatives(struct rpc *c, struct alternatives *out, const json_t *v, bool is_address)
{
	size_t count = json_is_array(v) ? json_array_size(v) : 1;
	struct alternative *at;

	*out = (struct alternatives){ NULL, 0 };
	if (!v || json_is_null(v) || count == 0)
		return RPC_OK;
	if (count > FILTER_ALTERNATIVES_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "exceed max addresses or topics per search position");
	at = rpc_take(c, count * sizeof *at);
	if (!at)
		return rpc_fail(c, RPC_INVALID_PARAMS, "filter too large");
	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;

		if (json_is_null(one) && !is_address)
			return RPC_OK;
		RPC_TRY(read_one(c, &at[i], one, is_address));
	}
	*out = (struct alternatives){ at, count };
	return RPC_OK;
}

static enum rpc_code read_topics(struct rpc *c, struct log_filter *out, const json_t *v)
{
	out->topic_count = 0;
	if (!v || json_is_null(v))
		return RPC_OK;
	if (!json_is_array(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid topics: an array is wanted");
	if (json_array_size(v) > LOG_TOPICS_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "exceed max topics");
	out->topic_count = json_array_size(v);
	for (size_t i = 0; i < out->topic_count; i++)
		RPC_TRY(read_alternatives(c, &out->topics[i], json_array_get(v, i), false));
	return RPC_OK;
}

static enum rpc_code read_criteria(struct rpc *c, struct log_filter *out, const json_t *v)
{
	RPC_TRY(read_alternatives(c, &out->addresses, json_object_get(v, "address"), true));
	return read_topics(c, out, json_object_get(v, "topics"));
}

static enum rpc_code read_bound(struct rpc *c, u64 *out, const json_t *v, const char *where, u64 missing)
{
	struct block_ref ref;

	*out = missing;
	if (!v)
		return RPC_OK;
	RPC_TRY(value_block_number(c, &ref, v, where));
	if (ref.is_pending)
		return rpc_fail(c, RPC_INVALID_PARAMS, "pending logs are not supported");
	*out = ref.height;
	return RPC_OK;
}

enum rpc_code log_filter_check(struct rpc *c, const struct log_filter *f)
{
	u64 most = c->config->logs_blocks_max;

	if (f->to > rpc_head(c))
		return rpc_fail(c, RPC_INVALID_PARAMS, "block range extends beyond current head block");
	if (f->to - f->from <= most)
		return RPC_OK;
	return rpc_fail(c, RPC_INVALID_PARAMS,
			"block range too large: limited to a %" PRIu64 " block range, "
			"try with this block range [0x%" PRIx64 ", 0x%" PRIx64 "]",
			most, f->from, f->from + most);
}

static enum rpc_code read_range(struct rpc *c, struct log_filter *out, const json_t *v, u64 end)
{
	RPC_TRY(read_bound(c, &out->from, field(v, "fromBlock"), "fromBlock", rpc_head(c)));
	RPC_TRY(read_bound(c, &out->to, field(v, "toBlock"), "toBlock", end));
	if (out->from > out->to)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid block range params");
	return RPC_OK;
}

enum rpc_code log_filter_read(struct rpc *c, struct log_filter *out, const json_t *v)
{
	const json_t *hash = field(v, "blockHash");
	struct block_ref ref;

	if (!json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: a filter object is wanted");
	if (hash) {
		if (field(v, "fromBlock") || field(v, "toBlock"))
			return rpc_fail(c, RPC_INVALID_PARAMS, "cannot specify both BlockHash and FromBlock/ToBlock, "
							       "choose one or the other");
		RPC_TRY(value_hash(c, &(struct hash){ { 0 } }, hash, "blockHash"));
		RPC_TRY(value_block(c, &ref, hash, "blockHash"));
		if (!ref.is_known)
			return rpc_fail(c, RPC_SERVER, "unknown block");
		out->from = out->to = ref.height;
	} else {
		RPC_TRY(read_range(c, out, v, rpc_head(c)));
		RPC_TRY(log_filter_check(c, out));
	}
	return read_criteria(c, out, v);
}

/* "latest" as an end is the newest block of any time, as it is for go-ethereum. */
enum rpc_code log_filter_read_open(struct rpc *c, struct log_filter *out, const json_t *v)
{
	const json_t *end = json_object_get(v, "toBlock");

	memset(out, 0, sizeof *out);
	if (v && !json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid filter: an object is wanted");
	if (field(v, "blockHash"))
		return rpc_fail(c, RPC_INVALID_PARAMS, "a block that is there has no logs to come: use eth_getLogs");
	RPC_TRY(read_range(c, out, v, UINT64_MAX));
	if (json_is_string(end) && strcmp(json_string_value(end), "latest") == 0)
		out->to = UINT64_MAX;
	return read_criteria(c, out, v);
}

/* -- keeping --------------------------------------------------------------------------- */

static struct alternatives copy_to(struct alternative **at, const struct alternatives *from)
{
	struct alternatives copy = { *at, from->count };

	if (from->count > 0)
		memcpy(*at, from->at, from->count * sizeof **at);
	*at += from->count;
	return copy;
}

struct log_filter *log_filter_copy(const struct log_filter *f)
{
	size_t count = f->addresses.count;
	struct log_filter *copy;
	struct alternative *at;

	for (size_t i = 0; i < f->topic_count; i++)
		count += f->topics[i].count;
	copy = malloc(sizeof *copy + count * sizeof *at);
	if (!copy)
		return NULL;
	*copy = *f;
	at = (struct alternative *)(copy + 1);
	copy->addresses = copy_to(&at, &f->addresses);
	for (size_t i = 0; i < f->topic_count; i++)
		copy->topics[i] = copy_to(&at, &f->topics[i]);
	return copy;
}

/* -- matching ------------------------------------------------------------------------ */

static bool bloom_may_match(const struct bloom *bloom, const struct alternatives *any)
{
	for (size_t i = 0; i < any->count; i++) {
		if (bloom_may_have(bloom, &any->at[i].question))
			return true;
	}
	return any->count == 0;
}

static bool block_may_match(const struct log_filter *f, const struct bloom *bloom)
{
	if (!bloom_may_match(bloom, &f->addresses))
		return false;
	for (size_t i = 0; i < f->topic_count; i++) {
		if (!bloom_may_match(bloom, &f->topics[i]))
			return false;
	}
	return true;
}

static bool alternatives_have(const struct alternatives *any, struct bytes what)
{
	for (size_t i = 0; i < any->count; i++) {
		if (bytes_equal((struct bytes){ any->at[i].value.bytes, what.size }, what))
			return true;
	}
	return any->count == 0;
}

static bool log_matches(const struct log_filter *f, const struct log *log)
{
	if (log->topic_count < f->topic_count ||
	    !alternatives_have(&f->addresses, (struct bytes){ log->address.bytes, sizeof log->address.bytes }))
		return false;
	for (size_t i = 0; i < f->topic_count; i++) {
		if (!alternatives_have(&f->topics[i], (struct bytes){ log->topics[i].bytes, sizeof log->topics[i].bytes }))
			return false;
	}
	return true;
}

/* -- walking ------------------------------------------------------------------------ */

/* The block of a height, kept until another is wanted: many subscriptions ask for the newest. */
static enum err load_block(struct rpc *c, u64 height, const struct hash *hash)
{
	if (c->logs_block && hash_cmp(&c->logs_block->hash, hash) == 0)
		return OK;
	store_block_free(c->logs_block);
	c->logs_block = NULL;
	return store_block_load(node_store(c->node), &c->logs_block, height);
}

static void visit_block(struct rpc *c, const struct log_filter *f, const struct stored_block *b, bool is_removed,
			log_visit *visit, void *context)
{
	for (u32 i = 0; i < b->count; i++) {
		const struct stored_tx *tx = &b->txs[i];

		for (u32 j = 0; j < tx->receipt.log_count && !jw_is_full(&c->out); j++) {
			struct log_place place = { &b->header, &b->hash, &tx->tx.hash, i, tx->first_log + j, is_removed };

			if (log_matches(f, &tx->receipt.logs[j]))
				visit(c, context, &tx->receipt.logs[j], &place);
		}
	}
}

enum rpc_code log_filter_walk(struct rpc *c, const struct log_filter *f, u64 height, log_visit *visit, void *context)
{
	enum err e = rpc_header(c, height);

	if (e == OK && !block_may_match(f, &c->last_header.header.bloom))
		return RPC_OK;
	if (e == OK)
		e = load_block(c, height, &c->last_header.hash);
	if (e != OK)
		return rpc_fail_err(c, e);
	visit_block(c, f, c->logs_block, false, visit, context);
	return RPC_OK;
}

void log_filter_walk_undone(struct rpc *c, const struct log_filter *f, const struct stored_block *b, log_visit *visit,
			    void *context)
{
	visit_block(c, f, b, true, visit, context);
}

void log_write_one(struct rpc *c, void *found, const struct log *log, const struct log_place *place)
{
	log_object(&c->out, NULL, log, place);
	++*(u64 *)found;
}

static bool has_match(const void *filter, const struct receipt *receipt)
{
	for (u32 i = 0; i < receipt->log_count; i++) {
		if (log_matches(filter, &receipt->logs[i]))
			return true;
	}
	return false;
}

/* The logs of the next block of a walk; walk NULL: of the block at height. */
static enum rpc_code write_next(struct rpc *c, const struct log_filter *f, struct block_walk *walk, u64 height, u64 *found)
{
	const struct header *header;
	const struct hash *hash;
	struct stored_block *b;
	enum err e;

	if (!walk)
		return log_filter_walk(c, f, height, log_write_one, found);
	e = store_walk_next(walk, &header, &hash);
	if (e == OK && !block_may_match(f, &header->bloom))
		return RPC_OK;
	if (e == OK)
		e = store_walk_load(walk, &b, has_match, f);
	if (e != OK)
		return rpc_fail_err(c, e);
	visit_block(c, f, b, false, log_write_one, found);
	store_block_free(b);
	return RPC_OK;
}

/* One block needs no walk, and may be the one that is kept. */
static enum rpc_code walk_open(struct rpc *c, struct block_walk **out, u64 from, u64 to)
{
	enum err e = OK;

	*out = NULL;
	if (from < to)
		e = store_walk_open(out, node_store(c->node), from, to);
	return e == OK ? RPC_OK : rpc_fail_err(c, e);
}

static enum rpc_code write_all(struct rpc *c, const struct log_filter *f, struct block_walk *walk)
{
	u64 found = 0, most = c->config->logs_results_max;

	for (u64 height = f->from; height <= f->to && !jw_is_full(&c->out); height++) {
		RPC_TRY(rpc_check_time(c));
		RPC_TRY(write_next(c, f, walk, height, &found));
		if (found <= most || f->from == f->to)
			continue;
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"query exceeds max results %" PRIu64 ", retry with the range %" PRIu64 "-%" PRIu64
				"; this block range should work: [0x%" PRIx64 ", 0x%" PRIx64 "]",
				most, f->from, height > f->from ? height - 1 : f->from, f->from,
				height > f->from ? height - 1 : f->from);
	}
	return RPC_OK;
}

enum rpc_code log_filter_write(struct rpc *c, const struct log_filter *f)
{
	struct block_walk *walk;
	enum rpc_code code;

	RPC_TRY(walk_open(c, &walk, f->from, f->to));
	jw_array(&c->out, RESULT);
	code = write_all(c, f, walk);
	jw_end(&c->out);
	store_walk_close(walk);
	return code;
}

enum rpc_code log_filter_write_some(struct rpc *c, u64 *next, const struct log_filter *f)
{
	u64 found = 0, most = c->config->logs_blocks_max, height;
	u64 last = f->to - f->from < most ? f->to : f->from + most - 1;
	enum rpc_code code = RPC_OK;
	struct block_walk *walk;

	RPC_TRY(walk_open(c, &walk, f->from, last));
	for (height = f->from; height <= last && found < c->config->logs_results_max && code == RPC_OK; height++)
		code = write_next(c, f, walk, height, &found);
	*next = height;
	store_walk_close(walk);
	return code;
}
