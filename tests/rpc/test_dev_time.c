#include "tests/rpc/dev_fixture.h"

#include "node/clock.h"
#include "rpc/send.h"

#include <pthread.h>
#include <stdatomic.h>

/* Time, blocks and going back. */

#define FEED_WETH  "0x506c696d736f6c6c000000000000000000040000"
#define FEED_USDC  "0x506c696d736f6c6c000000000000000000040003"
#define SET_ANSWER "0x99213cd8"

static int64_t number(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	int64_t x = json_integer_value(result);

	assert_true(json_is_integer(result));
	json_decref(result);
	return x;
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
	/* Who signs the next one is told of it. */
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"pending\"]", "\"0x1\"");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"latest\"]", "\"0x0\"");
	assert_answers("evm_mine", "[]", "\"0x0\"");
	json_decref(receipt_of(json_string_value(hash)));
	json_decref(hash);
	assert_int_equal(height(), 1);
	assert_answers("evm_setIntervalMining", "[1]", "null");
	assert_answers("anvil_getAutomine", "[]", "false");
	for (int i = 0; i < 6000 && height() < 2; i++)
		(void)usleep(10000);
	assert_true(height() >= 2);
	assert_answers("evm_setIntervalMining", "[0]", "null");
	assert_answers("anvil_getAutomine", "[]", "false");
	hash = queue_from(0, 5);
	assert_answers("evm_setAutomine", "[true]", "null"); /* takes up what waits */
	json_decref(receipt_of(json_string_value(hash)));
	json_decref(hash);
}

static void assert_is_mined(json_t *hash, bool is_mined)
{
	char params[80];
	json_t *receipt;

	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(hash));
	receipt = ask("eth_getTransactionReceipt", params);
	assert_int_equal(json_is_object(receipt), is_mined);
	json_decref(receipt);
	json_decref(hash);
}

/* Many times: a block takes a fraction of a millisecond. */
static void who_sends_is_answered_when_the_block_is_there(void **unused)
{
	(void)unused;
	for (u32 i = 0; i < 100; i++)
		assert_is_mined(queue_from(0, 5), true);
	assert_answers("anvil_impersonateAccount", "[\"" BOB "\"]", "null");
	for (u32 i = 0; i < 100; i++)
		assert_is_mined(ask("eth_sendTransaction", "[{\"from\":\"" BOB "\",\"to\":\"" ALICE "\",\"value\":\"0x5\"}]"), true);
}

static void nobody_waits_for_what_cannot_be_mined(void **unused)
{
	u64 began = clock_monotonic_us();

	(void)unused;
	fixture.nonces[0]++;
	assert_is_mined(queue_from(0, 5), false); /* a nonce is missing */
	fixture.nonces[0] = 0;
	assert_is_mined(queue_from(0, 5), true);
	assert_answers("evm_setAutomine", "[false]", "null");
	fixture.nonces[0] = 2;
	assert_is_mined(queue_from(0, 5), false);
	assert_true(clock_monotonic_us() - began < SEND_MINED_MS_MAX * 1000u);
}

/* -- snapshots ----------------------------------------------------------------------------------- */

static u64 debtors(void)
{
	struct risk_counts counts;

	assert_int_equal(node_risk_counts(fixture.node, &counts, UINT64_MAX), OK);
	return counts.accounts_with_debt;
}

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
	assert_int_equal(debtors(), 1);
	(void)number("evm_increaseTime", "[100000]");
	assert_balance(NOBODY, 77);
	assert_answers("evm_revert", id, "true");

	assert_int_equal(debtors(), 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_GENESIS(the_clock_moves_on_by_hand),
		AT_GENESIS(the_next_block_has_the_time_that_was_set_for_it),
		AT_GENESIS(the_clock_can_be_set),
		AT_GENESIS(blocks_can_be_so_far_apart),
		AT_GENESIS(blocks_are_made_when_asked_for),
		AT_GENESIS(blocks_come_by_themselves_or_not),
		AT_GENESIS(who_sends_is_answered_when_the_block_is_there),
		AT_GENESIS(nobody_waits_for_what_cannot_be_mined),
		AT_GENESIS(a_snapshot_brings_everything_back),
		AT_GENESIS(going_back_takes_later_snapshots_along),
		AT_GENESIS(old_blocks_can_be_gone_back_to),
		AT_GENESIS(going_back_disturbs_nobody),
		AT_GENESIS(a_reset_is_the_beginning),
	};

	return cmocka_run_group_tests(tests, fixture_dev, fixture_stop);
}
