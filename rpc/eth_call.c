#include "rpc/draft.h"
#include "rpc/methods.h"
#include "rpc/objects.h"

/* eth_call, what estimates with it, and what fills in estimates. */

static u64 gas_of(const struct call_request *request, u64 cap)
{
	return request->gas && request->gas < cap ? request->gas : cap;
}

static enum rpc_code eth_call(struct rpc *c)
{
	struct call_request request;
	struct call_result result;

	RPC_TRY(call_request_read(c, &request, param(c, 0)));
	RPC_TRY(rpc_read_param(c, 1));
	RPC_TRY(state_overrides_apply(c, param(c, 2)));
	RPC_TRY(block_overrides_apply(c, param(c, 3)));
	RPC_TRY(call_simulate(c, &result, &request, gas_of(&request, RPC_GAS_CAP)));
	if (result.outcome != OK)
		return call_fail(c, &result);
	jw_data(&c->out, RESULT, result.output);
	return RPC_OK;
}

/* Runs the call in the block to come.  One that fails has no estimate: it is an error. */
static enum rpc_code estimate(struct rpc *c, struct call_result *result, bool has_access_list)
{
	struct call_request request;
	struct block_ref ref;

	RPC_TRY(call_request_read(c, &request, param(c, 0)));
	if (!has_access_list)
		request.access_addresses = request.access_keys = 0;
	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, true));
	RPC_TRY(state_overrides_apply(c, param(c, 2)));
	return call_estimate(c, result, &request);
}

static enum rpc_code eth_estimate_gas(struct rpc *c)
{
	struct call_result result;

	RPC_TRY(estimate(c, &result, true));
	if (result.outcome != OK)
		return call_fail(c, &result);
	jw_quantity(&c->out, RESULT, result.gas_used);
	return RPC_OK;
}

#define ACCESS_LIST_TYPE "{accessList:[object] gasUsed:quantity error?:text}"

/* Access lists have no effect here: the best one is empty. */
static enum rpc_code eth_create_access_list(struct rpc *c)
{
	struct call_result result;

	RPC_TRY(estimate(c, &result, false));
	jw_object(&c->out, RESULT);
	jw_array(&c->out, "accessList");
	jw_end(&c->out);
	if (result.outcome != OK) {
		(void)call_fail(c, &result);
		jw_text(&c->out, "error", c->error_text);
	}
	jw_quantity(&c->out, "gasUsed", result.gas_used);
	jw_end(&c->out);
	return RPC_OK;
}

#define FILLED_TYPE \
	"{raw:data tx:{hash:hash gasPrice:quantity|null maxFeePerGas:quantity|null " \
	"maxPriorityFeePerGas:quantity|null to:address type:quantity chainId:quantity nonce:quantity " \
	"gas:quantity value:quantity input:data accessList?:[object] v:quantity " \
	"yParity?:quantity r:quantity s:quantity}}"

static enum rpc_code eth_fill_transaction(struct rpc *c)
{
	struct call_request request;
	struct bytes raw;
	struct tx tx;

	RPC_TRY(call_request_read(c, &request, param(c, 0)));
	RPC_TRY(draft_fill(c, &tx, &request));
	RPC_TRY(draft_encode(c, &raw, &tx));
	jw_object(&c->out, RESULT);
	jw_data(&c->out, "raw", raw);
	tx_draft_object(&c->out, "tx", &tx);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_call", eth_call, 1, 4, 1, "data",
	  "(call, block, stateOverrides, blockOverrides) what the call returns" },
	{ "eth_estimateGas", eth_estimate_gas, 1, 3, 1, "quantity",
	  "(call, block, stateOverrides) exact gas in the block to come" },
	{ "eth_createAccessList", eth_create_access_list, 1, 3, 1, ACCESS_LIST_TYPE,
	  "(call, block, stateOverrides) an empty list and the gas" },
	{ "eth_fillTransaction", eth_fill_transaction, 1, 1, 1, FILLED_TYPE,
	  "(call with nonce) the transaction to sign: nonce, gas, fees and type filled in" },
};

const struct rpc_table ETH_CALL_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
