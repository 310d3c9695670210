#include "client/liquidation.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"

#define USD_DECIMALS 8
#define SIGNATURE    "liquidationCall(address,address,address,uint256,bool)"

json_t *liquidation_params(const struct liquidation *l, const struct address *liquidator)
{
	struct u256 all = U256_MAX;
	json_t *amount =
		u256_equal(&l->amount, &all) ? json_string("max") : json_of_decimal(&l->amount);
	json_t *params = json_pack("[o, o, o, o, b, s]", json_of_address(&l->collateral),
				   json_of_address(&l->debt), json_of_address(&l->user), amount,
				   l->receive_atoken, "latest");

	if (liquidator)
		json_array_append_new(params, json_of_address(liquidator));
	return params;
}

enum err liquidation_quote_parse(struct liquidation_quote *out, const json_t *answer)
{
	struct liquidation_quote q = { 0 };
	const char *reverts = field_text(answer, "reverts");

	if (*reverts) {
		snprintf(q.reverts, sizeof q.reverts, "%s", reverts);
		*out = q;
		return OK;
	}
	TRY(field_u256(&q.covered, answer, "debtCovered"));
	TRY(field_u256(&q.seized, answer, "collateralSeized"));
	TRY(field_u64(&q.gas, answer, "gasUsed"));
	TRY(units_parse(&q.covered_usd, field_text(answer, "debtValueUsd"), USD_DECIMALS));
	TRY(units_parse(&q.seized_usd, field_text(answer, "collateralValueUsd"), USD_DECIMALS));
	*out = q;
	return OK;
}

enum err liquidation_ask(struct liquidation_quote *out, struct rpc_client *rpc, struct fault *why,
			 const struct liquidation *l, const struct address *liquidator)
{
	json_t *error, *answer = rpc_call(rpc, &error, "plimsoll_quoteLiquidation",
					  liquidation_params(l, liquidator));
	enum err e;

	if (!answer)
		return fault_take(why, error);
	e = liquidation_quote_parse(out, answer);
	json_decref(answer);
	return e ? fault_set(why, e, FAULT_UNREACHABLE, "the node's quote lacks a field") : OK;
}

void liquidation_input(u8 out[LIQUIDATION_INPUT_SIZE], const struct liquidation *l)
{
	const struct address *const addresses[] = { &l->collateral, &l->debt, &l->user };

	memset(out, 0, LIQUIDATION_INPUT_SIZE);
	store_be32(out, selector_of(SIGNATURE));
	for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
		memcpy(out + 4 + 32 * i + 12, addresses[i]->bytes, sizeof addresses[i]->bytes);
	u256_to_be(out + 4 + 3 * 32, &l->amount);
	out[4 + 5 * 32 - 1] = l->receive_atoken;
}
