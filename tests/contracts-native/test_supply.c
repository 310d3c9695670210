#include "tests/support/lending_fixture.h"

static void a_first_supply_becomes_collateral(void **unused)
{
	(void)unused;
	fund("alice", "WETH", "10");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'10','referral':7}", "ok");
	assert_int_equal(market_event_count(&m), 6);
	assert_string_equal(market_event(&m, 0), "{'c':'pool','e':'ReserveDataUpdated','a':['WETH','0','0','0',"
						 "'1000000000000000000000000000','1000000000000000000000000000']}");
	assert_string_equal(market_event(&m, 1), "{'c':'WETH','e':'Transfer','a':['alice','aWETH','10']}");
	assert_string_equal(market_event(&m, 2), "{'c':'aWETH','e':'Transfer','a':['zero','alice','10']}");
	assert_string_equal(market_event(&m, 3), "{'c':'aWETH','e':'Mint','a':['alice','alice','10','0',"
						 "'1000000000000000000000000000']}");
	assert_string_equal(market_event(&m, 4), "{'c':'pool','e':'ReserveUsedAsCollateralEnabled','a':['WETH','alice']}");
	assert_string_equal(market_event(&m, 5), "{'c':'pool','e':'Supply','a':['WETH','alice','alice','10','7']}");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['alice']}", "['2']");
}

static void supply_is_refused_in_the_order_of_its_conditions(void **unused)
{
	(void)unused;
	DO("{'op':'supply','from':'alice','asset':'pool','amount':'0'}", "empty");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',true]}", "ok");
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',true]}", "ok");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'0','onBehalfOf':'aWETH'}", "InvalidAmount");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1','onBehalfOf':'aWETH'}", "ReservePaused");
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',false]}", "ok");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1','onBehalfOf':'aWETH'}", "ReserveFrozen");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',false]}", "ok");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1','onBehalfOf':'aWETH'}", "SupplyToAToken");
	DO("{'op':'admin','fn':'setSupplyCap','args':['WETH',1]}", "ok");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1000000000000000001'}", "SupplyCapExceeded");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1000000000000000000'}",
	   "ERC20InsufficientAllowance(pool,0,1000000000000000000)");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'max'}", "empty");
}

static void a_refused_supply_leaves_no_trace(void **unused)
{
	struct hash before = world_fingerprint(&m.world), after;

	(void)unused;
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'5'}", "ERC20InsufficientAllowance(pool,0,5)");
	assert_int_equal(market_event_count(&m), 0);
	after = world_fingerprint(&m.world);
	assert_int_equal(hash_cmp(&before, &after), 0);
}

static void everything_can_be_withdrawn_by_name(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'withdraw','from':'bob','asset':'USDC','amount':'80000000001'}", "Panic(0x11)"); /* lent out */
	DO("{'op':'withdraw','from':'bob','asset':'USDC','amount':'100000000001'}", "NotEnoughAvailableUserBalance");
	DO("{'op':'withdraw','from':'bob','asset':'USDC','amount':'5','to':'aUSDC'}", "WithdrawToAToken");
	DO("{'op':'withdraw','from':'carol','asset':'USDC','amount':'max'}", "InvalidAmount");
	fund("alice", "USDC", "1000000000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'max'}", "ok");
	DO("{'op':'withdraw','from':'bob','asset':'USDC','amount':'max','to':'carol'}", "ok");
	SEE("{'to':'USDC','fn':'balanceOf','args':['carol']}", "100000000000");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['bob']}", "['0']");
}

static void collateral_that_backs_a_debt_stays(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'withdraw','from':'alice','asset':'WETH','amount':'1000000000000000000'}",
	   "HealthFactorLowerThanLiquidationThreshold");
	DO("{'op':'setCollateral','from':'alice','asset':'WETH','use':false}",
	   "HealthFactorLowerThanLiquidationThreshold");
	DO("{'op':'withdraw','from':'alice','asset':'WETH','amount':'100000000000000000'}", "ok");
}

static void collateral_is_switched_by_its_owner(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'setCollateral','from':'bob','asset':'USDC','use':true}", "ok");
	assert_int_equal(market_event_count(&m), 0); /* already on */
	DO("{'op':'setCollateral','from':'bob','asset':'USDC','use':false}", "ok");
	DO("{'op':'setCollateral','from':'bob','asset':'WETH','use':true}", "UnderlyingBalanceZero");
	DO("{'op':'setCollateral','from':'bob','asset':'pool','use':true}", "ReserveInactive");
}

static void atoken_allowances_shrink_by_what_is_taken(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'aApprove','from':'bob','asset':'USDC','spender':'carol','amount':'100'}", "ok");
	DO("{'op':'aTransferFrom','from':'carol','asset':'USDC','owner':'bob','to':'carol','amount':'101'}",
	   "ERC20InsufficientAllowance(carol,100,101)");
	DO("{'op':'aTransferFrom','from':'carol','asset':'USDC','owner':'bob','to':'carol','amount':'60'}", "ok");
	SEE("{'to':'aUSDC','fn':'allowance','args':['bob','carol']}", "40");
	DO("{'from':'bob','to':'aUSDC','fn':'decreaseAllowance','args':['carol','41']}", "Panic(0x11)");
	DO("{'from':'bob','to':'aUSDC','fn':'increaseAllowance','args':['carol','2']}", "ok");
	SEE("{'to':'aUSDC','fn':'allowance','args':['bob','carol']}", "42");
	DO("{'from':'carol','to':'aUSDC','fn':'renounceAllowance','args':['bob']}", "ok");
	SEE("{'to':'aUSDC','fn':'allowance','args':['bob','carol']}", "0");
}

static void a_paused_atoken_does_not_move(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',true]}", "ok");
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'carol','amount':'5'}", "ReservePaused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_first_supply_becomes_collateral),
		LENDING_TEST(supply_is_refused_in_the_order_of_its_conditions),
		LENDING_TEST(a_refused_supply_leaves_no_trace),
		LENDING_TEST(everything_can_be_withdrawn_by_name),
		LENDING_TEST(collateral_that_backs_a_debt_stays),
		LENDING_TEST(collateral_is_switched_by_its_owner),
		LENDING_TEST(atoken_allowances_shrink_by_what_is_taken),
		LENDING_TEST(a_paused_atoken_does_not_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
