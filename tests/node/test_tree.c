#include "node/store/tree.h"

#include "tests/node/store_fixture.h"

#define LEAVES_MAX 4000

/* A tree on its own database, beside a sorted array of what should be in it. */
struct grove {
	char path[64];
	struct database database;
	struct tree tree;
	u64 version;
	struct naive_leaf leaves[LEAVES_MAX];
	size_t count;
};

static struct grove *grove_new(size_t bytes_max)
{
	struct grove *g = calloc(1, sizeof *g);
	char why[DATABASE_WHY_MAX];

	assert_non_null(g);
	strcpy(g->path, "/tmp/plimsoll-tree-XXXXXX");
	assert_non_null(mkdtemp(g->path));
	assert_int_equal(database_open(&g->database, g->path, true, why), OK);
	tree_init(&g->tree, &g->database, bytes_max);
	return g;
}

static void grove_free(struct grove *g)
{
	char command[96];

	tree_free(&g->tree);
	assert_int_equal(g->tree.bytes, 0);
	database_close(&g->database);
	snprintf(command, sizeof command, "rm -r %s", g->path);
	assert_int_equal(system(command), 0);
	free(g);
}

static struct naive_leaf *leaf_find(struct grove *g, const struct hash *key)
{
	for (size_t i = 0; i < g->count; i++)
		if (!hash_cmp(&g->leaves[i].key, key))
			return &g->leaves[i];
	return NULL;
}

/* The same change made to the array. */
static void leaf_apply(struct grove *g, const struct tree_change *change)
{
	struct naive_leaf *leaf = leaf_find(g, &change->key);

	if (change->is_removed) {
		if (leaf)
			*leaf = g->leaves[--g->count];
		return;
	}
	if (!leaf) {
		assert_true(g->count < LEAVES_MAX);
		leaf = &g->leaves[g->count++];
	}
	*leaf = (struct naive_leaf){ change->key, change->value };
}

static int change_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

/* Sorts and drops doubles: what tree_stage asks for. */
static size_t changes_tidy(struct tree_change *changes, size_t count)
{
	size_t kept = 0;

	qsort(changes, count, sizeof *changes, change_cmp);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || hash_cmp(&changes[kept - 1].key, &changes[i].key) != 0)
			changes[kept++] = changes[i];
	return kept;
}

static struct hash random_hash(u64 *dice)
{
	struct hash h;

	for (unsigned i = 0; i < 4; i++)
		store_be64(h.bytes + 8 * i, dice_roll(dice));
	return h;
}

/* Often a key that parts from another one only late: deep paths. */
static struct hash random_key(struct grove *g, u64 *dice)
{
	struct hash key = random_hash(dice);
	unsigned bit;

	if (g->count == 0 || dice_below(dice, 4) != 0)
		return key;
	key = g->leaves[dice_below(dice, g->count)].key;
	if (dice_below(dice, 2) == 0)
		return key;
	bit = (unsigned)dice_below(dice, 256);
	key.bytes[bit / 8] ^= (u8)(0x80 >> bit % 8);
	return key;
}

static size_t random_changes(struct grove *g, struct tree_change *changes, size_t count, u64 *dice)
{
	u64 removals = dice_below(dice, 10); /* of ten */

	for (size_t i = 0; i < count; i++) {
		bool is_removed = dice_below(dice, 10) < removals;

		changes[i] = (struct tree_change){ .is_removed = is_removed, .value = random_hash(dice) };
		changes[i].key = is_removed && g->count > 0 && dice_below(dice, 8) > 0 ? g->leaves[dice_below(dice, g->count)].key : random_key(g, dice);
	}
	return changes_tidy(changes, count);
}

static struct hash grove_stage(struct grove *g, const struct tree_change *changes, size_t count)
{
	struct hash root;

	assert_int_equal(tree_stage(&g->tree, &root, g->version, changes, count), OK);
	return root;
}

/* Commits what is staged and deletes what it superseded. */
static void grove_settle(struct grove *g)
{
	u8 key[TREE_KEY_MAX];
	char why[DATABASE_WHY_MAX];
	struct batch batch;

	batch_open(&batch, &g->database);
	tree_write(&g->tree, &batch);
	for (size_t i = 0; i < g->tree.stale_count; i++) {
		const struct tree_stale *s = &g->tree.stale[i];

		batch_delete(&batch, COLUMN_TREE, tree_key(key, s->version, &s->path, s->depth));
	}
	assert_int_equal(batch_write(&batch, why), OK);
	batch_close(&batch);
	tree_settle(&g->tree);
	g->version++;
}

static void grove_grow(struct grove *g, const struct tree_change *changes, size_t count)
{
	struct hash root = grove_stage(g, changes, count), expected;

	for (size_t i = 0; i < count; i++)
		leaf_apply(g, &changes[i]);
	expected = naive_root(g->leaves, g->count);
	assert_memory_equal(&root, &expected, sizeof root);
	grove_settle(g);
}

/* Nodes on disk that a root leads to. */
static size_t nodes_reached(struct grove *g, u64 version, const struct hash *path, unsigned depth)
{
	struct tree_slot slots[TREE_WIDTH];
	char why[DATABASE_WHY_MAX] = "";
	size_t count = 1;

	if (tree_slots_load(slots, &g->database, version, path, depth, why) != OK)
		fail_msg("%s", why);
	for (unsigned i = 0; i < TREE_WIDTH; i++) {
		struct hash below = *path;
		u8 *byte = &below.bytes[depth / 2];

		if (slots[i].kind != TREE_SLOT_INNER)
			continue;
		*byte = (u8)(depth % 2 ? (*byte & 0xf0) | i : i << 4);
		count += nodes_reached(g, slots[i].child.inner.version, &below, depth + 1);
	}
	return count;
}

static size_t nodes_on_disk(struct grove *g)
{
	char why[DATABASE_WHY_MAX];
	struct cursor c;
	size_t count = 0;

	for (cursor_open(&c, &g->database, COLUMN_TREE, (struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 }); cursor_is_valid(&c);
	     cursor_next(&c))
		count++;
	assert_int_equal(cursor_close(&c, why), OK);
	return count;
}

/* -- tests --------------------------------------------------------------------------- */

static void the_empty_tree_has_the_placeholder_as_root(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct hash root = grove_stage(g, NULL, 0);

	(void)unused;
	assert_memory_equal(root.bytes, "SPARSE_MERKLE_PLACEHOLDER_HASH__", 32);
	grove_settle(g);
	root = grove_stage(g, NULL, 0);
	assert_memory_equal(root.bytes, "SPARSE_MERKLE_PLACEHOLDER_HASH__", 32);
	grove_free(g);
}

static void random_blocks(size_t bytes_max, u64 seed, unsigned blocks)
{
	struct grove *g = grove_new(bytes_max);
	struct tree_change changes[200];
	u64 dice = seed;

	for (unsigned i = 0; i < blocks; i++) {
		size_t count = dice_below(&dice, i % 7 == 0 ? 200 : 12);

		count = random_changes(g, changes, count, &dice);
		grove_grow(g, changes, count);
		assert_true(g->tree.bytes <= bytes_max || bytes_max < MEBI);
	}
	assert_int_equal(nodes_on_disk(g), nodes_reached(g, g->version - 1, &TREE_EMPTY, 0));
	grove_free(g);
}

static void random_blocks_have_the_naive_root(void **unused)
{
	(void)unused;
	for (u64 seed = 1; seed <= 6; seed++)
		random_blocks(64 * MEBI, seed, 80);
}

static void a_cache_without_room_changes_nothing(void **unused)
{
	(void)unused;
	random_blocks(1, 7, 120);
	random_blocks(100000, 8, 120);
}

static void keys_that_part_at_the_last_bit_are_told_apart(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct tree_change changes[2] = { { .value = { { 1 } } }, { .value = { { 2 } } } };

	(void)unused;
	memset(&changes[0].key, 0xab, sizeof changes[0].key);
	changes[1].key = changes[0].key;
	changes[1].key.bytes[31] ^= 1;
	qsort(changes, 2, sizeof *changes, change_cmp);
	grove_grow(g, changes, 2);
	assert_int_equal(nodes_on_disk(g), TREE_DEPTH_MAX);
	changes[0].is_removed = true;
	grove_grow(g, changes, 1); /* 63 nodes collapse */
	assert_int_equal(nodes_on_disk(g), 1);
	grove_grow(g, &changes[1], 1);
	changes[1].is_removed = true;
	grove_grow(g, &changes[1], 1);
	assert_int_equal(nodes_on_disk(g), 1);
	grove_free(g);
}

static void changes_without_effect_write_only_the_root(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct tree_change changes[100];
	u64 dice = 11;
	size_t count = random_changes(g, changes, 100, &dice), nodes;

	(void)unused;
	for (size_t i = 0; i < count; i++)
		changes[i].is_removed = i % 3 == 0;
	grove_grow(g, changes, count);
	nodes = nodes_on_disk(g);
	grove_stage(g, changes, count);
	assert_int_equal(g->tree.fresh_count, 1);
	grove_grow(g, changes, count);
	assert_int_equal(nodes_on_disk(g), nodes);
	grove_free(g);
}

static void staging_again_replaces_what_was_staged(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct tree_change changes[100], others[100];
	u64 dice = 12;
	size_t count;

	(void)unused;
	for (unsigned i = 0; i < 20; i++) {
		count = random_changes(g, others, 100, &dice);
		grove_stage(g, others, count);
		count = random_changes(g, changes, 100, &dice);
		grove_grow(g, changes, count);
	}
	grove_free(g);
}

static void a_tree_goes_on_from_its_root_on_disk(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct tree_change changes[100];
	u64 dice = 13;

	(void)unused;
	for (unsigned i = 0; i < 30; i++) {
		struct hash root;

		grove_grow(g, changes, random_changes(g, changes, 100, &dice));
		root = naive_root(g->leaves, g->count);
		tree_free(&g->tree);
		tree_init(&g->tree, &g->database, MEBI);
		assert_int_equal(tree_open(&g->tree, g->version - 1, &root), OK);
	}
	grove_free(g);
}

static void damaged_and_missing_nodes_are_told(void **unused)
{
	struct grove *g = grove_new(MEBI);
	struct tree_change changes[200];
	u64 dice = 14;
	u8 key[TREE_KEY_MAX];
	char why[DATABASE_WHY_MAX];
	struct batch batch;
	struct hash root;

	(void)unused;
	grove_grow(g, changes, random_changes(g, changes, 200, &dice));
	root = naive_root(g->leaves, g->count);
	tree_free(&g->tree);
	tree_init(&g->tree, &g->database, MEBI);
	assert_int_equal(tree_open(&g->tree, 5, &root), ERR_CORRUPT);
	assert_non_null(strstr(g->tree.why, "missing"));
	root.bytes[0] ^= 1;
	assert_int_equal(tree_open(&g->tree, 0, &root), ERR_CORRUPT);
	assert_non_null(strstr(g->tree.why, "another hash"));

	batch_open(&batch, &g->database);
	batch_put(&batch, COLUMN_TREE, tree_key(key, 0, &root, 0), (struct bytes){ key, 5 });
	assert_int_equal(batch_write(&batch, why), OK);
	batch_close(&batch);
	assert_int_equal(tree_open(&g->tree, 0, &root), ERR_CORRUPT);
	assert_non_null(strstr(g->tree.why, "damaged"));
	grove_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_empty_tree_has_the_placeholder_as_root),
		cmocka_unit_test(random_blocks_have_the_naive_root),
		cmocka_unit_test(a_cache_without_room_changes_nothing),
		cmocka_unit_test(keys_that_part_at_the_last_bit_are_told_apart),
		cmocka_unit_test(changes_without_effect_write_only_the_root),
		cmocka_unit_test(staging_again_replaces_what_was_staged),
		cmocka_unit_test(a_tree_goes_on_from_its_root_on_disk),
		cmocka_unit_test(damaged_and_missing_nodes_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
