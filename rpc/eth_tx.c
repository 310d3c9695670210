#include "rpc/methods.h"
#include "rpc/objects.h"
#include "rpc/params.h"
#include "rpc/queued.h"

/* eth_*: one transaction, by its hash. */

/* Loads a transaction that is in a block; *out NULL if none has that hash. */
static enum rpc_code tx_load(struct rpc *c, struct stored_block **out, u32 *index, const struct hash *hash)
{
	enum err e;

	*out = NULL;
	e = store_tx_load(node_store(c->node), out, index, hash);
	if (e == OK)
		rpc_await(c, (*out)->header.number);
	return e == OK || e == ERR_NOT_FOUND ? RPC_OK : rpc_fail_err(c, e);
}

/* A transaction leaves the queue after its block is committed: one that is in neither may
 * have moved between the two looks, and is then in the store. */
static enum rpc_code eth_get_transaction_by_hash(struct rpc *c)
{
	struct stored_block *b;
	struct hash hash;
	u8 *raw = rpc_take(c, TX_SIZE_MAX);
	struct tx tx;
	u32 index;

	RPC_TRY(param_hash(c, &hash, 0));
	RPC_TRY(tx_load(c, &b, &index, &hash));
	if (!b && raw && queued_find(c, &tx, raw, &hash)) {
		tx_object(&c->out, RESULT, &tx, (struct tx_place){ NULL, 0 });
		return RPC_OK;
	}
	if (!b)
		RPC_TRY(tx_load(c, &b, &index, &hash));
	if (!b) {
		jw_null(&c->out, RESULT);
		return RPC_OK;
	}
	tx_object(&c->out, RESULT, &b->txs[0].tx, (struct tx_place){ b, index });
	store_block_free(b);
	return RPC_OK;
}

static enum rpc_code eth_get_transaction_receipt(struct rpc *c)
{
	struct stored_block *b;
	struct hash hash;
	u32 index;

	RPC_TRY(param_hash(c, &hash, 0));
	RPC_TRY(tx_load(c, &b, &index, &hash));
	if (!b) {
		jw_null(&c->out, RESULT);
		return RPC_OK;
	}
	receipt_object(&c->out, RESULT, b, &b->txs[0], index);
	store_block_free(b);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_getTransactionByHash", eth_get_transaction_by_hash, 1, 1, 1, "transaction|null",
	  "(hash) a transaction, queued ones too, or null" },
	{ "eth_getTransactionReceipt", eth_get_transaction_receipt, 1, 1, 1, "receipt|null",
	  "(hash) how it went, or null until it is in a block" },
};

const struct rpc_table ETH_TX_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
