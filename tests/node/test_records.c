#include <pthread.h>
#include <stdatomic.h>

#include "node/store/internal.h"
#include "tests/node/store_fixture.h"

#define ACCOUNTS 40
#define BLOCKS   160

/* Every block's state, remembered plainly. */
struct chronicle {
	u64 nonces[BLOCKS][ACCOUNTS];
};

static void block_random(struct fixture *f, struct chronicle *c, u64 *dice)
{
	u64 *now = c->nonces[f->next];
	u64 changes = dice_below(dice, 6);

	if (f->next > 0)
		memcpy(now, c->nonces[f->next - 1], sizeof c->nonces[0]);
	for (u64 i = 0; i < changes; i++) {
		u64 number = dice_below(dice, ACCOUNTS);
		u64 nonce = dice_below(dice, 3) == 0 ? 0 : 1 + dice_roll(dice) % 1000;

		account_set(f, number, nonce);
		now[number] = nonce;
	}
	assert_int_equal(fixture_commit(f), OK);
}

static void view_compare(struct fixture *f, const struct chronicle *c, u64 height)
{
	struct store_view view;

	assert_int_equal(store_view_at(&view, f->store, height), OK);
	for (u64 i = 0; i < ACCOUNTS; i++)
		assert_int_equal(account_seen(&view, i), c->nonces[height][i]);
}

/* Reads in between, so that the cache fills from every side. */
static void views_are_right(size_t cache_bytes, u64 seed)
{
	struct chronicle *c = calloc(1, sizeof *c);
	struct fixture f;
	u64 dice = seed;

	assert_non_null(c);
	fixture_open(&f, cache_bytes);
	while (f.next < BLOCKS) {
		block_random(&f, c, &dice);
		view_compare(&f, c, dice_below(&dice, f.next));
		if (dice_below(&dice, 40) == 0)
			fixture_reopen(&f, cache_bytes);
	}
	for (u64 height = 0; height < BLOCKS; height++)
		view_compare(&f, c, height);
	fixture_reopen(&f, cache_bytes);
	for (u64 height = BLOCKS; height-- > 0;)
		view_compare(&f, c, height);
	assert_null(store_failure(f.store));
	fixture_remove(&f);
	free(c);
}

static void every_height_shows_its_own_state(void **unused)
{
	(void)unused;
	views_are_right(64 * MEBI, 1);
	views_are_right(64 * MEBI, 2);
}

static void a_cache_without_room_changes_no_answer(void **unused)
{
	(void)unused;
	views_are_right(1, 3);
	views_are_right(200000, 4);
}

static void a_view_stays_while_blocks_go_by(void **unused)
{
	struct store_view view;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	account_set(&f, 1, 10);
	account_set(&f, 2, 20);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(store_view_at(&view, f.store, 0), OK);
	account_set(&f, 1, 11);
	account_set(&f, 2, 0);
	account_set(&f, 3, 33);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(account_seen(&view, 1), 10);
	assert_int_equal(account_seen(&view, 2), 20);
	assert_int_equal(account_seen(&view, 3), 0);
	assert_int_equal(account_seen(&f.view, 1), 11);
	assert_int_equal(account_seen(&f.view, 2), 0);
	assert_int_equal(account_seen(&f.view, 3), 33);
	fixture_remove(&f);
}

static void views_outside_the_history_are_refused(void **unused)
{
	struct store_view view = { NULL, 77 };
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(store_view_at(&view, f.store, 0), ERR_NOT_FOUND);
	while (f.next <= HISTORY_BLOCKS + 3) {
		account_set(&f, 0, f.next + 1);
		assert_int_equal(fixture_commit(&f), OK);
	}
	assert_int_equal(store_view_at(&view, f.store, f.next), ERR_NOT_FOUND);
	assert_int_equal(store_view_at(&view, f.store, 2), ERR_PRUNED);
	assert_int_equal(view.height, 77);
	assert_int_equal(store_view_at(&view, f.store, 3), OK);
	assert_int_equal(account_seen(&view, 0), 4);
	fixture_remove(&f);
}

/* One account changes in each block, another comes and goes. */
static void what_no_view_can_see_is_deleted(void **unused)
{
	const u64 kept = HISTORY_BLOCKS + PRUNE_SLACK;
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	while (f.next < kept + 100) {
		account_set(&f, 0, f.next + 1);
		account_set(&f, 1, f.next % 2);
		assert_int_equal(fixture_commit(&f), OK);
	}
	assert_int_equal(entries(&f, COLUMN_RECORDS), 1 + (f.next - 1) % 2);
	assert_int_equal(entries(&f, COLUMN_HISTORY), kept + kept / 2);
	assert_int_equal(entries(&f, COLUMN_STALE), kept);
	assert_int_equal(entries(&f, COLUMN_TREE), kept + 1);
	fixture_remove(&f);
}

/* -- readers beside the writer ------------------------------------------------------------ */

#define PARTS 64
#define WHOLE 100000

struct watch {
	struct store *store;
	_Atomic bool is_done;
	_Atomic u64 views;
	_Atomic u64 wrong;
};

/* The accounts of any block add up to the whole. */
static void *reader_run(void *context)
{
	struct watch *w = context;
	struct store_head head;
	struct store_view view;
	u64 dice = (u64)(uintptr_t)&head, sum, height;

	while (!atomic_load(&w->is_done)) {
		if (!store_head(w->store, &head))
			continue;
		height = head.header.number;
		if (dice_below(&dice, 4) == 0)
			height -= dice_below(&dice, 1 + (height < 20 ? height : 20));
		if (store_view_at(&view, w->store, height) != OK) {
			atomic_fetch_add(&w->wrong, 1);
			continue;
		}
		sum = 0;
		for (u64 i = 0; i < PARTS; i++)
			sum += account_seen(&view, i);
		atomic_fetch_add(&w->wrong, sum != WHOLE);
		atomic_fetch_add(&w->views, 1);
	}
	return NULL;
}

static void readers_see_whole_blocks(size_t cache_bytes, u64 blocks)
{
	u64 parts[PARTS] = { 0 }, dice = cache_bytes;
	pthread_t readers[2];
	struct watch watch = { 0 };
	struct fixture f;

	fixture_open(&f, cache_bytes);
	watch.store = f.store;
	for (size_t i = 0; i < ARRAY_COUNT(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, reader_run, &watch), 0);
	parts[0] = WHOLE;
	for (u64 n = 0; n < blocks; n++) {
		for (u64 from = 0; from < PARTS; from++) {
			u64 moved = dice_below(&dice, 3) == 0 ? parts[from] : parts[from] / 2;

			parts[from] -= moved;
			parts[dice_below(&dice, PARTS)] += moved;
		}
		for (u64 i = 0; i < PARTS; i++)
			account_set(&f, i, parts[i]);
		assert_int_equal(fixture_commit(&f), OK);
	}
	atomic_store(&watch.is_done, true);
	for (size_t i = 0; i < ARRAY_COUNT(readers); i++)
		pthread_join(readers[i], NULL);
	assert_int_equal(atomic_load(&watch.wrong), 0);
	assert_true(atomic_load(&watch.views) > 0);
	assert_null(store_failure(f.store));
	fixture_remove(&f);
}

static void readers_beside_the_writer_see_whole_blocks(void **unused)
{
	(void)unused;
	readers_see_whole_blocks(64 * MEBI, 600);
	readers_see_whole_blocks(100000, 250);
	readers_see_whole_blocks(1, 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_height_shows_its_own_state),
		cmocka_unit_test(a_cache_without_room_changes_no_answer),
		cmocka_unit_test(a_view_stays_while_blocks_go_by),
		cmocka_unit_test(views_outside_the_history_are_refused),
		cmocka_unit_test(what_no_view_can_see_is_deleted),
		cmocka_unit_test(readers_beside_the_writer_see_whole_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
