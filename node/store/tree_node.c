#include "node/store/tree_node.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

#define INNER_SIZE (8 + sizeof(struct hash)) /* of a child on disk */
#define LEAF_SIZE  (2 * sizeof(struct hash))

const struct hash TREE_EMPTY = { "SPARSE_MERKLE_PLACEHOLDER_HASH__" };

/* -- hashing ------------------------------------------------------------------------ */

static void pair_hash(struct hash *out, const char *prefix, size_t prefix_size, const struct hash *a,
		      const struct hash *b)
{
	u8 in[TREE_INNER_PREFIX_SIZE + 2 * sizeof(struct hash)];

	assert(prefix_size <= TREE_INNER_PREFIX_SIZE);

	/* One range hashes faster than three. */
	memcpy(in, prefix, prefix_size);
	memcpy(in + prefix_size, a, sizeof *a);
	memcpy(in + prefix_size + sizeof *a, b, sizeof *b);
	sha256(out, (struct bytes){ in, prefix_size + 2 * sizeof *a });
}

void tree_leaf_hash(struct hash *out, const struct hash *key, const struct hash *value)
{
	pair_hash(out, TREE_LEAF_PREFIX, TREE_LEAF_PREFIX_SIZE, key, value);
}

void tree_inner_hash(struct hash *out, const struct hash *left, const struct hash *right)
{
	pair_hash(out, TREE_INNER_PREFIX, TREE_INNER_PREFIX_SIZE, left, right);
}

enum tree_kind tree_slots_hash(struct hash *out, const struct tree_slot *first, unsigned width)
{
	enum tree_kind kinds[TREE_WIDTH];
	struct hash hashes[TREE_WIDTH];

	assert(width > 0 && width <= TREE_WIDTH && (width & (width - 1)) == 0);

	for (unsigned i = 0; i < width; i++) {
		kinds[i] = first[i].kind;
		hashes[i] = kinds[i] == TREE_SLOT_EMPTY ? TREE_EMPTY : first[i].child.hash;
	}
	for (; width > 1; width /= 2)
		for (unsigned i = 0; i < width / 2; i++) {
			unsigned left = 2 * i, right = left + 1;
			enum tree_kind either = kinds[left] > kinds[right] ? kinds[left] : kinds[right];
			bool is_lone = kinds[left] == TREE_SLOT_EMPTY || kinds[right] == TREE_SLOT_EMPTY;

			if (is_lone && either != TREE_SLOT_INNER) {
				hashes[i] = hashes[kinds[left] == TREE_SLOT_EMPTY ? right : left];
				kinds[i] = either;
			} else {
				tree_inner_hash(&hashes[i], &hashes[left], &hashes[right]);
				kinds[i] = TREE_SLOT_INNER;
			}
		}
	*out = hashes[0];
	return kinds[0];
}

bool tree_bit(const struct hash *key, unsigned index)
{
	return key->bytes[index / 8] >> (7 - index % 8) & 1;
}

unsigned tree_nibble(const struct hash *key, unsigned depth)
{
	u8 byte = key->bytes[depth / 2];

	assert(depth < TREE_DEPTH_MAX);
	return depth % 2 ? byte & 15u : byte >> 4;
}

/* -- in memory ---------------------------------------------------------------------- */

size_t tree_node_size(const struct tree_node *node)
{
	return sizeof *node + node->count * sizeof node->children[0];
}

struct tree_node *tree_node_new(const struct tree_slot slots[TREE_WIDTH])
{
	struct tree_node *node;
	size_t count = 0;

	for (unsigned i = 0; i < TREE_WIDTH; i++)
		count += slots[i].kind != TREE_SLOT_EMPTY;
	node = must_take(sizeof *node + count * sizeof node->children[0]);
	*node = (struct tree_node){ .is_hot = true };
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		if (slots[i].kind == TREE_SLOT_EMPTY)
			continue;
		node->taken |= (u16)(1u << i);
		if (slots[i].kind == TREE_SLOT_LEAF)
			node->leaves |= (u16)(1u << i);
		node->children[node->count++] = slots[i].child;
	}
	return node;
}

void tree_node_slots(struct tree_slot slots[TREE_WIDTH], const struct tree_node *node)
{
	const struct tree_child *child = node->children;

	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		slots[i].kind = TREE_SLOT_EMPTY;
		if (!(tree_has(node->taken, i)))
			continue;
		slots[i].kind = tree_has(node->leaves, i) ? TREE_SLOT_LEAF : TREE_SLOT_INNER;
		slots[i].child = *child++;
	}
}

struct tree_child *tree_node_child(struct tree_node *node, unsigned slot)
{
	unsigned before = node->taken & ((1u << slot) - 1);

	assert(tree_has(node->taken, slot));
	return &node->children[__builtin_popcount(before)];
}

/* -- on disk ------------------------------------------------------------------------ */

struct bytes tree_key(u8 out[TREE_KEY_MAX], u64 version, const struct hash *path, unsigned depth)
{
	store_be64(out, version);
	for (unsigned i = 0; i < depth; i++)
		out[8 + i] = (u8)tree_nibble(path, i);
	return (struct bytes){ out, 8 + depth };
}

struct bytes tree_node_encode(u8 out[TREE_NODE_MAX], const struct tree_node *node)
{
	const struct tree_child *child = node->children;
	u8 *at = out + 4;

	store_be16(out, node->taken);
	store_be16(out + 2, node->leaves);
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		if (!(tree_has(node->taken, i)))
			continue;
		if (tree_has(node->leaves, i)) {
			memcpy(at, &child->leaf, LEAF_SIZE);
			at += LEAF_SIZE;
		} else {
			store_be64(at, child->inner.version);
			memcpy(at + 8, &child->hash, sizeof child->hash);
			at += INNER_SIZE;
		}
		child++;
	}
	return (struct bytes){ out, (size_t)(at - out) };
}

static bool slots_decode(struct tree_slot slots[TREE_WIDTH], struct bytes in)
{
	unsigned taken, leaves, leaf_count;
	const u8 *at = in.at + 4;

	if (in.size < 4)
		return false;
	taken = load_be16(in.at);
	leaves = load_be16(in.at + 2);
	leaf_count = (unsigned)__builtin_popcount(leaves);
	if ((leaves & ~taken) != 0 ||
	    in.size != 4 + leaf_count * LEAF_SIZE +
			       ((unsigned)__builtin_popcount(taken) - leaf_count) * INNER_SIZE)
		return false;
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		struct tree_child *child = &slots[i].child;

		slots[i].kind = TREE_SLOT_EMPTY;
		if (!(tree_has(taken, i)))
			continue;
		if (tree_has(leaves, i)) {
			slots[i].kind = TREE_SLOT_LEAF;
			memcpy(&child->leaf, at, LEAF_SIZE);
			tree_leaf_hash(&child->hash, &child->leaf.key, &child->leaf.value);
			at += LEAF_SIZE;
		} else {
			slots[i].kind = TREE_SLOT_INNER;
			child->inner.version = load_be64(at);
			child->inner.node = NULL;
			memcpy(&child->hash, at + 8, sizeof child->hash);
			at += INNER_SIZE;
		}
	}
	return true;
}

enum err tree_slots_load(struct tree_slot slots[TREE_WIDTH], struct database *d, u64 version,
			 const struct hash *path, unsigned depth, char why[DATABASE_WHY_MAX])
{
	u8 key[TREE_KEY_MAX];
	struct slice found;
	bool is_good;
	enum err e;

	e = database_get(d, &found, COLUMN_TREE, tree_key(key, version, path, depth), why);
	if (e == OK) {
		is_good = slots_decode(slots, found.value);
		slice_free(&found);
		if (is_good)
			return OK;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	snprintf(why, DATABASE_WHY_MAX, "state tree: node of block %llu at depth %u is %s",
		 (unsigned long long)version, depth, e == OK ? "damaged" : "missing");
	return ERR_CORRUPT;
}
