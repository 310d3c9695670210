#ifndef RPC_WS_H
#define RPC_WS_H

/* WebSocket connections (RFC 6455): the same JSON-RPC as over HTTP, and notifications.
 *
 *     HTTP server --socket--> inbox of a thread --epoll--> requests, answers, notifications
 *
 * A few threads own all sockets; each runs the requests of its own connections, but for those that take
 * long (errand.h), and lets their subscriptions follow the head.  They only read the node and take no lock that a
 * block waits for.
 *
 * A thread looks at a connection when its socket has something, when it has subscribed to what a new
 * head or the pool brings, or when it has work left; at all of them only now and then, for the clock's sake. */

#include "rpc/subscribe.h"

#define WS_THREADS_MIN 2 /* so that one long replay does not hold everybody up */
#define WS_THREADS_MAX 8 /* else one a core */

struct ws;

struct ws_config {
	struct node *node;
	const struct rpc_config *rpc;
	/* The calling thread's context; NULL: out of memory. */
	struct rpc *(*context_of)(void *server);
	void *server;
	struct aside *aside; /* is stopped before the WebSockets are */
};

/* NULL: out of memory, or of threads. */
struct ws *ws_start(const struct ws_config *config);
/* Says goodbye to every connection and ends the threads; ws_adopt may still be called, and refuses. */
void ws_stop(struct ws *w);
void ws_free(struct ws *w);

/* ws_adopt takes over a socket whose handshake is done.  early: bytes that came with it; copied.
 * release(handle) is called once, from any thread, when the socket will not be used again.
 * false: it was not taken, release is not called. */
bool ws_adopt(struct ws *w, int socket, struct bytes early, void (*release)(void *handle), void *handle);

/* How many connections there are. */
u32 ws_count(struct ws *w);

#endif
