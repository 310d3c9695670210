#ifndef CONTRACTS_DISPATCH_ADDRESS_H
#define CONTRACTS_DISPATCH_ADDRESS_H

/* Where native contracts live.  An address is readable:
 *
 *     506c696d736f6c6c 0000000000000000 KKKK NNNN
 *     "Plimsoll"                        kind number
 *
 * The one exception is Multicall3, which sits at the address it has on every chain. */

#include "base/types.h"
#include "contracts-native/state/schema.h"

/* kind, number, label for people; one per contract family.  Append. */
#define CONTRACT_KINDS(X) \
	X(TOKEN, 1, "ERC-20 token") \
	X(ATOKEN, 2, "aToken") \
	X(DEBT_TOKEN, 3, "variable debt token") \
	X(FEED, 4, "price feed") \
	X(POOL, 5, "lending pool") \
	X(CONFIGURATOR, 6, "pool configurator") \
	X(PRICE_ORACLE, 7, "Aave oracle") \
	X(RATE_STRATEGY, 8, "interest rate strategy") \
	X(DATA_PROVIDER, 9, "protocol data provider") \
	X(UI_DATA_PROVIDER, 10, "UI pool data provider") \
	X(ADDRESSES_PROVIDER, 11, "pool addresses provider") \
	X(ACL_MANAGER, 12, "access control") \
	X(AGGREGATOR, 13, "oracle aggregator") \
	X(FAUCET, 14, "devnet faucet") \
	X(MULTICALL, 15, "Multicall3") \
	X(WALLET_BALANCES, 16, "wallet balance provider") \
	X(UI_INCENTIVES, 17, "UI incentive data provider") \
	X(FLASH_RECEIVER, 18, "mock flash loan receiver")

enum contract_kind {
	CONTRACT_NONE = 0,
#define X(name, number, label) CONTRACT_##name = number,
	CONTRACT_KINDS(X)
#undef X
};

struct address contract_address(enum contract_kind kind, u16 index);
/* contract_of tells which instance an address would be by its form alone; kind 0 if none. */
struct contract_id contract_of(const struct address *a);
const char *contract_label(enum contract_kind kind); /* "" for NONE */

#endif
