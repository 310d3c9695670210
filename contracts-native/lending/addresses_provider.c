#include "contracts-native/lending/addresses_provider.h"

#include <string.h>

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

static enum err return_single(struct call *c, enum contract_kind kind)
{
	struct address a = contract_address(kind, 0);

	call_return_address(c, &a);
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

static enum err run_addresses_provider(struct call *c)
{
	return return_single(c, CONTRACT_ADDRESSES_PROVIDER);
}

static enum err run_acl_admin(struct call *c)
{
	struct address admin = settings(c).admin;

	call_return_address(c, &admin);
	return OK;
}

static enum err run_sentinel(struct call *c)
{
	struct address none = { { 0 } };

	call_return_address(c, &none);
	return OK;
}

static enum err run_market_id(struct call *c)
{
	call_return_text(c, MARKET_ID, strlen(MARKET_ID));
	return OK;
}

/* -- roles ---------------------------------------------------------------------------------- */

/* The admin of the pool record has every role but that of the free flash borrower. */
static enum err run_is_admin(struct call *c)
{
	struct address who = abi_address(&c->args, 0), admin = settings(c).admin;

	call_return_bool(c, address_cmp(&who, &admin) == 0);
	return OK;
}

static enum err run_is_flash_borrower(struct call *c)
{
	call_return_bool(c, false);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method provider_methods[] = {
	{ 0x026b1d5f, "getPool()", "(address)",                            VIEW,   1000, run_pool },
	{ 0x631adfca, "getPoolConfigurator()", "(address)",                VIEW,   1000, run_configurator },
	{ 0xfca513a8, "getPriceOracle()", "(address)",                     VIEW,   1000, run_price_oracle },
	{ 0xe860accb, "getPoolDataProvider()", "(address)",                VIEW,   1000, run_data_provider },
	{ 0x707cd716, "getACLManager()", "(address)",                      VIEW,   1000, run_acl_manager },
	{ 0x0e67178c, "getACLAdmin()", "(address)",                        VIEW,   2000, run_acl_admin },
	{ 0x5eb88d3d, "getPriceOracleSentinel()", "(address)",             VIEW,   1000, run_sentinel },
	{ 0x568ef470, "getMarketId()", "(string)",                         VIEW,   1000, run_market_id },
	{ 0x21f8a721, "getAddress(bytes32)", "(address)",                  VIEW,   2000, run_address },
};
/* clang-format on */

const struct contract ADDRESSES_PROVIDER_CONTRACT = {
	.kind = CONTRACT_ADDRESSES_PROVIDER,
	.methods = provider_methods,
	.method_count = ARRAY_COUNT(provider_methods),
	.exists = single_exists,
};

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method acl_methods[] = {
	{ 0x7be53ca1, "isPoolAdmin(address)", "(bool)",                    VIEW,   2000, run_is_admin },
	{ 0x674b5e4d, "isRiskAdmin(address)", "(bool)",                    VIEW,   2000, run_is_admin },
	{ 0x2500f2b6, "isEmergencyAdmin(address)", "(bool)",               VIEW,   2000, run_is_admin },
	{ 0x13ee32e0, "isAssetListingAdmin(address)", "(bool)",            VIEW,   2000, run_is_admin },
	{ 0xfa50f297, "isFlashBorrower(address)", "(bool)",                VIEW,   1000, run_is_flash_borrower },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                 VIEW,   1000, run_addresses_provider },
};
/* clang-format on */

const struct contract ACL_MANAGER_CONTRACT = {
	.kind = CONTRACT_ACL_MANAGER,
	.methods = acl_methods,
	.method_count = ARRAY_COUNT(acl_methods),
	.exists = single_exists,
};
