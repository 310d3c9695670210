#ifndef RPC_JSONRPC_H
#define RPC_JSONRPC_H

/* JSON-RPC 2.0: from the bytes of a request to the bytes of its reply.
 *
 * A batch is answered element by element, in order; what is wrong with one element
 * is that element's error.  A request without an id is carried out and not answered.
 * An id is echoed as it was written. */

#include "rpc/rpc.h"

/* jsonrpc_serve answers one body.  The reply lives in c->out until the next call; it is empty when
 * nothing in the body wanted an answer.  If c->must_wait is set there is no answer yet: serve the same
 * body again with patience WAIT_OVER and the same c->awaited when its transaction is in a block, or time is up.
 * If c->must_go_aside is set there is none either, and nothing has been changed: give the same body and jsonrpc_terms
 * to jsonrpc_serve_aside, on another thread. */
struct bytes jsonrpc_serve(struct rpc *c, struct bytes body);

struct aside_terms jsonrpc_terms(const struct rpc *c);
/* The same for a body that went aside: it is answered.  c is the thread's. */
struct bytes jsonrpc_serve_aside(struct rpc *c, const struct aside_terms *terms, struct bytes body);

#endif
