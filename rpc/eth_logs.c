#include "rpc/methods.h"
#include "rpc/objects.h"
#include "rpc/params.h"

#include <inttypes.h>

/* eth_getLogs: a walk over blocks whose bloom says that something may be there. */

#define FILTER_ALTERNATIVES_MAX 1000 /* addresses, or topics of one position */

/* What one position may hold: any of count; count 0 is anything. */
struct alternatives {
	const struct hash *at; /* addresses: left-aligned, 20 bytes count */
	size_t count;
};

struct filter {
	u64 from, to;
	struct alternatives addresses;
	struct alternatives topics[LOG_TOPICS_MAX];
	size_t topic_count;
};

/* -- reading ---------------------------------------------------------------------- */

static enum rpc_code read_one(struct rpc *c, struct hash *out, const json_t *v, bool is_address)
{
	struct address address;

	if (!is_address)
		return value_hash(c, out, v, "topic");
	RPC_TRY(value_address(c, &address, v, "address"));
	*out = (struct hash){ { 0 } };
	for (size_t i = 0; i < sizeof address.bytes; i++)
		out->bytes[i] = address.bytes[i];
	return RPC_OK;
}

/* null, one value, or an array of them; an empty array is anything. */
static enum rpc_code read_alternatives(struct rpc *c, struct alternatives *out, const json_t *v, bool is_address)
{
	size_t count = json_is_array(v) ? json_array_size(v) : 1;
	struct hash *at;

	*out = (struct alternatives){ NULL, 0 };
	if (!v || json_is_null(v) || count == 0)
		return RPC_OK;
	if (count > FILTER_ALTERNATIVES_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "exceed max addresses or topics per search position");
	at = rpc_take(c, count * sizeof *at);
	if (!at)
		return rpc_fail(c, RPC_INVALID_PARAMS, "filter too large");
	for (size_t i = 0; i < count; i++)
		RPC_TRY(read_one(c, &at[i], json_is_array(v) ? json_array_get(v, i) : v, is_address));
	*out = (struct alternatives){ at, count };
	return RPC_OK;
}

static enum rpc_code read_topics(struct rpc *c, struct filter *out, const json_t *v)
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

static enum rpc_code read_bound(struct rpc *c, u64 *out, const json_t *v, const char *where, u64 head)
{
	struct block_ref ref;

	*out = head;
	if (!v || json_is_null(v))
		return RPC_OK;
	if (!json_is_string(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid %s: a block number or tag is wanted", where);
	RPC_TRY(value_block(c, &ref, v, where));
	if (ref.is_pending)
		return rpc_fail(c, RPC_INVALID_PARAMS, "pending logs are not supported");
	*out = ref.height;
	return RPC_OK;
}

static enum rpc_code read_range(struct rpc *c, struct filter *out, const json_t *v)
{
	u64 head = rpc_head(c), most = c->config->logs_blocks_max;

	RPC_TRY(read_bound(c, &out->from, json_object_get(v, "fromBlock"), "fromBlock", head));
	RPC_TRY(read_bound(c, &out->to, json_object_get(v, "toBlock"), "toBlock", head));
	if (out->from > out->to)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid block range params");
	if (out->to > head)
		return rpc_fail(c, RPC_INVALID_PARAMS, "block range extends beyond current head block");
	if (out->to - out->from < most)
		return RPC_OK;
	return rpc_fail(c, RPC_INVALID_PARAMS,
			"block range too large: limited to a %" PRIu64 " block range, "
			"try with this block range [0x%" PRIx64 ", 0x%" PRIx64 "]",
			most, out->from, out->from + most - 1);
}

static enum rpc_code filter_read(struct rpc *c, struct filter *out, const json_t *v)
{
	const json_t *hash = json_object_get(v, "blockHash");
	struct block_ref ref;

	if (!json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: a filter object is wanted");
	if (hash && !json_is_null(hash)) {
		if (json_object_get(v, "fromBlock") || json_object_get(v, "toBlock"))
			return rpc_fail(c, RPC_INVALID_PARAMS, "cannot specify both BlockHash and FromBlock/ToBlock, "
							       "choose one or the other");
		RPC_TRY(value_hash(c, &(struct hash){ { 0 } }, hash, "blockHash"));
		RPC_TRY(value_block(c, &ref, hash, "blockHash"));
		if (!ref.is_known)
			return rpc_fail(c, RPC_SERVER, "unknown block");
		out->from = out->to = ref.height;
	} else {
		RPC_TRY(read_range(c, out, v));
	}
	RPC_TRY(read_alternatives(c, &out->addresses, json_object_get(v, "address"), true));
	return read_topics(c, out, json_object_get(v, "topics"));
}

/* -- matching ------------------------------------------------------------------------ */

static bool bloom_may_match(const struct bloom *bloom, const struct alternatives *any, size_t size)
{
	for (size_t i = 0; i < any->count; i++) {
		if (bloom_may_have(bloom, (struct bytes){ any->at[i].bytes, size }))
			return true;
	}
	return any->count == 0;
}

static bool block_may_match(const struct filter *f, const struct bloom *bloom)
{
	if (!bloom_may_match(bloom, &f->addresses, sizeof(struct address)))
		return false;
	for (size_t i = 0; i < f->topic_count; i++) {
		if (!bloom_may_match(bloom, &f->topics[i], sizeof(struct hash)))
			return false;
	}
	return true;
}

static bool alternatives_have(const struct alternatives *any, struct bytes what)
{
	for (size_t i = 0; i < any->count; i++) {
		if (bytes_equal((struct bytes){ any->at[i].bytes, what.size }, what))
			return true;
	}
	return any->count == 0;
}

static bool log_matches(const struct filter *f, const struct log *log)
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

/* Writes the matching logs of one transaction; returns how many. */
static u64 tx_logs(struct rpc *c, const struct filter *f, const struct stored_block *b, u32 index)
{
	const struct stored_tx *tx = &b->txs[index];
	u64 found = 0;

	for (u32 i = 0; i < tx->receipt.log_count && !jw_is_full(&c->out); i++) {
		struct log_place place = { &b->header, &b->hash, &tx->tx.hash, index, tx->first_log + i };

		if (!log_matches(f, &tx->receipt.logs[i]))
			continue;
		log_object(&c->out, NULL, &tx->receipt.logs[i], &place);
		found++;
	}
	return found;
}

static enum rpc_code block_logs(struct rpc *c, u64 *found, const struct filter *f, u64 height)
{
	struct store *store = node_store(c->node);
	struct stored_block *b;
	struct header header;
	struct hash hash;
	enum err e = store_header(store, &header, &hash, height);

	if (e == OK && !block_may_match(f, &header.bloom))
		return RPC_OK;
	if (e == OK)
		e = store_block_load(store, &b, height);
	if (e != OK)
		return rpc_fail_err(c, e);
	for (u32 i = 0; i < b->count; i++)
		*found += tx_logs(c, f, b, i);
	store_block_free(b);
	return RPC_OK;
}

static enum rpc_code eth_get_logs(struct rpc *c)
{
	u64 found = 0, most = c->config->logs_results_max;
	struct filter f;

	RPC_TRY(filter_read(c, &f, param(c, 0)));
	jw_array(&c->out, RESULT);
	for (u64 height = f.from; height <= f.to && !jw_is_full(&c->out); height++) {
		RPC_TRY(block_logs(c, &found, &f, height));
		if (found <= most || f.from == f.to)
			continue;
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"query exceeds max results %" PRIu64 ", retry with the range %" PRIu64 "-%" PRIu64
				"; this block range should work: [0x%" PRIx64 ", 0x%" PRIx64 "]",
				most, f.from, height > f.from ? height - 1 : f.from, f.from,
				height > f.from ? height - 1 : f.from);
	}
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, help */
static const struct rpc_method ROWS[] = {
	{ "eth_getLogs", eth_get_logs, 1, 1, "({fromBlock, toBlock | blockHash, address, topics}) matching logs" },
};

const struct rpc_table ETH_LOGS_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
