#include "tests/node/node_fixture.h"

#include "contracts-native/feeds/admission.h"
#include "contracts-native/feeds/feed.h"
#include "tests/support/own_clock.h"

#define GRACE_US (REPORTS_GRACE_MS * 1000)
#define BEGIN_US 1000000000ull

/* When every report of a test is observed: the round stays open for some seconds. */
static u64 observed_at;

/* Time stands still unless a test moves it. */
static void begin(struct fixture *f)
{
	fixture_init(f);
	own_wall_us = clock_wall_ms() * 1000;
	own_monotonic_us = BEGIN_US;
	observed_at = own_wall_us / 1000000;
}

static void end(struct fixture *f)
{
	own_wall_us = own_monotonic_us = 0;
	fixture_free(f);
}

static void tick_at(struct fixture *f, u64 us)
{
	own_monotonic_us = us;
	reports_tick(f->node->reports);
}

/* A report of reporter i over every feed at price dollars, signed. */
static struct bytes make_report(struct fixture *f, u8 reporter, u64 price, u8 out[REPORT_SIZE_MAX])
{
	static struct report r;
	struct report_terms terms;
	struct store_head head;
	struct reader reader;
	struct hash key, digest;
	char name[16];

	node_head(f->node, &head);
	reader_init(&reader);
	assert_int_equal(reader_begin(&reader, f->node, head.header.number, true), OK);
	report_terms_read(&terms, &reader.state);
	memset(&r, 0, sizeof r);
	r.reporter = reporter;
	r.set_id = terms.set.set_id;
	r.observed_at = observed_at;
	r.round = r.observed_at / terms.set.period;
	r.count = (u16)terms.feed_count;
	for (u16 i = 0; i < r.count; i++)
		r.observations[i] = (struct observation){
			.feed = i,
			.status = FEED_TRADING,
			.venues = 5,
			.price = (u128)price * 1000000000000000000u,
			.confidence = 1000000000000000u,
			.trade_time = r.observed_at,
		};
	reader_free(&reader);
	report_digest(&digest, &r, &terms.domain, terms.feed_ids, terms.feed_count);
	(void)snprintf(name, sizeof name, "reporter-%u", reporter);
	keccak256(&key, (struct bytes){ (const u8 *)name, strlen(name) });
	assert_int_equal(signature_sign(&r.signature, key.bytes, &digest), OK);
	return (struct bytes){ out, report_encode(out, &r) };
}

static enum err send_report(struct fixture *f, u8 reporter, u64 price)
{
	u8 out[REPORT_SIZE_MAX];

	return node_report(f->node, make_report(f, reporter, price, out));
}

static u64 answer(struct fixture *f, u16 feed_index)
{
	struct store_head head;
	struct reader r;
	struct feed feed;

	node_head(f->node, &head);
	reader_init(&r);
	assert_int_equal(reader_begin(&r, f->node, head.header.number, false), OK);
	feed_read(&r.state, &(struct feed_key){ feed_index }, &feed);
	reader_free(&r);
	return u256_low64(&feed.answer);
}

static void all_reporters_make_a_round_at_once(void **unused)
{
	struct fixture f;

	(void)unused;
	begin(&f);
	for (u8 i = 0; i < 4; i++)
		assert_int_equal(send_report(&f, i, 3000 + i), OK);
	assert_int_equal(node_pool_counts(f.node).pending, 1);
	fixture_block(&f);
	assert_true(fixture_all_succeeded(&f));
	/* The median of four is the middle of the two in the middle. */
	assert_int_equal(answer(&f, 0), 300150000000);
	assert_int_equal(node_oracle_counts(f.node).reports, 4);
	assert_int_equal(node_oracle_counts(f.node).rounds, 1);
	end(&f);
}

static void a_quorum_waits_for_the_rest_and_goes_without(void **unused)
{
	struct fixture f;

	(void)unused;
	begin(&f);
	for (u8 i = 0; i < 3; i++)
		assert_int_equal(send_report(&f, i, 3000), OK);
	/* A tick may have read the clock before the last report came. */
	for (u64 now = BEGIN_US - 1; now < BEGIN_US + GRACE_US; now += GRACE_US / 5) {
		tick_at(&f, now);
		assert_int_equal(node_pool_counts(f.node).pending, 0);
	}
	tick_at(&f, BEGIN_US + GRACE_US);
	tick_at(&f, BEGIN_US + GRACE_US);
	assert_int_equal(node_pool_counts(f.node).pending, 1);
	fixture_block(&f);
	assert_true(fixture_all_succeeded(&f));
	assert_int_equal(answer(&f, 1), 300000000000);
	end(&f);
}

static void two_reporters_are_no_quorum(void **unused)
{
	struct fixture f;

	(void)unused;
	begin(&f);
	assert_int_equal(send_report(&f, 0, 3000), OK);
	assert_int_equal(send_report(&f, 3, 3000), OK);
	tick_at(&f, BEGIN_US + GRACE_US);
	assert_int_equal(node_pool_counts(f.node).pending, 0);
	end(&f);
}

static void the_same_report_again_changes_nothing(void **unused)
{
	struct fixture f;
	u8 out[REPORT_SIZE_MAX];
	struct bytes wire;

	(void)unused;
	begin(&f);
	wire = make_report(&f, 0, 3000, out);
	assert_int_equal(node_report(f.node, wire), OK);
	assert_int_equal(node_report(f.node, wire), OK);
	assert_int_equal(node_oracle_counts(f.node).reports, 1);
	end(&f);
}

static void two_reports_of_one_reporter_are_an_equivocation(void **unused)
{
	struct fixture f;
	u8 a[REPORT_SIZE_MAX], b[REPORT_SIZE_MAX];
	struct bytes first, second;

	(void)unused;
	begin(&f);
	first = make_report(&f, 0, 3000, a);
	second = make_report(&f, 0, 3001, b);
	assert_int_equal(node_report(f.node, first), OK);
	assert_int_equal(node_report(f.node, second), ERR_ORACLE_EQUIVOCATION);
	assert_int_equal(node_oracle_counts(f.node).equivocations, 1);
	end(&f);
}

static void reports_that_the_chain_would_refuse_are_refused(void **unused)
{
	struct fixture f;
	u8 out[REPORT_SIZE_MAX];
	struct bytes wire;

	(void)unused;
	begin(&f);
	wire = make_report(&f, 0, 3000, out);
	out[0] ^= 1;
	assert_int_equal(node_report(f.node, wire), ERR_SYNTAX);
	out[0] ^= 1;
	out[6] = 1; /* said to be of reporter 1 */
	assert_int_equal(node_report(f.node, wire), ERR_SIGNATURE);
	out[6] = 9;
	assert_int_equal(node_report(f.node, wire), ERR_ORACLE_REPORTER);
	out[6] = 0;
	out[15] ^= 1;
	assert_int_equal(node_report(f.node, wire), ERR_ORACLE_SET);
	out[15] ^= 1;
	assert_int_equal(node_report(f.node, (struct bytes){ out, wire.size - 1 }), ERR_TRUNCATED);
	assert_int_equal(node_report(f.node, (struct bytes){ out, 0 }), ERR_TRUNCATED);
	assert_int_equal(node_oracle_counts(f.node).refused, 6);
	assert_int_equal(node_oracle_counts(f.node).reports, 0);
	assert_int_equal(node_report(f.node, wire), OK);
	end(&f);
}

static void a_round_on_the_chain_is_closed(void **unused)
{
	struct fixture f;
	u8 out[REPORT_SIZE_MAX];
	struct bytes late;

	(void)unused;
	begin(&f);
	late = make_report(&f, 3, 3000, out);
	for (u8 i = 0; i < 3; i++)
		assert_int_equal(send_report(&f, i, 3000), OK);
	tick_at(&f, BEGIN_US + GRACE_US);
	fixture_block(&f);
	assert_int_equal(node_report(f.node, late), ERR_ORACLE_STALE);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_reporters_make_a_round_at_once),
		cmocka_unit_test(a_quorum_waits_for_the_rest_and_goes_without),
		cmocka_unit_test(two_reporters_are_no_quorum),
		cmocka_unit_test(the_same_report_again_changes_nothing),
		cmocka_unit_test(two_reports_of_one_reporter_are_an_equivocation),
		cmocka_unit_test(reports_that_the_chain_would_refuse_are_refused),
		cmocka_unit_test(a_round_on_the_chain_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
