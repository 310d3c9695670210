#ifndef NODE_STORE_RECEIPTS_H
#define NODE_STORE_RECEIPTS_H

/* Receipts as the store keeps them: everything in struct receipt but the bloom, which follows
 * from the logs; logs last. */

#include "contracts-native/chain/block.h"
#include "node/store/buffer.h"

void receipt_put(struct buffer *b, const struct receipt *r);
/* Logs go to logs, which has room for log_count; log data and output are borrowed from f.
 * f is short if anything is wrong. */
void receipt_take(struct receipt *r, struct fields *f, struct log *logs, u32 log_count);

#endif
