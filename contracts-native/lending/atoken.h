#ifndef CONTRACTS_LENDING_ATOKEN_H
#define CONTRACTS_LENDING_ATOKEN_H

/* The aToken of a reserve: a supply as an ERC-20 whose balances grow.  It holds the
 * reserve's liquidity.  Transfers go through lending_transfer, so that collateral cannot
 * walk away from a debt. */

#include "contracts-native/dispatch/call.h"

extern const struct contract ATOKEN_CONTRACT;

#endif
