#include "contracts-native/lending/price_oracle.h"

#include "contracts-native/lending/account.h"
#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/single.h"

#define CURRENCY_UNIT 100000000u /* one dollar */
#define GAS_PER_PRICE 3000

static const struct address nobody;

static enum err price_of(struct call *c, struct u256 *out, const struct address *asset)
{
	struct reserve_open m;
	struct price price;

	if (!reserve_find_ever(c->state, &m, asset))
		return ERR_BARE;
	TRY(reserve_price(c->state, &price, &m.r));
	*out = price_raw(price);
	return OK;
}

static enum err run_price(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct u256 price;

	TRY(price_of(c, &price, &asset));
	call_return_u256(c, price);
	return OK;
}

static enum err run_prices(struct call *c)
{
	struct abi_view assets = abi_at(&c->args, 0);

	TRY(call_charge(c, GAS_PER_PRICE * (u64)assets.count));
	abi_open(&c->out, assets.count);
	for (u32 i = 0; i < assets.count; i++) {
		struct address asset = abi_address(&assets, i);
		struct u256 price;

		TRY(price_of(c, &price, &asset));
		abi_put_u256(&c->out, &price);
	}
	abi_close(&c->out);
	return OK;
}

static enum err run_source(struct call *c)
{
	struct address asset = abi_address(&c->args, 0), feed = nobody;
	struct reserve_open m;

	if (reserve_find_ever(c->state, &m, &asset))
		feed = contract_address(CONTRACT_FEED, m.r.feed);
	call_return_address(c, &feed);
	return OK;
}

static enum err run_unit(struct call *c)
{
	call_return_u64(c, CURRENCY_UNIT);
	return OK;
}

static enum err run_addresses_provider(struct call *c)
{
	return return_single(c, CONTRACT_ADDRESSES_PROVIDER);
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0xb3596f07, "getAssetPrice(address)", "(uint256)",               VIEW,   5000, run_price },
	{ 0x9d23d9f2, "getAssetsPrices(address[])", "(uint256[])",         VIEW,   3000, run_prices },
	{ 0x92bf2be0, "getSourceOfAsset(address)", "(address)",            VIEW,   4000, run_source },
	{ 0x8c89b64f, "BASE_CURRENCY_UNIT()", "(uint256)",                 VIEW,   1000, run_unit },
	{ 0xe19f4700, "BASE_CURRENCY()", "(address)",                      VIEW,   1000, return_nobody },
	{ 0x6210308c, "getFallbackOracle()", "(address)",                  VIEW,   1000, return_nobody },
	{ 0xabfd5310, "setAssetSources(address[],address[])", "",          WRITE,   2000, refuse_listing },
	{ 0x170aee73, "setFallbackOracle(address)", "",                    WRITE,   2000, refuse_listing },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                 VIEW,   1000, run_addresses_provider },
};
/* clang-format on */

const struct contract PRICE_ORACLE_CONTRACT = {
	.kind = CONTRACT_PRICE_ORACLE,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
