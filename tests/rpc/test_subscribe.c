/* eth_subscribe and filters: what clients are told of, when, and how much they may ask for. */

#include "rpc/ws.h"
#include "tests/rpc/ws_client.h"

static json_t *mine(u64 wei)
{
	return send_from(0, NOBODY, wei, "0x");
}

static void a_new_head_is_a_header_whose_receipts_are_there(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newHeads\"]"), *receipt = mine(1), *head = ws_note(w, id), *receipts;
	char params[32];

	(void)unused;
	assert_int_equal(strlen(json_string_value(id)), 34);
	assert_keys(head, "hash,parentHash,sha3Uncles,miner,stateRoot,transactionsRoot,receiptsRoot,logsBloom,difficulty,"
			  "number,gasLimit,gasUsed,timestamp,extraData,mixHash,nonce,baseFeePerGas");
	assert_string_equal(text_at(head, "hash"), text_at(receipt, "blockHash"));
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(head, "number"));
	receipts = ws_ask(w, "eth_getBlockReceipts", params);
	assert_int_equal(json_array_size(receipts), 1);
	json_decref(receipts);
	json_decref(head);
	json_decref(receipt);
	json_decref(id);
	ws_close(w);
}

static void no_head_is_left_out(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newHeads\"]");
	u64 height = 0;

	(void)unused;
	for (u32 i = 0; i < 20; i++)
		json_decref(mine(i));
	for (u32 i = 0; i < 20; i++) {
		json_t *head = ws_note(w, id);

		if (height > 0)
			assert_int_equal(number_at(head, "number"), height + 1);
		height = number_at(head, "number");
		json_decref(head);
	}
	json_decref(id);
	ws_close(w);
}

static void logs_are_told_of_if_they_pass(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"logs\",{\"address\":\"" WETH "\",\"topics\":[\"" TRANSFER "\"]}]"), *log;

	(void)unused;
	do_from(0, WETH, "0x095ea7b3" W_BOB W_TWO); /* approve: an event, but no Transfer */
	do_from(0, WETH, "0xa9059cbb" W_BOB W_TWO);
	log = ws_note(w, id);
	assert_keys(log, "address,topics,data,blockHash,blockNumber,blockTimestamp,transactionHash,transactionIndex,"
			 "logIndex,removed");
	assert_string_equal(text_at(log, "data"), "0x" W_TWO);
	assert_string_equal(json_string_value(json_array_get(json_object_get(log, "topics"), 2)), "0x" W_BOB);
	json_decref(log);
	json_decref(id);
	ws_close(w);
}

static void queued_transactions_are_told_of(void **unused)
{
	struct ws_client *w = ws_open(0), *whole = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newPendingTransactions\"]"), *note, *tx;
	json_t *whole_id = ws_ask(whole, "eth_subscribe", "[\"newPendingTransactions\",true]");
	json_t *receipt = mine(5);

	(void)unused;
	note = ws_note(w, id);
	assert_string_equal(json_string_value(note), text_at(receipt, "transactionHash"));
	tx = ws_note(whole, whole_id);
	assert_string_equal(text_at(tx, "hash"), text_at(receipt, "transactionHash"));
	assert_string_equal(text_at(tx, "from"), ALICE);
	assert_true(json_is_null(json_object_get(tx, "blockHash")));
	json_decref(tx);
	json_decref(note);
	json_decref(receipt);
	json_decref(id);
	json_decref(whole_id);
	ws_close(w);
	ws_close(whole);
}

static void a_node_is_not_syncing_and_says_so_once(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"syncing\"]"), *note = ws_note(w, id);

	(void)unused;
	assert_true(json_is_false(note));
	json_decref(note);
	json_decref(id);
	ws_close(w);
}

static void who_unsubscribes_hears_no_more(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *heads = ws_ask(w, "eth_subscribe", "[\"newHeads\"]"), *gone = ws_ask(w, "eth_subscribe", "[\"newHeads\"]");
	json_t *done, *note;
	char params[64];

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(gone));
	done = ws_ask(w, "eth_unsubscribe", params);
	assert_true(json_is_true(done));
	json_decref(done);
	ws_assert_refused(w, "eth_unsubscribe", params, -32000, "subscription not found");
	ws_assert_refused(w, "eth_unsubscribe", "[\"0x1\"]", -32000, "subscription not found");
	json_decref(mine(1));
	json_decref(mine(1));
	for (int i = 0; i < 2; i++) {
		note = ws_note(w, heads);
		json_decref(note);
	}
	json_decref(heads);
	json_decref(gone);
	ws_close(w);
}

static void subscriptions_are_bounded_and_need_a_websocket(void **unused)
{
	struct ws_client *w = ws_open(0);

	(void)unused;
	for (int i = 0; i < 128; i++)
		json_decref(ws_ask(w, "eth_subscribe", i % 2 ? "[\"newHeads\"]" : "[\"logs\"]"));
	ws_assert_refused(w, "eth_subscribe", "[\"newHeads\"]", -32000,
			  "too many subscriptions: limited to 128 a connection");
	ws_close(w);
	w = ws_open(0);
	ws_assert_refused(w, "eth_subscribe", "[\"nothing\"]", -32602, "no \"nothing\" subscription in eth namespace");
	ws_assert_refused(w, "eth_subscribe", "[\"prices\"]", -32602, "no \"prices\" subscription in eth namespace");
	ws_assert_refused(w, "eth_subscribe", "[7]", -32602, "no \"\" subscription in eth namespace");
	ws_close(w);
	assert_refused("eth_subscribe", "[\"newHeads\"]", -32601, "notifications not supported");
	assert_refused("eth_unsubscribe", "[\"0x1\"]", -32601, "notifications not supported");
	assert_refused("plimsoll_subscribe", "[\"prices\"]", -32601, "notifications not supported");
}

/* -- filters -------------------------------------------------------------------------- */

static json_t *changes(const char *id)
{
	char params[64];

	(void)snprintf(params, sizeof params, "[\"%s\"]", id);
	return ask("eth_getFilterChanges", params);
}

static void a_block_filter_gives_every_hash_once(void **unused)
{
	json_t *id = ask("eth_newBlockFilter", "[]"), *first = mine(1), *second = mine(2), *got;

	(void)unused;
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 2);
	assert_string_equal(json_string_value(json_array_get(got, 0)), text_at(first, "blockHash"));
	assert_string_equal(json_string_value(json_array_get(got, 1)), text_at(second, "blockHash"));
	json_decref(got);
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 0);
	json_decref(got);
	json_decref(first);
	json_decref(second);
	json_decref(id);
}

static void a_log_filter_gives_new_logs_and_all_logs(void **unused)
{
	json_t *id, *got, *block = ask("eth_blockNumber", "[]");
	char params[200], id_params[64];

	(void)unused;
	do_from(0, WETH, "0xa9059cbb" W_BOB W_TWO);
	(void)snprintf(params, sizeof params, "[{\"fromBlock\":\"%s\",\"address\":\"" WETH "\"}]", json_string_value(block));
	id = ask("eth_newFilter", params);
	do_from(0, WETH, "0xa9059cbb" W_BOB W_TWO);
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 1);
	json_decref(got);
	(void)snprintf(id_params, sizeof id_params, "[\"%s\"]", json_string_value(id));
	got = ask("eth_getFilterLogs", id_params);
	assert_int_equal(json_array_size(got), 2);
	json_decref(got);
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 0);
	json_decref(got);
	json_decref(id);
	json_decref(block);
}

static void a_pending_filter_gives_hashes(void **unused)
{
	json_t *id = ask("eth_newPendingTransactionFilter", "[]"), *receipt = mine(9), *got;

	(void)unused;
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 1);
	assert_string_equal(json_string_value(json_array_get(got, 0)), text_at(receipt, "transactionHash"));
	json_decref(got);
	json_decref(receipt);
	json_decref(id);
}

static void a_pending_filter_gives_transactions_if_asked(void **unused)
{
	json_t *id = ask("eth_newPendingTransactionFilter", "[true]"), *receipt = mine(9), *got, *tx;

	(void)unused;
	got = changes(json_string_value(id));
	assert_int_equal(json_array_size(got), 1);
	tx = json_array_get(got, 0);
	assert_string_equal(text_at(tx, "hash"), text_at(receipt, "transactionHash"));
	assert_string_equal(text_at(tx, "from"), text_at(receipt, "from"));
	assert_true(json_is_null(json_object_get(tx, "blockHash")));
	assert_refused("eth_newPendingTransactionFilter", "[\"true\"]", -32602,
		       "invalid argument 0: true or false is wanted");
	json_decref(got);
	json_decref(receipt);
	json_decref(id);
}

static void a_filter_that_is_not_there_is_told(void **unused)
{
	json_t *id = ask("eth_newBlockFilter", "[]");
	char params[64];

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(id));
	assert_refused("eth_getFilterLogs", params, -32000, "filter not found");
	assert_answers("eth_uninstallFilter", params, "true");
	assert_answers("eth_uninstallFilter", params, "false");
	assert_refused("eth_getFilterChanges", params, -32000, "filter not found");
	assert_refused("eth_getFilterChanges", "[\"0x1\"]", -32000, "filter not found");
	assert_refused("eth_getFilterChanges", "[1]", -32000, "filter not found");
	assert_refused("eth_newFilter", "[{\"fromBlock\":\"0x2\",\"toBlock\":\"0x1\"}]", -32602, "invalid block range params");
	json_decref(id);
}

static void filters_are_bounded(void **unused)
{
	json_t *ids[64], *error = NULL;
	char params[64];
	size_t count = 0;

	(void)unused;
	while (!error && count < ARRAY_COUNT(ids)) {
		ids[count] = rpc_call(fixture.client, &error, "eth_newBlockFilter", NULL);
		if (ids[count])
			count++;
	}
	assert_non_null(error);
	assert_string_equal(text_at(error, "message"), "too many filters: limited to 16, uninstall one or wait 300 seconds");
	json_decref(error);
	while (count > 0) {
		(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(ids[--count]));
		assert_answers("eth_uninstallFilter", params, "true");
		json_decref(ids[count]);
	}
}

/* -- abuse -------------------------------------------------------------------------------- */

static void a_slow_reader_is_cut_off_and_blocks_go_on(void **unused)
{
	struct ws_client *slow = ws_open(2048), *good = ws_open(0);
	json_t *good_id = ws_ask(good, "eth_subscribe", "[\"newHeads\"]");
	bool is_over = false;

	(void)unused;
	for (int i = 0; i < 128; i++)
		json_decref(ws_ask(slow, "eth_subscribe", "[\"newHeads\"]"));
	for (int i = 0; i < 60 && !is_over; i++) {
		char byte;

		json_decref(mine(1));
		json_decref(ws_note(good, good_id));
		is_over = recv(slow->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
	}
	assert_int_equal(ws_close_status(slow), 1008);
	json_decref(good_id);
	ws_close(slow);
	ws_close(good);
}

static void two_hundred_connections_hear_of_every_block(void **unused)
{
	enum { MANY = 200 };
	static struct ws_client *all[MANY];
	static json_t *ids[MANY];

	(void)unused;
	for (int i = 0; i < MANY; i++) {
		all[i] = ws_open(0);
		ids[i] = ws_ask(all[i], "eth_subscribe", "[\"newHeads\"]");
	}
	for (int i = 0; i < 3; i++)
		json_decref(mine(1));
	for (int i = 0; i < MANY; i++) {
		for (int j = 0; j < 3; j++)
			json_decref(ws_note(all[i], ids[i]));
		json_decref(ids[i]);
		ws_close(all[i]);
	}
}

/* -- other nodes --------------------------------------------------------------------------- */

/* Waits until a connection that was refused may be made again. */
static bool can_connect(void)
{
	char head[1024];

	for (int i = 0; i < 1500; i++) {
		int fd = ws_dial(0), status = ws_shake(fd, "Host: localhost\r\n" WS_HEADERS, head);

		(void)close(fd);
		if (status == 101)
			return true;
		(void)usleep(20000);
	}
	return false;
}

static void sockets_have_a_limit_of_their_own(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	struct ws_client *all[4];
	char why[RPC_WHY_MAX], head[1024];
	int fd;

	(void)unused;
	config.threads = 1;
	config.connections_max = ARRAY_COUNT(all);
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	for (size_t i = 0; i < ARRAY_COUNT(all); i++)
		all[i] = ws_open(0);
	fd = ws_dial(0);
	assert_int_equal(ws_shake(fd, "Host: localhost\r\n" WS_HEADERS, head), 503);
	(void)close(fd);
	/* They leave room for who only asks. */
	fd = ws_dial(0);
	assert_int_equal(ws_shake(fd, "Host: localhost\r\n", head), 200);
	(void)close(fd);
	json_decref(ws_ask(all[0], "eth_blockNumber", "[]"));
	for (size_t i = 0; i < ARRAY_COUNT(all); i++)
		ws_close(all[i]);
	assert_true(can_connect());
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

/* Asks for count helps at once, and reads nothing. */
static void ask_for_helps(const struct ws_client *w, size_t count)
{
	static const char one[] = "{\"id\":1,\"method\":\"plimsoll_help\"},";
	size_t size = sizeof one - 1;
	char *body = malloc(count * size + 2);

	assert_non_null(body);
	for (size_t i = 0; i < count; i++)
		memcpy(body + 1 + i * size, one, size);
	body[0] = '[';
	body[count * size] = ']';
	body[count * size + 1] = '\0';
	assert_true(ws_text(w, body));
	free(body);
}

/* The others are there in such numbers that every thread has some. */
static void whoever_leaves_most_unread_makes_room(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	struct ws_client *others[2 * WS_THREADS_MAX], *hoarder;
	char why[RPC_WHY_MAX];

	(void)unused;
	config.ws_queue_all_max = 1 << 20;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	hoarder = ws_open(4096);
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		others[i] = ws_open(4096);
		ask_for_helps(others[i], 10);
	}
	ask_for_helps(hoarder, 1000);
	assert_int_equal(ws_close_status(hoarder), 0); /* without a word: it would not be read */
	for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
		json_decref(ws_json(others[i]));
		json_decref(ws_ask(others[i], "eth_blockNumber", "[]"));
		ws_close(others[i]);
	}
	ws_close(hoarder);
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

static void a_server_that_stops_says_goodbye(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	struct ws_client *w;
	char why[RPC_WHY_MAX];

	(void)unused;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	w = ws_open(0);
	json_decref(ws_ask(w, "eth_subscribe", "[\"newHeads\"]"));
	rpc_server_stop(fixture.server);
	fixture.server = server;
	assert_int_equal(ws_close_status(w), 1001);
	ws_close(w);
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	config.filters_max = 16;
	config.ws_queue_max = 256 << 10;
	if (fixture_start(&config) != 0)
		return -1;
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_head_is_a_header_whose_receipts_are_there),
		cmocka_unit_test(no_head_is_left_out),
		cmocka_unit_test(logs_are_told_of_if_they_pass),
		cmocka_unit_test(queued_transactions_are_told_of),
		cmocka_unit_test(a_node_is_not_syncing_and_says_so_once),
		cmocka_unit_test(who_unsubscribes_hears_no_more),
		cmocka_unit_test(subscriptions_are_bounded_and_need_a_websocket),
		cmocka_unit_test(a_block_filter_gives_every_hash_once),
		cmocka_unit_test(a_log_filter_gives_new_logs_and_all_logs),
		cmocka_unit_test(a_pending_filter_gives_hashes),
		cmocka_unit_test(a_pending_filter_gives_transactions_if_asked),
		cmocka_unit_test(a_filter_that_is_not_there_is_told),
		cmocka_unit_test(filters_are_bounded),
		cmocka_unit_test(a_slow_reader_is_cut_off_and_blocks_go_on),
		cmocka_unit_test(two_hundred_connections_hear_of_every_block),
		cmocka_unit_test(sockets_have_a_limit_of_their_own),
		cmocka_unit_test(whoever_leaves_most_unread_makes_room),
		cmocka_unit_test(a_server_that_stops_says_goodbye),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
