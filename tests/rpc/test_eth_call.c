#include "tests/rpc/fixture.h"

/* eth_call and estimates. */

#define BALANCE_OF_BOB "{\"to\":\"" WETH "\",\"data\":\"0x70a08231" W_BOB "\"}"

static void a_call_answers_and_changes_nothing(void **unused)
{
	(void)unused;
	assert_answers("eth_call", "[" BALANCE_OF_BOB ",\"latest\"]",
		       "\"0x00000000000000000000000000000000000000000000003635c9adc5dea00000\"");
	assert_answers("eth_call", "[{\"to\":\"" WETH "\",\"input\":\"0x70a08231" W_ALICE "\"},\"earliest\"]",
		       "\"0x00000000000000000000000000000000000000000000003635c9adc5dea00000\"");
	assert_answers("eth_call", "[{\"to\":\"" NOBODY "\",\"data\":\"0x12345678\"}]", "\"0x\"");
	assert_answers("eth_call", "[{\"from\":\"" BOB "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_ALICE W_TEN "\"}]",
		       "\"0x0000000000000000000000000000000000000000000000000000000000000001\"");
	assert_answers("eth_call", "[" BALANCE_OF_BOB "]",
		       "\"0x00000000000000000000000000000000000000000000003635c9adc5dea00000\"");
}

static void a_revert_is_code_3_with_its_data(void **unused)
{
	json_t *error = ask_error("eth_call", "[{\"from\":\"" NOBODY "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_BOB W_TEN "\"}]");

	(void)unused;
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	assert_string_equal(text_at(error, "message"), "execution reverted");
	assert_memory_equal(text_at(error, "data"), "0xe450d38c", 10); /* ERC20InsufficientBalance */
	json_decref(error);
	error = ask_error("eth_call", "[{\"to\":\"" POOL "\",\"data\":\"0x\"}]");
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	assert_string_equal(text_at(error, "message"), "execution reverted");
	assert_string_equal(text_at(error, "data"), "0x");
	json_decref(error);
	/* Error(string): a feed's round that is not there. */
	error = ask_error("eth_call", "[{\"to\":\"0x506c696d736f6c6c000000000000000000040000\",\"data\":\"0x9a6fc8f5" W_ZERO "\"}]");
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	assert_string_equal(text_at(error, "message"), "execution reverted: No data present");
	assert_memory_equal(text_at(error, "data"), "0x08c379a0", 10);
	json_decref(error);
}

static void calls_that_make_no_sense_are_refused(void **unused)
{
	(void)unused;
	assert_refused("eth_call", "[{\"data\":\"0x6000\"}]", -32000, "contract creation not supported");
	assert_refused("eth_call", "[{\"to\":\"" POOL "\",\"data\":\"0x01\",\"input\":\"0x02\"}]", -32602,
		       "both \"data\" and \"input\" are set and not equal");
	assert_answers("eth_call", "[{\"to\":\"" NOBODY "\",\"data\":\"0x01\",\"input\":\"0x01\",\"nonce\":\"0x1\",\"chainId\":\"0x4f24\"}]",
		       "\"0x\"");
	assert_refused("eth_call", "[{\"to\":\"" NOBODY "\",\"chainId\":\"0x1\"}]", -32000,
		       "chainId does not match node's (have=1, want=20260)");
	assert_refused_as("eth_call", "[\"0x\"]", -32602, "invalid argument 0");
	assert_refused("eth_call", "[null]", -32602, "missing value for required argument 0");
	assert_refused_as("eth_call", "[{\"to\":\"" POOL "\",\"gas\":\"0x1\"}]", -32000, "intrinsic gas too low");
	assert_refused("eth_call", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\",\"value\":\"0xffff\"}]", -32000,
		       "insufficient funds for transfer");
	assert_refused("eth_call", "[{\"to\":\"" POOL "\",\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"}]", -32602,
		       "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
	assert_refused("eth_call", "[{\"to\":\"" POOL "\",\"gasPrice\":\"0x1\"}]", -32000,
		       "max fee per gas less than block base fee");
}

static void overrides_of_balance_and_block_are_honoured(void **unused)
{
	(void)unused;
	assert_answers("eth_call", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\",\"value\":\"0xffff\"},\"latest\","
				   "{\"" NOBODY "\":{\"balance\":\"0xffff\",\"nonce\":\"0x7\"}}]",
		       "\"0x\"");
	assert_refused("eth_call", "[{\"to\":\"" BOB "\"},\"latest\",{\"" NOBODY "\":{\"code\":\"0x\"}}]", -32602,
		       "state override \"code\" is not supported on this chain");
	assert_refused("eth_call", "[{\"to\":\"" BOB "\"},\"latest\",{\"" NOBODY "\":{\"stateDiff\":{}}}]", -32602,
		       "state override \"stateDiff\" is not supported on this chain");
	assert_refused("eth_call", "[{\"to\":\"" BOB "\"},\"latest\",{\"" NOBODY "\":{\"balanec\":\"0x1\"}}]", -32602,
		       "state override \"balanec\" is not supported on this chain");
	assert_answers("eth_call", "[{\"to\":\"" BOB "\"},\"latest\",{\"" NOBODY "\":{\"code\":null,\"balance\":null}},"
				   "{\"number\":null,\"gasLimit\":null}]",
		       "\"0x\"");
	/* Multicall3's getBlockNumber and getCurrentBlockTimestamp. */
	assert_answers("eth_call", "[{\"to\":\"0xca11bde05977b3631167028862be2a173976ca11\",\"data\":\"0x42cbb15c\"},\"latest\",null,"
				   "{\"number\":\"0xabc\"}]",
		       "\"0x0000000000000000000000000000000000000000000000000000000000000abc\"");
	assert_answers("eth_call", "[{\"to\":\"0xca11bde05977b3631167028862be2a173976ca11\",\"data\":\"0x0f28c97d\"},\"latest\",{},"
				   "{\"time\":\"0x77777777\"}]",
		       "\"0x0000000000000000000000000000000000000000000000000000000077777777\"");
	assert_refused("eth_call", "[{\"to\":\"" BOB "\"},\"latest\",{},{\"gasLimit\":\"0x1\"}]", -32602,
		       "block override \"gasLimit\" is not supported on this chain");
}

static void an_estimate_is_the_gas_that_the_transaction_then_uses(void **unused)
{
	json_t *gas, *receipt;

	(void)unused;
	assert_answers("eth_estimateGas", "[{\"from\":\"" ALICE "\",\"to\":\"" NOBODY "\",\"value\":\"0x1\"}]", "\"0x5208\"");
	gas = ask("eth_estimateGas", "[{\"from\":\"" BOB "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_ALICE W_TEN "\"},\"latest\"]");
	receipt = send_from(1, WETH, 0, "0xa9059cbb" W_ALICE W_TEN);
	assert_string_equal(json_string_value(gas), text_at(receipt, "gasUsed"));
	json_decref(receipt);
	json_decref(gas);
	receipt = send_from(0, WETH, 0, "0xa9059cbb" W_BOB W_TEN); /* back again */
	json_decref(receipt);
	/* Less gas than any transaction needs is no limit, for go-ethereum too. */
	assert_answers("eth_estimateGas", "[{\"to\":\"" NOBODY "\",\"gas\":\"0x5207\"}]", "\"0x5208\"");
	assert_answers("eth_estimateGas", "[{\"to\":\"" NOBODY "\",\"gas\":\"0x1\",\"data\":\"0x01\"}]", "\"0x5218\"");
	assert_answers("eth_createAccessList", "[{\"from\":\"" ALICE "\",\"to\":\"" NOBODY "\"}]",
		       "{\"accessList\":[],\"gasUsed\":\"0x5208\"}");
}

static void an_access_list_is_estimated_at_its_price(void **unused)
{
#define LISTED(keys) "[{\"from\":\"" ALICE "\",\"to\":\"" NOBODY "\",\"accessList\":[{\"address\":\"" WETH "\",\"storageKeys\":[" keys "]}]}]"
#define KEY          "\"0x" W_TEN "\""
	(void)unused;
	assert_answers("eth_estimateGas", LISTED(""), "\"0x5b68\"");          /* 21000 + 2400 */
	assert_answers("eth_estimateGas", LISTED(KEY "," KEY), "\"0x6a40\""); /* and 2 * 1900 */
	assert_answers("eth_createAccessList", LISTED(KEY), "{\"accessList\":[],\"gasUsed\":\"0x5208\"}");
	assert_refused("eth_estimateGas", LISTED("\"0x01\""), -32602,
		       "invalid accessList storage key: hex string has the wrong length");
	assert_refused_as("eth_call", "[{\"to\":\"" NOBODY "\",\"accessList\":{}}]", -32602, "invalid accessList");
	assert_refused_as("eth_call", "[{\"to\":\"" NOBODY "\",\"accessList\":[1]}]", -32602, "missing value");
#undef KEY
#undef LISTED
}

static void an_estimate_of_what_would_fail_is_its_error(void **unused)
{
	json_t *error = ask_error("eth_estimateGas", "[{\"from\":\"" NOBODY "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_BOB W_TEN "\"}]");

	(void)unused;
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	json_decref(error);
	assert_refused("eth_estimateGas", "[{\"from\":\"" BOB "\",\"to\":\"" WETH "\",\"gas\":\"0x5400\",\"data\":\"0xa9059cbb" W_ALICE W_ZERO "\"}]",
		       -32000, "gas required exceeds allowance (21504)");
	assert_refused("eth_estimateGas", "[{\"to\":\"" NOBODY "\",\"gas\":\"0x5208\",\"data\":\"0x01\"}]", -32000,
		       "gas required exceeds allowance (21000)");
	assert_refused("eth_estimateGas", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\",\"value\":\"0xffff\"}]", -32000,
		       "insufficient funds for transfer");
	assert_refused("eth_estimateGas", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\",\"gasPrice\":\"0x3b9aca00\"}]", -32000,
		       "gas required exceeds allowance (0)");
	assert_refused("eth_estimateGas", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\",\"gasPrice\":\"0x3b9aca00\",\"value\":\"0xffff\"}]",
		       -32000, "insufficient funds for transfer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_answers_and_changes_nothing),
		cmocka_unit_test(a_revert_is_code_3_with_its_data),
		cmocka_unit_test(calls_that_make_no_sense_are_refused),
		cmocka_unit_test(overrides_of_balance_and_block_are_honoured),
		cmocka_unit_test(an_estimate_is_the_gas_that_the_transaction_then_uses),
		cmocka_unit_test(an_access_list_is_estimated_at_its_price),
		cmocka_unit_test(an_estimate_of_what_would_fail_is_its_error),
	};

	return cmocka_run_group_tests(tests, fixture_history, fixture_stop);
}
