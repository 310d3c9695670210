#include "contracts-native/lending/data_provider.h"

#include "contracts-native/lending/account.h"
#include "contracts-native/lending/scaled_token.h"
#include "contracts-native/lending/single.h"

#define CEILING_DECIMALS 2

static const struct address nobody;

/* Zeros if it is not listed. */
static struct reserve_open reserve_argument(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct reserve_open m;

	if (!reserve_find(c->state, &m, &asset))
		return (struct reserve_open){ 0 };
	return m;
}

static enum err listed_argument(struct call *c, struct reserve_open *m)
{
	struct address asset = abi_address(&c->args, 0);

	return reserve_open(c, m, &asset);
}

static void put_field(struct call *c, const struct reserve_open *m, enum config_field field)
{
	abi_put_u64(&c->out, reserve_config(m, field));
}

static void put_narrow(struct call *c, struct u128le x)
{
	call_return_u256(c, wide(x));
}

/* -- lists ------------------------------------------------------------------------------ */

/* Every reserve as (symbol, address); a prefix makes it the aToken's. */
static enum err put_tokens(struct call *c, const char *prefix, enum contract_kind kind)
{
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	abi_open(&c->out, count);
	for (u16 i = 0; i < count; i++) {
		char buffer[TOKEN_TEXT_MAX];
		struct reserve_open m;

		reserve_load(c->state, &m, ids[i]);
		abi_open(&c->out, 2);
		abi_put_bytes(&c->out, token_text(c->state, m.r.token, prefix, buffer));
		abi_put_address(&c->out, kind == CONTRACT_TOKEN ? &m.asset : &m.atoken);
		abi_close(&c->out);
	}
	abi_close(&c->out);
	return OK;
}

static enum err run_all_tokens(struct call *c)
{
	return put_tokens(c, "", CONTRACT_TOKEN);
}

static enum err run_all_atokens(struct call *c)
{
	return put_tokens(c, "a", CONTRACT_ATOKEN);
}

/* -- configuration ------------------------------------------------------------------------- */

static enum err run_configuration(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	put_field(c, &m, CONFIG_DECIMALS);
	put_field(c, &m, CONFIG_LTV);
	put_field(c, &m, CONFIG_LIQUIDATION_THRESHOLD);
	put_field(c, &m, CONFIG_LIQUIDATION_BONUS);
	put_field(c, &m, CONFIG_RESERVE_FACTOR);
	call_return_bool(c, reserve_is(&m, CONFIG_LIQUIDATION_THRESHOLD));
	put_field(c, &m, CONFIG_BORROWING);
	call_return_bool(c, false); /* stable borrowing */
	put_field(c, &m, CONFIG_ACTIVE);
	put_field(c, &m, CONFIG_FROZEN);
	return OK;
}

static enum err run_caps(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	put_field(c, &m, CONFIG_BORROW_CAP);
	put_field(c, &m, CONFIG_SUPPLY_CAP);
	return OK;
}

static enum err put_one(struct call *c, enum config_field field)
{
	struct reserve_open m = reserve_argument(c);

	put_field(c, &m, field);
	return OK;
}

static enum err run_paused(struct call *c)
{
	return put_one(c, CONFIG_PAUSED);
}

static enum err run_siloed(struct call *c)
{
	return put_one(c, CONFIG_SILOED);
}

static enum err run_liquidation_fee(struct call *c)
{
	return put_one(c, CONFIG_LIQUIDATION_FEE);
}

static enum err run_debt_ceiling(struct call *c)
{
	return put_one(c, CONFIG_DEBT_CEILING);
}

static enum err run_flash_enabled(struct call *c)
{
	return put_one(c, CONFIG_FLASH_LOANS);
}

static enum err run_ceiling_decimals(struct call *c)
{
	call_return_u64(c, CEILING_DECIMALS);
	return OK;
}

/* -- amounts ------------------------------------------------------------------------------------ */

static enum err run_reserve_data(struct call *c)
{
	struct reserve_open m;
	struct amount supply, debt;

	TRY(listed_argument(c, &m));
	TRY(reserve_total_supply(&supply, &m.r, c->exec->block->time));
	TRY(reserve_total_debt(&debt, &m.r, c->exec->block->time));
	call_return_u64(c, 0); /* unbacked */
	put_narrow(c, m.r.accrued_to_treasury);
	call_return_u256(c, amount_raw(supply));
	call_return_u64(c, 0); /* stable debt */
	call_return_u256(c, amount_raw(debt));
	put_narrow(c, m.r.liquidity_rate);
	put_narrow(c, m.r.borrow_rate);
	call_return_u64(c, 0); /* stable rate */
	call_return_u64(c, 0); /* its average */
	put_narrow(c, m.r.liquidity_index);
	put_narrow(c, m.r.borrow_index);
	call_return_u64(c, m.r.updated_at);
	return OK;
}

static enum err run_total_supply(struct call *c)
{
	struct reserve_open m;
	struct amount supply;

	TRY(listed_argument(c, &m));
	TRY(reserve_total_supply(&supply, &m.r, c->exec->block->time));
	call_return_u256(c, amount_raw(supply));
	return OK;
}

static enum err run_total_debt(struct call *c)
{
	struct reserve_open m;
	struct amount debt;

	TRY(listed_argument(c, &m));
	TRY(reserve_total_debt(&debt, &m.r, c->exec->block->time));
	call_return_u256(c, amount_raw(debt));
	return OK;
}

static enum err run_user_reserve_data(struct call *c)
{
	struct address owner = abi_address(&c->args, 1);
	struct user u = user_of(c->state, &owner);
	u64 now = c->exec->block->time;
	struct reserve_open m;
	struct position p;
	struct amount supply, debt;
	struct ray income, debt_index;

	TRY(listed_argument(c, &m));
	p = position_of(c->state, m.id, &owner);
	TRY(reserve_income(&income, &m.r, now));
	TRY(reserve_debt_index(&debt_index, &m.r, now));
	TRY(position_supply(&supply, &p, income));
	TRY(position_debt(&debt, &p, debt_index));
	call_return_u256(c, amount_raw(supply));
	call_return_u64(c, 0); /* stable debt */
	call_return_u256(c, amount_raw(debt));
	call_return_u64(c, 0); /* stable principal */
	put_narrow(c, p.scaled_debt);
	call_return_u64(c, 0); /* stable rate */
	put_narrow(c, m.r.liquidity_rate);
	call_return_u64(c, 0); /* stable rate's time */
	call_return_bool(c, user_pledges(&u, m.id));
	return OK;
}

static enum err run_virtual_balance(struct call *c)
{
	put_narrow(c, reserve_argument(c).r.virtual_balance);
	return OK;
}

static enum err run_deficit(struct call *c)
{
	put_narrow(c, reserve_argument(c).r.deficit);
	return OK;
}

/* Every reserve counts its liquidity, and there is no minting without backing. */
static enum err run_virtual_accounting(struct call *c)
{
	call_return_bool(c, true);
	return OK;
}

static enum err run_unbacked_cap(struct call *c)
{
	call_return_u64(c, 0);
	return OK;
}

/* -- addresses -------------------------------------------------------------------------------------- */

static enum err run_token_addresses(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	call_return_address(c, &m.atoken);
	call_return_address(c, &nobody); /* stable debt token */
	call_return_address(c, &m.debt_token);
	return OK;
}

static enum err run_strategy(struct call *c)
{
	return return_single(c, CONTRACT_RATE_STRATEGY);
}

static enum err run_addresses_provider(struct call *c)
{
	return return_single(c, CONTRACT_ADDRESSES_PROVIDER);
}

static enum err run_pool(struct call *c)
{
	return return_single(c, CONTRACT_POOL);
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0xb316ff89, "getAllReservesTokens()", "((string,address)[])",    VIEW,  30000, run_all_tokens },
	{ 0xf561ae41, "getAllATokens()", "((string,address)[])",           VIEW,  30000, run_all_atokens },
	{ 0x51460e25, "getATokenTotalSupply(address)", "(uint256)",        VIEW,   6000, run_total_supply },
	{ 0x3c798109, "getDebtCeiling(address)", "(uint256)",              VIEW,   4000, run_debt_ceiling },
	{ 0x69b169e1, "getDebtCeilingDecimals()", "(uint256)",             VIEW,   1000, run_ceiling_decimals },
	{ 0xd7ed3ef4, "getFlashLoanEnabled(address)", "(bool)",            VIEW,   4000, run_flash_enabled },
	{ 0x3cb8a622, "getLiquidationProtocolFee(address)", "(uint256)",   VIEW,   4000, run_liquidation_fee },
	{ 0xb55d9904, "getPaused(address)", "(bool)",                      VIEW,   4000, run_paused },
	{ 0x46fbe558, "getReserveCaps(address)", "(uint256,uint256)",      VIEW,   4000, run_caps },
	{ 0x3e150141, "getReserveConfigurationData(address)",
	  "(uint256,uint256,uint256,uint256,uint256,bool,bool,bool,bool,bool)",
	                                                                   VIEW,   5000, run_configuration },
	{ 0x35ea6a75, "getReserveData(address)",
	  "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint40)",
	                                                                   VIEW,  10000, run_reserve_data },
	{ 0xc952485d, "getReserveDeficit(address)", "(uint256)",           VIEW,   4000, run_deficit },
	{ 0xd2493b6c, "getReserveTokensAddresses(address)", "(address,address,address)",
	                                                                   VIEW,   4000, run_token_addresses },
	{ 0xfcf40a62, "getSiloedBorrowing(address)", "(bool)",             VIEW,   4000, run_siloed },
	{ 0x4d44ac4f, "getTotalDebt(address)", "(uint256)",                VIEW,   6000, run_total_debt },
	{ 0x28dd2d01, "getUserReserveData(address,address)",
	  "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint40,bool)",
	                                                                   VIEW,  12000, run_user_reserve_data },
	{ 0x6fb07f96, "getVirtualUnderlyingBalance(address)", "(uint256)", VIEW,   4000, run_virtual_balance },
	{ 0xf7e14307, "getIsVirtualAccActive(address)", "(bool)",          VIEW,    1000, run_virtual_accounting },
	{ 0x7ba1ae36, "getUnbackedMintCap(address)", "(uint256)",          VIEW,    1000, run_unbacked_cap },
	{ 0x6744362a, "getInterestRateStrategyAddress(address)", "(address)", VIEW, 1000, run_strategy },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                 VIEW,   1000, run_addresses_provider },
	{ 0x7535d246, "POOL()", "(address)",                               VIEW,   1000, run_pool },
};
/* clang-format on */

const struct contract DATA_PROVIDER_CONTRACT = {
	.kind = CONTRACT_DATA_PROVIDER,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
