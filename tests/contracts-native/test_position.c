#include "tests/support/lending_fixture.h"

#include "contracts-native/lending/position.h"

static void events_show_the_visible_balance_interest_included(void **unused)
{
	(void)unused;
	a_loan();
	market_wait(&m, 31536060);
	fund("alice", "USDC", "1000000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1000000'}", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'vUSDC','e':'Transfer','a':['zero','alice','239566178']}");
	assert_string_equal(market_event(&m, 1),
			    "{'c':'vUSDC','e':'Mint','a':['alice','alice','239566178','240566177',"
			    "'1012028308848019475031042013']}");
}

static void a_repayment_below_one_scaled_unit_is_refused(void **unused)
{
	(void)unused;
	a_loan();
	fund("alice", "USDC", "1000000000");
	market_wait(&m, 31536060);
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1'}", "InvalidBurnAmount");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'1'}", "InvalidAmount");
}

static void debts_round_up_and_supplies_round_down(void **unused)
{
	struct u256 raw = u256_pow10(27), three = u256_from_u64(3);
	struct position p = { .scaled_supply = { { 10, 0 } }, .scaled_debt = { { 10, 0 } } };
	struct amount supply, debt;

	(void)unused;
	assert_int_equal(u256_div(&raw, NULL, &raw, &three), OK); /* an index of a third */
	assert_int_equal(position_supply(&supply, &p, ray_from(raw)), OK);
	assert_int_equal(position_debt(&debt, &p, ray_from(raw)), OK);
	assert_int_equal(amount_cmp(supply, amount_from_u64(3)), 0);
	assert_int_equal(amount_cmp(debt, amount_from_u64(4)), 0);
}

static void atokens_move_and_the_receiver_gets_no_collateral_bit(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'carol','amount':'5000'}", "ok");
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['carol']}", "5000");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['carol']}", "['0']");
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'carol','amount':'100000000000'}", "Panic(0x11)");
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'bob','amount':'7'}", "ok");
	DO("{'op':'aTransfer','from':'alice','asset':'WETH','to':'carol','amount':'9000000000000000000'}",
	   "HealthFactorLowerThanLiquidationThreshold");
}

static void the_last_unit_takes_the_collateral_bit_along(void **unused)
{
	(void)unused;
	a_loan();
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['bob']}", "['8']");
	DO("{'op':'aTransfer','from':'bob','asset':'USDC','to':'carol','amount':'100000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['bob']}", "['0']");
	assert_string_equal(market_event(&m, 2),
			    "{'c':'pool','e':'ReserveUsedAsCollateralDisabled','a':['USDC','bob']}");
}

static void a_balance_holds_120_bits(void **unused)
{
	(void)unused;
	fund("alice", "USDC", "2000000000000000000000000000000000000");
	DO("{'op':'admin','fn':'setSupplyCap','args':['USDC','0']}", "ok");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'1329227995784915872903807060280344576'}",
	   "SafeCastOverflowedUintDowncast(120,1329227995784915872903807060280344576)");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'1329227995784915872903807060280344575'}", "ok");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'1'}", "Panic(0x11)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(events_show_the_visible_balance_interest_included),
		LENDING_TEST(a_repayment_below_one_scaled_unit_is_refused),
		LENDING_TEST(debts_round_up_and_supplies_round_down),
		LENDING_TEST(atokens_move_and_the_receiver_gets_no_collateral_bit),
		LENDING_TEST(the_last_unit_takes_the_collateral_bit_along),
		LENDING_TEST(a_balance_holds_120_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
