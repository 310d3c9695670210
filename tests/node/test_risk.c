#include "tests/node/risk_market.h"

/* Who is listed, in which order, as of which block. */

static void the_list_is_what_asking_everyone_gives(void **unused)
{
	struct fixture f;

	(void)unused;
	market_init(&f);
	check_all(&f, height_of(&f));
	set_price(&f, WETH, 200000);
	block(&f);
	check_all(&f, height_of(&f));
	/* Each bound is one account's health: equal is not below. */
	for (u32 i = 0; i < 3; i++) {
		struct at_risk list[DEBTORS + FIRST];

		assert_true(expected_list(&f, list, height_of(&f), wad_from(U256_MAX)) > 3);
		check_list(&f, height_of(&f), list[i].health);
	}
	fixture_free(&f);
}

static void blocks_of_the_past_keep_their_list(void **unused)
{
	struct fixture f;
	u64 first;

	(void)unused;
	market_init(&f);
	first = height_of(&f);
	set_price(&f, WETH, 180000);
	block(&f);
	repay_all(&f, FIRST + 20, USDC);
	supply(&f, FIRST + 21, WETH, whole(WETH, 5));
	block(&f);
	set_price(&f, WETH, 260000);
	borrow(&f, FIRST + 3, USDC, whole(USDC, 100));
	block(&f);
	for (u64 height = first - 2; height <= height_of(&f); height++)
		check_all(&f, height);
	fixture_free(&f);
}

static void an_account_without_debt_leaves_the_list(void **unused)
{
	struct wad bound = wad_from(U256_MAX);
	struct risk_page page;
	struct fixture f;

	(void)unused;
	market_init(&f);
	assert_int_equal(count_debtors(&f), DEBTORS);
	repay_all(&f, FIRST + 1, USDC);
	block(&f);
	assert_int_equal(count_debtors(&f), DEBTORS - 1);
	page = page_of(&f, height_of(&f), bound, 0, 1000);
	assert_int_equal(page.total, DEBTORS - 1);
	free(page.at);
	/* At the block before it had debt. */
	page = page_of(&f, height_of(&f) - 1, bound, 0, 1000);
	assert_int_equal(page.total, DEBTORS);
	free(page.at);
	fixture_free(&f);
}

static void interest_moves_an_account_over_the_bound(void **unused)
{
	struct at_risk list[DEBTORS + FIRST];
	struct app_block later = { .time = 4102444800 }; /* the year 2100 */
	const struct app_final *final;
	struct fixture f;

	(void)unused;
	market_init(&f);
	later.height = height_of(&f) + 1;
	assert_int_equal(expected_list(&f, list, height_of(&f), wad_one()), 0);
	assert_int_equal(app_finalize(f.node->app, &later, &final), OK);
	assert_int_equal(app_commit(f.node->app), OK);
	/* Nobody touched the reserves: only the clock moved. */
	assert_true(expected_list(&f, list, height_of(&f), wad_one()) > 0);
	check_all(&f, height_of(&f));
	fixture_free(&f);
}

static void pages_are_cut_from_one_order(void **unused)
{
	struct risk_page all, page;
	struct wad bound = wad_from(U256_MAX);
	struct fixture f;
	u64 height;

	(void)unused;
	market_init(&f);
	height = height_of(&f);
	all = page_of(&f, height, bound, 0, 1000);
	for (u64 offset = 0; offset < all.total + 7; offset += 7) {
		u64 left = offset < all.total ? all.total - offset : 0;

		page = page_of(&f, height, bound, offset, 7);
		assert_int_equal(page.total, all.total);
		assert_int_equal(page.count, left < 7 ? left : 7);
		for (u32 i = 0; i < page.count; i++)
			assert_int_equal(address_cmp(&page.at[i].owner, &all.at[offset + i].owner), 0);
		free(page.at);
	}
	free(all.at);
	fixture_free(&f);
}

static void the_reserves_with_most_value_are_named(void **unused)
{
	struct risk_page page;
	struct fixture f;

	(void)unused;
	market_init(&f);
	page = page_of(&f, height_of(&f), wad_from(U256_MAX), 0, 1000);
	assert_int_equal(page.count, DEBTORS);
	for (u32 i = 0; i < DEBTORS; i++) {
		struct address owner = fixture_owner(FIRST + i);
		const struct at_risk *at = page.at;

		while (address_cmp(&at->owner, &owner) != 0)
			at++;
		assert_int_equal(at->worst_collateral, i % 5 == 4 ? USDC : WETH);
		assert_int_equal(at->worst_debt, i % 5 == 4 ? DAI : USDC);
	}
	free(page.at);
	fixture_free(&f);
}

static void heights_that_are_not_there_are_refused(void **unused)
{
	struct risk_page page;
	struct fixture f;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(refusal_of(&f, 1, UINT64_MAX), ERR_NOT_FOUND);
	page = page_of(&f, 0, wad_one(), 0, 10);
	assert_int_equal(page.total, 0);
	free(page.at);
	/* A block is in the store a moment before the index has heard of it. */
	fixture_block(&f);
	f.node->risk->pending_height = 0;
	assert_int_equal(refusal_of(&f, 1, 0), ERR_NOT_FOUND); /* before it looks at anybody */
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_what_asking_everyone_gives),
		cmocka_unit_test(blocks_of_the_past_keep_their_list),
		cmocka_unit_test(an_account_without_debt_leaves_the_list),
		cmocka_unit_test(interest_moves_an_account_over_the_bound),
		cmocka_unit_test(pages_are_cut_from_one_order),
		cmocka_unit_test(the_reserves_with_most_value_are_named),
		cmocka_unit_test(heights_that_are_not_there_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
