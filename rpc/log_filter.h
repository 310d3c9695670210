#ifndef RPC_LOG_FILTER_H
#define RPC_LOG_FILTER_H

/* Which logs a client wants: emitters, topics by position, and a range of blocks.
 * eth_getLogs, filters and subscriptions share it. */

#include "rpc/objects.h"
#include "rpc/params.h"

#define FILTER_ALTERNATIVES_MAX 1000 /* addresses, or topics of one position */

/* What one position may hold: any of count; count 0 is anything. */
struct alternative {
	struct hash value; /* addresses: left-aligned, 20 bytes count */
	struct bloom_question question;
};
struct alternatives {
	const struct alternative *at;
	size_t count;
};

void alternative_address(struct alternative *out, const struct address *address);
void alternative_topic(struct alternative *out, const struct hash *topic);

struct log_filter {
	u64 from, to; /* to UINT64_MAX: no end */
	struct alternatives addresses;
	struct alternatives topics[LOG_TOPICS_MAX];
	size_t topic_count;
};

/* log_filter_read takes eth_getLogs' object: its blocks must be there and not too many.
 * log_filter_read_open takes eth_newFilter's and eth_subscribe's: any blocks, also to come, but not one
 * by its hash; v NULL: every log.  The filter borrows the call's memory. */
enum rpc_code log_filter_read(struct rpc *c, struct log_filter *out, const json_t *v);
enum rpc_code log_filter_read_open(struct rpc *c, struct log_filter *out, const json_t *v);
/* What keeps a range from being asked for: RPC_INVALID_PARAMS with one that works. */
enum rpc_code log_filter_check(struct rpc *c, const struct log_filter *f);

/* A copy that lasts: free() it.  NULL: out of memory. */
struct log_filter *log_filter_copy(const struct log_filter *f);

typedef void log_visit(struct rpc *c, void *context, const struct log *log, const struct log_place *place);
/* Calls visit for each log of a block that passes, in order.  RPC_SERVER, RPC_INTERNAL: the block
 * cannot be read. */
enum rpc_code log_filter_walk(struct rpc *c, const struct log_filter *f, u64 height, log_visit *visit, void *context);
/* The same for a block that was taken back: its logs are removed ones. */
void log_filter_walk_undone(struct rpc *c, const struct log_filter *f, const struct stored_block *b, log_visit *visit,
			    void *context);

/* log_filter_write writes the logs of all its blocks as an array, key RESULT, or fails because they
 * are too many. */
enum rpc_code log_filter_write(struct rpc *c, const struct log_filter *f);
/* A visit that writes the log as the next element of an array and counts it in *found (u64). */
void log_write_one(struct rpc *c, void *found, const struct log *log, const struct log_place *place);
/* As many blocks from f->from as may be answered at once, into an array that is open; *next is the first
 * that is left. */
enum rpc_code log_filter_write_some(struct rpc *c, u64 *next, const struct log_filter *f);

#endif
