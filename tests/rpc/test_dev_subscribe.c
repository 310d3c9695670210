/* Subscriptions and filters on a chain that goes back. */

#include "tests/rpc/ws_client.h"

static void heads_are_told_again_after_the_chain_went_back(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newHeads\"]"), *filter = ask("eth_newBlockFilter", "[]"), *head, *hashes;
	json_t *snapshot = ask("evm_snapshot", "[]");
	char params[80];
	u64 first;

	(void)unused;
	json_decref(ask("anvil_mine", "[\"0x2\"]"));
	head = ws_note(w, id);
	first = number_at(head, "number");
	json_decref(head);
	json_decref(ws_note(w, id));
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(filter));
	hashes = ask("eth_getFilterChanges", params);
	assert_int_equal(json_array_size(hashes), 2);
	json_decref(hashes);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(snapshot));
	assert_answers("evm_revert", params, "true");
	/* The chain is as high again at once: only its history tells that it went back. */
	json_decref(ask("anvil_mine", "[\"0x2\",\"0x7\"]"));
	for (u64 i = 0; i < 2; i++) {
		head = ws_note(w, id);
		assert_int_equal(number_at(head, "number"), first + i);
		json_decref(head);
	}
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(filter));
	hashes = ask("eth_getFilterChanges", params);
	assert_int_equal(json_array_size(hashes), 2);
	json_decref(hashes);
	json_decref(snapshot);
	json_decref(filter);
	json_decref(id);
	ws_close(w);
}

/* The same height was told of just before: its other block is told of all the same. */
static void a_head_that_stands_for_another_is_told_as_it_is(void **unused)
{
	struct ws_client *w = ws_open(0), *other = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newHeads\"]"), *other_id = ws_ask(other, "eth_subscribe", "[\"newHeads\"]");
	json_t *snapshot = ask("evm_snapshot", "[]"), *head, *block;
	char params[80];

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(snapshot));
	for (int i = 0; i < 2; i++) {
		if (i == 1)
			assert_answers("evm_revert", params, "true");
		json_decref(ask("evm_mine", i == 0 ? "[]" : "[{\"timestamp\":\"0xffffffff\"}]"));
		block = ask("eth_getBlockByNumber", "[\"latest\",false]");
		head = ws_note(w, id);
		assert_string_equal(text_at(head, "hash"), text_at(block, "hash"));
		json_decref(head);
		head = ws_note(other, other_id);
		assert_string_equal(text_at(head, "hash"), text_at(block, "hash"));
		json_decref(head);
		json_decref(block);
	}
	json_decref(snapshot);
	json_decref(id);
	json_decref(other_id);
	ws_close(w);
	ws_close(other);
}

static void queued_transactions_are_told_of_before_any_block(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newPendingTransactions\"]"), *hash, *note;
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[1]++);

	(void)unused;
	json_decref(ask("evm_setAutomine", "[false]"));
	sign(raw, &tx, 1);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	hash = ask("eth_sendRawTransaction", params);
	note = ws_note(w, id);
	assert_true(json_equal(note, hash));
	json_decref(ask("evm_mine", "[]"));
	json_decref(note);
	json_decref(hash);
	json_decref(id);
	ws_close(w);
}

/* One notified or polled log: whose it is, and whether it is taken back. */
static void assert_log(const json_t *log, const json_t *of, bool is_removed)
{
	assert_string_equal(text_at(log, "transactionHash"), text_at(of, "transactionHash"));
	assert_string_equal(text_at(log, "blockHash"), text_at(of, "blockHash"));
	assert_int_equal(json_is_true(json_object_get(log, "removed")), is_removed);
}

/* Of two blocks that are taken back the newer one's logs go first, then the new chain's come. */
static void logs_are_taken_back_with_their_blocks(void **unused)
{
	static const char wanted[] = "{\"address\":\"" WETH "\",\"topics\":[\"" TRANSFER "\"]}";
	static const char transfer[] = "0xa9059cbb" W_BOB W_TWO, more[] = "0xa9059cbb" W_BOB W_TEN;
	struct ws_client *w = ws_open(0);
	char params[200];
	json_t *id, *filter, *snapshot, *told[3], *log, *changes;
	size_t i;

	(void)unused;
	json_decref(ask("evm_setAutomine", "[true]"));
	(void)snprintf(params, sizeof params, "[\"logs\",%s]", wanted);
	id = ws_ask(w, "eth_subscribe", params);
	(void)snprintf(params, sizeof params, "[%s]", wanted);
	filter = ask("eth_newFilter", params);
	snapshot = ask("evm_snapshot", "[]");
	for (i = 0; i < 2; i++) {
		told[i] = send_from(0, WETH, 0, transfer);
		log = ws_note(w, id);
		assert_log(log, told[i], false);
		json_decref(log);
	}
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(filter));
	changes = ask("eth_getFilterChanges", params);
	assert_int_equal(json_array_size(changes), 2);
	json_decref(changes);

	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(snapshot));
	assert_answers("evm_revert", params, "true");
	fixture.nonces[0] -= 2;
	told[2] = send_from(0, WETH, 0, more);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(filter));
	changes = ask("eth_getFilterChanges", params);
	assert_int_equal(json_array_size(changes), 3);
	for (i = 0; i < 3; i++) {
		const json_t *of = i < 2 ? told[1 - i] : told[2];

		log = ws_note(w, id);
		assert_log(log, of, i < 2);
		assert_log(json_array_get(changes, i), of, i < 2);
		json_decref(log);
	}
	json_decref(changes);
	assert_answers("eth_getFilterChanges", params, "[]");
	for (i = 0; i < 3; i++)
		json_decref(told[i]);
	json_decref(snapshot);
	json_decref(filter);
	json_decref(id);
	ws_close(w);
}

#define W_LOAN    "00000000000000000000000000000000000000000000000000000004a817c800" /* 20000 USDC */
#define W_DEPOSIT "000000000000000000000000000000000000000000000000000000174876e800" /* 100000 USDC */
#define WEEK      "0x93a80"

static json_t *crossing; /* as it was told live */

/* Nobody does anything for years: what is owed grows, and every 64th block is looked at. */
static void interest_alone_moves_an_account_below_a_band(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id, *note;

	(void)unused;
	json_decref(ask("evm_setAutomine", "[true]"));
	do_from(0, USDC, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_USDC W_DEPOSIT W_ALICE W_ZERO);
	do_from(1, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(1, POOL, "0x617ba037" W_WETH W_TEN W_BOB W_ZERO);
	do_from(1, POOL, "0xa415bcad" W_USDC W_LOAN W_TWO W_ZERO W_BOB);
	id = ws_ask(w, "plimsoll_subscribe", "[\"healthBands\"]");
	json_decref(ask("anvil_mine", "[\"0x100\",\"" WEEK "\"]"));
	note = ws_note(w, id);
	assert_string_equal(text_at(note, "account"), BOB);
	assert_int_equal(number_at(note, "block") % 64, 0);
	assert_true(strtod(text_at(note, "healthBefore"), NULL) >= 1.0);
	assert_true(strtod(text_at(note, "healthAfter"), NULL) < 1.0);
	assert_int_equal(json_array_size(json_object_get(note, "prices")), 0);
	crossing = note;
	json_decref(id);
	ws_close(w);
}

/* It is told again from the first block on, though a thousand have come since. */
static void a_replay_reaches_back_to_the_first_block(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id, *note;

	(void)unused;
	json_decref(ask("anvil_mine", "[\"0x480\"]"));
	id = ws_ask(w, "plimsoll_subscribe", "[\"healthBands\",{\"fromBlock\":\"0x1\"}]");
	note = ws_note(w, id);
	assert_true(json_equal(note, crossing));
	json_decref(note);
	json_decref(id);
	json_decref(crossing);
	ws_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_told_again_after_the_chain_went_back),
		cmocka_unit_test(a_head_that_stands_for_another_is_told_as_it_is),
		cmocka_unit_test(queued_transactions_are_told_of_before_any_block),
		cmocka_unit_test(logs_are_taken_back_with_their_blocks),
		cmocka_unit_test(interest_alone_moves_an_account_below_a_band),
		cmocka_unit_test(a_replay_reaches_back_to_the_first_block),
	};

	return cmocka_run_group_tests(tests, fixture_dev, fixture_stop);
}
