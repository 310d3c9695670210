#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "node/clock.h"
#include "node/head.h"

#define WALL 1700000000000ull /* milliseconds */
#define HEAD 1600000000ull    /* seconds */

static void a_plain_clock_is_the_wall(void **unused)
{
	struct clock c;

	(void)unused;
	clock_init(&c, true, 1, 0, HEAD, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL + 2999), WALL / 1000 + 2);
	clock_init(&c, false, 3600, 0, HEAD, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL + 5000), WALL / 1000 + 5);
}

static void a_driven_clock_runs_from_the_head(void **unused)
{
	struct clock c;

	(void)unused;
	clock_init(&c, true, 60, 0, HEAD, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL), HEAD);
	assert_int_equal(clock_chain_seconds(&c, WALL + 500), HEAD + 30);
	assert_int_equal(clock_chain_seconds(&c, WALL + 10000), HEAD + 600);
	/* It never stands before it was anchored. */
	assert_int_equal(clock_chain_seconds(&c, WALL - 1000), HEAD);
}

static void a_driven_clock_falls_back_to_speed_one(void **unused)
{
	struct clock c;

	(void)unused;
	clock_init(&c, true, 100, HEAD + 1000, HEAD, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL + 9990), HEAD + 999);
	assert_int_equal(clock_chain_seconds(&c, WALL + 10000), HEAD + 1000);
	assert_int_equal(clock_chain_seconds(&c, WALL + 13500), HEAD + 1003);
	/* Restarted after that moment it goes on at speed 1. */
	clock_init(&c, true, 100, HEAD + 1000, HEAD + 1005, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL + 7000), HEAD + 1012);
}

static void a_devnet_ahead_of_the_wall_goes_on(void **unused)
{
	struct clock c;
	u64 future = WALL / 1000 + 86400;

	(void)unused;
	clock_init(&c, true, 1, 0, future, WALL);
	assert_int_equal(clock_chain_seconds(&c, WALL + 3000), future + 3);
}

static void a_head_from_the_future_has_no_age(void **unused)
{
	u64 now = clock_wall_ms(), age;

	(void)unused;
	assert_int_equal(head_age_seconds(&(struct store_head){ .stamp = now + 3600000 }), 0);
	age = head_age_seconds(&(struct store_head){ .stamp = now - 5000 });
	assert_true(age >= 5 && age < 3600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_clock_is_the_wall),
		cmocka_unit_test(a_driven_clock_runs_from_the_head),
		cmocka_unit_test(a_driven_clock_falls_back_to_speed_one),
		cmocka_unit_test(a_devnet_ahead_of_the_wall_goes_on),
		cmocka_unit_test(a_head_from_the_future_has_no_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
