#include "rpc/http.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/head.h"
#include "rpc/host.h"
#include "rpc/jsonrpc.h"
#include "rpc/metrics.h"
#include "rpc/reply.h"
#include "rpc/static.h"
#include "rpc/upgrade.h"

/* Each of libmicrohttpd's threads owns a worker and serves many connections; a connection owns the
 * body it is collecting. */

/* -- requests ---------------------------------------------------------------------------- */

static u64 client_of(const struct rpc_server *s, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *at = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return at ? quota_client(s->quota, at->client_addr) : 0;
}

static struct guest *guest_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *at = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return at ? at->socket_context : NULL;
}

static bool host_is_ours(const struct rpc_server *s, struct MHD_Connection *connection)
{
	return host_is_allowed(head_field(connection, MHD_HTTP_HEADER_HOST), s->config.hosts, s->config.host_count);
}

static enum MHD_Result serve_get(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				 const char *url)
{
	unsigned status;
	struct MHD_Response *page = static_response(&status, url, head_field(connection, MHD_HTTP_HEADER_ACCEPT),
						    head_field(connection, MHD_HTTP_HEADER_IF_NONE_MATCH));
	struct text made = { .at = NULL };
	bool well;

	if (page)
		return reply(w, connection, status, NULL, page);
	if (strcmp(url, "/") == 0)
		return reply_text(w, connection, MHD_HTTP_OK, "plimsoll: JSON-RPC is POSTed here\n");
	if (strcmp(url, "/healthz") == 0) {
		well = health_write(&made, s->node);
		return reply_made(w, connection, well ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
				  "application/json", &made);
	}
	if (strcmp(url, "/metrics") == 0) {
		metrics_write(&made, s->node, &s->methods, atomic_load(&s->workers.all),
			      &(struct server_figures){ ws_count(s->ws), atomic_load(&s->unsent.size), aside_waiting(s->aside) },
			      rpc_deadline(&s->config));
		return reply_made(w, connection, MHD_HTTP_OK, "text/plain; version=0.0.4", &made);
	}
	return reply_refusal(w, connection, REFUSED_PATH);
}

static enum MHD_Result serve_upgrade(struct rpc_server *s, struct worker *w,
				     struct MHD_Connection *connection, const char *url)
{
	enum http_refusal why = upgrade_check(connection, &s->config, url);

	if (why == REFUSED_NOT && !guard_upgrade(s->guard, guest_of(connection)))
		why = REFUSED_CROWDED;
	if (why != REFUSED_NOT)
		return reply_refusal(w, connection, why);
	return reply(w, connection, MHD_HTTP_SWITCHING_PROTOCOLS, NULL, upgrade_response(connection, s->ws));
}

static struct bytes bytes_of(const struct body *b)
{
	return (struct bytes){ b->at ? b->at : (const u8 *)"", b->size };
}

/* Until its transaction is in a block; on_request is then called again. */
static enum MHD_Result make_wait(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				 struct body *b)
{
	b->history = BODY_WAITED;
	b->waiter.connection = connection;
	b->waiter.hash = w->rpc.awaited;
	atomic_fetch_add(&s->suspended, 1);
	guest_excuse(guest_of(connection), WAIT_SECONDS_MAX);
	MHD_suspend_connection(connection);
	if (!waiters_add(s->waiters, &b->waiter))
		MHD_resume_connection(connection);
	return MHD_YES;
}

void http_wake(void *connection)
{
	MHD_resume_connection(connection);
}

static void serve_aside(void *server, struct aside_task *task, bool is_stopping)
{
	struct rpc_server *s = server;
	struct body *b = (struct body *)task;
	struct worker *w = is_stopping ? NULL : worker_here(&s->workers);

	if (w)
		b->made = unsent_response(&s->unsent, b->terms.client, jsonrpc_serve_aside(&w->rpc, &b->terms, bytes_of(b)));
	MHD_resume_connection(b->connection);
}

/* Until it has been served aside; on_request is then called again. */
static enum MHD_Result send_aside(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				  struct body *b)
{
	b->history = BODY_ASIDE;
	b->task = (struct aside_task){ .serve = serve_aside, .context = s };
	b->connection = connection;
	b->terms = jsonrpc_terms(&w->rpc);
	atomic_fetch_add(&s->suspended, 1);
	MHD_suspend_connection(connection);
	if (!aside_add(s->aside, &b->task))
		MHD_resume_connection(connection);
	return MHD_YES;
}

static enum MHD_Result serve_body(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				  struct body *b)
{
	struct MHD_Response *r = b->made;
	struct bytes answer;

	b->made = NULL;
	if (b->refusal != REFUSED_NOT)
		return reply_refusal(w, connection, b->refusal);
	if (b->history != BODY_ASIDE) {
		w->rpc.client = client_of(s, connection);
		w->rpc.patience = b->history == BODY_WAITED ? WAIT_OVER : WAIT_MAY;
		w->rpc.awaited = b->waiter.hash;
		w->rpc.place = b->history == BODY_WAITED ? PLACE_HERE : PLACE_SHARED;
		answer = jsonrpc_serve(&w->rpc, bytes_of(b));
		if (w->rpc.must_wait)
			return make_wait(s, w, connection, b);
		if (w->rpc.must_go_aside)
			return send_aside(s, w, connection, b);
		r = unsent_response(&s->unsent, w->rpc.client, answer);
	}
	if (!r)
		return reply_refusal(w, connection, REFUSED_UNREAD);
	return reply(w, connection, MHD_HTTP_OK, "application/json", r);
}

/* Why the head of a POST is refused. */
static enum http_refusal refusal_of_post(struct rpc_server *s, struct MHD_Connection *connection, const char *url)
{
	const char *length = head_field(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
	u64 size = length ? strtoull(length, NULL, 10) : UINT64_MAX;

	if (!host_is_ours(s, connection))
		return REFUSED_HOST;
	if (strcmp(url, "/") != 0)
		return REFUSED_PATH;
	if (!content_type_is_json(head_field(connection, MHD_HTTP_HEADER_CONTENT_TYPE)))
		return REFUSED_TYPE;
	if (length && size > s->config.body_max)
		return REFUSED_SIZE;
	return unsent_may_ask(&s->unsent, client_of(s, connection), size) ? REFUSED_NOT : REFUSED_UNREAD;
}

/* A refused body that is not long is read to its end, so that the client hears why. */
static enum MHD_Result begin_post(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				  const char *url, void **state)
{
	const char *length = head_field(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
	enum http_refusal why = refusal_of_post(s, connection, url);
	struct body *b;

	if (why != REFUSED_NOT && length && strtoull(length, NULL, 10) > DISCARD_BODIES * s->config.body_max)
		return reply_refusal(w, connection, why);
	b = body_take(w);
	if (!b)
		return MHD_NO;
	b->refusal = why;
	*state = b;
	return MHD_YES;
}

/* The state of a request without a body between its head and its end.  It is answered there: libmicrohttpd closes
 * the connection of one that is answered at its head. */
static char bodiless;

static struct body *body_of(void *state)
{
	return state == &bodiless ? NULL : state;
}

static enum MHD_Result serve_head(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				  const char *url, const char *method, void **state)
{
	if (!host_is_ours(s, connection))
		return reply_refusal(w, connection, REFUSED_HOST);
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 && upgrade_is_wanted(connection))
		return serve_upgrade(s, w, connection, url);
	if (!*state && !head_has_body(connection)) {
		*state = &bodiless;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		return serve_get(s, w, connection, url);
	if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0)
		return reply_preflight(w, connection);
	return reply_refusal(w, connection, REFUSED_METHOD);
}

enum MHD_Result http_on_request(void *context, struct MHD_Connection *connection, const char *url,
				const char *method, const char *version, const char *upload,
				size_t *upload_size, void **state)
{
	struct rpc_server *s = context;
	struct worker *w = worker_here(&s->workers);
	struct body *b = body_of(*state);

	(void)version;
	if (!w)
		return MHD_NO;
	if (b && *upload_size > 0) {
		size_t size = *upload_size;

		*upload_size = 0;
		return body_add(b, &s->config, upload, size) ? MHD_YES : MHD_NO;
	}
	guest_touch(guest_of(connection));
	if (b)
		return serve_body(s, w, connection, b);
	if (head_is_ambiguous(connection))
		return reply_refusal(w, connection, REFUSED_AMBIGUOUS);
	if (strcmp(method, MHD_HTTP_METHOD_POST) == 0)
		return begin_post(s, w, connection, url, state);
	return serve_head(s, w, connection, url, method, state);
}

void http_on_end(void *context, struct MHD_Connection *connection, void **state,
		 enum MHD_RequestTerminationCode how)
{
	struct rpc_server *s = context;
	struct body *b = body_of(*state);

	(void)how;
	guest_touch(guest_of(connection));
	if (b && b->history != BODY_NEW)
		atomic_fetch_sub(&s->suspended, 1);
	if (b && b->made)
		MHD_destroy_response(b->made);
	if (b)
		body_give(worker_if_any(&s->workers), b);
	*state = NULL;
}

void http_on_connection(void *context, struct MHD_Connection *connection, void **guest,
			enum MHD_ConnectionNotificationCode what)
{
	struct rpc_server *s = context;
	const union MHD_ConnectionInfo *at = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		guard_leave(s->guard, *guest);
		*guest = NULL;
	} else if (at) {
		*guest = guard_enter(s->guard, at->connect_fd, client_of(s, connection));
	}
}
