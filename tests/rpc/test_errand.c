#include "tests/rpc/ws_client.h"

#include "node/node_parts.h"
#include "node/risk_parts.h"

/* WebSocket messages that take long are served aside: what walks accounts finds somebody else's walk in its way. */

#define WALK  "{\"jsonrpc\":\"2.0\",\"id\":\"walk\",\"method\":\"plimsoll_liquidatable\"}"
#define CHAIN "{\"jsonrpc\":\"2.0\",\"id\":\"chain\",\"method\":\"eth_chainId\"}"
#define MANY  8 /* connections: so many that some have one thread */

static void somebody_walks(void)
{
	assert_int_equal(pthread_mutex_lock(&fixture.node->risk->walk_lock), 0);
}

static void nobody_walks(void)
{
	assert_int_equal(pthread_mutex_unlock(&fixture.node->risk->walk_lock), 0);
}

/* The next answer is to the request of this id, and is a result. */
static void assert_hears(struct ws_client *w, const char *id)
{
	json_t *reply = ws_json(w);

	assert_string_equal(text_at(reply, "id"), id);
	assert_non_null(json_object_get(reply, "result"));
	json_decref(reply);
}

static bool is_silent(const struct ws_client *w)
{
	struct pollfd at = { .fd = w->fd, .events = POLLIN };

	return poll(&at, 1, 0) == 0;
}

static void who_asks_little_does_not_wait_behind_a_walk(void **unused)
{
	struct ws_client *walkers[MANY], *others[MANY];

	(void)unused;
	somebody_walks();
	for (u32 i = 0; i < MANY; i++) {
		walkers[i] = ws_open(0);
		assert_true(ws_text(walkers[i], WALK));
	}
	for (u32 i = 0; i < MANY; i++) {
		others[i] = ws_open(0);
		assert_true(ws_text(others[i], CHAIN));
		assert_hears(others[i], "chain");
	}
	for (u32 i = 0; i < MANY; i++)
		assert_true(is_silent(walkers[i]));
	nobody_walks();
	for (u32 i = 0; i < MANY; i++) {
		assert_hears(walkers[i], "walk");
		ws_close(walkers[i]);
		ws_close(others[i]);
	}
}

static void what_is_asked_meanwhile_is_answered_afterwards_in_order(void **unused)
{
	struct ws_client *w = ws_open(0);

	(void)unused;
	somebody_walks();
	assert_true(ws_text(w, WALK));
	assert_true(ws_text(w, CHAIN));
	assert_true(ws_text(w, WALK));
	assert_true(ws_text(w, CHAIN));
	(void)usleep(20000); /* some of it may be read; none is answered */
	assert_true(is_silent(w));
	nobody_walks();
	assert_hears(w, "walk");
	assert_hears(w, "chain");
	assert_hears(w, "walk");
	assert_hears(w, "chain");
	ws_close(w);
}

static void notifications_go_on_meanwhile(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *heads = ws_ask(w, "eth_subscribe", "[\"newHeads\"]");

	(void)unused;
	somebody_walks();
	assert_true(ws_text(w, WALK));
	json_decref(send_from(0, NOBODY, 1, "0x"));
	json_decref(ws_note(w, heads));
	nobody_walks();
	assert_hears(w, "walk");
	json_decref(heads);
	ws_close(w);
}

static void subscriptions_of_a_dear_batch_are_made(void **unused)
{
	struct ws_client *w = ws_open(0);
	char text[8192] = "[{\"id\":0,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}";
	json_t *reply, *note;

	(void)unused;
	for (u32 i = 0; i < 100; i++)
		strcat(text, ",{\"id\":1,\"method\":\"eth_chainId\"}");
	strcat(text, "]");
	assert_true(ws_text(w, text));
	reply = ws_json(w);
	assert_int_equal(json_array_size(reply), 101);
	assert_non_null(json_object_get(json_array_get(reply, 0), "result"));
	json_decref(send_from(0, NOBODY, 1, "0x"));
	note = ws_note(w, json_object_get(json_array_get(reply, 0), "result"));
	json_decref(note);
	json_decref(reply);
	ws_close(w);
}

static void who_hangs_up_meanwhile_leaves_nothing_behind(void **unused)
{
	struct ws_client *w;

	(void)unused;
	somebody_walks();
	for (u32 i = 0; i < MANY; i++) {
		w = ws_open(0);
		assert_true(ws_text(w, WALK));
		ws_close(w);
	}
	nobody_walks();
	w = ws_open(0);
	assert_true(ws_text(w, WALK));
	assert_hears(w, "walk");
	ws_close(w);
}

/* The walks have their time and end; then the server does. */
static void a_server_stops_though_many_wait(void **unused)
{
	struct rpc_server *server = fixture.server;
	struct rpc_config config = fixture_config();
	struct ws_client *clients[MANY];
	char why[RPC_WHY_MAX];

	(void)unused;
	config.time_max_ms = 500;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	somebody_walks();
	for (u32 i = 0; i < MANY; i++) {
		clients[i] = ws_open(0);
		assert_true(ws_text(clients[i], WALK));
	}
	rpc_server_stop(fixture.server);
	nobody_walks();
	for (u32 i = 0; i < MANY; i++) {
		(void)ws_close_status(clients[i]);
		ws_close(clients[i]);
	}
	fixture.server = server;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_little_does_not_wait_behind_a_walk),
		cmocka_unit_test(what_is_asked_meanwhile_is_answered_afterwards_in_order),
		cmocka_unit_test(notifications_go_on_meanwhile),
		cmocka_unit_test(subscriptions_of_a_dear_batch_are_made),
		cmocka_unit_test(who_hangs_up_meanwhile_leaves_nothing_behind),
		cmocka_unit_test(a_server_stops_though_many_wait),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
