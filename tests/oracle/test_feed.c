#include "tests/oracle/oracle_fixture.h"

#include "oracle/feed.h"

#define WHOLE (FEED_POSITIVE | FEED_QUORUM | FEED_FRESH | FEED_LIVE | FEED_TIGHT | FEED_USABLE)

static const struct feed_reading reading = {
	.price = 2000 * E18,
	.confidence = E18,
	.updated_at = 1000,
	.max_age = 130,
	.stored = FEED_QUORUM,
};

static void a_new_price_has_every_bit(void **unused)
{
	(void)unused;
	assert_int_equal(feed_bits(&reading, 1000), WHOLE);
	assert_int_equal(feed_bits(&reading, 990), WHOLE);
}

static void a_price_grows_stale_by_itself(void **unused)
{
	(void)unused;
	assert_int_equal(feed_bits(&reading, 1130), WHOLE);
	assert_int_equal(feed_bits(&reading, 1131), WHOLE & ~(u32)FEED_FRESH);
	assert_int_equal(feed_bits(&reading, 1600), WHOLE & ~(u32)FEED_FRESH);
	assert_int_equal(feed_bits(&reading, 1601), WHOLE & ~(u32)(FEED_FRESH | FEED_LIVE));
	assert_int_equal(feed_bits(&reading, ~(u64)0), WHOLE & ~(u32)(FEED_FRESH | FEED_LIVE));
}

static void doubt_takes_bits_away(void **unused)
{
	struct feed_reading r = reading;

	(void)unused;
	r.confidence = 20 * E18;
	assert_int_equal(feed_bits(&r, 1000), WHOLE);
	r.confidence++;
	assert_int_equal(feed_bits(&r, 1000), WHOLE & ~(u32)FEED_TIGHT);
	r.confidence = 100 * E18;
	assert_int_equal(feed_bits(&r, 1000), WHOLE & ~(u32)FEED_TIGHT);
	r.confidence++;
	assert_int_equal(feed_bits(&r, 1000), WHOLE & ~(u32)(FEED_TIGHT | FEED_USABLE));
}

static void without_a_price_nothing_can_be_said_of_it(void **unused)
{
	struct feed_reading r = reading;

	(void)unused;
	r.price = r.confidence = 0;
	assert_int_equal(feed_bits(&r, 1000), FEED_QUORUM);
	r.stored = ~0u;
	assert_int_equal(feed_bits(&r, 1000), FEED_STORED_BITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_price_has_every_bit),
		cmocka_unit_test(a_price_grows_stale_by_itself),
		cmocka_unit_test(doubt_takes_bits_away),
		cmocka_unit_test(without_a_price_nothing_can_be_said_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
