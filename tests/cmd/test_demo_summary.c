#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/board.c"
#include "cmd/plimsoll-demo/market.c"
#include "cmd/plimsoll-demo/people.c"
#include "cmd/plimsoll-demo/summary.c"
#include "cmd/plimsoll-demo/text.c"

const char *const asset_symbols[ASSET_COUNT] = { "WETH", "WBTC", "LINK", "USDC", "DAI" };

static const struct terms terms[ASSET_COUNT] = {
	{ 0.805, 0.83, 18 },
	{ 0.73, 0.78, 8 },
	{ 0.66, 0.71, 18 },
	{ 0.75, 0.78, 6 },
	{ 0.63, 0.77, 18 },
};

struct run {
	struct board before, after;
	struct tally refusals;
	struct summary summary;
};

/* A crash that went as it should. */
static void run_begin(struct run *r)
{
	memset(r, 0, sizeof *r);
	r->before.accounts_with_debt = 10;
	r->after = (struct board){
		.height = 750,
		.transactions = 5000,
		.failed = 7,
		.liquidations = 3,
		.covered_usd = 1000.126,
		.seized_usd = 1050,
		.oracle_rounds = 700,
		.below_1_max = 4,
		.seconds = 152.34,
		.is_over = true,
	};
	for (u32 i = 0; i < ASSET_COUNT; i++)
		r->after.reserves[i] = (struct reserve_row){
			.price = 100,
			.first_price = 200,
			.supplied = 1000,
			.cash = 400,
			.borrowed = 590,
			.deficit = 10,
		};
	r->summary = (struct summary){
		.before = &r->before,
		.after = &r->after,
		.refusals = &r->refusals,
		.terms = terms,
		.lowest_ether = 88,
	};
}

static void a_run_as_it_should_be_is_sound(void **unused)
{
	struct run r;

	(void)unused;
	run_begin(&r);
	assert_null(summary_unsound(&r.summary));
	r.after.liquidations = 0;
	r.summary.lowest_ether = 195; /* no crash, so nobody needs to be liquidated */
	assert_null(summary_unsound(&r.summary));
}

static void every_flaw_makes_it_unsound(void **unused)
{
	struct run r;

	(void)unused;
	run_begin(&r);
	r.after.is_over = false;
	assert_non_null(summary_unsound(&r.summary));
	run_begin(&r);
	r.after.oracle_rounds = 0;
	assert_non_null(summary_unsound(&r.summary));
	run_begin(&r);
	r.before.accounts_with_debt = 0;
	assert_non_null(summary_unsound(&r.summary));
	run_begin(&r);
	r.after.liquidations = 0;
	assert_non_null(summary_unsound(&r.summary));
	run_begin(&r);
	r.after.reserves[ASSET_DAI].supplied += 0.5;
	assert_non_null(summary_unsound(&r.summary));
	assert_false(summary_suppliers_whole(&r.summary));
	run_begin(&r);
	r.after.reserves[ASSET_DAI].held = 1001; /* people own more than the token's supply */
	assert_false(summary_suppliers_whole(&r.summary));
}

static void claims_may_exceed_assets_by_the_deficit_and_rounding_only(void **unused)
{
	static const struct {
		double supplied, accrued, cash, borrowed, deficit;
		unsigned decimals;
		bool missing;
	} rows[] = {
		{ 100, 0, 50, 50, 0, 6, false },
		{ 100, 1, 50, 50, 0, 6, true },
		{ 100, 1, 50, 50, 1, 6, false },
		{ 100.0009, 0, 50, 50, 0, 6, false },
		{ 100.0011, 0, 50, 50, 0, 6, true },
		{ 100.0001, 0, 50, 50, 0, 18, true },
		{ 90, 0, 50, 50, 0, 18, false },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct reserve_row row = {
			.supplied = rows[i].supplied,
			.accrued = rows[i].accrued,
			.cash = rows[i].cash,
			.borrowed = rows[i].borrowed,
			.deficit = rows[i].deficit,
		};

		assert_int_equal(market_soundness(&row, rows[i].decimals, 1000).missing > 0,
				 rows[i].missing);
	}
}

static void the_json_object_begins_with_the_agreed_keys(void **unused)
{
	static const char begins[] =
		"{\"blocks\": 750, \"transactions\": 5000, \"liquidations\": 3, \"liquidated_usd\": 1000.13, "
		"\"bad_debt_usd\": 5000.0, \"accounts_at_risk_max\": 4, \"oracle_rounds\": 700, "
		"\"seconds\": 152.3, ";
	struct run r;
	json_t *json;
	char *text;

	(void)unused;
	run_begin(&r);
	json = summary_json(&r.summary);
	assert_non_null(json);
	text = json_dumps(json, JSON_REAL_PRECISION(15) | JSON_PRESERVE_ORDER);
	assert_non_null(text);
	assert_memory_equal(text, begins, sizeof begins - 1);
	assert_true(json_is_true(json_object_get(json, "sound")));
	free(text);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_as_it_should_be_is_sound),
		cmocka_unit_test(every_flaw_makes_it_unsound),
		cmocka_unit_test(claims_may_exceed_assets_by_the_deficit_and_rounding_only),
		cmocka_unit_test(the_json_object_begins_with_the_agreed_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
