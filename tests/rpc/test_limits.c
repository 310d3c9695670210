#include "tests/rpc/fixture.h"
#include "tests/support/text_count.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "rpc/unsent.h"

/* The server and clients that ask too much, too slowly, or in odd pieces: over a bare socket. */

#define CALL     "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}"
#define REPLY    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x4f24\"}"
#define LIMITED  "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32005,\"message\":\"limit exceeded\"}}"
#define HEAD     "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
#define POST     HEAD "Content-Length: 47\r\n\r\n" CALL
#define METRICS  "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define TEXT_MAX (16u << 20)

static struct rpc_server *other;
static int line = -1;
static char heard[TEXT_MAX];
static size_t heard_size;

static int connect_as(const struct rpc_server *s, const char *from)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(rpc_server_port(s)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, from, &own.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static int connect_to(const struct rpc_server *s)
{
	return connect_as(s, "127.0.0.1");
}

static void begin(const struct rpc_config *config)
{
	char why[RPC_WHY_MAX];

	assert_int_equal(rpc_server_start(&other, fixture.node, config, why), OK);
	line = connect_to(other);
	heard_size = 0;
	heard[0] = '\0';
}

static void finish(void)
{
	(void)close(line);
	rpc_server_stop(other);
}

static void say(const char *text)
{
	assert_int_equal(send(line, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Reads until the text is there so many times; false: the time is up, or the line is cut. */
static bool hears(const char *text, u32 times, int wait_ms)
{
	struct pollfd at = { .fd = line, .events = POLLIN };

	for (;;) {
		ssize_t got;

		if (text_count(heard, text) >= times)
			return true;
		if (poll(&at, 1, wait_ms) != 1)
			return false;
		got = recv(line, heard + heard_size, TEXT_MAX - 1 - heard_size, 0);
		if (got <= 0)
			return false;
		heard_size += (size_t)got;
		heard[heard_size] = '\0';
	}
}

static bool is_cut(int wait_ms)
{
	struct pollfd at = { .fd = line, .events = POLLIN };
	char c;

	return poll(&at, 1, wait_ms) == 1 && recv(line, &c, 1, 0) <= 0;
}

/* -- too much ---------------------------------------------------------------------------- */

static struct rpc_config limited(u32 burst)
{
	struct rpc_config config = fixture_config();

	config.rate = 1;
	config.burst = burst;
	config.counts_loopback = true;
	return config;
}

static void a_client_that_asks_too_much_is_told_with_200(void **unused)
{
	struct rpc_config config = limited(2);

	(void)unused;
	begin(&config);
	say(POST);
	say(POST);
	assert_true(hears(REPLY, 2, 2000));
	say(POST);
	assert_true(hears(LIMITED, 1, 2000));
	assert_true(hears("HTTP/1.1 200 OK", 3, 0));
	finish();
}

static void each_element_of_a_batch_counts(void **unused)
{
	struct rpc_config config = limited(2);

	(void)unused;
	begin(&config);
	say(HEAD "Content-Length: 145\r\n\r\n[" CALL "," CALL "," CALL "]");
	assert_true(hears("[" REPLY "," REPLY "," LIMITED "]", 1, 2000));
	finish();
}

static void a_dear_method_counts_as_several(void **unused)
{
	struct rpc_config config = limited(21);

	(void)unused;
	begin(&config);
	say(HEAD "Content-Length: 61\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getLogs\",\"params\":[{}]}");
	assert_true(hears("\"result\"", 1, 2000));
	say(POST POST);
	assert_true(hears(REPLY, 1, 2000));
	assert_true(hears(LIMITED, 1, 2000));
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
	assert_true(hears(REPLY, 10, 2000));
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
	assert_true(hears("\"code\":-32002,\"message\":\"request timed out\"", 1, 2000));
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
	for (; sent < 40; sent++) {
		if (send(line, "X", 1, MSG_NOSIGNAL) != 1 || is_cut(100))
			break;
	}
	assert_true(sent < 40);
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
		idle[i] = connect_to(other);
		assert_int_equal(send(idle[i], HEAD, 20, MSG_NOSIGNAL), 20);
	}
	line = connect_to(other);
	say(POST);
	assert_true(hears(REPLY, 1, 3000));
	for (u32 i = 0; i < ARRAY_COUNT(idle); i++)
		(void)close(idle[i]);
	finish();
}

/* -- unread -------------------------------------------------------------------------------- */

/* Asks for more than sockets take in. */
static void ask_much(void)
{
	static const char one[] = ",{\"id\":1,\"method\":\"plimsoll_help\"}";
	static char body[1000 * sizeof one], head[200];
	size_t size = 0;

	for (u32 i = 0; i < 1000; i++)
		size += (size_t)sprintf(body + size, "%s", one);
	body[0] = '[';
	body[size++] = ']';
	body[size] = '\0';
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", size);
	say(head);
	say(body);
}

static void call_as(const char *from)
{
	line = connect_as(other, from);
	heard_size = 0;
	heard[0] = '\0';
}

static void hang_up_and_call_again(void)
{
	(void)close(line);
	call_as("127.0.0.1");
}

/* Asks for much on the line, and leaves it with the answer unread. */
static int hoard(void)
{
	ask_much();
	assert_int_equal(poll(&(struct pollfd){ .fd = line, .events = POLLIN }, 1, 10000), 1);
	return line;
}

static void what_waits_to_be_read_is_bounded_in_all(void **unused)
{
	struct rpc_config config = fixture_config();
	int slow;
	u32 tries = 0;

	(void)unused;
	config.time_max_ms = 0;
	config.unsent_max = 1 << 20;
	begin(&config);
	slow = hoard();
	call_as("127.0.0.1");
	ask_much();
	say(POST METRICS);
	assert_true(hears("# HELP plimsoll_blocks_total", 1, 10000));
	assert_true(hears("HTTP/1.1 503", 1, 0));
	assert_true(hears(REPLY, 1, 0));
	assert_false(hears("plimsoll_http_unsent_bytes 0\n", 1, 0));

	/* Whoever hangs up gives its room back, */
	(void)close(slow);
	do {
		(void)usleep(10000);
		hang_up_and_call_again();
		say(METRICS);
		assert_true(hears("# HELP plimsoll_blocks_total", 1, 10000));
	} while (!hears("plimsoll_http_unsent_bytes 0\n", 1, 0) && ++tries < 500);
	assert_true(tries < 500);
	/* and whoever reads. */
	for (int i = 0; i < 2; i++) {
		hang_up_and_call_again();
		ask_much();
		say(POST METRICS);
		assert_true(hears("plimsoll_http_unsent_bytes 0\n", 1, 10000));
		assert_true(hears("HTTP/1.1 200", 3, 0));
		assert_true(heard_size > 4u << 20);
	}
	finish();
}

/* A call whose body is longer than an answer that is not counted. */
static void say_long(void)
{
	static char body[UNSENT_SMALL + 2];
	char head[200];

	memset(body, ' ', sizeof body - 1);
	memcpy(body, CALL, sizeof CALL - 1);
	(void)snprintf(head, sizeof head, HEAD "Content-Length: %zu\r\n\r\n", sizeof body - 1);
	say(head);
	say(body);
}

static void assert_chain_id_was_not_asked_for(void)
{
	call_as("127.0.0.3");
	say(METRICS);
	assert_true(hears("plimsoll_rpc_refused_total", 1, 10000)); /* far behind those of methods */
	assert_false(hears("method=\"eth_chainId\"", 1, 100));
	(void)close(line);
}

/* Addresses are told apart, and each has a share of so many bytes. */
static void begin_with_shares(size_t share)
{
	struct rpc_config config = fixture_config();

	config.counts_loopback = true;
	config.rate = 0;
	config.time_max_ms = 0;
	config.unsent_max = UNSENT_SHARES * share;
	begin(&config);
	(void)close(line);
}

static void what_one_address_leaves_unread_is_bounded(void **unused)
{
	int hoarder;

	(void)unused;
	begin_with_shares(7 << 20); /* more than one answer, less than two */
	call_as("127.0.0.2");
	hoarder = hoard();
	call_as("127.0.0.2");
	ask_much();
	say(POST);
	assert_true(hears("HTTP/1.1 503", 1, 10000));
	assert_true(hears(REPLY, 1, 10000));
	(void)close(line);
	call_as("127.0.0.3");
	ask_much();
	say(POST);
	assert_true(hears(REPLY, 1, 10000));
	assert_true(hears("HTTP/1.1 200", 2, 0));
	(void)close(hoarder);
	finish();
}

static void who_hoards_answers_is_refused_before_he_is_served_and_others_are_not(void **unused)
{
	int hoarder;

	(void)unused;
	begin_with_shares(2 << 20); /* less than an answer */
	call_as("127.0.0.2");
	hoarder = hoard();
	call_as("127.0.0.2");
	say(POST);
	assert_true(hears("HTTP/1.1 503", 1, 10000));
	assert_true(hears("too many answers wait to be read", 1, 10000));
	(void)close(line);

	assert_chain_id_was_not_asked_for();
	call_as("127.0.0.3");
	ask_much();
	say_long();
	assert_true(hears(REPLY, 1, 10000));
	assert_true(heard_size > 2u << 20);
	(void)close(hoarder);
	finish();
}

static void where_all_is_used_up_long_bodies_are_refused_before_they_are_served(void **unused)
{
	struct rpc_config config = fixture_config();
	int hoarder;

	(void)unused;
	config.time_max_ms = 0;
	config.unsent_max = 1 << 20;
	begin(&config);
	hoarder = hoard();
	call_as("127.0.0.1");
	say_long();
	assert_true(hears("HTTP/1.1 503", 1, 10000));
	(void)close(line);
	assert_chain_id_was_not_asked_for();
	call_as("127.0.0.1");
	say(POST);
	assert_true(hears(REPLY, 1, 10000));
	(void)close(hoarder);
	finish();
}

static void pipelined_requests_are_answered_in_order(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(POST HEAD "Content-Length: 2\r\n\r\n[]" POST);
	assert_true(hears(REPLY, 2, 2000));
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
	assert_true(hears("HTTP/1.1 100", 1, 2000));
	say(CALL);
	assert_true(hears(REPLY, 1, 2000));
	finish();
}

static void who_expects_100_for_a_giant_is_refused_at_once(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	begin(&config);
	say(HEAD "Expect: 100-continue\r\nContent-Length: 1099511627776\r\n\r\n");
	assert_true(hears("HTTP/1.1 413", 1, 2000));
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
	assert_true(hears(REPLY, 1, 2000));
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
		while (!is_cut(2000))
			continue;
		(void)close(line);
		line = connect_to(other);
		say(POST);
		assert_true(hears(REPLY, 1, 2000));
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
		assert_true(hears("two lengths or hosts\n", 1, 2000));
		assert_int_equal(text_count(heard, "HTTP/1.1 400 "), 1);
		assert_int_equal(text_count(heard, "Connection: close\r\n"), 1);
		assert_false(hears(REPLY, 1, 2000));
		finish();
	}
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
		cmocka_unit_test(half_open_connections_do_not_keep_others_out),
		cmocka_unit_test(what_waits_to_be_read_is_bounded_in_all),
		cmocka_unit_test(what_one_address_leaves_unread_is_bounded),
		cmocka_unit_test(who_hoards_answers_is_refused_before_he_is_served_and_others_are_not),
		cmocka_unit_test(where_all_is_used_up_long_bodies_are_refused_before_they_are_served),
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(who_expects_100_is_told_to_continue),
		cmocka_unit_test(who_expects_100_for_a_giant_is_refused_at_once),
		cmocka_unit_test(chunks_need_no_length),
		cmocka_unit_test(a_request_of_two_lengths_or_hosts_is_refused),
		cmocka_unit_test(garbage_is_answered_with_400_or_a_cut),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
