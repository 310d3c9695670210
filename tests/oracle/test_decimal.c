#include "tests/oracle/oracle_fixture.h"

#include "oracle/feeder/decimal.h"

static enum err parse(u128 *out, const char *text)
{
	return decimal_to_e18(out, text, strlen(text));
}

static void plain_decimals_are_read_exactly(void **unused)
{
	static const struct {
		const char *text;
		u128 expected;
	} cases[] = {
		{ "0", 0 },
		{ "0.0", 0 },
		{ "1", E18 },
		{ "2000.50", 2000 * E18 + E18 / 2 },
		{ "0.000000000000000001", 1 },
		{ "0.0000000000000000019", 1 },
		{ "00012.5", 25 * E18 / 2 },
		{ "1583.123456789012345678", 1583 * E18 + 123456789012345678 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		u128 x = 99;

		assert_int_equal(parse(&x, cases[i].text), OK);
		assert_true(x == cases[i].expected);
	}
}

static void anything_else_is_refused(void **unused)
{
	static const struct {
		const char *text;
		enum err expected;
	} cases[] = {
		{ "", ERR_SYNTAX },
		{ ".", ERR_SYNTAX },
		{ ".5", ERR_SYNTAX },
		{ "5.", ERR_SYNTAX },
		{ "-1", ERR_SYNTAX },
		{ "+1", ERR_SYNTAX },
		{ "1e3", ERR_SYNTAX },
		{ "1E3", ERR_SYNTAX },
		{ "0x10", ERR_SYNTAX },
		{ " 1", ERR_SYNTAX },
		{ "1 ", ERR_SYNTAX },
		{ "1,000", ERR_SYNTAX },
		{ "1.2.3", ERR_SYNTAX },
		{ "nan", ERR_SYNTAX },
		{ "inf", ERR_SYNTAX },
		{ "340282366920938463464", ERR_RANGE },
		{ "100000000000000000000000000000000000000", ERR_RANGE },
		{ "1.00000000000000000000000000000000000000", ERR_RANGE },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		u128 x = 99;

		assert_int_equal(parse(&x, cases[i].text), cases[i].expected);
		assert_true(x == 99);
	}
}

static void whole_numbers_are_read_to_the_top_of_64_bits(void **unused)
{
	u64 x = 7;

	(void)unused;
	assert_int_equal(decimal_to_u64(&x, "18446744073709551615", 20), OK);
	assert_true(x == ~(u64)0);
	assert_int_equal(decimal_to_u64(&x, "18446744073709551616", 20), ERR_RANGE);
	assert_int_equal(decimal_to_u64(&x, "184467440737095516150", 21), ERR_RANGE);
	assert_int_equal(decimal_to_u64(&x, "1.0", 3), ERR_SYNTAX);
	assert_int_equal(decimal_to_u64(&x, "", 0), ERR_SYNTAX);
}

static void numbers_are_written_as_people_read_them(void **unused)
{
	char text[DECIMAL_TEXT_MAX];

	(void)unused;
	decimal_from_e18(text, 2000 * E18 + E18 / 4, 2);
	assert_string_equal(text, "2000.25");
	decimal_from_e18(text, 5, 18);
	assert_string_equal(text, "0.000000000000000005");
	decimal_from_e18(text, 7 * E18, 0);
	assert_string_equal(text, "7");
	decimal_from_e18(text, ~(u128)0, 18);
	assert_string_equal(text, "340282366920938463463.374607431768211455");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_decimals_are_read_exactly),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(whole_numbers_are_read_to_the_top_of_64_bits),
		cmocka_unit_test(numbers_are_written_as_people_read_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
