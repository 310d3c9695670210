/* The methods of a development chain, over the wire. */

#include "tests/rpc/fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "node/dev.h"

#define MULTICALL  "0xcA11bde05977b3631167028862bE2a173976CA11"
#define NOW_CALL   "{\"to\":\"" MULTICALL "\",\"data\":\"0x0f28c97d\"}" /* getCurrentBlockTimestamp() */
#define FEED_WETH  "0x506c696d736f6c6c000000000000000000040000"
#define FEED_USDC  "0x506c696d736f6c6c000000000000000000040003"
#define SET_ANSWER "0x99213cd8"
#define RICH       "0x00000000000000000000000000000000000000ee"
#define W_RICH     "00000000000000000000000000000000000000000000000000000000000000ee"
#define PARAMS     512

/* -- asking ------------------------------------------------------------------------------- */

static u64 quantity(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	u64 x;

	assert_true(json_is_string(result));
	assert_int_equal(hex_to_u64(&x, json_string_value(result), json_string_length(result)), OK);
	json_decref(result);
	return x;
}

static int64_t number(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	int64_t x = json_integer_value(result);

	assert_true(json_is_integer(result));
	json_decref(result);
	return x;
}

static u64 height(void)
{
	return quantity("eth_blockNumber", "[]");
}

static u64 head_time(void)
{
	json_t *block = ask("eth_getBlockByNumber", "[\"latest\",false]");
	u64 time = number_at(block, "timestamp");

	json_decref(block);
	return time;
}

static u64 call_time(const char *tag)
{
	char params[PARAMS];
	json_t *result;
	u64 time = 0;

	(void)snprintf(params, sizeof params, "[" NOW_CALL ",\"%s\"]", tag);
	result = ask("eth_call", params);
	for (const char *at = json_string_value(result) + 2; *at; at++)
		time = time << 4 | (u64)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	json_decref(result);
	return time;
}

/* A method with one number. */
static void tell(const char *method, u64 x, const char *answer)
{
	char params[40];

	(void)snprintf(params, sizeof params, "[%llu]", (unsigned long long)x);
	assert_answers(method, params, answer);
}

static void assert_balance(const char *owner, u64 wei)
{
	char params[100];

	(void)snprintf(params, sizeof params, "[\"%s\",\"latest\"]", owner);
	assert_int_equal(quantity("eth_getBalance", params), wei);
}

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

static int setup(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start_as(&config, true);
}

/* Every test begins at genesis, with blocks for whatever waits. */
static int rewind_chain(void **unused)
{
	(void)unused;
	assert_answers("anvil_reset", "[]", "null");
	assert_answers("evm_setAutomine", "[true]", "null");
	memset(fixture.nonces, 0, sizeof fixture.nonces);
	return 0;
}

/* -- time ------------------------------------------------------------------------------------ */

static void the_clock_moves_on_by_hand(void **unused)
{
	int64_t before = number("evm_increaseTime", "[0]");
	u64 now = call_time("pending");

	(void)unused;
	assert_int_equal(number("evm_increaseTime", "[3600]"), before + 3600);
	assert_int_equal(number("anvil_increaseTime", "[\"0x10\"]"), before + 3616);
	assert_true(call_time("pending") >= now + 3616 && call_time("pending") < now + 3700);
	assert_int_equal(height(), 0); /* only the clock */
	assert_answers("evm_mine", "[]", "\"0x0\"");
	assert_true(head_time() >= now + 3616 && head_time() < now + 3700);
	assert_refused("evm_increaseTime", "[-1]", -32602, "invalid argument 0: a whole number is wanted");
	assert_refused("evm_increaseTime", "[1.5]", -32602, "invalid argument 0: a whole number is wanted");
	assert_refused("evm_increaseTime", "[1099511627777]", -32602, "out of range");
	assert_refused("evm_increaseTime", "[true]", -32602, "invalid argument 0: a hex string is wanted");
}

static void the_next_block_has_the_time_that_was_set_for_it(void **unused)
{
	u64 t = head_time() + 1000;
	char text[120], params[40];

	(void)unused;
	tell("evm_setNextBlockTimestamp", t, "null");
	assert_int_equal(call_time("pending"), t);
	assert_int_equal(call_time("latest"), t - 1000);
	json_decref(send_from(0, NOBODY, 1, "0x"));
	assert_int_equal(head_time(), t);
	tell("evm_setNextBlockTimestamp", t, "null"); /* the same again */
	json_decref(send_from(0, NOBODY, 1, "0x"));
	assert_int_equal(head_time(), t);
	json_decref(send_from(0, NOBODY, 1, "0x")); /* and on from there */
	assert_true(head_time() >= t && head_time() < t + 60);
	t = head_time();
	(void)snprintf(params, sizeof params, "[%llu]", (unsigned long long)t - 1);
	(void)snprintf(text, sizeof text, "Timestamp error: %llu is lower than previous block's timestamp",
		       (unsigned long long)t - 1);
	assert_refused("evm_setNextBlockTimestamp", params, -32602, text);
	assert_refused("evm_setNextBlockTimestamp", "[1]", -32602,
		       "Timestamp error: 1 is lower than previous block's timestamp");
	assert_refused("evm_setNextBlockTimestamp", "[9999999999999]", -32602, "out of range");
	assert_refused("evm_mine", "[1]", -32602, "Timestamp error: 1 is lower than previous block's timestamp");
}

static void the_clock_can_be_set(void **unused)
{
	u64 t = head_time() + 5000;
	int64_t between = number("evm_setTime", "[1]");

	(void)unused;
	assert_true(between < -1000000000);
	assert_int_equal(call_time("pending"), t - 5000); /* never before the head */
	tell("anvil_setNextBlockTimestamp", t + 100000, "null");
	(void)number("evm_setTime", "[4000000000000]"); /* milliseconds */
	assert_true(call_time("pending") >= 4000000000 && call_time("pending") < 4000000060);
}

static void blocks_can_be_so_far_apart(void **unused)
{
	u64 t = head_time();

	(void)unused;
	assert_answers("anvil_setBlockTimestampInterval", "[5]", "null");
	assert_answers("evm_mine", "[]", "\"0x0\"");
	assert_answers("evm_mine", "[]", "\"0x0\"");
	assert_int_equal(head_time(), t + 10);
	assert_answers("anvil_removeBlockTimestampInterval", "[]", "true");
	assert_answers("anvil_removeBlockTimestampInterval", "[]", "false");
}

/* -- blocks ----------------------------------------------------------------------------------- */

static void blocks_are_made_when_asked_for(void **unused)
{
	char params[80];
	u64 t = head_time() + 500;

	(void)unused;
	assert_answers("evm_mine", "[]", "\"0x0\"");
	assert_int_equal(height(), 1);
	tell("evm_mine", t, "\"0x0\"");
	assert_int_equal(head_time(), t);
	(void)snprintf(params, sizeof params, "[{\"timestamp\":%llu,\"blocks\":3}]", (unsigned long long)t + 9);
	assert_answers("evm_mine", params, "\"0x0\"");
	assert_int_equal(height(), 5);
	t = head_time();
	assert_answers("anvil_mine", "[\"0x3\",\"0xa\"]", "null");
	assert_int_equal(height(), 8);
	assert_int_equal(head_time(), t + 30);
	json_decref(ask("evm_increaseTime", "[3600]"));
	assert_answers("hardhat_mine", "[\"0x2\",\"0xa\"]", "null");
	assert_true(head_time() >= t + 30 + 3600 + 10 && head_time() < t + 30 + 3600 + 30);
	assert_answers("anvil_mine", "[0]", "null");
	assert_int_equal(height(), 10);
	assert_refused("anvil_mine", "[10001]", -32602, "out of range");
	assert_int_equal(height(), 10);
}

/* Sends without waiting; returns the hash. */
static json_t *queue_from(u32 account, u64 wei)
{
	struct tx tx = tx_to(NOBODY, wei, (struct bytes){ NULL, 0 }, fixture.nonces[account]++);
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];

	sign(raw, &tx, account);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	return ask("eth_sendRawTransaction", params);
}

static void blocks_come_by_themselves_or_not(void **unused)
{
	json_t *hash, *status;

	(void)unused;
	assert_answers("anvil_getAutomine", "[]", "true");
	assert_answers("evm_setAutomine", "[false]", "null");
	assert_answers("hardhat_getAutomine", "[]", "false");
	hash = queue_from(0, 5);
	(void)usleep(120000);
	assert_int_equal(height(), 0);
	status = ask("txpool_status", "[]");
	assert_int_equal(number_at(status, "pending"), 1);
	json_decref(status);
	assert_answers("evm_mine", "[]", "\"0x0\"");
	json_decref(receipt_of(json_string_value(hash)));
	json_decref(hash);
	assert_int_equal(height(), 1);
	assert_answers("evm_setIntervalMining", "[1]", "null");
	assert_answers("anvil_getAutomine", "[]", "false");
	for (int i = 0; i < 300 && height() < 2; i++)
		(void)usleep(10000);
	assert_true(height() >= 2);
	assert_answers("evm_setIntervalMining", "[0]", "null");
	assert_answers("anvil_getAutomine", "[]", "false");
	hash = queue_from(0, 5);
	assert_answers("evm_setAutomine", "[true]", "null"); /* takes up what waits */
	json_decref(receipt_of(json_string_value(hash)));
	json_decref(hash);
}

/* -- snapshots ----------------------------------------------------------------------------------- */

static void a_snapshot_brings_everything_back(void **unused)
{
	char *state, *again, params[100], id[40];
	json_t *receipt;
	u64 block, t;

	(void)unused;
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_WETH W_TEN W_ALICE W_ZERO);
	block = height();
	t = head_time();
	state = ask_text("eth_getBlockByNumber", "[\"latest\",true]");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"latest\"]", "\"0x2\"");
	(void)snprintf(id, sizeof id, "[\"0x%llx\"]", (unsigned long long)quantity("evm_snapshot", "[]"));

	receipt = send_from(0, NOBODY, 77, "0x");
	tell("evm_setNextBlockTimestamp", t + 86400, "null");
	do_from(0, FEED_WETH, SET_ANSWER W_TEN);
	do_from(0, FEED_USDC, SET_ANSWER W_TWO);
	do_from(0, POOL, "0xa415bcad" W_WETH W_TWO W_TWO W_ZERO W_ALICE); /* a debt */
	assert_int_equal(node_risk_counts(fixture.node).accounts_with_debt, 1);
	(void)number("evm_increaseTime", "[100000]");
	assert_balance(NOBODY, 77);
	assert_answers("evm_revert", id, "true");

	assert_int_equal(node_risk_counts(fixture.node).accounts_with_debt, 0);
	assert_int_equal(height(), block);
	again = ask_text("eth_getBlockByNumber", "[\"latest\",true]");
	assert_string_equal(again, state);
	assert_balance(NOBODY, 0);
	assert_true(call_time("pending") < t + 3600);
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"pending\"]", "\"0x2\"");
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(receipt, "transactionHash"));
	assert_answers("eth_getTransactionReceipt", params, "null");
	json_decref(receipt);
	assert_answers("evm_revert", id, "false"); /* it is used up */
	fixture.nonces[0] = 2;
	json_decref(send_from(0, NOBODY, 78, "0x")); /* and life goes on */
	assert_balance(NOBODY, 78);
	free(state);
	free(again);
}

static void going_back_takes_later_snapshots_along(void **unused)
{
	char params[40];
	u64 first = quantity("evm_snapshot", "[]"), second;

	(void)unused;
	assert_answers("evm_mine", "[]", "\"0x0\"");
	second = quantity("anvil_snapshot", "[]");
	assert_int_equal(second, first + 1);
	(void)snprintf(params, sizeof params, "[\"0x%llx\"]", (unsigned long long)first);
	assert_answers("evm_revert", params, "true");
	assert_int_equal(height(), 0);
	(void)snprintf(params, sizeof params, "[\"0x%llx\"]", (unsigned long long)second);
	assert_answers("evm_revert", params, "false");
	assert_answers("evm_revert", "[\"0xffff\"]", "false");
	assert_int_equal(quantity("evm_snapshot", "[]"), second + 1); /* no id comes twice */
	assert_refused("evm_revert", "[]", -32602, "missing value for required argument 0");
}

static void old_blocks_can_be_gone_back_to(void **unused)
{
	char params[40];

	(void)unused;
	json_decref(send_from(0, NOBODY, 9, "0x"));
	(void)snprintf(params, sizeof params, "[\"0x%llx\"]", (unsigned long long)quantity("evm_snapshot", "[]"));
	json_decref(send_from(0, NOBODY, 9, "0x"));
	assert_answers("anvil_mine", "[1200]", "null");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",\"0x1\"]", "\"0x9\""); /* nothing is pruned */
	assert_answers("evm_revert", params, "true");
	assert_int_equal(height(), 1);
	assert_balance(NOBODY, 9);
}

/* Whoever reads meanwhile sees one chain or the other, and the node lives. */
static void *read_all_the_time(void *stop)
{
	static const char *const calls[] = {
		"[{\"to\":\"" POOL "\",\"data\":\"0xbf92857c" W_ALICE "\"},\"latest\"]", /* getUserAccountData */
		"[{\"to\":\"" POOL "\",\"data\":\"0x35ea6a75" W_WETH "\"},\"latest\"]",  /* getReserveData */
	};
	struct rpc_client *client = rpc_open(fixture.url);
	uintptr_t wrong = 0;

	for (unsigned i = 0; !atomic_load((atomic_bool *)stop); i++) {
		json_t *error = NULL, *result = rpc_call(client, &error, "eth_call", json_loads(calls[i % 2], 0, NULL));

		wrong += result == NULL;
		json_decref(result);
		json_decref(error);
	}
	rpc_close(client);
	return (void *)wrong;
}

static void going_back_disturbs_nobody(void **unused)
{
	atomic_bool stop;
	pthread_t readers[2];
	char params[40];

	(void)unused;
	atomic_init(&stop, false);
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	for (unsigned i = 0; i < ARRAY_COUNT(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_all_the_time, &stop), 0);
	for (unsigned i = 0; i < 60; i++) {
		(void)snprintf(params, sizeof params, "[\"0x%llx\"]", (unsigned long long)quantity("evm_snapshot", "[]"));
		fixture.nonces[0] = 1;
		do_from(0, POOL, "0x617ba037" W_WETH W_TEN W_ALICE W_ZERO);
		do_from(0, POOL, "0x69328dec" W_WETH W_TWO W_ALICE);
		assert_answers("evm_revert", params, "true");
	}
	atomic_store(&stop, true);
	for (unsigned i = 0; i < ARRAY_COUNT(readers); i++) {
		void *wrong;

		assert_int_equal(pthread_join(readers[i], &wrong), 0);
		assert_null(wrong);
	}
	assert_false(node_has_failed(fixture.node));
}

static void a_reset_is_the_beginning(void **unused)
{
	char *genesis = ask_text("eth_getBlockByNumber", "[\"0x0\",true]"), *again;

	(void)unused;
	(void)quantity("evm_snapshot", "[]");
	json_decref(send_from(0, NOBODY, 9, "0x"));
	(void)number("evm_increaseTime", "[1000000]");
	assert_answers("hardhat_reset", "[{\"forking\":{}}]", "null");
	again = ask_text("eth_getBlockByNumber", "[\"latest\",true]");
	assert_string_equal(again, genesis);
	assert_true(call_time("pending") < head_time() + 3600);
	assert_refused("anvil_reset", "[{\"forking\":{\"jsonRpcUrl\":\"http://localhost\"}}]", -32602,
		       "forking is not supported on this chain");
	free(genesis);
	free(again);
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

static int setup_other(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start(&config);
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

#define AT_GENESIS(test) cmocka_unit_test_setup(test, rewind_chain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_GENESIS(the_clock_moves_on_by_hand),
		AT_GENESIS(the_next_block_has_the_time_that_was_set_for_it),
		AT_GENESIS(the_clock_can_be_set),
		AT_GENESIS(blocks_can_be_so_far_apart),
		AT_GENESIS(blocks_are_made_when_asked_for),
		AT_GENESIS(blocks_come_by_themselves_or_not),
		AT_GENESIS(a_snapshot_brings_everything_back),
		AT_GENESIS(going_back_takes_later_snapshots_along),
		AT_GENESIS(old_blocks_can_be_gone_back_to),
		AT_GENESIS(going_back_disturbs_nobody),
		AT_GENESIS(a_reset_is_the_beginning),
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

	return cmocka_run_group_tests(tests, setup, fixture_stop) +
	       cmocka_run_group_tests(others, setup_other, fixture_stop);
}
