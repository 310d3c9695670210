#ifndef CONTRACTS_LENDING_UI_DATA_PROVIDER_H
#define CONTRACTS_LENDING_UI_DATA_PROVIDER_H

/* UiPoolDataProviderV3: everything a front end draws, in one call.  The provider argument
 * names a market; there is one, so it is not looked at. */

#include "contracts-native/dispatch/call.h"

extern const struct contract UI_DATA_PROVIDER_CONTRACT;

#endif
