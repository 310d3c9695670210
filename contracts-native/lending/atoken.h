#ifndef CONTRACTS_LENDING_ATOKEN_H
#define CONTRACTS_LENDING_ATOKEN_H

/* The aToken of a reserve: a supply as an ERC-20 whose balances grow.  It holds the
 * reserve's liquidity.  Transfers go through lending_transfer, so that collateral cannot
 * walk away from a debt. */

#include "contracts-native/dispatch/call.h"

#define ATOKEN_NAME_MAX 64 /* bytes of any name or symbol here */

/* "Plimsoll WETH" and the like: prefix, then the underlying's symbol. */
struct bytes derived_text(struct state *s, u16 token, const char *prefix, char out[ATOKEN_NAME_MAX]);

extern const struct contract ATOKEN_CONTRACT;

#endif
