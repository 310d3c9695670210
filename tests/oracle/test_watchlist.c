#include "tests/oracle/oracle_fixture.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "oracle/feeder/watchlist.h"

/* -- three exchanges on one local server -------------------------------------------------- */

enum mood { GOOD,
	    WRONG_STATUS,
	    REDIRECT,
	    GIANT,
	    SLOW,
	    CROSSED,
	    WIDE,
	    REFUSES,
	    FROZEN,
	    GARBAGE };

static struct MHD_Daemon *server;
static int port;
static _Atomic(enum mood) moods[VENUE_KIND_COUNT];
static atomic_int price = 2000; /* whole dollars */
static atomic_int trades = 1;   /* grows with every answer but those of a frozen venue */

static size_t ticker(char *out, size_t size, enum venue_kind kind, enum mood mood)
{
	const int bid = mood == CROSSED ? price + 1 : price;
	const int ask = mood == WIDE ? price * 2 : price;
	const int trade = mood == FROZEN ? 0 : atomic_fetch_add(&trades, 1);

	if (kind == VENUE_COINBASE)
		return (size_t)snprintf(out, size,
					"{\"bid\":\"%d.00\",\"ask\":\"%d.50\",\"trade_id\":%d,\"time\":"
					"\"2026-06-19T16:43:33.01Z\"}",
					bid, ask, trade);
	if (kind == VENUE_KRAKEN)
		return (size_t)snprintf(out, size,
					"{\"error\":[%s],\"result\":{\"X\":{\"b\":[\"%d.00\"],\"a\":[\"%d.50\"],"
					"\"t\":[%d,1]}}}",
					mood == REFUSES ? "\"EService:Busy\"" : "", bid, ask, trade);
	return (size_t)snprintf(out, size,
				"{\"bidPrice\":\"%d.00\",\"askPrice\":\"%d.50\",\"bidQty\":\"%d\",\"askQty\":\"1\"}",
				bid, ask, trade);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload, size_t *upload_size,
			      void **state)
{
	static char giant[FETCH_BODY_MAX + 1];
	const enum venue_kind kind = strstr(url, "products") ? VENUE_COINBASE : strstr(url, "public") ? VENUE_KRAKEN
												      : VENUE_BINANCE;
	const enum mood mood = moods[kind];
	struct MHD_Response *response;
	enum MHD_Result result;
	char body[512];
	size_t size = ticker(body, sizeof body, kind, mood);

	(void)context, (void)method, (void)version, (void)upload, (void)upload_size, (void)state;
	memset(giant, ' ', sizeof giant);
	if (mood == SLOW)
		usleep((FETCH_TIMEOUT_MS + 500) * 1000);
	if (mood == GARBAGE)
		size = (size_t)snprintf(body, sizeof body, "<html>come back later</html>");
	response = mood == GIANT ? MHD_create_response_from_buffer(sizeof giant, giant, MHD_RESPMEM_PERSISTENT) : MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_COPY);
	if (mood == REDIRECT)
		MHD_add_response_header(response, "Location", "/api/v3/ticker/bookTicker?symbol=ETHUSDT");
	result = MHD_queue_response(connection, mood == WRONG_STATUS ? 451 : mood == REDIRECT ? 302
											      : 200,
				    response);
	MHD_destroy_response(response);
	return result;
}

static int server_start(void **unused)
{
	const union MHD_DaemonInfo *bound;

	(void)unused;
	server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL, NULL,
				  answer, NULL, MHD_OPTION_END);
	if (!server)
		return -1;
	bound = MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT);
	port = bound->port;
	return 0;
}

static int server_stop(void **unused)
{
	(void)unused;
	MHD_stop_daemon(server);
	return 0;
}

/* -- a watchlist of them ----------------------------------------------------------------- */

static struct watchlist *watchlist;

static int begin(void **unused)
{
	char why[WATCHLIST_WHY_MAX], base[64];
	json_t *config;

	(void)unused;
	for (int i = 0; i < VENUE_KIND_COUNT; i++)
		moods[i] = GOOD;
	price = 2000;
	snprintf(base, sizeof base, "http://127.0.0.1:%d", port);
	config = json_pack("{s:{s:s, s:s, s:s}, s:[{s:s, s:[{s:s, s:s}, {s:s, s:s}, {s:s, s:s}]}]}", "bases",
			   "coinbase", base, "kraken", base, "binance", base, "feeds", "name", "ETH / USD", "venues",
			   "venue", "coinbase", "symbol", "ETH-USD", "venue", "kraken", "symbol", "ETHUSD", "venue",
			   "binance", "symbol", "ETHUSDT");
	assert_int_equal(watchlist_open(&watchlist, why, config), OK);
	json_decref(config);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	watchlist_close(watchlist);
	return 0;
}

static const struct watchlist_feed *poll_at(u64 now)
{
	watchlist_poll(watchlist, now);
	return watchlist_find(watchlist, "eth/usd");
}

static void three_good_venues_make_a_price(void **unused)
{
	const struct watchlist_feed *f = poll_at(1000);

	(void)unused;
	assert_int_equal(f->sample.status, FEED_TRADING);
	assert_true(f->sample.price == 2000 * E18 + E18 / 4);
	assert_true(f->sample.confidence == E18 / 4);
	assert_int_equal(f->sample.venues, 3);
	assert_int_equal(f->sample.trade_time, 1781887413); /* the newest: coinbase says its own */
}

static void a_venue_in_any_bad_mood_halts_the_feed_and_says_why(void **unused)
{
	static const struct {
		enum mood mood;
		const char *why;
	} cases[] = {
		{ WRONG_STATUS, "HTTP status 451" },
		{ REDIRECT, "HTTP status 302" },
		{ GIANT, "response above 64 KiB" },
		{ CROSSED, "bid above ask" },
		{ WIDE, "spread too wide" },
		{ REFUSES, "not the ticker it is known to send" },
		{ GARBAGE, "not JSON" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct watchlist_feed *f;

		assert_int_equal(poll_at(1000 + i)->sample.status, FEED_TRADING);
		moods[VENUE_KRAKEN] = cases[i].mood;
		f = poll_at(1000 + i);
		assert_int_equal(f->sample.status, FEED_HALTED);
		assert_true(f->sample.price == 0); /* not the one from the poll before */
		assert_int_equal(f->sample.venues, 2);
		assert_string_equal(f->venues[1].why, cases[i].why);
		assert_string_equal(f->venues[0].why, "");
		moods[VENUE_KRAKEN] = GOOD;
	}
}

static void a_slow_venue_does_not_count_and_does_not_hold_up_the_others(void **unused)
{
	const struct watchlist_feed *f;

	(void)unused;
	moods[VENUE_BINANCE] = SLOW;
	f = poll_at(1000);
	assert_int_equal(f->sample.status, FEED_HALTED);
	assert_int_equal(f->sample.venues, 2);
	assert_string_equal(f->venues[2].why, "Timeout was reached");
}

static void a_venue_that_does_not_answer_at_all_does_not_count(void **unused)
{
	const struct watchlist_feed *f;

	(void)unused;
	strcpy(watchlist->bases[VENUE_COINBASE], "http://127.0.0.1:1");
	f = poll_at(1000);
	assert_int_equal(f->sample.status, FEED_HALTED);
	assert_true(strlen(f->venues[0].why) > 0);
	strcpy(watchlist->bases[VENUE_COINBASE], "file:///etc/hostname?");
	f = poll_at(1000);
	assert_int_equal(f->sample.status, FEED_HALTED);
	assert_true(strlen(f->venues[0].why) > 0);
}

static void a_frozen_venue_stops_counting_after_a_minute(void **unused)
{
	const struct watchlist_feed *f;

	(void)unused;
	moods[VENUE_KRAKEN] = FROZEN;
	assert_int_equal(poll_at(1000)->sample.status, FEED_TRADING);
	assert_int_equal(poll_at(1060)->sample.status, FEED_TRADING);
	f = poll_at(1061);
	assert_int_equal(f->sample.status, FEED_HALTED);
	assert_string_equal(f->venues[1].why, "nothing new for more than a minute");
	moods[VENUE_KRAKEN] = GOOD;
	assert_int_equal(poll_at(1062)->sample.status, FEED_TRADING);
}

static void the_price_follows_the_venues(void **unused)
{
	(void)unused;
	poll_at(1000);
	price = 1500;
	assert_true(poll_at(1001)->sample.price == 1500 * E18 + E18 / 4);
}

/* -- configuration ---------------------------------------------------------------------- */

#define VENUES3 \
	"\"venues\":[{\"venue\":\"kraken\",\"symbol\":\"A\"},{\"venue\":\"binance\",\"symbol\":\"B\"}," \
	"{\"venue\":\"coinbase\",\"symbol\":\"C\"}]"

static enum err open_text(const char *text)
{
	char why[WATCHLIST_WHY_MAX];
	struct watchlist *m = NULL;
	json_t *config = json_loads(text, 0, NULL);
	enum err e;

	assert_non_null(config);
	e = watchlist_open(&m, why, config);
	if (e == OK)
		watchlist_close(m);
	else
		assert_true(strlen(why) > 0);
	json_decref(config);
	return e;
}

static void a_configuration_means_exactly_what_it_says(void **unused)
{
	static const char *const refused[] = {
		"{}",
		"[]",
		"{\"feeds\":[]}",
		"{\"feeds\":[{\"name\":\"A\"}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venues\":[]}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":4," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":0," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\",\"spreadMaxBps\":1001," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venueMin\":3," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\"," VENUES3 "},{\"name\":\" a\"," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\"," VENUES3 "}],\"other\":1}",
		"{\"bases\":[],\"feeds\":[{\"name\":\"A\"," VENUES3 "}]}",
		"{\"bases\":{\"nasdaq\":\"http://x\"},\"feeds\":[{\"name\":\"A\"," VENUES3 "}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":1,\"venues\":[{\"venue\":\"nasdaq\",\"symbol\":\"A\"}]}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":1,\"venues\":[{\"venue\":\"kraken\",\"symbol\":\"A&b=c\"}]}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":1,\"venues\":[{\"venue\":\"kraken\",\"symbol\":\"A\",\"in\":\"B\"}]}]}",
		"{\"feeds\":[{\"name\":\"A\",\"venuesMin\":1,\"venues\":[{\"venue\":\"kraken\",\"symbol\":\"A\",\"in\":\"A\"}]}]}",
	};

	(void)unused;
	assert_int_equal(open_text("{\"feeds\":[{\"name\":\"A\"," VENUES3 "}]}"), OK);
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		assert_int_equal(open_text(refused[i]), ERR_SYNTAX);
}

static void the_configuration_that_comes_with_the_program_is_valid(void **unused)
{
	json_t *config = json_load_file("data/feeds.json", JSON_REJECT_DUPLICATES, NULL);
	char why[WATCHLIST_WHY_MAX];
	struct watchlist *m;

	(void)unused;
	assert_non_null(config); /* tests run from the top of the source tree */
	assert_int_equal(watchlist_open(&m, why, config), OK);
	assert_non_null(watchlist_find(m, "ETH/USD"));
	watchlist_close(m);
	json_decref(config);
}

static void a_quote_without_its_currency_does_not_count(void **unused)
{
	char text[1024], why[WATCHLIST_WHY_MAX];
	struct watchlist *m;
	json_t *config;

	(void)unused;
	snprintf(text, sizeof text,
		 "{\"bases\":{\"kraken\":\"http://127.0.0.1:%d\",\"binance\":\"http://127.0.0.1:%d\"},\"feeds\":["
		 "{\"name\":\"USDT\",\"venuesMin\":1,\"venues\":[{\"venue\":\"kraken\",\"symbol\":\"USDTUSD\"}]},"
		 "{\"name\":\"ETH\",\"venuesMin\":1,\"venues\":[{\"venue\":\"binance\",\"symbol\":\"ETHUSDT\",\"in\":\"usdt\"}]}]}",
		 port, port);
	config = json_loads(text, 0, NULL);
	assert_non_null(config);
	assert_int_equal(watchlist_open(&m, why, config), OK);
	json_decref(config);
	price = 2;
	m->feeds[0].spread_max_bps = m->feeds[1].spread_max_bps = 5000;
	watchlist_poll(m, 1000);
	assert_int_equal(m->feeds[1].sample.status, FEED_TRADING);
	/* 2.25 x 2.25, the middles of [4.5, 5.625] */
	assert_true(m->feeds[1].sample.price == 5 * E18 + E18 / 16);
	moods[VENUE_KRAKEN] = GARBAGE;
	watchlist_poll(m, 1001);
	assert_int_equal(m->feeds[1].sample.status, FEED_HALTED);
	assert_string_equal(m->feeds[1].venues[0].why, "its currency has no price");
	watchlist_close(m);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_good_venues_make_a_price),
		TEST(a_venue_in_any_bad_mood_halts_the_feed_and_says_why),
		TEST(a_slow_venue_does_not_count_and_does_not_hold_up_the_others),
		TEST(a_venue_that_does_not_answer_at_all_does_not_count),
		TEST(a_frozen_venue_stops_counting_after_a_minute),
		TEST(the_price_follows_the_venues),
		TEST(a_configuration_means_exactly_what_it_says),
		TEST(the_configuration_that_comes_with_the_program_is_valid),
		TEST(a_quote_without_its_currency_does_not_count),
	};

	return cmocka_run_group_tests(tests, server_start, server_stop);
}
