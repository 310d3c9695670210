#include "tests/support/lending_fixture.h"

#include "contracts-native/lending/reserve.h"

/* Worked numbers of a recorded year (docs/lending.md): rates after the loan, then the
 * indexes 31,536,060 seconds later. */
static void a_year_of_interest_matches_the_recorded_numbers(void **unused)
{
	(void)unused;
	a_loan();
	SEE("{'to':'dataProvider','fn':'getReserveData','args':['USDC']}",
	    "['0','0','100000000000','0','20000000000','2152173913043478260869565','11956521739130434782608696',"
	    "'0','0','1000000000000000000000000000','1000000000000000000000000000','1750000000']");
	market_wait(&m, 31536060);
	SEE("{'to':'pool','fn':'getReserveNormalizedIncome','args':['USDC']}", "1002152178007742703990470517");
	SEE("{'to':'pool','fn':'getReserveNormalizedVariableDebt','args':['USDC']}", "1012028308848019475031042013");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "20240566177");
}

static void the_treasury_gets_its_share_once_a_reserve_is_touched(void **unused)
{
	(void)unused;
	a_loan();
	market_wait(&m, 31536060);
	DO("{'op':'setRates','asset':'USDC','optimal':9200,'base':0,'slope1':550,'slope2':4000}", "ok");
	SEE("{'to':'dataProvider','fn':'getReserveData','args':['USDC']}",
	    "['0','24004955','100215217800','0','20240566177','2193692057486203626602474','12071299012831028438025554',"
	    "'0','0','1002152178007742703990470517','1012028308848019475031042013','1781536060']");
}

static void nothing_accrues_within_one_second(void **unused)
{
	(void)unused;
	a_loan();
	market_wait(&m, 0);
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1'}", "ERC20InsufficientAllowance(pool,0,1)");
	SEE("{'to':'pool','fn':'getReserveNormalizedVariableDebt','args':['USDC']}", "1000000000000000000000000000");
}

static void an_index_beyond_128_bits_names_the_cast(void **unused)
{
	struct reserve r;

	(void)unused;
	a_loan();
	reserve_read(&m.world.state, &(struct reserve_key){ 1 }, &r);
	r.borrow_index = (struct u128le){ { ~0ull, ~0ull } };
	reserve_write(&m.world.state, &(struct reserve_key){ 1 }, &r);
	market_wait(&m, 1000000);
	assert_memory_equal(market_do(&m, "{'op':'supply','from':'bob','asset':'USDC','amount':'5'}"),
			    "SafeCastOverflowedUintDowncast(128,", 35);
}

/* Blocks never go back in time, simulations with an override may. */
static void a_clock_before_the_last_touch_is_a_panic(void **unused)
{
	(void)unused;
	a_loan();
	m.world.env.time--;
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}", "Panic(0x11)");
	SEE("{'to':'pool','fn':'getReserveNormalizedIncome','args':['USDC']}", "Panic(0x11)");
	DO("{'op':'supply','from':'bob','asset':'USDC','amount':'5'}", "Panic(0x11)");
	DO("{'op':'mintToTreasury','assets':['USDC']}", "ok");
}

static void a_clock_beyond_40_bits_is_a_panic(void **unused)
{
	(void)unused;
	a_loan();
	m.world.env.time = RESERVE_TIME_MAX;
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',false,1]}", "Panic(0x11)");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1'}", "ERC20InsufficientBalance(alice,0,1)");
	m.world.env.time++;
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'1'}", "Panic(0x11)");
	m.world.env.time = ~0ull;
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',false,14400]}", "Panic(0x11)");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['bob']}", "empty"); /* the library's guard */
}

static void an_asset_that_is_not_listed_is_not_found(void **unused)
{
	struct address token = contract_address(CONTRACT_TOKEN, 9);
	struct address atoken = market_address(&m, "aUSDC"), usdc = market_address(&m, "USDC");
	struct reserve_open found;

	(void)unused;
	assert_false(reserve_find(&m.world.state, &found, &token));
	assert_false(reserve_find(&m.world.state, &found, &atoken));
	assert_true(reserve_find(&m.world.state, &found, &usdc));
	assert_int_equal(found.id, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_year_of_interest_matches_the_recorded_numbers),
		LENDING_TEST(the_treasury_gets_its_share_once_a_reserve_is_touched),
		LENDING_TEST(nothing_accrues_within_one_second),
		LENDING_TEST(an_index_beyond_128_bits_names_the_cast),
		LENDING_TEST(a_clock_before_the_last_touch_is_a_panic),
		LENDING_TEST(a_clock_beyond_40_bits_is_a_panic),
		LENDING_TEST(an_asset_that_is_not_listed_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
