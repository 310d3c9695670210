#include "contracts-native/lending/addresses_provider.h"

#include <string.h>

#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/single.h"

#define MARKET_ID "Plimsoll"

/* -- addresses -------------------------------------------------------------------------- */

/* bytes32 ids are text, aligned to the left. */
static const struct {
	const char *id;
	enum contract_kind kind;
} entries[] = {
	{ "POOL", CONTRACT_POOL },
	{ "POOL_CONFIGURATOR", CONTRACT_CONFIGURATOR },
	{ "PRICE_ORACLE", CONTRACT_PRICE_ORACLE },
	{ "ACL_MANAGER", CONTRACT_ACL_MANAGER },
	{ "DATA_PROVIDER", CONTRACT_DATA_PROVIDER },
};

static struct pool settings(struct call *c)
{
	struct pool p;

	pool_read(c->state, &(struct pool_key){ 0 }, &p);
	return p;
}

static bool id_is(const struct hash *id, const char *text)
{
	u8 padded[32] = { 0 };

	memcpy(padded, text, strlen(text));
	return memcmp(id->bytes, padded, sizeof padded) == 0;
}

static enum err run_address(struct call *c)
{
	struct hash id = abi_bytes32(&c->args, 0);
	struct address found = { { 0 } };

	for (size_t i = 0; i < ARRAY_COUNT(entries); i++)
		if (id_is(&id, entries[i].id))
			found = contract_address(entries[i].kind, 0);
	if (id_is(&id, "ACL_ADMIN"))
		found = settings(c).admin;
	if (id_is(&id, "UMBRELLA"))
		found = settings(c).umbrella;
	call_return_address(c, &found);
	return OK;
}

static enum err run_pool(struct call *c)
{
	return return_single(c, CONTRACT_POOL);
}

static enum err run_configurator(struct call *c)
{
	return return_single(c, CONTRACT_CONFIGURATOR);
}

static enum err run_price_oracle(struct call *c)
{
	return return_single(c, CONTRACT_PRICE_ORACLE);
}

static enum err run_data_provider(struct call *c)
{
	return return_single(c, CONTRACT_DATA_PROVIDER);
}

static enum err run_acl_manager(struct call *c)
{
	return return_single(c, CONTRACT_ACL_MANAGER);
}

static enum err run_admin(struct call *c)
{
	struct address admin = settings(c).admin;

	call_return_address(c, &admin);
	return OK;
}

static enum err run_market_id(struct call *c)
{
	call_return_text(c, MARKET_ID, strlen(MARKET_ID));
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x026b1d5f, "getPool()", "(address)",                            VIEW,   1000, run_pool },
	{ 0x631adfca, "getPoolConfigurator()", "(address)",                VIEW,   1000, run_configurator },
	{ 0xfca513a8, "getPriceOracle()", "(address)",                     VIEW,   1000, run_price_oracle },
	{ 0xe860accb, "getPoolDataProvider()", "(address)",                VIEW,   1000, run_data_provider },
	{ 0x707cd716, "getACLManager()", "(address)",                      VIEW,   1000, run_acl_manager },
	{ 0x0e67178c, "getACLAdmin()", "(address)",                        VIEW,   2000, run_admin },
	{ 0x5eb88d3d, "getPriceOracleSentinel()", "(address)",             VIEW,   1000, return_nobody },
	{ 0x568ef470, "getMarketId()", "(string)",                         VIEW,   1000, run_market_id },
	{ 0x21f8a721, "getAddress(bytes32)", "(address)",                  VIEW,   2000, run_address },
	{ 0x8da5cb5b, "owner()", "(address)",                              VIEW,    2000, run_admin },
	{ 0xf2fde38b, "transferOwnership(address)", "",                    WRITE,   2000, refuse_wiring },
	{ 0x715018a6, "renounceOwnership()", "",                           WRITE,   2000, refuse_wiring },
	{ 0xf67b1847, "setMarketId(string)", "",                           WRITE,   2000, refuse_wiring },
	{ 0xca446dd9, "setAddress(bytes32,address)", "",                   WRITE,   2000, refuse_wiring },
	{ 0x5dcc528c, "setAddressAsProxy(bytes32,address)", "",            WRITE,   2000, refuse_wiring },
	{ 0xa1564406, "setPoolImpl(address)", "",                          WRITE,   2000, refuse_wiring },
	{ 0xe4ca28b7, "setPoolConfiguratorImpl(address)", "",              WRITE,   2000, refuse_wiring },
	{ 0x530e784f, "setPriceOracle(address)", "",                       WRITE,   2000, refuse_wiring },
	{ 0x74944cec, "setPriceOracleSentinel(address)", "",               WRITE,   2000, refuse_wiring },
	{ 0xed301ca9, "setACLManager(address)", "",                        WRITE,   2000, refuse_wiring },
	{ 0x76d84ffc, "setACLAdmin(address)", "",                          WRITE,   2000, refuse_wiring },
	{ 0xe44e9ed1, "setPoolDataProvider(address)", "",                  WRITE,   2000, refuse_wiring },
};
/* clang-format on */

const struct contract ADDRESSES_PROVIDER_CONTRACT = {
	.kind = CONTRACT_ADDRESSES_PROVIDER,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
