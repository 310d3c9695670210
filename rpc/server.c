#include "rpc/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/methods.h"

/* A server's beginning and end. */

#define CONNECTIONS_SPARE 64 /* besides the limit: those that are being closed */
/* Bytes a connection has for a request's head and a piece of its body.  They are zeroed for every
 * request, so more of them would cost each one. */
#define CONNECTION_MEMORY (16u << 10)
#define STOP_MS_MAX       1000 /* what those who were suspended have to take their answer */

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
	s->daemon = MHD_start_daemon(flags, s->config.port, NULL, NULL, http_on_request, s,
				     MHD_OPTION_SOCK_ADDR, &address,
				     MHD_OPTION_THREAD_POOL_SIZE, threads,
				     MHD_OPTION_CONNECTION_LIMIT, 2 * s->config.connections_max + CONNECTIONS_SPARE,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->config.idle_seconds,
				     MHD_OPTION_NOTIFY_COMPLETED, http_on_end, s,
				     MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, s,
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
	if (s->aside)
		aside_free(s->aside);
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
	s->workers.unsent = &s->unsent;
	s->workers.crew = &s->crew;
	s->guard = guard_start(&(struct guard_limits){
		.connections_max = s->config.connections_max,
		.connections_per_client_max = s->config.connections_per_client_max,
		.patience_ms = s->config.idle_seconds * 1000,
	});
	s->waiters = waiters_start(s->node, http_wake);
	s->aside = aside_start((u32)s->cores);
	s->ws = !s->aside ? NULL : ws_start(&(struct ws_config){
					   .node = s->node,
					   .rpc = &s->config,
					   .context_of = context_of,
					   .server = s,
					   .aside = s->aside,
				   });
	return s->filters && s->quota && s->guard && s->waiters && s->aside && s->ws ? OK : ERR_FULL;
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
		if (s->aside)
			aside_stop(s->aside);
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
	aside_stop(s->aside);
	for (int i = 0; i < STOP_MS_MAX && atomic_load(&s->suspended) > 0; i++)
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
