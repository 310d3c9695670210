#include "rpc/draft.h"

#include <assert.h>
#include <inttypes.h>

#include "base/hash.h"
#include "node/mempool.h"

#define FIXED_FIELDS_MAX 256 /* bytes of a raw transaction beside its data and its access list */

/* What only transactions of other types carry. */
static const char *const FOREIGN[] = { "blobs", "blobVersionedHashes", "maxFeePerBlobGas", "commitments", "proofs", "sidecars",
				       "authorizationList" };

/* A field, and the types that have it. */
static const struct {
	const char *name;
	bool is_of[3];
} TYPED[] = {
	{ "gasPrice", { true, true, false } },
	{ "maxFeePerGas", { false, false, true } },
	{ "maxPriorityFeePerGas", { false, false, true } },
	{ "accessList", { false, true, true } },
};

static enum rpc_code read_type(struct rpc *c, enum tx_type *out, const json_t *v)
{
	const json_t *type = field(v, "type");
	u64 number = field(v, "gasPrice") ? field(v, "accessList") ? TX_ACCESS_LIST : TX_LEGACY : TX_DYNAMIC_FEE;

	for (size_t i = 0; i < ARRAY_COUNT(FOREIGN); i++) {
		if (field(v, FOREIGN[i]))
			return rpc_fail(c, RPC_SERVER, "%s: it has %s", err_text(ERR_TX_TYPE), FOREIGN[i]);
	}
	if (type)
		RPC_TRY(value_u64(c, &number, type, "type"));
	if (number > TX_DYNAMIC_FEE)
		return rpc_fail(c, RPC_SERVER, "%s", err_text(ERR_TX_TYPE));
	for (size_t i = 0; i < ARRAY_COUNT(TYPED); i++) {
		if (field(v, TYPED[i].name) && !TYPED[i].is_of[number])
			return rpc_fail(c, RPC_INVALID_PARAMS, "type 0x%" PRIx64 " has no %s", number, TYPED[i].name);
	}
	*out = (enum tx_type)number;
	return RPC_OK;
}

/* The base fee is a constant of the chain, so that what is recommended leaves no room for it to rise. */
static enum rpc_code fill_fees(struct rpc *c, struct tx *tx, const json_t *v)
{
	const struct u256 *base = &node_genesis(c->node)->base_fee;
	const json_t *tip = field(v, "maxPriorityFeePerGas");
	bool has_fee = !u256_is_zero(&tx->max_fee);

	if (tip)
		RPC_TRY(value_u256(c, &tx->max_tip, tip, "maxPriorityFeePerGas"));
	else if (has_fee && u256_cmp(&tx->max_tip, &tx->max_fee) > 0)
		tx->max_tip = tx->max_fee;
	if (!has_fee && u256_add(&tx->max_fee, base, &tx->max_tip) != OK)
		tx->max_fee = U256_MAX;
	if (u256_cmp(&tx->max_fee, base) < 0)
		return rpc_fail(c, RPC_SERVER, "%s", err_text(ERR_TX_FEE_LOW));
	if (tx->type != TX_DYNAMIC_FEE)
		tx->max_tip = tx->max_fee;
	return RPC_OK;
}

/* What the call uses in the block to come, of what its sender can pay for. */
static enum rpc_code fill_gas(struct rpc *c, struct tx *tx, const struct call_request *request)
{
	struct call_request paid = *request;
	struct call_result result;

	paid.fee = tx->max_fee;
	RPC_TRY(rpc_read_at(c, &(struct block_ref){ .height = rpc_head(c), .is_known = true }, true));
	RPC_TRY(call_estimate(c, &result, &paid));
	if (result.outcome != OK)
		return call_fail(c, &result);
	tx->gas_limit = result.gas_used;
	return RPC_OK;
}

enum rpc_code draft_fill(struct rpc *c, struct tx *out, const struct call_request *request)
{
	const json_t *v = param(c, 0), *nonce = field(v, "nonce");

	*out = (struct tx){
		.chain_id = node_genesis(c->node)->chain_id,
		.gas_limit = request->gas,
		.max_fee = request->fee,
		.max_tip = u256_from_u64(MEMPOOL_TIP),
		.to = request->to,
		.value = request->value,
		.data = request->input,
		.access_list = request->access_list,
	};
	RPC_TRY(read_type(c, &out->type, v));
	RPC_TRY(fill_fees(c, out, v));
	if (nonce)
		RPC_TRY(value_u64(c, &out->nonce, nonce, "nonce"));
	else
		out->nonce = node_pending_nonce(c->node, &request->from);
	return out->gas_limit == 0 ? fill_gas(c, out, request) : RPC_OK;
}

enum rpc_code draft_encode(struct rpc *c, struct bytes *raw, struct tx *tx)
{
	size_t room = tx->data.size + tx->access_list.size + FIXED_FIELDS_MAX;
	u8 *out = rpc_take(c, room);
	enum err e;

	if (!out)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	e = tx_draft(raw, tx, out, room);
	assert(e == OK);
	if (raw->size > TX_SIZE_MAX)
		return rpc_fail(c, RPC_SERVER, "%s", err_text(ERR_TX_SIZE));
	keccak256(&tx->hash, *raw);
	return RPC_OK;
}
