#ifndef CONTRACTS_LENDING_WALLET_BALANCES_H
#define CONTRACTS_LENDING_WALLET_BALANCES_H

/* WalletBalanceProvider: many balances in one call.  The native coin goes by the address
 * 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE.
 *
 * UiIncentiveDataProviderV3 lives here too: there are no incentives, so its lists are empty. */

#include "contracts-native/dispatch/call.h"

extern const struct contract WALLET_BALANCES_CONTRACT;
extern const struct contract UI_INCENTIVES_CONTRACT;

#endif
