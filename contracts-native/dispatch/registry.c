#include "contracts-native/dispatch/call.h"
#include "contracts-native/faucet/faucet.h"
#include "contracts-native/feeds/aggregator.h"
#include "contracts-native/feeds/feed.h"
#include "contracts-native/lending/acl.h"
#include "contracts-native/lending/addresses_provider.h"
#include "contracts-native/lending/atoken.h"
#include "contracts-native/lending/configurator.h"
#include "contracts-native/lending/data_provider.h"
#include "contracts-native/lending/debt_token.h"
#include "contracts-native/lending/flash_receiver.h"
#include "contracts-native/lending/pool.h"
#include "contracts-native/lending/price_oracle.h"
#include "contracts-native/lending/rate_strategy.h"
#include "contracts-native/lending/ui_data_provider.h"
#include "contracts-native/lending/wallet_balances.h"
#include "contracts-native/multicall/multicall.h"
#include "contracts-native/token/token.h"

/* One line for each kind of contract that exists. */
static const struct contract *const all[] = {
	&TOKEN_CONTRACT,
	&ATOKEN_CONTRACT,
	&DEBT_TOKEN_CONTRACT,
	&FEED_CONTRACT,
	&POOL_CONTRACT,
	&CONFIGURATOR_CONTRACT,
	&PRICE_ORACLE_CONTRACT,
	&RATE_STRATEGY_CONTRACT,
	&DATA_PROVIDER_CONTRACT,
	&UI_DATA_PROVIDER_CONTRACT,
	&ADDRESSES_PROVIDER_CONTRACT,
	&ACL_MANAGER_CONTRACT,
	&AGGREGATOR_CONTRACT,
	&FAUCET_CONTRACT,
	&MULTICALL_CONTRACT,
	&WALLET_BALANCES_CONTRACT,
	&UI_INCENTIVES_CONTRACT,
	&FLASH_RECEIVER_CONTRACT,
};

const struct contract *contract_find(enum contract_kind kind)
{
	for (size_t i = 0; i < ARRAY_COUNT(all); i++)
		if (all[i]->kind == kind)
			return all[i];
	return NULL;
}

const struct contract *const *contracts_all(size_t *count)
{
	*count = ARRAY_COUNT(all);
	return all;
}
