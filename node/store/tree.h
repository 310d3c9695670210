#ifndef NODE_STORE_TREE_H
#define NODE_STORE_TREE_H

/* The state tree of the head, growing block by block.
 *
 *     tree_open          the root of the head
 *     tree_stage         changes -> new root, in memory
 *     tree_write         the new nodes into a batch; stale[] names those they replace
 *     tree_settle        after the batch is on disk: what was staged is the tree now
 *
 * Nodes that were read or written stay in memory, linked by pointers, up to a bound.  One
 * thread at a time; proofs do not come here but read from disk. */

#include "node/store/tree_node.h"

/* One changed record. */
struct tree_change {
	struct hash key, value; /* SHA-256 of them */
	bool is_removed;
};

/* A node that the staged block replaces. */
struct tree_stale {
	struct tree_node *node;
	u64 version;
	struct hash path;
	u8 depth;
};

struct tree {
	struct database *database;
	struct tree_node *root;
	u64 version;             /* block of the root */
	bool has_root;           /* something has been settled or opened */
	size_t bytes, bytes_max; /* nodes in memory */
	unsigned hand;           /* where eviction goes on */

	/* What is staged. */
	u64 staged_version;
	struct tree_node *staged; /* its root; NULL: nothing */
	struct tree_node **fresh; /* every node made for it */
	size_t fresh_count, fresh_capacity;
	struct tree_stale *stale;
	size_t stale_count, stale_capacity;

	char why[DATABASE_WHY_MAX]; /* of the last failure */
};

/* An empty tree. */
void tree_init(struct tree *t, struct database *d, size_t bytes_max);
/* The tree as of a block, whose root must be this.  ERR_CORRUPT, ERR_IO: t->why tells more. */
MUST_CHECK enum err tree_open(struct tree *t, u64 version, const struct hash *root);
/* Forgets every node, as before tree_open. */
void tree_close(struct tree *t);
void tree_free(struct tree *t);

/* Requires changes in ascending order of key, each key once.  Staging again replaces what
 * was staged.  ERR_CORRUPT, ERR_IO: nothing is staged, t->why tells more. */
MUST_CHECK enum err tree_stage(struct tree *t, struct hash *root, u64 version,
			       const struct tree_change *changes, size_t count);
void tree_write(const struct tree *t, struct batch *batch);
void tree_settle(struct tree *t);

#endif
