#include "node/clock.h"
#include "tests/rpc/line.h"

/* Clients that ask too much, or too slowly. */

#define LIMITED "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32005,\"message\":\"limit exceeded\"}}"

/* -- too much ---------------------------------------------------------------------------- */

static struct rpc_config limited(u32 burst)
{
	struct rpc_config config = fixture_config();

	config.rate = 1;
	config.burst = burst;
	config.counts_loopback = true;
	return config;
}

#define CALLS 10

/* A burst of the calls is answered, and one more for each second that it took; the others are told. */
static void assert_limited(u32 burst, u64 begin_us)
{
	u32 served;

	assert_true(hears("\"}", CALLS, PATIENCE_MS));
	served = text_count(heard, REPLY);
	assert_in_range(served, burst, burst + (clock_monotonic_us() - begin_us) / 1000000 + 1);
	assert_int_equal(text_count(heard, LIMITED), CALLS - served);
}

static void a_client_that_asks_too_much_is_told_with_200(void **unused)
{
	struct rpc_config config = limited(2);
	u64 now = clock_monotonic_us();

	(void)unused;
	begin(&config);
	for (u32 i = 0; i < CALLS; i++)
		say(POST);
	assert_limited(2, now);
	assert_int_equal(text_count(heard, "HTTP/1.1 200 OK"), CALLS);
	finish();
}

static void each_element_of_a_batch_counts(void **unused)
{
	struct rpc_config config = limited(2);
	u64 now = clock_monotonic_us();

	(void)unused;
	begin(&config);
	say(HEAD "Content-Length: 481\r\n\r\n[" CALL);
	for (u32 i = 1; i < CALLS; i++)
		say("," CALL);
	say("]");
	assert_limited(2, now);
	assert_true(hears("[" REPLY "," REPLY ",", 1, 0));
	finish();
}

static void a_dear_method_counts_as_several(void **unused)
{
	struct rpc_config config = limited(21);
	u64 now = clock_monotonic_us();

	(void)unused;
	begin(&config);
	say(HEAD "Content-Length: 61\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getLogs\",\"params\":[{}]}");
	assert_true(hears("\"result\":[]}", 1, PATIENCE_MS));
	hear_anew();
	for (u32 i = 0; i < CALLS; i++)
		say(POST);
	assert_limited(1, now);
	finish();
}

static void loopback_is_not_counted_by_default(void **unused)
{
	struct rpc_config config = limited(1);

	(void)unused;
	config.counts_loopback = false;
	begin(&config);
	for (int i = 0; i < 10; i++)
		say(POST);
	assert_true(hears(REPLY, 10, PATIENCE_MS));
	finish();
}

static void what_a_body_has_not_begun_in_time_times_out(void **unused)
{
	static const char one[] = ",{\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\"latest\",true]}";
	struct rpc_config config = fixture_config();
	char *body = calloc(config.batch_max, sizeof one), head[200];
	size_t size = config.batch_max * (sizeof one - 1) + 1;

	(void)unused;
	assert_non_null(body);
	for (size_t i = 0; i < config.batch_max; i++)
		strcpy(body + i * (sizeof one - 1), one);
	body[0] = '[';
	strcat(body, "]");
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", size);
	config.time_max_ms = 1;
	begin(&config);
	say(head);
	say(body);
	assert_true(hears("\"code\":-32002,\"message\":\"request timed out\"", 1, PATIENCE_MS));
	free(body);
	finish();
}

/* -- too slowly --------------------------------------------------------------------------- */

static void a_request_that_trickles_is_cut_off(void **unused)
{
	struct rpc_config config = fixture_config();
	u32 sent = 0;

	(void)unused;
	config.idle_seconds = 1;
	begin(&config);
	/* Never idle, never done. */
	for (; sent < 600; sent++) {
		if (send(line, "X", 1, MSG_NOSIGNAL) != 1 || is_cut(100))
			break;
	}
	assert_true(sent < 600);
	finish();
}

/* An idle connection that came after it is ended first. */
static void who_waits_for_a_block_is_not_idle(void **unused)
{
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[1] + 1);
	char raw[RAW_TEXT_MAX], body[RAW_TEXT_MAX + 100], head[200], nothing;
	struct rpc_config config = fixture_config();
	int idle;

	(void)unused;
	sign(raw, &tx, 1);
	(void)snprintf(body, sizeof body, "{\"id\":1,\"method\":\"eth_sendRawTransactionSync\",\"params\":[\"%s\"]}", raw);
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", strlen(body));
	config.idle_seconds = 1;
	begin(&config);
	say(head);
	say(body);
	while (node_pool_counts(fixture.node).queued == 0)
		(void)usleep(1000);
	idle = connect_as("127.0.0.1");
	assert_int_equal(poll(&(struct pollfd){ .fd = idle, .events = POLLIN }, 1, PATIENCE_MS), 1);
	assert_int_equal(recv(idle, &nothing, 1, 0), 0);
	json_decref(send_from(1, NOBODY, 1, "0x")); /* the nonce before */
	fixture.nonces[1]++;
	assert_true(hears("\"status\":\"0x1\"", 1, PATIENCE_MS));
	(void)close(idle);
	finish();
}

static void half_open_connections_do_not_keep_others_out(void **unused)
{
	struct rpc_config config = fixture_config();
	int idle[40];

	(void)unused;
	config.connections_max = 8;
	begin(&config);
	(void)close(line);
	for (u32 i = 0; i < ARRAY_COUNT(idle); i++) {
		idle[i] = connect_as("127.0.0.1");
		assert_int_equal(send(idle[i], HEAD, 20, MSG_NOSIGNAL), 20);
	}
	line = connect_as("127.0.0.1");
	say(POST);
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	for (u32 i = 0; i < ARRAY_COUNT(idle); i++)
		(void)close(idle[i]);
	finish();
}

static void say_request(const char *method, const char *params)
{
	char body[300], text[600];

	(void)snprintf(body, sizeof body, "{\"id\":1,\"method\":\"%s\",\"params\":[%s]}", method, params);
	(void)snprintf(text, sizeof text, HEAD "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	heard_size = 0;
	heard[0] = '\0';
	say(text);
	assert_true(hears("\"result\":", 1, PATIENCE_MS));
	assert_true(hears("}", 1, PATIENCE_MS));
}

/* Half of an answer is for what is there already, and the rest is told by the next poll. */
static void a_filter_tells_later_what_an_answer_has_no_room_for(void **unused)
{
	struct rpc_config config = fixture_config();
	u32 told = 0, polls = 0;
	char id[80];

	(void)unused;
	config.response_max = 1500;
	begin(&config);
	say_request("eth_newBlockFilter", "");
	assert_int_equal(sscanf(strstr(heard, "\"result\":"), "\"result\":%70[^}]", id), 1);
	for (u32 i = 0; i < 40; i++)
		json_decref(send_from(0, NOBODY, 1, "0x"));
	for (; told < 40 && polls < 10; polls++) {
		say_request("eth_getFilterChanges", id);
		told += text_count(heard, "\"0x");
	}
	assert_int_equal(told, 40);
	assert_true(polls > 1);
	say_request("eth_getFilterChanges", id);
	assert_int_equal(text_count(heard, "\"0x"), 0);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_that_asks_too_much_is_told_with_200),
		cmocka_unit_test(each_element_of_a_batch_counts),
		cmocka_unit_test(a_dear_method_counts_as_several),
		cmocka_unit_test(loopback_is_not_counted_by_default),
		cmocka_unit_test(what_a_body_has_not_begun_in_time_times_out),
		cmocka_unit_test(a_request_that_trickles_is_cut_off),
		cmocka_unit_test(who_waits_for_a_block_is_not_idle),
		cmocka_unit_test(half_open_connections_do_not_keep_others_out),
		cmocka_unit_test(a_filter_tells_later_what_an_answer_has_no_room_for),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
