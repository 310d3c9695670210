#ifndef CONTRACTS_MULTICALL_MULTICALL_H
#define CONTRACTS_MULTICALL_MULTICALL_H

/* Multicall3: many calls in one, at the address it has on every chain.
 *
 * The inner calls come from Multicall3 itself, as on every EVM chain, so it is for
 * reading: what it supplies or borrows it does for nobody.  An inner call that runs out
 * of gas ends the whole; any other failure is the caller's to allow. */

#include "contracts-native/dispatch/call.h"

extern const struct contract MULTICALL_CONTRACT;

#endif
