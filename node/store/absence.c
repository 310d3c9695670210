#include "node/store/internal.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

/* A slot beside the way down to a key: all that is below it is on one side of the key. */
struct passed {
	struct tree_slot slot; /* TREE_SLOT_EMPTY: there is none */
	struct hash path;      /* leads to the slot */
	unsigned depth;        /* of the node that has it */
};

enum side { SIDE_LEFT,
	    SIDE_RIGHT,
	    SIDES };

/* -- finding the neighbours ---------------------------------------------------------------- */

/* The first taken slot from one on, to the left or to the right; NULL if all are empty. */
static const struct tree_slot *slot_toward(const struct tree_slot slots[TREE_WIDTH], int first, enum side side)
{
	for (int i = first; i >= 0 && i < TREE_WIDTH; i += side == SIDE_LEFT ? -1 : 1)
		if (slots[i].kind != TREE_SLOT_EMPTY)
			return &slots[i];
	return NULL;
}

static void path_put(struct hash *path, unsigned depth, unsigned nibble)
{
	u8 *byte = &path->bytes[depth / 2];

	*byte = (u8)(depth % 2 ? (*byte & 0xf0u) | nibble : nibble << 4 | (*byte & 0x0fu));
}

/* Goes down to where the key would be.  What is passed later is nearer. */
static enum err descend(struct passed passed[SIDES], struct store *s, u64 height, const struct hash *key)
{
	struct tree_slot slots[TREE_WIDTH];
	const struct tree_slot *near;
	u64 version = height;
	unsigned own;
	enum side side;

	for (unsigned depth = 0; depth < TREE_DEPTH_MAX; depth++) {
		TRY(state_slots_load(slots, s, height, version, key, depth));
		own = tree_nibble(key, depth);
		for (unsigned i = 0; i < SIDES; i++) {
			near = slot_toward(slots, (int)own + (i == SIDE_LEFT ? -1 : 1), (enum side)i);
			if (!near)
				continue;
			passed[i] = (struct passed){ *near, *key, depth };
			path_put(&passed[i].path, depth, (unsigned)(near - slots));
		}
		if (slots[own].kind == TREE_SLOT_EMPTY)
			return OK;
		if (slots[own].kind == TREE_SLOT_LEAF) {
			if (!hash_cmp(&slots[own].child.leaf.key, key))
				return ERR_EXISTS;
			side = hash_cmp(&slots[own].child.leaf.key, key) < 0 ? SIDE_LEFT : SIDE_RIGHT;
			passed[side].slot = slots[own];
			return OK;
		}
		version = slots[own].child.inner.version;
	}
	return ERR_CORRUPT; /* an inner node where a key hash has no bits left */
}

/* The leaf below a passed slot that is nearest to the key. */
static enum err nearest_leaf(struct hash *key_hash, struct passed *passed, enum side side, struct store *s, u64 height)
{
	struct tree_slot slots[TREE_WIDTH];
	const struct tree_slot *near;

	while (passed->slot.kind == TREE_SLOT_INNER) {
		if (++passed->depth == TREE_DEPTH_MAX)
			return ERR_CORRUPT;
		TRY(state_slots_load(slots, s, height, passed->slot.child.inner.version, &passed->path, passed->depth));
		near = slot_toward(slots, side == SIDE_LEFT ? TREE_WIDTH - 1 : 0, side);
		if (!near)
			return ERR_CORRUPT;
		path_put(&passed->path, passed->depth, (unsigned)(near - slots));
		passed->slot = *near;
	}
	*key_hash = passed->slot.child.leaf.key;
	return OK;
}

/* -- what they are ------------------------------------------------------------------------- */

static enum err preimage_load(struct absence_neighbor *out, struct store *s, const struct hash *key_hash)
{
	char why[DATABASE_WHY_MAX];
	const struct table_info *table;
	struct slice found;
	enum err e;

	e = database_get(&s->database, &found, COLUMN_PREIMAGES, (struct bytes){ key_hash->bytes, 32 }, why);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	table = found.value.size > 0 ? table_info(found.value.at[0]) : NULL;
	if (table && found.value.size == 1 + table->key_size) {
		memcpy(out->key, found.value.at, found.value.size);
		out->key_size = (u16)found.value.size;
		out->value_size = (u16)table->value_size;
	}
	slice_free(&found);
	return out->key_size > 0 ? OK : ERR_CORRUPT;
}

static bool is_preimage(const struct hash *hash, struct bytes of)
{
	struct hash computed;

	sha256(&computed, of);
	return !hash_cmp(&computed, hash);
}

static enum err neighbor_load(struct absence_neighbor *out, struct store *s, u64 height, const struct hash *key_hash)
{
	char why[DATABASE_WHY_MAX];
	enum err e;

	TRY(state_proof_make(&out->proof, s, height, key_hash));
	TRY(preimage_load(out, s, key_hash));
	e = records_read(&s->records, (struct bytes){ out->key, out->key_size }, height, out->value,
			 out->value_size, why);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_CORRUPT : e;
	out->is_there = out->proof.exists &&
			is_preimage(&out->proof.leaf_key, (struct bytes){ out->key, out->key_size }) &&
			is_preimage(&out->proof.leaf_value, (struct bytes){ out->value, out->value_size });
	return out->is_there ? OK : ERR_CORRUPT;
}

static enum err side_load(struct absence_neighbor *out, struct passed *passed, enum side side, struct store *s,
			  u64 height)
{
	struct hash key_hash;

	out->is_there = false;
	out->key_size = 0;
	if (passed->slot.kind == TREE_SLOT_EMPTY)
		return OK;
	TRY(nearest_leaf(&key_hash, passed, side, s, height));
	return neighbor_load(out, s, height, &key_hash);
}

enum err store_absence(struct absence_proof *out, struct store *s, u64 height, struct bytes key)
{
	struct passed passed[SIDES] = { { .depth = 0 }, { .depth = 0 } };
	struct absence_proof proof;
	struct hash key_hash;
	enum err e;

	static_assert(TREE_SLOT_EMPTY == 0, "nothing has been passed yet");

	TRY(store_height_check(s, height, true));
	sha256(&key_hash, key);
	e = descend(passed, s, height, &key_hash);
	if (e == OK)
		e = side_load(&proof.left, &passed[SIDE_LEFT], SIDE_LEFT, s, height);
	if (e == OK)
		e = side_load(&proof.right, &passed[SIDE_RIGHT], SIDE_RIGHT, s, height);
	if (e == OK)
		*out = proof;
	return state_missing(s, height, e);
}
