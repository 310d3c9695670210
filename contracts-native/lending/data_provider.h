#ifndef CONTRACTS_LENDING_DATA_PROVIDER_H
#define CONTRACTS_LENDING_DATA_PROVIDER_H

/* AaveProtocolDataProvider: the pool's numbers one asset at a time.  For an asset that is
 * not listed, what comes from the pool's configuration reads as zeros, what comes from the
 * asset's tokens is a bare revert. */

#include "contracts-native/dispatch/call.h"

extern const struct contract DATA_PROVIDER_CONTRACT;

#endif
