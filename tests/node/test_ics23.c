/* Without arguments: what the store proves is, byte by byte, what an ICS-23 verifier has accepted.
 * `proofs` prints some thousand proofs for such a verifier, `vectors` those that are kept in
 * ics23/vectors.txt; ics23/README.md tells how both are checked.  A line is
 *
 *     state root, key, value or "-" for absence, proof              in hexadecimal */

#include "node/store/ics23.h"
#include "base/hex.h"
#include "tests/node/store_fixture.h"

#define TRIES_MAX 200000 /* for a key outside all others */
#define LINE_MAX  (2 * (32 + TABLE_KEY_MAX + TABLE_VALUE_MAX + ICS23_PROOF_MAX) + 16)

/* One state, and what is asked of it at every height. */
struct question {
	u64 accounts;  /* numbered from 0 */
	u64 balances;  /* records of another table, with longer keys and shorter values */
	u64 blocks;    /* after the first, each changes and removes some accounts */
	u64 presences; /* random accounts, there or not */
	u64 absences;  /* random accounts that never were */
	u64 there[4];  /* and some that are hard to tell apart: put in ... */
	u64 asked[4];  /* ... and asked for */
};

/* The hard ones were found by trying all numbers below 2^24.  SHA-256 of the keys agrees in
 *     47 bits: 4311552, 9814941      36 bits: 1010248 < 2250223 < 10315235
 *     46 bits: 5812300, 4985764      30 bits: 16197231 < 12673530 < 14066322 < 2127463 */
static const struct question kept[] = {
	{ .accounts = 1, .blocks = 1, .presences = 1, .absences = 2 },
	{ .accounts = 2, .blocks = 1, .presences = 2, .absences = 1 },
	{ .accounts = 5, .balances = 2, .blocks = 2, .presences = 2, .absences = 1 },
	{ .accounts = 60, .blocks = 1, .presences = 2, .absences = 2 },
	{ .accounts = 3, .blocks = 1, .there = { 4311552, 9814941 }, .asked = { 9814941 } },
	{ .accounts = 3, .blocks = 1, .there = { 1010248, 10315235 }, .asked = { 2250223 } },
};

static const struct question many[] = {
	{ .accounts = 1, .blocks = 3, .presences = 3, .absences = 40 },
	{ .accounts = 2, .blocks = 6, .presences = 4, .absences = 30 },
	{ .accounts = 3, .blocks = 6, .presences = 6, .absences = 30 },
	{ .accounts = 5, .balances = 5, .blocks = 6, .presences = 10, .absences = 30 },
	{ .accounts = 16, .blocks = 6, .presences = 30, .absences = 30 },
	{ .accounts = 17, .balances = 3, .blocks = 6, .presences = 30, .absences = 30 },
	{ .accounts = 100, .balances = 20, .blocks = 8, .presences = 60, .absences = 60 },
	{ .accounts = 1000, .blocks = 4, .presences = 150, .absences = 150 },
	{ .accounts = 5000, .balances = 100, .blocks = 4, .presences = 200, .absences = 200 },
	{ .blocks = 1, .there = { 4311552, 9814941 }, .asked = { 4311552, 9814941, 1, 2 } },
	{ .accounts = 50, .blocks = 3, .there = { 4311552, 5812300 }, .asked = { 4311552, 9814941, 5812300, 4985764 } },
	{ .accounts = 50, .blocks = 3, .there = { 9814941, 4985764 }, .asked = { 4311552, 9814941, 5812300, 4985764 } },
	{ .blocks = 1, .there = { 1010248, 10315235 }, .asked = { 1010248, 2250223, 10315235, 3 } },
	{ .accounts = 300, .blocks = 3, .there = { 1010248, 10315235 }, .asked = { 1010248, 2250223, 10315235 } },
	{ .accounts = 300, .blocks = 3, .there = { 16197231, 2127463 }, .asked = { 16197231, 12673530, 14066322, 2127463 } },
	{ .accounts = 9, .blocks = 3, .there = { 12673530, 14066322 }, .asked = { 16197231, 12673530, 14066322, 2127463 } },
};

/* -- asking ------------------------------------------------------------------------------------- */

struct asker {
	struct fixture f;
	u64 height, dice;
	void (*visit)(void *context, const char *line);
	void *context;
};

static void line_add(char **at, struct bytes in)
{
	*at += hex_from_bytes(*at, in);
	*(*at)++ = ' ';
}

static void line_visit(struct asker *a, const struct hash *root, struct bytes key, struct bytes value,
		       struct bytes proof)
{
	static char line[LINE_MAX];
	char *at = line;

	line_add(&at, (struct bytes){ root->bytes, sizeof *root });
	line_add(&at, key);
	if (value.at)
		line_add(&at, value);
	else
		at = stpcpy(at, "- ");
	line_add(&at, proof);
	at[-1] = '\0';
	a->visit(a->context, line);
}

/* Proves that the key has a record, or that it has none.  Nothing is visited in an empty state. */
static void ask(struct asker *a, struct bytes key)
{
	static struct absence_proof absence;
	static struct state_proof proof;
	struct store_view view;
	static u8 out[ICS23_PROOF_MAX];
	u8 value[TABLE_VALUE_MAX];
	size_t size = table_info(key.at[0])->value_size;

	assert_int_equal(store_proof(&proof, a->f.store, a->height, key), OK);
	if (proof.exists) {
		assert_int_equal(store_view_at(&view, a->f.store, a->height), OK);
		assert_true(store_view_read(&view, key, value, size));
		line_visit(a, &proof.root, key, (struct bytes){ value, size },
			   ics23_presence(out, &proof, key, (struct bytes){ value, size }));
		return;
	}
	assert_int_equal(store_absence(&absence, a->f.store, a->height, key), OK);
	if (absence.left.is_there || absence.right.is_there)
		line_visit(a, &proof.root, key, (struct bytes){ NULL, 0 }, ics23_absence(out, &absence, key));
}

static void ask_account(struct asker *a, u64 number)
{
	struct record_key key = account_record_key(number);

	ask(a, record_key_bytes(&key));
}

static void ask_balance(struct asker *a, u64 number)
{
	struct balance_key balance = { (u16)number, account_numbered(number).owner };
	u8 key[1 + sizeof balance] = { TABLE_balance };

	memcpy(key + 1, &balance, sizeof balance);
	ask(a, (struct bytes){ key, sizeof key });
}

/* An absent key before all others, and one after them. */
static void ask_outermost(struct asker *a)
{
	static struct absence_proof p;
	bool is_first = false, is_last = false;

	for (u64 i = 0; i < TRIES_MAX && (!is_first || !is_last); i++) {
		struct record_key key = account_record_key(((u64)1 << 40) + i);

		assert_int_equal(store_absence(&p, a->f.store, a->height, record_key_bytes(&key)), OK);
		if ((!is_first && !p.left.is_there) || (!is_last && !p.right.is_there))
			ask(a, record_key_bytes(&key));
		is_first |= !p.left.is_there;
		is_last |= !p.right.is_there;
	}
	assert_true(is_first && is_last);
}

static void balance_set(struct fixture *f, u64 number)
{
	const struct balance_key key = { (u16)number, account_numbered(number).owner };
	const struct balance balance = { u256_from_u64(number + 1) };

	balance_write(&f->state, &key, &balance);
}

static void block_make(struct asker *a, const struct question *q)
{
	struct fixture *f = &a->f;

	for (u64 i = 0; f->next == 0 && i < q->accounts; i++)
		account_set(f, i, i + 1);
	for (u64 i = 0; f->next == 0 && i < q->balances; i++)
		balance_set(f, i);
	for (size_t i = 0; f->next == 0 && i < ARRAY_COUNT(q->there); i++)
		if (q->there[i] > 0)
			account_set(f, q->there[i], i + 1);
	for (u64 i = 0; f->next > 0 && i < 1 + q->accounts / 4; i++) {
		u64 number = dice_below(&a->dice, q->accounts), nonce = dice_below(&a->dice, 1000);

		account_set(f, number, nonce % 3 == 0 ? 0 : nonce);
	}
	assert_int_equal(fixture_commit(f), OK);
}

static void question_ask(struct asker *a, const struct question *q)
{
	fixture_open(&a->f, 0);
	a->dice = q->accounts + 1;
	while (a->f.next < q->blocks)
		block_make(a, q);
	for (a->height = 0; a->height < q->blocks; a->height++) {
		for (u64 i = 0; i < q->presences; i++)
			ask_account(a, dice_below(&a->dice, q->accounts));
		for (u64 i = 0; i < q->absences; i++)
			ask_account(a, ((u64)1 << 32) + dice_below(&a->dice, (u64)1 << 32));
		for (u64 i = 0; i < q->balances; i++)
			ask_balance(a, i);
		for (size_t i = 0; i < ARRAY_COUNT(q->asked); i++)
			if (q->asked[i] > 0)
				ask_account(a, q->asked[i]);
	}
	a->height = 0; /* where nothing has been removed yet */
	ask_outermost(a);
	fixture_remove(&a->f);
}

static void questions_ask(const struct question *questions, size_t count, void (*visit)(void *context, const char *line),
			  void *context)
{
	struct asker a = { .visit = visit, .context = context };

	for (size_t i = 0; i < count; i++)
		question_ask(&a, &questions[i]);
}

/* -- printing ----------------------------------------------------------------------------------- */

static void print_line(void *context, const char *line)
{
	(void)context;
	puts(line);
}

/* -- the tests ---------------------------------------------------------------------------------- */

static void compare_line(void *context, const char *line)
{
	static char kept_line[LINE_MAX];

	assert_non_null(fgets(kept_line, sizeof kept_line, context));
	kept_line[strcspn(kept_line, "\n")] = '\0';
	assert_string_equal(line, kept_line);
}

/* Run from the top of the tree. */
static void proofs_are_those_that_a_verifier_accepted(void **unused)
{
	FILE *vectors = fopen("tests/node/ics23/vectors.txt", "r");

	(void)unused;
	assert_non_null(vectors);
	questions_ask(kept, ARRAY_COUNT(kept), compare_line, vectors);
	assert_int_equal(fgetc(vectors), EOF);
	fclose(vectors);
}

/* As deep as the tree can be: what the bound of the buffer is for. */
static void the_longest_proof_fits(void **unused)
{
	static struct absence_proof absence;
	static u8 out[ICS23_PROOF_MAX];
	struct absence_neighbor *n = &absence.left;
	struct bytes proof;

	(void)unused;
	n->is_there = n->proof.exists = n->proof.has_leaf = true;
	n->proof.depth = PROOF_DEPTH_MAX;
	n->key_size = TABLE_KEY_MAX;
	n->value_size = TABLE_VALUE_MAX;
	absence.right = absence.left;
	proof = ics23_absence(out, &absence, (struct bytes){ n->key, n->key_size });
	assert_true(proof.at >= out && proof.at + proof.size == out + sizeof out);
	/* CommitmentProof.nonexist, of a size in three bytes that is the rest. */
	assert_int_equal(proof.at[0], 2 << 3 | 2);
	assert_int_equal((proof.at[1] & 127) | (proof.at[2] & 127) << 7 | proof.at[3] << 14, proof.size - 4);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_are_those_that_a_verifier_accepted),
		cmocka_unit_test(the_longest_proof_fits),
	};

	if (argc == 2 && !strcmp(argv[1], "proofs"))
		questions_ask(many, ARRAY_COUNT(many), print_line, NULL);
	else if (argc == 2 && !strcmp(argv[1], "vectors"))
		questions_ask(kept, ARRAY_COUNT(kept), print_line, NULL);
	else
		return cmocka_run_group_tests(tests, NULL, NULL);
	return 0;
}
