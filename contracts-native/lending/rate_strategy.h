#ifndef CONTRACTS_LENDING_RATE_STRATEGY_H
#define CONTRACTS_LENDING_RATE_STRATEGY_H

/* The rate curves as a contract: one strategy for all reserves (rates.h has the formula). */

#include "contracts-native/dispatch/call.h"

extern const struct contract RATE_STRATEGY_CONTRACT;

#endif
