#ifndef CONTRACTS_LENDING_PRICE_ORACLE_H
#define CONTRACTS_LENDING_PRICE_ORACLE_H

/* AaveOracle: dollar prices of listed assets, 8 decimals, from their feeds.  What is not
 * listed, or has no positive answer, is a bare revert: there is no fallback oracle. */

#include "contracts-native/dispatch/call.h"

extern const struct contract PRICE_ORACLE_CONTRACT;

#endif
