#include "client/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct u256 number(const char *decimal)
{
	struct u256 x;

	assert_int_equal(u256_from_decimal(&x, decimal, strlen(decimal)), OK);
	return x;
}

static void an_exact_decimal_becomes_base_units(void **unused)
{
	static const struct {
		const char *text;
		unsigned decimals;
		const char *units;
	} vectors[] = {
		{ "0", 18, "0" },
		{ "1", 0, "1" },
		{ "1", 6, "1000000" },
		{ "1234.5", 6, "1234500000" },
		{ ".5", 18, "500000000000000000" },
		{ "0.000000000000000001", 18, "1" },
		{ "000001.10", 2, "110" },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639935", 0,
		  "115792089237316195423570985008687907853269984665640564039457584007913129639935" },
	};
	struct u256 x, expected;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		expected = number(vectors[i].units);
		assert_int_equal(units_parse(&x, vectors[i].text, vectors[i].decimals), OK);
		assert_true(u256_equal(&x, &expected));
	}
}

static void what_is_not_an_exact_decimal_is_refused(void **unused)
{
	static const struct {
		const char *text;
		unsigned decimals;
		enum err e;
	} vectors[] = {
		{ "", 18, ERR_SYNTAX },
		{ ".", 18, ERR_SYNTAX },
		{ "1.", 18, ERR_SYNTAX },
		{ "-1", 18, ERR_SYNTAX },
		{ "+1", 18, ERR_SYNTAX },
		{ " 1", 18, ERR_SYNTAX },
		{ "1 ", 18, ERR_SYNTAX },
		{ "1e3", 18, ERR_SYNTAX },
		{ "0x10", 18, ERR_SYNTAX },
		{ "1.2.3", 18, ERR_SYNTAX },
		{ "1,000", 18, ERR_SYNTAX },
		{ "1.0000001", 6, ERR_RANGE },
		{ "1.5", 0, ERR_RANGE },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639936", 0, ERR_RANGE },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639935", 1, ERR_RANGE },
		{ "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000001",
		  0, ERR_RANGE },
	};
	struct u256 x = u256_from_u64(7);

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(units_parse(&x, vectors[i].text, vectors[i].decimals), vectors[i].e);
		assert_int_equal(u256_low64(&x), 7);
	}
}

static void every_digit_is_written_and_no_more(void **unused)
{
	static const struct {
		const char *units;
		unsigned decimals;
		const char *text;
	} vectors[] = {
		{ "0", 18, "0" },
		{ "1", 18, "0.000000000000000001" },
		{ "1234500000", 6, "1234.5" },
		{ "1000000", 6, "1" },
		{ "42", 0, "42" },
		{ "100", 0, "100" },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639935", 77,
		  "1.15792089237316195423570985008687907853269984665640564039457584007913129639935" },
	};
	char text[UNITS_TEXT_MAX];
	struct u256 x, back;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		x = number(vectors[i].units);
		assert_int_equal(units_format(text, &x, vectors[i].decimals), strlen(vectors[i].text));
		assert_string_equal(text, vectors[i].text);
		assert_int_equal(units_parse(&back, text, vectors[i].decimals), OK);
		assert_true(u256_equal(&x, &back));
	}
}

static void separators_and_places_for_people_round_down(void **unused)
{
	static const struct {
		const char *units;
		unsigned decimals, places;
		const char *text;
	} vectors[] = {
		{ "0", 8, 2, "0.00" },
		{ "123456789999", 8, 2, "1,234.56" },
		{ "99999999", 8, 2, "0.99" },
		{ "100000000000", 8, 0, "1,000" },
		{ "1234567", 0, 0, "1,234,567" },
		{ "5", 0, 3, "5.000" },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639935", 0, 0,
		  "115,792,089,237,316,195,423,570,985,008,687,907,853,269,984,665,640,564,039,457,584,007,913,129,639,935" },
	};
	char text[UNITS_TEXT_MAX];
	struct u256 x;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		x = number(vectors[i].units);
		assert_int_equal(units_pretty(text, &x, vectors[i].decimals, vectors[i].places), strlen(vectors[i].text));
		assert_string_equal(text, vectors[i].text);
	}
}

static void brief_amounts_keep_their_leading_digits(void **unused)
{
	static const struct {
		const char *units;
		unsigned decimals;
		const char *text;
	} vectors[] = {
		{ "0", 18, "0" },
		{ "1", 18, "0.000000000000000001" },
		{ "1234567890000000000000", 18, "1,234.56" },
		{ "12345678900000000000", 18, "12.34" },
		{ "1234567890000000000", 18, "1.234" },
		{ "1500000", 6, "1.5" },
		{ "12345", 18, "0.00000000000001234" },
		{ "100", 0, "100" },
	};
	char text[UNITS_TEXT_MAX];
	struct u256 x;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		x = number(vectors[i].units);
		units_brief(text, &x, vectors[i].decimals);
		assert_string_equal(text, vectors[i].text);
	}
}

static void a_ray_reads_as_a_percentage(void **unused)
{
	struct u256 rate = number("32512345678901234567890123");
	struct u256 huge = U256_MAX;
	char text[UNITS_TEXT_MAX];

	(void)unused;
	units_percent(text, &rate, 27, 2);
	assert_string_equal(text, "3.25%");
	units_percent(text, &U256_ZERO, 27, 2);
	assert_string_equal(text, "0.00%");
	assert_true(units_percent(text, &huge, 0, 30) < UNITS_TEXT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exact_decimal_becomes_base_units),
		cmocka_unit_test(what_is_not_an_exact_decimal_is_refused),
		cmocka_unit_test(every_digit_is_written_and_no_more),
		cmocka_unit_test(separators_and_places_for_people_round_down),
		cmocka_unit_test(brief_amounts_keep_their_leading_digits),
		cmocka_unit_test(a_ray_reads_as_a_percentage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
