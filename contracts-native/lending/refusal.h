#ifndef CONTRACTS_LENDING_REFUSAL_H
#define CONTRACTS_LENDING_REFUSAL_H

/* Methods of Aave's contracts that nobody can use here, each with the answer that its
 * caller would get there.
 *
 * Aave's contracts call each other through some of them; ours are C functions, so whoever
 * comes from outside is not the one they were made for.  Others replace code or rewire the
 * market; that is settled by genesis, and its owner is told OperationNotSupported. */

#include "contracts-native/dispatch/call.h"

enum err refuse_not_pool(struct call *c);         /* CallerMustBePool */
enum err refuse_not_configurator(struct call *c); /* CallerNotPoolConfigurator */
enum err refuse_not_atoken(struct call *c);       /* CallerNotAToken */
enum err refuse_initialized(struct call *c);      /* every contract is, by genesis */
enum err refuse_listing(struct call *c);          /* CallerNotAssetListingOrPoolAdmin, or not supported */
enum err refuse_code(struct call *c);             /* CallerNotPoolAdmin, or not supported */
enum err refuse_wiring(struct call *c);           /* not the owner, or not supported */

#endif
