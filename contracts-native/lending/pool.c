#include "contracts-native/lending/pool.h"

#include "contracts-native/lending/borrow.h"
#include "contracts-native/lending/flash.h"
#include "contracts-native/lending/liquidation.h"
#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/rescue.h"
#include "contracts-native/lending/single.h"
#include "contracts-native/lending/supply.h"
#include "contracts-native/lending/treasury.h"
#include "contracts-native/token/permit.h"

#define GAS_PER_MINT 30000 /* a reserve of mintToTreasury */

static struct amount amount_argument(struct call *c, u32 index)
{
	return amount_from(abi_u256(&c->args, index));
}

/* -- supplying ------------------------------------------------------------------------ */

static enum err run_supply(struct call *c)
{
	struct address asset = abi_address(&c->args, 0), beneficiary = abi_address(&c->args, 2);

	return lending_supply(c, &asset, amount_argument(c, 1), &beneficiary, abi_u64(&c->args, 3));
}

static enum err run_withdraw(struct call *c)
{
	struct address asset = abi_address(&c->args, 0), receiver = abi_address(&c->args, 2);
	struct amount paid;

	TRY(lending_withdraw(c, &paid, &asset, amount_argument(c, 1), &receiver));
	call_return_u256(c, amount_raw(paid));
	return OK;
}

static enum err run_pledge(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);

	return lending_pledge(c, &c->caller, &asset, abi_bool(&c->args, 1));
}

/* -- borrowing -------------------------------------------------------------------------- */

static enum err run_borrow(struct call *c)
{
	struct loan loan = {
		.asset = abi_address(&c->args, 0),
		.amount = amount_argument(c, 1),
		.referral = abi_u64(&c->args, 3),
		.debtor = abi_address(&c->args, 4),
	};

	TRY(rate_mode_of(&loan.rate_mode, abi_u256(&c->args, 2)));
	return lending_borrow(c, &loan);
}

static enum err repay(struct call *c, const struct address *debtor, bool with_supply)
{
	struct repayment r = {
		.asset = abi_address(&c->args, 0),
		.amount = amount_argument(c, 1),
		.debtor = *debtor,
		.with_supply = with_supply,
	};
	struct amount paid;

	TRY(rate_mode_of(&r.rate_mode, abi_u256(&c->args, 2)));
	TRY(lending_repay(c, &paid, &r));
	call_return_u256(c, amount_raw(paid));
	return OK;
}

static enum err run_repay(struct call *c)
{
	struct address debtor = abi_address(&c->args, 3);

	return repay(c, &debtor, false);
}

static enum err run_repay_with_atokens(struct call *c)
{
	return repay(c, &c->caller, true);
}

static enum err run_liquidate(struct call *c)
{
	struct liquidation l = {
		.collateral = abi_address(&c->args, 0),
		.debt = abi_address(&c->args, 1),
		.borrower = abi_address(&c->args, 2),
		.amount = amount_argument(c, 3),
		.receive_supply = abi_bool(&c->args, 4),
	};

	return lending_liquidate(c, &l);
}

static enum err run_set_emode(struct call *c)
{
	return lending_set_emode(c, &c->caller, (u8)abi_u64(&c->args, 0));
}

/* -- with a signature --------------------------------------------------------------------- */

/* Tries the permit of arguments deadline, v, r, s that start at first.  A permit that fails
 * changes nothing: perhaps the allowance is there already. */
static enum err try_permit(struct call *c, u32 first)
{
	struct address asset = abi_address(&c->args, 0);
	struct contract_id token = contract_of(&asset);
	struct permit_request p = {
		.kind = PERMIT_ALLOWANCE,
		.owner = c->caller,
		.spender = c->self,
		.value = abi_u256(&c->args, 1),
		.deadline = abi_u256(&c->args, first),
		.v = (u8)abi_u64(&c->args, first + 1),
		.r = abi_bytes32(&c->args, first + 2),
		.s = abi_bytes32(&c->args, first + 3),
	};
	enum err err;

	if (token.kind != CONTRACT_TOKEN || !call_has_code(c->state, &asset))
		return OK;
	err = token_permit(c, token.index, &p);
	return err == ERR_FULL ? ERR_FULL : OK;
}

static enum err run_supply_with_permit(struct call *c)
{
	TRY(try_permit(c, 4));
	return run_supply(c);
}

static enum err run_repay_with_permit(struct call *c)
{
	TRY(try_permit(c, 4));
	return run_repay(c);
}

/* -- position managers ----------------------------------------------------------------------- */

static void set_manager(struct call *c, const struct address *user, const struct address *manager, bool on)
{
	manager_write(c->state, &(struct manager_key){ *user, *manager }, &(struct manager){ on });
	call_emit(c, &c->self, on ? EVENT_PositionManagerApproved : EVENT_PositionManagerRevoked,
		  (struct u256[]){ word_of_address(user), word_of_address(manager) }, 2);
}

static bool is_manager(struct call *c, const struct address *user, const struct address *manager)
{
	struct manager m;

	return manager_read(c->state, &(struct manager_key){ *user, *manager }, &m);
}

static enum err run_approve_manager(struct call *c)
{
	struct address manager = abi_address(&c->args, 0);
	bool on = abi_bool(&c->args, 1);

	if (is_manager(c, &c->caller, &manager) != on)
		set_manager(c, &c->caller, &manager, on);
	return OK;
}

static enum err run_renounce_manager(struct call *c)
{
	struct address user = abi_address(&c->args, 0);

	if (is_manager(c, &user, &c->caller))
		set_manager(c, &user, &c->caller, false);
	return OK;
}

static enum err run_pledge_on_behalf(struct call *c)
{
	struct address asset = abi_address(&c->args, 0), user = abi_address(&c->args, 2);

	if (!is_manager(c, &user, &c->caller))
		return call_revert(c, REVERT_CallerNotPositionManager);
	return lending_pledge(c, &user, &asset, abi_bool(&c->args, 1));
}

static enum err run_set_emode_on_behalf(struct call *c)
{
	struct address user = abi_address(&c->args, 1);

	if (!is_manager(c, &user, &c->caller))
		return call_revert(c, REVERT_CallerNotPositionManager);
	return lending_set_emode(c, &user, (u8)abi_u64(&c->args, 0));
}

/* -- flash loans, treasury ---------------------------------------------------------------------- */

static enum err run_flash_simple(struct call *c)
{
	struct address receiver = abi_address(&c->args, 0), asset = abi_address(&c->args, 1);

	return lending_flash_simple(c, &receiver, &asset, amount_argument(c, 2),
				    abi_bytes(&c->args, 3), abi_u64(&c->args, 4));
}

static enum err run_flash(struct call *c)
{
	struct flash_loan f = {
		.receiver = abi_address(&c->args, 0),
		.assets = abi_at(&c->args, 1),
		.amounts = abi_at(&c->args, 2),
		.modes = abi_at(&c->args, 3),
		.debtor = abi_address(&c->args, 4),
		.params = abi_bytes(&c->args, 5),
		.referral = abi_u64(&c->args, 6),
	};

	return lending_flash(c, &f);
}

static enum err run_mint_to_treasury(struct call *c)
{
	struct abi_view assets = abi_at(&c->args, 0);

	TRY(call_charge(c, GAS_PER_MINT * (u64)assets.count));
	for (u32 i = 0; i < assets.count; i++) {
		struct address asset = abi_address(&assets, i);

		TRY(lending_mint_to_treasury(c, &asset));
	}
	return OK;
}

static enum err run_eliminate_deficit(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct amount covered;

	TRY(lending_cover_deficit(c, &covered, &asset, amount_argument(c, 1)));
	call_return_u256(c, amount_raw(covered));
	return OK;
}

/* -- several at once ------------------------------------------------------------------------------ */

static enum err run_multicall(struct call *c)
{
	struct abi_view calls = abi_at(&c->args, 0);

	abi_open(&c->out, calls.count);
	for (u32 i = 0; i < calls.count; i++) {
		struct message m = {
			.caller = c->caller,
			.to = c->self,
			.input = abi_bytes(&calls, i),
			.is_static = c->is_static,
		};
		struct bytes output;
		enum err err = call_run(c->exec, &output, &m);

		if (err == ERR_FULL || err == ERR_OUT_OF_GAS)
			return err;
		if (err != OK && output.size == 0)
			return call_revert(c, REVERT_FailedCall);
		if (err != OK) {
			c->revert = output;
			return ERR_REVERT;
		}
		abi_put_bytes(&c->out, output);
	}
	abi_close(&c->out);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability    gas     run */
static const struct method methods[] = {
	{ 0x617ba037, "supply(address,uint256,address,uint16)", "",        WRITE,  60000, run_supply },
	{ 0xe8eda9df, "deposit(address,uint256,address,uint16)", "",       WRITE,  60000, run_supply },
	{ 0x69328dec, "withdraw(address,uint256,address)", "(uint256)",    WRITE,  70000, run_withdraw },
	{ 0xa415bcad, "borrow(address,uint256,uint256,uint16,address)", "", WRITE, 90000, run_borrow },
	{ 0x573ade81, "repay(address,uint256,uint256,address)", "(uint256)", WRITE, 70000, run_repay },
	{ 0x2dad97d4, "repayWithATokens(address,uint256,uint256)", "(uint256)",
	                                                                   WRITE,  80000, run_repay_with_atokens },
	{ 0x02c205f0, "supplyWithPermit(address,uint256,address,uint16,uint256,uint8,bytes32,bytes32)", "",
	                                                                   WRITE,  80000, run_supply_with_permit },
	{ 0xee3e210b, "repayWithPermit(address,uint256,uint256,address,uint256,uint8,bytes32,bytes32)", "(uint256)",
	                                                                   WRITE,  90000, run_repay_with_permit },
	{ 0x00a718a9, "liquidationCall(address,address,address,uint256,bool)", "",
	                                                                   WRITE, 180000, run_liquidate },
	{ 0x5a3b74b9, "setUserUseReserveAsCollateral(address,bool)", "",   WRITE,  30000, run_pledge },
	{ 0x972b35fa, "setUserUseReserveAsCollateralOnBehalfOf(address,bool,address)", "",
	                                                                   WRITE,  32000, run_pledge_on_behalf },
	{ 0x28530a47, "setUserEMode(uint8)", "",                           WRITE,  30000, run_set_emode },
	{ 0x4ba06814, "setUserEModeOnBehalfOf(uint8,address)", "",         WRITE,  32000, run_set_emode_on_behalf },
	{ 0xb8caa7c5, "approvePositionManager(address,bool)", "",          WRITE,  15000, run_approve_manager },
	{ 0xfea149a6, "renouncePositionManagerRole(address)", "",          WRITE,  15000, run_renounce_manager },
	{ 0x42b0b77c, "flashLoanSimple(address,address,uint256,bytes,uint16)", "",
	                                                                   WRITE,  90000, run_flash_simple },
	{ 0xab9c4b5d, "flashLoan(address,address[],uint256[],uint256[],address,bytes,uint16)", "",
	                                                                   WRITE,  90000, run_flash },
	{ 0x9cd19996, "mintToTreasury(address[])", "",                     WRITE,  10000, run_mint_to_treasury },
	{ 0xa1d2f3c4, "eliminateReserveDeficit(address,uint256)", "(uint256)",
	                                                                   WRITE,  80000, run_eliminate_deficit },
	{ 0x12772993, "finalizeTransfer(address,address,address,uint256,uint256)", "",
	                                                                   WRITE,   1000, refuse_not_atoken },
	{ 0xac9650d8, "multicall(bytes[])", "(bytes[])",                   WRITE,   5000, run_multicall },
	{ 0xcea9d26f, "rescueTokens(address,address,uint256)", "",         WRITE,  20000, rescue_from_pool },
	{ 0xc4d66de8, "initialize(address)", "",                           WRITE,   1000, refuse_initialized },
	{ 0x932f12c8, "initReserve(address,address,address)", "",          WRITE,   1000, refuse_not_configurator },
	{ 0x63c9b860, "dropReserve(address)", "",                          WRITE,   1000, refuse_not_configurator },
	{ 0xab2b51f6, "syncIndexesState(address)", "",                     WRITE,   1000, refuse_not_configurator },
	{ 0x98c7da4e, "syncRatesState(address)", "",                       WRITE,   1000, refuse_not_configurator },
	{ 0xf51e435b, "setConfiguration(address,(uint256))", "",           WRITE,   1000, refuse_not_configurator },
	{ 0x9c1d5f00, "updateFlashloanPremium(uint128)", "",               WRITE,   1000, refuse_not_configurator },
	{ 0x7b75d7f4, "configureEModeCategory(uint8,(uint16,uint16,uint16,string))", "",
	                                                                   WRITE,   1000, refuse_not_configurator },
	{ 0x92380ecb, "configureEModeCategoryCollateralBitmap(uint8,uint128)", "",
	                                                                   WRITE,   1000, refuse_not_configurator },
	{ 0xff72158a, "configureEModeCategoryBorrowableBitmap(uint8,uint128)", "",
	                                                                   WRITE,   1000, refuse_not_configurator },
	{ 0x10870f75, "configureEModeCategoryLtvzeroBitmap(uint8,uint128)", "",
	                                                                   WRITE,   1000, refuse_not_configurator },
	{ 0xe43e88a1, "resetIsolationModeTotalDebt(address)", "",          WRITE,   1000, refuse_not_configurator },
	{ 0xb1a99e26, "setLiquidationGracePeriod(address,uint40)", "",     WRITE,   1000, refuse_not_configurator },
	{ 0x2be29fa7, "getBorrowLogic()", "(address)",                     VIEW,    1000, return_nobody },
	{ 0x348fde0f, "getFlashLoanLogic()", "(address)",                  VIEW,    1000, return_nobody },
	{ 0x911a3413, "getLiquidationLogic()", "(address)",                VIEW,    1000, return_nobody },
	{ 0xd3350155, "getPoolLogic()", "(address)",                       VIEW,    1000, return_nobody },
	{ 0x870e7744, "getSupplyLogic()", "(address)",                     VIEW,    1000, return_nobody },
	{ 0x71459c15, "UMBRELLA()", "(bytes32)",                           VIEW,    1000, pool_view_umbrella },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                 VIEW,    1000, pool_view_addresses_provider },
	{ 0x1b8feb0e, "RESERVE_INTEREST_RATE_STRATEGY()", "(address)",     VIEW,    1000, pool_view_rate_strategy },
	{ 0x074b2e43, "FLASHLOAN_PREMIUM_TOTAL()", "(uint128)",            VIEW,    2000, pool_view_flash_premium },
	{ 0x6a99c036, "FLASHLOAN_PREMIUM_TO_PROTOCOL()", "(uint128)",      VIEW,    1000, pool_view_flash_premium_to_treasury },
	{ 0xf8119d51, "MAX_NUMBER_RESERVES()", "(uint16)",                 VIEW,    1000, pool_view_reserves_max },
	{ 0x0148170e, "POOL_REVISION()", "(uint256)",                      VIEW,    1000, pool_view_revision },
	{ 0xd1946dbc, "getReservesList()", "(address[])",                  VIEW,   20000, pool_view_reserves_list },
	{ 0x72218d04, "getReservesCount()", "(uint256)",                   VIEW,    2000, pool_view_reserves_count },
	{ 0x52751797, "getReserveAddressById(uint16)", "(address)",        VIEW,    3000, pool_view_reserve_by_id },
	{ 0x35ea6a75, "getReserveData(address)",
	  "(((uint256),uint128,uint128,uint128,uint128,uint128,uint40,uint16,address,address,address,address,uint128,uint128,uint128))",
	                                                                   VIEW,   10000, pool_view_reserve_data },
	{ 0xc44b11f7, "getConfiguration(address)", "((uint256))",          VIEW,    4000, pool_view_configuration },
	{ 0xcff027d9, "getReserveAToken(address)", "(address)",            VIEW,    4000, pool_view_atoken },
	{ 0x365090a0, "getReserveVariableDebtToken(address)", "(address)", VIEW,    4000, pool_view_debt_token },
	{ 0xd15e0053, "getReserveNormalizedIncome(address)", "(uint256)",  VIEW,    5000, pool_view_income },
	{ 0x386497fd, "getReserveNormalizedVariableDebt(address)", "(uint256)", VIEW, 5000, pool_view_debt_index },
	{ 0x6fb07f96, "getVirtualUnderlyingBalance(address)", "(uint128)", VIEW,    4000, pool_view_virtual_balance },
	{ 0xc952485d, "getReserveDeficit(address)", "(uint256)",           VIEW,    4000, pool_view_deficit },
	{ 0x5c9a8b18, "getLiquidationGracePeriod(address)", "(uint40)",    VIEW,    4000, pool_view_grace_period },
	{ 0xbf92857c, "getUserAccountData(address)", "(uint256,uint256,uint256,uint256,uint256,uint256)",
	                                                                   VIEW,   10000, pool_view_account_data },
	{ 0x4417a583, "getUserConfiguration(address)", "((uint256))",      VIEW,    3000, pool_view_user_configuration },
	{ 0xeddf1b79, "getUserEMode(address)", "(uint256)",                VIEW,    3000, pool_view_user_emode },
	{ 0xb286f467, "getEModeCategoryCollateralConfig(uint8)", "((uint16,uint16,uint16))",
	                                                                   VIEW,    3000, pool_view_emode_config },
	{ 0x6c6f6ae1, "getEModeCategoryData(uint8)", "((uint16,uint16,uint16,address,string))",
	                                                                   VIEW,    3000, pool_view_emode_data },
	{ 0x2083e183, "getEModeCategoryLabel(uint8)", "(string)",          VIEW,    3000, pool_view_emode_label },
	{ 0xb0771dba, "getEModeCategoryCollateralBitmap(uint8)", "(uint128)", VIEW, 3000, pool_view_emode_collateral },
	{ 0x903a2c71, "getEModeCategoryBorrowableBitmap(uint8)", "(uint128)", VIEW, 3000, pool_view_emode_borrowable },
	{ 0xfd89dee5, "getEModeCategoryLtvzeroBitmap(uint8)", "(uint128)", VIEW,    3000, pool_view_emode_ltvzero },
	{ 0xf9c2bd87, "isApprovedPositionManager(address,address)", "(bool)", VIEW, 3000, pool_view_is_manager },
};
/* clang-format on */

const struct contract POOL_CONTRACT = {
	.kind = CONTRACT_POOL,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
