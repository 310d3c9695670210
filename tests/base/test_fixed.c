#include "base/fixed.h"

#include "base/hex.h"
#include "tests/base/fixed_vectors.h"

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

static void assert_number(struct u256 x, const char *expected)
{
	char text[U256_DECIMAL_MAX];

	u256_to_decimal(text, &x);
	assert_string_equal(text, expected);
}

static struct ray ray(const char *decimal)
{
	return ray_from(number(decimal));
}

static struct amount amount(const char *decimal)
{
	return amount_from(number(decimal));
}

static struct price dollars(u64 n)
{
	return price_from_u64(n * 100000000);
}

#define USAGE           "200000000000000000000000000"
#define BORROW_RATE     "11956521739130434782608696"
#define LIQUIDITY_RATE  "2152173913043478260869565"
#define BORROW_INDEX    "1012028308848019475031042013"
#define LIQUIDITY_INDEX "1002152178007742703990470517"

/* The worked numbers below are from a trace of the Solidity contracts: 100,000
 * USDC supplied, 10 WETH at 2,500 dollars against 20,000 USDC borrowed. */
static void rates_of_a_traced_borrow(void **state)
{
	struct ray usage, borrow_rate, liquidity_rate;

	(void)state;
	assert_int_equal(amount_ratio_near(&usage, amount("20000000000"),
					   amount("100000000000")),
			 OK);
	assert_number(ray_raw(usage), USAGE);
	assert_int_equal(ray_mul_near(&borrow_rate, ray_from_bps(550), usage), OK);
	assert_int_equal(ray_div_near(&borrow_rate, borrow_rate, ray_from_bps(9200)), OK);
	assert_number(ray_raw(borrow_rate), BORROW_RATE);
	assert_int_equal(ray_mul_near(&liquidity_rate, borrow_rate, usage), OK);
	assert_int_equal(ray_percent_near(&liquidity_rate, liquidity_rate, 9000), OK);
	assert_number(ray_raw(liquidity_rate), LIQUIDITY_RATE);
}

static void indexes_of_a_traced_year(void **state)
{
	struct ray linear, compounded;

	(void)state;
	assert_int_equal(ray_linear(&linear, ray(LIQUIDITY_RATE), 31536060), OK);
	assert_number(ray_raw(linear), LIQUIDITY_INDEX);
	assert_int_equal(ray_compounded(&compounded, ray(BORROW_RATE), 31536060), OK);
	assert_number(ray_raw(compounded), BORROW_INDEX);
}

static void treasury_of_a_traced_year(void **state)
{
	struct amount debt, share;
	struct scaled accrued;
	struct ray growth;

	(void)state;
	assert_int_equal(scaled_to_amount_up(&debt, scaled_from_u64(20000000000),
					     ray(BORROW_INDEX)),
			 OK);
	assert_number(amount_raw(debt), "20240566177");
	assert_int_equal(ray_sub(&growth, ray(BORROW_INDEX), ray_one()), OK);
	assert_int_equal(scaled_to_amount_down(&share, scaled_from_u64(20000000000), growth), OK);
	assert_int_equal(amount_percent_near(&share, share, 1000), OK);
	assert_int_equal(amount_to_scaled_down(&accrued, share, ray(LIQUIDITY_INDEX)), OK);
	assert_number(scaled_raw(accrued), "24004955");
}

static void health_of_a_traced_borrow(void **state)
{
	struct value collateral, debt;
	struct wad health;
	struct amount weth = amount_from(u256_pow10(18)), usdc = amount_from_u64(1000000);

	(void)state;
	assert_int_equal(amount_value_down(&collateral, amount("10000000000000000000"),
					   dollars(2500), weth),
			 OK);
	assert_number(value_raw(collateral), "2500000000000");
	assert_int_equal(amount_value_up(&debt, amount("20000000000"), dollars(1), usdc), OK);
	assert_number(value_raw(debt), "2000000000000");
	/* times the liquidation threshold of 8300 */
	assert_int_equal(health_factor(&health, value_from(number("20750000000000000")), debt), OK);
	assert_number(wad_raw(health), "1037500000000000000");
}

static void seizure_of_a_traced_liquidation(void **state)
{
	struct amount weth = amount_from(u256_pow10(18)), usdc = amount_from_u64(1000000);
	struct amount base, seize, without, bonus, fee;

	(void)state;
	assert_int_equal(amount_exchange_down(&base, amount("20240566177"), dollars(1), usdc,
					      dollars(2300), weth),
			 OK);
	assert_number(amount_raw(base), "8800246163913043478");
	assert_int_equal(amount_percent_near(&seize, base, 10500), OK);
	assert_number(amount_raw(seize), "9240258472108695652");
	assert_int_equal(amount_per_percent_near(&without, seize, 10500), OK);
	assert_int_equal(amount_sub(&bonus, seize, without), OK);
	assert_int_equal(amount_percent_near(&fee, bonus, 1000), OK);
	assert_number(amount_raw(fee), "44001230819565217");
	assert_int_equal(amount_sub(&seize, seize, fee), OK);
	assert_number(amount_raw(seize), "9196257241289130435");
}

static u32 bps(const struct u256 *in)
{
	return (u32)u256_low64(&in[1]);
}

/* function, rows of vectors, type of the result, and the operands from in[] */
#define FUNCTIONS(X) \
	X(ray_mul_near, ray_mul_near, ray, ray_from(in[0]), ray_from(in[1])) \
	X(ray_div_near, ray_div_near, ray, ray_from(in[0]), ray_from(in[1])) \
	X(amount_ratio_near, ray_div_near, ray, amount_from(in[0]), amount_from(in[1])) \
	X(amount_to_scaled_down, amount_to_scaled_down, scaled, amount_from(in[0]), ray_from(in[1])) \
	X(amount_to_scaled_up, amount_to_scaled_up, scaled, amount_from(in[0]), ray_from(in[1])) \
	X(scaled_to_amount_down, scaled_to_amount_down, amount, scaled_from(in[0]), ray_from(in[1])) \
	X(scaled_to_amount_up, scaled_to_amount_up, amount, scaled_from(in[0]), ray_from(in[1])) \
	X(ray_percent_near, percent_near, ray, ray_from(in[0]), bps(in)) \
	X(amount_percent_near, percent_near, amount, amount_from(in[0]), bps(in)) \
	X(value_percent_near, percent_near, value, value_from(in[0]), bps(in)) \
	X(amount_percent_up, percent_up, amount, amount_from(in[0]), bps(in)) \
	X(value_percent_down, percent_down, value, value_from(in[0]), bps(in)) \
	X(amount_per_percent_near, per_percent_near, amount, amount_from(in[0]), bps(in)) \
	X(amount_per_percent_up, per_percent_up, amount, amount_from(in[0]), bps(in)) \
	X(value_per_percent_up, per_percent_up, value, value_from(in[0]), bps(in)) \
	X(amount_value_down, amount_value_down, value, amount_from(in[0]), price_from(in[1]), amount_from(in[2])) \
	X(amount_value_up, amount_value_up, value, amount_from(in[0]), price_from(in[1]), amount_from(in[2])) \
	X(value_amount_down, value_amount_down, amount, value_from(in[0]), price_from(in[1]), amount_from(in[2])) \
	X(amount_exchange_down, amount_exchange_down, amount, amount_from(in[0]), price_from(in[1]), amount_from(in[2]), price_from(in[3]), amount_from(in[4])) \
	X(health_factor, health_factor, wad, value_from(in[0]), value_from(in[1])) \
	X(ray_linear, ray_linear, ray, ray_from(in[0]), u256_low64(&in[1])) \
	X(ray_compounded, ray_compounded, ray, ray_from(in[0]), u256_low64(&in[1]))

#define X(function, rows, type, ...) \
	static enum err apply_##function(struct u256 *out, const struct u256 *in) \
	{ \
		struct type result = type##_from(*out); \
		enum err e = function(&result, __VA_ARGS__); \
\
		*out = type##_raw(result); \
		return e; \
	}
FUNCTIONS(X)
#undef X

static const struct {
	const char *name;
	enum err (*apply)(struct u256 *out, const struct u256 *in);
	const struct vector *rows;
	size_t count;
} functions[] = {
#define X(function, rows, ...) \
	{ #function, apply_##function, rows##_rows, ARRAY_COUNT(rows##_rows) },
	FUNCTIONS(X)
#undef X
};

static struct u256 listed(u16 index)
{
	struct u256 x;

	assert_true(index < ARRAY_COUNT(numbers));
	assert_int_equal(hex_to_u256(&x, numbers[index], strlen(numbers[index])), OK);
	return x;
}

/* Refusals included: those leave the result as it was. */
static void every_function_agrees_with_a_second_implementation(void **state)
{
	struct u256 before = u256_from_u64(0xdecaf);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(functions); i++)
		for (size_t j = 0; j < functions[i].count; j++) {
			const struct vector *row = &functions[i].rows[j];
			struct u256 in[ARRAY_COUNT(row->in)], out = before;
			struct u256 expected = row->err == OK ? listed(row->out) : before;
			enum err e;

			for (size_t k = 0; k < ARRAY_COUNT(in); k++)
				in[k] = listed(row->in[k]);
			e = functions[i].apply(&out, in);
			if (e != row->err || !u256_equal(&out, &expected))
				fail_msg("%s, row %zu: %s instead of %s, or another result",
					 functions[i].name, j, err_name(e),
					 err_name((enum err)row->err));
		}
}

static void sums_and_differences_are_checked(void **state)
{
	struct value sum = value_from_u64(7);

	(void)state;
	assert_int_equal(value_add(&sum, value_from(U256_MAX), value_from_u64(1)), ERR_ARITHMETIC);
	assert_int_equal(value_sub(&sum, value_from_u64(1), value_from_u64(2)), ERR_ARITHMETIC);
	assert_number(value_raw(sum), "7");
	assert_int_equal(value_add(&sum, sum, value_from_u64(5)), OK);
	assert_number(value_raw(sum), "12");
	assert_int_equal(value_sub(&sum, sum, sum), OK);
	assert_true(value_is_zero(sum));
}

static void the_smaller_of_two_is_the_minimum(void **state)
{
	struct amount one = amount_from_u64(1);

	(void)state;
	assert_int_equal(amount_cmp(amount_min(one, AMOUNT_MAX), one), 0);
	assert_int_equal(amount_cmp(amount_min(AMOUNT_MAX, one), one), 0);
	assert_true(amount_cmp(one, AMOUNT_MAX) < 0);
	assert_true(amount_cmp(AMOUNT_MAX, one) > 0);
}

static void the_units_have_their_decimals(void **state)
{
	(void)state;
	assert_number(ray_raw(ray_one()), "1000000000000000000000000000");
	assert_number(wad_raw(wad_one()), "1000000000000000000");
	assert_number(ray_raw(ray_from_bps(0)), "0");
	assert_number(ray_raw(ray_from_bps(10000)), "1000000000000000000000000000");
	assert_number(ray_raw(ray_from_bps(~0u)), "429496729500000000000000000000000");
}

/* Half a unit is rounded away from zero, a hair less is not. */
static void nearest_is_half_up(void **state)
{
	struct ray half = ray("500000000000000000000000000"), x;
	struct amount a;

	(void)state;
	assert_int_equal(ray_mul_near(&x, ray_from_u64(1), half), OK);
	assert_number(ray_raw(x), "1");
	assert_int_equal(ray_mul_near(&x, ray_from_u64(1),
				      ray("499999999999999999999999999")),
			 OK);
	assert_number(ray_raw(x), "0");
	assert_int_equal(amount_percent_near(&a, amount("1"), 5000), OK);
	assert_number(amount_raw(a), "1");
	assert_int_equal(amount_percent_near(&a, amount("1"), 4999), OK);
	assert_number(amount_raw(a), "0");
}

static void a_debt_of_nothing_has_no_health_factor(void **state)
{
	struct wad health = wad_from_u64(7);

	(void)state;
	assert_int_equal(health_factor(&health, value_from_u64(1), value_from_u64(0)), ERR_BARE);
	assert_number(wad_raw(health), "7");
}

static void no_time_earns_no_interest(void **state)
{
	struct ray x;

	(void)state;
	assert_int_equal(ray_linear(&x, ray_from(U256_MAX), 0), OK);
	assert_int_equal(ray_cmp(x, ray_one()), 0);
	assert_int_equal(ray_compounded(&x, ray_from(U256_MAX), 0), OK);
	assert_int_equal(ray_cmp(x, ray_one()), 0);
}

static void whole_tokens_are_counted_in_base_units(void **state)
{
	struct amount x = amount("5");

	(void)state;
	assert_number(amount_raw(amount_unit(0)), "1");
	assert_number(amount_raw(amount_unit(18)), "1000000000000000000");
	assert_int_equal(amount_of_whole(&x, 68719476735, amount_unit(6)), OK);
	assert_number(amount_raw(x), "68719476735000000");
	assert_int_equal(amount_of_whole(&x, 2, amount_from(U256_MAX)), ERR_ARITHMETIC);
	assert_number(amount_raw(x), "68719476735000000");
	assert_number(amount_raw(amount_cut_down(amount("199999"), 5)), "1");
	assert_number(amount_raw(amount_cut_down(amount("199999"), 0)), "199999");
	assert_number(amount_raw(amount_cut_down(amount("99999"), 5)), "0");
}

/* 10,000 dollars at 80 % and 30,000 at 60 % are 65 % together. */
static void averages_are_weighted_and_rounded_down(void **state)
{
	struct value sum = value_from_u64(0), whole = value_from_u64(4000000000000);

	(void)state;
	assert_int_equal(value_weigh(&sum, value_from_u64(1000000000000), 8000), OK);
	assert_int_equal(value_weigh(&sum, value_from_u64(3000000000000), 6000), OK);
	assert_int_equal(value_average_down(sum, whole), 6500);
	assert_int_equal(value_average_down(sum, value_from_u64(4000000000001)), 6499);
	assert_int_equal(value_average_down(sum, value_from_u64(0)), 0);
	assert_int_equal(value_weigh(&sum, value_from(U256_MAX), 2), ERR_ARITHMETIC);
	assert_int_equal(value_weigh(&sum, value_from(U256_MAX), 1), ERR_ARITHMETIC);
	assert_int_equal(value_average_down(sum, whole), 6500);
}

static void percentages_of_percentages_are_nearest(void **state)
{
	struct u256 x = number("7");

	(void)state;
	assert_int_equal(bps_product_near(&x, number("9300"), number("10753")), OK);
	assert_number(x, "10000"); /* 10000.29 */
	assert_int_equal(bps_product_near(&x, number("9301"), number("10752")), OK);
	assert_number(x, "10000"); /* 10000.4352 */
	assert_int_equal(bps_product_near(&x, number("1"), number("5000")), OK);
	assert_number(x, "1");
	assert_int_equal(bps_product_near(&x, U256_MAX, number("2")), ERR_BARE);
	assert_number(x, "1");
}

/* -- against long division ------------------------------------------------------- */

static u64 random_u64(u64 *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33 | (*seed << 31 & 0xffffffff00000000);
}

/* Of any length and in long runs of zeros and ones, or next to a limit: multiples of 10^27 and
 * of half of it, and powers of two. */
static struct u256 random_number(u64 *seed)
{
	unsigned bits = (unsigned)(random_u64(seed) % 257), at = 0;
	u64 kind = random_u64(seed) % 8, off = random_u64(seed) % 3;
	struct u256 x = U256_ZERO, y = u256_from_u64(random_u64(seed) >> random_u64(seed) % 64);
	struct u256 ray = u256_pow10(27), half = u256_shr(&ray, 1);

	while (at < bits) {
		u64 random = random_u64(seed);

		for (unsigned run = 1 + (unsigned)(random % 8 * (random >> 8 & 7)); run > 0 && at < bits; run--)
			u256_set_bit(&x, at++, random >> 16 & 1);
	}
	if (kind < 4)
		return x;
	if (kind == 4)
		assert_int_equal(u256_mul_wide(&x, &ray, &y), OK);
	if (kind == 5)
		assert_int_equal(u256_mul_wide(&x, &half, &y), OK);
	if (kind == 6)
		x = u256_shl(&U256_ONE, (unsigned)(random_u64(seed) % 256));
	if (kind == 7)
		return random_u64(seed) % 2 ? y : ray;
	if (off == 0 && !u256_is_zero(&x))
		assert_int_equal(u256_sub(&x, &x, &U256_ONE), OK);
	if (off == 2)
		assert_int_equal(u256_add(&x, &x, &U256_ONE), OK);
	return x;
}

enum rounding { DOWN,
		NEAR,
		UP };

/* (a * b + bias) / c by GMP alone, bare where a step has more than 256 bits. */
static enum err long_way(struct u256 *out, const struct u256 *a, const struct u256 *b,
			 enum rounding rounding, const struct u256 *c)
{
	struct u256 product, half = u256_shr(c, 1);

	if (u256_mul_div_down(&product, a, b, &U256_ONE) != OK)
		return ERR_BARE;
	if (rounding == NEAR && u256_add(&product, &product, &half) != OK)
		return ERR_BARE;
	if (rounding == UP)
		return u256_mul_div_up(out, &product, &U256_ONE, c) == OK ? OK : ERR_BARE;
	return u256_mul_div_down(out, &product, &U256_ONE, c) == OK ? OK : ERR_BARE;
}

static void agrees(enum err e, struct u256 got, const struct u256 *a, const struct u256 *b,
		   enum rounding rounding, struct u256 c)
{
	struct u256 want = u256_from_u64(7);

	assert_int_equal(e == OK ? OK : ERR_BARE, long_way(&want, a, b, rounding, &c));
	assert_true(u256_equal(&got, &want));
}

static void short_cuts_agree_with_long_division(void **state)
{
	struct u256 ray = u256_pow10(27), bps = u256_from_u64(BPS_ONE);
	u64 seed = 20261129;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct u256 a = random_number(&seed), b = random_number(&seed), unit = random_number(&seed);
		u32 percent = (u32)(random_u64(&seed) >> random_u64(&seed) % 64);
		struct u256 share = u256_from_u64(percent);
		struct ray r = ray_from_u64(7);
		struct amount x = amount_from_u64(7);
		struct value v = value_from_u64(7), w = value_from_u64(7);
		struct scaled s = scaled_from_u64(7);
		enum err e;

#define AGREES(call, result, factor, rounding, divisor) \
	do { \
		e = call; \
		agrees(e, result, &a, &factor, rounding, divisor); \
		result = u256_from_u64(7); \
	} while (0)
		AGREES(ray_mul_near(&r, ray_from(a), ray_from(b)), r.raw, b, NEAR, ray);
		AGREES(scaled_to_amount_down(&x, scaled_from(a), ray_from(b)), x.raw, b, DOWN, ray);
		AGREES(scaled_to_amount_up(&x, scaled_from(a), ray_from(b)), x.raw, b, UP, ray);
		AGREES(amount_to_scaled_down(&s, amount_from(a), ray_from(b)), s.raw, ray, DOWN, b);
		AGREES(amount_to_scaled_up(&s, amount_from(a), ray_from(b)), s.raw, ray, UP, b);
		AGREES(amount_ratio_near(&r, amount_from(a), amount_from(b)), r.raw, ray, NEAR, b);
		AGREES(amount_percent_near(&x, amount_from(a), percent), x.raw, share, NEAR, bps);
		AGREES(amount_percent_up(&x, amount_from(a), percent), x.raw, share, UP, bps);
		AGREES(value_percent_down(&v, value_from(a), percent), v.raw, share, DOWN, bps);
		AGREES(amount_per_percent_near(&x, amount_from(a), percent), x.raw, bps, NEAR, share);
		AGREES(amount_value_down(&w, amount_from(a), price_from(b), amount_from(unit)), w.raw, b, DOWN, unit);
		AGREES(amount_value_up(&w, amount_from(a), price_from(b), amount_from(unit)), w.raw, b, UP, unit);
#undef AGREES
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_of_a_traced_borrow),
		cmocka_unit_test(indexes_of_a_traced_year),
		cmocka_unit_test(treasury_of_a_traced_year),
		cmocka_unit_test(health_of_a_traced_borrow),
		cmocka_unit_test(seizure_of_a_traced_liquidation),
		cmocka_unit_test(every_function_agrees_with_a_second_implementation),
		cmocka_unit_test(sums_and_differences_are_checked),
		cmocka_unit_test(the_smaller_of_two_is_the_minimum),
		cmocka_unit_test(the_units_have_their_decimals),
		cmocka_unit_test(nearest_is_half_up),
		cmocka_unit_test(a_debt_of_nothing_has_no_health_factor),
		cmocka_unit_test(no_time_earns_no_interest),
		cmocka_unit_test(whole_tokens_are_counted_in_base_units),
		cmocka_unit_test(averages_are_weighted_and_rounded_down),
		cmocka_unit_test(percentages_of_percentages_are_nearest),
		cmocka_unit_test(short_cuts_agree_with_long_division),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
