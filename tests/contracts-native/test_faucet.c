#include "tests/support/lending_fixture.h"

#include "contracts-native/faucet/faucet.h"

static enum err drip(const char *token, const char *to)
{
	struct address faucet = contract_address(CONTRACT_FAUCET, 0), alice = market_address(&m, "alice");
	struct address t = market_address(&m, token), receiver = market_address(&m, to);

	return world_call(&m.world, &alice, &faucet, "drip(address,address)",
			  (struct u256[]){ word_of_address(&t), word_of_address(&receiver) }, 2);
}

static enum err drip_all(const char *to)
{
	struct address faucet = contract_address(CONTRACT_FAUCET, 0), alice = market_address(&m, "alice");
	struct address receiver = market_address(&m, to);

	return world_call(&m.world, &alice, &faucet, "dripAll(address)",
			  (struct u256[]){ word_of_address(&receiver) }, 1);
}

static void a_drip_is_what_genesis_says(void **unused)
{
	(void)unused;
	assert_int_equal(drip("USDC", "bob"), OK);
	SEE("{'to':'USDC','fn':'balanceOf','args':['bob']}", "1000000");
	SEE("{'to':'USDC','fn':'totalSupply'}", "1000000");
	assert_int_equal(m.world.logs.count, 2); /* Transfer, Drip */
}

static void a_receiver_waits_a_minute(void **unused)
{
	(void)unused;
	assert_int_equal(drip("USDC", "bob"), OK);
	market_wait(&m, FAUCET_PERIOD - 1);
	assert_int_equal(drip("WETH", "bob"), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_FaucetTooSoon));
	assert_int_equal(load_be64(m.world.output.at + 28), m.world.env.time + 1);
	assert_int_equal(drip("WETH", "carol"), OK);
	market_wait(&m, 1);
	assert_int_equal(drip("WETH", "bob"), OK);
}

static void one_call_gives_everything(void **unused)
{
	struct account account;
	struct u256 ten = u256_from_u64(10000000000000000000ull);

	(void)unused;
	assert_int_equal(drip_all("bob"), OK);
	SEE("{'to':'USDC','fn':'balanceOf','args':['bob']}", "1000000");
	SEE("{'to':'WETH','fn':'balanceOf','args':['bob']}", "1000000000000000000");
	account_read(&m.world.state, &(struct account_key){ market_address(&m, "bob") }, &account);
	assert_true(u256_equal(&account.balance, &ten));
	assert_int_equal(drip_all("bob"), ERR_REVERT);
}

static void coins_come_by_the_zero_address(void **unused)
{
	struct address bob = market_address(&m, "bob");

	(void)unused;
	assert_int_equal(drip("zero", "bob"), OK);
	assert_int_equal(world_wei(&m.world, &bob), 10000000000000000000ull);
}

static void what_is_no_token_is_refused(void **unused)
{
	(void)unused;
	assert_int_equal(drip("pool", "bob"), ERR_BARE);
	assert_int_equal(drip("USDC", "zero"), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_ERC20InvalidReceiver));
}

static void there_is_no_faucet_off_a_devnet(void **unused)
{
	(void)unused;
	m.world.env.devnet = false;
	assert_int_equal(drip("USDC", "bob"), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_NotDevnet));
	assert_int_equal(drip_all("bob"), ERR_REVERT);
	assert_true(world_reverted(&m.world, REVERT_NotDevnet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_drip_is_what_genesis_says),
		LENDING_TEST(a_receiver_waits_a_minute),
		LENDING_TEST(one_call_gives_everything),
		LENDING_TEST(coins_come_by_the_zero_address),
		LENDING_TEST(what_is_no_token_is_refused),
		LENDING_TEST(there_is_no_faucet_off_a_devnet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
