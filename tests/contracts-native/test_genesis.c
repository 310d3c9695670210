#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "contracts-native/chain/genesis.h"
#include "contracts-native/lending/configuration.h"
#include "oracle/feed.h"
#include "oracle/set.h"
#include "tests/support/world.h"

/* A market of two assets, four reporters and a few balances. */
struct market {
	struct genesis g;
	struct genesis_token tokens[3];
	struct genesis_feed feeds[2];
	struct genesis_reserve reserves[2];
	struct genesis_emode emodes[2];
	struct address reporters[GENESIS_REPORTERS_MAX];
	struct genesis_balance balances[5];
};

/* clang-format off */
static struct market *market(void)
{
	static struct market m;

	m = (struct market){
		.tokens = {
			{ "USD Coin", "USDC", 6, u256_from_u64(1000) },
			{ "Wrapped Ether", "WETH", 18, u256_from_u64(5) },
			{ "exactly thirty-two letters long.", "sixteen letters.", 18, u256_from_u64(0) },
		},
		.feeds = {
			{ "USDC/USD:spot:1", "USDC / USD", 3600, 3, u256_from_u64(100000000) },
			{ "ETH/USD:spot:1", "ETH / USD", 60, 5, u256_from_u64(0) },
		},
		.reserves = {
			{ .token = 1, .feed = 1, .ltv = 8000, .liquidation_threshold = 8300,
			  .liquidation_bonus = 10500, .reserve_factor = 1500, .liquidation_protocol_fee = 1000,
			  .supply_cap = 1000000, .borrow_cap = 900000, .borrowing = true, .flash_loans = true,
			  .optimal = 9000, .base = 100, .slope1 = 270, .slope2 = 8000 },
			{ .token = 0, .feed = 0, .debt_ceiling = 123456, .borrowable_in_isolation = true,
			  .siloed = true, .optimal = 9200, .base = 0, .slope1 = 550, .slope2 = 4000 },
		},
		.emodes = {
			{ .id = 1, .label = "ETH correlated", .ltv = 9300, .liquidation_threshold = 9500,
			  .liquidation_bonus = 10100, .collateral = { { 1, 0 } }, .borrowable = { { 3, 0 } } },
			{ .id = 7, .label = "", .ltv = 1, .liquidation_threshold = 1, .liquidation_bonus = 10001 },
		},
		.reporters = { world_account(11), world_account(12), world_account(13), world_account(14) },
		.balances = {
			{ .owner = world_account(1), .is_native = true, .amount = u256_from_u64(100) },
			{ .owner = world_account(1), .is_native = true, .amount = u256_from_u64(11) },
			{ .owner = world_account(1), .token = 0, .amount = u256_from_u64(70) },
			{ .owner = world_account(2), .token = 0, .amount = u256_from_u64(30) },
			{ .owner = world_account(2), .token = 1, .amount = u256_from_u64(9) },
		},
	};
	m.g = (struct genesis){
		.chain_id = 31337, .time = 1700000000, .gas_limit = 30000000,
		.base_fee = u256_from_u64(1000000000), .devnet = true,
		.admin = world_account(21), .treasury = world_account(22), .umbrella = world_account(23),
		.flash_premium = 5, .oracle_set_id = 1, .oracle_period = 2, .id = { { 0x1d } },
		.tokens = m.tokens, .feeds = m.feeds, .reserves = m.reserves, .emodes = m.emodes,
		.reporters = m.reporters, .balances = m.balances,
		.token_count = 3, .feed_count = 2, .reserve_count = 2, .emode_count = 2,
		.reporter_count = 4, .balance_count = 5,
	};
	return &m;
}
/* clang-format on */

static int begin(void **state)
{
	static struct world w;
	struct market *m = market();
	const char *why = NULL;

	world_init(&w);
	assert_int_equal(genesis_check(&m->g, &why), OK);
	assert_null(why);
	assert_int_equal(genesis_apply(&w.state, &m->g), OK);
	*state = &w;
	return 0;
}

static int end(void **state)
{
	world_free(*state);
	return 0;
}

/* -- what it makes ----------------------------------------------------------------------------- */

static void the_chain_record_has_every_count(void **state)
{
	struct world *w = *state;
	struct chain chain;
	struct pool pool;
	struct address want = world_account(22);

	assert_true(chain_read(&w->state, &(struct chain_key){ 0 }, &chain));
	assert_int_equal(chain.chain_id, 31337);
	assert_int_equal(chain.gas_limit, 30000000);
	assert_int_equal(u256_low64(&chain.base_fee), 1000000000);
	assert_int_equal(chain.genesis.bytes[0], 0x1d);
	assert_int_equal(chain.genesis_time, 1700000000);
	assert_int_equal(chain.token_count, 3);
	assert_int_equal(chain.feed_count, 2);
	assert_int_equal(chain.reserve_count, 2);
	assert_int_equal(chain.devnet, 1);
	assert_true(pool_read(&w->state, &(struct pool_key){ 0 }, &pool));
	assert_int_equal(pool.flash_premium, 5);
	assert_memory_equal(&pool.treasury, &want, sizeof want);
}

static void balances_add_up_to_supplies(void **state)
{
	struct world *w = *state;
	struct address alice = world_account(1);
	struct token token;
	struct balance balance;

	assert_int_equal(world_wei(w, &alice), 111);
	assert_true(token_read(&w->state, &(struct token_key){ 0 }, &token));
	assert_int_equal(u256_low64(&token.supply), 100);
	assert_int_equal(token.decimals, 6);
	assert_string_equal(token.symbol, "USDC");
	assert_int_equal(u256_low64(&token.drip), 1000);
	assert_true(balance_read(&w->state, &(struct balance_key){ 0, alice }, &balance));
	assert_int_equal(u256_low64(&balance.amount), 70);
	assert_true(token_read(&w->state, &(struct token_key){ 2 }, &token));
	assert_memory_equal(token.name, "exactly thirty-two letters long.", 32);
	assert_memory_equal(token.symbol, "sixteen letters.", 16);
	assert_true(u256_is_zero(&token.supply));
}

static void reserves_begin_at_one_ray_and_the_base_rate(void **state)
{
	static const struct u128le ray = { { 0x9fd0803ce8000000, 0x33b2e3c } }; /* 10^27 */
	struct world *w = *state;
	struct u256 rate, want = u256_pow10(25);
	struct listing listing;
	struct reserve r;

	assert_true(reserve_read(&w->state, &(struct reserve_key){ 0 }, &r));
	assert_memory_equal(&r.liquidity_index, &ray, sizeof ray);
	assert_memory_equal(&r.borrow_index, &ray, sizeof ray);
	assert_int_equal(r.liquidity_rate.limb[0] | r.liquidity_rate.limb[1], 0);
	rate = (struct u256){ { r.borrow_rate.limb[0], r.borrow_rate.limb[1], 0, 0 } };
	assert_true(u256_equal(&rate, &want));
	assert_int_equal(r.updated_at, 1700000000);
	assert_int_equal(r.token, 1);
	assert_int_equal(r.feed, 1);
	assert_int_equal(r.listed, 1);
	assert_int_equal(r.slope2, 8000);
	assert_true(listing_read(&w->state, &(struct listing_key){ 1 }, &listing));
	assert_int_equal(listing.reserve_plus_one, 1);
	assert_true(listing_read(&w->state, &(struct listing_key){ 0 }, &listing));
	assert_int_equal(listing.reserve_plus_one, 2);
	assert_false(listing_read(&w->state, &(struct listing_key){ 2 }, &listing));
}

/* The bit positions are Aave's: ltv at 0, threshold 16, bonus 32, decimals 48, ... */
static void configuration_words_have_aaves_bits(void **state)
{
	struct world *w = *state;
	struct u256 word, bit;
	struct reserve r;

	assert_true(reserve_read(&w->state, &(struct reserve_key){ 0 }, &r));
	word = r.configuration;
	assert_int_equal(word.limb[0], 8000ull | 8300ull << 16 | 10500ull << 32 | 18ull << 48 |
					       1ull << 56 | 1ull << 58 | 1ull << 63);
	assert_int_equal(u256_field(&word, 64, 16), 1500);
	assert_int_equal(u256_field(&word, 80, 36), 900000);
	assert_int_equal(u256_field(&word, 116, 36), 1000000);
	assert_int_equal(u256_field(&word, 152, 16), 1000);
	assert_int_equal(u256_field(&word, 168, 44), 0);
	assert_int_equal(u256_field(&word, 212, 40), 0);
	bit = u256_shr(&word, 252);
	assert_int_equal(u256_low64(&bit), 1);

	assert_true(reserve_read(&w->state, &(struct reserve_key){ 1 }, &r));
	assert_int_equal(r.configuration.limb[0], 6ull << 48 | 1ull << 56 | 1ull << 61 | 1ull << 62);
	assert_int_equal(u256_field(&r.configuration, 212, 40), 123456);
}

static void a_feed_with_an_answer_has_its_first_round(void **state)
{
	struct world *w = *state;
	struct feed_round round;
	struct hash id;
	struct feed f;

	assert_true(feed_read(&w->state, &(struct feed_key){ 0 }, &f));
	keccak256(&id, (struct bytes){ (const u8 *)"USDC/USD:spot:1", 15 });
	assert_memory_equal(&f.id, &id, sizeof id);
	assert_string_equal(f.description, "USDC / USD");
	assert_int_equal(f.round, 1);
	assert_int_equal(u256_low64(&f.answer), 100000000);
	assert_int_equal(f.price.limb[0], 1000000000000000000ull);
	assert_int_equal(f.updated_at, 1700000000);
	assert_int_equal(f.max_age, 3600);
	assert_int_equal(f.venues_min, 3);
	assert_true(feed_round_read(&w->state, &(struct feed_round_key){ 0, 1 }, &round));
	assert_int_equal(round.round, 1);

	assert_true(feed_read(&w->state, &(struct feed_key){ 1 }, &f));
	assert_int_equal(f.round, 0);
	assert_true(u256_is_zero(&f.answer));
	assert_false(feed_round_read(&w->state, &(struct feed_round_key){ 1, 0 }, &round));
}

/* clang-format off */
static void the_oracle_set_is_three_f_plus_one(void **state)
{
	struct world *w = *state;
	struct feed_terms feeds[2] = { { .max_age = 3600, .venues_min = 3 }, { .max_age = 60, .venues_min = 5 } };
	struct set_terms terms = { .chain_id = 31337, .set_id = 1, .faulty_max = 1,
				   .aggregator = { { 0x50, 0x6c, 0x69, 0x6d, 0x73, 0x6f, 0x6c, 0x6c,
						     0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0 } },
				   .reporters = market()->reporters, .reporter_count = 4 };
	struct oracle_set set;
	struct reporter reporter;
	struct hash digest;

	keccak256(&feeds[0].id, (struct bytes){ (const u8 *)"USDC/USD:spot:1", 15 });
	keccak256(&feeds[1].id, (struct bytes){ (const u8 *)"ETH/USD:spot:1", 14 });
	feed_table_digest(&terms.feed_table, feeds, 2);
	set_digest(&digest, &terms);
	assert_true(oracle_set_read(&w->state, &(struct oracle_set_key){ 0 }, &set));
	assert_memory_equal(&set.digest, &digest, sizeof digest);
	assert_int_equal(set.reporter_count, 4);
	assert_int_equal(set.faulty_max, 1);
	assert_int_equal(set.period, 2);
	assert_int_equal(set.last_round, 0);
	assert_true(reporter_read(&w->state, &(struct reporter_key){ 3 }, &reporter));
	assert_memory_equal(&reporter.key, &terms.reporters[3], sizeof reporter.key);
	assert_false(reporter_read(&w->state, &(struct reporter_key){ 4 }, &reporter));
}
/* clang-format on */

static void emodes_keep_their_bits_and_label(void **state)
{
	struct world *w = *state;
	struct emode e;

	assert_true(emode_read(&w->state, &(struct emode_key){ 1 }, &e));
	assert_int_equal(e.ltv, 9300);
	assert_int_equal(e.liquidation_bonus, 10100);
	assert_int_equal(e.collateral.limb[0], 1);
	assert_int_equal(e.borrowable.limb[0], 3);
	assert_string_equal(e.label, "ETH correlated");
	assert_false(emode_read(&w->state, &(struct emode_key){ 2 }, &e));
	assert_true(emode_read(&w->state, &(struct emode_key){ 7 }, &e));
}

/* -- what it refuses ------------------------------------------------------------------------------- */

/* clang-format off */
static void break_chain_id(struct market *m) { m->g.chain_id = 0; }
static void break_chain_id_high(struct market *m) { m->g.chain_id = 1ull << 31; }
static void break_time(struct market *m) { m->g.time = 0; }
static void break_time_high(struct market *m) { m->g.time = 1ull << 40; }
static void break_gas_limit(struct market *m) { m->g.gas_limit = 20999; }
static void break_base_fee(struct market *m) { m->g.base_fee = u256_shl(&U256_ONE, 128); }
static void break_premium(struct market *m) { m->g.flash_premium = 10001; }
static void break_tokens(struct market *m) { m->g.token_count = 129; }
static void break_feeds(struct market *m) { m->g.feed_count = 129; }
static void break_reserves(struct market *m) { m->g.reserve_count = 129; }
static void break_emodes(struct market *m) { m->g.emode_count = 256; }
static void break_reporters(struct market *m) { m->g.reporter_count = 65; }
static void break_admin(struct market *m) { m->g.admin = (struct address){ { 0 } }; }
static void break_treasury(struct market *m) { m->g.treasury = (struct address){ { 0 } }; }
static void break_name(struct market *m) { m->tokens[1].name[0] = 0; }
static void break_symbol(struct market *m) { memset(m->tokens[1].symbol, 'x', 17); }
static void break_decimals(struct market *m) { m->tokens[2].decimals = 37; }
static void break_feed_name(struct market *m) { m->feeds[0].name[0] = 0; }
static void break_feed_twice(struct market *m) { m->feeds[1] = m->feeds[0]; }
static void break_description(struct market *m) { memset(m->feeds[0].description, 'x', 33); }
static void break_max_age(struct market *m) { m->feeds[0].max_age = 0; }
static void break_venues(struct market *m) { m->feeds[0].venues_min = 0; }
static void break_venues_high(struct market *m) { m->feeds[0].venues_min = 256; }
static void break_answer(struct market *m) { m->feeds[0].answer = U256_MAX; }
static void break_token(struct market *m) { m->reserves[0].token = 3; }
static void break_feed(struct market *m) { m->reserves[0].feed = 2; }
static void break_coarse(struct market *m) { m->tokens[0].decimals = 5; }
static void break_listed(struct market *m) { m->reserves[1].token = 1; }
static void break_ltv(struct market *m) { m->reserves[0].ltv = 8301; }
static void break_bonus(struct market *m) { m->reserves[0].liquidation_bonus = 10000; }
static void break_payout(struct market *m) { m->reserves[0].liquidation_bonus = 12049; }
static void break_idle_bonus(struct market *m) { m->reserves[1].liquidation_bonus = 10500; }
static void break_idle_ltv(struct market *m) { m->reserves[1].ltv = 1; }
static void break_optimal(struct market *m) { m->reserves[0].optimal = 99; }
static void break_optimal_high(struct market *m) { m->reserves[0].optimal = 9901; }
static void break_slopes(struct market *m) { m->reserves[0].slope1 = 8001; }
static void break_rate(struct market *m) { m->reserves[0].base = 100000 - 8270 + 1; }
static void break_rate_wide(struct market *m) { m->reserves[0].slope2 = UINT32_MAX; }
static void break_factor(struct market *m) { m->reserves[0].reserve_factor = 10001; }
static void break_fee(struct market *m) { m->reserves[0].liquidation_protocol_fee = 10001; }
static void break_supply_cap(struct market *m) { m->reserves[0].supply_cap = 1ull << 36; }
static void break_borrow_cap(struct market *m) { m->reserves[0].borrow_cap = 1ull << 36; }
static void break_ceiling(struct market *m) { m->reserves[0].debt_ceiling = 1ull << 40; }
static void break_emode_id(struct market *m) { m->emodes[0].id = 0; }
static void break_emode_twice(struct market *m) { m->emodes[0].id = 7; }
static void break_emode_label(struct market *m) { memset(m->emodes[0].label, 'x', 65); }
static void break_emode_ltv(struct market *m) { m->emodes[0].ltv = 0; }
static void break_emode_ltv_high(struct market *m) { m->emodes[0].ltv = 9501; }
static void break_emode_bonus(struct market *m) { m->emodes[0].liquidation_bonus = 10000; }
static void break_emode_payout(struct market *m) { m->emodes[0].liquidation_bonus = 10527; }
static void break_emode_bits(struct market *m) { m->emodes[0].collateral.limb[0] = 4; }
static void break_emode_borrowable(struct market *m) { m->emodes[0].borrowable.limb[1] = 1; }
static void break_emode_ltvzero(struct market *m) { m->emodes[0].ltvzero.limb[0] = 2; }
static void break_quorum(struct market *m) { m->g.reporter_count = 3; }
static void break_period(struct market *m) { m->g.oracle_period = 0; }
static void break_reporter(struct market *m) { m->reporters[2] = (struct address){ { 0 } }; }
static void break_reporter_twice(struct market *m) { m->reporters[2] = m->reporters[0]; }
static void break_balance_token(struct market *m) { m->balances[2].token = 3; }
static void break_balance_owner(struct market *m) { m->balances[0].owner = (struct address){ { 0 } }; }

static void every_broken_rule_is_named(void **unused)
{
	static const struct {
		void (*break_it)(struct market *m);
		const char *why;
	} vectors[] = {
		{ break_chain_id, "chain id" }, { break_chain_id_high, "chain id" },
		{ break_time, "time" }, { break_time_high, "time" }, { break_gas_limit, "gas limit" },
		{ break_base_fee, "base fee" }, { break_premium, "flash premium" },
		{ break_tokens, "too many tokens" }, { break_feeds, "too many feeds" },
		{ break_reserves, "too many reserves" }, { break_emodes, "too many eMode" },
		{ break_reporters, "too many reporters" }, { break_admin, "admin" },
		{ break_treasury, "treasury" }, { break_name, "token name" },
		{ break_symbol, "token symbol" }, { break_decimals, "token decimals" },
		{ break_feed_name, "feed name" }, { break_feed_twice, "two feeds" },
		{ break_description, "feed description" }, { break_max_age, "max age" },
		{ break_venues, "venues" }, { break_venues_high, "venues" }, { break_answer, "feed answer" },
		{ break_token, "reserve token is unknown" }, { break_feed, "reserve feed is unknown" },
		{ break_coarse, "fewer than 6 decimals" }, { break_listed, "listed twice" },
		{ break_ltv, "ltv is above" }, { break_bonus, "bonus is not above" },
		{ break_payout, "threshold * bonus" }, { break_idle_bonus, "bonus but no threshold" },
		{ break_idle_ltv, "ltv is above" }, { break_optimal, "optimal" },
		{ break_optimal_high, "optimal" }, { break_slopes, "slope1" },
		{ break_rate, "base + slope1 + slope2" }, { break_rate_wide, "base + slope1 + slope2" },
		{ break_factor, "reserve factor" }, { break_fee, "protocol fee" },
		{ break_supply_cap, "supply cap" }, { break_borrow_cap, "borrow cap" },
		{ break_ceiling, "debt ceiling" }, { break_emode_id, "category 0" },
		{ break_emode_twice, "one id" }, { break_emode_label, "label" },
		{ break_emode_ltv, "eMode ltv" }, { break_emode_ltv_high, "eMode ltv" },
		{ break_emode_bonus, "eMode liquidation bonus" },
		{ break_emode_payout, "eMode threshold * bonus" }, { break_emode_bits, "unknown reserve" },
		{ break_emode_borrowable, "unknown reserve" }, { break_emode_ltvzero, "ltvzero" },
		{ break_quorum, "3f+1" }, { break_period, "period" }, { break_reporter, "zero address" },
		{ break_reporter_twice, "stands twice" }, { break_balance_token, "unknown token" },
		{ break_balance_owner, "zero address" }
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct market *m = market();
		const char *why = "nothing";

		vectors[i].break_it(m);
		assert_int_equal(genesis_check(&m->g, &why), ERR_RANGE);
		if (!strstr(why, vectors[i].why))
			fail_msg("expected %s, got %s", vectors[i].why, why);
	}
}
/* clang-format on */

static void limits_themselves_are_allowed(void **unused)
{
	struct market *m = market();
	const char *why = "nothing";

	(void)unused;
	m->g.chain_id = (1ull << 31) - 1;
	m->g.flash_premium = 10000;
	m->reserves[0].liquidation_bonus = 12048; /* 8300 * 12048 / 10^4 = 9999.8 */
	m->reserves[0].supply_cap = m->reserves[0].borrow_cap = (1ull << 36) - 1;
	m->reserves[1].debt_ceiling = (1ull << 40) - 1;
	m->reserves[0].base = 100000 - 8270;
	m->g.reporter_count = 1;
	assert_int_equal(genesis_check(&m->g, &why), OK);
	m->g.reporter_count = 0;
	m->g.oracle_period = 0;
	assert_int_equal(genesis_check(&m->g, &why), OK);
}

static void a_chain_without_a_market_is_a_chain(void **unused)
{
	struct market *m = market();
	const char *why = "nothing";
	struct world w;

	(void)unused;
	m->g.token_count = m->g.feed_count = m->g.reserve_count = 0;
	m->g.emode_count = m->g.reporter_count = 0;
	m->g.balance_count = 2;
	m->g.admin = m->g.treasury = (struct address){ { 0 } };
	assert_int_equal(genesis_check(&m->g, &why), OK);
	world_init(&w);
	assert_int_equal(genesis_apply(&w.state, &m->g), OK);
	assert_int_equal(world_change_count(&w), 4); /* chain, pool, oracle set, alice */
	world_free(&w);
}

static void balances_beyond_the_largest_number_are_refused(void **unused)
{
	struct market *m = market();
	struct world w;

	(void)unused;
	world_init(&w);
	m->balances[2].amount = U256_MAX; /* and 30 of another owner */
	assert_int_equal(genesis_apply(&w.state, &m->g), ERR_ARITHMETIC);
	world_free(&w);
	world_init(&w);
	m = market();
	m->balances[1].owner = world_account(9);
	m->balances[1].amount = U256_MAX; /* wei, and 100 of another owner */
	assert_int_equal(genesis_apply(&w.state, &m->g), ERR_ARITHMETIC);
	world_free(&w);
}

static void running_out_of_memory_is_told(void **unused)
{
	struct world w;

	(void)unused;
	world_init(&w);
	w.memory_left = 4000;
	assert_int_equal(genesis_apply(&w.state, &market()->g), ERR_FULL);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(the_chain_record_has_every_count),
		TEST(balances_add_up_to_supplies),
		TEST(reserves_begin_at_one_ray_and_the_base_rate),
		TEST(configuration_words_have_aaves_bits),
		TEST(a_feed_with_an_answer_has_its_first_round),
		TEST(the_oracle_set_is_three_f_plus_one),
		TEST(emodes_keep_their_bits_and_label),
#undef TEST
		cmocka_unit_test(every_broken_rule_is_named),
		cmocka_unit_test(limits_themselves_are_allowed),
		cmocka_unit_test(a_chain_without_a_market_is_a_chain),
		cmocka_unit_test(balances_beyond_the_largest_number_are_refused),
		cmocka_unit_test(running_out_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
