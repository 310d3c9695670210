#include "tests/oracle/oracle_fixture.h"

#include "oracle/feeder/observer.h"

static struct observer an_observer(void)
{
	struct observer o = { .period = 5, .set_id = 3, .feed_count = 2 };
	const struct hash key = reporter_key_of(0);

	memcpy(o.key, key.bytes, 32);
	a_domain(&o.domain, o.feed_ids);
	return o;
}

/* The samples of the published vector. */
static const struct sample the_samples[] = {
	{ FEED_TRADING, 2000 * E18, E18, 1700000000, 5 },
	{ FEED_TRADING, 40000 * E18, 8 * E18, 1700000001, 6 },
};

static void a_report_is_signed_as_the_vector_is(void **unused)
{
	const struct observer o = an_observer();
	u8 wire[REPORT_SIZE_MAX];
	struct report r;
	size_t size, taken;
	u8 word[32];

	(void)unused;
	assert_int_equal(observer_report(wire, &size, &o, 1700000002, the_samples), OK);
	assert_int_equal(report_decode(&r, &taken, (struct bytes){ wire, size }), OK);
	assert_int_equal(taken, size);
	assert_int_equal(r.round, 340000000);
	assert_int_equal(r.set_id, 3);
	u256_to_be(word, &r.signature.r);
	assert_hex(word, 32, "7afb1cb5d67eab59d0c1a3ec79bb32b63cdd70668daaf0d09c0e8a13e8bd72a8");
}

static void a_feed_that_is_not_trading_is_reported_without_a_price(void **unused)
{
	const struct observer o = an_observer();
	struct sample samples[2] = { the_samples[0], { FEED_HALTED, 77, 7, 1, 2 } };
	u8 wire[REPORT_SIZE_MAX];
	struct report r;
	size_t size, taken;

	(void)unused;
	assert_int_equal(observer_report(wire, &size, &o, 1700000002, samples), OK);
	assert_int_equal(report_decode(&r, &taken, (struct bytes){ wire, size }), OK);
	assert_int_equal(r.observations[1].status, FEED_HALTED);
	assert_true(r.observations[1].price == 0 && r.observations[1].confidence == 0);
	samples[1] = (struct sample){ .status = FEED_UNSUPPORTED };
	assert_int_equal(observer_report(wire, &size, &o, 1700000002, samples), OK);
	assert_int_equal(report_decode(&r, &taken, (struct bytes){ wire, size }), OK);
	assert_int_equal(r.observations[1].status, FEED_UNSUPPORTED);
}

static void an_impossible_key_signs_nothing(void **unused)
{
	struct observer o = an_observer();
	u8 wire[REPORT_SIZE_MAX];
	size_t size = 99;

	(void)unused;
	memset(o.key, 0, 32);
	assert_int_equal(observer_report(wire, &size, &o, 1700000002, the_samples), ERR_SIGNATURE);
	assert_int_equal(size, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_signed_as_the_vector_is),
		cmocka_unit_test(a_feed_that_is_not_trading_is_reported_without_a_price),
		cmocka_unit_test(an_impossible_key_signs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
