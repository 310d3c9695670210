#ifndef RPC_METRICS_H
#define RPC_METRICS_H

/* GET /metrics and GET /healthz: what the node says about itself. */

#include "rpc/rpc.h"

/* Text that grows; full once there is no memory. */
struct text {
	char *at;
	size_t size, capacity;
	bool full;
};
void text_put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a server has at the moment. */
struct server_figures {
	u64 sockets;       /* WebSockets */
	u64 unsent_size;   /* bytes of answers that wait to be read */
	u64 aside_waiting; /* bodies that wait to be served aside */
};

/* Prometheus text format 0.0.4.  all: the first of the server's contexts.  What is not found out until the deadline
 * is left out.  free() out->at. */
void metrics_write(struct text *out, struct node *node, const struct rpc_methods *methods, const struct rpc *all,
		   const struct server_figures *server, u64 deadline_us);

/* {"status": "ok" | "failed", "height": n, "headTime": unix seconds, "headAgeSeconds": n}.  Returns whether all is well. */
bool health_write(struct text *out, struct node *node);

#endif
