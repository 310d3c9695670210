#include "client/liquidation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"

static struct address an_address(u8 last)
{
	struct address a = { { 0 } };

	a.bytes[19] = last;
	return a;
}

static struct liquidation a_liquidation(void)
{
	struct liquidation l = { .user = an_address(3), .collateral = an_address(1), .debt = an_address(2), .receive_atoken = true };

	l.amount = u256_from_u64(255);
	return l;
}

static void the_call_is_what_the_encoder_makes_of_its_signature(void **unused)
{
	struct liquidation l = a_liquidation();
	u8 input[LIQUIDATION_INPUT_SIZE], buffer[256];
	struct bytes expected;

	(void)unused;
	liquidation_input(input, &l);
	assert_int_equal(contract_encode(&expected, buffer, sizeof buffer, "liquidationCall(address,address,address,uint256,bool)",
					 (const char *[]){ "0x0000000000000000000000000000000000000001", "0x0000000000000000000000000000000000000002",
							   "0x0000000000000000000000000000000000000003", "255", "true" },
					 5),
			 OK);
	assert_int_equal(expected.size, sizeof input);
	assert_memory_equal(expected.at, input, sizeof input);
	assert_int_equal(load_be32(input), 0x00a718a9);
}

static void a_question_says_max_for_everything(void **unused)
{
	struct liquidation l = a_liquidation();
	struct address liquidator = an_address(9);
	json_t *params = liquidation_params(&l, NULL);

	(void)unused;
	assert_int_equal(json_array_size(params), 6);
	assert_string_equal(json_string_value(json_array_get(params, 0)), "0x0000000000000000000000000000000000000001");
	assert_string_equal(json_string_value(json_array_get(params, 3)), "255");
	assert_true(json_is_true(json_array_get(params, 4)));
	json_decref(params);
	l.amount = U256_MAX;
	params = liquidation_params(&l, &liquidator);
	assert_int_equal(json_array_size(params), 7);
	assert_string_equal(json_string_value(json_array_get(params, 3)), "max");
	json_decref(params);
}

static json_t *an_answer(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:n}", "debtCovered", "1000000000", "collateralSeized", "420000000000000000",
			 "debtValueUsd", "1000", "collateralValueUsd", "1049.99999999", "gasUsed", "0x3d090", "reverts");
}

static void an_answer_becomes_numbers(void **unused)
{
	struct liquidation_quote q;
	json_t *answer = an_answer();

	(void)unused;
	assert_int_equal(liquidation_quote_parse(&q, answer), OK);
	assert_string_equal(q.reverts, "");
	assert_int_equal(u256_low64(&q.covered), 1000000000);
	assert_int_equal(u256_low64(&q.seized), 420000000000000000);
	assert_int_equal(u256_low64(&q.covered_usd), 100000000000);
	assert_int_equal(u256_low64(&q.seized_usd), 104999999999);
	assert_int_equal(q.gas, 250000);
	json_decref(answer);
}

static void a_refusal_keeps_its_name(void **unused)
{
	json_t *answer = json_pack("{s:s, s:s}", "reverts", "MustNotLeaveDust", "data", "0xb629b0e4");
	struct liquidation_quote q;

	(void)unused;
	assert_int_equal(liquidation_quote_parse(&q, answer), OK);
	assert_string_equal(q.reverts, "MustNotLeaveDust");
	json_decref(answer);
}

static void an_answer_that_lacks_a_field_is_refused(void **unused)
{
	static const char *const fields[] = { "debtCovered", "collateralSeized", "debtValueUsd", "collateralValueUsd", "gasUsed" };
	struct liquidation_quote q = { .gas = 7 };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		json_t *answer = an_answer();

		json_object_del(answer, fields[i]);
		assert_int_not_equal(liquidation_quote_parse(&q, answer), OK);
		json_object_set_new(answer, fields[i], json_string("many"));
		assert_int_not_equal(liquidation_quote_parse(&q, answer), OK);
		assert_int_equal(q.gas, 7);
		json_decref(answer);
	}
	assert_int_not_equal(liquidation_quote_parse(&q, NULL), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_call_is_what_the_encoder_makes_of_its_signature),
		cmocka_unit_test(a_question_says_max_for_everything),
		cmocka_unit_test(an_answer_becomes_numbers),
		cmocka_unit_test(a_refusal_keeps_its_name),
		cmocka_unit_test(an_answer_that_lacks_a_field_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
