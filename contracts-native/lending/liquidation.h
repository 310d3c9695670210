#ifndef CONTRACTS_LENDING_LIQUIDATION_H
#define CONTRACTS_LENDING_LIQUIDATION_H

/* What happens to an account whose health is below 1: anybody may pay some of its debt and
 * take collateral worth that much and a bonus.
 *
 * At most half of all the user's debt goes at once, unless health is 0.95 or lower or one
 * of the two positions is below 2000 dollars.  Neither side may be left with dust (under
 * 1000 dollars) unless it is closed.  Debt that no collateral is left for becomes the
 * reserve's deficit. */

#include "contracts-native/lending/account.h"

struct liquidation {
	struct address collateral, debt; /* underlying tokens */
	struct address borrower;
	struct amount amount; /* of debt, at most; AMOUNT_MAX for all that may go */
	bool receive_supply;  /* aTokens instead of tokens */
};

/* The liquidator is c->caller.  Errors and their order: docs/lending.md. */
MUST_CHECK enum err lending_liquidate(struct call *c, const struct liquidation *l);

#endif
