#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "node/index.h"

#define ITEMS 3000

static bool is_number(const void *item, const void *key)
{
	return *(const u32 *)item == *(const u32 *)key;
}

static u64 digest(const struct index *x, u32 n)
{
	return index_digest(x, (struct bytes){ (const u8 *)&n, sizeof n });
}

static void what_was_added_is_found(void **unused)
{
	static u32 numbers[ITEMS];
	struct index x;
	u32 absent = ITEMS;

	(void)unused;
	assert_true(index_init(&x));
	for (u32 i = 0; i < ITEMS; i++) {
		numbers[i] = i;
		assert_true(index_add(&x, digest(&x, i), &numbers[i]));
	}
	assert_int_equal(x.count, ITEMS);
	for (u32 i = 0; i < ITEMS; i++)
		assert_ptr_equal(index_find(&x, digest(&x, i), is_number, &i), &numbers[i]);
	assert_null(index_find(&x, digest(&x, absent), is_number, &absent));
	index_free(&x);
}

/* All items share four digests, so that every removal leaves a hole in a long run. */
static void removing_keeps_the_rest_findable(void **unused)
{
	static u32 numbers[200];
	bool is_there[200] = { false };
	struct index x;
	unsigned seed = 7;

	(void)unused;
	assert_true(index_init(&x));
	for (u32 step = 0; step < 4000; step++) {
		u32 n = (u32)rand_r(&seed) % 200;
		u64 d = 1020 + n % 4; /* runs wrap around the end of the table */

		numbers[n] = n;
		if (is_there[n])
			index_remove(&x, d, &numbers[n]);
		else
			assert_true(index_add(&x, d, &numbers[n]));
		is_there[n] = !is_there[n];
		for (u32 i = 0; step % 50 == 0 && i < 200; i++)
			assert_int_equal(index_find(&x, 1020 + i % 4, is_number, &i) != NULL, is_there[i]);
	}
	index_free(&x);
}

static void an_item_can_move(void **unused)
{
	u32 old = 5, new = 5;
	struct index x;

	(void)unused;
	assert_true(index_init(&x));
	assert_true(index_add(&x, 9, &old));
	index_replace(&x, 9, &old, &new);
	assert_ptr_equal(index_find(&x, 9, is_number, &new), &new);
	index_free(&x);
}

static void digests_are_keyed(void **unused)
{
	struct index a, b;

	(void)unused;
	assert_true(index_init(&a));
	assert_true(index_init(&b));
	assert_true(digest(&a, 1) != digest(&b, 1));
	assert_true(digest(&a, 1) == digest(&a, 1));
	assert_true(digest(&a, 1) != digest(&a, 2));
	index_free(&a);
	index_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found),
		cmocka_unit_test(removing_keeps_the_rest_findable),
		cmocka_unit_test(an_item_can_move),
		cmocka_unit_test(digests_are_keyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
