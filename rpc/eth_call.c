#include "rpc/methods.h"
#include "rpc/simulate.h"

#include <inttypes.h>

#include "contracts-native/chain/tx.h"

/* eth_call and what estimates with it. */

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

/* The most gas the sender can pay for: (balance - value) / fee, at most cap.  A value that is more than
 * the balance is not told in gas: call_simulate refuses it. */
static u64 gas_affordable(struct rpc *c, const struct call_request *request, u64 cap)
{
	struct u256 left, gas;
	struct account account;

	if (u256_is_zero(&request->fee))
		return cap;
	(void)account_read(&c->reader.state, &(struct account_key){ request->from }, &account);
	if (u256_sub(&left, &account.balance, &request->value) != OK)
		return cap;
	if (u256_div(&gas, NULL, &left, &request->fee) != OK)
		return 0;
	return u256_fits(&gas, 64) && u256_low64(&gas) < cap ? u256_low64(&gas) : cap;
}

/* Runs the call in the block to come and reports what it used.  Gas is a flat charge a
 * method plus what its input demands, so the figure is exact, whatever interest accrues
 * until then.  A call that fails has no estimate: it is an error. */
static enum rpc_code estimate(struct rpc *c, struct call_result *result, bool has_access_list)
{
	struct call_request request;
	struct block_ref ref;
	u64 gas;

	RPC_TRY(call_request_read(c, &request, param(c, 0)));
	if (!has_access_list)
		request.access_addresses = request.access_keys = 0;
	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, true));
	RPC_TRY(state_overrides_apply(c, param(c, 2)));
	if (request.gas < TX_GAS_BASE)
		request.gas = 0; /* No transaction could run on it: as go-ethereum has it, it is no limit. */
	gas = gas_of(&request, c->reader.env.gas_limit);
	gas = gas_affordable(c, &request, gas);
	if (gas < call_gas_intrinsic(&request))
		return rpc_fail(c, RPC_SERVER, "gas required exceeds allowance (%" PRIu64 ")", gas);
	request.fee = U256_ZERO;
	RPC_TRY(call_simulate(c, result, &request, gas));
	if (result->outcome == ERR_OUT_OF_GAS)
		return rpc_fail(c, RPC_SERVER, "gas required exceeds allowance (%" PRIu64 ")", gas);
	return RPC_OK;
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

/* name, handler, least and most parameters, help */
static const struct rpc_method ROWS[] = {
	{ "eth_call", eth_call, 1, 4, "(call, block, stateOverrides, blockOverrides) what the call returns" },
	{ "eth_estimateGas", eth_estimate_gas, 1, 3, "(call, block, stateOverrides) exact gas in the block to come" },
	{ "eth_createAccessList", eth_create_access_list, 1, 3, "(call, block, stateOverrides) an empty list and the gas" },
};

const struct rpc_table ETH_CALL_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
