#include "tests/rpc/dev_fixture.h"

#include "node/dev.h"

/* Edits, other people's transactions, and what all methods have in common. */

#define W_RICH "00000000000000000000000000000000000000000000000000000000000000ee"

static char *word_of(const char *to, const char *data)
{
	char params[PARAMS];

	(void)snprintf(params, sizeof params, "[{\"to\":\"%s\",\"data\":\"%s\"},\"latest\"]", to, data);
	return ask_text("eth_call", params);
}

static void assert_word(const char *to, const char *data, const char *word)
{
	char *text = word_of(to, data), expected[80];

	(void)snprintf(expected, sizeof expected, "\"0x%s\"", word);
	assert_string_equal(text, expected);
	free(text);
}

/* -- edits ------------------------------------------------------------------------------------------ */

#define TOO_MUCH "115792089237316195423570985008687907853269984665640564039457584007913129639936" /* 2^256 */

static void an_edit_is_a_block_and_visible_at_once(void **unused)
{
	static const char *const WRONG[] = { "[\"" RICH "\",\"\"]", "[\"" RICH "\",\"12 \"]", "[\"" RICH "\",\"-1\"]",
					     "[\"" RICH "\",1.5]", "[\"" RICH "\",\"" TOO_MUCH "\"]" };
	u64 t = head_time();
	char *before = ask_text("eth_getBlockByNumber", "[\"latest\",false]"), *after;

	(void)unused;
	tell("evm_setNextBlockTimestamp", t + 77, "null");
	assert_answers("anvil_setBalance", "[\"" RICH "\",\"0x64\"]", "null");
	assert_balance(RICH, 100);
	assert_answers("hardhat_setBalance", "[\"" RICH "\",7]", "null");
	assert_answers("anvil_addBalance", "[\"" RICH "\",\"2\"]", "null");
	assert_balance(RICH, 9);
	assert_answers("anvil_setNonce", "[\"" RICH "\",\"0x5\"]", "null");
	assert_answers("eth_getTransactionCount", "[\"" RICH "\",\"pending\"]", "\"0x5\"");
	assert_int_equal(height(), 4);
	assert_int_equal(head_time(), t);               /* of its parent */
	assert_int_equal(call_time("pending"), t + 77); /* which leaves what was set */
	assert_answers("eth_getBalance", "[\"" RICH "\",\"0x1\"]", "\"0x64\"");
	after = ask_text("eth_getBlockByNumber", "[\"0x1\",false]");
	assert_string_not_equal(before, after);
	free(before);
	free(after);
	assert_refused_as("anvil_setBalance", "[\"0x12\",\"0x1\"]", -32602, "invalid argument 0");
	for (size_t i = 0; i < ARRAY_COUNT(WRONG); i++)
		assert_refused_as("anvil_setBalance", WRONG[i], -32602, "invalid amount");
	assert_int_equal(height(), 4);
}

static void tokens_are_dealt_with_their_supply(void **unused)
{
	char *supply = word_of(WETH, "0x18160ddd"), *after; /* totalSupply() */

	(void)unused;
	assert_answers("anvil_dealERC20", "[\"" RICH "\",\"" WETH "\",\"0x2\"]", "null");
	assert_word(WETH, "0x70a08231" W_RICH, W_TWO);
	assert_answers("anvil_setERC20Allowance", "[\"" RICH "\",\"" BOB "\",\"" WETH "\",\"0x2\"]", "null");
	assert_word(WETH, "0xdd62ed3e" W_RICH W_BOB, W_TWO);
	do_from(1, WETH, "0x23b872dd" W_RICH W_BOB W_TWO); /* transferFrom */
	assert_word(WETH, "0x70a08231" W_RICH, W_ZERO);
	assert_answers("anvil_dealERC20", "[\"" BOB "\",\"" WETH "\",\"0x0\"]", "null");
	after = word_of(WETH, "0x18160ddd");
	assert_string_not_equal(after, supply); /* what Bob had is gone */
	assert_answers("anvil_dealERC20", "[\"" BOB "\",\"" USDC "\",\"0x0\"]", "null");
	assert_refused("anvil_dealERC20",
		       "[\"" RICH "\",\"" WETH "\",\"0x" W_MAX "\"]", -32602, "the supply would exceed 2^256-1");
	assert_refused("anvil_dealERC20", "[\"" RICH "\",\"" POOL "\",\"0x1\"]", -32602, "there is no such token");
	assert_refused("anvil_dealERC20", "[\"" RICH "\",\"0x506c696d736f6c6c000000000000000000010099\",\"0x1\"]",
		       -32602, "there is no such token");
	assert_refused("anvil_setERC20Allowance", "[\"" RICH "\",\"" BOB "\",\"" BOB "\",\"0x2\"]", -32602,
		       "there is no such token");
	free(supply);
	free(after);
}

static void what_the_chain_has_not_is_refused(void **unused)
{
	(void)unused;
	assert_refused("anvil_setCode", "[\"" RICH "\",\"0x00\"]", -32602,
		       "not supported on this chain: it has no bytecode");
	assert_refused("hardhat_setStorageAt", "[\"" RICH "\",\"0x0\",\"0x0\"]", -32602,
		       "not supported on this chain: its state has no storage slots");
	assert_refused("anvil_setCoinbase", "[\"" RICH "\"]", -32602,
		       "not supported on this chain: its coinbase is constant");
	assert_refused("anvil_setNextBlockBaseFeePerGas", "[\"0x0\"]", -32602,
		       "not supported on this chain: its base fee is constant, 1000000000 wei");
	assert_answers("anvil_setNextBlockBaseFeePerGas", "[\"0x3b9aca00\"]", "null");
	assert_answers("anvil_setNextBlockBaseFeePerGas", "[\"1000000000\"]", "null");
	assert_refused("evm_setBlockGasLimit", "[1]", -32602,
		       "not supported on this chain: its gas limit is constant, 30000000");
	assert_answers("evm_setBlockGasLimit", "[30000000]", "true");
}

/* -- transactions -------------------------------------------------------------------------------------- */

static void queued_transactions_can_be_dropped(void **unused)
{
	json_t *hash, *status;
	char params[80];

	(void)unused;
	assert_answers("evm_setAutomine", "[false]", "null");
	hash = queue_from(0, 1);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(hash));
	json_decref(ask("anvil_dropTransaction", params));
	assert_answers("anvil_dropTransaction", params, "null");
	assert_answers("hardhat_dropTransaction", params, "false");
	json_decref(hash);
	json_decref(queue_from(1, 1));
	assert_answers("anvil_dropAllTransactions", "[]", "null");
	status = ask("txpool_status", "[]");
	assert_int_equal(number_at(status, "pending") + number_at(status, "queued"), 0);
	json_decref(status);
}

#define RICH_SENDS "[{\"from\":\"" RICH "\",\"to\":\"" NOBODY "\",\"value\":\"0x5\"}]"

static void an_impersonated_account_needs_no_signature(void **unused)
{
	json_t *hash, *receipt, *tx, *raw;
	char params[RAW_TEXT_MAX];

	(void)unused;
	assert_refused("eth_sendTransaction", RICH_SENDS, -32602, "No Signer available");
	assert_answers("anvil_impersonateAccount", "[\"" RICH "\"]", "null");
	assert_refused_as("eth_sendTransaction", RICH_SENDS, -32000, "insufficient funds");
	assert_answers("anvil_setBalance", "[\"" RICH "\",\"0xde0b6b3a7640000\"]", "null");
	hash = ask("eth_sendTransaction", RICH_SENDS);
	receipt = receipt_of(json_string_value(hash));
	assert_string_equal(text_at(receipt, "from"), RICH);
	assert_string_equal(text_at(receipt, "status"), "0x1");
	assert_balance(NOBODY, 5);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(hash));
	tx = ask("eth_getTransactionByHash", params);
	assert_string_equal(text_at(tx, "from"), RICH);
	assert_string_equal(text_at(tx, "maxFeePerGas"), "0x3baa0c40"); /* what is recommended */
	assert_string_equal(text_at(tx, "maxPriorityFeePerGas"), "0xf4240");
	assert_string_equal(text_at(tx, "r"), "0x0");
	assert_string_equal(text_at(tx, "s"), "0xee");
	/* Nobody can send it from outside. */
	raw = ask("debug_getRawTransaction", params);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(raw));
	assert_refused_as("eth_sendRawTransaction", params, -32000, "invalid signature");
	assert_answers("hardhat_stopImpersonatingAccount", "[\"" RICH "\"]", "null");
	assert_refused("eth_sendTransaction", RICH_SENDS, -32602, "No Signer available");
	json_decref(hash);
	json_decref(receipt);
	json_decref(tx);
	json_decref(raw);
}

static void a_call_that_would_fail_is_not_sent_without_gas(void **unused)
{
	(void)unused;
	assert_answers("anvil_autoImpersonateAccount", "[true]", "null");
	assert_refused_as("eth_sendTransaction",
			  "[{\"from\":\"" ALICE "\",\"to\":\"" WETH "\",\"data\":\"0x12345678\"}]", 3, "execution reverted");
	assert_answers("anvil_autoImpersonateAccount", "[false]", "null");
	assert_refused("eth_sendTransaction", "[{\"from\":\"" ALICE "\",\"to\":\"" WETH "\"}]", -32602, "No Signer available");
}

/* -- elsewhere ------------------------------------------------------------------------------------------- */

static void every_method_is_documented(void **unused)
{
	json_t *help = ask("plimsoll_help", "[]"), *line;
	char text[32768], row[80];
	FILE *file = fopen("docs/dev.md", "r");
	size_t size, count = 0;
	const char *name;

	(void)unused;
	assert_non_null(file);
	size = fread(text, 1, sizeof text - 1, file);
	assert_int_equal(fclose(file), 0);
	text[size] = '\0';
	json_object_foreach(help, name, line)
	{
		if (strncmp(name, "evm_", 4) != 0 && strncmp(name, "anvil_", 6) != 0 && strncmp(name, "hardhat_", 8) != 0)
			continue;
		(void)snprintf(row, sizeof row, "| `%s` |", name);
		if (!strstr(text, row))
			fail_msg("docs/dev.md has no row %s", row);
		count++;
	}
	assert_true(count > 40);
	json_decref(help);
}

static void a_chain_that_is_not_in_development_has_none_of_them(void **unused)
{
	(void)unused;
	assert_null(node_dev(fixture.node));
	assert_refused("evm_snapshot", "[]", -32601, "the method evm_snapshot does not exist/is not available");
	assert_refused("anvil_setBalance", "[\"" RICH "\",\"0x64\"]", -32601,
		       "the method anvil_setBalance does not exist/is not available");
	assert_refused("eth_sendTransaction", RICH_SENDS, -32601,
		       "the method eth_sendTransaction does not exist/is not available");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_GENESIS(an_edit_is_a_block_and_visible_at_once),
		AT_GENESIS(tokens_are_dealt_with_their_supply),
		AT_GENESIS(what_the_chain_has_not_is_refused),
		AT_GENESIS(queued_transactions_can_be_dropped),
		AT_GENESIS(an_impersonated_account_needs_no_signature),
		AT_GENESIS(a_call_that_would_fail_is_not_sent_without_gas),
		AT_GENESIS(every_method_is_documented),
	};
	const struct CMUnitTest others[] = {
		cmocka_unit_test(a_chain_that_is_not_in_development_has_none_of_them),
	};

	return cmocka_run_group_tests(tests, fixture_dev, fixture_stop) +
	       cmocka_run_group_tests(others, fixture_plain, fixture_stop);
}
