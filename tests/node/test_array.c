#include "node/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void an_array_grows_with_what_is_put_into_it(void **unused)
{
	size_t count = 0, capacity = 0, moves = 0;
	u64 *at = NULL;

	(void)unused;
	while (count < 100000) {
		size_t before = capacity;
		u64 *room = array_room(at, count, &capacity, sizeof *room);

		assert_non_null(room);
		assert_true(count < capacity);
		moves += capacity != before;
		if (capacity == before)
			assert_ptr_equal(room, at);
		at = room;
		at[count] = count;
		count++;
	}
	assert_true(moves < 20);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(at[i], i);
	free(at);
}

static void without_memory_it_stays_as_it_was(void **unused)
{
	size_t capacity = 1;
	u64 *at = calloc(1, sizeof *at);

	(void)unused;
	assert_non_null(at);
	at[0] = 7;
	assert_null(array_room(at, 1, &capacity, SIZE_MAX / 2 + 1)); /* twice that is 0 */
	assert_int_equal(capacity, 1);
	assert_int_equal(at[0], 7);
	free(at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_grows_with_what_is_put_into_it),
		cmocka_unit_test(without_memory_it_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
