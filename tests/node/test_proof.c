#include "base/hex.h"
#include "tests/node/store_fixture.h"

#define ACCOUNTS 60
#define BLOCKS   60

struct chronicle {
	u64 nonces[BLOCKS][ACCOUNTS];
	struct hash roots[BLOCKS];
};

static void block_random(struct fixture *f, struct chronicle *c, u64 *dice)
{
	u64 height = f->next, changes = dice_below(dice, 8), *now = c->nonces[height];

	if (height > 0)
		memcpy(now, c->nonces[height - 1], sizeof c->nonces[0]);
	for (u64 i = 0; i < changes; i++) {
		u64 number = dice_below(dice, ACCOUNTS);

		now[number] = dice_below(dice, 3) == 0 ? 0 : 1 + dice_below(dice, 1000);
		account_set(f, number, now[number]);
	}
	assert_int_equal(fixture_commit(f), OK);
	c->roots[height] = fixture_root(f);
}

static struct state_proof proof_of(struct fixture *f, u64 height, u64 number)
{
	struct record_key key = account_record_key(number);
	struct state_proof proof;

	assert_int_equal(store_proof(&proof, f->store, height, record_key_bytes(&key)), OK);
	return proof;
}

/* nonce 0: that there is no such account. */
static bool proves(const struct state_proof *proof, u64 number, u64 nonce)
{
	struct record_key key = account_record_key(number);
	struct account account = { .nonce = nonce };
	struct bytes value = { nonce > 0 ? (const u8 *)&account : NULL, nonce > 0 ? sizeof account : 0 };

	return state_proof_verify(proof, record_key_bytes(&key), value);
}

static void every_account_at_every_height_is_proven(void **unused)
{
	struct chronicle *c = calloc(1, sizeof *c);
	struct fixture f;
	u64 dice = 1;

	(void)unused;
	assert_non_null(c);
	fixture_open(&f, 0);
	while (f.next < BLOCKS)
		block_random(&f, c, &dice);
	for (u64 height = 0; height < BLOCKS; height++) {
		struct hash naive = accounts_root(c->nonces[height], ACCOUNTS);

		assert_memory_equal(&c->roots[height], &naive, sizeof naive);
		for (u64 i = 0; i < ACCOUNTS; i++) {
			struct state_proof proof = proof_of(&f, height, i);
			u64 nonce = c->nonces[height][i];

			assert_memory_equal(&proof.root, &naive, sizeof naive);
			assert_int_equal(proof.exists, nonce > 0);
			assert_true(proves(&proof, i, nonce));
			assert_false(proves(&proof, i, nonce + 1));
			assert_false(nonce > 0 && proves(&proof, i, 0));
		}
	}
	fixture_remove(&f);
	free(c);
}

static void fifty_accounts(struct fixture *f)
{
	fixture_open(f, 0);
	for (u64 i = 0; i < 50; i++)
		account_set(f, i, i + 1);
	assert_int_equal(fixture_commit(f), OK);
}

/* Any bit of what the verifier reads. */
static void a_changed_proof_is_refused(void **unused)
{
	struct fixture f;

	(void)unused;
	fifty_accounts(&f);
	for (u64 i = 0; i < 100; i++) {
		const struct state_proof good = proof_of(&f, 0, i);
		u64 nonce = i < 50 ? i + 1 : 0;
		struct state_proof bad = good;

		assert_true(proves(&good, i, nonce));
		bad.root.bytes[i % 32] ^= 1;
		assert_false(proves(&bad, i, nonce));
		for (u32 j = 0; j < good.depth; j++) {
			bad = good;
			bad.siblings[j].bytes[i % 32] ^= 0x10;
			assert_false(proves(&bad, i, nonce));
		}
		bad = good;
		bad.exists = !bad.exists;
		assert_false(proves(&bad, i, nonce));
		bad = good;
		bad.has_leaf = !bad.has_leaf;
		assert_false(proves(&bad, i, nonce));
		bad = good;
		bad.depth--;
		assert_false(proves(&bad, i, nonce));
		bad = good;
		bad.depth = PROOF_DEPTH_MAX + 1;
		assert_false(proves(&bad, i, nonce));
		if (!good.has_leaf)
			continue;
		bad = good;
		bad.leaf_key.bytes[31] ^= 1;
		assert_false(proves(&bad, i, nonce));
		bad = good;
		bad.leaf_value.bytes[0] ^= 1;
		assert_false(proves(&bad, i, nonce));
	}
	fixture_remove(&f);
}

/* A true path to one leaf must not prove that an account elsewhere is absent. */
static void anothers_proof_proves_nothing(void **unused)
{
	struct fixture f;

	(void)unused;
	fifty_accounts(&f);
	for (u64 i = 0; i < 50; i++)
		for (u64 j = 0; j < 50; j++) {
			struct state_proof proof = proof_of(&f, 0, j);

			if (i == j)
				continue;
			assert_false(proves(&proof, i, i + 1));
			assert_false(proves(&proof, i, 0));
			proof.exists = false;
			assert_false(proves(&proof, i, 0));
		}
	fixture_remove(&f);
}

/* The root and the path of account 2 among fifty, as the npm package @confio/ics23 0.6.8
 * (an independent verifier) accepts them under the JMT spec. */
static void an_ics23_proof_is_made_as_others_read_it(void **unused)
{
	static const char *const root = "0x10c66f36c82327cf3edaf820f3e27c1604a72788f94af28db7480a077a3565da";
	static const char *const siblings[] = {
		"0x299b745d71225712e16f51d584141c74d35278ed07de34e8559781f2accdd1b8",
		"0x5350415253455f4d45524b4c455f504c414345484f4c4445525f484153485f5f",
		"0x4bb56313a7ae0fee9bcfc96e0c68800d6fd6d3380d346f1feb92bf17c1523694",
		"0x20d0b9e79190b5723bda039fde6152e9564f7abc845f100d7c43d5536694dfce",
		"0xc49fcf137b1a5f3fb04fbc89c72b740d559349624c1e9706bbb25fa256b6eaec",
		"0xd34def269453a3ad017b875ee208461d09b2b9dd60fa997c2d0e080beb5bbd8f",
	};
	struct state_proof proof;
	struct fixture f;
	struct hash expected;

	(void)unused;
	fifty_accounts(&f);
	proof = proof_of(&f, 0, 2);
	assert_int_equal(hex_to_hash(&expected, root, strlen(root)), OK);
	assert_memory_equal(&proof.root, &expected, sizeof expected);
	assert_int_equal(proof.depth, ARRAY_COUNT(siblings));
	for (u32 i = 0; i < proof.depth; i++) {
		assert_int_equal(hex_to_hash(&expected, siblings[i], strlen(siblings[i])), OK);
		assert_memory_equal(&proof.siblings[i], &expected, sizeof expected);
	}
	fixture_remove(&f);
}

static void the_empty_state_proves_absence(void **unused)
{
	struct state_proof proof;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(fixture_commit(&f), OK);
	proof = proof_of(&f, 0, 1);
	assert_false(proof.exists || proof.has_leaf);
	assert_int_equal(proof.depth, 0);
	assert_true(proves(&proof, 1, 0));
	assert_false(proves(&proof, 1, 1));
	fixture_remove(&f);
}

static void a_lone_record_proves_itself_and_the_absence_of_others(void **unused)
{
	struct state_proof proof;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	account_set(&f, 1, 7);
	assert_int_equal(fixture_commit(&f), OK);
	proof = proof_of(&f, 0, 1);
	assert_true(proof.exists);
	assert_int_equal(proof.depth, 0);
	assert_true(proves(&proof, 1, 7));
	proof = proof_of(&f, 0, 2);
	assert_true(proof.has_leaf && !proof.exists);
	assert_true(proves(&proof, 2, 0));
	assert_false(proves(&proof, 1, 0));
	fixture_remove(&f);
}

static void proofs_reach_as_far_back_as_views(void **unused)
{
	const struct record_key key = account_record_key(0);
	struct state_proof proof = { .depth = 99 };
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(store_proof(&proof, f.store, 0, record_key_bytes(&key)), ERR_NOT_FOUND);
	while (f.next <= HISTORY_BLOCKS + 200) {
		account_set(&f, 0, f.next + 1);
		account_set(&f, 1 + f.next % 9, f.next + 1);
		assert_int_equal(fixture_commit(&f), OK);
	}
	assert_int_equal(store_proof(&proof, f.store, f.next, record_key_bytes(&key)), ERR_NOT_FOUND);
	for (u64 height = 0; height < 200; height++)
		assert_int_equal(store_proof(&proof, f.store, height, record_key_bytes(&key)), ERR_PRUNED);
	assert_int_equal(proof.depth, 99);
	for (u64 height = 200; height < f.next; height++) {
		proof = proof_of(&f, height, 0);
		assert_true(proves(&proof, 0, height + 1));
		assert_false(proves(&proof, 0, height + 2));
	}
	fixture_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_account_at_every_height_is_proven),
		cmocka_unit_test(a_changed_proof_is_refused),
		cmocka_unit_test(anothers_proof_proves_nothing),
		cmocka_unit_test(an_ics23_proof_is_made_as_others_read_it),
		cmocka_unit_test(the_empty_state_proves_absence),
		cmocka_unit_test(a_lone_record_proves_itself_and_the_absence_of_others),
		cmocka_unit_test(proofs_reach_as_far_back_as_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
