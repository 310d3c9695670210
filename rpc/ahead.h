#ifndef RPC_AHEAD_H
#define RPC_AHEAD_H

/* Batches of eth_sendRawTransaction: who signed the next ones is found out ahead, on cores that serve
 * nobody at the moment.
 *
 *     batch    sent | this one, and up to AHEAD_MAX - 1 after it | ...
 *                     recovered together, by this thread and helpers
 *
 * The server counts its idle cores.  A helper takes one for AHEAD_MAX recoveries at most (a few
 * milliseconds), then it is there for anybody; where every core serves somebody, nobody is helped.  Never
 * more is recovered than the client may still ask for. */

#include "rpc/rpc.h"

#define AHEAD_MAX 128

/* The cores of a server. */
struct crew {
	_Atomic int idle; /* that serve nobody; below 0: more threads than cores do */
};

struct ahead;

/* A batch begins; NULL: it ends.  It must not change in between. */
void ahead_batch(struct rpc *c, const json_t *batch);
/* Who signed the transaction of the batch's element c->batch_at, of eth_sendRawTransaction; NULL: not known.
 * Lives until the next call. */
const struct address *ahead_sender(struct rpc *c);
void ahead_free(struct ahead *a);

#endif
