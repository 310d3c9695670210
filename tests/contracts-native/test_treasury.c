#include "tests/support/lending_fixture.h"

/* Puts a deficit into the USDC reserve, as a liquidation without enough collateral does. */
static void a_deficit(u64 units)
{
	struct reserve r;

	(void)reserve_read(&m.world.state, &(struct reserve_key){ 1 }, &r);
	r.deficit.limb[0] = units;
	reserve_write(&m.world.state, &(struct reserve_key){ 1 }, &r);
}

static void only_the_umbrella_covers_deficits_and_in_order(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'eliminateDeficit','from':'bob','asset':'pool','amount':'0'}", "CallerNotUmbrella");
	DO("{'op':'eliminateDeficit','asset':'pool','amount':'0'}", "InvalidAmount");
	DO("{'op':'eliminateDeficit','asset':'pool','amount':'1'}", "ReserveNotInDeficit");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "ReserveNotInDeficit");
	a_deficit(500);
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "NotEnoughAvailableUserBalance");
	fund("umbrella", "WETH", "1000000000000000000");
	DO("{'op':'supply','from':'umbrella','asset':'WETH','amount':'1000000000000000000'}", "ok");
	DO("{'op':'borrow','from':'umbrella','asset':'USDC','amount':'1'}", "ok");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "UserCannotHaveDebt");
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',true]}", "ok");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "UserCannotHaveDebt");
}

static void a_cover_that_takes_all_takes_the_collateral_bit(void **unused)
{
	(void)unused;
	a_loan();
	a_deficit(500);
	fund("umbrella", "USDC", "600");
	DO("{'op':'supply','from':'umbrella','asset':'USDC','amount':'400'}", "ok");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'300'}", "ok");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['umbrella']}", "['8']");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'100'}", "ok");
	assert_string_equal(market_event(&m, 0),
			    "{'c':'pool','e':'ReserveUsedAsCollateralDisabled','a':['USDC','umbrella']}");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['umbrella']}", "['0']");
	SEE("{'to':'pool','fn':'getReserveDeficit','args':['USDC']}", "100");
	DO("{'op':'supply','from':'umbrella','asset':'USDC','amount':'200'}", "ok");
	DO("{'op':'setCollateral','from':'umbrella','asset':'USDC','use':false}", "ok");
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'max'}", "ok"); /* no more than there is */
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['umbrella']}", "100");
	SEE("{'to':'pool','fn':'getReserveDeficit','args':['USDC']}", "0");
}

static void the_treasury_is_paid_by_anybody_and_only_what_is_active(void **unused)
{
	struct reserve r;

	(void)unused;
	a_loan();
	market_wait(&m, 1000000);
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1000000'}", "ERC20InsufficientAllowance(pool,0,1000000)");
	fund("alice", "USDC", "1000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1000000'}", "ok");
	(void)reserve_read(&m.world.state, &(struct reserve_key){ 1 }, &r);
	r.configuration.limb[0] &= ~((u64)1 << 56);
	reserve_write(&m.world.state, &(struct reserve_key){ 1 }, &r);
	DO("{'op':'mintToTreasury','from':'carol','assets':['USDC','WETH','pool']}", "ok");
	assert_int_equal(market_event_count(&m), 0);
	r.deficit.limb[0] = 1;
	reserve_write(&m.world.state, &(struct reserve_key){ 1 }, &r);
	DO("{'op':'eliminateDeficit','asset':'USDC','amount':'1'}", "ReserveInactive");
	r.configuration.limb[0] |= (u64)1 << 56;
	reserve_write(&m.world.state, &(struct reserve_key){ 1 }, &r);
	DO("{'op':'mintToTreasury','from':'carol','assets':['USDC','WETH','pool']}", "ok");
	assert_int_equal(market_event_count(&m), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(only_the_umbrella_covers_deficits_and_in_order),
		LENDING_TEST(a_cover_that_takes_all_takes_the_collateral_bit),
		LENDING_TEST(the_treasury_is_paid_by_anybody_and_only_what_is_active),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
