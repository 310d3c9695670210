#include "rpc/liquidation.h"
#include "rpc/methods.h"

#include <string.h>

/* plimsoll_quoteLiquidation: the contract's own liquidationCall, run on a throw-away copy of
 * the state by a liquidator who owns enough of the debt token. */

/* Who pays when the request names nobody: "Plimsoll" and then "quote", no contract and no key. */
static const struct address QUOTER = { "Plimsollquote" };

struct quote {
	struct market collateral, debt;
	struct address user, liquidator;
	struct u256 amount; /* of debt; all ones: as much as may go */
	bool receive_atoken;
};

/* A QUANTITY, decimal digits, or "max". */
static enum rpc_code read_amount(struct rpc *c, struct u256 *out, const json_t *v)
{
	const char *text = json_string_value(v);

	if (text && strcmp(text, "max") == 0) {
		*out = U256_MAX;
		return RPC_OK;
	}
	if (text && u256_from_decimal(out, text, json_string_length(v)) == OK)
		return RPC_OK;
	return value_u256(c, out, v, "argument 3");
}

static enum rpc_code read_market(struct rpc *c, struct market *out, size_t index)
{
	struct address asset;

	RPC_TRY(param_address(c, &asset, index));
	if (!market_find(c, out, &asset))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument %zu: not the underlying token of a reserve",
				index);
	return RPC_OK;
}

static enum rpc_code read_quote(struct rpc *c, struct quote *out)
{
	struct block_ref ref;

	RPC_TRY(param_block(c, &ref, 5));
	RPC_TRY(rpc_read_at(c, &ref, true));
	RPC_TRY(read_market(c, &out->collateral, 0));
	RPC_TRY(read_market(c, &out->debt, 1));
	RPC_TRY(param_address(c, &out->user, 2));
	RPC_TRY(read_amount(c, &out->amount, param(c, 3)));
	RPC_TRY(param_bool(c, &out->receive_atoken, 4));
	out->liquidator = QUOTER;
	if (param(c, 6))
		RPC_TRY(param_address(c, &out->liquidator, 6));
	return RPC_OK;
}

/* Lets the liquidator own 2^128 of the debt token, and the pool take it. */
static void fund(struct rpc *c, const struct quote *q)
{
	struct contract_id token = { CONTRACT_TOKEN, q->debt.reserve.token };
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct balance balance = { u256_shl(&U256_ONE, 128) };
	struct allowance allowance = { U256_MAX };

	balance_write(&c->reader.state, &(struct balance_key){ token.index, q->liquidator }, &balance);
	allowance_write(&c->reader.state, &(struct allowance_key){ token, q->liquidator, pool }, &allowance);
}

static enum rpc_code liquidate(struct rpc *c, struct call_result *out, const struct quote *q)
{
	const struct u256 words[] = {
		word_of_address(&q->collateral.asset),
		word_of_address(&q->debt.asset),
		word_of_address(&q->user),
		q->amount,
		u256_from_u64(q->receive_atoken),
	};
	struct call_request request = {
		.from = q->liquidator,
		.to = contract_address(CONTRACT_POOL, 0),
		.has_to = true,
	};

	fund(c, q);
	request.input = contract_input(c, "liquidationCall(address,address,address,uint256,bool)", words, 5);
	if (!request.input.at)
		return rpc_fail(c, RPC_SERVER, "the call needs too much memory");
	return call_simulate(c, out, &request, RPC_GAS_CAP);
}

static enum rpc_code write_outcome(struct rpc *c, const struct quote *q, const struct call_result *result)
{
	struct liquidation l = { .collateral = &q->collateral, .debt = &q->debt, .user = q->user };

	liquidation_read(c, &l, c->reader.logs.at, c->reader.logs.count);
	RPC_TRY(liquidation_write(c, &l));
	jw_quantity(&c->out, "gasUsed", result->gas_used);
	jw_null(&c->out, "reverts");
	return RPC_OK;
}

#define QUOTE_TYPE \
	"{height:quantity healthBefore:decimal|null " LIQUIDATION_MEMBERS " gasUsed:quantity reverts:null}|" \
	"{height:quantity healthBefore:decimal|null reverts:text data:data}"

static enum rpc_code quote_liquidation(struct rpc *c)
{
	struct account_totals before;
	struct call_result result;
	struct quote q;

	RPC_TRY(read_quote(c, &q));
	RPC_TRY(account_totals_ask(c, &before, &q.user));
	RPC_TRY(liquidate(c, &result, &q));
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", c->reader.view.height);
	health_write_wad(&c->out, "healthBefore", &before.health);
	if (result.outcome != OK) {
		call_error_write(c, "reverts", &result);
		jw_data(&c->out, "data", result.output);
	} else {
		RPC_TRY(write_outcome(c, &q, &result));
	}
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_quoteLiquidation", quote_liquidation, 4, 7, 1, QUOTE_TYPE,
	  "(collateralAsset, debtAsset, user, debtToCover | \"max\", receiveAToken, block, from) what liquidationCall would do next" },
};

const struct rpc_table PLIMSOLL_LIQUIDATION_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
