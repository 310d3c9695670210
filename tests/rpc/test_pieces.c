#include "tests/rpc/line.h"

/* Requests in odd pieces: pipelined, chunked, announced, ambiguous, garbage. */

static void pipelined_requests_are_answered_in_order(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(POST HEAD "Content-Length: 2\r\n\r\n[]" POST);
	assert_true(hears(REPLY, 2, PATIENCE_MS));
	assert_true(strstr(heard, REPLY) < strstr(heard, "empty batch"));
	assert_true(hears("empty batch", 1, 0));
	finish();
}

static void who_expects_100_is_told_to_continue(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(HEAD "Expect: 100-continue\r\nContent-Length: 47\r\n\r\n");
	assert_true(hears("HTTP/1.1 100", 1, PATIENCE_MS));
	say(CALL);
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	finish();
}

static void who_expects_100_for_a_giant_is_refused_at_once(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(HEAD "Expect: 100-continue\r\nContent-Length: 1099511627776\r\n\r\n");
	assert_true(hears("HTTP/1.1 413", 1, PATIENCE_MS));
	assert_null(strstr(heard, "HTTP/1.1 100"));
	finish();
}

static void chunks_need_no_length(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n");
	say("2e\r\n");
	say(&CALL[1]);
	say("\r\n0\r\n\r\n");
	assert_true(hears(REPLY, 1, PATIENCE_MS));
	finish();
}

static void garbage_is_answered_with_400_or_a_cut(void **unused)
{
	static const char *const garbage[] = {
		"\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n", /* a TLS hello */
		"POST / HTTP/9.9\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: -1\r\nHost: localhost\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"\r\n\r\n\r\n\r\n",
		"{}\n\n",
	};
	struct rpc_config config = fixture_config();

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(garbage); i++) {
		begin(&config);
		say(garbage[i]);
		(void)shutdown(line, SHUT_WR);
		while (!is_cut(PATIENCE_MS))
			continue;
		(void)close(line);
		line = connect_as("127.0.0.1");
		say(POST);
		assert_true(hears(REPLY, 1, PATIENCE_MS));
		finish();
	}
}

/* What stands behind such a request may be another's, who shares the connection of a proxy. */
static void a_request_of_two_lengths_or_hosts_is_refused(void **unused)
{
	static const char *const heads[] = {
		HEAD "Content-Length: 47\r\nTransfer-Encoding: chunked\r\n\r\n",
		HEAD "Content-Length: 47\r\ncontent-length: 0\r\n\r\n",
		HEAD "Content-Length: 47\r\nContent-Length: 47\r\n\r\n",
		HEAD "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n",
		HEAD "Host: evil.example\r\nContent-Length: 47\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 47\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\nUpgrade: websocket\r\n\r\n",
	};
	struct rpc_config config = fixture_config();

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
		begin(&config);
		say(heads[i]);
		say(POST POST);
		assert_true(hears("two lengths or hosts\n", 1, PATIENCE_MS));
		assert_int_equal(text_count(heard, "HTTP/1.1 400 "), 1);
		assert_int_equal(text_count(heard, "Connection: close\r\n"), 1);
		assert_false(hears(REPLY, 1, PATIENCE_MS));
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(who_expects_100_is_told_to_continue),
		cmocka_unit_test(who_expects_100_for_a_giant_is_refused_at_once),
		cmocka_unit_test(chunks_need_no_length),
		cmocka_unit_test(a_request_of_two_lengths_or_hosts_is_refused),
		cmocka_unit_test(garbage_is_answered_with_400_or_a_cut),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
