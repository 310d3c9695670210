#include "tests/oracle/oracle_fixture.h"

#include <stdlib.h>

#include "oracle/feeder/candles.h"
#include "oracle/feeder/decimal.h"

#define HEADER "timestamp,open,high,low,close,volume\n"

static char why[CANDLES_WHY_MAX];

static enum err read_text(struct candles *out, const char *text, u128 scale)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	enum err e;

	assert_non_null(file);
	e = candles_read(out, why, file, scale);
	fclose(file);
	return e;
}

static void the_price_runs_through_all_four_prices_of_a_candle(void **unused)
{
	struct candles c;

	(void)unused;
	assert_int_equal(read_text(&c, HEADER "600,100,130,90,120,5\n660,120,121,60,70,5\n", E18), OK);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.step, 60);
	/* rising: open, low, high, close */
	assert_true(candles_price(&c, 600) == 100 * E18);
	assert_true(candles_price(&c, 610) == 95 * E18);
	assert_true(candles_price(&c, 620) == 90 * E18);
	assert_true(candles_price(&c, 630) == 110 * E18);
	assert_true(candles_price(&c, 640) == 130 * E18);
	assert_true(candles_price(&c, 650) == 125 * E18);
	/* falling: open, high, low, close */
	assert_true(candles_price(&c, 660) == 120 * E18);
	assert_true(candles_price(&c, 680) == 121 * E18);
	assert_true(candles_price(&c, 700) == 60 * E18);
	assert_true(candles_price(&c, 719) == 70 * E18 - E18 / 2);
	candles_free(&c);
}

static void before_and_after_and_in_a_gap_the_price_stands(void **unused)
{
	struct candles c;

	(void)unused;
	assert_int_equal(read_text(&c, HEADER "600,1,1,1,1,5\n660,2,2,2,2,5\n900,3,3,3,3,5\n", E18), OK);
	assert_true(candles_price(&c, 0) == E18);
	assert_true(candles_price(&c, 719) == 2 * E18);
	assert_true(candles_price(&c, 720) == 2 * E18);
	assert_true(candles_price(&c, 899) == 2 * E18);
	assert_true(candles_price(&c, 900) == 3 * E18);
	assert_true(candles_price(&c, ~(u64)0) == 3 * E18);
	assert_false(candles_has_ended(&c, 959));
	assert_true(candles_has_ended(&c, 960));
	candles_free(&c);
}

static void prices_are_scaled_when_asked(void **unused)
{
	struct candles c;

	(void)unused;
	assert_int_equal(read_text(&c, HEADER "600,200,200,200,200,5\r\n", E18 / 2), OK);
	assert_true(candles_price(&c, 600) == 100 * E18);
	candles_free(&c);
}

static void a_refusal_names_the_line(void **unused)
{
	static const struct {
		const char *text;
		enum err expected;
		const char *why;
	} cases[] = {
		{ "", ERR_SYNTAX, "line 1: the header is not timestamp,open,high,low,close,volume" },
		{ "time,open,high,low,close,volume\n", ERR_SYNTAX,
		  "line 1: the header is not timestamp,open,high,low,close,volume" },
		{ HEADER, ERR_SYNTAX, "line 2: there is no candle" },
		{ HEADER "600,1,1,1,1\n", ERR_SYNTAX, "line 2: fewer than six columns" },
		{ HEADER "600,1,1,1,1,5,6\n", ERR_SYNTAX, "line 2: more than six columns" },
		{ HEADER "600,1,1,1,1,5\n\n", ERR_SYNTAX, "line 3: fewer than six columns" },
		{ HEADER "2020-03-12,1,1,1,1,5\n", ERR_SYNTAX,
		  "line 2: the timestamp is not a number of seconds" },
		{ HEADER "600,1,1,1,-1,5\n", ERR_SYNTAX, "line 2: a price is not a plain decimal number" },
		{ HEADER "600,1,1e3,1,1,5\n", ERR_SYNTAX, "line 2: a price is not a plain decimal number" },
		{ HEADER "600,0,0,0,0,5\n", ERR_RANGE, "line 2: a price is 0 or too large" },
		{ HEADER "600,1,100000000000,1,1,5\n", ERR_RANGE, "line 2: a price is 0 or too large" },
		{ HEADER "600,1,1,1.1,1,5\n", ERR_RANGE, "line 2: open or close is outside low..high" },
		{ HEADER "600,1,1,1,2,5\n", ERR_RANGE, "line 2: open or close is outside low..high" },
		{ HEADER "600,1,1,1,1,5\n600,1,1,1,1,5\n", ERR_ORDER,
		  "line 3: the timestamp is not after the one before" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct candles c = { .count = 7 };

		/* fmemopen refuses to open nothing at all */
		const char *text = *cases[i].text ? cases[i].text : "\n";

		assert_int_equal(read_text(&c, text, E18), cases[i].expected);
		assert_string_equal(why, cases[i].why);
		assert_int_equal(c.count, 7);
	}
}

static void an_endless_line_is_refused(void **unused)
{
	static char text[1000] = HEADER;
	struct candles c;

	(void)unused;
	memset(text + strlen(text), '1', 500);
	assert_int_equal(read_text(&c, text, E18), ERR_SYNTAX);
	assert_string_equal(why, "line 2: longer than 255 bytes");
}

/* -- the built-in crash ---------------------------------------------------------------- */

static u128 price(const char *text)
{
	u128 x = 0;

	assert_int_equal(decimal_to_e18(&x, text, strlen(text)), OK);
	return x;
}

static void assert_within_one_percent(u128 got, u128 expected)
{
	const u128 distance = got > expected ? got - expected : expected - got;

	assert_true(distance <= expected / 100);
}

/* Anchors of tools/make_crash.py, as minutes after 2020-03-12 00:00 UTC. */
static void the_built_in_crash_passes_through_its_anchors(void **unused)
{
	static const u64 start = 1583971200;
	static const struct {
		const char *path;
		u64 minute;
		const char *price;
	} anchors[] = {
		{ "data/crash/ethusd_1m.csv", 0, "194.5" },
		{ "data/crash/ethusd_1m.csv", 11 * 60, "138.5" },
		{ "data/crash/ethusd_1m.csv", 23 * 60, "127" },
		{ "data/crash/ethusd_1m.csv", 26 * 60 + 15, "88" },
		{ "data/crash/ethusd_1m.csv", 47 * 60 + 59, "135.5" },
		{ "data/crash/btcusd_1m.csv", 0, "7940" },
		{ "data/crash/btcusd_1m.csv", 12 * 60, "6080" },
		{ "data/crash/btcusd_1m.csv", 26 * 60 + 15, "3900" },
		{ "data/crash/btcusd_1m.csv", 34 * 60, "5790" },
		{ "data/crash/linkusd_1m.csv", 0, "3.75" },
		{ "data/crash/linkusd_1m.csv", 26 * 60 + 15, "1.5" },
		{ "data/crash/linkusd_1m.csv", 34 * 60, "2.3" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(anchors); i++) {
		FILE *file = fopen(anchors[i].path, "r");
		struct candles c;

		assert_non_null(file); /* tests run from the top of the source tree */
		assert_int_equal(candles_read(&c, why, file, E18), OK);
		fclose(file);
		assert_int_equal(c.count, 48 * 60);
		assert_int_equal(c.step, 60);
		assert_true(c.at[0].time == start && c.at[c.count - 1].time == start + 2879 * 60);
		assert_within_one_percent(candles_price(&c, start + 60 * anchors[i].minute),
					  price(anchors[i].price));
		candles_free(&c);
	}
}

static void the_built_in_crash_is_what_its_generator_writes(void **unused)
{
	(void)unused;
	if (system("python3 -c '' 2>/dev/null") != 0)
		skip();
	assert_int_equal(system("python3 tools/make_crash.py --check"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_price_runs_through_all_four_prices_of_a_candle),
		cmocka_unit_test(before_and_after_and_in_a_gap_the_price_stands),
		cmocka_unit_test(prices_are_scaled_when_asked),
		cmocka_unit_test(a_refusal_names_the_line),
		cmocka_unit_test(an_endless_line_is_refused),
		cmocka_unit_test(the_built_in_crash_passes_through_its_anchors),
		cmocka_unit_test(the_built_in_crash_is_what_its_generator_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
