/* A node that keeps every state, and what became of them when it was told to keep fewer, and all again. */

#include "rpc/bands.h"
#include "rpc/jsonrpc.h"
#include "rpc/methods.h"
#include "rpc/subscribe.h"
#include "tests/rpc/streams_fixture.h"

#include "node/store/internal.h"

#define PAST  (HISTORY_BLOCKS + PRUNE_SLACK + 20) /* blocks after all that happens */
#define NOTES 5

/* Kinds, with all or the first of what they have to tell. */
static struct told_kind {
	const char *name;
	size_t count;
	json_t *notes[NOTES];
} kinds[] = {
	{ "healthBands", 2, { NULL } },
	{ "markets", NOTES, { NULL } },
	{ "liquidations", 1, { NULL } },
	{ "prices", 1, { NULL } },
};

static u64 head_of_chain(void)
{
	return node_wait_height(fixture.node, 0, 0);
}

/* Its parameters with a block's number instead of the %. */
static const char *at_block(const char *params, u64 height)
{
	static char out[300];
	const char *mark = strchr(params, '%');

	assert_non_null(mark);
	(void)snprintf(out, sizeof out, "%.*s\"0x%llx\"%s", (int)(mark - params), params, (unsigned long long)height, mark + 1);
	return out;
}

static u64 oldest_state(void)
{
	json_t *all = ask("eth_capabilities", "[]");
	u64 oldest = number_at(json_object_get(all, "state"), "oldestBlock");

	json_decref(all);
	return oldest;
}

/* Null, or in it, nowhere a null. */
static bool has_null(const json_t *v)
{
	const json_t *element;
	const char *key;
	size_t i;

	json_array_foreach(v, i, element)
	{
		if (has_null(element))
			return true;
	}
	json_object_foreach((json_t *)v, key, element)
	{
		if (has_null(element))
			return true;
	}
	return json_is_null(v);
}

static void hear(json_t **notes, const struct told_kind *kind, u64 from)
{
	char params[80];
	json_t *id;

	(void)snprintf(params, sizeof params, "[\"%s\",{\"fromBlock\":\"0x%llx\"}]", kind->name, (unsigned long long)from);
	id = ws_ask(bot, "plimsoll_subscribe", params);
	for (size_t i = 0; i < kind->count; i++)
		notes[i] = next_of(id);
	json_decref(id);
}

static void every_state_can_be_read(void **unused)
{
	(void)unused;
	assert_int_equal(oldest_state(), 0);
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"0x0\"]", "\"0x0\"");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"0x1\"]", "\"0x1\"");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",\"0x7\"]", "\"0x0\"");
	json_decref(ask("eth_call", "[{\"to\":\"" WETH "\",\"data\":\"0x18160ddd\"},\"0x0\"]"));
	json_decref(ask("plimsoll_getProof", "[{\"account\":\"" ALICE "\"},\"0x1\"]"));
}

/* Bob, of a time when he was to be liquidated, and of one when he owed nothing. */
static void lists_of_accounts_reach_as_far(void **unused)
{
	const u64 crash = number_at(kinds[0].notes[0], "block");
	json_t *list = ask("plimsoll_liquidatable", at_block("[%]", crash));

	(void)unused;
	assert_int_equal(json_array_size(json_object_get(list, "accounts")), 1);
	assert_string_equal(text_at(json_array_get(json_object_get(list, "accounts"), 0), "address"), BOB);
	json_decref(list);
	list = ask("plimsoll_liquidatable", "[\"0x1\"]");
	assert_int_equal(json_array_size(json_object_get(list, "accounts")), 0);
	json_decref(list);
}

static void what_was_told_is_told_again_with_nothing_missing(void **unused)
{
	json_t *again[NOTES];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		hear(again, &kinds[i], 1);
		for (size_t j = 0; j < kinds[i].count; j++) {
			assert_false(has_null(again[j]));
			assert_same(json_incref(kinds[i].notes[j]), again[j]);
		}
	}
}

/* -- the work of a replay --------------------------------------------------------------------- */

/* A reader without a connection. */
static struct {
	struct subscriber subscriber;
	size_t notes, unread;
} reader;

static void note_comes(struct subscriber *s, struct bytes text)
{
	(void)s;
	(void)text;
	reader.notes++;
}

static size_t unread(struct subscriber *s)
{
	(void)s;
	return reader.unread;
}

static void a_long_replay_takes_a_block_a_turn_and_waits_for_its_reader(void **unused)
{
	static const char body[] = "{\"id\":1,\"method\":\"plimsoll_subscribe\",\"params\":[\"markets\",{\"fromBlock\":\"0x1\"}]}";
	struct rpc_config config = fixture_config();
	u64 head = head_of_chain(), turns = 0;
	const struct subscription *s;
	struct rpc_methods methods;
	struct rpc c;

	(void)unused;
	rpc_methods_init(&methods, false);
	assert_int_equal(rpc_init(&c, fixture.node, &config, &methods), OK);
	reader.subscriber = (struct subscriber){ .send = note_comes, .queued = unread };
	c.subscriber = &reader.subscriber;
	(void)jsonrpc_serve(&c, (struct bytes){ (const u8 *)body, sizeof body - 1 });
	s = reader.subscriber.first;
	assert_non_null(s);
	for (; s->at < head / 2; turns++)
		assert_int_equal(subscriber_advance(&c, &reader.subscriber, head), ADVANCE_MORE);
	reader.unread = config.ws_queue_max / 4 + 1;
	for (int i = 0; i < 10; i++) {
		blocks_pass(1); /* nothing is held meanwhile */
		assert_int_equal(subscriber_advance(&c, &reader.subscriber, head_of_chain()), ADVANCE_LATER);
	}
	reader.unread = 0;
	head = head_of_chain();
	for (; s->at <= head; turns++)
		assert_in_range(subscriber_advance(&c, &reader.subscriber, head), ADVANCE_DONE, ADVANCE_MORE);
	assert_int_equal(turns, head);
	assert_true(reader.notes >= NOTES);
	subscriber_free(&reader.subscriber);
	rpc_free(&c);
}

/* With few logs at a time, states are what a replay reaches back by. */
static void logs_are_replayed_as_far_as_states_reach(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	struct ws_client *other = bot;
	char why[RPC_WHY_MAX];
	json_t *price;

	(void)unused;
	config.logs_blocks_max = 20;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	bot = ws_open(0);
	price = first_of("prices");
	assert_same(price, json_incref(kinds[3].notes[0]));
	ws_close(bot);
	bot = other;
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

/* -- other settings ------------------------------------------------------------------------------ */

static void restart_with(u64 states)
{
	struct rpc_config config = fixture_config();

	ws_close(bot);
	fixture_close();
	fixture_states = states;
	assert_int_equal(fixture_open(&config, false), 0);
	bot = ws_open(0);
}

/* The oldest block that a replay can be had from is told, and can be had. */
static void assert_replays_from(u64 oldest)
{
	char params[80], message[120];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(message, sizeof message, "pruned history unavailable: %s needs states, fromBlock is at least 0x%llx",
			       kinds[i].name, (unsigned long long)oldest);
		(void)snprintf(params, sizeof params, "[\"%s\",{\"fromBlock\":\"0x%llx\"}]", kinds[i].name,
			       (unsigned long long)oldest - 1);
		ws_assert_refused(bot, "plimsoll_subscribe", params, 4444, message);
		(void)snprintf(params, sizeof params, "[\"%s\",{\"fromBlock\":\"0x%llx\"}]", kinds[i].name, (unsigned long long)oldest);
		json_decref(ws_ask(bot, "plimsoll_subscribe", params));
	}
	blocks_pass(1); /* none of them was cut off */
	json_decref(ws_ask(bot, "eth_blockNumber", "[]"));
}

static void fewer_states_hold_at_once(void **unused)
{
	u64 head = head_of_chain();
	json_t *price;

	(void)unused;
	restart_with(HISTORY_MIN);
	assert_int_equal(oldest_state(), head - HISTORY_MIN);
	assert_refused("eth_getBalance", at_block("[\"" NOBODY "\",%]", head - HISTORY_MIN - 1), 4444, "pruned history unavailable");
	assert_refused("plimsoll_liquidatable", at_block("[%]", head - HISTORY_MIN - 1), 4444, "pruned history unavailable");
	json_decref(ask("eth_getBalance", at_block("[\"" NOBODY "\",%]", head - HISTORY_MIN)));
	price = first_of("prices");
	assert_true(has_null(price));
	json_decref(price);
	assert_replays_from(head - HISTORY_MIN + REPLAY_SPARE + 1);
	assert_int_equal(oldest_state(), head + 1 - HISTORY_MIN);
}

static void all_states_are_those_that_are_still_there(void **unused)
{
	u64 oldest;

	(void)unused;
	restart_with(HISTORY_ALL);
	oldest = oldest_state();
	assert_in_range(oldest, 1, head_of_chain() - HISTORY_MIN - PRUNE_SLACK);
	assert_refused("eth_getBalance", at_block("[\"" NOBODY "\",%]", oldest - 1), 4444, "pruned history unavailable");
	json_decref(ask("eth_getBalance", at_block("[\"" NOBODY "\",%]", oldest)));
	assert_replays_from(oldest + BAND_EMPTY_BLOCKS + 1);
	assert_int_equal(oldest_state(), oldest);
}

static int begin(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	fixture_states = HISTORY_ALL;
	if (fixture_start(&config) != 0)
		return -1;
	lend_and_borrow();
	price_falls();
	json_decref(liquidate());
	bot = ws_open(0);
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		hear(kinds[i].notes, &kinds[i], 1);
	blocks_pass(PAST);
	return 0;
}

static int end(void **state)
{
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		for (size_t j = 0; j < kinds[i].count; j++)
			json_decref(kinds[i].notes[j]);
	}
	ws_close(bot);
	return fixture_stop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_can_be_read),
		cmocka_unit_test(lists_of_accounts_reach_as_far),
		cmocka_unit_test(what_was_told_is_told_again_with_nothing_missing),
		cmocka_unit_test(a_long_replay_takes_a_block_a_turn_and_waits_for_its_reader),
		cmocka_unit_test(logs_are_replayed_as_far_as_states_reach),
		cmocka_unit_test(fewer_states_hold_at_once),
		cmocka_unit_test(all_states_are_those_that_are_still_there),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
