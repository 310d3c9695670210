#ifndef NODE_STORE_TREE_NODE_H
#define NODE_STORE_TREE_NODE_H

/* The nodes of the state tree: what is hashed, and what is on disk.
 *
 * The tree is a binary Merkle tree over the 256 bits of SHA-256(key) in which a subtree
 * with one leaf is that leaf and one with none is a constant.  On disk and in memory four
 * levels are one node with up to 16 children, picked by the next four bits:
 *
 *               node                      slot: empty | leaf (two hashes)
 *       0 1 2 3 ... c d e f                           | inner (the hash of a deeper node,
 *       . L . N     . N L .                           |        and the block that wrote it)
 *
 * A node is named by the block that wrote it and its path, and never overwritten: the root
 * of a block leads to the tree as of that block. */

#include "base/types.h"
#include "node/store/database.h"

#define TREE_DEPTH_MAX 64 /* nodes on a path: nibbles of a key hash */
#define TREE_WIDTH     16

/* Whether a bitmap of slots has one. */
static inline bool tree_has(unsigned bitmap, unsigned slot)
{
	return (bitmap >> slot & 1u) != 0;
}

/* What is hashed before a leaf's and an inner node's two hashes. */
#define TREE_LEAF_PREFIX       "JMT::LeafNode"
#define TREE_INNER_PREFIX      "JMT::IntrnalNode" /* so spelt by those who wrote it first */
#define TREE_LEAF_PREFIX_SIZE  (sizeof TREE_LEAF_PREFIX - 1)
#define TREE_INNER_PREFIX_SIZE (sizeof TREE_INNER_PREFIX - 1)

extern const struct hash TREE_EMPTY; /* hash of a subtree without leaves */

void tree_leaf_hash(struct hash *out, const struct hash *key, const struct hash *value);
void tree_inner_hash(struct hash *out, const struct hash *left, const struct hash *right);

struct tree_node;

enum tree_kind { TREE_SLOT_EMPTY,
		 TREE_SLOT_LEAF,
		 TREE_SLOT_INNER };

struct tree_child {
	struct hash hash;
	union {
		struct {
			struct hash key, value; /* SHA-256 of them */
		} leaf;
		struct {
			u64 version;            /* the block that wrote it */
			struct tree_node *node; /* NULL: on disk only */
		} inner;
	};
};

struct tree_slot {
	enum tree_kind kind;
	struct tree_child child;
};

/* In memory only the taken slots are kept, in order. */
struct tree_node {
	u16 taken;  /* bit i: slot i is not empty */
	u16 leaves; /* bit i: slot i is a leaf */
	u8 count;
	bool is_hot; /* touched since eviction last came by */
	struct tree_child children[];
};

size_t tree_node_size(const struct tree_node *node); /* bytes of memory */
struct tree_node *tree_node_new(const struct tree_slot slots[TREE_WIDTH]);
void tree_node_slots(struct tree_slot slots[TREE_WIDTH], const struct tree_node *node);
/* The child in a slot.  Requires it to be taken. */
struct tree_child *tree_node_child(struct tree_node *node, unsigned slot);

/* The hash of width slots from first on, as one subtree (width a power of two), and what
 * it is: a lone leaf counts as a leaf.  The whole node is (0, TREE_WIDTH). */
enum tree_kind tree_slots_hash(struct hash *out, const struct tree_slot *first, unsigned width);

/* -- on disk ------------------------------------------------------------------------ */

#define TREE_KEY_MAX  (8 + TREE_DEPTH_MAX)
#define TREE_NODE_MAX (4 + TREE_WIDTH * 64)

/* The first depth nibbles of path name the place.  Depth-first order is key order. */
struct bytes tree_key(u8 out[TREE_KEY_MAX], u64 version, const struct hash *path, unsigned depth);
struct bytes tree_node_encode(u8 out[TREE_NODE_MAX], const struct tree_node *node);

/* Reads the slots of a node.  ERR_CORRUPT: it is missing or damaged; ERR_IO.  why tells more. */
MUST_CHECK enum err tree_slots_load(struct tree_slot slots[TREE_WIDTH], struct database *d, u64 version,
				    const struct hash *path, unsigned depth, char why[DATABASE_WHY_MAX]);

/* The bit of a key hash that picks left or right at a binary level, and the nibble that picks the
 * slot in a node at depth. */
bool tree_bit(const struct hash *key, unsigned index);
unsigned tree_nibble(const struct hash *key, unsigned depth);

#endif
