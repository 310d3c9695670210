#ifndef CONTRACTS_LENDING_RESCUE_H
#define CONTRACTS_LENDING_RESCUE_H

/* Tokens that somebody sent to the pool or to an aToken by mistake: a pool admin may pass
 * them on.  What an aToken holds of its own underlying token belongs to its suppliers. */

#include "contracts-native/dispatch/call.h"

/* rescueTokens(token, to, amount) of the pool.  CallerNotPoolAdmin, then whatever the token says. */
enum err rescue_from_pool(struct call *c);
/* The same of an aToken.  UnderlyingCannotBeRescued comes second. */
enum err rescue_from_atoken(struct call *c);

#endif
