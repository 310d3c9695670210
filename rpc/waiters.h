#ifndef RPC_WAITERS_H
#define RPC_WAITERS_H

/* Connections that wait for a transaction to be in a block, without holding a thread.
 *
 * One thread looks through them whenever there is a new block, and wakes those whose
 * transaction is there or whose time is up. */

#include "node/node.h"

#define WAIT_SECONDS_MAX 20

struct waiter {
	struct waiter *next;
	void *connection;
	struct hash hash; /* of the transaction */
	u64 deadline_ms;
};

struct waiters;

/* wake is called once for every waiter, from the thread.  NULL: out of memory. */
struct waiters *waiters_start(struct node *node, void (*wake)(void *connection));
/* Takes a waiter whose connection and hash are set; it must stay where it is until it is woken.
 * false: the server is stopping, nobody will wake it. */
bool waiters_add(struct waiters *w, struct waiter *waiter);
/* Wakes all who wait, and ends the thread; waiters_add may still be called, and refuses. */
void waiters_stop(struct waiters *w);
void waiters_free(struct waiters *w);

#endif
