#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "contracts-native/feeds/aggregator.h"
#include "contracts-native/feeds/feed.h"
#include "tests/support/oracle_market.h"

#define E8 100000000u

static struct world world;
static struct address aggregator;
static struct report reports[4]; /* of the current time */
static struct hash before;

static void reports_make(u8 count)
{
	for (u8 i = 0; i < count; i++)
		reports[i] = oracle_market_report(&world, i, (2000 + i) * E18);
}

/* Four reporters, f = 1, two feeds. */
static int begin(void **unused)
{
	(void)unused;
	world_init(&world);
	oracle_market_init(&world, 4, 2);
	aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	reports_make(4);
	before = world_fingerprint(&world);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	world_free(&world);
	return 0;
}

static struct feed feed_at(u16 index)
{
	struct feed f;

	feed_read(&world.state, &(struct feed_key){ index }, &f);
	return f;
}

static u64 answer_at(u16 index)
{
	const struct feed f = feed_at(index);

	return u256_low64(&f.answer);
}

static void assert_nothing_changed(void)
{
	const struct hash after = world_fingerprint(&world);

	assert_int_equal(hash_cmp(&before, &after), 0);
	assert_int_equal(world.logs.count, 0);
}

/* Changes every report by a statement and signs it again. */
#define FOR_EACH_REPORT(r, count) \
	for (struct report *r = reports; r < reports + (count); oracle_market_sign(&world, r), r++)

/* -- accepting -------------------------------------------------------------------- */

static void a_quorum_sets_every_feed_to_its_median(void **unused)
{
	struct oracle_set set;
	struct feed f;

	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	f = feed_at(1);
	assert_true(feed_price(&f) == 2001 * E18);
	assert_true(feed_confidence(&f) == 2001 * E18 / 1000);
	assert_int_equal(answer_at(0), 2001ull * E8);
	assert_int_equal(f.round, 1);
	assert_int_equal(f.oracle_round, 340000000);
	assert_int_equal(f.updated_at, world.env.time);
	assert_int_equal(f.observed_at, world.env.time);
	assert_int_equal(f.reporters, 3);
	assert_int_equal(f.status, FEED_QUORUM);
	oracle_set_read(&world.state, &(struct oracle_set_key){ 0 }, &set);
	assert_int_equal(set.last_round, 340000000);
}

static void an_even_number_meets_half_way(void **unused)
{
	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 4), OK);
	assert_int_equal(answer_at(0), 200150000000);
}

static void the_events_tell_the_round(void **unused)
{
	const struct address feed_one = contract_address(CONTRACT_FEED, 1);
	const struct log *log;

	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 4), OK);
	assert_int_equal(world.logs.count, 5);
	log = &world.logs.at[2];
	assert_memory_equal(log->topics[0].bytes, event_info(EVENT_AnswerUpdated)->topic.bytes, 32);
	assert_int_equal(address_cmp(&log->address, &feed_one), 0);
	log = &world.logs.at[3];
	assert_memory_equal(log->topics[0].bytes, event_info(EVENT_NewRound)->topic.bytes, 32);
	assert_int_equal(address_cmp(&log->address, &feed_one), 0);
	log = &world.logs.at[4];
	assert_memory_equal(log->topics[0].bytes, event_info(EVENT_RoundAccepted)->topic.bytes, 32);
	assert_int_equal(address_cmp(&log->address, &aggregator), 0);
	assert_int_equal(load_be64(log->topics[1].bytes + 24), 340000000);
	assert_int_equal(log->data.size, 96);
	assert_int_equal(load_be64(log->data.at + 24), ORACLE_SET_ID);
	assert_int_equal(load_be64(log->data.at + 32 + 24), 0xf);
	assert_int_equal(load_be64(log->data.at + 64 + 24), 2);
}

static void reporters_are_credited(void **unused)
{
	struct reporter r;

	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	reporter_read(&world.state, &(struct reporter_key){ 2 }, &r);
	assert_int_equal(r.reports, 1);
	assert_int_equal(r.last_round, 340000000);
	reporter_read(&world.state, &(struct reporter_key){ 3 }, &r);
	assert_int_equal(r.reports, 0);
}

static void one_liar_does_not_move_the_median_out_of_the_honest_range(void **unused)
{
	(void)unused;
	reports[2].observations[0].price = ~(u128)0;
	reports[2].observations[0].confidence = 1;
	oracle_market_sign(&world, &reports[2]);
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	assert_int_equal(answer_at(0), 2001ull * E8);
	assert_int_equal(answer_at(1), 2001ull * E8);
}

/* -- which observations count -------------------------------------------------------- */

/* Feed 0 keeps its answer, feed 1 gets a new one. */
static void assert_feed_zero_had_no_quorum(size_t count)
{
	assert_int_equal(oracle_market_submit(&world, reports, count), OK);
	assert_int_equal(feed_at(0).round, 0);
	assert_int_equal(feed_at(1).round, 1);
}

static void a_halted_feed_does_not_count(void **unused)
{
	struct observation *o = &reports[1].observations[0];

	(void)unused;
	*o = (struct observation){ .feed = 0, .status = FEED_HALTED };
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void a_feed_left_out_does_not_count(void **unused)
{
	(void)unused;
	reports[1].observations[0] = reports[1].observations[1];
	reports[1].count = 1;
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void too_few_venues_do_not_count(void **unused)
{
	(void)unused;
	reports[1].observations[0].venues--;
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void a_confidence_above_a_tenth_does_not_count(void **unused)
{
	struct observation *o = &reports[1].observations[0];

	(void)unused;
	o->confidence = o->price / 10 + 1;
	oracle_market_sign(&world, &reports[1]);
	o = &reports[1].observations[1];
	o->confidence = o->price / 10;
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void an_old_trade_does_not_count(void **unused)
{
	(void)unused;
	reports[1].observations[0].trade_time -= AGGREGATOR_TRADE_AGE_MAX + 1;
	reports[1].observations[1].trade_time -= AGGREGATOR_TRADE_AGE_MAX;
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void a_trade_of_the_future_does_not_count(void **unused)
{
	(void)unused;
	reports[1].observations[0].trade_time += AGGREGATOR_TRADE_AHEAD_MAX + 1;
	reports[1].observations[1].trade_time += AGGREGATOR_TRADE_AHEAD_MAX;
	oracle_market_sign(&world, &reports[1]);
	assert_feed_zero_had_no_quorum(3);
}

static void a_fourth_report_makes_up_for_one_that_does_not_count(void **unused)
{
	(void)unused;
	reports[1].observations[0].venues = 0;
	oracle_market_sign(&world, &reports[1]);
	assert_int_equal(oracle_market_submit(&world, reports, 4), OK);
	assert_int_equal(answer_at(0), 2002ull * E8);
	assert_int_equal(feed_at(0).reporters, 3);
	assert_int_equal(feed_at(1).reporters, 4);
}

static void a_feed_without_quorum_keeps_its_price_and_says_so(void **unused)
{
	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	world.env.time += ORACLE_PERIOD;
	reports_make(3);
	reports[0].observations[0].venues = 0;
	oracle_market_sign(&world, &reports[0]);
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	assert_int_equal(answer_at(0), 2001ull * E8);
	assert_int_equal(feed_at(0).round, 1);
	assert_int_equal(feed_at(0).updated_at, world.env.time - ORACLE_PERIOD);
	const struct feed f = feed_at(0), g = feed_at(1);
	assert_false(feed_status(&f, world.env.time) & FEED_QUORUM);
	assert_true(feed_status(&g, world.env.time) & FEED_QUORUM);
}

static void a_price_below_the_eighth_decimal_is_kept_but_not_read_as_a_round(void **unused)
{
	const struct address feed_zero = contract_address(CONTRACT_FEED, 0);
	struct u256 price;

	(void)unused;
	FOR_EACH_REPORT(r, 3)
	{
		r->observations[0].price = 4000000000u;
		r->observations[0].confidence = 0;
	}
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	assert_int_equal(world_view(&world, &feed_zero, "latestRoundData()", NULL, 0), ERR_REVERT);
	assert_true(world_reverted_text(&world, "No data present"));
	assert_int_equal(world_view(&world, &feed_zero, "latestPriceV2()", NULL, 0), OK);
	price = world_word(&world, 0);
	assert_int_equal(u256_low64(&price), 4000000000u);
}

/* -- equivocation --------------------------------------------------------------------- */

static u64 equivocations_of(u8 reporter)
{
	struct reporter r;

	reporter_read(&world.state, &(struct reporter_key){ reporter }, &r);
	return r.equivocations;
}

static void two_reports_of_one_round_are_an_offence_that_counts_once(void **unused)
{
	struct report other = oracle_market_report(&world, 0, 1999 * E18);

	(void)unused;
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), OK);
	assert_int_equal(equivocations_of(0), 1);
	assert_int_equal(world.logs.count, 1);
	assert_memory_equal(world.logs.at[0].topics[0].bytes, event_info(EVENT_ReporterEquivocated)->topic.bytes, 32);
	assert_int_equal(oracle_market_prove(&world, &other, &reports[0]), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_EXISTS);
	assert_int_equal(equivocations_of(0), 1);

	world.env.time += ORACLE_PERIOD;
	reports_make(1);
	other = oracle_market_report(&world, 0, 1999 * E18);
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), OK);
	assert_int_equal(equivocations_of(0), 2);
}

static void a_proof_of_less_is_refused(void **unused)
{
	struct report other;
	struct report same = reports[0];

	(void)unused;
	assert_int_equal(oracle_market_prove(&world, &reports[0], &same), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_EXISTS);
	assert_int_equal(oracle_market_prove(&world, &reports[0], &reports[1]), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_ORACLE_REPORTER);
	other = reports[0];
	other.observations[0].price++;
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_SIGNATURE);
	other.set_id++;
	oracle_market_sign(&world, &other);
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_ORACLE_SET);
	other = reports[0];
	other.observed_at -= ORACLE_PERIOD;
	other.round--;
	oracle_market_sign(&world, &other);
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_ORACLE_ROUND);
	assert_nothing_changed();
}

static void a_proof_about_the_future_is_refused(void **unused)
{
	struct report other;

	(void)unused;
	world.env.time += 100 * ORACLE_PERIOD;
	reports_make(1);
	other = oracle_market_report(&world, 0, 1999 * E18);
	world.env.time -= 100 * ORACLE_PERIOD;
	assert_int_equal(oracle_market_prove(&world, &reports[0], &other), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_ORACLE_FUTURE);
}

/* -- views ------------------------------------------------------------------------- */

static void the_set_can_be_read(void **unused)
{
	const struct u256 one = u256_from_u64(1), four = u256_from_u64(4);
	struct reporter r;
	struct address key;

	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	assert_int_equal(world_view(&world, &aggregator, "reporterSet()", NULL, 0), OK);
	assert_int_equal(world_word_u64(&world, 0), ORACLE_SET_ID);
	assert_int_equal(world_word_u64(&world, 1), 1);
	assert_int_equal(world_word_u64(&world, 2), ORACLE_PERIOD);
	assert_int_equal(world_word_u64(&world, 5), 4);
	reporter_read(&world.state, &(struct reporter_key){ 1 }, &r);
	key = world_word_address(&world, 7);
	assert_int_equal(address_cmp(&key, &r.key), 0);
	assert_int_equal(world_view(&world, &aggregator, "reporterInfo(uint8)", &one, 1), OK);
	assert_int_equal(world_word_u64(&world, 2), 1);
	assert_int_equal(world_view(&world, &aggregator, "reporterInfo(uint8)", &four, 1), ERR_BARE);
	assert_int_equal(world_view(&world, &aggregator, "lastRound()", NULL, 0), OK);
	assert_int_equal(world_word_u64(&world, 0), 340000000);
}

static void the_feed_table_can_be_read(void **unused)
{
	const struct u256 one = u256_from_u64(1), two = u256_from_u64(2);
	const struct address feed_one = contract_address(CONTRACT_FEED, 1);
	struct abi_types types;
	struct abi_view info;
	struct address at;

	(void)unused;
	assert_int_equal(world_view(&world, &aggregator, "feedCount()", NULL, 0), OK);
	assert_int_equal(world_word_u64(&world, 0), 2);
	assert_int_equal(world_view(&world, &aggregator, "feedInfo(uint16)", &one, 1), OK);
	info = world_result(&world, &types, "(address,bytes32,string,uint32,uint32,uint32)");
	at = abi_address(&info, 0);
	assert_int_equal(address_cmp(&at, &feed_one), 0);
	assert_memory_equal(abi_bytes(&info, 2).at, "F1 / USD", 8);
	assert_int_equal(abi_u64(&info, 3), ORACLE_MAX_AGE);
	assert_int_equal(abi_u64(&info, 4), ORACLE_VENUES_MIN);
	assert_int_equal(world_view(&world, &aggregator, "feedInfo(uint16)", &two, 1), ERR_BARE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_quorum_sets_every_feed_to_its_median),
		TEST(an_even_number_meets_half_way),
		TEST(the_events_tell_the_round),
		TEST(reporters_are_credited),
		TEST(one_liar_does_not_move_the_median_out_of_the_honest_range),
		TEST(a_halted_feed_does_not_count),
		TEST(a_feed_left_out_does_not_count),
		TEST(too_few_venues_do_not_count),
		TEST(a_confidence_above_a_tenth_does_not_count),
		TEST(an_old_trade_does_not_count),
		TEST(a_trade_of_the_future_does_not_count),
		TEST(a_fourth_report_makes_up_for_one_that_does_not_count),
		TEST(a_feed_without_quorum_keeps_its_price_and_says_so),
		TEST(a_price_below_the_eighth_decimal_is_kept_but_not_read_as_a_round),
		TEST(two_reports_of_one_round_are_an_offence_that_counts_once),
		TEST(a_proof_of_less_is_refused),
		TEST(a_proof_about_the_future_is_refused),
		TEST(the_set_can_be_read),
		TEST(the_feed_table_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
