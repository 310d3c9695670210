#ifndef CONTRACTS_LENDING_POOL_H
#define CONTRACTS_LENDING_POOL_H

/* The lending pool as a contract: Aave v3.6's Pool ABI over the actions of this folder. */

#include "contracts-native/dispatch/call.h"

/* The methods that only read (pool_views.c), one for each getter of the pool. */
/* clang-format off */
#define POOL_VIEWS(X) \
	X(addresses_provider) X(rate_strategy) X(flash_premium) \
	X(flash_premium_to_treasury) X(reserves_max) X(revision) X(umbrella) \
	X(reserves_list) X(reserves_count) X(reserve_by_id) X(reserve_data) \
	X(configuration) X(atoken) X(debt_token) X(income) X(debt_index) \
	X(virtual_balance) X(deficit) X(grace_period) X(account_data) \
	X(user_configuration) X(user_emode) X(emode_config) X(emode_data) \
	X(emode_label) X(emode_collateral) X(emode_borrowable) \
	X(emode_ltvzero) X(is_manager)
/* clang-format on */
#define X(name) enum err pool_view_##name(struct call *c);
POOL_VIEWS(X)
#undef X

extern const struct contract POOL_CONTRACT;

#endif
