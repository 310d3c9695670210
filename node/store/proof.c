#include "node/store/internal.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

/* -- making ------------------------------------------------------------------------------ */

/* Goes down the four levels of one node.  Siblings are appended, deepest last.  Whether the
 * path goes on below slots[*slot]. */
static bool node_descend(struct state_proof *proof, unsigned *slot, const struct tree_slot slots[TREE_WIDTH],
			 const struct hash *key)
{
	unsigned first = 0, width = TREE_WIDTH;
	struct hash hash;
	enum tree_kind kind;

	while ((kind = tree_slots_hash(&hash, slots + first, width)) == TREE_SLOT_INNER && width > 1) {
		bool is_right = tree_bit(key, proof->depth);

		width /= 2;
		tree_slots_hash(&proof->siblings[proof->depth++],
				slots + first + (is_right ? 0 : width), width);
		first += is_right ? width : 0;
	}
	*slot = first;
	if (kind == TREE_SLOT_INNER)
		return true;
	for (unsigned i = first; kind == TREE_SLOT_LEAF && i < first + width; i++)
		if (slots[i].kind == TREE_SLOT_LEAF) {
			proof->has_leaf = true;
			proof->leaf_key = slots[i].child.leaf.key;
			proof->leaf_value = slots[i].child.leaf.value;
		}
	proof->exists = proof->has_leaf && !hash_cmp(&proof->leaf_key, key);
	return false;
}

static void siblings_reverse(struct state_proof *proof)
{
	for (u32 i = 0; i < proof->depth / 2; i++) {
		struct hash *a = &proof->siblings[i], *b = &proof->siblings[proof->depth - 1 - i], held = *a;

		*a = *b;
		*b = held;
	}
}

enum err state_slots_load(struct tree_slot slots[TREE_WIDTH], struct store *s, u64 height, u64 version,
			  const struct hash *path, unsigned depth)
{
	char why[DATABASE_WHY_MAX];

	return state_missing(s, height, tree_slots_load(slots, &s->database, version, path, depth, why));
}

enum err state_missing(struct store *s, u64 height, enum err e)
{
	enum err gone = store_height_check(s, height, true);

	return e == ERR_CORRUPT && gone != OK ? gone : e;
}

enum err state_proof_make(struct state_proof *out, struct store *s, u64 height, const struct hash *key_hash)
{
	struct tree_slot slots[TREE_WIDTH];
	struct state_proof proof;
	u64 version = height;
	unsigned slot;

	proof.depth = 0;
	proof.exists = proof.has_leaf = false;
	for (unsigned depth = 0; depth < TREE_DEPTH_MAX; depth++) {
		TRY(state_slots_load(slots, s, height, version, key_hash, depth));
		if (depth == 0)
			tree_slots_hash(&proof.root, slots, TREE_WIDTH);
		if (!node_descend(&proof, &slot, slots, key_hash))
			break;
		version = slots[slot].child.inner.version;
	}
	siblings_reverse(&proof);
	*out = proof;
	return OK;
}

enum err store_proof(struct state_proof *out, struct store *s, u64 height, struct bytes key)
{
	struct hash key_hash;

	TRY(store_height_check(s, height, true));
	sha256(&key_hash, key);
	return state_proof_make(out, s, height, &key_hash);
}

/* -- checking ---------------------------------------------------------------------------- */

bool state_proof_verify(const struct state_proof *proof, struct bytes key, struct bytes value)
{
	struct hash key_hash, value_hash, hash = TREE_EMPTY;
	bool is_own;

	if (proof->depth > PROOF_DEPTH_MAX)
		return false;
	sha256(&key_hash, key);
	is_own = proof->has_leaf && !hash_cmp(&proof->leaf_key, &key_hash);
	if (is_own != proof->exists || is_own != (value.at != NULL))
		return false;
	if (is_own) {
		sha256(&value_hash, value);
		if (hash_cmp(&value_hash, &proof->leaf_value) != 0)
			return false;
	}
	if (proof->has_leaf)
		tree_leaf_hash(&hash, &proof->leaf_key, &proof->leaf_value);
	/* The way up follows the key's own bits, so another's leaf only fits where the key would be. */
	for (u32 i = 0; i < proof->depth; i++) {
		const struct hash *sibling = &proof->siblings[i];

		if (tree_bit(&key_hash, proof->depth - 1 - i))
			tree_inner_hash(&hash, sibling, &hash);
		else
			tree_inner_hash(&hash, &hash, sibling);
	}
	return !hash_cmp(&hash, &proof->root);
}
