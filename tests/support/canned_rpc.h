#ifndef TESTS_CANNED_RPC_H
#define TESTS_CANNED_RPC_H

/* A JSON-RPC server of canned answers on a free port of the loopback interface, for
 * tests of what talks to a node. */

#include <jansson.h>

#include "base/types.h"

struct canned_rpc;

/* Answers one call: a new value, which is the result; an object with the one member "error" is
 * the error; NULL closes the connection without an answer.  Runs in the server's thread, which holds
 * the lock: a test whose client is another process takes it to change what this reads. */
typedef json_t *canned_answer(void *context, const char *method, const json_t *params);

struct canned_rpc *canned_rpc_start(canned_answer *answer, void *context); /* NULL: cannot */
void canned_rpc_stop(struct canned_rpc *s);
const char *canned_rpc_url(const struct canned_rpc *s);
void canned_rpc_lock(struct canned_rpc *s);
void canned_rpc_unlock(struct canned_rpc *s);
/* Sends this text, as it is, instead of any answer; NULL: no more.  Takes the lock; text is not copied. */
void canned_rpc_say(struct canned_rpc *s, const char *text);

#endif
