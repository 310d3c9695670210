#ifndef CLIENT_LIQUIDATION_H
#define CLIENT_LIQUIDATION_H

/* Liquidations from outside: what one would do (plimsoll_quoteLiquidation), and the call that does it.
 * The quote is the contract's own code run by the node on a copy of its state. */

#include "client/contract.h"

#define LIQUIDATION_INPUT_SIZE (4 + 5 * 32)

struct liquidation {
	struct address user, collateral, debt; /* underlying tokens */
	struct u256 amount;                    /* of debt; 2^256-1: as much as may be */
	bool receive_atoken;
};

struct liquidation_quote {
	char reverts[FAULT_NAME_MAX];        /* custom error; "" if it would succeed */
	struct u256 covered, seized;         /* base units of debt and of collateral, the latter after the fee */
	struct u256 covered_usd, seized_usd; /* dollars, 8 decimals */
	u64 gas;
};

/* Parameters of plimsoll_quoteLiquidation; liquidator NULL: nobody in particular. */
json_t *liquidation_params(const struct liquidation *l, const struct address *liquidator);
/* Reads the answer.  ERR_NOT_FOUND, ERR_SYNTAX: a field is missing or not a number. */
MUST_CHECK enum err liquidation_quote_parse(struct liquidation_quote *out, const json_t *answer);
/* Both for one.  A quote that reverts is OK with its name. */
MUST_CHECK enum err liquidation_ask(struct liquidation_quote *out, struct rpc_client *rpc, struct fault *why,
				    const struct liquidation *l, const struct address *liquidator);
/* Calldata of liquidationCall. */
void liquidation_input(u8 out[LIQUIDATION_INPUT_SIZE], const struct liquidation *l);

#endif
