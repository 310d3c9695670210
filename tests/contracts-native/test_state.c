#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/world.h"

static void put(struct world *w, u16 index, u64 drip)
{
	struct token_key key = { index };
	struct token record = { .drip = u256_from_u64(drip), .decimals = drip };

	token_write(&w->state, &key, &record);
}

static u64 got(struct world *w, u16 index)
{
	struct token_key key = { index };
	struct token record;
	bool is_there = token_read(&w->state, &key, &record);

	assert_int_equal(is_there, record.decimals != 0);
	assert_int_equal(record.decimals, u256_low64(&record.drip));
	return record.decimals;
}

static void an_absent_record_reads_as_zeros(void **unused)
{
	struct token_key key = { 7 };
	struct token record, zeros;
	struct world w;

	(void)unused;
	world_init(&w);
	memset(&record, 0xff, sizeof record);
	memset(&zeros, 0, sizeof zeros);
	assert_false(token_read(&w.state, &key, &record));
	assert_memory_equal(&record, &zeros, sizeof zeros);
	assert_int_equal(world_change_count(&w), 0);
	world_free(&w);
}

static void a_write_is_read_back_and_is_a_change(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	put(&w, 2, 20);
	put(&w, 1, 11);
	assert_int_equal(got(&w, 1), 11);
	assert_int_equal(got(&w, 2), 20);
	assert_int_equal(world_change_count(&w), 2);
	world_free(&w);
}

static void tables_with_equal_keys_do_not_meet(void **unused)
{
	struct listing_key key = { 3 };
	struct listing record = { 9 };
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 3, 5);
	listing_write(&w.state, &key, &record);
	assert_int_equal(got(&w, 3), 5);
	assert_true(listing_read(&w.state, &key, &record));
	assert_int_equal(record.reserve_plus_one, 9);
	world_free(&w);
}

static void a_rollback_restores_old_values_and_absence(void **unused)
{
	struct world w;
	size_t outer, inner;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	outer = state_checkpoint(&w.state);
	put(&w, 1, 11);
	put(&w, 2, 20);
	inner = state_checkpoint(&w.state);
	put(&w, 1, 12);
	put(&w, 1, 13);
	token_remove(&w.state, &(struct token_key){ 2 });
	assert_int_equal(got(&w, 2), 0);
	state_rollback(&w.state, inner);
	assert_int_equal(got(&w, 1), 11);
	assert_int_equal(got(&w, 2), 20);
	state_rollback(&w.state, outer);
	assert_int_equal(got(&w, 1), 10);
	assert_int_equal(got(&w, 2), 0);
	assert_int_equal(world_change_count(&w), 1);
	world_free(&w);
}

static void settled_writes_outlive_a_rollback(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	state_settle(&w.state);
	put(&w, 1, 11);
	state_rollback(&w.state, 0);
	assert_int_equal(got(&w, 1), 10);
	world_free(&w);
}

static void a_record_that_ends_as_it_began_is_no_change(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	put(&w, 3, 30);
	world_commit(&w);
	put(&w, 1, 11);
	put(&w, 1, 10);
	put(&w, 2, 20);
	token_remove(&w.state, &(struct token_key){ 2 });
	token_remove(&w.state, &(struct token_key){ 4 });
	assert_int_equal(world_change_count(&w), 0);
	world_free(&w);
}

static void an_all_zero_record_removes_the_committed_one(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	world_commit(&w);
	assert_int_equal(w.committed_count, 1);
	put(&w, 1, 0);
	assert_int_equal(world_change_count(&w), 1);
	world_commit(&w);
	assert_int_equal(w.committed_count, 0);
	world_free(&w);
}

struct seen {
	u16 order[8];
	u32 count;
	size_t key_size;
	u8 table;
};

static void note(void *context, const struct state_change *change)
{
	struct seen *seen = context;

	seen->table = change->key.at[0];
	seen->key_size = change->key.size;
	memcpy(&seen->order[seen->count++], change->key.at + 1, 2);
}

static void changes_come_in_the_order_of_first_touch(void **unused)
{
	struct seen seen = { 0 };
	struct world w;

	(void)unused;
	world_init(&w);
	(void)got(&w, 9);
	put(&w, 4, 1);
	put(&w, 2, 1);
	put(&w, 9, 1);
	state_changes(&w.state, note, &seen);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.order[0], 9);
	assert_int_equal(seen.order[1], 4);
	assert_int_equal(seen.order[2], 2);
	assert_int_equal(seen.table, TABLE_token);
	assert_int_equal(seen.key_size, 3);
	world_free(&w);
}

static void a_cleared_state_reads_what_was_committed(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	put(&w, 1, 10);
	state_clear(&w.state, &w.backing);
	assert_int_equal(got(&w, 1), 0);
	put(&w, 1, 20);
	world_commit(&w);
	assert_int_equal(got(&w, 1), 20);
	world_free(&w);
}

static void a_warm_state_asks_for_no_memory(void **unused)
{
	struct world w;
	size_t left;

	(void)unused;
	world_init(&w);
	for (u32 block = 0; block < 5; block++) {
		left = w.memory_left;
		for (u16 i = 0; i < 5000; i++)
			put(&w, i, i + block + 1u);
		/* The first blocks find how much is needed. */
		if (block > 1)
			assert_int_equal(w.memory_left, left);
		world_commit(&w);
	}
	world_free(&w);
}

/* Random writes, checkpoints and rollbacks against a plain array with copies of itself. */
static void random_histories_agree_with_a_plain_array(void **unused)
{
	enum { KEYS = 600,
	       DEPTH = 6,
	       STEPS = 60000 };
	static u64 model[DEPTH + 1][KEYS];
	size_t marks[DEPTH];
	u64 random = 88172645463325252ull;
	u32 depth = 0;
	struct world w;

	(void)unused;
	world_init(&w);
	memset(model, 0, sizeof model);
	for (u32 step = 0; step < STEPS; step++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		u16 key = (u16)((random >> 8) % KEYS);

		switch (random % 64) {
		case 0:
			if (depth == DEPTH)
				break;
			marks[depth] = state_checkpoint(&w.state);
			memcpy(model[depth + 1], model[depth], sizeof *model);
			depth++;
			break;
		case 1:
			if (!depth)
				break;
			depth--;
			state_rollback(&w.state, marks[depth]);
			break;
		case 2:
			memcpy(model[0], model[depth], sizeof *model);
			depth = 0;
			state_settle(&w.state);
			if (random % 5 == 0)
				world_commit(&w);
			break;
		default:
			if (random & 64)
				assert_int_equal(got(&w, key), model[depth][key]);
			model[depth][key] = (random >> 40) % 3 ? random >> 50 : 0;
			put(&w, key, model[depth][key]);
		}
	}
	for (u16 key = 0; key < KEYS; key++)
		assert_int_equal(got(&w, key), model[depth][key]);
	world_free(&w);
}

static void running_out_of_memory_is_final(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	w.memory_left = 100000;
	for (u16 i = 0; i < 2000; i++)
		put(&w, i, i + 1u);
	assert_true(state_is_full(&w.state));
	state_rollback(&w.state, 0);
	assert_true(state_is_full(&w.state));
	state_clear(&w.state, &w.backing);
	assert_false(state_is_full(&w.state));
	put(&w, 1, 1);
	assert_int_equal(got(&w, 1), 1);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absent_record_reads_as_zeros),
		cmocka_unit_test(a_write_is_read_back_and_is_a_change),
		cmocka_unit_test(tables_with_equal_keys_do_not_meet),
		cmocka_unit_test(a_rollback_restores_old_values_and_absence),
		cmocka_unit_test(settled_writes_outlive_a_rollback),
		cmocka_unit_test(a_record_that_ends_as_it_began_is_no_change),
		cmocka_unit_test(an_all_zero_record_removes_the_committed_one),
		cmocka_unit_test(changes_come_in_the_order_of_first_touch),
		cmocka_unit_test(a_cleared_state_reads_what_was_committed),
		cmocka_unit_test(a_warm_state_asks_for_no_memory),
		cmocka_unit_test(random_histories_agree_with_a_plain_array),
		cmocka_unit_test(running_out_of_memory_is_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
