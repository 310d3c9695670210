#ifndef NODE_STORE_RECORDS_H
#define NODE_STORE_RECORDS_H

/* State records by block.  The newest version of each is under its key; older ones are in
 * the history, under the key and the block that superseded them:
 *
 *     records   key            -> from, value
 *     history   key, until     -> from, value        was so as of blocks [from, until)
 *
 * So the state as of the head is one lookup, and of an older block one more.  A removed
 * record is absent from records; what was absent before has no history.
 *
 * The tree knows keys by their hash; preimages leads back.  An entry is written when its record
 * first is, and stays. */

#include "contracts-native/state/state.h"
#include "node/store/cache.h"
#include "node/store/buffer.h"
#include "node/store/database.h"
#include "node/store/tree.h"

struct records {
	struct database *database;
	struct cache *cache;
	_Atomic u64 writing; /* newest block that may be on disk, whole or not at all */
};

/* The record as of a block, which readers may see already.  ERR_NOT_FOUND: there was none.
 * ERR_IO, ERR_CORRUPT: why tells more. */
MUST_CHECK enum err records_read(struct records *r, struct bytes key, u64 height, void *value,
				 size_t value_size, char why[DATABASE_WHY_MAX]);

/* -- the changes of one block ----------------------------------------------------------- */

struct staged_record {
	size_t at; /* in memory: key, value */
	u16 key_size;
	u16 value_size; /* 0: removed */
};

struct changes {
	struct buffer memory;
	struct staged_record *records; /* by key */
	struct tree_change *hashes;    /* by hash of the key */
	size_t count, capacity;
};

/* Copies what a state changed, sorted both ways. */
void changes_collect(struct changes *c, const struct state *state);
void changes_free(struct changes *c);
struct bytes changes_key(const struct changes *c, size_t index);
struct bytes changes_value(const struct changes *c, size_t index); /* at is NULL: removed */

/* Writes them as of a block, moves what they supersede to the history, and appends its
 * names to stale.  ERR_IO, ERR_CORRUPT: why tells more. */
MUST_CHECK enum err records_write(struct records *r, struct batch *batch, struct buffer *stale,
				  const struct changes *c, u64 height, char why[DATABASE_WHY_MAX]);
/* After they are on disk, before readers are told of the block. */
void records_publish(struct records *r, const struct changes *c, u64 height);

/* -- what a block made stale --------------------------------------------------------------- */

void stale_put_node(struct buffer *stale, const struct tree_stale *node);
/* Deletes what block height superseded, once no reader may ask for a block before it. */
MUST_CHECK enum err stale_prune(struct records *r, struct batch *batch, u64 height,
				char why[DATABASE_WHY_MAX]);

/* Puts records and history back to what they were before block height, which must be the newest
 * whose undoing is not in the batch yet.  Requires that its list has not been pruned.
 * ERR_IO, ERR_CORRUPT: why tells more. */
MUST_CHECK enum err records_undo(struct records *r, struct batch *batch, u64 height,
				 char why[DATABASE_WHY_MAX]);

#endif
