#include "tests/oracle/oracle_fixture.h"

#include "oracle/feeder/venue.h"

/* Tickers in the shape that each venue was seen to send. */
#define COINBASE \
	"{\"ask\":\"2000.10\",\"bid\":\"2000.00\",\"volume\":\"123.4\",\"trade_id\":571," \
	"\"price\":\"2000.05\",\"size\":\"0.01\",\"time\":\"2026-06-19T16:43:33.016274911Z\"," \
	"\"rfq_volume\":\"1.0\"}"
#define KRAKEN \
	"{\"error\":[],\"result\":{\"XETHZUSD\":{\"a\":[\"2000.10\",\"1\",\"1.000\"]," \
	"\"b\":[\"2000.00\",\"1\",\"1.000\"],\"c\":[\"2000.05\",\"0.1\"],\"v\":[\"1\",\"2\"]," \
	"\"p\":[\"1\",\"2\"],\"t\":[571,9999],\"l\":[\"1\",\"2\"],\"h\":[\"1\",\"2\"],\"o\":\"1\"}}}"
#define BINANCE \
	"{\"symbol\":\"ETHUSDT\",\"bidPrice\":\"2000.00000000\",\"bidQty\":\"31.2\"," \
	"\"askPrice\":\"2000.10000000\",\"askQty\":\"40.6\"}"

static enum err parse(struct quote *out, enum venue_kind kind, const char *body)
{
	const char *why;

	return venue_parse(out, &why, kind, body, strlen(body));
}

static void each_venue_is_read_in_its_own_shape(void **unused)
{
	static const char *const bodies[] = { COINBASE, KRAKEN, BINANCE };

	(void)unused;
	for (int i = 0; i < VENUE_KIND_COUNT; i++) {
		struct quote q;

		assert_int_equal(parse(&q, (enum venue_kind)i, bodies[i]), OK);
		assert_true(q.bid == 2000 * E18);
		assert_true(q.ask == 2000 * E18 + E18 / 10);
		assert_true(q.trade_time == (i == VENUE_COINBASE ? 1781887413 : 0));
	}
}

static void what_a_venue_does_not_send_is_refused(void **unused)
{
	static const struct {
		enum venue_kind kind;
		const char *body;
	} cases[] = {
		{ VENUE_COINBASE, "" },
		{ VENUE_COINBASE, "<html>" },
		{ VENUE_COINBASE, "{}" },
		{ VENUE_COINBASE, "[]" },
		{ VENUE_COINBASE, "{\"message\":\"NotFound\"}" },
		{ VENUE_COINBASE, KRAKEN },
		{ VENUE_COINBASE, COINBASE "x" },
		/* a price as a number, with a sign, with an exponent */
		{ VENUE_COINBASE, "{\"ask\":2000.1,\"bid\":\"1\",\"trade_id\":1,\"time\":\"2026-06-19T16:43:33Z\"}" },
		{ VENUE_COINBASE, "{\"ask\":\"-1\",\"bid\":\"1\",\"trade_id\":1,\"time\":\"2026-06-19T16:43:33Z\"}" },
		{ VENUE_COINBASE, "{\"ask\":\"1e3\",\"bid\":\"1\",\"trade_id\":1,\"time\":\"2026-06-19T16:43:33Z\"}" },
		/* a time of another zone, and none */
		{ VENUE_COINBASE, "{\"ask\":\"1\",\"bid\":\"1\",\"trade_id\":1,\"time\":\"2026-06-19T16:43:33+01:00\"}" },
		{ VENUE_COINBASE, "{\"ask\":\"1\",\"bid\":\"1\",\"trade_id\":1}" },
		{ VENUE_COINBASE, "{\"ask\":\"1\",\"ask\":\"2\",\"bid\":\"1\",\"trade_id\":1,\"time\":\"2026-06-19T16:43:33Z\"}" },
		{ VENUE_KRAKEN, "{\"error\":[\"EQuery:Unknown asset pair\"]}" },
		{ VENUE_KRAKEN, "{\"error\":[\"EGeneral:Temporary lockout\"],\"result\":{\"XETHZUSD\":{\"a\":[\"1\"],\"b\":[\"1\"],\"t\":[1,2]}}}" },
		{ VENUE_KRAKEN, "{\"result\":{\"XETHZUSD\":{\"a\":[\"1\"],\"b\":[\"1\"],\"t\":[1,2]}}}" },
		{ VENUE_KRAKEN, "{\"error\":[],\"result\":{}}" },
		{ VENUE_KRAKEN, "{\"error\":[],\"result\":{\"A\":{\"a\":[\"1\"],\"b\":[\"1\"],\"t\":[1,2]},\"B\":{}}}" },
		{ VENUE_KRAKEN, "{\"error\":[],\"result\":{\"A\":{\"a\":[],\"b\":[\"1\"],\"t\":[1,2]}}}" },
		{ VENUE_KRAKEN, "{\"error\":[],\"result\":{\"A\":{\"a\":[\"1\"],\"b\":[\"1\"],\"t\":[\"1\"]}}}" },
		{ VENUE_BINANCE, "{\"symbol\":\"ETHUSDT\",\"price\":\"2000\"}" },
		{ VENUE_BINANCE, "{\"code\":-1121,\"msg\":\"Invalid symbol.\"}" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct quote q = { .bid = 7 };

		assert_int_equal(parse(&q, cases[i].kind, cases[i].body), ERR_SYNTAX);
		assert_true(q.bid == 7);
	}
}

static enum err admit(struct venue *v, struct quote q, u64 now)
{
	const char *why;

	return venue_admit(v, &q, &why, 100, now);
}

static void a_crossed_empty_or_wide_book_is_refused(void **unused)
{
	struct venue v = { 0 };

	(void)unused;
	assert_int_equal(admit(&v, (struct quote){ 100, 100, 1, 1 }, 50), OK);
	assert_int_equal(admit(&v, (struct quote){ 101, 100, 1, 1 }, 50), ERR_RANGE);
	assert_int_equal(admit(&v, (struct quote){ 0, 100, 1, 1 }, 50), ERR_RANGE);
	/* middle 1005000, cap 1 %: 10050 */
	assert_int_equal(admit(&v, (struct quote){ 1000000, 1010000, 1, 1 }, 50), OK);
	assert_int_equal(admit(&v, (struct quote){ 1000000, 1010051, 1, 1 }, 50), ERR_RANGE);
	assert_int_equal(admit(&v, (struct quote){ 1, ~(u128)0, 1, 1 }, 50), ERR_RANGE);
	assert_int_equal(admit(&v, (struct quote){ ~(u128)0, ~(u128)0, 1, 1 }, 50), OK);
}

static void a_venue_that_repeats_itself_for_a_minute_is_dead_until_it_moves(void **unused)
{
	const struct quote same = { 100, 100, 0, 1 }, other = { 100, 100, 0, 2 };
	struct venue v = { 0 };

	(void)unused;
	assert_int_equal(admit(&v, same, 1000), OK);
	assert_int_equal(admit(&v, same, 1060), OK);
	assert_int_equal(admit(&v, same, 1061), ERR_ORACLE_STALE);
	assert_int_equal(admit(&v, same, 2000), ERR_ORACLE_STALE);
	assert_int_equal(admit(&v, other, 2001), OK);
	assert_int_equal(admit(&v, other, 2062), ERR_ORACLE_STALE);
}

static void a_missing_trade_time_is_when_the_venue_last_moved(void **unused)
{
	struct venue v = { 0 };
	struct quote q = { 100, 100, 0, 1 };
	const char *why;

	(void)unused;
	assert_int_equal(venue_admit(&v, &q, &why, 100, 1000), OK);
	q.trade_time = 0;
	assert_int_equal(venue_admit(&v, &q, &why, 100, 1030), OK);
	assert_int_equal(q.trade_time, 1000);
}

static void a_clock_that_is_set_back_keeps_no_venue_alive(void **unused)
{
	const struct quote same = { 100, 101, 1, 1 };
	struct venue v = { 0 };

	(void)unused;
	assert_int_equal(admit(&v, same, 5000), OK);
	assert_int_equal(admit(&v, same, 1400), OK);
	assert_int_equal(admit(&v, same, 1400 + VENUE_SILENCE_MAX), OK);
	assert_int_equal(admit(&v, same, 1400 + VENUE_SILENCE_MAX + 1), ERR_ORACLE_STALE);
}

static void any_news_changes_the_fingerprint(void **unused)
{
	struct quote a, b;

	(void)unused;
	assert_int_equal(parse(&a, VENUE_KRAKEN, KRAKEN), OK);
	assert_int_equal(parse(&b, VENUE_KRAKEN, KRAKEN), OK);
	assert_true(a.fingerprint == b.fingerprint);
	assert_int_equal(parse(&b, VENUE_KRAKEN,
			       "{\"error\":[],\"result\":{\"XETHZUSD\":{\"a\":[\"2000.10\"],\"b\":[\"2000.00\"],"
			       "\"t\":[572,9999]}}}"),
			 OK);
	assert_true(a.fingerprint != b.fingerprint);
}

static void urls_are_those_of_the_published_interfaces(void **unused)
{
	static const struct {
		struct venue venue;
		const char *url;
	} cases[] = {
		{ { .kind = VENUE_COINBASE, .symbol = "ETH-USD" },
		  "https://api.exchange.coinbase.com/products/ETH-USD/ticker" },
		{ { .kind = VENUE_KRAKEN, .symbol = "ETHUSD" },
		  "https://api.kraken.com/0/public/Ticker?pair=ETHUSD" },
		{ { .kind = VENUE_BINANCE, .symbol = "ETHUSDT" },
		  "https://api.binance.com/api/v3/ticker/bookTicker?symbol=ETHUSDT" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char url[FETCH_URL_MAX];

		venue_url(url, &cases[i].venue, venue_base_default(cases[i].venue.kind));
		assert_string_equal(url, cases[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_venue_is_read_in_its_own_shape),
		cmocka_unit_test(what_a_venue_does_not_send_is_refused),
		cmocka_unit_test(a_crossed_empty_or_wide_book_is_refused),
		cmocka_unit_test(a_venue_that_repeats_itself_for_a_minute_is_dead_until_it_moves),
		cmocka_unit_test(a_missing_trade_time_is_when_the_venue_last_moved),
		cmocka_unit_test(a_clock_that_is_set_back_keeps_no_venue_alive),
		cmocka_unit_test(any_news_changes_the_fingerprint),
		cmocka_unit_test(urls_are_those_of_the_published_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
