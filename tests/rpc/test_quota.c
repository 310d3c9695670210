#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "rpc/quota.h"

#define SECOND 1000000ull

static u64 client(const struct quota *q, const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return quota_client(q, (const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return quota_client(q, (const struct sockaddr *)&v6);
}

static void a_client_is_an_address_or_a_network(void **unused)
{
	struct quota *q = quota_new(1, 1, false), *all = quota_new(1, 1, true);

	(void)unused;
	assert_true(client(q, "10.0.0.1") != 0);
	assert_true(client(q, "10.0.0.1") != client(q, "10.0.0.2"));
	assert_int_equal(client(q, "10.0.0.1"), client(q, "::ffff:10.0.0.1"));
	assert_int_equal(client(q, "2001:db8:0:1::1"), client(q, "2001:db8:0:1:ffff::2"));
	assert_true(client(q, "2001:db8:0:1::1") != client(q, "2001:db8:0:2::1"));
	assert_int_equal(client(q, "127.0.0.1"), 0);
	assert_int_equal(client(q, "127.9.9.9"), 0);
	assert_int_equal(client(q, "::1"), 0);
	assert_int_equal(client(q, "::ffff:127.0.0.1"), 0);
	assert_true(client(all, "127.0.0.1") != 0);
	assert_true(client(all, "::1") != 0);
	assert_int_equal(quota_client(q, NULL), 0);
	quota_free(q);
	quota_free(all);
}

static void a_burst_then_the_rate(void **unused)
{
	struct quota *q = quota_new(10, 20, false);
	u64 who = client(q, "10.0.0.1"), now = 5 * SECOND;

	(void)unused;
	for (int i = 0; i < 20; i++)
		assert_true(quota_take(q, who, 1, now));
	assert_false(quota_take(q, who, 1, now));
	assert_true(quota_take(q, client(q, "10.0.0.2"), 1, now)); /* another's is another's */
	assert_false(quota_take(q, who, 1, now + SECOND / 10 - 1));
	assert_true(quota_take(q, who, 1, now + SECOND / 10 + 1));
	now += SECOND;
	for (int i = 0; i < 9; i++)
		assert_true(quota_take(q, who, 1, now));
	assert_false(quota_take(q, who, 1, now));
	/* However long it is quiet, it has no more than a burst. */
	now += 1000000 * SECOND;
	for (int i = 0; i < 20; i++)
		assert_true(quota_take(q, who, 1, now));
	assert_false(quota_take(q, who, 1, now));
	quota_free(q);
}

/* Of two that ask at once the one that has read the clock first may come second. */
static void no_time_passes_twice(void **unused)
{
	struct quota *q = quota_new(10, 20, false);
	u64 who = client(q, "10.0.0.1"), now = 5 * SECOND;

	(void)unused;
	for (int i = 0; i < 20; i++)
		assert_true(quota_take(q, who, 1, now));
	assert_false(quota_take(q, who, 1, now - SECOND));
	assert_false(quota_take(q, who, 1, now));
	assert_int_equal(quota_left(q, who, now - SECOND), 0);
	assert_int_equal(quota_left(q, who, now + SECOND), 10);
	quota_free(q);
}

static void a_dear_request_takes_all_or_nothing(void **unused)
{
	struct quota *q = quota_new(1, 20, false);
	u64 who = client(q, "10.0.0.1");

	(void)unused;
	assert_true(quota_take(q, who, 15, SECOND));
	assert_false(quota_take(q, who, 6, SECOND));
	assert_true(quota_take(q, who, 5, SECOND));
	/* Dearer than a burst: a whole burst pays for it. */
	assert_true(quota_take(q, who, 200, 100 * SECOND));
	assert_false(quota_take(q, who, 1, 100 * SECOND));
	quota_free(q);
}

static void no_rate_or_no_client_is_no_limit(void **unused)
{
	struct quota *none = quota_new(0, 1, true), *q = quota_new(1, 1, false);

	(void)unused;
	for (int i = 0; i < 100; i++) {
		assert_true(quota_take(none, client(none, "10.0.0.1"), 1, SECOND));
		assert_true(quota_take(q, 0, 1, SECOND));
		assert_true(quota_take(NULL, 7, 1, SECOND));
	}
	quota_free(none);
	quota_free(q);
}

static void a_flood_of_addresses_does_not_grow_the_table(void **unused)
{
	struct quota *q = quota_new(1, 1, false);
	u64 who = client(q, "10.0.0.1");

	(void)unused;
	assert_true(quota_take(q, who, 1, SECOND));
	for (u64 other = 1; other < 100000; other++)
		assert_true(quota_take(q, other << 40, 1, SECOND + other));
	/* It may have been forgotten, which only gives it a new burst. */
	(void)quota_take(q, who, 1, 2 * SECOND);
	assert_false(quota_take(q, who, 1, 2 * SECOND));
	quota_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_is_an_address_or_a_network),
		cmocka_unit_test(a_burst_then_the_rate),
		cmocka_unit_test(no_time_passes_twice),
		cmocka_unit_test(a_dear_request_takes_all_or_nothing),
		cmocka_unit_test(no_rate_or_no_client_is_no_limit),
		cmocka_unit_test(a_flood_of_addresses_does_not_grow_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
