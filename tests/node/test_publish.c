#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/publish.h"

static struct publish ring;

static struct hash numbered(u64 n)
{
	struct hash h = { { 0 } };

	memcpy(h.bytes, &n, sizeof n);
	return h;
}

static void add(u64 first, u64 count)
{
	for (u64 i = first; i < first + count; i++) {
		struct hash h = numbered(i);

		publish_add(&ring, &h);
	}
}

static void what_is_added_is_read_once_and_in_order(void **unused)
{
	struct hash out[8], want;
	u64 next = 0, missed;

	(void)unused;
	publish_init(&ring);
	add(0, 5);
	assert_int_equal(publish_next(&ring), 5);
	assert_int_equal(publish_read(&ring, out, 3, &next, &missed), 3);
	assert_int_equal(publish_read(&ring, out + 3, 5, &next, &missed), 2);
	assert_int_equal(missed, 0);
	assert_int_equal(publish_read(&ring, out, 8, &next, &missed), 0);
	for (u64 i = 0; i < 5; i++) {
		want = numbered(i);
		if (i >= 3)
			assert_memory_equal(&out[i], &want, sizeof want);
	}
	publish_free(&ring);
}

static void a_late_reader_is_told_how_many_it_missed(void **unused)
{
	struct hash out[2], want;
	u64 next = 0, missed;

	(void)unused;
	publish_init(&ring);
	add(0, PUBLISH_KEPT + 10);
	assert_int_equal(publish_read(&ring, out, 2, &next, &missed), 2);
	assert_int_equal(missed, 10);
	want = numbered(10);
	assert_memory_equal(&out[0], &want, sizeof want);
	assert_int_equal(next, 12);
	publish_free(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_read_once_and_in_order),
		cmocka_unit_test(a_late_reader_is_told_how_many_it_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
