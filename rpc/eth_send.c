#include "rpc/ahead.h"
#include "rpc/methods.h"
#include "rpc/objects.h"
#include "rpc/params.h"
#include "rpc/queued.h"
#include "rpc/send.h"
#include "rpc/waiters.h"

#include <inttypes.h>
#include <string.h>

#include "base/rlp.h"
#include "node/clock.h"
#include "node/dev.h"

#define SEND_LOOK_MS 50 /* between looks while no block comes */

/* eth_*: sending signed transactions. */

/* Wallets look for these texts, word for word. */
static enum rpc_code fail_funds(struct rpc *c, const struct refusal *why)
{
	char balance[U256_DECIMAL_MAX], cost[U256_DECIMAL_MAX], overshot[U256_DECIMAL_MAX], queued[U256_DECIMAL_MAX];
	struct u256 missing = U256_ZERO;

	if (u256_add(&missing, &why->queued_cost, &why->cost) != OK ||
	    u256_sub(&missing, &missing, &why->balance) != OK)
		missing = U256_ZERO;
	u256_to_decimal(queued, &why->queued_cost);
	u256_to_decimal(balance, &why->balance);
	u256_to_decimal(cost, &why->cost);
	u256_to_decimal(overshot, &missing);
	if (!u256_is_zero(&why->queued_cost))
		return rpc_fail(c, RPC_SERVER, "%s: balance %s, queued cost %s, tx cost %s, overshot %s",
				err_text(ERR_TX_FUNDS), balance, queued, cost, overshot);
	return rpc_fail(c, RPC_SERVER, "%s: balance %s, tx cost %s, overshot %s", err_text(ERR_TX_FUNDS),
			balance, cost, overshot);
}

/* The chain that a transaction of another one was signed for; 0 if it cannot be told. */
static u64 chain_id_of(struct bytes raw)
{
	bool is_legacy = raw.size > 0 && raw.at[0] >= 0xc0;
	struct rlp all, fields;
	struct bytes skipped;
	u64 x = 0;

	if (raw.size == 0)
		return 0;
	rlp_init(&all, is_legacy ? raw : (struct bytes){ raw.at + 1, raw.size - 1 });
	if (rlp_read_list(&all, &fields) != OK)
		return 0;
	for (int i = 0; is_legacy && i < 6; i++) {
		if (rlp_read_string(&fields, &skipped) != OK)
			return 0;
	}
	if (rlp_read_u64(&fields, &x) != OK || (is_legacy && x < 35))
		return 0;
	return is_legacy ? (x - 35) / 2 : x;
}

enum rpc_code send_refused(struct rpc *c, enum err e, const struct refusal *why, struct bytes raw)
{
	const char *text = err_text(e);
	u64 have = why->have, want = why->want;

	if (e == ERR_TX_FUNDS)
		return fail_funds(c, why);
	if (e == ERR_TX_NONCE_LOW)
		return rpc_fail(c, RPC_SERVER, "%s: next nonce %" PRIu64 ", tx nonce %" PRIu64, text, want, have);
	if (e == ERR_TX_NONCE_HIGH)
		return rpc_fail(c, RPC_SERVER, "%s: tx nonce %" PRIu64 ", next nonce %" PRIu64, text, have, want);
	if (e == ERR_TX_GAS_LOW)
		return rpc_fail(c, RPC_SERVER, "%s: gas %" PRIu64 ", minimum needed %" PRIu64, text, have, want);
	if (e == ERR_TX_CHAIN_ID)
		return rpc_fail(c, RPC_SERVER, "%s: have %" PRIu64 " want %" PRIu64, text, chain_id_of(raw), want);
	if (e >= ERR_TRUNCATED && e <= ERR_ORDER && e != ERR_SIGNATURE)
		return rpc_fail(c, RPC_SERVER, "rlp: %s", text);
	return rpc_fail(c, RPC_SERVER, "%s", text);
}

void send_mined(struct rpc *c, const struct hash *hash)
{
	u64 deadline_us = clock_monotonic_us() + SEND_MINED_MS_MAX * 1000u, height;
	u8 *raw = c->dev ? rpc_take(c, TX_SIZE_MAX) : NULL;
	bool is_queued = raw != NULL;
	struct tx tx;
	u32 index;

	while (is_queued && dev_is_automine(c->dev) && clock_monotonic_us() < deadline_us) {
		u64 head = rpc_head(c);

		/* It leaves the queue after its block is in the store. */
		is_queued = queued_find(c, &tx, raw, hash) && node_pending_nonce(c->node, &tx.sender) > tx.nonce;
		if (store_tx_find(node_store(c->node), &height, &index, hash) == OK) {
			rpc_await(c, height);
			return;
		}
		if (is_queued)
			node_wait_height(c->node, head + 1, SEND_LOOK_MS);
	}
}

static enum rpc_code submit(struct rpc *c, struct hash *hash)
{
	struct refusal why = { .code = OK };
	struct bytes raw;
	enum err e;

	RPC_TRY(param_bytes(c, &raw, 0));
	e = node_submit(c->node, hash, &why, raw, ahead_sender(c));
	return e == OK ? RPC_OK : send_refused(c, e, &why, raw);
}

static enum rpc_code eth_send_raw_transaction(struct rpc *c)
{
	struct hash hash;

	RPC_TRY(submit(c, &hash));
	send_mined(c, &hash);
	jw_hash(&c->out, RESULT, &hash);
	return RPC_OK;
}

/* The receipt once it is in a block.  The connection waits, not the thread: the same request comes
 * back when there is something to say. */
static enum rpc_code eth_send_raw_transaction_sync(struct rpc *c)
{
	struct stored_block *b;
	u32 index;
	enum err e;

	if (c->patience == WAIT_NEVER)
		return rpc_fail(c, RPC_SERVER, "eth_sendRawTransactionSync cannot stand in a batch");
	if (c->patience == WAIT_MAY) {
		RPC_TRY(submit(c, &c->awaited));
		return RPC_WAIT;
	}
	e = store_tx_load(node_store(c->node), &b, &index, &c->awaited);
	if (e == ERR_NOT_FOUND) {
		c->error_data = (struct bytes){ c->awaited.bytes, sizeof c->awaited.bytes };
		return rpc_fail(c, RPC_SYNC_TIMEOUT,
				"The transaction was added to the mempool but is in no block after %d seconds",
				WAIT_SECONDS_MAX);
	}
	if (e != OK)
		return rpc_fail_err(c, e);
	rpc_await(c, b->header.number);
	receipt_object(&c->out, RESULT, b, &b->txs[0], index);
	store_block_free(b);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_sendRawTransaction", eth_send_raw_transaction, 1, 1, 1, "hash",
	  "(signed bytes) the transaction's hash once it is queued" },
	{ "eth_sendRawTransactionSync", eth_send_raw_transaction_sync, 1, 1, 1, "receipt",
	  "(signed bytes) the receipt, within 20 seconds" },
};

const struct rpc_table ETH_SEND_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
