#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "contracts-native/feeds/admission.h"
#include "tests/support/oracle_market.h"

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
	world.env.devnet = false;
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

static void assert_nothing_changed(void)
{
	const struct hash after = world_fingerprint(&world);

	assert_int_equal(hash_cmp(&before, &after), 0);
	assert_int_equal(world.logs.count, 0);
}

static void assert_refused(size_t count, enum err code)
{
	assert_int_equal(oracle_market_submit(&world, reports, count), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), code);
	assert_nothing_changed();
}

/* Changes every report by a statement and signs it again. */
#define FOR_EACH_REPORT(r, count) \
	for (struct report *r = reports; r < reports + (count); oracle_market_sign(&world, r), r++)

/* -- refusing ---------------------------------------------------------------------- */

static void fewer_than_a_quorum_is_refused(void **unused)
{
	(void)unused;
	assert_refused(2, ERR_ORACLE_QUORUM);
	assert_refused(1, ERR_ORACLE_QUORUM);
}

static void the_same_round_is_accepted_once(void **unused)
{
	(void)unused;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	world_commit(&world);
	before = world_fingerprint(&world);
	assert_refused(3, ERR_ORACLE_STALE);
	assert_refused(4, ERR_ORACLE_STALE);
}

static void an_older_round_after_a_newer_one_is_refused(void **unused)
{
	struct report older[3];

	(void)unused;
	memcpy(older, reports, sizeof older);
	world.env.time += ORACLE_PERIOD;
	reports_make(3);
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	world_commit(&world);
	before = world_fingerprint(&world);
	memcpy(reports, older, sizeof older);
	assert_refused(3, ERR_ORACLE_STALE);
}

static void a_report_may_be_two_rounds_old_and_no_older(void **unused)
{
	(void)unused;
	world.env.time = (340000000ull + 3) * ORACLE_PERIOD;
	assert_refused(3, ERR_ORACLE_STALE);
	world.env.time--;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
}

static void a_devnet_takes_a_report_of_any_age_that_is_newer_than_the_last(void **unused)
{
	(void)unused;
	world.env.devnet = true;
	world.env.time += 1000 * ORACLE_PERIOD;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
	world_commit(&world);
	before = world_fingerprint(&world);
	assert_refused(3, ERR_ORACLE_STALE);
}

static void a_report_may_be_two_seconds_ahead_and_no_more(void **unused)
{
	(void)unused;
	world.env.time -= 3;
	before = world_fingerprint(&world);
	assert_refused(3, ERR_ORACLE_FUTURE);
	world.env.time++;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
}

static void times_at_the_end_of_their_range_are_refused(void **unused)
{
	(void)unused;
	FOR_EACH_REPORT(r, 3)
	{
		r->observed_at = ~(u64)0;
		r->round = ~(u64)0 / ORACLE_PERIOD;
	}
	assert_refused(3, ERR_ORACLE_FUTURE);
	FOR_EACH_REPORT(r, 3)
	r->round = ~(u64)0;
	assert_refused(3, ERR_ORACLE_ROUND);
	FOR_EACH_REPORT(r, 3)
	r->round = r->observed_at = 0;
	assert_refused(3, ERR_ORACLE_STALE);
}

static void the_round_is_that_of_the_observation(void **unused)
{
	(void)unused;
	FOR_EACH_REPORT(r, 3)
	r->round++;
	assert_refused(3, ERR_ORACLE_ROUND);
	FOR_EACH_REPORT(r, 3)
	r->round -= 2;
	assert_refused(3, ERR_ORACLE_ROUND);
}

static void another_set_is_refused(void **unused)
{
	(void)unused;
	FOR_EACH_REPORT(r, 3)
	r->set_id++;
	assert_refused(3, ERR_ORACLE_SET);
}

static void an_unregistered_reporter_is_refused(void **unused)
{
	(void)unused;
	reports[2] = oracle_market_report(&world, 4, 2000 * E18);
	assert_refused(3, ERR_ORACLE_REPORTER);
	reports[2] = oracle_market_report(&world, 63, 2000 * E18);
	assert_refused(3, ERR_ORACLE_REPORTER);
}

static void an_unknown_feed_is_refused(void **unused)
{
	(void)unused;
	reports[1].observations[1].feed = 2; /* can not be signed: it has no id */
	assert_refused(3, ERR_ORACLE_FEED);
}

static void one_reporter_cannot_sign_for_another(void **unused)
{
	struct signature moved = reports[0].signature;

	(void)unused;
	reports[1].signature = moved;
	assert_refused(3, ERR_SIGNATURE);
	reports_make(3);
	reports[1].reporter = 3;
	oracle_market_sign(&world, &reports[1]);
	reports[1].reporter = 1;
	assert_refused(3, ERR_SIGNATURE);
}

static void any_change_after_signing_is_refused(void **unused)
{
	(void)unused;
	reports[0].observations[0].price++;
	assert_refused(3, ERR_SIGNATURE);
	reports[0].observations[0].price--;
	reports[2].observations[1].venues++;
	assert_refused(3, ERR_SIGNATURE);
	reports[2].observations[1].venues--;
	assert_int_equal(oracle_market_submit(&world, reports, 3), OK);
}

static void reports_of_another_chain_genesis_or_set_are_refused(void **unused)
{
	struct oracle_set set;
	struct chain chain;

	(void)unused;
	chain_read(&world.state, &(struct chain_key){ 0 }, &chain);
	chain.chain_id++;
	chain_write(&world.state, &(struct chain_key){ 0 }, &chain);
	reports_make(3);
	chain.chain_id--;
	chain_write(&world.state, &(struct chain_key){ 0 }, &chain);
	assert_refused(3, ERR_SIGNATURE);

	chain.genesis.bytes[31] ^= 1;
	chain_write(&world.state, &(struct chain_key){ 0 }, &chain);
	reports_make(3);
	chain.genesis.bytes[31] ^= 1;
	chain_write(&world.state, &(struct chain_key){ 0 }, &chain);
	assert_refused(3, ERR_SIGNATURE);

	oracle_set_read(&world.state, &(struct oracle_set_key){ 0 }, &set);
	set.digest.bytes[0] ^= 1;
	oracle_set_write(&world.state, &(struct oracle_set_key){ 0 }, &set);
	reports_make(3);
	set.digest.bytes[0] ^= 1;
	oracle_set_write(&world.state, &(struct oracle_set_key){ 0 }, &set);
	assert_refused(3, ERR_SIGNATURE);
}

static void a_malformed_envelope_is_refused_with_its_reason(void **unused)
{
	struct bytes envelope = oracle_market_envelope(reports, 3);
	u8 room[4096];

	(void)unused;
	memcpy(room, envelope.at, envelope.size);
	room[envelope.size] = 0;
	assert_int_equal(oracle_market_submit_bytes(&world, (struct bytes){ room, envelope.size + 1 }), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_TRAILING);
	assert_int_equal(oracle_market_submit_bytes(&world, (struct bytes){ room, envelope.size - 1 }), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_TRUNCATED);
	assert_int_equal(oracle_market_submit_bytes(&world, (struct bytes){ room, 0 }), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_TRUNCATED);
	room[0] = 'X';
	assert_int_equal(oracle_market_submit_bytes(&world, (struct bytes){ room, envelope.size }), ERR_REVERT);
	assert_int_equal(oracle_market_refusal(&world), ERR_SYNTAX);
	assert_nothing_changed();
}

static void a_chain_without_reporters_takes_no_envelope(void **unused)
{
	(void)unused;
	oracle_set_remove(&world.state, &(struct oracle_set_key){ 0 });
	before = world_fingerprint(&world);
	assert_refused(3, ERR_ORACLE_SET);
}

/* -- the node's report pool ----------------------------------------------------------- */

static void the_pool_gets_the_verdict_of_the_contract_on_one_report(void **unused)
{
	static u8 room[REPORT_SIZE_MAX + 1];
	struct bytes wire = oracle_market_wire(room, &reports[3]);
	struct report_domain domain;

	(void)unused;
	assert_int_equal(feeds_admit_report(&world.state, &world.env, wire), OK);
	wire.size++;
	assert_int_equal(feeds_admit_report(&world.state, &world.env, wire), ERR_TRAILING);
	wire.size -= 2;
	assert_int_equal(feeds_admit_report(&world.state, &world.env, wire), ERR_TRUNCATED);
	wire.size++;
	room[34 + 20 + 15] ^= 1;
	assert_int_equal(feeds_admit_report(&world.state, &world.env, wire), ERR_SIGNATURE);
	room[34 + 20 + 15] ^= 1;
	world.env.time += 60;
	assert_int_equal(feeds_admit_report(&world.state, &world.env, wire), ERR_ORACLE_STALE);
	feeds_domain(&domain, &world.state);
	assert_int_equal(domain.chain_id, world.env.chain_id);
	assert_int_equal(address_cmp(&domain.aggregator, &aggregator), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fewer_than_a_quorum_is_refused),
		TEST(the_same_round_is_accepted_once),
		TEST(an_older_round_after_a_newer_one_is_refused),
		TEST(a_report_may_be_two_rounds_old_and_no_older),
		TEST(a_devnet_takes_a_report_of_any_age_that_is_newer_than_the_last),
		TEST(a_report_may_be_two_seconds_ahead_and_no_more),
		TEST(times_at_the_end_of_their_range_are_refused),
		TEST(the_round_is_that_of_the_observation),
		TEST(another_set_is_refused),
		TEST(an_unregistered_reporter_is_refused),
		TEST(an_unknown_feed_is_refused),
		TEST(one_reporter_cannot_sign_for_another),
		TEST(any_change_after_signing_is_refused),
		TEST(reports_of_another_chain_genesis_or_set_are_refused),
		TEST(a_malformed_envelope_is_refused_with_its_reason),
		TEST(a_chain_without_reporters_takes_no_envelope),
		TEST(the_pool_gets_the_verdict_of_the_contract_on_one_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
