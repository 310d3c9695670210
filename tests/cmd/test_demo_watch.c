#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/board.c"
#include "cmd/plimsoll-demo/people.c"
#include "cmd/plimsoll-demo/tally.c"
#include "cmd/plimsoll-demo/watch.c"

static const struct terms terms[ASSET_COUNT] = {
	{ 0.805, 0.83, 18 },
	{ 0.73, 0.78, 8 },
	{ 0.66, 0.71, 18 },
	{ 0.75, 0.78, 6 },
	{ 0.63, 0.77, 18 },
};

struct scene {
	struct people people;
	struct board board;
	struct watch watch;
	json_t *receipts, *failed;
};

static void scene_begin(struct scene *s)
{
	static const double prices[ASSET_COUNT] = { 200, 8000, 4, 1, 1 };

	*s = (struct scene){ .receipts = json_array(), .failed = json_array() };
	assert_int_equal(people_make(&s->people, 1, 4, 4, terms, prices), OK);
	for (u32 i = 0; i < ASSET_COUNT; i++)
		s->board.reserves[i].price = prices[i];
	watch_init(&s->watch, NULL, &s->people, &s->board, terms);
}

static void scene_end(struct scene *s)
{
	json_decref(s->receipts);
	json_decref(s->failed);
	people_free(&s->people);
}

static json_t *address_json(const struct address *a)
{
	char text[HEX_ADDRESS_SIZE];

	return json_stringn(text,
			    hex_from_bytes(text, (struct bytes){ a->bytes, sizeof a->bytes }));
}

static json_t *words_json(const struct u256 *words, size_t count)
{
	u8 bytes[32 * 4];
	char text[3 + 2 * sizeof bytes];

	for (size_t i = 0; i < count; i++)
		u256_to_be(bytes + 32 * i, &words[i]);
	return json_stringn(text, hex_from_bytes(text, (struct bytes){ bytes, 32 * count }));
}

static struct u256 word_of(const struct address *a)
{
	struct u256 word;
	enum err e = u256_from_be_bytes(&word, (struct bytes){ a->bytes, sizeof a->bytes });

	assert_int_equal(e, OK);
	return word;
}

static struct u256 token_word(enum asset a)
{
	struct address token = contract_address(CONTRACT_TOKEN, (u16)a);

	return word_of(&token);
}

/* A receipt of from with one event: topics first, then data. */
static void add_receipt(struct scene *s, const struct address *from, bool succeeded,
			struct address emitter, enum event_name name, const struct u256 *words,
			size_t topics, size_t count)
{
	json_t *log_topics = json_array(), *log;
	struct u256 topic = u256_from_be(event_info(name)->topic.bytes);

	json_array_append_new(log_topics, words_json(&topic, 1));
	for (size_t i = 0; i < topics; i++)
		json_array_append_new(log_topics, words_json(&words[i], 1));
	log = json_pack("{s:o, s:o, s:o}", "address", address_json(&emitter), "topics", log_topics,
			"data", words_json(words + topics, count - topics));
	json_array_append_new(s->receipts,
			      json_pack("{s:s, s:o, s:[o]}", "status", succeeded ? "0x1" : "0x0",
					"from", address_json(from), "logs", log));
}

static void a_liquidation_is_valued_at_the_price_that_caused_it(void **unused)
{
	struct address pool = contract_address(CONTRACT_POOL, 0),
		       feed = contract_address(CONTRACT_FEED, ASSET_WETH);
	struct address stranger = { { 9 } };
	struct person *borrower;
	struct scene s;

	(void)unused;
	scene_begin(&s);
	borrower = &s.people.at[5];
	/* Ether falls from 200 to 100, and then 1000 USDC buy 10.5 of it. */
	add_receipt(
		&s, &stranger, true, feed, EVENT_AnswerUpdated,
		(struct u256[]){ u256_from_u64(10000000000), u256_from_u64(2), u256_from_u64(77) },
		2, 3);
	add_receipt(&s, &stranger, true, pool, EVENT_LiquidationCall,
		    (struct u256[]){ token_word(ASSET_WETH), token_word(ASSET_USDC),
				     word_of(&borrower->address), u256_from_u64(1000000000),
				     u256_from_u64(10500000000000000000u), word_of(&stranger),
				     U256_ZERO },
		    3, 7);
	assert_int_equal(watch_receipts(&s.watch, s.receipts, 12, s.failed), OK);
	assert_true(fabs(s.board.reserves[ASSET_WETH].price - 100) < 1e-9);
	assert_true(s.board.liquidations == 1 && s.board.transactions == 2 && s.board.failed == 0);
	assert_true(fabs(s.board.covered_usd - 1000) < 1e-6);
	assert_true(fabs(s.board.seized_usd - 1050) < 1e-6);
	assert_true(s.board.last[0].height == 12 && s.board.last[0].debt == ASSET_USDC);
	assert_int_equal(address_cmp(&s.board.last[0].borrower, &borrower->address), 0);
	assert_true(borrower->is_stale && !s.people.at[6].is_stale);
	scene_end(&s);
}

static void rounds_and_deficits_are_counted(void **unused)
{
	struct address pool = contract_address(CONTRACT_POOL, 0),
		       aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	struct address stranger = { { 9 } };
	struct scene s;

	(void)unused;
	scene_begin(&s);
	add_receipt(&s, &stranger, true, aggregator, EVENT_RoundAccepted,
		    (struct u256[]){ U256_ONE, U256_ONE, U256_ONE, U256_ONE }, 1, 4);
	add_receipt(&s, &stranger, true, pool, EVENT_DeficitCreated,
		    (struct u256[]){ word_of(&stranger), token_word(ASSET_WBTC),
				     u256_from_u64(50000000) },
		    2, 3);
	assert_int_equal(watch_receipts(&s.watch, s.receipts, 1, s.failed), OK);
	assert_true(s.board.oracle_rounds == 1 && s.board.deficits_created == 1);
	assert_true(fabs(s.board.bad_debt_usd - 4000) < 1e-9);
	scene_end(&s);
}

static void transactions_are_ticked_off_and_failures_kept(void **unused)
{
	struct address token = contract_address(CONTRACT_TOKEN, 0), stranger = { { 9 } };
	struct u256 words[3] = { U256_ZERO, U256_ZERO, U256_ONE };
	struct scene s;

	(void)unused;
	scene_begin(&s);
	s.people.at[2].waiting = 2;
	add_receipt(&s, &s.people.at[2].address, true, token, EVENT_Transfer, words, 2, 3);
	add_receipt(&s, &s.people.at[2].address, false, token, EVENT_Transfer, words, 2, 3);
	add_receipt(&s, &stranger, false, token, EVENT_Transfer, words, 2, 3);
	assert_int_equal(watch_receipts(&s.watch, s.receipts, 1, s.failed), OK);
	assert_int_equal(s.people.at[2].waiting, 0);
	assert_true(s.board.transactions == 3 && s.board.failed == 2);
	assert_int_equal(json_array_size(s.failed), 2);
	scene_end(&s);
}

static void what_is_no_receipt_is_refused(void **unused)
{
	struct scene s;
	json_t *bad;

	(void)unused;
	scene_begin(&s);
	assert_int_equal(watch_receipts(&s.watch, NULL, 1, s.failed), ERR_SYNTAX);
	bad = json_pack("[{s:s}]", "status", "0x1");
	assert_int_equal(watch_receipts(&s.watch, bad, 1, s.failed), ERR_SYNTAX);
	json_decref(bad);
	bad = json_pack("[{s:s, s:s, s:[{s:s}]}]", "status", "0x1", "from",
			"0x0000000000000000000000000000000000000001", "logs", "address", "0x12");
	assert_int_equal(watch_receipts(&s.watch, bad, 1, s.failed), ERR_SYNTAX);
	json_decref(bad);
	scene_end(&s);
}

static void a_revert_is_named_by_its_selector(void **unused)
{
	json_t *named = json_pack("{s:s, s:s}", "message", "execution reverted", "data",
				  "0x911ceb81");
	json_t *unknown = json_pack("{s:s, s:s}", "message", "execution reverted", "data",
				    "0x12345678");

	(void)unused;
	assert_string_equal(revert_text(named), "CollateralCannotCoverNewBorrow()");
	assert_string_equal(revert_text(unknown), "execution reverted");
	assert_string_equal(revert_text(NULL), "no answer");
	json_decref(named);
	json_decref(unknown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_liquidation_is_valued_at_the_price_that_caused_it),
		cmocka_unit_test(rounds_and_deficits_are_counted),
		cmocka_unit_test(transactions_are_ticked_off_and_failures_kept),
		cmocka_unit_test(what_is_no_receipt_is_refused),
		cmocka_unit_test(a_revert_is_named_by_its_selector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
