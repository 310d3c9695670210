#include "tests/oracle/oracle_fixture.h"

#include "oracle/feeder/sample.h"

static struct quote at(u128 price)
{
	return (struct quote){ price - 1, price + 1, 1000, 0 };
}

static void the_price_is_the_median_of_the_middles(void **unused)
{
	struct quote three[] = { at(2010), at(1990), at(9000) };
	struct quote four[] = { at(2010), at(1990), at(9000), at(2020) };
	struct sample s;

	(void)unused;
	sample_of_quotes(&s, three, 3, 3);
	assert_int_equal(s.status, FEED_TRADING);
	assert_true(s.price == 2010);
	assert_int_equal(s.venues, 3);
	sample_of_quotes(&s, four, 4, 3);
	assert_true(s.price == 2015);
	/* quartiles of 1990 2010 2020 9000: x[1] and x[2] */
	assert_true(s.confidence == 5);
}

static void the_confidence_is_no_less_than_the_widest_half_spread(void **unused)
{
	struct quote quotes[] = { { 900, 1100, 5, 0 }, { 999, 1001, 9, 0 }, { 1000, 1000, 7, 0 } };
	struct sample s;

	(void)unused;
	sample_of_quotes(&s, quotes, 3, 3);
	assert_true(s.price == 1000 && s.confidence == 100);
	assert_int_equal(s.trade_time, 9);
}

static void too_few_venues_halt_the_feed(void **unused)
{
	struct quote two[] = { at(2010), at(1990) };
	struct sample s;

	(void)unused;
	sample_of_quotes(&s, two, 2, 3);
	assert_int_equal(s.status, FEED_HALTED);
	assert_true(s.price == 0 && s.confidence == 0);
	assert_int_equal(s.venues, 2);
	sample_of_quotes(&s, two, 0, 0);
	assert_int_equal(s.status, FEED_HALTED);
}

static void a_quote_in_a_stable_coin_is_turned_into_dollars(void **unused)
{
	struct quote q = { 2000 * E18, 2001 * E18, 5, 6 };

	(void)unused;
	assert_int_equal(quote_convert(&q, E18 / 10 * 9), OK);
	assert_true(q.bid == 1800 * E18);
	assert_true(q.ask == 1800 * E18 + E18 / 10 * 9);
	q.ask = ~(u128)0;
	assert_int_equal(quote_convert(&q, 2 * E18), ERR_RANGE);
	assert_true(q.bid == 1800 * E18);
}

static void played_back_noise_is_bounded_and_repeatable(void **unused)
{
	const u128 price = 2000 * E18;
	u128 low = ~(u128)0, high = 0;
	struct sample s, again;

	(void)unused;
	for (u64 time = 0; time < 5000; time++) {
		sample_of_price(&s, price, 10, 42, time, 3);
		sample_of_price(&again, price, 10, 42, time, 3);
		assert_true(s.price == again.price);
		assert_true(s.price >= 1998 * E18 && s.price <= 2002 * E18);
		low = s.price < low ? s.price : low;
		high = s.price > high ? s.price : high;
	}
	assert_true(low < 1998 * E18 + E18 / 100 && high > 2002 * E18 - E18 / 100);
	assert_true(s.confidence == 2 * E18);
	sample_of_price(&s, price, 0, 42, 7, 300);
	assert_true(s.price == price && s.confidence == price / 10000);
	assert_int_equal(s.venues, 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_price_is_the_median_of_the_middles),
		cmocka_unit_test(the_confidence_is_no_less_than_the_widest_half_spread),
		cmocka_unit_test(too_few_venues_halt_the_feed),
		cmocka_unit_test(a_quote_in_a_stable_coin_is_turned_into_dollars),
		cmocka_unit_test(played_back_noise_is_bounded_and_repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
