#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "contracts-native/feeds/feed.h"
#include "tests/support/oracle_market.h"

#define E8 100000000u

static struct world world;
static struct address feed_zero;

static int begin(void **unused)
{
	(void)unused;
	world_init(&world);
	world.env.devnet = true;
	oracle_market_init(&world, 4, 2);
	feed_zero = contract_address(CONTRACT_FEED, 0);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	world_free(&world);
	return 0;
}

static enum err view(const char *signature)
{
	return world_view(&world, &feed_zero, signature, NULL, 0);
}

static enum err view_round(u64 phase, u64 round)
{
	const struct u256 id = u256_from_u128((u128)phase << 64 | round);

	return world_view(&world, &feed_zero, "getRoundData(uint80)", &id, 1);
}

static enum err set_answer(u64 answer)
{
	const struct address somebody = world_account(7);
	const struct u256 word = u256_from_u64(answer);

	return world_call(&world, &somebody, &feed_zero, "setAnswer(int256)", &word, 1);
}

static void assert_round(u64 round, u64 answer, u64 started_at, u64 updated_at)
{
	const struct u256 id = u256_from_u128((u128)1 << 64 | round);
	const struct u256 first = world_word(&world, 0), last = world_word(&world, 4);

	assert_true(u256_equal(&first, &id));
	assert_int_equal(world_word_u64(&world, 1), answer);
	assert_int_equal(world_word_u64(&world, 2), started_at);
	assert_int_equal(world_word_u64(&world, 3), updated_at);
	assert_true(u256_equal(&last, &id));
}

static void a_feed_says_what_it_is(void **unused)
{
	struct abi_types types;
	struct abi_view result;
	struct bytes text;

	(void)unused;
	assert_int_equal(view("decimals()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 8);
	assert_int_equal(view("version()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 4);
	assert_int_equal(view("phaseId()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 1);
	assert_int_equal(view("description()"), OK);
	result = world_result(&world, &types, "(string)");
	text = abi_bytes(&result, 0);
	assert_int_equal(text.size, strlen("F0 / USD"));
	assert_memory_equal(text.at, "F0 / USD", text.size);
}

static void a_feed_without_a_round_has_no_data(void **unused)
{
	(void)unused;
	assert_int_equal(view("latestRoundData()"), ERR_REVERT);
	assert_true(world_reverted_text(&world, "No data present"));
	assert_int_equal(view_round(1, 0), ERR_REVERT);
	assert_int_equal(view_round(1, 1), ERR_REVERT);
	assert_int_equal(view("latestAnswer()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 0);
	assert_int_equal(view("latestTimestamp()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 0);
	assert_int_equal(view("latestRound()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 0);
}

static void each_answer_is_a_round_of_its_own(void **unused)
{
	const u64 first_time = world.env.time;
	struct u256 id;

	(void)unused;
	assert_int_equal(set_answer(2000ull * E8), OK);
	world_commit(&world);
	assert_int_equal(set_answer(1990ull * E8), OK);
	assert_int_equal(view("latestRoundData()"), OK);
	assert_round(2, 1990ull * E8, first_time + 1, first_time + 1);
	assert_int_equal(view_round(1, 1), OK);
	assert_round(1, 2000ull * E8, first_time, first_time);
	assert_int_equal(view_round(1, 2), OK);
	assert_round(2, 1990ull * E8, first_time + 1, first_time + 1);
	assert_int_equal(view("latestRound()"), OK);
	id = world_word(&world, 0);
	assert_true(u256_low128(&id) == ((u128)1 << 64 | 2));
	assert_int_equal(view("latestAnswer()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 1990ull * E8);
}

static void rounds_that_are_not_there_have_no_data(void **unused)
{
	(void)unused;
	assert_int_equal(set_answer(2000ull * E8), OK);
	assert_int_equal(view_round(1, 1), OK);
	assert_int_equal(view_round(1, 2), ERR_REVERT);
	assert_int_equal(view_round(0, 1), ERR_REVERT);
	assert_int_equal(view_round(2, 1), ERR_REVERT);
	assert_int_equal(view_round(1, 1 + FEED_HISTORY), ERR_REVERT);
	assert_int_equal(view_round(1, ~(u64)0), ERR_REVERT);
	assert_true(world_reverted_text(&world, "No data present"));
}

static void assert_legacy_readers(const struct u256 *id, u64 answer, u64 updated_at)
{
	assert_int_equal(world_view(&world, &feed_zero, "getAnswer(uint256)", id, 1), OK);
	assert_int_equal(world_word_u64(&world, 0), answer);
	assert_int_equal(world_view(&world, &feed_zero, "getTimestamp(uint256)", id, 1), OK);
	assert_int_equal(world_word_u64(&world, 0), updated_at);
}

static void legacy_readers_get_0_for_a_round_that_is_not_there(void **unused)
{
	static const u64 absent[][2] = { { 1, 0 }, { 1, 3 }, { 0, 1 }, { 2, 1 }, { 1, 2 + FEED_HISTORY } };
	struct u256 id = u256_from_u128((u128)1 << 64 | 2);

	(void)unused;
	assert_int_equal(set_answer(2000ull * E8), OK);
	world.env.time += 7;
	assert_int_equal(set_answer(2100ull * E8), OK);
	assert_legacy_readers(&id, 2100ull * E8, world.env.time);
	u256_set_bit(&id, 80, true); /* of what is no uint80 */
	assert_legacy_readers(&id, 0, 0);
	for (size_t i = 0; i < ARRAY_COUNT(absent); i++) {
		id = u256_from_u128((u128)absent[i][0] << 64 | absent[i][1]);
		assert_legacy_readers(&id, 0, 0);
	}
}

static void a_round_id_wider_than_80_bits_is_no_call(void **unused)
{
	struct u256 id = u256_from_u64(1);

	(void)unused;
	assert_int_equal(set_answer(2000ull * E8), OK);
	u256_set_bit(&id, 80, true);
	assert_int_equal(world_view(&world, &feed_zero, "getRoundData(uint80)", &id, 1), ERR_BARE);
}

static void history_keeps_the_newest_rounds_and_no_more(void **unused)
{
	(void)unused;
	for (u64 i = 1; i <= FEED_HISTORY + 3; i++)
		assert_int_equal(set_answer(i), OK);
	assert_int_equal(view_round(1, 3), ERR_REVERT);
	assert_int_equal(view_round(1, 4), OK);
	assert_int_equal(world_word_u64(&world, 1), 4);
	assert_int_equal(view_round(1, FEED_HISTORY + 3), OK);
	assert_int_equal(world_word_u64(&world, 1), FEED_HISTORY + 3);
}

static void only_a_devnet_takes_answers_by_hand(void **unused)
{
	struct hash before, after;

	(void)unused;
	world.env.devnet = false;
	before = world_fingerprint(&world);
	assert_int_equal(set_answer(2000ull * E8), ERR_BARE);
	assert_int_equal(world.output.size, 0);
	after = world_fingerprint(&world);
	assert_int_equal(hash_cmp(&before, &after), 0);
}

static void an_answer_emits_the_round_without_its_phase(void **unused)
{
	const struct log *log;
	struct u256 word;

	(void)unused;
	assert_int_equal(set_answer(5), OK);
	assert_int_equal(set_answer(6), OK);
	assert_int_equal(world.logs.count, 2);
	log = &world.logs.at[1];
	assert_int_equal(address_cmp(&log->address, &feed_zero), 0);
	assert_int_equal(log->topic_count, 3);
	assert_memory_equal(log->topics[0].bytes, event_info(EVENT_AnswerUpdated)->topic.bytes, 32);
	word = u256_from_be(log->topics[1].bytes);
	assert_int_equal(u256_low64(&word), 6);
	word = u256_from_be(log->topics[2].bytes);
	assert_int_equal(u256_low64(&word), 2);
	assert_int_equal(log->data.size, 32);
	word = u256_from_be(log->data.at);
	assert_int_equal(u256_low64(&word), world.env.time);
}

static void a_dead_feed_may_be_set_but_not_read_as_a_round(void **unused)
{
	const struct address somebody = world_account(7);
	const struct u256 minus_one = U256_MAX;
	struct u256 got;

	(void)unused;
	assert_int_equal(set_answer(0), OK);
	assert_int_equal(view("latestRoundData()"), ERR_REVERT);
	assert_true(world_reverted_text(&world, "No data present"));
	assert_int_equal(world_call(&world, &somebody, &feed_zero, "setAnswer(int256)", &minus_one, 1), OK);
	assert_int_equal(view("latestAnswer()"), OK);
	got = world_word(&world, 0);
	assert_true(u256_equal(&got, &minus_one));
	assert_int_equal(view("latestPriceV2()"), OK);
	assert_int_equal(world_word_u64(&world, 0), 0);
	assert_int_equal(world_word_u64(&world, 4), FEED_MANUAL);
}

static void the_rich_view_tells_staleness(void **unused)
{
	struct u256 price;

	(void)unused;
	assert_int_equal(set_answer(2000ull * E8), OK);
	assert_int_equal(view("latestPriceV2()"), OK);
	price = world_word(&world, 0);
	assert_true(u256_low128(&price) == 2000 * E18);
	assert_int_equal(world_word_u64(&world, 1), 0);
	assert_int_equal(world_word_u64(&world, 2), world.env.time);
	assert_int_equal(world_word_u64(&world, 3), world.env.time);
	assert_int_equal(world_word_u64(&world, 4),
			 FEED_POSITIVE | FEED_FRESH | FEED_LIVE | FEED_TIGHT | FEED_USABLE | FEED_MANUAL);
	assert_int_equal(world_word_u64(&world, 5), 0);
	world.env.time += ORACLE_MAX_AGE + 1;
	assert_int_equal(view("latestPriceV2()"), OK);
	assert_int_equal(world_word_u64(&world, 4), FEED_POSITIVE | FEED_LIVE | FEED_TIGHT | FEED_USABLE | FEED_MANUAL);
}

static void an_answer_too_large_for_the_price_saturates_it(void **unused)
{
	const struct address somebody = world_account(7);
	struct u256 huge = U256_ZERO, price;

	(void)unused;
	u256_set_bit(&huge, 254, true);
	assert_int_equal(world_call(&world, &somebody, &feed_zero, "setAnswer(int256)", &huge, 1), OK);
	assert_int_equal(view("latestPriceV2()"), OK);
	price = world_word(&world, 0);
	assert_true(u256_low128(&price) == ~(u128)0);
}

static void answers_round_half_up_at_the_eighth_decimal(void **unused)
{
	static const struct {
		u128 price;
		u64 answer;
	} cases[] = {
		{ 0, 0 },
		{ 4999999999u, 0 },
		{ 5000000000u, 1 },
		{ 14999999999u, 1 },
		{ 15000000000u, 2 },
		{ 2000 * E18, 2000ull * E8 },
	};
	struct u256 top;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const struct u256 got = feed_answer_near(cases[i].price);

		assert_int_equal(u256_low64(&got), cases[i].answer);
	}
	top = feed_answer_near(~(u128)0);
	assert_true(u256_low128(&top) == ~(u128)0 / 10000000000u);
}

static void only_feeds_of_genesis_exist(void **unused)
{
	const struct address third = contract_address(CONTRACT_FEED, 2);

	(void)unused;
	assert_true(call_has_code(&world.state, &feed_zero));
	assert_false(call_has_code(&world.state, &third));
}

static void genesis_gives_the_first_round(void **unused)
{
	const struct u256 answer = u256_from_u64(1500ull * E8), none = U256_ZERO;
	struct feed f;

	(void)unused;
	feed_read(&world.state, &(struct feed_key){ 0 }, &f);
	feed_genesis(&world.state, 0, &f, &none, 1600000000);
	assert_int_equal(view("latestRoundData()"), ERR_REVERT);
	feed_genesis(&world.state, 0, &f, &answer, 1600000000);
	assert_int_equal(view("latestRoundData()"), OK);
	assert_round(1, 1500ull * E8, 1600000000, 1600000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_feed_says_what_it_is, begin, end),
		cmocka_unit_test_setup_teardown(a_feed_without_a_round_has_no_data, begin, end),
		cmocka_unit_test_setup_teardown(each_answer_is_a_round_of_its_own, begin, end),
		cmocka_unit_test_setup_teardown(rounds_that_are_not_there_have_no_data, begin, end),
		cmocka_unit_test_setup_teardown(legacy_readers_get_0_for_a_round_that_is_not_there, begin, end),
		cmocka_unit_test_setup_teardown(a_round_id_wider_than_80_bits_is_no_call, begin, end),
		cmocka_unit_test_setup_teardown(history_keeps_the_newest_rounds_and_no_more, begin, end),
		cmocka_unit_test_setup_teardown(only_a_devnet_takes_answers_by_hand, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_emits_the_round_without_its_phase, begin, end),
		cmocka_unit_test_setup_teardown(a_dead_feed_may_be_set_but_not_read_as_a_round, begin, end),
		cmocka_unit_test_setup_teardown(the_rich_view_tells_staleness, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_too_large_for_the_price_saturates_it, begin, end),
		cmocka_unit_test_setup_teardown(answers_round_half_up_at_the_eighth_decimal, begin, end),
		cmocka_unit_test_setup_teardown(only_feeds_of_genesis_exist, begin, end),
		cmocka_unit_test_setup_teardown(genesis_gives_the_first_round, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
