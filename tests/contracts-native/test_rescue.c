#include "tests/support/lending_fixture.h"

#define RESCUE(to, args, outcome) DO("{'op':'call','to':'" to "','fn':'rescueTokens','args':[" args "]}", outcome)

static void strayed_tokens_are_passed_on_by_a_pool_admin(void **unused)
{
	(void)unused;
	DO("{'op':'mint','token':'USDC','to':'pool','amount':'5'}", "ok");
	DO("{'op':'mint','token':'USDC','to':'aWETH','amount':'7'}", "ok");
	RESCUE("pool", "'USDC','bob',6", "ERC20InsufficientBalance(pool,5,6)");
	RESCUE("pool", "'USDC','bob',5", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'USDC','e':'Transfer','a':['pool','bob','5']}");
	RESCUE("aWETH", "'USDC','bob',7", "ok");
	SEE("{'to':'USDC','fn':'balanceOf','args':['bob']}", "12");
	DO("{'op':'call','from':'alice','to':'pool','fn':'rescueTokens','args':['USDC','bob',0]}",
	   "CallerNotPoolAdmin");
	DO("{'op':'call','from':'alice','to':'aWETH','fn':'rescueTokens','args':['WETH','bob',0]}",
	   "CallerNotPoolAdmin");
}

static void strayed_atokens_move_by_their_own_rules(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'pool','amount':'9'}", "ok");
	RESCUE("pool", "'aUSDC','carol',10", "Panic(0x11)");
	RESCUE("pool", "'aUSDC','carol',9", "ok");
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['carol']}", "9");
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',true]}", "ok");
	RESCUE("pool", "'aUSDC','carol',0", "ReservePaused");
	RESCUE("pool", "'vUSDC','carol',0", "OperationNotSupported");
}

static void what_backs_suppliers_stays(void **unused)
{
	(void)unused;
	a_loan();
	RESCUE("aUSDC", "'USDC','bob',0", "UnderlyingCannotBeRescued");
	RESCUE("pool", "'bob','bob',0", "Error(GPv2: not a contract)");
	RESCUE("pool", "'oracle','bob',0", "empty"); /* a contract, but no token */
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "UnderlyingClaimableRightsNotZero");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(strayed_tokens_are_passed_on_by_a_pool_admin),
		LENDING_TEST(strayed_atokens_move_by_their_own_rules),
		LENDING_TEST(what_backs_suppliers_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
