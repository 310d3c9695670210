#ifndef RPC_DEV_H
#define RPC_DEV_H

/* What the two files of development methods share. */

#include "rpc/params.h"

/* Nobody else reads until the method returns: for whatever goes back or edits.  State that was
 * read before is void. */
void rpc_claim(struct rpc *c);

/* A number as tools send it: 12, "12" or "0xc". */
enum rpc_code value_count(struct rpc *c, u64 *out, const json_t *v, const char *where);
enum rpc_code param_count(struct rpc *c, u64 *out, size_t index);

/* The same, as long as money is. */
enum rpc_code param_amount(struct rpc *c, struct u256 *out, size_t index);

/* A failure of node/dev.h. */
enum rpc_code dev_fail(struct rpc *c, enum err e);

#endif
