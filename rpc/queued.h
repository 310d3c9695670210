#ifndef RPC_QUEUED_H
#define RPC_QUEUED_H

/* Transactions that wait, by their hashes. */

#include "rpc/rpc.h"

/* One that is still queued: *tx borrows raw, TX_SIZE_MAX bytes.  false: none. */
bool queued_find(struct rpc *c, struct tx *tx, u8 *raw, const struct hash *hash);
/* Writes one that was queued a moment ago as waiting, though it may be in a block by now.  false: it was
 * replaced or dropped, and nothing is written. */
bool queued_object(struct rpc *c, const char *key, u8 *raw, const struct hash *hash);

#endif
