#include "tests/contracts-native/block_stage.h"

/* Calls that are only tried. */

static void a_simulation_needs_neither_fee_nor_nonce(void **state)
{
	struct stage *s = *state;
	struct simulation what = { .gas_limit = 30000, .gas_intrinsic = 21064 };
	struct log_list logs = { 0 };
	struct bytes output;
	u8 selector[4];
	u64 gas;

	store_be32(selector, selector_of("getChainId()"));
	what.message.to = contract_address(CONTRACT_MULTICALL, 0);
	what.message.input = (struct bytes){ selector, 4 };
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs), OK);
	assert_int_equal(output.size, 32);
	assert_int_equal(load_be16(output.at + 30), 31337);
	assert_true(gas > 21064 && gas < 30000);
	assert_int_equal(world_change_count(&s->w), 0);

	what.gas_limit = gas; /* exactly enough */
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs), OK);
	assert_int_equal(gas, what.gas_limit);
	what.gas_limit--;
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs),
			 ERR_OUT_OF_GAS);
	what.gas_limit = 21063; /* less than before any contract runs */
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs),
			 ERR_OUT_OF_GAS);
	assert_int_equal(gas, 21063);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_simulation_needs_neither_fee_nor_nonce),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
