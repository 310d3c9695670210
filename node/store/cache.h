#ifndef NODE_STORE_CACHE_H
#define NODE_STORE_CACHE_H

/* Recently used records in memory, each with the last few blocks' versions:
 *
 *     key -> 10 @ block 7 -> 9 @ block 5 -> none @ block 2 -> (ask the disk)
 *
 * A version holds from its block until the next newer one.  That a key has no record is
 * remembered too.  Any thread may call; a shard's lock is held for a copy at most. */

#include "contracts-native/state/schema.h"

#define CACHE_BLOCKS 8 /* how far back versions are kept */

struct cache;

struct cache *cache_new(size_t bytes_max);
void cache_free(struct cache *c);

enum cache_answer {
	CACHE_UNKNOWN, /* not here as of that block: ask the disk */
	CACHE_ABSENT,  /* there was no record */
	CACHE_FOUND,
};

/* What there was of a key as of a block. */
struct cache_version {
	u64 from; /* the block that wrote it; of CACHE_ABSENT: since when at least */
	u16 size;
	u8 value[TABLE_VALUE_MAX];
};

/* cache_read fills *out unless the answer is CACHE_UNKNOWN.  *ticket is for cache_fill. */
enum cache_answer cache_read(struct cache *c, struct cache_version *out, u64 *ticket, struct bytes key,
			     u64 height);
/* Keeps what the disk said is newest, unless a block was published since the ticket was
 * drawn or the key has come in meanwhile.  value.at NULL: absent. */
void cache_fill(struct cache *c, u64 ticket, struct bytes key, u64 from, struct bytes value);
/* A block's new version. */
void cache_publish(struct cache *c, struct bytes key, u64 height, struct bytes value);

/* Forgets every version newer than a block. */
void cache_rewind(struct cache *c, u64 height);

#endif
