#ifndef RPC_ACCOUNT_LIST_H
#define RPC_ACCOUNT_LIST_H

/* Accounts at risk as plimsoll_atRisk and plimsoll_whatIf list them. */

#include "rpc/market.h"

#define ACCOUNTS_LISTED     100 /* in an answer that names no limit */
#define ACCOUNTS_LISTED_MAX 1000

#define AT_RISK_TYPE \
	"{address:address healthFactor:decimal collateral:decimal debt:decimal collateralAsset:address|null " \
	"debtAsset:address|null}"
void at_risk_write(struct rpc *c, const struct at_risk *at);

#endif
