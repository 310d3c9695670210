#ifndef NODE_INDEX_H
#define NODE_INDEX_H

/* A hash table from 64-bit digests to the owner's items: open addressing, linear
 * probing.  The digest is keyed by a number drawn at start, so that nobody can choose
 * addresses or transactions that collide.  Not thread-safe. */

#include "base/types.h"

struct index_slot {
	u64 digest;
	void *item; /* NULL: free */
};

struct index {
	struct index_slot *slots;
	size_t capacity, count; /* capacity is a power of two */
	u64 seed;
};

/* false: out of memory. */
bool index_init(struct index *x);
void index_free(struct index *x);
/* A keyed digest of up to 32 bytes. */
u64 index_digest(const struct index *x, struct bytes key);
/* The item of that digest for which is(item, key); NULL if there is none. */
void *index_find(const struct index *x, u64 digest, bool (*is)(const void *item, const void *key),
		 const void *key);
/* false: out of memory; nothing was added. */
bool index_add(struct index *x, u64 digest, void *item);
/* Requires the item to be there. */
void index_remove(struct index *x, u64 digest, const void *item);
/* Gives the slot of item another item of the same digest. */
void index_replace(struct index *x, u64 digest, const void *item, void *with);

#endif
