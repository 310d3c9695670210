/* What bots ask before they act: the most that may be borrowed, what calls would do, what other
 * prices would do.  Alice lends USDC, Bob borrows it against WETH. */

#include "tests/rpc/fixture.h"

#include <math.h>

#define W_LOAN      "00000000000000000000000000000000000000000000000000000004a817c800" /* 20000 USDC */
#define W_DEPOSIT   "000000000000000000000000000000000000000000000000000000174876e800" /* 100000 USDC */
#define W_ALL_DAI   "0000000000000000000000000000000000000000000211654585005212800000" /* 2,500,000 DAI */
#define SUPPLY_WETH "0x617ba037" W_WETH W_TEN W_BOB W_ZERO

static char block[32]; /* one that has a block after it: its time stands still */

/* Makes block the newest one, and another behind it. */
static void hold_still(void)
{
	json_t *height = ask("eth_blockNumber", "[]");

	(void)snprintf(block, sizeof block, "%s", json_string_value(height));
	json_decref(height);
	json_decref(send_from(0, NOBODY, 1, "0x"));
}

static int begin(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	if (fixture_start(&config) != 0)
		return -1;
	do_from(0, USDC, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_USDC W_DEPOSIT W_ALICE W_ZERO);
	do_from(1, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(1, POOL, SUPPLY_WETH);
	do_from(1, POOL, "0xa415bcad" W_USDC W_LOAN W_TWO W_ZERO W_BOB);
	hold_still();
	return 0;
}

static double decimal_at(const json_t *object, const char *key)
{
	return strtod(text_at(object, key), NULL);
}

/* -- plimsoll_quoteMax --------------------------------------------------------------- */

static json_t *quote(const char *action, const char *asset, const char *user)
{
	char params[400];

	(void)snprintf(params, sizeof params, "[{\"action\":\"%s\",\"asset\":\"%s\",\"user\":\"%s\"},\"%s\"]", action, asset,
		       user, block);
	return ask("plimsoll_quoteMax", params);
}

/* Whether the contract takes the amount of a quote and more units of it. */
static bool is_accepted(const json_t *quoted, const char *action, const char *asset_word, const char *user,
			const char *user_word, u64 more)
{
	const char *text = text_at(quoted, "amount");
	json_t *error = NULL, *result, *params;
	struct u256 amount, extra = u256_from_u64(more);
	char word[67], data[800];
	u8 bytes[32];

	assert_int_equal(u256_from_decimal(&amount, text, strlen(text)), OK);
	assert_int_equal(u256_add(&amount, &amount, &extra), OK);
	u256_to_be(bytes, &amount);
	(void)hex_from_bytes(word, (struct bytes){ bytes, sizeof bytes });
	if (strcmp(action, "borrow") == 0)
		(void)snprintf(data, sizeof data, "0xa415bcad%s%s" W_TWO W_ZERO "%s", asset_word, word + 2, user_word);
	else
		(void)snprintf(data, sizeof data, "0x69328dec%s%s%s", asset_word, word + 2, user_word);
	params = json_pack("[{s:s,s:s,s:s},s]", "from", user, "to", POOL, "data", data, block);
	result = rpc_call(fixture.client, &error, "eth_call", params);
	json_decref(result);
	json_decref(error);
	return result != NULL;
}

static void the_most_that_may_be_borrowed_is_exact(void **unused)
{
	json_t *quoted = quote("borrow", USDC, BOB);

	(void)unused;
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(is_accepted(quoted, "borrow", W_USDC, BOB, W_BOB, 0) || strcmp(text_at(quoted, "amount"), "0") == 0);
	assert_false(is_accepted(quoted, "borrow", W_USDC, BOB, W_BOB, 1));
	assert_string_equal(text_at(quoted, "limitedBy"), "CollateralCannotCoverNewBorrow");
	json_decref(quoted);
	quoted = quote("borrow", WETH, ALICE);
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(is_accepted(quoted, "borrow", W_WETH, ALICE, W_ALICE, 0));
	assert_false(is_accepted(quoted, "borrow", W_WETH, ALICE, W_ALICE, 1));
	assert_true(decimal_at(quoted, "amount") > 1e18);
	assert_true(decimal_at(quoted, "healthAfter") > 1.0);
	json_decref(quoted);
}

static void the_most_that_may_be_withdrawn_is_exact(void **unused)
{
	json_t *quoted = quote("withdraw", WETH, BOB);

	(void)unused;
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(is_accepted(quoted, "withdraw", W_WETH, BOB, W_BOB, 0));
	assert_false(is_accepted(quoted, "withdraw", W_WETH, BOB, W_BOB, 1));
	assert_string_equal(text_at(quoted, "limitedBy"), "HealthFactorLowerThanLiquidationThreshold");
	json_decref(quoted);
	quoted = quote("withdraw", USDC, ALICE); /* what is lent cannot go */
	assert_string_equal(text_at(quoted, "amount"), "80000000000");
	assert_false(is_accepted(quoted, "withdraw", W_USDC, ALICE, W_ALICE, 1));
	assert_true(json_is_null(json_object_get(quoted, "healthAfter")));
	json_decref(quoted);
}

/* A dollar's last place is 10^10 units of DAI, and the pool holds more than 2^80: the limit is far from
 * every first guess, for whoever borrows and for who lends all that. */
static void the_most_of_a_long_amount_is_exact(void **unused)
{
	json_t *quoted;

	(void)unused;
	do_from(0, DAI, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_DAI W_ALL_DAI W_ALICE W_ZERO);
	hold_still();
	quoted = quote("borrow", DAI, BOB);
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(is_accepted(quoted, "borrow", W_DAI, BOB, W_BOB, 0));
	assert_false(is_accepted(quoted, "borrow", W_DAI, BOB, W_BOB, 1));
	assert_string_equal(text_at(quoted, "limitedBy"), "CollateralCannotCoverNewBorrow");
	assert_true(json_integer_value(json_object_get(quoted, "runs")) <= 60);
	json_decref(quoted);
	for (int i = 0; i < 4; i++) /* more than her USDC alone would carry */
		do_from(0, POOL, "0xa415bcad" W_USDC W_LOAN W_TWO W_ZERO W_ALICE);
	hold_still();
	quoted = quote("withdraw", DAI, ALICE);
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(is_accepted(quoted, "withdraw", W_DAI, ALICE, W_ALICE, 0));
	assert_false(is_accepted(quoted, "withdraw", W_DAI, ALICE, W_ALICE, 1));
	json_decref(quoted);
}

static void who_has_nothing_can_have_nothing(void **unused)
{
	json_t *quoted = quote("borrow", USDC, NOBODY);

	(void)unused;
	assert_string_equal(text_at(quoted, "amount"), "0");
	assert_true(json_is_true(json_object_get(quoted, "exact")));
	assert_true(json_is_string(json_object_get(quoted, "limitedBy")));
	json_decref(quoted);
	quoted = quote("withdraw", USDC, NOBODY);
	assert_string_equal(text_at(quoted, "amount"), "0");
	assert_true(json_is_string(json_object_get(quoted, "limitedBy")));
	json_decref(quoted);
	assert_refused("plimsoll_quoteMax", "[{\"action\":\"lend\"}]", -32602,
		       "invalid action: \"borrow\" or \"withdraw\" is wanted");
	assert_refused("plimsoll_quoteMax", "[{\"action\":\"borrow\",\"as\":1}]", -32602,
		       "there is no \"as\" here; known: action asset user");
	assert_refused("plimsoll_quoteMax", "[7]", -32602, "invalid argument 0: {action, asset, user} is wanted");
	assert_refused("plimsoll_quoteMax", "[{\"action\":\"borrow\",\"asset\":\"" NOBODY "\",\"user\":\"" BOB "\"}]", -32602,
		       "invalid asset: not the underlying token of a reserve");
}

/* -- plimsoll_simulate ------------------------------------------------------------------ */

static const json_t *call_at(const json_t *simulated, size_t i)
{
	return json_array_get(json_object_get(simulated, "calls"), i);
}

static void calls_see_what_those_before_them_did(void **unused)
{
	json_t *s = ask("plimsoll_simulate",
			"[[{\"from\":\"" ALICE "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_BOB W_TEN "\"},"
			"{\"to\":\"" WETH "\",\"data\":\"0x70a08231" W_BOB "\"},"
			"{\"from\":\"" NOBODY "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_BOB W_TEN "\"}]]");
	json_t *balance = ask("eth_call", "[{\"to\":\"" WETH "\",\"data\":\"0x70a08231" W_BOB "\"},\"latest\"]");
	const json_t *log = json_array_get(json_object_get(call_at(s, 0), "logs"), 0);
	struct u256 was, is, ten;
	u8 bytes[32];

	(void)unused;
	assert_string_equal(text_at(call_at(s, 0), "status"), "success");
	assert_keys(call_at(s, 0), "status,returnData,error,gasUsed,logs");
	assert_string_equal(json_string_value(json_array_get(json_object_get(log, "topics"), 0)), TRANSFER);
	assert_int_equal(hex_to_fixed(bytes, 32, json_string_value(balance), 66), OK);
	was = u256_from_be(bytes);
	assert_int_equal(hex_to_fixed(bytes, 32, text_at(call_at(s, 1), "returnData"), 66), OK);
	is = u256_from_be(bytes);
	assert_int_equal(u256_from_decimal(&ten, "10000000000000000000", 20), OK);
	assert_int_equal(u256_add(&was, &was, &ten), OK);
	assert_true(u256_equal(&was, &is));
	assert_string_equal(text_at(call_at(s, 2), "status"), "reverted");
	assert_string_equal(text_at(call_at(s, 2), "error"), "ERC20InsufficientBalance");
	assert_int_equal(json_array_size(json_object_get(call_at(s, 2), "logs")), 0);
	assert_int_equal(json_array_size(json_object_get(s, "stateDiff")), 2); /* two balances */
	for (size_t i = 0; i < 2; i++) {
		const json_t *change = json_array_get(json_object_get(s, "stateDiff"), i);

		assert_keys(change, "table,key,before,after");
		assert_string_equal(text_at(change, "table"), "balance");
		assert_int_equal(strlen(text_at(change, "key")), 2 + 2 * 22);
	}
	json_decref(balance);
	json_decref(s);
}

static void a_signed_transaction_does_what_it_then_did(void **unused)
{
	char raw[RAW_TEXT_MAX], params[2 * RAW_TEXT_MAX + 16];
	struct tx tx = tx_to(NOBODY, 77, (struct bytes){ NULL, 0 }, fixture.nonces[0]);
	json_t *s, *receipt, *hash;

	(void)unused;
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[[\"%s\",\"%s\"]]", raw, raw);
	s = ask("plimsoll_simulate", params);
	assert_string_equal(text_at(call_at(s, 0), "status"), "success");
	assert_string_equal(text_at(call_at(s, 1), "status"), "refused");
	assert_string_equal(text_at(call_at(s, 1), "error"), "nonce too low");
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	hash = ask("eth_sendRawTransaction", params);
	fixture.nonces[0]++;
	receipt = receipt_of(json_string_value(hash));
	assert_string_equal(text_at(call_at(s, 0), "gasUsed"), text_at(receipt, "gasUsed"));
	json_decref(hash);
	json_decref(receipt);
	json_decref(s);
}

static void what_cannot_be_simulated_is_refused(void **unused)
{
	(void)unused;
	assert_refused("plimsoll_simulate", "[[]]", -32602, "invalid argument 0: an array of 1 to 64 calls is wanted");
	assert_refused("plimsoll_simulate", "[7]", -32602, "invalid argument 0: an array of 1 to 64 calls is wanted");
	assert_refused("plimsoll_simulate", "[[\"12\"]]", -32602, "invalid calls: hex string without 0x prefix");
	assert_refused("plimsoll_simulate", "[[{\"to\":\"" WETH "\"}],\"0xffff\"]", -32000, "header not found");
}

/* -- plimsoll_whatIf ----------------------------------------------------------------------- */

static void other_prices_tell_who_could_be_liquidated(void **unused)
{
	json_t *w = ask("plimsoll_whatIf", "[{\"prices\":{\"ETH / USD\":\"2288\"}}]"), *account, *calm;

	(void)unused;
	assert_keys(w, "height,liquidatableNow,liquidatable,debt,collateral,shortfall,accounts");
	assert_int_equal(json_integer_value(json_object_get(w, "liquidatableNow")), 0);
	assert_int_equal(json_integer_value(json_object_get(w, "liquidatable")), 1);
	assert_string_equal(text_at(w, "shortfall"), "0");
	assert_string_equal(text_at(w, "collateral"), "22880");
	account = json_array_get(json_object_get(w, "accounts"), 0);
	assert_string_equal(text_at(account, "address"), BOB);
	assert_true(decimal_at(account, "healthFactor") < 1.0);
	json_decref(w);
	calm = ask("plimsoll_liquidatable", "[]"); /* nothing of it stays */
	assert_int_equal(json_integer_value(json_object_get(calm, "total")), 0);
	json_decref(calm);
}

static void a_shock_moves_a_price_by_a_share(void **unused)
{
	json_t *w = ask("plimsoll_whatIf", "[{\"shocks\":{\"WETH\":\"-50%\"},\"limit\":0}]"), *by_address;

	(void)unused;
	assert_int_equal(json_integer_value(json_object_get(w, "liquidatable")), 1);
	assert_int_equal(json_array_size(json_object_get(w, "accounts")), 0);
	assert_true(fabs(decimal_at(w, "debt") - decimal_at(w, "collateral") - decimal_at(w, "shortfall")) < 1e-6);
	assert_true(decimal_at(w, "shortfall") > 0);
	by_address = ask("plimsoll_whatIf", "[{\"shocks\":{\"" WETH "\":\"-50%\"},\"limit\":0}]");
	assert_string_equal(text_at(by_address, "collateral"), text_at(w, "collateral"));
	json_decref(by_address);
	json_decref(w);
	w = ask("plimsoll_whatIf", "[{\"shocks\":{\"WETH\":\"+12.5%\"}}]");
	assert_int_equal(json_integer_value(json_object_get(w, "liquidatable")), 0);
	json_decref(w);
}

/* What plimsoll_whatIf says of Bob when ether costs so many 10^-8 dollars: his health, 0 for none. */
static double health_of_bob_at(u64 price)
{
	char params[200];
	double health;
	json_t *w;

	(void)snprintf(params, sizeof params,
		       "[{\"prices\":{\"ETH / USD\":\"%llu.%08llu\"},\"account\":\"" BOB "\"},\"%s\"]",
		       (unsigned long long)price / 100000000, (unsigned long long)price % 100000000, block);
	w = ask("plimsoll_whatIf", params);
	health = decimal_at(w, "healthAfter");
	assert_int_equal(json_is_true(json_object_get(w, "liquidatable")), health < 1.0);
	json_decref(w);
	return health;
}

static void one_account_is_judged_at_other_prices(void **unused)
{
	json_t *w = ask("plimsoll_whatIf", "[{\"shocks\":{\"WETH\":\"-50%\"},\"account\":\"" BOB "\"}]"), *health, *weth, *usdc;
	double price;

	(void)unused;
	assert_keys(w, "address,height,healthBefore,healthAfter,liquidatable,collateral,debt,availableBorrows,prices");
	assert_true(json_is_true(json_object_get(w, "liquidatable")));
	assert_true(fabs(decimal_at(w, "healthAfter") * 2 - decimal_at(w, "healthBefore")) < 1e-9);
	assert_string_equal(text_at(w, "availableBorrows"), "0");
	assert_int_equal(json_array_size(json_object_get(w, "prices")), 2);
	weth = json_array_get(json_object_get(w, "prices"), 0);
	usdc = json_array_get(json_object_get(w, "prices"), 1);
	assert_keys(weth, "symbol,asset,before,after,liquidationPrice");
	assert_string_equal(text_at(weth, "asset"), WETH);
	assert_true(fabs(decimal_at(weth, "after") * 2 - decimal_at(weth, "before")) < 1e-9);
	assert_string_equal(text_at(usdc, "before"), text_at(usdc, "after"));
	price = decimal_at(usdc, "liquidationPrice"); /* beside ether at half its price a dearer dollar harms */
	assert_true(price < 1.0 && fabs(price - decimal_at(w, "healthAfter")) < 1e-6);
	json_decref(w);

	w = ask("plimsoll_whatIf", "[{\"account\":\"" BOB "\"}]"); /* at today's prices it is plimsoll_getHealth */
	health = ask("plimsoll_getHealth", "[\"" BOB "\"]");
	assert_string_equal(text_at(w, "healthAfter"), text_at(w, "healthBefore"));
	if (json_equal(json_object_get(w, "height"), json_object_get(health, "height"))) /* no block came between */
		assert_string_equal(text_at(w, "healthAfter"), text_at(health, "healthFactor"));
	json_decref(health);
	json_decref(w);
}

/* The highest price of ether at which Bob can be liquidated, to the last digit, whatever price is asked about. */
static void a_liquidation_price_is_exact(void **unused)
{
	static const char *const changes[] = { "", "\"shocks\":{\"WETH\":\"-90%\"},", "\"shocks\":{\"WETH\":\"+400%\"}," };
	char params[200];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
		json_t *w, *weth;
		u64 price;

		(void)snprintf(params, sizeof params, "[{%s\"account\":\"" BOB "\"},\"%s\"]", changes[i], block);
		w = ask("plimsoll_whatIf", params);
		weth = json_array_get(json_object_get(w, "prices"), 0);
		price = (u64)llround(decimal_at(weth, "liquidationPrice") * 1e8);
		assert_true(health_of_bob_at(price) < 1.0);
		assert_true(health_of_bob_at(price + 1) >= 1.0);
		json_decref(w);
	}
}

static void who_owes_nothing_has_no_liquidation_price(void **unused)
{
	json_t *w = ask("plimsoll_whatIf", "[{\"shocks\":{\"USDC\":\"-90%\"},\"account\":\"" ALICE "\"}]");
	const json_t *usdc = json_array_get(json_object_get(w, "prices"), 0);

	(void)unused;
	assert_true(json_is_null(json_object_get(w, "healthAfter")));
	assert_true(json_is_false(json_object_get(w, "liquidatable")));
	assert_true(json_is_null(json_object_get(usdc, "liquidationPrice")));
	json_decref(w);
	w = ask("plimsoll_whatIf", "[{\"account\":\"" NOBODY "\"}]");
	assert_int_equal(json_array_size(json_object_get(w, "prices")), 0);
	json_decref(w);
}

static void changes_that_make_no_sense_are_refused(void **unused)
{
	static const struct {
		const char *change, *message;
	} rows[] = {
		{ "7", "invalid argument 0: {prices} or {shocks} is wanted" },
		{ "{}", "invalid argument 0: {prices} or {shocks} is wanted" },
		{ "{\"prices\":{}}", "invalid argument 0: {prices} or {shocks} is wanted" },
		{ "{\"prices\":{\"ETH / USD\":\"1\"},\"shocks\":{\"WETH\":\"-1%\"}}", "invalid argument 0: {prices} or {shocks} is wanted" },
		{ "{\"prices\":{\"X / USD\":\"1\"}}", "no feed is called \"X / USD\"" },
		{ "{\"prices\":{\"ETH / USD\":1}}", "invalid price: a decimal string is wanted" },
		{ "{\"prices\":{\"ETH / USD\":\"0\"}}", "a price must stay above 0 and below 2^90 / 10^8" },
		{ "{\"shocks\":{\"NONE\":\"-1%\"}}", "no reserve is called \"NONE\"" },
		{ "{\"shocks\":{\"WETH\":\"30%\"}}", "invalid shock: \"-30%\" or \"+30%\" is wanted" },
		{ "{\"shocks\":{\"WETH\":\"-x%\"}}", "invalid shock: a decimal string is wanted" },
		{ "{\"shocks\":{\"WETH\":\"-100%\"}}", "a price must stay above 0 and below 2^90 / 10^8" },
		{ "{\"shocks\":{\"WETH\":\"-101%\"}}", "a price must stay above 0 and below 2^90 / 10^8" },
		{ "{\"shocks\":{\"WETH\":\"-1%\"},\"limit\":1001}", "limit is a whole number, at most 1000" },
		{ "{\"shocks\":{\"WETH\":\"-1%\"},\"account\":\"bob\"}", "invalid account: hex string without 0x prefix" },
		{ "{\"account\":\"" BOB "\",\"shock\":{}}", "there is no \"shock\" here; known: prices shocks limit account" },
		{ "{\"account\":\"" BOB "\",\"limit\":1}", "limit is for all accounts: leave it out beside an account" },
		{ "{\"account\":\"" BOB "\",\"shocks\":{}}", "invalid argument 0: {prices} or {shocks} is wanted" },
	};
	char params[200];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		(void)snprintf(params, sizeof params, "[%s]", rows[i].change);
		assert_refused("plimsoll_whatIf", params, -32602, rows[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_that_may_be_borrowed_is_exact),
		cmocka_unit_test(the_most_that_may_be_withdrawn_is_exact),
		cmocka_unit_test(who_has_nothing_can_have_nothing),
		cmocka_unit_test(calls_see_what_those_before_them_did),
		cmocka_unit_test(a_signed_transaction_does_what_it_then_did),
		cmocka_unit_test(what_cannot_be_simulated_is_refused),
		cmocka_unit_test(other_prices_tell_who_could_be_liquidated),
		cmocka_unit_test(a_shock_moves_a_price_by_a_share),
		cmocka_unit_test(one_account_is_judged_at_other_prices),
		cmocka_unit_test(a_liquidation_price_is_exact),
		cmocka_unit_test(who_owes_nothing_has_no_liquidation_price),
		cmocka_unit_test(changes_that_make_no_sense_are_refused),
		cmocka_unit_test(the_most_of_a_long_amount_is_exact),
	};

	return cmocka_run_group_tests(tests, begin, fixture_stop);
}
