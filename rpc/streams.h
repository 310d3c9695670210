#ifndef RPC_STREAMS_H
#define RPC_STREAMS_H

/* What the kinds of plimsoll_subscribe share.  Every result begins with its place:
 * {"block", "index"}, index counting the subscription's notifications of that block, so that
 * the same subscription made again tells the same, and a reader knows what he has had. */

#include "rpc/market.h"
#include "rpc/subscribe.h"

#define PLIMSOLL_SUBSCRIPTION "plimsoll_subscription"

void stream_result_begin(struct rpc *c, struct subscription *s, u64 height);
void stream_result_end(struct rpc *c, struct subscription *s);

/* The reader at a block that is there. */
enum rpc_code stream_read_at(struct rpc *c, u64 height);
/* Whether a block has no transaction. */
enum rpc_code stream_block_is_empty(struct rpc *c, bool *out, u64 height);

#endif
