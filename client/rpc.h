#ifndef CLIENT_RPC_H
#define CLIENT_RPC_H

/* A JSON-RPC client over HTTP with keep-alive: what the command-line wallet, the
 * feeder, the bot and the tests talk to a node with.  One client per thread. */

#include <jansson.h>

#include "base/err.h"

struct rpc_client;

/* rpc_open never fails for a reachable or unreachable node: it connects on the first call.
 * NULL: out of memory. */
struct rpc_client *rpc_open(const char *url);
void rpc_close(struct rpc_client *c);

/* rpc_call takes params (an array; NULL = none) and returns the result, which the caller owns.
 * NULL: *error (if wanted) is a JSON object {"code", "message"[, "data"]} that the caller owns; transport
 * failures have code 0 and say what to do. */
json_t *rpc_call(struct rpc_client *c, json_t **error, const char *method, json_t *params);

/* rpc_batch takes an array of [method, params] pairs (it stays the caller's) and returns the array of results in order;
 * an element that failed is {"error": {...}}.  NULL as above. */
json_t *rpc_batch(struct rpc_client *c, json_t **error, json_t *calls);

#endif
