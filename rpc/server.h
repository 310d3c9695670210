#ifndef RPC_SERVER_H
#define RPC_SERVER_H

/* The node's JSON-RPC server: Ethereum's methods and Plimsoll's own, over HTTP and WebSocket.
 *
 *     POST /          one JSON-RPC request, or a batch of them
 *     GET  /          a line of text, for health checks that only want a 200
 *     GET  /          with Upgrade: websocket: the same requests as messages, and notifications
 *     GET  /healthz   height, age of the head; 503 once the node has failed
 *     GET  /metrics   Prometheus text
 *
 * Every JSON-RPC error is HTTP 200.  A request for a host name that is not on the
 * allow-list gets 403, so that a web page cannot reach a loopback node by rebinding
 * its own name.  Methods, shapes and limits: docs/rpc.md. */

#include "base/version.h"
#include "node/node.h"

#define RPC_CLIENT_VERSION "plimsoll/v" PLIMSOLL_VERSION "/linux-amd64/c"

struct rpc_config {
	const char *address;            /* an IP literal; NULL = 127.0.0.1 */
	u16 port;                       /* 0: any free one, see rpc_server_port */
	u32 threads;                    /* 0: one a core; besides, one a core for what takes long */
	size_t body_max;                /* bytes of one HTTP request */
	size_t response_max;            /* bytes of one HTTP reply */
	size_t unsent_max;              /* bytes of long HTTP replies that wait to be read, of all connections; see unsent.h */
	size_t batch_max;               /* requests in one batch */
	u32 connections_max;            /* HTTP: the stalest is closed for a new one.  And as many WebSockets: the next is refused */
	u32 connections_per_client_max; /* of one address; 0: no such limit; loopback has none */
	u32 idle_seconds;               /* a connection may spend on one request, its head, its body and its reply each; a wait for its block besides */
	u32 time_max_ms;                /* what a body has not begun by then, or has not found, times out; 0: no limit */
	u32 rate, burst;                /* requests a second of one address, and at once; rate 0: no limit */
	bool counts_loopback;           /* rate holds for loopback too */
	const char *cors_origin;        /* Access-Control-Allow-Origin; NULL = no CORS */
	const char *const *hosts;       /* host names allowed besides localhost and IP literals; "*" = any */
	size_t host_count;
	u64 logs_blocks_max;     /* from fromBlock to toBlock of one eth_getLogs */
	u64 logs_results_max;    /* logs one eth_getLogs may return */
	u32 filter_idle_seconds; /* without a poll, after which a filter is gone */
	size_t filters_max;      /* filters that are polled, of all clients together */
	size_t ws_queue_max;     /* bytes a WebSocket client may leave unread before it is cut off */
	size_t ws_queue_all_max; /* bytes that all WebSocket clients of a thread may: then whoever left most is cut off */
	u32 ws_ping_seconds;     /* between pings, and until a missing pong ends the connection */
};

/* What a fresh config should hold; change what differs. */
struct rpc_config rpc_config_default(void);

struct rpc_server;

/* rpc_server_start serves until rpc_server_stop.  config is copied, what it points to is not and
 * must outlive the server, as must the node.  ERR_BUSY: the port is taken; ERR_IO: cannot
 * listen (why tells where and what the system said); ERR_FULL: out of memory. */
#define RPC_WHY_MAX 256
MUST_CHECK enum err rpc_server_start(struct rpc_server **out, struct node *node,
				     const struct rpc_config *config, char why[RPC_WHY_MAX]);
/* Answers what is in progress, then closes every connection. */
void rpc_server_stop(struct rpc_server *s);
u16 rpc_server_port(const struct rpc_server *s);

#endif
