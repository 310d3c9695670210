#ifndef RPC_ERRAND_H
#define RPC_ERRAND_H

/* A WebSocket message that is served aside.
 *
 *     connection's thread -> aside -> done, and the thread is woken -> the connection, if it is still there
 *
 * A connection has one at a time, and is read no further meanwhile. */

#include <pthread.h>

#include "rpc/aside.h"
#include "rpc/rpc.h"

struct connection;
struct errand;

/* Those of one thread. */
struct errands {
	struct aside *aside;
	struct rpc *(*context_of)(void *server); /* the calling thread's; NULL: out of memory */
	void *server;
	int wake; /* an eventfd */
	pthread_mutex_t lock;
	struct errand *done; /* with the lock */
};

struct errand {
	struct aside_task task;   /* first: found by it */
	struct errand *next;      /* while it is done */
	struct connection *owner; /* its thread's alone; NULL: it is gone */
	struct aside_terms terms;
	bool is_answered; /* not: no memory, or the server stops */
	u8 *answer;
	size_t answer_size, size;
	u8 body[];
};

/* Sends a body aside that jsonrpc_serve has just said must go there.  NULL: out of memory, or the server stops. */
struct errand *errand_send(struct errands *home, struct connection *owner, const struct rpc *c, struct bytes body);
/* All that are done; errand_free each. */
struct errand *errands_take(struct errands *home);
void errand_free(struct errand *e);

#endif
