#include "rpc/ws_connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "node/clock.h"
#include "rpc/jsonrpc.h"
#include "rpc/quota.h"
#include "rpc/waiters.h"

#define TURN_BYTES (64u << 10) /* read from one connection before others have their turn */

u64 connection_now_ms(void)
{
	return clock_monotonic_us() / 1000;
}

size_t connection_queued(const struct connection *n)
{
	return wslay_event_get_queued_msg_length(n->wslay);
}

static size_t queued(struct subscriber *s)
{
	return connection_queued((struct connection *)s);
}

static void send_text(struct subscriber *s, struct bytes text)
{
	struct connection *n = (struct connection *)s;
	struct wslay_event_msg message = { WSLAY_TEXT_FRAME, text.at, text.size };

	if (n->is_closing || n->is_broken || text.size == 0)
		return;
	if (wslay_event_queue_msg(n->wslay, &message) != 0)
		n->is_broken = true;
}

/* Whoever does not read his answers is asked no more until he does. */
static bool may_serve(const struct connection *n, const struct rpc *c)
{
	return !n->is_broken && !n->errand && n->parked_count < WS_PARKED_MAX &&
	       connection_queued(n) <= c->config->ws_queue_max / 4;
}

static bool may_read(const struct connection *n, const struct rpc *c)
{
	return !n->backlog && may_serve(n, c);
}

/* -- what wslay calls --------------------------------------------------------------- */

static ssize_t on_read(wslay_event_context_ptr w, u8 *out, size_t size, int flags, void *context)
{
	struct connection *n = context;
	size_t early = n->early_size - n->early_at;
	ssize_t got;

	(void)flags;
	size = size < n->budget ? size : n->budget;
	if (size == 0 || !may_read(n, n->rpc)) {
		n->must_return = early > 0 && may_read(n, n->rpc);
		wslay_event_set_error(w, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (early > 0) {
		size = size < early ? size : early;
		memcpy(out, n->early + n->early_at, size);
		n->early_at += size;
		got = (ssize_t)size;
	} else {
		do
			got = recv(n->socket, out, size, 0);
		while (got < 0 && errno == EINTR);
	}
	if (got > 0) {
		n->budget -= (size_t)got;
		n->heard_ms = connection_now_ms();
		return got;
	}
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		wslay_event_set_error(w, WSLAY_ERR_WOULDBLOCK);
	} else {
		n->is_broken = true;
		wslay_event_set_error(w, WSLAY_ERR_CALLBACK_FAILURE);
	}
	return -1;
}

/* A frame's head waits for the payload behind it: one system call instead of two. */
static ssize_t on_write(wslay_event_context_ptr w, const u8 *at, size_t size, int flags, void *context)
{
	struct connection *n = context;
	struct iovec pieces[] = { { n->head, n->head_size }, { (void *)(uintptr_t)at, size } };
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = ARRAY_COUNT(pieces) };
	ssize_t sent;

	if ((flags & WSLAY_MSG_MORE) && size <= sizeof n->head - n->head_size) {
		memcpy(n->head + n->head_size, at, size);
		n->head_size += size;
		return (ssize_t)size;
	}
	do
		sent = sendmsg(n->socket, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent > (ssize_t)n->head_size) {
		sent -= (ssize_t)n->head_size;
		n->head_size = 0;
		return sent;
	}
	if (sent >= 0) {
		n->head_size -= (size_t)sent;
		memmove(n->head, n->head + sent, n->head_size);
		errno = EAGAIN;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		wslay_event_set_error(w, WSLAY_ERR_WOULDBLOCK);
	} else {
		n->is_broken = true;
		wslay_event_set_error(w, WSLAY_ERR_CALLBACK_FAILURE);
	}
	return -1;
}

static void park(struct connection *n, struct rpc *c, struct bytes body)
{
	struct parked *p = malloc(sizeof *p + body.size);

	if (!p) {
		n->is_broken = true;
		return;
	}
	p->next = n->parked;
	p->awaited = c->awaited;
	p->deadline_ms = connection_now_ms() + WAIT_SECONDS_MAX * 1000;
	p->size = body.size;
	memcpy(p->body, body.at, body.size);
	n->parked = p;
	n->parked_count++;
}

static void serve(struct connection *n, struct bytes body, enum rpc_patience patience)
{
	struct rpc *c = n->rpc;
	struct bytes answer;

	if (!n->has_client) {
		n->client = quota_client_of_socket(c->quota, n->socket);
		n->has_client = true;
	}
	c->client = n->client;
	c->patience = patience;
	c->place = patience == WAIT_OVER || !n->errands ? PLACE_HERE : PLACE_SHARED;
	c->subscriber = &n->subscriber;
	answer = jsonrpc_serve(c, body);
	c->subscriber = NULL;
	if (c->must_go_aside) {
		n->errand = errand_send(n->errands, n, c, body);
		n->is_broken |= !n->errand;
	} else if (c->must_wait) {
		park(n, c, body);
	} else {
		send_text(&n->subscriber, answer);
	}
}

/* One read may bring many requests, and each may have an answer of any size. */
static void serve_or_keep(struct connection *n, struct bytes body)
{
	struct backlog *b;

	if (!n->backlog && may_serve(n, n->rpc)) {
		serve(n, body, WAIT_MAY);
		return;
	}
	b = malloc(sizeof *b + body.size);
	if (!b) {
		n->is_broken = true;
		return;
	}
	b->next = NULL;
	b->size = body.size;
	memcpy(b->body, body.at, body.size);
	if (!n->backlog)
		n->backlog_end = &n->backlog;
	*n->backlog_end = b;
	n->backlog_end = &b->next;
}

/* wslay answers pings and closes itself.  web3.py sends its text as bytes. */
static void on_message(wslay_event_context_ptr w, const struct wslay_event_on_msg_recv_arg *m, void *context)
{
	struct connection *n = context;

	(void)w;
	if (n->is_closing || n->is_broken)
		return;
	if (m->opcode == WSLAY_TEXT_FRAME || m->opcode == WSLAY_BINARY_FRAME)
		serve_or_keep(n, (struct bytes){ m->msg ? m->msg : (const u8 *)"", m->msg_length });
}

/* -- lifecycle ------------------------------------------------------------------------ */

struct connection *connection_new(int socket, struct bytes early, size_t message_max, struct errands *errands)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_read,
		.send_callback = on_write,
		.on_msg_recv_callback = on_message,
	};
	struct connection *n = calloc(1, sizeof *n);

	if (!n)
		return NULL;
	n->early = malloc(early.size + 1);
	if (!n->early || wslay_event_context_server_init(&n->wslay, &callbacks, n) != 0) {
		free(n->early);
		free(n);
		return NULL;
	}
	if (early.size > 0)
		memcpy(n->early, early.at, early.size);
	n->early_size = early.size;
	n->must_return = early.size > 0;
	wslay_event_config_set_max_recv_msg_length(n->wslay, message_max);
	n->socket = socket;
	n->heard_ms = n->pinged_ms = connection_now_ms();
	n->errands = errands;
	n->subscriber.send = send_text;
	n->subscriber.queued = queued;
	return n;
}

void connection_free(struct connection *n)
{
	subscriber_free(&n->subscriber);
	if (n->errand)
		n->errand->owner = NULL;
	while (n->parked) {
		struct parked *p = n->parked;

		n->parked = p->next;
		free(p);
	}
	while (n->backlog) {
		struct backlog *b = n->backlog;

		n->backlog = b->next;
		free(b);
	}
	wslay_event_context_free(n->wslay);
	n->release(n->handle);
	free(n->early);
	free(n);
}

void connection_close(struct connection *n, u16 status, const char *reason)
{
	size_t size = strlen(reason);

	if (n->is_closing)
		return;
	n->is_closing = true;
	n->close_by_ms = connection_now_ms() + WS_CLOSE_SECONDS * 1000;
	subscriber_free(&n->subscriber);
	if (wslay_event_queue_close(n->wslay, status, (const u8 *)reason, size < 123 ? size : 123) != 0)
		n->is_broken = true;
}

/* -- turns ------------------------------------------------------------------------------- */

static void flush(struct connection *n)
{
	if (!n->is_broken && wslay_event_want_write(n->wslay) && wslay_event_send(n->wslay) != 0)
		n->is_broken = true;
	if (n->backlog && may_serve(n, n->rpc))
		n->must_return = true;
}

static void serve_backlog(struct connection *n)
{
	while (n->backlog && !n->is_closing && may_serve(n, n->rpc)) {
		struct backlog *b = n->backlog;

		n->backlog = b->next;
		serve(n, (struct bytes){ b->body, b->size }, WAIT_MAY);
		free(b);
		flush(n);
	}
}

void connection_turn(struct connection *n, struct rpc *c)
{
	n->rpc = c;
	n->budget = TURN_BYTES;
	n->must_return = false;
	flush(n);
	serve_backlog(n);
	if (may_read(n, c) && wslay_event_want_read(n->wslay) && wslay_event_recv(n->wslay) != 0) {
		flush(n); /* a close: what came was no frame */
		n->is_broken = true;
	}
	flush(n);
}

void connection_take(struct connection *n, const struct errand *e)
{
	n->errand = NULL;
	if (e->is_answered)
		send_text(&n->subscriber, (struct bytes){ e->answer, e->answer_size });
	else
		n->is_broken = true;
	n->must_return = true; /* what was not read meanwhile */
	flush(n);
}

static void follow_parked(struct connection *n, struct rpc *c)
{
	struct parked **link = &n->parked;
	u64 now = connection_now_ms(), height;
	u32 index;

	while (*link) {
		struct parked *p = *link;

		if (now < p->deadline_ms && store_tx_find(node_store(c->node), &height, &index, &p->awaited) != OK) {
			link = &p->next;
			continue;
		}
		*link = p->next;
		n->parked_count--;
		n->must_return = true;
		c->awaited = p->awaited;
		serve(n, (struct bytes){ p->body, p->size }, WAIT_OVER);
		free(p);
	}
}

void connection_follow(struct connection *n, struct rpc *c)
{
	enum advance advance;

	if (n->is_broken || n->is_closing || (!n->subscriber.first && !n->parked))
		return;
	n->rpc = c;
	follow_parked(n, c);
	rpc_hold(c);
	advance = subscriber_advance(c, &n->subscriber, rpc_head(c));
	rpc_release(c);
	if (advance == ADVANCE_CUT_OFF)
		connection_close(n, WSLAY_CODE_POLICY_VIOLATION, c->error_text);
	flush(n);
	/* LATER: epoll tells when it is sent, unless it is. */
	if (advance == ADVANCE_MORE || (advance == ADVANCE_LATER && !wslay_event_want_write(n->wslay)))
		n->must_return = true;
}

/* Whether something came that the thread has only not got round to. */
static bool has_more(const struct connection *n, const struct rpc *c)
{
	u8 byte;

	return may_read(n, c) && recv(n->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

void connection_tick(struct connection *n, struct rpc *c, u64 now_ms)
{
	static const struct wslay_event_msg ping = { WSLAY_PING, NULL, 0 };
	u64 limit = (u64)c->config->ws_ping_seconds * 1000;

	if (n->is_closing && now_ms >= n->close_by_ms)
		n->is_broken = true;
	if (n->is_broken || n->is_closing)
		return;
	if (n->parked)
		connection_follow(n, c);
	if (now_ms < n->pinged_ms + limit) /* which may be later than now */
		return;
	if (n->heard_ms < n->pinged_ms && !n->errand && !has_more(n, c)) {
		connection_close(n, WSLAY_CODE_POLICY_VIOLATION, "no pong");
	} else {
		n->pinged_ms = now_ms;
		if (wslay_event_queue_msg(n->wslay, &ping) != 0)
			n->is_broken = true;
	}
	flush(n);
}

u32 connection_wants(const struct connection *n, const struct rpc *c)
{
	return (may_read(n, c) && wslay_event_want_read(n->wslay) ? (u32)EPOLLIN : 0) |
	       (wslay_event_want_write(n->wslay) ? (u32)EPOLLOUT : 0);
}

bool connection_is_over(const struct connection *n)
{
	return n->is_broken || (!wslay_event_want_read(n->wslay) && !wslay_event_want_write(n->wslay));
}
