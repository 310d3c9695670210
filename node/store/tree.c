#include "node/store/tree.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hash no_path;

/* -- memory ------------------------------------------------------------------------- */

static void node_free(struct tree *t, struct tree_node *node)
{
	t->bytes -= tree_node_size(node);
	free(node);
}

static struct tree_node *node_make(struct tree *t, const struct tree_slot slots[TREE_WIDTH])
{
	struct tree_node *node = tree_node_new(slots);

	t->bytes += tree_node_size(node);
	return node;
}

static struct tree_node **child_node(struct tree_node *node, unsigned slot)
{
	if (!(tree_has(node->taken, slot)) || tree_has(node->leaves, slot))
		return NULL;
	return &tree_node_child(node, slot)->inner.node;
}

/* Frees a node and all below it that is in memory.  Recursion: TREE_DEPTH_MAX. */
static void subtree_free(struct tree *t, struct tree_node *node)
{
	if (!node)
		return;
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		struct tree_node **child = child_node(node, i);

		if (child)
			subtree_free(t, *child);
	}
	node_free(t, node);
}

static void stage_forget(struct tree *t)
{
	t->fresh_count = 0;
	t->stale_count = 0;
	t->staged = NULL;
}

static void stage_drop(struct tree *t)
{
	for (size_t i = 0; i < t->fresh_count; i++)
		node_free(t, t->fresh[i]);
	stage_forget(t);
}

static struct tree_node *fresh_make(struct tree *t, const struct tree_slot slots[TREE_WIDTH])
{
	if (t->fresh_count == t->fresh_capacity) {
		t->fresh_capacity = t->fresh_capacity ? 2 * t->fresh_capacity : 64;
		t->fresh = must_grow(t->fresh, t->fresh_capacity * sizeof(struct tree_node *));
	}
	return t->fresh[t->fresh_count++] = node_make(t, slots);
}

static void stale_add(struct tree *t, struct tree_stale stale)
{
	if (t->stale_count == t->stale_capacity) {
		t->stale_capacity = t->stale_capacity ? 2 * t->stale_capacity : 64;
		t->stale = must_grow(t->stale, t->stale_capacity * sizeof *t->stale);
	}
	t->stale[t->stale_count++] = stale;
}

/* Eviction makes some room, so that it need not run after every block. */
static bool is_crowded(const struct tree *t)
{
	return t->bytes > t->bytes_max - t->bytes_max / 8;
}

/* Second chance for nodes with nothing below them in memory: a hot one becomes cold, a cold
 * one goes.  Recursion: TREE_DEPTH_MAX.  Whether node itself went. */
static bool node_evict(struct tree *t, struct tree_node *node, unsigned first)
{
	bool has_child = false;

	for (unsigned i = 0; i < TREE_WIDTH && is_crowded(t); i++) {
		struct tree_node **child = child_node(node, (first + i) % TREE_WIDTH);

		if (child && *child && node_evict(t, *child, 0))
			*child = NULL;
	}
	for (unsigned i = 0; i < TREE_WIDTH && !has_child; i++) {
		struct tree_node **child = child_node(node, i);

		has_child = child && *child;
	}
	if (node == t->root || has_child || !is_crowded(t))
		return false;
	if (node->is_hot) {
		node->is_hot = false;
		return false;
	}
	node_free(t, node);
	return true;
}

/* Each round cools or frees every outermost node, so this ends. */
static void tree_evict(struct tree *t)
{
	if (t->bytes <= t->bytes_max)
		return;
	for (unsigned round = 0; is_crowded(t) && round < 2 * TREE_DEPTH_MAX; round++)
		node_evict(t, t->root, t->hand++ % TREE_WIDTH);
}

/* -- life --------------------------------------------------------------------------- */

void tree_init(struct tree *t, struct database *d, size_t bytes_max)
{
	*t = (struct tree){ .database = d, .bytes_max = bytes_max };
}

void tree_close(struct tree *t)
{
	stage_drop(t);
	subtree_free(t, t->root);
	t->root = NULL;
	t->has_root = false;
}

void tree_free(struct tree *t)
{
	tree_close(t);
	free(t->fresh);
	free(t->stale);
	t->fresh = NULL;
	t->stale = NULL;
}

/* Reads a node whose hash is known. */
static enum err node_load(struct tree *t, struct tree_node **out, u64 version, const struct hash *path,
			  unsigned depth, const struct hash *expected)
{
	struct tree_slot slots[TREE_WIDTH];
	struct hash hash;

	TRY(tree_slots_load(slots, t->database, version, path, depth, t->why));
	tree_slots_hash(&hash, slots, TREE_WIDTH);
	if (hash_cmp(&hash, expected) != 0) {
		snprintf(t->why, sizeof t->why, "state tree: node of block %llu at depth %u has another hash",
			 (unsigned long long)version, depth);
		return ERR_CORRUPT;
	}
	*out = node_make(t, slots);
	return OK;
}

enum err tree_open(struct tree *t, u64 version, const struct hash *root)
{
	assert(!t->has_root);

	TRY(node_load(t, &t->root, version, &no_path, 0, root));
	t->version = version;
	t->has_root = true;
	return OK;
}

/* -- staging ------------------------------------------------------------------------ */

static enum err slot_update(struct tree *t, struct tree_slot *slot, const struct tree_change *changes,
			    size_t count, unsigned depth);

/* How many changes from the first on go into its slot. */
static size_t group_size(const struct tree_change *changes, size_t count, unsigned depth)
{
	unsigned slot = tree_nibble(&changes[0].key, depth);
	size_t size = 1;

	while (size < count && tree_nibble(&changes[size].key, depth) == slot)
		size++;
	return size;
}

static bool slot_is_same(const struct tree_slot *a, const struct tree_slot *b)
{
	return a->kind == b->kind &&
	       (a->kind == TREE_SLOT_EMPTY || !hash_cmp(&a->child.hash, &b->child.hash));
}

/* Puts a new node into slot, or what is left when less than two leaves are. */
static void slot_fill(struct tree *t, struct tree_slot *slot, const struct tree_slot slots[TREE_WIDTH])
{
	const struct tree_slot *last = NULL;
	unsigned taken = 0;

	for (unsigned i = 0; i < TREE_WIDTH; i++)
		if (slots[i].kind != TREE_SLOT_EMPTY) {
			last = &slots[i];
			taken++;
		}
	if (taken == 0) {
		slot->kind = TREE_SLOT_EMPTY;
	} else if (taken == 1 && last->kind == TREE_SLOT_LEAF) {
		*slot = *last;
	} else {
		slot->kind = tree_slots_hash(&slot->child.hash, slots, TREE_WIDTH);
		slot->child.inner.version = t->staged_version;
		slot->child.inner.node = fresh_make(t, slots);
		assert(slot->kind == TREE_SLOT_INNER);
	}
}

/* Applies changes to the slots of an existing node.  depth is the node's own. */
static enum err node_update(struct tree *t, struct tree_slot slots[TREE_WIDTH], bool *is_changed,
			    struct tree_node *node, const struct tree_change *changes, size_t count,
			    unsigned depth)
{
	node->is_hot = true;
	tree_node_slots(slots, node);
	for (size_t size; count > 0; changes += size, count -= size) {
		unsigned i = tree_nibble(&changes[0].key, depth);
		struct tree_slot before = slots[i];
		struct tree_child *child;

		size = group_size(changes, count, depth);
		if (before.kind == TREE_SLOT_INNER && !before.child.inner.node) {
			/* Loaded into the old node, so that it stays if the stage is dropped. */
			child = tree_node_child(node, i);
			TRY(node_load(t, &child->inner.node, child->inner.version, &changes[0].key,
				      depth + 1, &child->hash));
			slots[i].child.inner.node = child->inner.node;
		}
		TRY(slot_update(t, &slots[i], changes, size, depth + 1));
		*is_changed |= !slot_is_same(&before, &slots[i]);
	}
	return OK;
}

/* One change to a slot with one leaf or none.  Whether that was all there is to it. */
static bool leaf_replace(struct tree_slot *slot, const struct tree_change *change)
{
	bool is_same = slot->kind == TREE_SLOT_LEAF && !hash_cmp(&slot->child.leaf.key, &change->key);

	if (slot->kind == TREE_SLOT_LEAF && !is_same)
		return change->is_removed;
	slot->kind = TREE_SLOT_EMPTY;
	if (change->is_removed)
		return true;
	slot->kind = TREE_SLOT_LEAF;
	slot->child.leaf.key = change->key;
	slot->child.leaf.value = change->value;
	tree_leaf_hash(&slot->child.hash, &change->key, &change->value);
	return true;
}

/* The same with many: spreads them over the slots of a node, of which slot_fill then keeps
 * what is needed. */
static enum err leaf_update(struct tree *t, struct tree_slot *slot, const struct tree_change *changes,
			    size_t count, unsigned depth)
{
	struct tree_slot slots[TREE_WIDTH];

	if (count == 1 && leaf_replace(slot, changes))
		return OK;
	for (unsigned i = 0; i < TREE_WIDTH; i++)
		slots[i].kind = TREE_SLOT_EMPTY;
	if (slot->kind == TREE_SLOT_LEAF)
		slots[tree_nibble(&slot->child.leaf.key, depth)] = *slot;
	for (size_t size; count > 0; changes += size, count -= size) {
		size = group_size(changes, count, depth);
		TRY(slot_update(t, &slots[tree_nibble(&changes[0].key, depth)], changes, size, depth + 1));
	}
	slot_fill(t, slot, slots);
	return OK;
}

/* Applies changes, all of which belong below slot, which is at depth.  The nodes made are in
 * t->fresh, those replaced in t->stale.  Recursion: TREE_DEPTH_MAX, as two keys differ in
 * some nibble. */
static enum err slot_update(struct tree *t, struct tree_slot *slot, const struct tree_change *changes,
			    size_t count, unsigned depth)
{
	struct tree_slot slots[TREE_WIDTH];
	bool is_changed = false;

	if (slot->kind != TREE_SLOT_INNER)
		return leaf_update(t, slot, changes, count, depth);
	TRY(node_update(t, slots, &is_changed, slot->child.inner.node, changes, count, depth));
	if (!is_changed)
		return OK;
	stale_add(t, (struct tree_stale){ slot->child.inner.node, slot->child.inner.version,
					  changes[0].key, (u8)depth });
	slot_fill(t, slot, slots);
	return OK;
}

/* The root is a node of its own in every block, whatever is in it. */
static enum err root_update(struct tree *t, struct tree_slot slots[TREE_WIDTH],
			    const struct tree_change *changes, size_t count)
{
	bool is_changed = false; /* no matter here */

	if (t->has_root) {
		stale_add(t, (struct tree_stale){ t->root, t->version, no_path, 0 });
		return node_update(t, slots, &is_changed, t->root, changes, count, 0);
	}
	for (unsigned i = 0; i < TREE_WIDTH; i++)
		slots[i].kind = TREE_SLOT_EMPTY;
	for (size_t size; count > 0; changes += size, count -= size) {
		size = group_size(changes, count, 0);
		TRY(slot_update(t, &slots[tree_nibble(&changes[0].key, 0)], changes, size, 1));
	}
	return OK;
}

enum err tree_stage(struct tree *t, struct hash *root, u64 version, const struct tree_change *changes,
		    size_t count)
{
	struct tree_slot slots[TREE_WIDTH];
	enum err e;

	for (size_t i = 1; i < count; i++)
		assert(hash_cmp(&changes[i - 1].key, &changes[i].key) < 0);
	assert(!t->has_root || version > t->version);

	stage_drop(t);
	t->staged_version = version;
	e = root_update(t, slots, changes, count);
	if (e != OK) {
		stage_drop(t);
		return e;
	}
	tree_slots_hash(root, slots, TREE_WIDTH);
	t->staged = fresh_make(t, slots);
	return OK;
}

/* -- writing ------------------------------------------------------------------------ */

/* Writes a fresh node, then the fresh ones below it: in key order, which RocksDB likes best.
 * Recursion: TREE_DEPTH_MAX. */
static void fresh_write(const struct tree *t, struct batch *batch, struct tree_node *node,
			struct hash *path, unsigned depth)
{
	u8 key[TREE_KEY_MAX], value[TREE_NODE_MAX];
	const struct tree_child *child = node->children;

	batch_put(batch, COLUMN_TREE, tree_key(key, t->staged_version, path, depth),
		  tree_node_encode(value, node));
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		u8 before = path->bytes[depth / 2];

		if (!(tree_has(node->taken, i)))
			continue;
		if (!(tree_has(node->leaves, i)) && child->inner.version == t->staged_version) {
			path->bytes[depth / 2] =
				(u8)(depth % 2 ? (before & 0xf0u) | i : i << 4 | (before & 0x0fu));
			fresh_write(t, batch, child->inner.node, path, depth + 1);
		}
		child++;
	}
}

void tree_write(const struct tree *t, struct batch *batch)
{
	struct hash path = no_path;

	assert(t->staged);

	fresh_write(t, batch, t->staged, &path, 0);
}

void tree_settle(struct tree *t)
{
	assert(t->staged);

	for (size_t i = 0; i < t->stale_count; i++)
		node_free(t, t->stale[i].node);
	t->root = t->staged;
	t->version = t->staged_version;
	t->has_root = true;
	stage_forget(t);
	tree_evict(t);
}
