/* plimsoll_subscribe: Alice lends USDC, Bob borrows it against WETH, the price of ETH falls, Alice
 * liquidates half of it.  A bot hears of all of it, live and again from the history. */

#include <math.h>

#include "tests/rpc/streams_fixture.h"

#define BANDS "{\"bands\":[\"1\",\"1.01\",\"1.02\"]"

static json_t *bands_id, *bob_id, *prices_id, *markets_id, *twin_id, *liquidations_id;

static int begin(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	if (fixture_start(&config) != 0)
		return -1;
	lend_and_borrow();
	bot = ws_open(0);
	bands_id = ws_ask(bot, "plimsoll_subscribe", "[\"healthBands\"," BANDS "}]");
	bob_id = ws_ask(bot, "plimsoll_subscribe", "[\"healthBands\",{\"bands\":[\"1.01\"],\"accounts\":[\"" BOB "\"]}]");
	prices_id = ws_ask(bot, "plimsoll_subscribe", "[\"prices\"]");
	markets_id = ws_ask(bot, "plimsoll_subscribe", "[\"markets\"]");
	twin_id = ws_ask(bot, "plimsoll_subscribe", "[\"markets\"]");
	liquidations_id = ws_ask(bot, "plimsoll_subscribe", "[\"liquidations\"]");
	return 0;
}

static void a_price_that_moves_is_told_with_its_feed(void **unused)
{
	json_t *note, *feed;

	(void)unused;
	price_falls();
	note = next_of(prices_id);
	assert_keys(note, "block,index,time,feed");
	assert_int_equal(json_integer_value(json_object_get(note, "index")), 0);
	feed = json_object_get(note, "feed");
	assert_string_equal(text_at(feed, "description"), "ETH / USD");
	assert_true(decimal_at(feed, "price") == 2288.0);
	assert_non_null(json_object_get(feed, "confidence"));
	assert_non_null(json_object_get(feed, "reporters"));
	assert_true(json_array_size(json_object_get(feed, "status")) > 0);
	json_decref(note);
}

static void an_account_that_crosses_bands_is_told_with_the_prices(void **unused)
{
	json_t *note = next_of(bands_id), *health = ask("plimsoll_getHealth", "[\"" BOB "\"]"), *price, *own;

	(void)unused;
	assert_keys(note, "block,index,time,account,healthBefore,healthAfter,bands,prices");
	assert_string_equal(text_at(note, "account"), BOB);
	assert_true(decimal_at(note, "healthBefore") > 1.02);
	assert_string_equal(text_at(note, "healthAfter"), text_at(health, "healthFactor"));
	assert_true(decimal_at(note, "healthAfter") < 1.0);
	assert_int_equal(json_array_size(json_object_get(note, "bands")), 3);
	assert_int_equal(json_array_size(json_object_get(note, "prices")), 1);
	price = json_array_get(json_object_get(note, "prices"), 0);
	assert_string_equal(text_at(price, "asset"), WETH);
	assert_string_equal(text_at(price, "after"), "2288");
	own = next_of(bob_id);
	assert_string_equal(text_at(own, "healthBefore"), text_at(note, "healthBefore"));
	assert_int_equal(json_array_size(json_object_get(own, "bands")), 1);
	json_decref(own);
	json_decref(health);
	json_decref(note);
}

static void a_liquidation_is_told_as_it_was(void **unused)
{
	json_t *receipt = liquidate(), *note, *health;

	(void)unused;
	assert_string_equal(text_at(receipt, "status"), "0x1");
	note = next_of(liquidations_id);
	assert_keys(note, "block,index,time,transactionHash,logIndex,user,liquidator,collateralAsset,debtAsset,receiveAToken,"
			  "collateralPrice,debtPrice,debtCovered,collateralSeized,protocolFee,liquidationBonus,liquidationProtocolFee,"
			  "debtValueUsd,collateralValueUsd,bonusValueUsd,healthAfter");
	assert_string_equal(text_at(note, "block"), text_at(receipt, "blockNumber"));
	assert_string_equal(text_at(note, "transactionHash"), text_at(receipt, "transactionHash"));
	assert_string_equal(text_at(note, "user"), BOB);
	assert_string_equal(text_at(note, "liquidator"), ALICE);
	assert_string_equal(text_at(note, "collateralAsset"), WETH);
	assert_string_equal(text_at(note, "debtAsset"), USDC);
	assert_string_equal(text_at(note, "debtCovered"), "10000000000");
	assert_string_equal(text_at(note, "collateralPrice"), "2288");
	/* 10000 dollars at 2288, and 5 % of bonus, of which the treasury gets a tenth: 4.589160839160839160 ether. */
	assert_string_equal(text_at(note, "liquidationBonus"), "1.05");
	assert_string_equal(text_at(note, "liquidationProtocolFee"), "0.1");
	assert_string_equal(text_at(note, "protocolFee"), "21853146853146853");
	assert_string_equal(text_at(note, "collateralSeized"), "4567307692307692307");
	health = ask("plimsoll_getHealth", "[\"" BOB "\"]");
	assert_string_equal(text_at(note, "healthAfter"), text_at(health, "healthFactor"));
	/* A bonus is what the collateral is worth beyond the debt. */
	assert_true(fabs(decimal_at(note, "collateralValueUsd") - decimal_at(note, "debtValueUsd") -
			 decimal_at(note, "bonusValueUsd")) < 1e-6);
	json_decref(health);
	json_decref(note);
	json_decref(receipt);
}

static void the_markets_that_changed_are_told(void **unused)
{
	json_t *first = next_of(markets_id), *second = next_of(markets_id), *markets = ask("plimsoll_markets", "[]");

	(void)unused;
	assert_keys(first, "block,index,time,market");
	assert_string_equal(text_at(json_object_get(first, "market"), "symbol"), "WETH");
	assert_string_equal(text_at(json_object_get(second, "market"), "symbol"), "USDC");
	assert_string_equal(text_at(first, "block"), text_at(second, "block"));
	assert_int_equal(json_integer_value(json_object_get(second, "index")), 1);
	assert_true(json_equal(json_object_get(first, "market"), json_array_get(markets, 0)));
	assert_same(first, next_of(twin_id));
	assert_same(second, next_of(twin_id));
	json_decref(markets);
}

/* -- replay -------------------------------------------------------------------------- */

/* Two subscriptions from the first block on tell the same, and the same as one that was there. */
static void what_was_missed_is_told_again(void **unused)
{
	static const char *const kinds[] = {
		"[\"healthBands\"," BANDS ",\"fromBlock\":\"0x1\"}]",
		"[\"prices\",{\"fromBlock\":\"0x0\"}]",
		"[\"markets\",{\"fromBlock\":\"earliest\"}]",
		"[\"liquidations\",{\"fromBlock\":\"0x1\"}]",
	};
	static const size_t least[] = { 1, 1, 4, 1 };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		json_t *one = ws_ask(bot, "plimsoll_subscribe", kinds[i]), *two = ws_ask(bot, "plimsoll_subscribe", kinds[i]);

		for (size_t j = 0; j < least[i]; j++)
			assert_same(next_of(one), next_of(two));
		json_decref(one);
		json_decref(two);
	}
}

/* A server whose queues take next to nothing: one replay waits for the other, and none for a block to come. */
static void replays_end_though_queues_are_short(void **unused)
{
	static const char one[] = "{\"id\":1,\"method\":\"plimsoll_subscribe\",\"params\":[\"markets\",{\"fromBlock\":\"0x1\"}]}";
	enum { MANY = 20 };
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	char why[RPC_WHY_MAX], body[MANY * sizeof one + 2] = "[";
	struct ws_client *w;

	(void)unused;
	config.ws_queue_max = 4096;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	w = ws_open(0);
	for (int i = 0; i < MANY; i++)
		(void)strcat(strcat(body, i == 0 ? "" : ","), one);
	assert_true(ws_text(w, strcat(body, "]")));
	for (int i = 0; i < 1 + MANY * 4; i++) /* the answer, and what they are told of */
		json_decref(ws_json(w));
	ws_close(w);
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

/* The same but for the members named, which are null. */
static void assert_same_but(json_t *was, json_t *is, const char *nulls)
{
	char text[200], *rest = NULL;

	strcpy(text, nulls);
	for (const char *key = strtok_r(text, ",", &rest); key; key = strtok_r(NULL, ",", &rest)) {
		assert_non_null(json_object_get(was, key));
		assert_false(json_is_null(json_object_get(was, key)));
		assert_int_equal(json_object_set_new(was, key, json_null()), 0);
	}
	assert_same(json_incref(was), json_incref(is));
}

static void what_is_older_than_states_is_told_from_the_logs(void **unused)
{
	json_t *price = first_of("prices"), *liquidation = first_of("liquidations"), *old;

	(void)unused;
	blocks_pass(HISTORY_BLOCKS + 8); /* the first ones' states are gone */
	old = first_of("prices");
	assert_same_but(json_object_get(price, "feed"), json_object_get(old, "feed"),
			"price,confidence,oracleRound,observedAt,reporters,status");
	assert_same(price, old);
	old = first_of("liquidations");
	assert_same_but(liquidation, old,
			"collateralPrice,debtPrice,liquidationBonus,liquidationProtocolFee,debtValueUsd,collateralValueUsd,bonusValueUsd,"
			"healthAfter");
	json_decref(liquidation);
	json_decref(old);
}

static void a_replay_has_a_limit(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	u64 head = node_wait_height(fixture.node, 0, 0);
	char why[RPC_WHY_MAX], params[80], message[100];
	struct ws_client *w;

	(void)unused;
	config.logs_blocks_max = 100; /* more than states reach, in ten ranges */
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	w = ws_open(0);
	(void)snprintf(message, sizeof message, "a replay is of at most 1000 blocks: fromBlock is at least 0x%llx",
		       (unsigned long long)head - 999);
	(void)snprintf(params, sizeof params, "[\"prices\",{\"fromBlock\":\"0x%llx\"}]", (unsigned long long)head - 1000);
	ws_assert_refused(w, "plimsoll_subscribe", params, -32602, message);
	(void)snprintf(params, sizeof params, "[\"liquidations\",{\"fromBlock\":\"0x%llx\"}]", (unsigned long long)head - 999);
	json_decref(ws_ask(w, "plimsoll_subscribe", params));
	(void)snprintf(message, sizeof message, "pruned history unavailable: healthBands needs states, fromBlock is at least 0x%llx",
		       (unsigned long long)head - 895);
	ws_assert_refused(w, "plimsoll_subscribe", "[\"healthBands\",{\"fromBlock\":\"0x1\"}]", 4444, message);
	ws_close(w);
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

static void an_account_that_recovers_is_told_too(void **unused)
{
	json_t *note = next_of(bands_id); /* the liquidation lifted it */

	(void)unused;
	assert_true(decimal_at(note, "healthBefore") < 1.0);
	assert_true(decimal_at(note, "healthAfter") > 1.02);
	assert_int_equal(json_array_size(json_object_get(note, "bands")), 3);
	assert_int_equal(json_array_size(json_object_get(note, "prices")), 0);
	json_decref(note);
}

static void what_makes_no_sense_is_refused(void **unused)
{
	static const struct {
		const char *params, *message;
		int code;
	} rows[] = {
		{ "[\"nothing\"]", "no \"nothing\" subscription in plimsoll namespace", -32602 },
		{ "[\"prices\",7]", "invalid argument 1: options are an object", -32602 },
		{ "[\"prices\",{\"fromBlock\":\"0xffffff\"}]", "fromBlock is beyond the block to come", -32602 },
		{ "[\"prices\",{\"bands\":[\"1\"]}]", "there is no \"bands\" here; known: fromBlock", -32602 },
		{ "[\"healthBands\",{\"band\":[\"1\"]}]", "there is no \"band\" here; known: bands accounts fromBlock", -32602 },
		{ "[\"healthBands\",{\"bands\":[]}]", "invalid bands: an array of 1 to 16 is wanted", -32602 },
		{ "[\"healthBands\",{\"bands\":[\"1.1\",\"1\"]}]", "invalid bands: they must ascend", -32602 },
		{ "[\"healthBands\",{\"bands\":[\"0\"]}]", "invalid bands: above 0 and up to 2", -32602 },
		{ "[\"healthBands\",{\"bands\":[\"3\"]}]", "invalid bands: above 0 and up to 2", -32602 },
		{ "[\"healthBands\",{\"bands\":[1]}]", "invalid bands: a decimal string is wanted", -32602 },
		{ "[\"healthBands\",{\"accounts\":[]}]", "invalid accounts: an array of 1 to 256 is wanted", -32602 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		ws_assert_refused(bot, "plimsoll_subscribe", rows[i].params, rows[i].code, rows[i].message);
}

static void watching_everyone_is_bounded(void **unused)
{
	struct ws_client *w = ws_open(0);

	(void)unused;
	for (int i = 0; i < 4; i++)
		json_decref(ws_ask(w, "plimsoll_subscribe", "[\"healthBands\"]"));
	ws_assert_refused(w, "plimsoll_subscribe", "[\"healthBands\"]", -32000,
			  "too many subscriptions: limited to 4 for all accounts a connection");
	ws_close(w);
}

static int end(void **state)
{
	json_decref(bands_id);
	json_decref(bob_id);
	json_decref(prices_id);
	json_decref(markets_id);
	json_decref(twin_id);
	json_decref(liquidations_id);
	ws_close(bot);
	return fixture_stop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_price_that_moves_is_told_with_its_feed),
		cmocka_unit_test(an_account_that_crosses_bands_is_told_with_the_prices),
		cmocka_unit_test(a_liquidation_is_told_as_it_was),
		cmocka_unit_test(the_markets_that_changed_are_told),
		cmocka_unit_test(what_was_missed_is_told_again),
		cmocka_unit_test(replays_end_though_queues_are_short),
		cmocka_unit_test(an_account_that_recovers_is_told_too),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(watching_everyone_is_bounded),
		cmocka_unit_test(what_is_older_than_states_is_told_from_the_logs),
		cmocka_unit_test(a_replay_has_a_limit),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
