/* How far back states reach, as it was set; also after it was set to something else, and after a kill while what is
 * beyond is deleted. */

#include "tests/node/chain_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "node/store/internal.h"

/* Every state from oldest to the head can be read, and is right; none before can. */
static void check_reach(struct fixture *f, u64 oldest)
{
	struct store_view view;

	assert_int_equal(store_oldest(f->store).state, oldest);
	if (oldest > 0)
		assert_int_equal(store_view_at(&view, f->store, oldest - 1), ERR_PRUNED);
	for (u64 height = oldest; height < f->next; height++)
		check_state(f, height);
}

static void assert_bytes_equal(struct bytes a, struct bytes b)
{
	assert_int_equal(a.size, b.size);
	assert_memory_equal(a.at, b.at, a.size);
}

/* Two stores have the same in every column that knows of states. */
static void assert_same_contents(struct fixture *a, struct fixture *b)
{
	static const enum column columns[] = { COLUMN_META, COLUMN_RECORDS, COLUMN_HISTORY, COLUMN_TREE, COLUMN_STALE, COLUMN_PREIMAGES };
	const struct bytes all = { NULL, 0 };
	char why[DATABASE_WHY_MAX];
	struct cursor x, y;

	for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
		cursor_open(&x, &a->store->database, columns[i], all, all);
		cursor_open(&y, &b->store->database, columns[i], all, all);
		for (; cursor_is_valid(&x) && cursor_is_valid(&y); cursor_next(&x), cursor_next(&y)) {
			assert_bytes_equal(cursor_key(&x), cursor_key(&y));
			assert_bytes_equal(cursor_value(&x), cursor_value(&y));
		}
		assert_int_equal(cursor_is_valid(&x), cursor_is_valid(&y));
		assert_int_equal(cursor_close(&x, why), OK);
		assert_int_equal(cursor_close(&y, why), OK);
	}
}

/* The store is as one that has had this history from its first block on. */
static void check_contents(struct fixture *f, u64 history)
{
	struct fixture twin;

	fixture_folder(&twin);
	open_chain(&twin, history);
	make_blocks_to(&twin, f->next - 1);
	assert_same_contents(f, &twin);
	fixture_remove(&twin);
}

static void as_many_states_can_be_read_as_was_set(void **unused)
{
	static const u64 histories[] = { 1, 30, 256, 299, 300, 400, HISTORY_ALL };
	struct fixture f;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(histories); i++) {
		fixture_folder(&f);
		open_chain(&f, histories[i]);
		assert_int_equal(store_history(f.store), histories[i]);
		make_blocks_to(&f, 300);
		check_reach(&f, histories[i] < 300 ? 300 - histories[i] : 0);
		reopen_chain(&f, histories[i]);
		check_reach(&f, histories[i] < 300 ? 300 - histories[i] : 0);
		fixture_remove(&f);
	}
}

static void what_was_not_set_is_a_thousand_blocks(void **unused)
{
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	assert_int_equal(store_history(f.store), 1024);
	fixture_remove(&f);
}

static void pruning_after_it_became_shorter_is_pruning_as_it_went(void **unused)
{
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, HISTORY_ALL);
	make_blocks_to(&f, 500);
	reopen_chain(&f, 20);
	check_reach(&f, 480); /* at once */
	make_blocks_to(&f, 510);
	check_reach(&f, 490);
	check_contents(&f, 20);
	reopen_chain(&f, 5);
	make_blocks_to(&f, 512);
	check_contents(&f, 5);
	fixture_remove(&f);
}

static void a_longer_history_reaches_back_as_far_as_states_are_there(void **unused)
{
	const u64 kept = 300 - 20 - PRUNE_SLACK;
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 20);
	make_blocks_to(&f, 300);
	reopen_chain(&f, 2000);
	check_reach(&f, kept);
	make_blocks_to(&f, 400);
	check_reach(&f, kept);
	reopen_chain(&f, HISTORY_ALL);
	check_reach(&f, kept);
	reopen_chain(&f, 150);
	check_reach(&f, 400 - 150);
	make_blocks_to(&f, 300 + 150 + PRUNE_SLACK);
	check_reach(&f, 300 + PRUNE_SLACK);
	check_contents(&f, 150);
	fixture_remove(&f);
}

/* So many accounts in each block, all of which the one before wrote. */
static void crowded_blocks(struct fixture *f, u64 accounts, u64 count)
{
	for (u64 end = f->next + count; f->next < end;) {
		for (u64 i = 0; i < accounts; i++)
			account_set(f, i, f->next + 1);
		assert_int_equal(fixture_commit(f), OK);
	}
}

/* How many blocks' leavings the next block deletes, itself without changes. */
static size_t lists_deleted(struct fixture *f)
{
	size_t before = entries(f, COLUMN_STALE);

	assert_int_equal(fixture_commit(f), OK);
	return before + 1 - entries(f, COLUMN_STALE);
}

static void no_block_deletes_all_of_a_long_history(void **unused)
{
	static const u64 accounts[] = { 200, PRUNE_WRITES_MAX + 1 };
	struct fixture f;
	size_t deleted;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(accounts); i++) {
		fixture_folder(&f);
		open_chain(&f, HISTORY_ALL);
		crowded_blocks(&f, accounts[i], 40);
		crowded_blocks(&f, 1, PRUNE_SLACK);
		reopen_chain(&f, 1);
		/* A block superseded a record and some nodes for each account. */
		deleted = lists_deleted(&f);
		if (i == 0)
			assert_in_range(deleted, 5, PRUNE_WRITES_MAX / 200 + 1);
		else
			assert_int_equal(deleted, PRUNE_LISTS_MIN);
		for (int turns = 0; entries(&f, COLUMN_STALE) > 1 + PRUNE_SLACK; turns++) {
			assert_in_range(turns, 0, 40);
			(void)lists_deleted(&f);
		}
		assert_int_equal(lists_deleted(&f), 1);
		fixture_remove(&f);
	}
}

static void a_chain_can_go_back_while_its_history_is_deleted(void **unused)
{
	const u64 long_ago = 30, accounts = 200;
	struct fixture f;
	u64 kept;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, HISTORY_ALL);
	crowded_blocks(&f, accounts, 200);
	reopen_chain(&f, 10);
	assert_int_equal(fixture_commit(&f), OK);
	kept = f.store->kept;
	assert_in_range(kept, 1, 190 - PRUNE_SLACK - 1); /* it is not done */
	assert_int_equal(store_rollback(f.store, kept - 1), ERR_PRUNED);
	go_back(&f, kept + long_ago);
	assert_int_equal(store_oldest(f.store).state, kept + long_ago - 10);
	for (u64 i = 0; i < accounts; i++)
		assert_int_equal(account_seen(&f.view, i), kept + long_ago + 1);
	reopen_chain(&f, HISTORY_ALL);
	assert_int_equal(store_oldest(f.store).state, kept);
	go_back(&f, kept);
	assert_int_equal(account_seen(&f.view, 7), kept + 1);
	crowded_blocks(&f, accounts, 5);
	assert_int_equal(store_oldest(f.store).state, kept);
	fixture_remove(&f);
}

static void a_chain_that_went_back_is_pruned_as_one_that_did_not(void **unused)
{
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 100);
	make_blocks_to(&f, 250);
	go_back(&f, 200);
	make_blocks_to(&f, 300);
	check_reach(&f, 200);
	check_contents(&f, 100);
	fixture_remove(&f);
}

/* -- kills ----------------------------------------------------------------------------------- */

#define KILL_BLOCKS 1500
#define KILL_HEIGHT (KILL_BLOCKS + 400)

/* Deletes a long history, a bit of it with each block, and says of every block that it is there. */
static void shrinking(const char *path, int told)
{
	struct fixture f;

	memset(&f, 0, sizeof f);
	(void)snprintf(f.path, sizeof f.path, "%s", path);
	open_chain(&f, 20);
	for (;;) {
		make_block(&f);
		if (write(told, "", 1) != 1)
			_exit(1);
	}
}

/* Kills it in the middle of what comes after so many blocks. */
static void kill_after(struct fixture *f, u64 blocks)
{
	int ends[2], status;
	pid_t child;
	char byte;

	assert_int_equal(pipe(ends), 0);
	child = run_again("shrinking", f->path, ends[1]);
	assert_true(child >= 0);
	assert_int_equal(close(ends[1]), 0);
	for (u64 i = 0; i < blocks; i++)
		assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(close(ends[0]), 0);
}

static void a_kill_while_a_history_is_deleted_leaves_what_is_claimed(void **unused)
{
	struct fixture f;
	u64 dice = 11, kept = 0, head = KILL_BLOCKS;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, HISTORY_ALL);
	make_blocks_to(&f, KILL_BLOCKS);
	for (unsigned round = 0; round < 5; round++) {
		fixture_close(&f);
		kill_after(&f, 1 + dice_below(&dice, 2));
		open_chain(&f, HISTORY_ALL); /* what is not yet deleted is there again */
		assert_true(f.next > head + 1 && f.store->kept > kept);
		head = f.next - 1;
		kept = f.store->kept;
		check_reach(&f, kept);
	}
	reopen_chain(&f, 20);
	make_blocks_to(&f, KILL_HEIGHT);
	check_reach(&f, KILL_HEIGHT - 20);
	check_contents(&f, 20);
	fixture_remove(&f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_states_can_be_read_as_was_set),
		cmocka_unit_test(what_was_not_set_is_a_thousand_blocks),
		cmocka_unit_test(pruning_after_it_became_shorter_is_pruning_as_it_went),
		cmocka_unit_test(a_longer_history_reaches_back_as_far_as_states_are_there),
		cmocka_unit_test(no_block_deletes_all_of_a_long_history),
		cmocka_unit_test(a_chain_can_go_back_while_its_history_is_deleted),
		cmocka_unit_test(a_chain_that_went_back_is_pruned_as_one_that_did_not),
		cmocka_unit_test(a_kill_while_a_history_is_deleted_leaves_what_is_claimed),
	};

	if (argc == 4) /* as run_again starts it */
		shrinking(argv[2], atoi(argv[3]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
