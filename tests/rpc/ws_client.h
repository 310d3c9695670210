#ifndef TESTS_RPC_WS_CLIENT_H
#define TESTS_RPC_WS_CLIENT_H

/* A WebSocket client that can also misbehave: frames are put together here, by hand.
 * Waits end after WS_PATIENCE_MS and fail the test. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/rpc/fixture.h"

#define WS_PATIENCE_MS 30000
#define WS_NOTES_MAX   512

#define OP_CONTINUE 0x0
#define OP_TEXT     0x1
#define OP_BINARY   0x2
#define OP_CLOSE    0x8
#define OP_PING     0x9
#define OP_PONG     0xa
#define OP_GONE     -1 /* the connection has ended */

struct ws_client {
	int fd;
	u64 next_id;
	json_t *notes[WS_NOTES_MAX]; /* notifications that came while an answer was awaited */
	size_t note_first, note_count;
};

struct ws_message {
	int op;
	size_t size;
	char *text; /* NUL-terminated; free() it */
};

/* -- bytes ---------------------------------------------------------------------------- */

static inline int ws_dial(int receive_buffer)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(rpc_server_port(fixture.server)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
	if (receive_buffer > 0)
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer), 0);
	assert_int_equal(inet_pton(AF_INET, "127.0.0.1", &to.sin_addr), 1);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* false: the server has hung up. */
static inline bool ws_write(int fd, const void *at, size_t size)
{
	const u8 *from = at;

	while (size > 0) {
		ssize_t sent = send(fd, from, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		from += sent;
		size -= (size_t)sent;
	}
	return true;
}

/* Exactly size bytes; false: the connection has ended. */
static inline bool ws_read(int fd, void *at, size_t size)
{
	u8 *to = at;

	while (size > 0) {
		struct pollfd wait = { fd, POLLIN, 0 };
		ssize_t got;

		if (poll(&wait, 1, WS_PATIENCE_MS) != 1)
			fail_msg("nothing came for %d ms", WS_PATIENCE_MS);
		got = recv(fd, to, size, 0);
		if (got <= 0)
			return false;
		to += got;
		size -= (size_t)got;
	}
	return true;
}

/* -- handshake -------------------------------------------------------------------------- */

#define WS_KEY     "dGhlIHNhbXBsZSBub25jZQ==" /* RFC 6455, 1.3 */
#define WS_ACCEPT  "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define WS_UPGRADE "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
#define WS_HEADERS WS_UPGRADE "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " WS_KEY "\r\n"

/* Sends a GET with these headers and reads the head of the reply.  Returns its status. */
static inline int ws_shake(int fd, const char *headers, char head[1024])
{
	char request[2048];
	size_t size = 0;

	(void)snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%s\r\n", headers);
	assert_true(ws_write(fd, request, strlen(request)));
	while (size < 4 || memcmp(head + size - 4, "\r\n\r\n", 4) != 0) {
		assert_true(size < 1023);
		if (!ws_read(fd, head + size, 1))
			return 0;
		size++;
	}
	head[size] = '\0';
	return atoi(head + 9);
}

static inline struct ws_client *ws_open(int receive_buffer)
{
	struct ws_client *w = calloc(1, sizeof *w);
	char head[1024];

	assert_non_null(w);
	w->fd = ws_dial(receive_buffer);
	assert_int_equal(ws_shake(w->fd, "Host: localhost\r\n" WS_HEADERS, head), 101);
	return w;
}

/* Drops the notifications that wait. */
static inline void ws_forget(struct ws_client *w)
{
	while (w->note_count > 0) {
		json_decref(w->notes[w->note_first++ % WS_NOTES_MAX]);
		w->note_count--;
	}
}

static inline void ws_close(struct ws_client *w)
{
	(void)close(w->fd);
	ws_forget(w);
	free(w);
}

/* -- frames -------------------------------------------------------------------------------- */

/* The first byte is as given: op, and 0x80 for the last frame of a message. */
static inline bool ws_frame(const struct ws_client *w, u8 first, const void *payload, size_t size, bool is_masked)
{
	static const u8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
	u8 head[14] = { first, (u8)(is_masked ? 0x80 : 0) }, *body = malloc(size + 1);
	size_t n = 2;
	bool sent;

	assert_non_null(body);
	if (size < 126) {
		head[1] |= (u8)size;
	} else if (size < 65536) {
		head[1] |= 126;
		head[n++] = (u8)(size >> 8);
		head[n++] = (u8)size;
	} else {
		head[1] |= 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			head[n++] = (u8)((u64)size >> shift);
	}
	for (size_t i = 0; is_masked && i < 4; i++)
		head[n++] = mask[i];
	for (size_t i = 0; i < size; i++)
		body[i] = (u8)(((const u8 *)payload)[i] ^ (is_masked ? mask[i % 4] : 0));
	sent = ws_write(w->fd, head, n) && ws_write(w->fd, body, size);
	free(body);
	return sent;
}

static inline bool ws_text(const struct ws_client *w, const char *text)
{
	return ws_frame(w, 0x80 | OP_TEXT, text, strlen(text), true);
}

/* One frame from the server; it does not fragment. */
static inline struct ws_message ws_next(struct ws_client *w)
{
	struct ws_message m = { OP_GONE, 0, NULL };
	u8 head[2], wide[8];
	u64 size;

	if (!ws_read(w->fd, head, 2))
		return m;
	assert_int_equal(head[0] & 0xf0, 0x80);
	assert_int_equal(head[1] & 0x80, 0); /* a server does not mask */
	size = head[1];
	if (size >= 126) {
		size_t count = size == 126 ? 2 : 8;

		if (!ws_read(w->fd, wide, count))
			return m;
		size = 0;
		for (size_t i = 0; i < count; i++)
			size = size << 8 | wide[i];
	}
	m.text = malloc(size + 1);
	assert_non_null(m.text);
	if (!ws_read(w->fd, m.text, size)) {
		free(m.text);
		m.text = NULL;
		return m;
	}
	m.text[size] = '\0';
	m.size = size;
	m.op = head[0] & 0xf;
	return m;
}

/* Reads until the server closes; returns its status, 0: without a close frame. */
static inline int ws_close_status(struct ws_client *w)
{
	int status = 0;

	for (;;) {
		struct ws_message m = ws_next(w);

		if (m.op == OP_CLOSE && m.size >= 2)
			status = (u8)m.text[0] << 8 | (u8)m.text[1];
		free(m.text);
		if (m.op == OP_GONE || m.op == OP_CLOSE)
			return status;
	}
}

/* -- JSON-RPC --------------------------------------------------------------------------------- */

/* The next text message; pings are answered. */
static inline json_t *ws_json(struct ws_client *w)
{
	for (;;) {
		struct ws_message m = ws_next(w);
		json_t *parsed;

		if (m.op == OP_PING) {
			assert_true(ws_frame(w, 0x80 | OP_PONG, m.text, m.size, true));
			free(m.text);
			continue;
		}
		assert_int_equal(m.op, OP_TEXT);
		parsed = json_loadb(m.text, m.size, 0, NULL);
		assert_non_null(parsed);
		free(m.text);
		return parsed;
	}
}

/* The whole reply to a request; params as JSON text. */
static inline json_t *ws_reply(struct ws_client *w, const char *method, const char *params)
{
	char *text = malloc(strlen(params) + 256);
	u64 id = ++w->next_id;

	assert_non_null(text);
	(void)sprintf(text, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"method\":\"%s\",\"params\":%s}", (unsigned long long)id,
		      method, params);
	assert_true(ws_text(w, text));
	free(text);
	for (;;) {
		json_t *m = ws_json(w);

		if (json_object_get(m, "id")) {
			assert_int_equal(json_integer_value(json_object_get(m, "id")), id);
			return m;
		}
		assert_true(w->note_count < WS_NOTES_MAX);
		w->notes[(w->note_first + w->note_count++) % WS_NOTES_MAX] = m;
	}
}

static inline json_t *ws_ask(struct ws_client *w, const char *method, const char *params)
{
	json_t *reply = ws_reply(w, method, params), *result = json_object_get(reply, "result");

	if (!result)
		fail_msg("%s %s: %s", method, params, json_dumps(reply, 0));
	json_incref(result);
	json_decref(reply);
	return result;
}

static inline void ws_assert_refused(struct ws_client *w, const char *method, const char *params, int code,
				     const char *message)
{
	json_t *reply = ws_reply(w, method, params), *error = json_object_get(reply, "error");

	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	assert_string_equal(json_string_value(json_object_get(error, "message")), message);
	json_decref(reply);
}

/* The result of the next notification, which must be of this subscription.  json_decref() it. */
static inline json_t *ws_note(struct ws_client *w, const json_t *subscription)
{
	json_t *m, *params, *result;

	if (w->note_count > 0) {
		m = w->notes[w->note_first++ % WS_NOTES_MAX];
		w->note_count--;
	} else {
		m = ws_json(w);
	}
	params = json_object_get(m, "params");
	result = json_object_get(params, "result");
	if (!result)
		fail_msg("no notification: %s", json_dumps(m, 0));
	assert_null(json_object_get(m, "id"));
	assert_string_equal(json_string_value(json_object_get(params, "subscription")), json_string_value(subscription));
	json_incref(result);
	json_decref(m);
	return result;
}

#endif
