#include "tests/support/lending_fixture.h"

/* carol has dollars to liquidate with. */
static void with_a_liquidator(void)
{
	a_loan();
	fund("carol", "USDC", "1000000000000");
}

/* docs/lending.md, "Worked numbers": a year later at 2300 dollars, all of the debt goes. */
static void the_worked_example_is_reproduced_to_the_wei(void **unused)
{
	(void)unused;
	with_a_liquidator();
	market_wait(&m, 31536060);
	DO("{'op':'setPrice','asset':'WETH','price':'230000000000'}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}", "ok");
	assert_string_equal(market_event(&m, market_event_count(&m) - 1),
			    "{'c':'pool','e':'LiquidationCall','a':['WETH','USDC','alice','20240566177',"
			    "'9196257241289130435','carol',false]}");
	SEE("{'to':'WETH','fn':'balanceOf','args':['carol']}", "9196257241289130435");
	SEE("{'to':'aWETH','fn':'balanceOf','args':['treasury']}", "44001230819565217");
}

static void a_healthy_account_is_left_alone(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}",
	   "HealthFactorNotBelowThreshold");
	DO("{'op':'setPrice','asset':'WETH','price':'240963855421'}", "ok"); /* health: just below 1 */
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2409638554210','2000000000000','0','8300','8050','999999999997150000']");
	DO("{'op':'liquidate','from':'alice','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}",
	   "SelfLiquidation");
	DO("{'op':'liquidate','from':'carol','collateral':'USDC','debt':'USDC','user':'alice','amount':'max'}",
	   "CollateralCannotBeLiquidated");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'WETH','user':'alice','amount':'max'}",
	   "SpecifiedCurrencyNotBorrowedByUser");
	DO("{'op':'liquidate','from':'carol','collateral':'pool','debt':'USDC','user':'alice','amount':'max'}", "empty");
}

static void half_of_the_debt_goes_above_095(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'setPrice','asset':'WETH','price':'240000000000'}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}", "ok");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "10000000000");
}

/* 19,920 of debt on 10 WETH: health is 1 at 2400 dollars and 0.95 at 2280, both exactly. */
static void the_limits_of_health_count_to_the_better_side(void **unused)
{
	static const char all[] = "{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}";

	(void)unused;
	with_a_liquidator();
	fund("alice", "USDC", "0");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'80000000'}", "ok");
	DO("{'op':'setPrice','asset':'WETH','price':'240000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2400000000000','1992000000000','0','8300','8050','1000000000000000000']");
	DO(all, "HealthFactorNotBelowThreshold");
	DO("{'op':'setPrice','asset':'WETH','price':'228000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2280000000000','1992000000000','0','8300','8050','950000000000000000']");
	DO(all, "ok");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "0");
}

static void neither_side_is_left_as_dust(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'setPrice','asset':'WETH','price':'220000000000'}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'19000000001'}",
	   "MustNotLeaveDust");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'19000000000'}",
	   "ok");
}

static void what_no_collateral_backs_becomes_a_deficit(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'setPrice','asset':'WETH','price':'100000000000'}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}", "ok");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "0");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['alice']}", "['0']");
	SEE("{'to':'pool','fn':'getReserveDeficit','args':['USDC']}", "10476190476");
	DO("{'op':'eliminateDeficit','from':'alice','asset':'USDC','amount':'1'}", "CallerNotUmbrella");
	DO("{'op':'eliminateDeficit','asset':'WETH','amount':'1'}", "ReserveNotInDeficit");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "NotEnoughAvailableUserBalance");
	fund("umbrella", "USDC", "20000000000");
	DO("{'op':'supply','from':'umbrella','asset':'USDC','amount':'20000000000'}", "ok");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'max'}", "ok");
	SEE("{'to':'pool','fn':'getReserveDeficit','args':['USDC']}", "0");
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['umbrella']}", "9523809524");
}

static void a_liquidator_may_take_atokens(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'setPrice','asset':'WETH','price':'220000000000'}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max',"
	   "'receiveAToken':true}",
	   "ok");
	SEE("{'to':'aWETH','fn':'balanceOf','args':['carol']}", "9499999999999999999");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['carol']}", "['0']");
}

static void a_grace_period_keeps_liquidators_out(void **unused)
{
	(void)unused;
	with_a_liquidator();
	DO("{'op':'setPrice','asset':'WETH','price':'220000000000'}", "ok");
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',false,100]}", "ok");
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}",
	   "LiquidationGraceSentinelCheckFailed");
	market_wait(&m, 100);
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}",
	   "LiquidationGraceSentinelCheckFailed");
	market_wait(&m, 1);
	DO("{'op':'liquidate','from':'carol','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}", "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(the_worked_example_is_reproduced_to_the_wei),
		LENDING_TEST(a_healthy_account_is_left_alone),
		LENDING_TEST(half_of_the_debt_goes_above_095),
		LENDING_TEST(the_limits_of_health_count_to_the_better_side),
		LENDING_TEST(neither_side_is_left_as_dust),
		LENDING_TEST(what_no_collateral_backs_becomes_a_deficit),
		LENDING_TEST(a_liquidator_may_take_atokens),
		LENDING_TEST(a_grace_period_keeps_liquidators_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
