#ifndef NODE_STORE_INTERNAL_H
#define NODE_STORE_INTERNAL_H

/* What the files of the store share. */

#include <pthread.h>

#include "node/store/records.h"
#include "node/store/store.h"

/* Deleted so many blocks after it may last be asked for: a view near the end of the history
 * stays good for that long. */
#define PRUNE_SLACK 64

/* Where the history has become shorter, a block deletes what so many blocks superseded, at least, and goes on
 * until that makes so many writes: none of them is held up, and all is deleted one day. */
#define PRUNE_LISTS_MIN  2
#define PRUNE_WRITES_MAX 4096

struct store {
	struct database database;
	struct tree tree; /* writer only */
	struct records records;
	struct changes changes; /* writer only: what is staged */
	struct buffer stale;
	u64 history;   /* heights before the head whose state can be read */
	u64 pruned_to; /* writer only: kept, once the batch is on disk */
	bool is_staged;
	u64 staged_height;
	struct hash staged_root;

	pthread_mutex_t publishing; /* held while a block goes to disk and becomes the head */
	pthread_mutex_t lock;       /* of what follows */
	bool has_head, has_failed;
	struct store_head head;
	u64 first;               /* height of the first block */
	u64 kept;                /* lowest height whose state may still be whole */
	char why[STORE_WHY_MAX]; /* the first failure */
};

static_assert((int)STORE_WHY_MAX == (int)DATABASE_WHY_MAX, "one text serves both");

/* Nothing can be written any more.  Returns e. */
enum err store_fail(struct store *s, enum err e, const char *why);

/* Whether a height may be read: ERR_NOT_FOUND, ERR_PRUNED (is_state: only so far back). */
MUST_CHECK enum err store_height_check(struct store *s, u64 height, bool is_state);
/* Adds to the batch of block height the deletion of what no reader may ask for any more, and sets pruned_to. */
MUST_CHECK enum err history_prune(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX]);

/* A node of the tree as of a block, and the path to a key hash in it (proof.c).  ERR_PRUNED,
 * ERR_NOT_FOUND: the height went out of reach meanwhile; ERR_CORRUPT, ERR_IO. */
MUST_CHECK enum err state_slots_load(struct tree_slot slots[TREE_WIDTH], struct store *s, u64 height, u64 version,
				     const struct hash *path, unsigned depth);
MUST_CHECK enum err state_proof_make(struct state_proof *out, struct store *s, u64 height,
				     const struct hash *key_hash);
/* e, unless it is ERR_CORRUPT only because the height went out of reach: then why it did. */
enum err state_missing(struct store *s, u64 height, enum err e);

/* Adds a block to a batch (blocks.c). */
void block_write(struct batch *batch, const struct store_block *block, u64 stamp);
/* Takes a block and the indexes that lead to it out. */
MUST_CHECK enum err block_erase(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX]);
/* The meta entries that name the head, and the lowest height whose state has not been pruned. */
void head_put(struct batch *batch, u64 height);
void kept_put(struct batch *batch, u64 height);
/* The header of a block that readers may not know of yet.  stamp may be NULL. */
MUST_CHECK enum err block_header_load(struct store *s, struct store_head *out, u64 height,
				      char why[DATABASE_WHY_MAX]);

#endif
