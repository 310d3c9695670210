#include <stdio.h>
#include <unistd.h>

#include "node/file.h"
#include "node/mempool_file.h"
#include "tests/node/pool_fixture.h"

static void assert_counts(struct mempool *m, u64 pending, u64 queued)
{
	assert_int_equal(mempool_counts(m).pending, pending);
	assert_int_equal(mempool_counts(m).queued, queued);
}

static struct bytes read_saved(u8 **at)
{
	char path[PATH_SIZE];
	size_t size;

	assert_int_equal(path_join(path, folder, MEMPOOL_FILE), OK);
	assert_int_equal(file_read(at, &size, path, MEMPOOL_FILE_SIZE_MAX), OK);
	return (struct bytes){ *at, size };
}

static void a_pool_comes_back_as_it_was(void **unused)
{
	struct mempool *m = make_pool(0), *again;
	struct mempool_loaded loaded;

	(void)unused;
	for (u64 nonce = 0; nonce < 100; nonce++)
		assert_int_equal(send(m, 0, nonce, 1), OK);
	assert_int_equal(send(m, 1, 3, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	mempool_free(m);
	again = make_pool(0);
	assert_int_equal(mempool_load(again, &loaded, folder), OK);
	assert_int_equal(loaded.admitted, 101);
	assert_int_equal(loaded.refused, 0);
	assert_counts(again, 100, 1);
	mempool_free(again);
}

/* What was admitted once need not be payable with the others, nor be close to them. */
static void what_the_balance_did_not_reach_waits_on(void **unused)
{
	u64 cost = (u64)GAS * FEE;
	struct mempool *m = make_pool(0), *again;
	struct mempool_loaded loaded;

	(void)unused;
	for (u64 nonce = 0; nonce < 80; nonce++)
		assert_int_equal(send(m, 0, nonce, 0), OK);
	commit(m, 0, 0, u256_from_u64(4 * cost));
	assert_counts(m, 4, 76);
	assert_int_equal(mempool_save(m, folder), OK);
	mempool_free(m);
	again = make_pool(0);
	accounts[0].balance = u256_from_u64(4 * cost);
	assert_int_equal(mempool_load(again, &loaded, folder), OK);
	assert_int_equal(loaded.admitted, 80);
	assert_counts(again, 4, 76);
	assert_int_equal(mempool_nonce(again, &owners[0]), 4);
	mempool_free(again);
}

static void a_smaller_pool_keeps_the_dearest(void **unused)
{
	struct mempool *m = make_pool(0), *again;
	struct mempool_loaded loaded;
	struct pooled *list[64];

	(void)unused;
	assert_int_equal(send(m, 0, 5, 900), OK);
	for (u32 i = 1; i < 10; i++)
		assert_int_equal(send(m, i, 0, i), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	mempool_free(m);
	again = make_pool(3);
	assert_int_equal(mempool_load(again, &loaded, folder), OK);
	assert_int_equal(loaded.admitted + loaded.refused, 10);
	assert_counts(again, 3, 0);
	assert_int_equal(choose(again, list), 3);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(u256_low64(&list[i]->tx.max_tip), 9 - i);
	release(list, 3);
	mempool_free(again);
}

static void what_was_spent_meanwhile_is_refused_one_by_one(void **unused)
{
	struct mempool *m = make_pool(0), *again;
	struct mempool_loaded loaded;

	(void)unused;
	for (u64 nonce = 0; nonce < 4; nonce++)
		assert_int_equal(send(m, 0, nonce, 1), OK);
	assert_int_equal(send(m, 1, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	mempool_free(m);
	again = make_pool(0);
	accounts[0].nonce = 3;
	accounts[1].balance = U256_ZERO;
	assert_int_equal(mempool_load(again, &loaded, folder), OK);
	assert_int_equal(loaded.admitted, 1);
	assert_int_equal(loaded.refused, 4);
	assert_counts(again, 1, 0);
	mempool_free(again);
}

static void an_empty_pool_leaves_no_file(void **unused)
{
	struct mempool *m = make_pool(0);
	struct mempool_loaded loaded;

	(void)unused;
	assert_int_equal(mempool_save(m, folder), OK);
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	assert_true(file_exists(folder, MEMPOOL_FILE));
	mempool_clear(m);
	assert_int_equal(mempool_save(m, folder), OK);
	assert_false(file_exists(folder, MEMPOOL_FILE));
	assert_int_equal(mempool_load(m, &loaded, folder), ERR_NOT_FOUND);
	mempool_free(m);
}

/* A file that is full leaves out what waits for others. */
static void what_is_pending_is_saved_first(void **unused)
{
	struct mempool *m = make_pool(0);
	struct bytes whole, raw;
	struct rlp all, items;
	struct tx tx;
	u8 *at;

	(void)unused;
	assert_int_equal(send(m, 0, 9, 1), OK);
	assert_int_equal(send(m, 1, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	whole = read_saved(&at);
	rlp_init(&all, whole);
	assert_int_equal(rlp_read_list(&all, &items), OK);
	assert_int_equal(rlp_read_string(&items, &raw), OK);
	assert_int_equal(tx_decode(&tx, raw, CHAIN), OK);
	assert_int_equal(tx.nonce, 0);
	free(at);
	mempool_free(m);
}

static void calls_of_the_oracle_are_left_out(void **unused)
{
	struct draft oracle = oracle_call(1, 0, 0);
	struct mempool *m = make_pool(0), *again;
	struct mempool_loaded loaded;

	(void)unused;
	assert_int_equal(submit(m, &oracle, NULL), OK);
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	mempool_free(m);
	again = make_pool(0);
	assert_int_equal(mempool_load(again, &loaded, folder), OK);
	assert_int_equal(loaded.admitted, 1);
	mempool_free(again);
}

/* Cut off anywhere, or with any one byte changed: never more than a refusal. */
static void a_torn_file_admits_nothing(void **unused)
{
	struct mempool *m = make_pool(0), *again = make_pool(0);
	struct mempool_loaded loaded;
	struct bytes whole;
	u8 *at;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 1, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	whole = read_saved(&at);
	for (size_t size = 0; size < whole.size; size++) {
		assert_int_equal(file_write(folder, MEMPOOL_FILE, (struct bytes){ whole.at, size }), OK);
		assert_int_equal(mempool_load(again, &loaded, folder), ERR_CORRUPT);
		assert_counts(again, 0, 0);
	}
	free(at);
	mempool_free(m);
	mempool_free(again);
}

static void a_changed_byte_costs_that_transaction_at_most(void **unused)
{
	struct mempool *m = make_pool(0);
	struct mempool_loaded loaded;
	struct bytes whole;
	u8 *at;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(mempool_save(m, folder), OK);
	whole = read_saved(&at);
	for (size_t i = 0; i < whole.size; i++) {
		struct mempool *again = make_pool(0);
		enum err e;

		at[i] ^= 0x40;
		assert_int_equal(file_write(folder, MEMPOOL_FILE, whole), OK);
		e = mempool_load(again, &loaded, folder);
		assert_true(e == OK || e == ERR_CORRUPT);
		/* Whatever key the changed signature has, it owns nothing. */
		assert_counts(again, 0, 0);
		at[i] ^= 0x40;
		mempool_free(again);
	}
	free(at);
	mempool_free(m);
}

static void garbage_and_giants_are_refused(void **unused)
{
	static const struct {
		u8 bytes[4];
		size_t size;
		enum err e;
	} files[] = {
		{ { 0x80 }, 1, ERR_CORRUPT },
		{ { 'j', 'u', 'n', 'k' }, 4, ERR_CORRUPT },
		{ { 0xc1, 0xc0 }, 2, ERR_CORRUPT }, /* a list in the list */
		{ { 0xc0, 0x00 }, 2, ERR_CORRUPT }, /* something behind it */
		{ { 0xc1, 0x80 }, 2, OK },          /* an empty transaction */
		{ { 0xc3, 0x82, 2, 0xc0 }, 4, OK }, /* no transaction */
	};
	struct mempool *m = make_pool(0);
	struct mempool_loaded loaded;
	char path[PATH_SIZE];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		assert_int_equal(file_write(folder, MEMPOOL_FILE, (struct bytes){ files[i].bytes, files[i].size }), OK);
		assert_int_equal(mempool_load(m, &loaded, folder), files[i].e);
		if (files[i].e == OK)
			assert_int_equal(loaded.refused, 1);
	}
	assert_int_equal(path_join(path, folder, MEMPOOL_FILE), OK);
	assert_int_equal(truncate(path, MEMPOOL_FILE_SIZE_MAX + 1), 0);
	assert_int_equal(mempool_load(m, &loaded, folder), ERR_SIZE);
	assert_counts(m, 0, 0);
	mempool_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pool_comes_back_as_it_was, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_the_balance_did_not_reach_waits_on, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_smaller_pool_keeps_the_dearest, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_was_spent_meanwhile_is_refused_one_by_one, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(an_empty_pool_leaves_no_file, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(what_is_pending_is_saved_first, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(calls_of_the_oracle_are_left_out, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_torn_file_admits_nothing, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(a_changed_byte_costs_that_transaction_at_most, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(garbage_and_giants_are_refused, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
