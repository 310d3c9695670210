/* The clock of a development chain. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "node/dev_clock.h"

#define NOW  1700000000ull
#define HEAD 1699999000ull

static struct dev_clock clock_;

static int begin(void **unused)
{
	(void)unused;
	dev_clock_init(&clock_);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	dev_clock_free(&clock_);
	return 0;
}

static void an_untouched_clock_is_the_chains(void **unused)
{
	(void)unused;
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), NOW);
	assert_int_equal(dev_clock_take(&clock_, NOW, HEAD), NOW);
	assert_int_equal(dev_clock_time(&clock_, NOW + 5, NOW), NOW + 5);
	assert_int_equal(dev_clock_time(&clock_, NOW, NOW + 9), NOW + 9); /* never before the head */
}

static void what_it_is_moved_by_adds_up(void **unused)
{
	int64_t offset = -1;

	(void)unused;
	assert_int_equal(dev_clock_increase(&clock_, &offset, 10), OK);
	assert_int_equal(dev_clock_increase(&clock_, &offset, 5), OK);
	assert_int_equal(offset, 15);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), NOW + 15);
	assert_int_equal(dev_clock_increase(&clock_, &offset, DEV_TIME_MAX), ERR_RANGE);
	assert_int_equal(dev_clock_increase(&clock_, &offset, UINT64_MAX), ERR_RANGE);
	assert_int_equal(offset, 15);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), NOW + 15);
}

static void a_time_that_was_set_is_for_one_block_and_counts_on(void **unused)
{
	(void)unused;
	assert_int_equal(dev_clock_set_next(&clock_, HEAD, HEAD - 1), ERR_RANGE);
	assert_int_equal(dev_clock_set_next(&clock_, HEAD, DEV_TIME_MAX + 1), ERR_RANGE);
	assert_int_equal(dev_clock_set_next(&clock_, HEAD, HEAD), OK);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), HEAD);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), HEAD); /* until it is made */
	assert_int_equal(dev_clock_take(&clock_, NOW, HEAD), HEAD);
	assert_int_equal(dev_clock_time(&clock_, NOW + 3, HEAD), HEAD + 3);
}

static void blocks_come_in_intervals(void **unused)
{
	(void)unused;
	dev_clock_set_interval(&clock_, true, 0);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), HEAD);
	dev_clock_set_interval(&clock_, true, 7);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), HEAD + 7);
	assert_int_equal(dev_clock_set_next(&clock_, HEAD, HEAD + 2), OK);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), HEAD + 2); /* which goes first */
	assert_int_equal(dev_clock_take(&clock_, NOW, HEAD), HEAD + 2);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD + 2), HEAD + 9);
	dev_clock_set_interval(&clock_, false, 0);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD + 2), HEAD + 2);
}

static void it_can_be_set_and_put_back(void **unused)
{
	struct dev_times times = dev_clock_times(&clock_);

	(void)unused;
	assert_int_equal(dev_clock_set_next(&clock_, HEAD, HEAD), OK);
	assert_int_equal(dev_clock_set(&clock_, NOW, 5), OK);
	assert_int_equal(dev_clock_time(&clock_, NOW + 1, 0), 6);
	assert_int_equal(dev_clock_time(&clock_, 0, 0), 0); /* below zero is zero */
	assert_int_equal(dev_clock_set(&clock_, NOW, DEV_TIME_MAX + 1), ERR_RANGE);
	dev_clock_restore(&clock_, &times);
	assert_int_equal(dev_clock_time(&clock_, NOW, HEAD), NOW);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(an_untouched_clock_is_the_chains),
		FRESH(what_it_is_moved_by_adds_up),
		FRESH(a_time_that_was_set_is_for_one_block_and_counts_on),
		FRESH(blocks_come_in_intervals),
		FRESH(it_can_be_set_and_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
