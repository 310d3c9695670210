#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "node/store/database.h"
#include "tests/node/store_fixture.h"

#define KILLS    20
#define ACCOUNTS 50

static void a_new_store_has_no_head(void **unused)
{
	struct store_head head;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_false(store_head(f.store, &head));
	fixture_reopen(&f, 0);
	assert_false(store_head(f.store, &head));
	fixture_remove(&f);
}

static void the_head_is_what_was_committed_last(void **unused)
{
	struct store_head before, after;
	struct hash rebuilt;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	for (u64 i = 0; i < 5; i++) {
		account_set(&f, i, i + 1);
		assert_int_equal(fixture_commit(&f), OK);
	}
	assert_true(store_head(f.store, &before));
	assert_int_equal(before.header.number, 4);
	assert_true(before.stamp > 1700000000000);
	fixture_reopen(&f, 0);
	assert_true(store_head(f.store, &after));
	header_hash(&rebuilt, &after.header); /* of all its fields */
	assert_memory_equal(&rebuilt, &before.hash, sizeof rebuilt);
	assert_memory_equal(&after.hash, &before.hash, sizeof after.hash);
	assert_int_equal(after.stamp, before.stamp);
	fixture_remove(&f);
}

static void a_staged_block_is_seen_by_nobody(void **unused)
{
	struct store_head head;
	struct hash root;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	account_set(&f, 1, 1);
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 1, 2);
	assert_int_equal(store_stage(f.store, &root, f.next, &f.state), OK);
	assert_true(store_head(f.store, &head));
	assert_int_equal(head.header.number, 0);
	assert_int_equal(account_seen(&f.view, 1), 1);
	fixture_reopen(&f, 0);
	assert_int_equal(f.next, 1);
	assert_int_equal(account_seen(&f.view, 1), 1);
	fixture_remove(&f);
}

static void a_chain_may_begin_above_zero(void **unused)
{
	struct store_view view;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	f.next = 100;
	account_set(&f, 1, 1);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(store_view_at(&view, f.store, 99), ERR_NOT_FOUND);
	fixture_reopen(&f, 0);
	assert_int_equal(f.next, 102);
	assert_int_equal(store_view_at(&view, f.store, 99), ERR_NOT_FOUND);
	assert_int_equal(store_view_at(&view, f.store, 100), OK);
	fixture_remove(&f);
}

static void named_blobs_are_kept_beside_the_chain(void **unused)
{
	const struct bytes text = { (const u8 *)"{\"chain\":1}", 11 };
	struct fixture f;
	u8 *value = NULL;
	size_t size = 5;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(store_meta_get(f.store, "genesis", &value, &size), ERR_NOT_FOUND);
	assert_int_equal(size, 5);
	assert_int_equal(store_meta_put(f.store, "genesis", text), OK);
	assert_int_equal(store_meta_put(f.store, "head", text), OK); /* not the store's own */
	fixture_reopen(&f, 0);
	assert_int_equal(f.next, 0);
	assert_int_equal(store_meta_get(f.store, "genesis", &value, &size), OK);
	assert_true(bytes_equal((struct bytes){ value, size }, text));
	free(value);
	fixture_remove(&f);
}

struct scanned {
	u64 count, sum, last, limit;
};

static bool scan_visit(void *context, const struct store_version *version)
{
	struct scanned *s = context;
	struct account account;
	u64 number;

	assert_int_equal(version->key.size, 1 + sizeof(struct account_key));
	assert_int_equal(version->value.size, sizeof account);
	memcpy(&account, version->value.at, sizeof account);
	number = load_be64(version->key.at + 1);
	assert_true(s->count == 0 || number > s->last);
	assert_int_equal(version->from, number == 8 ? 1 : 0);
	assert_true(version->until == UINT64_MAX);
	s->last = number;
	s->sum += account.nonce;
	return ++s->count < s->limit;
}

static void a_scan_visits_one_table_in_order(void **unused)
{
	struct scanned all = { .limit = 1000 }, some = { .limit = 3 };
	struct faucet_key faucet = { { { 0 } } };
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	for (u64 i = 0; i < 20; i++)
		account_set(&f, i, 100 + i);
	faucet_write(&f.state, &faucet, &(struct faucet){ 5 });
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 7, 0);
	account_set(&f, 8, 1);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(store_scan(f.store, TABLE_account, scan_visit, &all), OK);
	assert_int_equal(all.count, 19);
	assert_int_equal(all.sum, 20 * 100 + 190 - 107 - 108 + 1);
	assert_int_equal(store_scan(f.store, TABLE_account, scan_visit, &some), OK);
	assert_int_equal(some.count, 3);
	fixture_remove(&f);
}

struct past {
	u32 count;
	u64 number[4], nonce[4], from[4], until[4];
};

static bool past_visit(void *context, const struct store_version *version)
{
	struct past *p = context;
	struct account account;

	assert_int_equal(version->key.size, 1 + sizeof(struct account_key));
	assert_int_equal(version->value.size, sizeof account);
	memcpy(&account, version->value.at, sizeof account);
	assert_in_range(p->count, 0, 3);
	p->number[p->count] = load_be64(version->key.at + 1);
	p->nonce[p->count] = account.nonce;
	p->from[p->count] = version->from;
	p->until[p->count++] = version->until;
	return version->until < 4;
}

static void a_scan_of_the_past_tells_who_was_until_when(void **unused)
{
	static const u64 numbers[] = { 3, 3, 5, 9 }, nonces[] = { 30, 31, 50, 90 };
	static const u64 from[] = { 0, 1, 0, 0 }, until[] = { 1, 3, 2, 4 };
	struct faucet_key faucet = { { { 0 } } };
	struct past all = { 0 };
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	account_set(&f, 9, 90);
	account_set(&f, 3, 30);
	account_set(&f, 5, 50);
	account_set(&f, 7, 70);
	faucet_write(&f.state, &faucet, &(struct faucet){ 5 });
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 3, 31);
	faucet_write(&f.state, &faucet, &(struct faucet){ 6 });
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 5, 0);
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 3, 32);
	assert_int_equal(fixture_commit(&f), OK);
	account_set(&f, 9, 91);
	account_set(&f, 10, 100);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(store_scan_past(f.store, TABLE_account, past_visit, &all), OK);
	assert_int_equal(all.count, ARRAY_COUNT(numbers));
	assert_memory_equal(all.number, numbers, sizeof numbers);
	assert_memory_equal(all.nonce, nonces, sizeof nonces);
	assert_memory_equal(all.from, from, sizeof from);
	assert_memory_equal(all.until, until, sizeof until);
	fixture_remove(&f);
}

/* -- refusals ---------------------------------------------------------------------------- */

static enum err open_again(const char *path, char why[STORE_WHY_MAX])
{
	const struct store_options options = { .path = path, .is_test = true };
	struct store *store;

	return store_open(&store, &options, why);
}

static void a_store_in_use_is_busy(void **unused)
{
	char why[STORE_WHY_MAX] = "";
	struct fixture f;
	int status;
	pid_t child;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(open_again(f.path, why), ERR_BUSY);
	assert_non_null(strstr(why, f.path));
	child = run_again("open", f.path, -1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ERR_BUSY);
	fixture_remove(&f);
}

static void a_folder_that_cannot_be_made_is_an_io_error(void **unused)
{
	const struct store_options options = { .path = "/proc/nowhere/db", .is_test = true };
	char why[STORE_WHY_MAX] = "";
	struct store *store;

	(void)unused;
	assert_int_equal(store_open(&store, &options, why), ERR_IO);
	assert_non_null(strstr(why, "/proc/nowhere/db"));
}

/* Puts one entry behind the store's back. */
static void tamper(const struct fixture *f, enum column column, struct bytes key, struct bytes value)
{
	char why[DATABASE_WHY_MAX];
	struct database database;
	struct batch batch;

	assert_int_equal(database_open(&database, f->path, true, why), OK);
	batch_open(&batch, &database);
	batch_put(&batch, column, key, value);
	assert_int_equal(batch_write(&batch, why), OK);
	batch_close(&batch);
	database_close(&database);
}

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

static void damage_is_told_on_opening(void **unused)
{
	static const struct {
		enum column column;
		const char *key, *value, *why;
		size_t key_size, value_size;
	} rows[] = {
		{ COLUMN_META, "format", "\0\0\0\0\0\0\0\x09", "format 9", 6, 8 },
		{ COLUMN_META, "head", "\0\0\0\0\0\0\0\x63", "block 99", 4, 8 },
		{ COLUMN_META, "head", "short", "head is damaged", 4, 5 },
		{ COLUMN_BLOCKS, "\0\0\0\0\0\0\0\0\0", "garbage", "block 0 is damaged", 9, 7 },
		{ COLUMN_TREE, "\0\0\0\0\0\0\0\0", "\0\0\0\0", "another hash", 8, 4 },
		{ COLUMN_TREE, "\0\0\0\0\0\0\0\0", "\0\1\0\0", "damaged", 8, 4 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char why[STORE_WHY_MAX] = "";
		struct fixture f;

		fixture_open(&f, 0);
		account_set(&f, 1, 1);
		assert_int_equal(fixture_commit(&f), OK);
		fixture_close(&f);
		tamper(&f, rows[i].column, (struct bytes){ (const u8 *)rows[i].key, rows[i].key_size },
		       (struct bytes){ (const u8 *)rows[i].value, rows[i].value_size });
		assert_int_equal(open_again(f.path, why), ERR_CORRUPT);
		if (!strstr(why, rows[i].why))
			fail_msg("%zu: %s", i, why);
		fixture_remove(&f);
	}
}

/* A record of another size than its table says, and one of a block that does not exist. */
static void a_damaged_record_closes_the_store_for_writing(void **unused)
{
	static const struct {
		const char *value, *why;
	} rows[] = {
		{ "\0\0\0\0\0\0\0\0four", "table 2" },
		{ "\0\0\0\0\0\0\1\0four", "block 256" },
	};
	struct record_key key = account_record_key(1);

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct fixture f;
		struct hash root;

		fixture_open(&f, 0);
		account_set(&f, 1, 1);
		account_set(&f, 2, 2);
		assert_int_equal(fixture_commit(&f), OK);
		fixture_close(&f);
		tamper(&f, COLUMN_RECORDS, record_key_bytes(&key), (struct bytes){ (const u8 *)rows[i].value, 12 });
		fixture_open_at(&f, 0, true);
		assert_int_equal(account_seen(&f.view, 2), 2);
		assert_null(store_failure(f.store));
		assert_int_equal(account_seen(&f.view, 1), 0);
		assert_non_null(store_failure(f.store));
		assert_non_null(strstr(store_failure(f.store), rows[i].why));
		assert_int_equal(store_stage(f.store, &root, f.next, &f.state), ERR_IO);
		assert_int_equal(store_meta_put(f.store, "name", text_bytes("value")), ERR_IO);
		fixture_remove(&f);
	}
}

/* A disk that takes no more, played by a limit on the size of files. */
static void a_full_disk_closes_the_store_and_keeps_the_head(void **unused)
{
	struct rlimit limit = { 1 << 20, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	struct fixture f;
	struct hash root;
	u64 height = 0;
	enum err e = OK;

	(void)unused;
	signal(SIGXFSZ, SIG_IGN);
	fixture_open(&f, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	while (e == OK && f.next < 1000) {
		for (u64 i = 0; i < 200; i++)
			account_set(&f, i, f.next + 1);
		height = f.next;
		e = fixture_commit(&f);
	}
	setrlimit(RLIMIT_FSIZE, &none);
	assert_int_equal(e, ERR_FULL);
	assert_int_equal(f.next, height); /* the refused block is not the head */
	assert_non_null(store_failure(f.store));
	assert_int_equal(store_stage(f.store, &root, f.next, &f.state), ERR_IO);
	for (u64 i = 0; i < 200; i++)
		assert_int_equal(account_seen(&f.view, i), height);
	fixture_reopen(&f, 0);
	assert_int_equal(f.next, height);
	for (u64 i = 0; i < 200; i++)
		assert_int_equal(account_seen(&f.view, i), height);
	account_set(&f, 0, 1);
	assert_int_equal(fixture_commit(&f), OK);
	fixture_remove(&f);
}

/* -- kill -9 ---------------------------------------------------------------------------- */

/* Block h sets each account to a number that follows from h. */
static u64 nonce_at(u64 number, u64 height)
{
	u64 dice = number * 1000003 + height;

	return dice_roll(&dice) % 4 == 0 ? 0 : 1 + height;
}

static void commit_forever(const char *path, int acknowledge)
{
	struct fixture f = { 0 };

	snprintf(f.path, sizeof f.path, "%s", path);
	fixture_open_at(&f, 0, false);
	for (;;) {
		u64 height = f.next;

		for (u64 i = 0; i < ACCOUNTS; i++)
			account_set(&f, i, nonce_at(i, height));
		if (fixture_commit(&f) != OK || write(acknowledge, &height, sizeof height) != sizeof height)
			_exit(1);
	}
}

/* Starts a child, kills it after some blocks and some more microseconds; the last height
 * that it acknowledged, or before if none. */
static u64 run_and_kill(const struct fixture *f, u64 *dice, u64 before)
{
	u64 height, last = before, blocks = 1 + dice_below(dice, 4);
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = run_again("commit", f->path, ends[1]);
	close(ends[1]);
	while (blocks-- > 0 && read(ends[0], &height, sizeof height) == sizeof height)
		last = height;
	usleep((useconds_t)dice_below(dice, 3000));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], &height, sizeof height) == sizeof height)
		last = height;
	close(ends[0]);
	return last;
}

static void a_killed_node_keeps_what_it_acknowledged(void **unused)
{
	u64 dice = (u64)getpid(), acknowledged = 0;
	struct fixture f;

	(void)unused;
	print_message("seed %llu\n", (unsigned long long)dice);
	fixture_folder(&f);
	for (unsigned i = 0; i < KILLS; i++) {
		u64 nonces[ACCOUNTS], head;
		struct hash root, expected;

		acknowledged = run_and_kill(&f, &dice, acknowledged);
		fixture_open_at(&f, 0, true);
		assert_true(f.has_head);
		head = f.next - 1;
		assert_true(head >= acknowledged);
		assert_true(head <= acknowledged + 1);
		for (u64 j = 0; j < ACCOUNTS; j++) {
			nonces[j] = nonce_at(j, head);
			assert_int_equal(account_seen(&f.view, j), nonces[j]);
		}
		root = fixture_root(&f);
		expected = accounts_root(nonces, ACCOUNTS);
		assert_memory_equal(&root, &expected, sizeof root);
		if (i < KILLS - 1)
			fixture_close(&f);
	}
	fixture_remove(&f);
}

int main(int argc, char **argv)
{
	char why[STORE_WHY_MAX];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_node_keeps_what_it_acknowledged),
		cmocka_unit_test(a_new_store_has_no_head),
		cmocka_unit_test(the_head_is_what_was_committed_last),
		cmocka_unit_test(a_staged_block_is_seen_by_nobody),
		cmocka_unit_test(a_chain_may_begin_above_zero),
		cmocka_unit_test(named_blobs_are_kept_beside_the_chain),
		cmocka_unit_test(a_scan_visits_one_table_in_order),
		cmocka_unit_test(a_scan_of_the_past_tells_who_was_until_when),
		cmocka_unit_test(a_store_in_use_is_busy),
		cmocka_unit_test(a_folder_that_cannot_be_made_is_an_io_error),
		cmocka_unit_test(damage_is_told_on_opening),
		cmocka_unit_test(a_damaged_record_closes_the_store_for_writing),
		cmocka_unit_test(a_full_disk_closes_the_store_and_keeps_the_head),
	};

	if (argc != 4) /* as run_again starts it */
		return cmocka_run_group_tests(tests, NULL, NULL);
	if (strcmp(argv[1], "open") == 0)
		return (int)open_again(argv[2], why);
	commit_forever(argv[2], atoi(argv[3]));
}
