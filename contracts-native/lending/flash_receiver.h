#ifndef CONTRACTS_LENDING_FLASH_RECEIVER_H
#define CONTRACTS_LENDING_FLASH_RECEIVER_H

/* A flash loan receiver for devnets that pays from its own balance.  params is empty or
 * one uint256: 0 approve what is owed, 1 the same but answer false, 2 approve nothing,
 * 3 approve one unit less. */

#include "contracts-native/dispatch/call.h"

extern const struct contract FLASH_RECEIVER_CONTRACT;

#endif
