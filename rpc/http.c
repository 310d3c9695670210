#include "rpc/server.h"

/* Each of libmicrohttpd's threads owns a worker and serves many connections; a connection owns the
 * body it is collecting. */

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/ahead.h"
#include "rpc/filters.h"
#include "rpc/guard.h"
#include "rpc/head.h"
#include "rpc/host.h"
#include "rpc/jsonrpc.h"
#include "rpc/methods.h"
#include "rpc/metrics.h"
#include "rpc/quota.h"
#include "rpc/reply.h"
#include "rpc/static.h"
#include "rpc/unsent.h"
#include "rpc/upgrade.h"
#include "rpc/worker.h"

#define CONNECTIONS_SPARE 64 /* besides the limit: those that are being closed */
#define DISCARD_BODIES    4  /* so many times body_max is read of a body that is refused */
/* Bytes a connection has for a request's head and a piece of its body.  They are zeroed for every
 * request, so more of them would cost each one. */
#define CONNECTION_MEMORY (16u << 10)
#define STOP_MS_MAX       1000 /* what those who waited have to take their answer */

struct rpc_server {
	struct MHD_Daemon *daemon;
	struct node *node;
	struct rpc_config config;
	struct rpc_methods methods;
	struct workers workers;
	struct waiters *waiters;
	struct filters *filters;
	struct quota *quota;
	struct crew crew;
	struct unsent unsent;
	struct guard *guard;
	struct ws *ws;
	_Atomic u32 set_aside; /* connections that wait, or are being answered after it */
	int cores;
	u16 port;
};

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
		metrics_write(&made, s->node, &s->methods, atomic_load(&s->workers.all), ws_count(s->ws),
			      atomic_load(&s->unsent.size), rpc_deadline(&s->config));
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

/* Sets a connection aside until its transaction is in a block; on_request is then called again. */
static enum MHD_Result set_aside(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				 struct body *b)
{
	b->has_waited = true;
	atomic_fetch_add(&s->set_aside, 1);
	b->waiter.connection = connection;
	b->waiter.hash = w->rpc.awaited;
	MHD_suspend_connection(connection);
	if (!waiters_add(s->waiters, &b->waiter))
		MHD_resume_connection(connection);
	return MHD_YES;
}

static void wake(void *connection)
{
	MHD_resume_connection(connection);
}

static enum MHD_Result serve_body(struct rpc_server *s, struct worker *w, struct MHD_Connection *connection,
				  struct body *b)
{
	struct MHD_Response *r;
	struct bytes answer;

	if (b->refusal != REFUSED_NOT)
		return reply_refusal(w, connection, b->refusal);
	w->rpc.client = client_of(s, connection);
	w->rpc.patience = b->has_waited ? WAIT_OVER : WAIT_MAY;
	w->rpc.awaited = b->waiter.hash;
	answer = jsonrpc_serve(&w->rpc, (struct bytes){ b->at ? b->at : (const u8 *)"", b->size });
	if (w->rpc.must_wait)
		return set_aside(s, w, connection, b);
	r = unsent_response(&s->unsent, w->rpc.client, answer);
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

/* What libmicrohttpd calls: once for a request's head, once for each piece of its body, and
 * once at its end. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
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

static void on_end(void *context, struct MHD_Connection *connection, void **state,
		   enum MHD_RequestTerminationCode how)
{
	struct rpc_server *s = context;
	struct body *b = body_of(*state);

	(void)how;
	guest_touch(guest_of(connection));
	if (b && b->has_waited)
		atomic_fetch_sub(&s->set_aside, 1);
	if (b)
		body_give(worker_if_any(&s->workers), b);
	*state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **guest,
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

/* -- lifecycle ------------------------------------------------------------------------------ */

/* Where to listen.  false: not an IP literal. */
static bool listen_address(struct sockaddr_storage *out, const struct rpc_config *config)
{
	const char *text = config->address ? config->address : "127.0.0.1";
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(config->port);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		return false;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(config->port);
	return true;
}

static enum err server_listen(struct rpc_server *s, char why[RPC_WHY_MAX])
{
	struct sockaddr_storage address;
	unsigned threads = s->config.threads ? s->config.threads : (unsigned)s->cores;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_ALLOW_UPGRADE;
	const union MHD_DaemonInfo *chosen;

	if (!listen_address(&address, &s->config)) {
		snprintf(why, RPC_WHY_MAX, "%.100s is not an IP address", s->config.address);
		return ERR_IO;
	}
	if (address.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	errno = 0;
	s->daemon = MHD_start_daemon(flags, s->config.port, NULL, NULL, on_request, s,
				     MHD_OPTION_SOCK_ADDR, &address,
				     MHD_OPTION_THREAD_POOL_SIZE, threads,
				     MHD_OPTION_CONNECTION_LIMIT, 2 * s->config.connections_max + CONNECTIONS_SPARE,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->config.idle_seconds,
				     MHD_OPTION_NOTIFY_COMPLETED, on_end, s,
				     MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
				     MHD_OPTION_END);
	if (!s->daemon) {
		snprintf(why, RPC_WHY_MAX, "cannot listen on %.100s port %u: %.80s",
			 s->config.address ? s->config.address : "127.0.0.1", s->config.port,
			 errno ? strerror(errno) : "the HTTP server refused");
		return errno == EADDRINUSE ? ERR_BUSY : ERR_IO;
	}
	chosen = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	s->port = chosen ? chosen->port : s->config.port;
	return OK;
}

/* Requires that none of the server's threads runs any more. */
static void server_free(struct rpc_server *s)
{
	if (s->waiters)
		waiters_free(s->waiters);
	if (s->ws)
		ws_free(s->ws);
	workers_free(&s->workers);
	filters_free(s->filters);
	if (s->guard)
		guard_stop(s->guard);
	quota_free(s->quota);
	free(s);
}

static struct rpc *context_of(void *server)
{
	struct worker *w = worker_here(&((struct rpc_server *)server)->workers);

	return w ? &w->rpc : NULL;
}

static enum err server_parts(struct rpc_server *s)
{
	s->filters = filters_new(s->config.filters_max);
	s->workers.node = s->node;
	s->workers.config = &s->config;
	s->workers.methods = &s->methods;
	s->workers.filters = s->filters;
	s->quota = quota_new(s->config.rate, s->config.burst, s->config.counts_loopback);
	s->workers.quota = s->quota;
	s->workers.crew = &s->crew;
	s->guard = guard_start(&(struct guard_limits){
		.connections_max = s->config.connections_max,
		.connections_per_client_max = s->config.connections_per_client_max,
		.patience_ms = s->config.idle_seconds * 1000,
	});
	s->waiters = waiters_start(s->node, wake);
	s->ws = ws_start(&(struct ws_config){
		.node = s->node,
		.rpc = &s->config,
		.context_of = context_of,
		.server = s,
	});
	return s->filters && s->quota && s->guard && s->waiters && s->ws ? OK : ERR_FULL;
}

enum err rpc_server_start(struct rpc_server **out, struct node *node, const struct rpc_config *config,
			  char why[RPC_WHY_MAX])
{
	struct rpc_server *s = calloc(1, sizeof *s);
	long cores;
	enum err e;

	(void)snprintf(why, RPC_WHY_MAX, "out of memory");
	if (!s || !workers_init(&s->workers)) {
		free(s);
		return ERR_FULL;
	}
	s->node = node;
	s->config = *config;
	unsent_init(&s->unsent, config->unsent_max);
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	s->cores = cores > 0 ? (int)cores : 1;
	atomic_init(&s->crew.idle, s->cores);
	rpc_methods_init(&s->methods, node_dev(node) != NULL);
	json_object_seed(0);
	e = server_parts(s);
	if (e == OK)
		e = server_listen(s, why);
	if (e != OK) {
		if (s->waiters)
			waiters_stop(s->waiters);
		if (s->ws)
			ws_stop(s->ws);
		server_free(s);
		return e;
	}
	*out = s;
	return OK;
}

void rpc_server_stop(struct rpc_server *s)
{
	waiters_stop(s->waiters);
	for (int i = 0; i < STOP_MS_MAX && atomic_load(&s->set_aside) > 0; i++)
		(void)usleep(1000);
	ws_stop(s->ws);
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	server_free(s);
}

u16 rpc_server_port(const struct rpc_server *s)
{
	return s->port;
}
