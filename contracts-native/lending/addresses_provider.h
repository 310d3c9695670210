#ifndef CONTRACTS_LENDING_ADDRESSES_PROVIDER_H
#define CONTRACTS_LENDING_ADDRESSES_PROVIDER_H

/* Where tools begin: PoolAddressesProvider names the contracts of the market.  Genesis wired
 * them for good; the owner is the admin of genesis. */

#include "contracts-native/dispatch/call.h"

extern const struct contract ADDRESSES_PROVIDER_CONTRACT;

#endif
