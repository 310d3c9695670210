#include "base/fixed.h"

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
					   amount("100000000000")), OK);
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
					     ray(BORROW_INDEX)), OK);
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
					   dollars(2500), weth), OK);
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
					      dollars(2300), weth), OK);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_of_a_traced_borrow),
		cmocka_unit_test(indexes_of_a_traced_year),
		cmocka_unit_test(treasury_of_a_traced_year),
		cmocka_unit_test(health_of_a_traced_borrow),
		cmocka_unit_test(seizure_of_a_traced_liquidation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
