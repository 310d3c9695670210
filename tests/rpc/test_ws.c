/* WebSockets: handshake, frames, the same JSON-RPC as over HTTP, and what happens to clients
 * that misbehave. */

#include "tests/rpc/ws_client.h"

#include <stdatomic.h>
#include <sys/syscall.h>

#include "rpc/upgrade.h"
#include "rpc/ws_connection.h"

#define MESSAGE_MAX (1 << 20)

static void a_handshake_is_answered_with_the_hash_of_its_key(void **unused)
{
	char head[1024], accept[UPGRADE_ACCEPT_SIZE];
	int fd = ws_dial(0);

	(void)unused;
	upgrade_accept(accept, WS_KEY);
	assert_string_equal(accept, WS_ACCEPT);
	assert_int_equal(ws_shake(fd, "Host: localhost\r\n" WS_HEADERS, head), 101);
	assert_non_null(strcasestr(head, "\r\nSec-WebSocket-Accept: " WS_ACCEPT "\r\n"));
	assert_non_null(strcasestr(head, "\r\nUpgrade: websocket\r\n"));
	assert_non_null(strcasestr(head, "\r\nConnection: Upgrade\r\n"));
	(void)close(fd);
}

static void a_handshake_that_is_not_one_is_refused(void **unused)
{
	static const struct {
		int status;
		const char *headers;
	} rows[] = {
		{ 426, "Host: localhost\r\n" WS_UPGRADE "Sec-WebSocket-Key: " WS_KEY "\r\nSec-WebSocket-Version: 8\r\n" },
		{ 426, "Host: localhost\r\n" WS_UPGRADE "Sec-WebSocket-Key: " WS_KEY "\r\n" },
		{ 400, "Host: localhost\r\n" WS_UPGRADE "Sec-WebSocket-Version: 13\r\n" },
		{ 400, "Host: localhost\r\n" WS_UPGRADE "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2hvcnQ=\r\n" },
		{ 400, "Host: localhost\r\n" WS_UPGRADE "Sec-WebSocket-Version: 13\r\n"
		       "Sec-WebSocket-Key: ************************\r\n" },
		{ 400, "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" },
		{ 400, "Host: localhost\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " WS_KEY "\r\n" },
		{ 403, "Host: evil.example\r\n" WS_HEADERS },
	};
	char head[1024];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		int fd = ws_dial(0);

		assert_int_equal(ws_shake(fd, rows[i].headers, head), rows[i].status);
		if (rows[i].status == 426)
			assert_non_null(strcasestr(head, "\r\nSec-WebSocket-Version: 13\r\n"));
		(void)close(fd);
	}
}

static void a_page_of_another_origin_is_refused(void **unused)
{
	char head[1024];
	int fd = ws_dial(0);

	(void)unused;
	assert_int_equal(ws_shake(fd, "Host: localhost:8545\r\nOrigin: https://evil.example\r\n" WS_HEADERS, head), 403);
	(void)close(fd);
	fd = ws_dial(0);
	assert_int_equal(ws_shake(fd, "Host: localhost:8545\r\nOrigin: null\r\n" WS_HEADERS, head), 403);
	(void)close(fd);
	fd = ws_dial(0);
	assert_int_equal(ws_shake(fd, "Host: localhost:8545\r\nOrigin: http://localhost:8545\r\n" WS_HEADERS, head), 101);
	(void)close(fd);
	assert_true(origin_is_allowed("https://a.example", "localhost", "*"));
	assert_true(origin_is_allowed("https://a.example", "localhost", "https://a.example"));
	assert_false(origin_is_allowed("https://b.example", "localhost", "https://a.example"));
	assert_false(origin_is_allowed("https://localhost:1", "localhost:2", NULL));
	assert_true(origin_is_allowed(NULL, "localhost", NULL));
}

static void requests_are_answered_as_over_http(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_chainId", "[]");
	struct ws_message m;

	(void)unused;
	assert_string_equal(json_string_value(id), "0x4f24");
	json_decref(id);
	ws_assert_refused(w, "eth_nothing", "[]", -32601, "the method eth_nothing does not exist/is not available");
	assert_true(ws_text(w, "[{\"id\":1,\"method\":\"eth_chainId\"},{\"id\":\"b\",\"method\":\"net_version\"}]"));
	m = ws_next(w);
	assert_string_equal(m.text, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x4f24\"},"
				    "{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"result\":\"20260\"}]");
	free(m.text);
	assert_true(ws_text(w, "{"));
	m = ws_next(w);
	assert_string_equal(m.text, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"parse error\"}}");
	free(m.text);
	assert_true(ws_text(w, ""));
	m = ws_next(w);
	assert_non_null(strstr(m.text, "parse error"));
	free(m.text);
	assert_true(ws_text(w, "{\"method\":\"eth_chainId\"}")); /* a notification: no answer */
	json_decref(ws_ask(w, "eth_blockNumber", "[]"));
	ws_close(w);
}

static void a_message_may_come_in_pieces(void **unused)
{
	static const char text[] = "{\"id\":7,\"method\":\"net_version\"}";
	struct ws_client *w = ws_open(0);
	struct ws_message m;

	(void)unused;
	assert_true(ws_frame(w, OP_TEXT, text, 5, true));
	assert_true(ws_frame(w, OP_CONTINUE, text + 5, 0, true));
	assert_true(ws_frame(w, 0x80 | OP_PING, "between", 7, true));
	assert_true(ws_frame(w, OP_CONTINUE, text + 5, 10, true));
	assert_true(ws_frame(w, 0x80 | OP_CONTINUE, text + 15, sizeof text - 16, true));
	m = ws_next(w);
	assert_int_equal(m.op, OP_PONG);
	assert_string_equal(m.text, "between");
	free(m.text);
	m = ws_next(w);
	assert_string_equal(m.text, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"20260\"}");
	free(m.text);
	ws_close(w);
}

static void bytes_are_taken_for_text_and_answered_with_text(void **unused)
{
	static const char text[] = "{\"id\":7,\"method\":\"net_version\"}";
	struct ws_client *w = ws_open(0);
	struct ws_message m;

	(void)unused;
	assert_true(ws_frame(w, 0x80 | OP_BINARY, text, sizeof text - 1, true));
	m = ws_next(w);
	assert_int_equal(m.op, OP_TEXT);
	assert_string_equal(m.text, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":\"20260\"}");
	free(m.text);
	assert_true(ws_frame(w, 0x80 | OP_BINARY, "\xff\xfe", 2, true));
	m = ws_next(w);
	assert_string_equal(m.text, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"parse error\"}}");
	free(m.text);
	ws_close(w);
}

/* Stands for libc's: while it trickles, a socket takes a byte at a time. */
static atomic_bool trickles;

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	size_t i = 0;

	if (!atomic_load(&trickles))
		return syscall(SYS_sendmsg, fd, m, flags);
	while (i + 1 < m->msg_iovlen && m->msg_iov[i].iov_len == 0)
		i++;
	return send(fd, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len > 0, flags);
}

static void frames_are_whole_wherever_they_are_cut(void **unused)
{
	struct ws_client *w = ws_open(0);

	(void)unused;
	atomic_store(&trickles, true);
	for (int i = 0; i < 3; i++)
		json_decref(ws_ask(w, "eth_getBlockByNumber", "[\"latest\",false]"));
	atomic_store(&trickles, false);
	ws_close(w);
}

static void a_close_is_answered(void **unused)
{
	static const u8 going[] = { 0x03, 0xe8, 'b', 'y', 'e' };
	struct ws_client *w = ws_open(0);

	(void)unused;
	assert_true(ws_frame(w, 0x80 | OP_CLOSE, going, sizeof going, true));
	assert_int_equal(ws_close_status(w), 1000);
	assert_int_equal(ws_next(w).op, OP_GONE);
	ws_close(w);
}

static void a_transaction_can_be_waited_for(void **unused)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[1]++);
	struct ws_client *w = ws_open(0);
	json_t *receipt;

	(void)unused;
	sign(raw, &tx, 1);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	receipt = ws_ask(w, "eth_sendRawTransactionSync", params);
	assert_string_equal(text_at(receipt, "status"), "0x1");
	json_decref(receipt);
	ws_close(w);
}

/* -- misbehaving ------------------------------------------------------------------------ */

static void broken_frames_end_the_connection(void **unused)
{
	static const struct {
		const char *what;
		u8 first;
		bool is_masked;
		const char *payload;
		size_t size;
		int status;
	} rows[] = {
		{ "no mask", 0x80 | OP_TEXT, false, "{}", 2, 1002 },
		{ "reserved bit", 0xc0 | OP_TEXT, true, "{}", 2, 1002 },
		{ "reserved op", 0x83, true, "{}", 2, 1002 },
		{ "continuation of nothing", 0x80 | OP_CONTINUE, true, "{}", 2, 1002 },
		{ "fragmented control", OP_PING, true, "{}", 2, 0 },
		{ "not UTF-8", 0x80 | OP_TEXT, true, "\xff\xfe", 2, 1007 },
		{ "close of one byte", 0x80 | OP_CLOSE, true, "x", 1, 0 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct ws_client *w = ws_open(0);
		int status;

		assert_true(ws_frame(w, rows[i].first, rows[i].payload, rows[i].size, rows[i].is_masked));
		status = ws_close_status(w);
		if (status != rows[i].status)
			fail_msg("%s: %d", rows[i].what, status);
		ws_close(w);
	}
}

static void a_message_that_is_too_long_is_refused(void **unused)
{
	static char body[MESSAGE_MAX + 1];
	struct ws_client *w = ws_open(0);
	struct ws_message m;

	(void)unused;
	memset(body, ' ', sizeof body);
	memcpy(body, "{\"id\":1,\"method\":\"net_version\"}", 31);
	assert_true(ws_frame(w, 0x80 | OP_TEXT, body, MESSAGE_MAX, true));
	m = ws_next(w);
	assert_string_equal(m.text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"20260\"}");
	free(m.text);
	(void)ws_frame(w, 0x80 | OP_TEXT, body, sizeof body, true);
	assert_int_equal(ws_close_status(w), 1009);
	ws_close(w);
	w = ws_open(0);
	for (int i = 0; i < 9; i++)
		(void)ws_frame(w, i == 0 ? OP_TEXT : OP_CONTINUE, body, MESSAGE_MAX / 8, true);
	assert_int_equal(ws_close_status(w), 1009);
	ws_close(w);
}

static void a_length_that_is_a_lie_costs_nothing(void **unused)
{
	static const u8 head[] = { 0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5 };
	struct ws_client *w = ws_open(0);

	(void)unused;
	assert_true(ws_write(w->fd, head, sizeof head));
	assert_int_equal(ws_close_status(w), 1009);
	ws_close(w);
}

static void garbage_does_not_disturb_others(void **unused)
{
	struct ws_client *good = ws_open(0);
	u32 seed = 12345;

	(void)unused;
	for (int i = 0; i < 50; i++) {
		struct ws_client *bad = ws_open(0);
		u8 noise[512];

		for (size_t j = 0; j < sizeof noise; j++) {
			seed = seed * 1664525 + 1013904223;
			noise[j] = (u8)(seed >> 24);
		}
		(void)ws_write(bad->fd, noise, sizeof noise);
		json_decref(ws_ask(good, "eth_blockNumber", "[]"));
		ws_close(bad);
	}
	ws_close(good);
}

static void who_does_not_read_answers_is_not_asked_on(void **unused)
{
	struct ws_client *w = ws_open(4096), *other;
	struct timeval patience = { .tv_usec = 200000 };
	bool took_it_all = true;

	(void)unused;
	assert_int_equal(setsockopt(w->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), 0);
	for (int i = 0; i < 200000 && took_it_all; i++)
		took_it_all = ws_text(w, "{\"id\":1,\"method\":\"plimsoll_markets\"}");
	assert_false(took_it_all);
	other = ws_open(0);
	json_decref(ws_ask(other, "eth_blockNumber", "[]"));
	ws_close(w);
	ws_close(other);
}

static void requests_ahead_of_their_answers_are_all_served(void **unused)
{
	enum { MANY = 600 };
	struct ws_client *w = ws_open(4096);
	char text[80];

	(void)unused;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof text, "{\"id\":%d,\"method\":\"plimsoll_help\"}", i);
		assert_true(ws_text(w, text));
	}
	for (int i = 0; i < MANY; i++) {
		json_t *m = ws_json(w);

		assert_int_equal(json_integer_value(json_object_get(m, "id")), i);
		json_decref(m);
	}
	ws_close(w);
}

static void half_a_handshake_holds_nobody_up(void **unused)
{
	enum { MANY = 64 };
	int fds[MANY];
	struct ws_client *w;

	(void)unused;
	for (int i = 0; i < MANY; i++) {
		fds[i] = ws_dial(0);
		assert_true(ws_write(fds[i], "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConn", 41));
	}
	w = ws_open(0);
	json_decref(ws_ask(w, "eth_blockNumber", "[]"));
	ws_close(w);
	for (int i = 0; i < MANY; i++)
		(void)close(fds[i]);
}

static void stay(void *unused)
{
	(void)unused;
}

/* It begins while its thread, which has read the clock, is on its way to it. */
static void a_tick_from_before_it_began_pings_nobody(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc context = { .config = &config };
	struct connection *n;
	int ends[2];
	char frame[16];

	(void)unused;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	n = connection_new(ends[0], (struct bytes){ (const u8 *)"", 0 }, MESSAGE_MAX, NULL);
	assert_non_null(n);
	n->release = stay;
	connection_tick(n, &context, n->pinged_ms - 1);
	assert_int_equal(recv(ends[1], frame, sizeof frame, MSG_DONTWAIT), -1);
	connection_tick(n, &context, n->pinged_ms + config.ws_ping_seconds * 1000);
	assert_int_equal(recv(ends[1], frame, sizeof frame, MSG_DONTWAIT), 2);
	connection_free(n);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void who_answers_no_ping_is_cut_off(void **unused)
{
	struct rpc_config config = fixture_config();
	struct rpc_server *server = fixture.server;
	struct ws_client *silent, *good;
	struct ws_message m;
	char why[RPC_WHY_MAX];

	(void)unused;
	config.ws_ping_seconds = 2;
	assert_int_equal(rpc_server_start(&fixture.server, fixture.node, &config, why), OK);
	silent = ws_open(0);
	good = ws_open(0);
	m = ws_next(silent);
	assert_int_equal(m.op, OP_PING);
	free(m.text);
	do
		json_decref(ws_ask(good, "eth_blockNumber", "[]"));
	while (poll(&(struct pollfd){ .fd = silent->fd, .events = POLLIN }, 1, 20) == 0);
	assert_int_equal(ws_close_status(silent), 1008);
	json_decref(ws_ask(good, "eth_blockNumber", "[]"));
	ws_close(silent);
	ws_close(good);
	rpc_server_stop(fixture.server);
	fixture.server = server;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_is_answered_with_the_hash_of_its_key),
		cmocka_unit_test(a_handshake_that_is_not_one_is_refused),
		cmocka_unit_test(a_page_of_another_origin_is_refused),
		cmocka_unit_test(requests_are_answered_as_over_http),
		cmocka_unit_test(a_message_may_come_in_pieces),
		cmocka_unit_test(bytes_are_taken_for_text_and_answered_with_text),
		cmocka_unit_test(frames_are_whole_wherever_they_are_cut),
		cmocka_unit_test(a_close_is_answered),
		cmocka_unit_test(a_transaction_can_be_waited_for),
		cmocka_unit_test(broken_frames_end_the_connection),
		cmocka_unit_test(a_message_that_is_too_long_is_refused),
		cmocka_unit_test(a_length_that_is_a_lie_costs_nothing),
		cmocka_unit_test(garbage_does_not_disturb_others),
		cmocka_unit_test(who_does_not_read_answers_is_not_asked_on),
		cmocka_unit_test(requests_ahead_of_their_answers_are_all_served),
		cmocka_unit_test(half_a_handshake_holds_nobody_up),
		cmocka_unit_test(a_tick_from_before_it_began_pings_nobody),
		cmocka_unit_test(who_answers_no_ping_is_cut_off),
	};

	return cmocka_run_group_tests(tests, fixture_plain, fixture_stop);
}
