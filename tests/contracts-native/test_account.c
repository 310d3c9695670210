#include "tests/support/lending_fixture.h"

#include "contracts-native/lending/account.h"

static void an_account_is_worth_what_its_prices_say(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}", "['0','0','0','0','0','max']");
	a_loan();
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2500000000000','2000000000000','12500000000','8300','8050','1037500000000000000']");
	DO("{'op':'setPrice','asset':'WETH','price':'200000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2000000000000','2000000000000','0','8300','8050','830000000000000000']");
}

static void averages_are_weighted_by_collateral(void **unused)
{
	(void)unused;
	a_loan();
	fund("alice", "USDC", "25000000000");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'25000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}", /* halves of 8300 and 7800, 8050 and 7500 */
	    "['5000000000000','2000000000000','1887500000000','8050','7775','2012500000000000000']");
}

static void a_dead_feed_blocks_every_valuation_that_needs_it(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'setPrice','asset':'WETH','price':'0'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}", "empty");
	DO("{'op':'setPrice','asset':'WETH','price':'-1'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}", "empty");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'1'}", "empty");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['bob']}",
	    "['10000000000000','0','7500000000000','7800','7500','max']");
}

static void bits_of_a_user_are_told_apart(void **unused)
{
	struct user u = { 0 };
	u16 id;

	(void)unused;
	assert_false(user_borrows_any(&u) || user_pledges_any(&u) || user_borrows_one(&u, &id));
	u256_set_bit(&u.configuration, 2 * 127, true);
	assert_true(user_borrows(&u, 127) && user_borrows_any(&u) && !user_pledges_any(&u));
	assert_true(user_borrows_one(&u, &id));
	assert_int_equal(id, 127);
	u256_set_bit(&u.configuration, 2 * 32 + 1, true);
	assert_true(user_pledges(&u, 32) && user_pledges_one(&u, &id));
	assert_int_equal(id, 32);
	u256_set_bit(&u.configuration, 2 * 33 + 1, true);
	assert_false(user_pledges_one(&u, &id));
}

/* Inside a batch the check waits: whoever opened the batch makes it. */
static void a_deferred_check_answers_at_once(void **unused)
{
	struct address alice = market_address(&m, "alice");
	struct call c = { .exec = &m.world.exec, .state = &m.world.state };

	(void)unused;
	a_loan();
	DO("{'op':'setPrice','asset':'WETH','price':'100000000000'}", "ok");
	assert_int_equal(account_require(&c, &alice, ACCOUNT_HEALTHY, NULL), ERR_REVERT);
	m.world.exec.deferred = 1;
	assert_int_equal(account_require(&c, &alice, ACCOUNT_HEALTHY, NULL), OK);
}

static void walking_reserves_costs_gas(void **unused)
{
	struct address alice = market_address(&m, "alice");
	struct user u;
	struct call c = { .exec = &m.world.exec, .state = &m.world.state };
	struct account_data data;

	(void)unused;
	a_loan();
	u = user_of(&m.world.state, &alice);
	m.world.exec.gas_left = 6000;
	assert_int_equal(account_data(&c, &data, &alice, &u), OK);
	assert_int_equal(m.world.exec.gas_left, 0);
	assert_int_equal(account_data(&c, &data, &alice, &u), ERR_OUT_OF_GAS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(an_account_is_worth_what_its_prices_say),
		LENDING_TEST(averages_are_weighted_by_collateral),
		LENDING_TEST(a_dead_feed_blocks_every_valuation_that_needs_it),
		LENDING_TEST(bits_of_a_user_are_told_apart),
		LENDING_TEST(a_deferred_check_answers_at_once),
		LENDING_TEST(walking_reserves_costs_gas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
