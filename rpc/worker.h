#ifndef RPC_WORKER_H
#define RPC_WORKER_H

/* What a thread of the server keeps from request to request: its context, and buffers for
 * the bodies that its connections are sending. */

#include <pthread.h>

#include "rpc/aside.h"
#include "rpc/http_refusal.h"
#include "rpc/rpc.h"
#include "rpc/waiters.h"

#define DISCARD_BODIES 4 /* so many times body_max is read of a body that is refused */

/* What a body comes back from, to be answered: nothing, the wait for its transaction, the threads aside. */
enum body_history { BODY_NEW,
		    BODY_WAITED,
		    BODY_ASIDE };

/* What a request has sent so far. */
struct body {
	struct aside_task task; /* first: found by it */
	struct body *next;      /* while it is spare */
	u8 *at;
	size_t size, capacity;
	size_t discarded;          /* bytes of a body that nobody will read */
	enum http_refusal refusal; /* that awaits its end */
	enum body_history history;
	struct waiter waiter;
	struct MHD_Connection *connection; /* BODY_ASIDE; what follows too */
	struct aside_terms terms;
	struct MHD_Response *made; /* NULL: there was no memory for it, or no time before the server stops */
};

/* One thread's context and the bodies it has to spare. */
struct worker {
	struct rpc rpc; /* first: the list of all workers links these */
	struct body *spare;
	u32 spare_count;
};

struct workers {
	struct node *node;
	const struct rpc_config *config;
	const struct rpc_methods *methods;
	struct filters *filters;
	struct quota *quota;
	struct unsent *unsent;
	struct crew *crew;
	pthread_key_t key;
	_Atomic(struct rpc *) all; /* every thread's context; grows only */
};

/* false: the system has no key to give.  The caller then sets what is above it. */
bool workers_init(struct workers *w);
/* Requires that none of the threads runs any more. */
void workers_free(struct workers *w);
/* This thread's worker, made on its first request; NULL: out of memory. */
struct worker *worker_here(struct workers *w);
/* NULL: it has none yet. */
struct worker *worker_if_any(struct workers *w);

/* An empty body; NULL: out of memory. */
struct body *body_take(struct worker *w);
/* w NULL: no thread wants it. */
void body_give(struct worker *w, struct body *b);
/* Adds bytes; past body_max they are counted and dropped, and it is refused.  false: hang up. */
bool body_add(struct body *b, const struct rpc_config *config, const char *at, size_t size);

#endif
