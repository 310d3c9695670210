#ifndef RPC_LIQUIDATION_H
#define RPC_LIQUIDATION_H

/* What a liquidation did, from its events: quotes show one that was tried, notifications
 * one that is in a block. */

#include "rpc/market.h"

struct liquidation {
	const struct market *collateral, *debt; /* as they stood then; NULL: their state is gone */
	struct address user;
	struct u256 covered, seized, fee; /* fee: aToken units that went to the treasury besides */
};

/* Fills the amounts from the events of the call.  The last liquidation among them counts. */
void liquidation_read(struct rpc *c, struct liquidation *out, const struct log *logs, u32 count);
/* Writes amounts, the rates that led to them, their worth at the markets' prices, and the user's health in the reader's state;
 * without markets null for all but the amounts. */
enum rpc_code liquidation_write(struct rpc *c, const struct liquidation *l);
/* They are, in schema.h's notation: */
#define LIQUIDATION_MEMBERS \
	"debtCovered:decimal collateralSeized:decimal protocolFee:decimal liquidationBonus:decimal " \
	"liquidationProtocolFee:decimal debtValueUsd:decimal collateralValueUsd:decimal bonusValueUsd:decimal " \
	"healthAfter:decimal|null"

#endif
