#ifndef CONTRACTS_LENDING_ADDRESSES_PROVIDER_H
#define CONTRACTS_LENDING_ADDRESSES_PROVIDER_H

/* Where tools begin: PoolAddressesProvider names the contracts of the market, and
 * ACLManager tells who governs it. */

#include "contracts-native/dispatch/call.h"

extern const struct contract ADDRESSES_PROVIDER_CONTRACT;
extern const struct contract ACL_MANAGER_CONTRACT;

#endif
