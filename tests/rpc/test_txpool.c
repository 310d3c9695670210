#include "tests/rpc/fixture.h"

/* What waits, as txpool_* show it.  Blocks take what is pending at once here: most of this is about
 * nonces ahead. */

#define ALICE_CHECKSUM "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
#define BOB_CHECKSUM   "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

static void queue(u32 account, u64 nonce, u64 wei)
{
	struct tx tx = tx_to(BOB, wei, (struct bytes){ (const u8 *)"", 0 }, nonce);
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8], *got;
	json_t *hash;

	tx.gas_limit = 21000;
	sign(raw, &tx, account);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	hash = ask("eth_sendRawTransaction", params);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(hash));
	got = ask_text("debug_getRawTransaction", params);
	(void)snprintf(params, sizeof params, "\"%s\"", raw);
	assert_string_equal(got, params);
	free(got);
	json_decref(hash);
}

static void an_empty_pool_has_empty_sections(void **unused)
{
	(void)unused;
	assert_answers("txpool_content", "[]", "{\"pending\":{},\"queued\":{}}");
	assert_answers("txpool_inspect", "[]", "{\"pending\":{},\"queued\":{}}");
	assert_answers("txpool_contentFrom", "[\"" ALICE "\"]", "{\"pending\":{},\"queued\":{}}");
	assert_answers("txpool_status", "[]", "{\"pending\":\"0x0\",\"queued\":\"0x0\"}");
}

static void what_waits_is_shown_by_sender_and_nonce(void **unused)
{
	json_t *content, *mine, *tx;

	(void)unused;
	queue(0, 3, 7);
	queue(0, 12, 8);
	queue(1, 5, 9);
	content = ask("txpool_content", "[]");
	assert_keys(content, "pending,queued");
	assert_int_equal(json_object_size(json_object_get(content, "pending")), 0);
	assert_keys(json_object_get(content, "queued"), ALICE_CHECKSUM "," BOB_CHECKSUM);
	mine = json_object_get(json_object_get(content, "queued"), ALICE_CHECKSUM);
	assert_keys(mine, "3,12");
	tx = json_object_get(mine, "12");
	assert_int_equal(number_at(tx, "nonce"), 12);
	assert_int_equal(number_at(tx, "value"), 8);
	assert_string_equal(text_at(tx, "from"), ALICE);
	assert_true(json_is_null(json_object_get(tx, "blockHash")));
	json_decref(content);
	content = ask("txpool_contentFrom", "[\"" ALICE "\"]");
	assert_keys(content, "pending,queued");
	assert_keys(json_object_get(content, "queued"), "3,12");
	json_decref(content);
	assert_answers("txpool_contentFrom", "[\"" NOBODY "\"]", "{\"pending\":{},\"queued\":{}}");
	assert_refused_as("txpool_contentFrom", "[\"0x12\"]", -32602, "invalid argument 0");
	assert_answers("txpool_status", "[]", "{\"pending\":\"0x0\",\"queued\":\"0x3\"}");
}

static void an_inspection_is_a_line_each(void **unused)
{
	json_t *content = ask("txpool_inspect", "[]"), *queued = json_object_get(content, "queued");

	(void)unused;
	assert_string_equal(text_at(json_object_get(queued, ALICE_CHECKSUM), "3"),
			    BOB_CHECKSUM ": 7 wei + 21000 gas \xc3\x97 2000000000 wei");
	assert_string_equal(text_at(json_object_get(queued, BOB_CHECKSUM), "5"),
			    BOB_CHECKSUM ": 9 wei + 21000 gas \xc3\x97 2000000000 wei");
	json_decref(content);
}

static void a_price_above_the_balance_names_no_queued_cost(void **unused)
{
	struct tx tx = tx_to(BOB, 0, (struct bytes){ (const u8 *)"", 0 }, 3);
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct u256 rich = u256_pow10(25);

	(void)unused;
	tx.value = rich;
	tx.nonce = 0;
	tx.gas_limit = 21000;
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	/* Alone it is too much: there is nothing queued to name. */
	assert_refused("eth_sendRawTransaction", params, -32000,
		       "insufficient funds for gas * price + value: balance 10000000000000000000000, tx cost "
		       "10000000000042000000000000, overshot 9990000000042000000000000");
}

/* The state of the block to come is the newest; its nonces count what is pending. */
static void pending_reads_are_of_the_block_to_come(void **unused)
{
	json_t *pending = ask("eth_getBlockByNumber", "[\"pending\",false]");
	json_t *latest = ask("eth_getBlockByNumber", "[\"latest\",false]");

	(void)unused;
	assert_true(json_equal(pending, latest));
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"pending\"]", "\"0x0\"");
	assert_answers("eth_call", "[{\"to\":\"" NOBODY "\"},\"pending\"]", "\"0x\"");
	assert_answers("eth_estimateGas", "[{\"to\":\"" NOBODY "\"},\"pending\"]", "\"0x5208\"");
	assert_answers("eth_getBalance", "[\"" ALICE "\",\"pending\"]", "\"0x21e19e0c9bab2400000\"");
	json_decref(pending);
	json_decref(latest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_pool_has_empty_sections),
		cmocka_unit_test(what_waits_is_shown_by_sender_and_nonce),
		cmocka_unit_test(an_inspection_is_a_line_each),
		cmocka_unit_test(a_price_above_the_balance_names_no_queued_cost),
		cmocka_unit_test(pending_reads_are_of_the_block_to_come),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
