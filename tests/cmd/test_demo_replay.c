#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/replay.c"

#define HEADER "timestamp,open,high,low,close,volume\n"

static char folder[] = "/tmp/test-demo-replay-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static enum err plan(struct replay *r, const char *name)
{
	char path[PATH_MAX], why[REPLAY_WHY_MAX] = "";
	enum err e;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	e = replay_plan(r, path, why);
	assert_true(e == OK || why[0] != '\0');
	return e;
}

static int make_folder(void **unused)
{
	(void)unused;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **unused)
{
	static const char *const names[] = { "a_ethusd.csv", "a_btcusd.csv", "a_linkusd.csv",
					     "b_ethusd.csv", "b_btcusd.csv", "c_eth.csv",
					     "c_btc.csv" };
	char path[PATH_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

static void files_of_other_coins_are_named_after_ethers(void **unused)
{
	static const struct {
		const char *ether, *coin, *expected;
	} rows[] = {
		{ "data/crash/ethusd_1m.csv", "btc", "data/crash/btcusd_1m.csv" },
		{ "2021-05_ethusdt_binance_1m.csv", "link", "2021-05_linkusdt_binance_1m.csv" },
		{ "beth/eth.csv", "btc", "beth/btc.csv" },
	};
	char out[PATH_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(replay_sibling(out, rows[i].ether, rows[i].coin), OK);
		assert_string_equal(out, rows[i].expected);
	}
	assert_int_equal(replay_sibling(out, "eth/prices.csv", "btc"), ERR_NOT_FOUND);
}

static void each_coin_has_its_own_file_if_there_is_one(void **unused)
{
	struct replay r;

	(void)unused;
	put("a_ethusd.csv", HEADER "600,200,210,90,100,1\n660,100,120,80,110,1\n");
	put("a_btcusd.csv", HEADER
	    "540,5000,5000,5000,5000,1\n600,8000,8100,7900,8050,1\n660,8050,8060,8000,8000,1\n");
	assert_int_equal(plan(&r, "a_ethusd.csv"), OK);
	assert_true(r.begins == 600 && r.ends == 720 && r.earliest == 540);
	assert_true(fabs(r.lowest_ether - 80) < 1e-9);
	assert_true(fabs(r.prices[ASSET_WETH].first - 200) < 1e-9);
	assert_false(r.prices[ASSET_WBTC].follows);
	assert_true(fabs(r.prices[ASSET_WBTC].first - 8000) < 1e-9);
	assert_true(r.prices[ASSET_LINK].follows);
	assert_string_equal(r.prices[ASSET_LINK].file, r.prices[ASSET_WETH].file);
	assert_true(fabs(r.prices[ASSET_LINK].scale * 200 - 14.5) < 1e-9);
	assert_string_equal(r.prices[ASSET_USDC].file, "");
	assert_true(r.prices[ASSET_DAI].first > 0.99 && r.prices[ASSET_DAI].first < 1.01);
}

static void a_file_that_ends_too_early_is_followed_only_to_its_first_price(void **unused)
{
	struct replay r;

	(void)unused;
	put("b_ethusd.csv", HEADER
	    "600,200,210,90,100,1\n660,100,120,80,110,1\n720,110,110,110,110,1\n780,110,110,110,110,1\n");
	put("b_btcusd.csv", HEADER "600,8000,8100,7900,8050,1\n660,8050,8060,8000,8000,1\n");
	assert_int_equal(plan(&r, "b_ethusd.csv"), OK);
	assert_true(r.prices[ASSET_WBTC].follows);
	assert_true(fabs(r.prices[ASSET_WBTC].scale - 40) < 1e-9);
	assert_true(fabs(r.prices[ASSET_WBTC].first - 8000) < 1e-9);
}

static void files_that_are_not_candles_are_refused(void **unused)
{
	struct replay r = { .begins = 7 };

	(void)unused;
	assert_int_equal(plan(&r, "no_such_eth.csv"), ERR_NOT_FOUND);
	put("c_eth.csv", HEADER "600,200,210,90\n");
	assert_int_not_equal(plan(&r, "c_eth.csv"), OK);
	put("c_eth.csv", HEADER "600,200,210,90,100,1\n660,100,120,80,110,1\n");
	put("c_btc.csv", "nonsense\n");
	assert_int_not_equal(plan(&r, "c_eth.csv"), OK);
	assert_true(r.begins == 7);
}

static void a_round_lasts_a_block_or_a_little_more(void **unused)
{
	static const struct {
		double length, wall, speed;
		u64 period, age;
	} rows[] = {
		{ 172800, 150, 1152, 240, 4800 },
		{ 172800, 30, 5760, 1200, 24000 },
		{ 3600, 3600, 1, 60, 3600 },
		{ 172800, 115.2, 1500, 360, 7200 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct pace p = pace_of(rows[i].length, rows[i].wall);

		assert_true(fabs(p.speed - rows[i].speed) < 1e-6);
		assert_true(p.oracle_period == rows[i].period);
		assert_true(p.price_age_max == rows[i].age);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_other_coins_are_named_after_ethers),
		cmocka_unit_test(each_coin_has_its_own_file_if_there_is_one),
		cmocka_unit_test(a_file_that_ends_too_early_is_followed_only_to_its_first_price),
		cmocka_unit_test(files_that_are_not_candles_are_refused),
		cmocka_unit_test(a_round_lasts_a_block_or_a_little_more),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
