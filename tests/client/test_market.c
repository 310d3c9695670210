#include "client/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/canned_rpc.h"

#define ASSET "0x506c696d736f6c6c000000000000000000010000"

static const char *markets_text; /* what the node lists */

static json_t *node_answer(void *context, const char *method, const json_t *params)
{
	(void)context, (void)params;
	if (strcmp(method, "plimsoll_markets") == 0)
		return json_loads(markets_text, JSON_DECODE_ANY, NULL);
	/* symbol() and decimals() of any token: "SIX" and 6 */
	if (strncmp(json_string_value(json_object_get(json_array_get(params, 0), "data")), "0x95d89b41", 10) == 0)
		return json_string("0x0000000000000000000000000000000000000000000000000000000000000020"
				   "0000000000000000000000000000000000000000000000000000000000000003"
				   "5349580000000000000000000000000000000000000000000000000000000000");
	return json_string("0x0000000000000000000000000000000000000000000000000000000000000006");
}

static struct canned_rpc *server;
static struct rpc_client *rpc;

static int set_up(void **state)
{
	(void)state;
	markets_text = "[{\"symbol\":\"WETH\",\"asset\":\"" ASSET "\",\"aToken\":\"0x506c696d736f6c6c000000000000000000020000\","
		       "\"debtToken\":\"0x506c696d736f6c6c000000000000000000030000\",\"decimals\":18,\"price\":\"2500.5\",\"stale\":true}]";
	server = canned_rpc_start(node_answer, NULL);
	rpc = rpc_open(canned_rpc_url(server));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rpc_close(rpc);
	canned_rpc_stop(server);
	return 0;
}

static void a_market_is_found_by_symbol_and_by_address(void **unused)
{
	struct market_list list;
	struct fault why;
	struct u256 half, value;

	(void)unused;
	assert_int_equal(market_list_read(&list, rpc, &why), OK);
	assert_int_equal(list.count, 1);
	assert_ptr_equal(market_named(&list, "weth"), list.at);
	assert_ptr_equal(market_named(&list, ASSET), list.at);
	assert_ptr_equal(market_of_asset(&list, &list.at[0].asset), list.at);
	assert_null(market_named(&list, "DOGE"));
	assert_null(market_named(&list, "0x0000000000000000000000000000000000000001"));
	assert_int_equal(list.at[0].decimals, 18);
	assert_true(list.at[0].is_stale);
	half = u256_from_u64(500000000000000000);
	value = market_value(&list.at[0], &half);
	assert_int_equal(u256_low64(&value), 125025000000); /* $1,250.25 */
	half = U256_MAX;
	list.at[0].decimals = 0;
	value = market_value(&list.at[0], &half);
	assert_true(u256_equal(&value, &half));
	market_list_free(&list);
}

static void a_token_has_a_symbol_a_deposit_an_a_before_it(void **unused)
{
	struct erc20 token;
	struct fault why;

	(void)unused;
	assert_int_equal(erc20_find(&token, rpc, &why, "WETH"), OK);
	assert_int_equal(token.at.bytes[17], 1);
	assert_string_equal(token.symbol, "WETH");
	assert_int_equal(erc20_find(&token, rpc, &why, "aWETH"), OK);
	assert_int_equal(token.at.bytes[17], 2);
	assert_string_equal(token.symbol, "aWETH");
	assert_int_equal(erc20_find(&token, rpc, &why, "0x0000000000000000000000000000000000000001"), OK);
	assert_string_equal(token.symbol, "SIX");
	assert_int_equal(token.decimals, 6);
	assert_int_equal(erc20_find(&token, rpc, &why, "DOGE"), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "plimsoll markets"));
}

static void a_list_that_is_none_is_refused(void **unused)
{
	static const char *const texts[] = { "[]", "{}", "\"no\"", "[{}]", "[{\"symbol\":\"X\"}]", "[1]" };
	struct market_list list;
	struct fault why;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		markets_text = texts[i];
		assert_int_equal(market_list_read(&list, rpc, &why), ERR_NOT_FOUND);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_market_is_found_by_symbol_and_by_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_token_has_a_symbol_a_deposit_an_a_before_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_list_that_is_none_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
