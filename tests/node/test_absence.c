#include "node/store/database.h"
#include "tests/node/store_fixture.h"

#define NUMBERS 80 /* accounts that may be there */
#define ABSENT  40 /* and some that never are */
#define BLOCKS  30

/* An account with its place in the tree. */
struct placed {
	struct hash hash;
	u64 number, nonce; /* 0: not there */
};

static int placed_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

/* In the tree's order, as of a block. */
static void place(struct placed out[NUMBERS + ABSENT], const u64 nonces[NUMBERS])
{
	for (u64 i = 0; i < NUMBERS + ABSENT; i++) {
		struct record_key key = account_record_key(i);

		sha256(&out[i].hash, record_key_bytes(&key));
		out[i].number = i;
		out[i].nonce = i < NUMBERS ? nonces[i] : 0;
	}
	qsort(out, NUMBERS + ABSENT, sizeof *out, placed_cmp);
}

static void assert_neighbor(const struct absence_neighbor *n, const struct placed *expected, const struct hash *root)
{
	struct account account = { 0 };
	struct record_key key;

	assert_int_equal(n->is_there, expected != NULL);
	if (!expected)
		return;
	key = account_record_key(expected->number);
	account.nonce = expected->nonce;
	assert_int_equal(n->key_size, sizeof key);
	assert_memory_equal(n->key, key.bytes, sizeof key);
	assert_int_equal(n->value_size, sizeof account);
	assert_memory_equal(n->value, &account, sizeof account);
	assert_memory_equal(&n->proof.root, root, sizeof *root);
	assert_true(state_proof_verify(&n->proof, (struct bytes){ n->key, n->key_size },
				       (struct bytes){ n->value, n->value_size }));
}

static enum err absence_of(struct absence_proof *out, struct fixture *f, u64 height, u64 number)
{
	struct record_key key = account_record_key(number);

	return store_absence(out, f->store, height, record_key_bytes(&key));
}

/* Every account that is not there, against a sorted list. */
static void assert_block(struct fixture *f, u64 height, const u64 nonces[NUMBERS], const struct hash *root)
{
	struct placed all[NUMBERS + ABSENT];
	static struct absence_proof proof;

	place(all, nonces);
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		const struct placed *left = NULL, *right = NULL;

		if (all[i].nonce > 0) {
			assert_int_equal(absence_of(&proof, f, height, all[i].number), ERR_EXISTS);
			continue;
		}
		for (size_t j = 0; j < i; j++)
			left = all[j].nonce > 0 ? &all[j] : left;
		for (size_t j = ARRAY_COUNT(all); j-- > i + 1;)
			right = all[j].nonce > 0 ? &all[j] : right;
		assert_int_equal(absence_of(&proof, f, height, all[i].number), OK);
		assert_neighbor(&proof.left, left, root);
		assert_neighbor(&proof.right, right, root);
	}
}

static void the_neighbours_of_every_absent_key_are_found_at_every_height(void **unused)
{
	static u64 nonces[BLOCKS][NUMBERS];
	struct hash roots[BLOCKS];
	struct fixture f;
	u64 dice = 7;

	(void)unused;
	fixture_open(&f, 0);
	while (f.next < BLOCKS) {
		u64 height = f.next, *now = nonces[height];

		if (height > 0)
			memcpy(now, nonces[height - 1], sizeof nonces[0]);
		/* Grows from nothing, then shrinks: what was removed comes back now and then. */
		for (u64 i = 0; i < height; i++) {
			u64 number = dice_below(&dice, NUMBERS);

			now[number] = dice_below(&dice, BLOCKS) < height ? 0 : 1 + dice_below(&dice, 1000);
			account_set(&f, number, now[number]);
		}
		assert_int_equal(fixture_commit(&f), OK);
		roots[height] = fixture_root(&f);
	}
	fixture_reopen(&f, 0);
	for (u64 height = 0; height < BLOCKS; height++)
		assert_block(&f, height, nonces[height], &roots[height]);
	fixture_remove(&f);
}

static void in_the_empty_state_there_are_no_neighbours(void **unused)
{
	static struct absence_proof proof;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(fixture_commit(&f), OK);
	proof.left.is_there = proof.right.is_there = true;
	assert_int_equal(absence_of(&proof, &f, 0, 1), OK);
	assert_false(proof.left.is_there || proof.right.is_there);
	fixture_remove(&f);
}

static void neighbours_are_found_as_far_back_as_views(void **unused)
{
	static struct absence_proof proof;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(absence_of(&proof, &f, 0, 1), ERR_NOT_FOUND);
	/* Each block has one account of its own, and the one that every block changes. */
	while (f.next <= HISTORY_BLOCKS + 100) {
		account_set(&f, 0, f.next + 1);
		account_set(&f, f.next, 0);
		account_set(&f, f.next + 1, 5);
		assert_int_equal(fixture_commit(&f), OK);
	}
	assert_int_equal(absence_of(&proof, &f, f.next, 99999), ERR_NOT_FOUND);
	proof.left.key_size = 99;
	for (u64 height = 0; height < 100; height++)
		assert_int_equal(absence_of(&proof, &f, height, 99999), ERR_PRUNED);
	assert_int_equal(proof.left.key_size, 99);
	for (u64 height = 100; height < f.next; height++) {
		struct placed all[NUMBERS + ABSENT], *there[2];
		struct record_key key = account_record_key(99999);
		struct hash hash;

		sha256(&hash, record_key_bytes(&key));
		for (u64 i = 0; i < 2; i++) {
			key = account_record_key(i * (height + 1));
			sha256(&all[i].hash, record_key_bytes(&key));
			all[i].number = i * (height + 1);
			all[i].nonce = i > 0 ? 5 : height + 1;
		}
		qsort(all, 2, sizeof all[0], placed_cmp);
		there[0] = hash_cmp(&all[0].hash, &hash) < 0 ? &all[0] : NULL;
		there[0] = hash_cmp(&all[1].hash, &hash) < 0 ? &all[1] : there[0];
		there[1] = hash_cmp(&all[1].hash, &hash) > 0 ? &all[1] : NULL;
		there[1] = hash_cmp(&all[0].hash, &hash) > 0 ? &all[0] : there[1];
		assert_int_equal(absence_of(&proof, &f, height, 99999), OK);
		assert_neighbor(&proof.left, there[0], &proof.left.proof.root);
		assert_neighbor(&proof.right, there[1], &proof.right.proof.root);
	}
	fixture_remove(&f);
}

static void neighbours_are_right_after_a_rollback(void **unused)
{
	static u64 nonces[2][NUMBERS];
	struct hash roots[2];
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	for (u64 i = 0; i < NUMBERS; i++) {
		nonces[0][i] = i % 3 == 0 ? i + 1 : 0;
		nonces[1][i] = i % 2 == 0 ? i + 2 : 0;
	}
	for (u64 round = 0; round < 4; round++) {
		u64 height = round % 2;

		if (round == 2)
			assert_int_equal(store_rollback(f.store, 0), OK);
		if (round == 2)
			fixture_follow(&f);
		for (u64 i = 0; round != 2 && i < NUMBERS; i++)
			account_set(&f, i, nonces[height][i]);
		if (round != 2)
			assert_int_equal(fixture_commit(&f), OK);
		roots[height] = fixture_root(&f);
		assert_block(&f, height, nonces[height], &roots[height]);
	}
	fixture_remove(&f);
}

/* A neighbour whose key or value is not what the tree says it is. */
static void a_damaged_neighbour_is_no_proof(void **unused)
{
	static const enum column columns[] = { COLUMN_PREIMAGES, COLUMN_PREIMAGES, COLUMN_RECORDS };
	static const char *const values[] = { "\2short", "", "\0\0\0\0\0\0\0\0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" };
	static const size_t sizes[] = { 6, 0, 8 + sizeof(struct account) };
	static struct absence_proof proof;
	struct record_key key = account_record_key(1);
	char why[DATABASE_WHY_MAX];
	struct database d;
	struct batch batch;
	struct hash hash;

	(void)unused;
	sha256(&hash, record_key_bytes(&key));
	for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
		struct bytes at = { hash.bytes, sizeof hash };
		struct fixture f;

		fixture_open(&f, 0);
		account_set(&f, 1, 1);
		assert_int_equal(fixture_commit(&f), OK);
		assert_int_equal(absence_of(&proof, &f, 0, 2), OK);
		fixture_close(&f);
		assert_int_equal(database_open(&d, f.path, true, why), OK);
		batch_open(&batch, &d);
		batch_put(&batch, columns[i], columns[i] == COLUMN_RECORDS ? record_key_bytes(&key) : at,
			  (struct bytes){ (const u8 *)values[i], sizes[i] });
		assert_int_equal(batch_write(&batch, why), OK);
		batch_close(&batch);
		database_close(&d);
		fixture_open_at(&f, 0, true);
		assert_int_equal(absence_of(&proof, &f, 0, 2), ERR_CORRUPT);
		fixture_remove(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_neighbours_of_every_absent_key_are_found_at_every_height),
		cmocka_unit_test(in_the_empty_state_there_are_no_neighbours),
		cmocka_unit_test(neighbours_are_found_as_far_back_as_views),
		cmocka_unit_test(neighbours_are_right_after_a_rollback),
		cmocka_unit_test(a_damaged_neighbour_is_no_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
