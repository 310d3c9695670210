#include "rpc/methods.h"
#include "rpc/objects.h"
#include "rpc/params.h"

/* eth_*: the chain and its blocks. */

static enum rpc_code eth_chain_id(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, node_genesis(c->node)->chain_id);
	return RPC_OK;
}

static enum rpc_code eth_block_number(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, rpc_head(c));
	return RPC_OK;
}

/* A node has every block up to its head, and knows of no later one. */
static enum rpc_code eth_syncing(struct rpc *c)
{
	jw_bool(&c->out, RESULT, false);
	return RPC_OK;
}

static enum rpc_code eth_accounts(struct rpc *c)
{
	jw_array(&c->out, RESULT);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code eth_coinbase(struct rpc *c)
{
	jw_address(&c->out, RESULT, &node_genesis(c->node)->coinbase);
	return RPC_OK;
}

static enum rpc_code eth_mining(struct rpc *c)
{
	jw_bool(&c->out, RESULT, false);
	return RPC_OK;
}

static enum rpc_code eth_hashrate(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, 0);
	return RPC_OK;
}

static enum rpc_code eth_protocol_version(struct rpc *c)
{
	jw_quantity(&c->out, RESULT, 65);
	return RPC_OK;
}

/* -- what there is ----------------------------------------------------------------- */

/* Which resources of the execution-apis' list are kept whole, from block or from state on. */
static const struct {
	const char *name;
	bool is_state;
} RESOURCES[] = {
	{ "state", true },
	{ "tx", false },
	{ "logs", false },
	{ "receipts", false },
	{ "blocks", false },
};

#define SINCE_TYPE "{disabled:bool oldestBlock:quantity}"
#define CAPABILITIES_TYPE \
	"{head:{number:quantity hash:hash} state:" SINCE_TYPE " tx:" SINCE_TYPE " logs:" SINCE_TYPE \
	" receipts:" SINCE_TYPE " blocks:" SINCE_TYPE " stateproofs:{disabled:bool}}"

static enum rpc_code eth_capabilities(struct rpc *c)
{
	struct store_oldest oldest = store_oldest(node_store(c->node));
	struct store_head head;

	node_head(c->node, &head);
	jw_object(&c->out, RESULT);
	jw_object(&c->out, "head");
	jw_quantity(&c->out, "number", head.header.number);
	jw_hash(&c->out, "hash", &head.hash);
	jw_end(&c->out);
	for (size_t i = 0; i < ARRAY_COUNT(RESOURCES); i++) {
		jw_object(&c->out, RESOURCES[i].name);
		jw_bool(&c->out, "disabled", false);
		jw_quantity(&c->out, "oldestBlock", RESOURCES[i].is_state ? oldest.state : oldest.block);
		jw_end(&c->out);
	}
	jw_object(&c->out, "stateproofs");
	jw_bool(&c->out, "disabled", true);
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* -- blocks ------------------------------------------------------------------------ */

/* What a method answers about a block, which its first parameter names by number or tag, or by hash. */
typedef enum rpc_code block_answer_fn(struct rpc *c, const struct block_ref *ref);

static enum rpc_code by_number(struct rpc *c, block_answer_fn *answer)
{
	struct block_ref ref;

	RPC_TRY(param_block_number(c, &ref, 0));
	return answer(c, &ref);
}

static enum rpc_code by_hash(struct rpc *c, block_answer_fn *answer)
{
	struct block_ref ref;

	RPC_TRY(param_block_hash(c, &ref, 0));
	return answer(c, &ref);
}

/* Loads the block a reference means; *out NULL if there is none. */
static enum rpc_code block_load(struct rpc *c, struct stored_block **out, const struct block_ref *ref)
{
	enum err e;

	*out = NULL;
	if (!ref->is_known)
		return RPC_OK;
	e = store_block_load(node_store(c->node), out, ref->height);
	return e == OK || e == ERR_NOT_FOUND ? RPC_OK : rpc_fail_err(c, e);
}

/* Makes last_block the block that ref means; *found tells whether there is one. */
static enum rpc_code block_show(struct rpc *c, bool *found, const struct block_ref *ref, bool full)
{
	struct stored_block *b;

	*found = c->last_block.is_set && ref->is_known && ref->height == c->last_block.height &&
		 full == c->last_block.full;
	if (*found)
		return RPC_OK;
	RPC_TRY(block_load(c, &b, ref));
	*found = b != NULL;
	if (!b)
		return RPC_OK;
	jw_clear(&c->last_block.json);
	block_object(&c->last_block.json, NULL, b, full);
	store_block_free(b);
	c->last_block.is_set = !jw_is_full(&c->last_block.json);
	c->last_block.height = ref->height;
	c->last_block.full = full;
	return c->last_block.is_set ? RPC_OK : rpc_fail(c, RPC_TOO_LARGE, "response too large");
}

static enum rpc_code block_answer(struct rpc *c, const struct block_ref *ref)
{
	bool full, found;

	RPC_TRY(param_bool(c, &full, 1));
	RPC_TRY(block_show(c, &found, ref, full));
	if (found)
		jw_raw(&c->out, RESULT, c->last_block.json.at, c->last_block.json.size);
	else
		jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code eth_get_block_by_number(struct rpc *c)
{
	return by_number(c, block_answer);
}

static enum rpc_code eth_get_block_by_hash(struct rpc *c)
{
	return by_hash(c, block_answer);
}

static enum rpc_code eth_get_block_receipts(struct rpc *c)
{
	struct stored_block *b;
	struct block_ref ref;

	RPC_TRY(param_block(c, &ref, 0));
	RPC_TRY(block_load(c, &b, &ref));
	if (!b) {
		jw_null(&c->out, RESULT);
		return RPC_OK;
	}
	jw_array(&c->out, RESULT);
	for (u32 i = 0; i < b->count && !jw_is_full(&c->out); i++)
		receipt_object(&c->out, NULL, b, &b->txs[i], i);
	jw_end(&c->out);
	store_block_free(b);
	return RPC_OK;
}

static enum rpc_code tx_count_answer(struct rpc *c, const struct block_ref *ref)
{
	enum err e = ERR_NOT_FOUND;
	u32 count;

	if (ref->is_known)
		e = store_tx_count(node_store(c->node), &count, ref->height);
	if (e != OK && e != ERR_NOT_FOUND)
		return rpc_fail_err(c, e);
	if (e == OK)
		jw_quantity(&c->out, RESULT, count);
	else
		jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code eth_get_tx_count_by_number(struct rpc *c)
{
	return by_number(c, tx_count_answer);
}

static enum rpc_code eth_get_tx_count_by_hash(struct rpc *c)
{
	return by_hash(c, tx_count_answer);
}

static enum rpc_code tx_at_answer(struct rpc *c, const struct block_ref *ref)
{
	struct stored_block *b;
	u64 index;
	enum err e;

	RPC_TRY(param_u64(c, &index, 1));
	e = ref->is_known ? store_tx_load_at(node_store(c->node), &b, ref->height, index) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND) {
		jw_null(&c->out, RESULT);
		return RPC_OK;
	}
	if (e != OK)
		return rpc_fail_err(c, e);
	tx_object(&c->out, RESULT, &b->txs[0].tx, (struct tx_place){ b, (u32)index });
	store_block_free(b);
	return RPC_OK;
}

static enum rpc_code eth_get_tx_by_number(struct rpc *c)
{
	return by_number(c, tx_at_answer);
}

static enum rpc_code eth_get_tx_by_hash(struct rpc *c)
{
	return by_hash(c, tx_at_answer);
}

/* -- uncles: there are none ------------------------------------------------------------ */

static enum rpc_code uncle_count_answer(struct rpc *c, const struct block_ref *ref)
{
	if (ref->is_known)
		jw_quantity(&c->out, RESULT, 0);
	else
		jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code eth_get_uncle_count_by_number(struct rpc *c)
{
	return by_number(c, uncle_count_answer);
}

static enum rpc_code eth_get_uncle_count_by_hash(struct rpc *c)
{
	return by_hash(c, uncle_count_answer);
}

static enum rpc_code uncle_answer(struct rpc *c, const struct block_ref *ref)
{
	u64 index;

	(void)ref;
	RPC_TRY(param_u64(c, &index, 1));
	jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code eth_get_uncle_by_number(struct rpc *c)
{
	return by_number(c, uncle_answer);
}

static enum rpc_code eth_get_uncle_by_hash(struct rpc *c)
{
	return by_hash(c, uncle_answer);
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_chainId", eth_chain_id, 0, 0, 1, "quantity", "() the chain id" },
	{ "eth_blockNumber", eth_block_number, 0, 0, 1, "quantity", "() height of the newest block" },
	{ "eth_syncing", eth_syncing, 0, 0, 1, "bool", "() false" },
	{ "eth_accounts", eth_accounts, 0, 0, 1, "[address]", "() []: the node holds no keys" },
	{ "eth_capabilities", eth_capabilities, 0, 0, 1, CAPABILITIES_TYPE,
	  "() the head, and how far back what can be asked for" },
	{ "eth_coinbase", eth_coinbase, 0, 0, 1, "address", "() where fees go" },
	{ "eth_mining", eth_mining, 0, 0, 1, "bool", "() false" },
	{ "eth_hashrate", eth_hashrate, 0, 0, 1, "quantity", "() 0x0" },
	{ "eth_protocolVersion", eth_protocol_version, 0, 0, 1, "quantity", "() 0x41" },
	{ "eth_getBlockByNumber", eth_get_block_by_number, 1, 2, 1, "block|null", "(block, full) a block, or null" },
	{ "eth_getBlockByHash", eth_get_block_by_hash, 1, 2, 1, "block|null", "(hash, full) a block, or null" },
	{ "eth_getBlockReceipts", eth_get_block_receipts, 1, 1, 10, "[receipt]|null",
	  "(block) all receipts of a block, or null" },
	{ "eth_getBlockTransactionCountByNumber", eth_get_tx_count_by_number, 1, 1, 1, "quantity|null",
	  "(block) how many transactions, or null" },
	{ "eth_getBlockTransactionCountByHash", eth_get_tx_count_by_hash, 1, 1, 1, "quantity|null",
	  "(hash) how many transactions, or null" },
	{ "eth_getTransactionByBlockNumberAndIndex", eth_get_tx_by_number, 2, 2, 1, "transaction|null",
	  "(block, index) a transaction, or null" },
	{ "eth_getTransactionByBlockHashAndIndex", eth_get_tx_by_hash, 2, 2, 1, "transaction|null",
	  "(hash, index) a transaction, or null" },
	{ "eth_getUncleCountByBlockNumber", eth_get_uncle_count_by_number, 1, 1, 1, "quantity|null",
	  "(block) 0x0, or null" },
	{ "eth_getUncleCountByBlockHash", eth_get_uncle_count_by_hash, 1, 1, 1, "quantity|null",
	  "(hash) 0x0, or null" },
	{ "eth_getUncleByBlockNumberAndIndex", eth_get_uncle_by_number, 2, 2, 1, "null", "(block, index) null" },
	{ "eth_getUncleByBlockHashAndIndex", eth_get_uncle_by_hash, 2, 2, 1, "null", "(hash, index) null" },
};

const struct rpc_table ETH_CHAIN_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
