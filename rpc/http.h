#ifndef RPC_HTTP_H
#define RPC_HTTP_H

/* What a server consists of (server.c), and what libmicrohttpd calls of it (http.c). */

#include <microhttpd.h>
#include <stdatomic.h>

#include "rpc/ahead.h"
#include "rpc/aside.h"
#include "rpc/filters.h"
#include "rpc/guard.h"
#include "rpc/quota.h"
#include "rpc/server.h"
#include "rpc/unsent.h"
#include "rpc/worker.h"
#include "rpc/ws.h"

struct rpc_server {
	struct MHD_Daemon *daemon;
	struct node *node;
	struct rpc_config config;
	struct rpc_methods methods;
	struct workers workers;
	struct waiters *waiters;
	struct aside *aside;
	struct filters *filters;
	struct quota *quota;
	struct crew crew;
	struct unsent unsent;
	struct guard *guard;
	struct ws *ws;
	_Atomic u32 suspended; /* connections that are, or that are being answered after it */
	int cores;
	u16 port;
};

/* Once for a request's head, once for each piece of its body, and once at its end. */
enum MHD_Result http_on_request(void *server, struct MHD_Connection *connection, const char *url, const char *method,
				const char *version, const char *upload, size_t *upload_size, void **state);
/* A request is over, however it went. */
void http_on_end(void *server, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how);
/* A connection begins or ends. */
void http_on_connection(void *server, struct MHD_Connection *connection, void **guest,
			enum MHD_ConnectionNotificationCode what);
/* A connection goes on: for rpc/waiters.h. */
void http_wake(void *connection);

#endif
