#include "rpc/methods.h"
#include "rpc/params.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "node/mempool.h"

/* eth_*: what gas costs.  The base fee is a constant of the chain.  A tip buys a place in a full block, and is
 * recommended so that it can be raised (MEMPOOL_TIP). */

#define FEE_BLOCKS_MAX      1024
#define FEE_PERCENTILES_MAX 100
#define COUNT_SIZE_MAX      48 /* characters of a JSON number that is no text */

static enum rpc_code base_fee(struct rpc *c)
{
	jw_quantity_u256(&c->out, RESULT, &node_genesis(c->node)->base_fee);
	return RPC_OK;
}

static enum rpc_code eth_blob_base_fee(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, 1);
	return RPC_OK;
}

static enum rpc_code eth_max_priority_fee(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, MEMPOOL_TIP);
	return RPC_OK;
}

static enum rpc_code eth_gas_price(struct rpc *c)
{
	struct u256 price, tip = u256_from_u64(MEMPOOL_TIP);
	enum err e = u256_add(&price, &node_genesis(c->node)->base_fee, &tip); /* both below 2^128 */

	assert(e == OK);
	jw_quantity_u256(&c->out, RESULT, &price);
	return RPC_OK;
}

/* -- eth_feeHistory ---------------------------------------------------------------------- */

/* One transaction's tip and gas. */
struct tip {
	struct u256 price;
	u64 gas;
};

static int by_price(const void *a, const void *b)
{
	return u256_cmp(&((const struct tip *)a)->price, &((const struct tip *)b)->price);
}

static enum rpc_code read_percentiles(struct rpc *c, double *out, size_t *count)
{
	const json_t *v = param(c, 2);

	*count = json_array_size(v);
	if (v && !json_is_array(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 2: an array is wanted");
	if (*count > FEE_PERCENTILES_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid reward percentile: over the query limit %d",
				FEE_PERCENTILES_MAX);
	for (size_t i = 0; i < *count; i++) {
		const json_t *one = json_array_get(v, i);

		if (!json_is_number(one))
			return rpc_fail(c, RPC_INVALID_PARAMS, "invalid reward percentile: a number is wanted");
		out[i] = json_number_value(one);
		if (!(out[i] >= 0 && out[i] <= 100) || (i > 0 && out[i] < out[i - 1]))
			return rpc_fail(c, RPC_INVALID_PARAMS, "invalid reward percentile: %f", out[i]);
	}
	return RPC_OK;
}

/* Hex or decimal, as text or as a number: all are sent. */
static enum rpc_code read_count(struct rpc *c, u64 *out)
{
	const json_t *v = param(c, 0);
	char raw[COUNT_SIZE_MAX] = "";
	const char *text = json_string_value(v), *digits;
	bool is_hex, is_good;

	if (!text) {
		(void)json_dumpb(v, raw, sizeof raw - 1, JSON_ENCODE_ANY);
		text = raw;
	}
	is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	digits = text + (is_hex ? 2 : 0);
	is_good = digits[strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789")] == '\0' && (*digits || !is_hex);
	errno = 0;
	*out = is_good ? strtoull(digits, NULL, is_hex ? 16 : 10) : 0;
	if (!is_good || errno == ERANGE)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: invalid hex or decimal integer \"%.40s\"", text);
	return RPC_OK;
}

/* The tip at each percentile of the block's gas, counted from the cheapest.  An empty block shows what is
 * recommended: some clients (alloy, cast) read their tip here and nowhere else. */
static void block_rewards(struct rpc *c, const struct stored_block *b, struct tip *tips,
			  const double *percentiles, size_t count)
{
	struct u256 recommended = u256_from_u64(MEMPOOL_TIP);
	u64 sum = 0;
	u32 at = 0;

	for (u32 i = 0; i < b->count; i++) {
		if (u256_sub(&tips[i].price, &b->txs[i].receipt.gas_price, &b->header.base_fee) != OK)
			tips[i].price = U256_ZERO;
		tips[i].gas = b->txs[i].receipt.gas_used;
	}
	qsort(tips, b->count, sizeof *tips, by_price);
	jw_array(&c->out, NULL);
	for (size_t i = 0; i < count; i++) {
		u64 bound = (u64)((double)b->header.gas_used * percentiles[i] / 100);

		while (at < b->count && sum + tips[at].gas < bound && at + 1 < b->count)
			sum += tips[at++].gas;
		jw_quantity_u256(&c->out, NULL, b->count ? &tips[at].price : &recommended);
	}
	jw_end(&c->out);
}

static enum rpc_code write_rewards(struct rpc *c, u64 oldest, u64 blocks, const double *percentiles, size_t count)
{
	jw_array(&c->out, "reward");
	for (u64 height = oldest; height < oldest + blocks && !jw_is_full(&c->out); height++) {
		struct stored_block *b;
		enum err e = store_block_load(node_store(c->node), &b, height);
		struct tip *tips;

		if (e != OK)
			return rpc_fail_err(c, e);
		tips = calloc(b->count + 1u, sizeof *tips);
		if (tips)
			block_rewards(c, b, tips, percentiles, count);
		store_block_free(b);
		free(tips);
		if (!tips)
			return rpc_fail(c, RPC_SERVER, "out of memory");
	}
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code write_ratios(struct rpc *c, u64 oldest, u64 blocks)
{
	struct header header;
	struct hash hash;

	jw_array(&c->out, "gasUsedRatio");
	for (u64 height = oldest; height < oldest + blocks; height++) {
		enum err e = store_header(node_store(c->node), &header, &hash, height);

		if (e != OK)
			return rpc_fail_err(c, e);
		jw_ratio(&c->out, NULL, (double)header.gas_used / (double)header.gas_limit);
	}
	jw_end(&c->out);
	return RPC_OK;
}

#define FEE_HISTORY_TYPE \
	"{oldestBlock:quantity baseFeePerGas:[quantity] gasUsedRatio:[number] reward?:[[quantity]]}"

static enum rpc_code eth_fee_history(struct rpc *c)
{
	double percentiles[FEE_PERCENTILES_MAX];
	struct block_ref newest;
	size_t count;
	u64 blocks;

	RPC_TRY(read_count(c, &blocks));
	RPC_TRY(param_block_number(c, &newest, 1));
	RPC_TRY(read_percentiles(c, percentiles, &count));
	if (!newest.is_known)
		return rpc_fail(c, RPC_INVALID_PARAMS, "request beyond head block: requested %" PRIu64 ", head %" PRIu64,
				newest.height, rpc_head(c));
	if (blocks > FEE_BLOCKS_MAX)
		blocks = FEE_BLOCKS_MAX;
	if (blocks > newest.height + 1)
		blocks = newest.height + 1;
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "oldestBlock", blocks ? newest.height + 1 - blocks : 0);
	jw_array(&c->out, "baseFeePerGas");
	for (u64 i = 0; blocks && i <= blocks; i++)
		jw_quantity_u256(&c->out, NULL, &node_genesis(c->node)->base_fee);
	jw_end(&c->out);
	RPC_TRY(write_ratios(c, newest.height + 1 - blocks, blocks));
	if (count)
		RPC_TRY(write_rewards(c, newest.height + 1 - blocks, blocks, percentiles, count));
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_gasPrice", eth_gas_price, 0, 0, 1, "quantity", "() the base fee and the recommended tip" },
	{ "eth_baseFee", base_fee, 0, 0, 1, "quantity", "() the base fee, wei a gas" },
	{ "eth_maxPriorityFeePerGas", eth_max_priority_fee, 0, 0, 1, "quantity",
	  "() the tip that is recommended: 0.001 gwei" },
	{ "eth_blobBaseFee", eth_blob_base_fee, 0, 0, 1, "quantity",
	  "() 0x1, the least there is: no transaction carries blobs" },
	{ "eth_feeHistory", eth_fee_history, 2, 3, 10, FEE_HISTORY_TYPE,
	  "(blocks, newest, percentiles) fees and fullness of past blocks" },
};

const struct rpc_table ETH_FEE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
