#include "tests/rpc/ws_client.h"

#include "node/node_parts.h"
#include "node/risk_parts.h"

/* Requests that walk accounts have the time of their body and no more; here it runs out while somebody else's
 * walk is in their way. */

#define METRICS   "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#define TEXT_MAX  65536
#define TIME_MS   300
#define TRIES_MAX 100 /* of what has that time */

static void somebody_walks(void)
{
	assert_int_equal(pthread_mutex_lock(&fixture.node->risk->walk_lock), 0);
}

static void nobody_walks(void)
{
	assert_int_equal(pthread_mutex_unlock(&fixture.node->risk->walk_lock), 0);
}

/* Nobody is in its way, but the machine may be: sooner or later it has the time it needs. */
static void assert_is_answered(const char *method, const char *params)
{
	json_t *result = NULL, *error = NULL;

	for (u32 i = 0; i < TRIES_MAX && !result; i++) {
		json_decref(error);
		result = rpc_call(fixture.client, &error, method, json_loads(params, 0, NULL));
	}
	assert_non_null(result);
	json_decref(result);
}

static void a_request_that_walks_accounts_times_out(void **unused)
{
	static const char *const rows[][2] = {
		{ "plimsoll_liquidatable", "[]" },
		{ "plimsoll_atRisk", "[\"latest\",{\"below\":\"1.5\"}]" },
		{ "plimsoll_whatIf", "[{\"shocks\":{\"WETH\":\"-10%\"}}]" },
		{ "plimsoll_status", "[]" },
	};

	(void)unused;
	somebody_walks();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_refused(rows[i][0], rows[i][1], -32002, "request timed out");
	nobody_walks();
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_is_answered(rows[i][0], rows[i][1]);
}

/* Whether /metrics tells how accounts stand. */
static bool metrics_tell_of_accounts(void)
{
	static char text[TEXT_MAX];
	int fd = ws_dial(0);
	size_t size = 0;
	ssize_t got;

	assert_true(ws_write(fd, METRICS, strlen(METRICS)));
	while ((got = recv(fd, text + size, TEXT_MAX - 1 - size, 0)) > 0)
		size += (size_t)got;
	text[size] = '\0';
	(void)close(fd);
	assert_non_null(strstr(text, "\nplimsoll_height "));
	return strstr(text, "plimsoll_accounts_") != NULL;
}

static void metrics_leave_out_what_they_had_no_time_for(void **unused)
{
	u32 tries = 0;

	(void)unused;
	somebody_walks();
	assert_false(metrics_tell_of_accounts());
	nobody_walks();
	while (!metrics_tell_of_accounts() && tries < TRIES_MAX)
		tries++;
	assert_true(tries < TRIES_MAX);
}

static void a_stream_that_cannot_keep_up_is_cut_off_and_blocks_go_on(void **unused)
{
	struct ws_client *w = ws_open(0);

	(void)unused;
	json_decref(ws_ask(w, "plimsoll_subscribe", "[\"healthBands\"]"));
	somebody_walks();
	json_decref(send_from(0, NOBODY, 1, "0x"));
	assert_int_equal(ws_close_status(w), 1008);
	json_decref(send_from(0, NOBODY, 1, "0x"));
	nobody_walks();
	ws_close(w);
}

static void every_block_of_a_stream_has_its_own_time(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *note;

	(void)unused;
	json_decref(ws_ask(w, "eth_subscribe", "[\"newHeads\"]"));
	json_decref(ws_ask(w, "plimsoll_subscribe", "[\"healthBands\"]")); /* told first */
	(void)usleep(2 * TIME_MS * 1000);
	json_decref(send_from(0, NOBODY, 1, "0x"));
	note = ws_json(w);
	assert_string_equal(text_at(note, "method"), "eth_subscription");
	json_decref(note);
	ws_close(w);
}

/* 256 accounts, whom a millisecond is not enough for.  It may not be for the request either, on a busy machine. */
static void subscribe_to_many(struct ws_client *w)
{
	json_t *reply;
	bool is_made = false;
	char params[256 * 48 + 100];
	size_t size = (size_t)sprintf(params, "[\"healthBands\",{\"accounts\":[");

	for (u32 i = 0; i < 256; i++)
		size += (size_t)sprintf(params + size, "%s\"0x%040x\"", i > 0 ? "," : "", i + 1);
	strcpy(params + size, "]}]");
	for (u32 i = 0; !is_made && i < 10000; i++) {
		reply = ws_reply(w, "plimsoll_subscribe", params);
		is_made = json_object_get(reply, "result") != NULL;
		json_decref(reply);
	}
	assert_true(is_made);
}

static void so_is_one_of_more_accounts_than_there_is_time_for(void **unused)
{
	struct rpc_server *server = fixture.server;
	struct rpc_config config = fixture_config();
	char why[RPC_WHY_MAX];
	struct ws_client *w;

	(void)unused;
	config.time_max_ms = 1;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	w = ws_open(0);
	subscribe_to_many(w);
	json_decref(send_from(0, NOBODY, 1, "0x"));
	assert_int_equal(ws_close_status(w), 1008);
	ws_close(w);
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	config.time_max_ms = TIME_MS;
	return fixture_start(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_that_walks_accounts_times_out),
		cmocka_unit_test(metrics_leave_out_what_they_had_no_time_for),
		cmocka_unit_test(a_stream_that_cannot_keep_up_is_cut_off_and_blocks_go_on),
		cmocka_unit_test(every_block_of_a_stream_has_its_own_time),
		cmocka_unit_test(so_is_one_of_more_accounts_than_there_is_time_for),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
