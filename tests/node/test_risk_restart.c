#include "tests/node/risk_market.h"

/* An index that was rebuilt from the store, beside the one that followed the blocks. */

static void restart(struct fixture *f)
{
	node_close(f->node);
	fixture_open(f);
}

static void a_restart_rebuilds_the_index(void **unused)
{
	struct fixture f;

	(void)unused;
	market_init(&f);
	set_price(&f, WETH, 190000);
	block(&f);
	restart(&f);
	check_all(&f, height_of(&f));
	check_all(&f, height_of(&f) - 1);
	set_price(&f, WETH, 170000);
	borrow(&f, FIRST, USDC, whole(USDC, 10));
	block(&f);
	check_all(&f, height_of(&f));
	fixture_free(&f);
}

/* As after memory ran out while an update was taken over. */
static void an_index_that_was_not_complete_is_so_again_once_rebuilt(void **unused)
{
	struct fixture f;
	struct risk *r;

	(void)unused;
	market_init(&f);
	r = f.node->risk;
	entry_remove(r, entry_at(r, 0));
	r->is_broken = true;
	assert_int_equal(refusal_of(&f, height_of(&f), UINT64_MAX), ERR_FULL);
	assert_int_equal(risk_rebuild(r), OK);
	check_all(&f, height_of(&f));
	fixture_free(&f);
}

static void catch_up(struct fixture *f)
{
	(void)count_debtors(f);
}

/* The rebuilt index says of everyone what the one that followed the blocks did; what somebody without debt does it does not know. */
static void check_rebuilt(struct fixture *f, const struct entry *followed, size_t count)
{
	const struct risk *r = f->node->risk;

	assert_int_equal(r->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct entry *e = entry_find(r, &followed[i].owner);

		assert_non_null(e);
		assert_int_equal(e->has_debt, followed[i].has_debt);
		assert_in_range(e->changed_at, e->has_debt ? followed[i].changed_at : 1, followed[i].changed_at);
	}
}

/* Who is judged as of the store, and who as of the index: there, nobody owes anything now. */
static void check_judged(struct fixture *f, u64 height, u64 changed_since)
{
	struct risk *r = f->node->risk;
	struct risk_page page;

	for (size_t i = 0; i < r->count; i++)
		entry_at(r, i)->has_debt = false;
	page = page_of(f, height, wad_from(U256_MAX), 0, 1000);
	assert_int_equal(page.total, changed_since);
	free(page.at);
}

static void a_restart_changes_nothing_about_older_blocks(void **unused)
{
	struct entry followed[DEBTORS];
	struct fixture f;
	u64 first;

	(void)unused;
	market_init(&f);
	first = height_of(&f);
	repay_all(&f, FIRST + 1, USDC); /* keeps his collateral */
	block(&f);
	repay_all(&f, FIRST + 2, USDC);
	block(&f);
	fixture_call(&f, FIRST + 2, CONTRACT_POOL, 0, "withdraw(address,uint256,address)",
		     (struct u256[]){ asset(WETH), U256_MAX, word_of(FIRST + 2) }, 3);
	repay_all(&f, FIRST + 5, USDC);
	block(&f);
	borrow(&f, FIRST + 5, USDC, whole(USDC, 700)); /* and again */
	supply(&f, FIRST + 7, WETH, whole(WETH, 1));   /* his user record stays as it was */
	borrow(&f, FIRST + 1, USDC, whole(USDC, 500));
	block(&f);
	repay_all(&f, FIRST + 1, USDC);
	set_price(&f, WETH, 170000);
	block(&f);
	catch_up(&f);
	assert_int_equal(f.node->risk->count, DEBTORS);
	for (size_t i = 0; i < DEBTORS; i++)
		followed[i] = *entry_at(f.node->risk, i);
	restart(&f);
	check_rebuilt(&f, followed, DEBTORS);
	for (u64 height = first - 2; height <= height_of(&f); height++)
		check_all(&f, height);
	/* Two closed their debts, two changed: the others are not looked up.  The last block changed one. */
	check_judged(&f, first, 4);
	check_judged(&f, height_of(&f) - 1, 1);
	fixture_free(&f);
}

static void who_closed_before_a_restart_is_forgotten_in_time(void **unused)
{
	struct address one = fixture_owner(FIRST + 1), other = fixture_owner(FIRST + 2);
	u32 is_before = address_cmp(&one, &other) < 0;
	struct fixture f;
	u64 first;

	(void)unused;
	market_init(&f);
	/* The store has them by address, the index by time: whose address is behind closes first. */
	repay_all(&f, FIRST + 1 + is_before, USDC);
	block(&f);
	make_blocks(&f, height_of(&f) + 3);
	repay_all(&f, FIRST + 2 - is_before, USDC);
	block(&f);
	first = height_of(&f);
	make_blocks(&f, first + HISTORY_BLOCKS - 1);
	restart(&f);
	/* The store still has when the other one closed, but nobody can ask about it. */
	catch_up(&f);
	assert_int_equal(f.node->risk->count, DEBTORS - 1);
	check_all(&f, first - 1);
	make_blocks(&f, first + HISTORY_BLOCKS);
	catch_up(&f);
	assert_int_equal(f.node->risk->count, DEBTORS - 1);
	fixture_block(&f);
	catch_up(&f);
	assert_int_equal(f.node->risk->count, DEBTORS - 2);
	fixture_free(&f);
}

/* Two close their debts, one of them twice; so many blocks pass. */
static u64 debts_end(struct fixture *f, u64 blocks)
{
	u64 first;

	market_init(f);
	first = height_of(f);
	repay_all(f, FIRST + 1, USDC);
	block(f);
	repay_all(f, FIRST + 2, USDC);
	borrow(f, FIRST + 1, USDC, whole(USDC, 100));
	block(f);
	repay_all(f, FIRST + 1, USDC);
	block(f);
	make_blocks(f, first + blocks);
	catch_up(f);
	return first;
}

static void check_debts(struct fixture *f, u64 first)
{
	for (u64 height = first; height < first + 6; height++)
		check_all(f, height);
	check_all(f, height_of(f));
}

static void who_had_debt_is_known_as_far_back_as_states_are(void **unused)
{
	struct fixture f;
	u64 first;

	(void)unused;
	fixture_states = HISTORY_BLOCKS + 300;
	first = debts_end(&f, HISTORY_BLOCKS + 200);
	check_debts(&f, first);
	restart(&f);
	check_debts(&f, first);
	/* A shorter history forgets them. */
	fixture_states = HISTORY_MIN;
	restart(&f);
	assert_int_equal(refusal_of(&f, height_of(&f) - HISTORY_MIN - 1, UINT64_MAX), ERR_PRUNED);
	check_all(&f, height_of(&f) - HISTORY_MIN);
	catch_up(&f);
	assert_int_equal(f.node->risk->count, DEBTORS - 2);
	fixture_free(&f);
	fixture_states = 0;
}

static void where_nothing_is_pruned_nobody_is_to_be_forgotten(void **unused)
{
	struct fixture f;
	u64 first;

	(void)unused;
	fixture_states = HISTORY_ALL;
	first = debts_end(&f, HISTORY_BLOCKS + 200);
	check_debts(&f, first);
	assert_int_equal(f.node->risk->closing_count, 0);
	restart(&f);
	check_debts(&f, first);
	assert_int_equal(f.node->risk->closing_count, 0);
	assert_int_equal(f.node->risk->count, DEBTORS);
	fixture_free(&f);
	fixture_states = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restart_rebuilds_the_index),
		cmocka_unit_test(an_index_that_was_not_complete_is_so_again_once_rebuilt),
		cmocka_unit_test(a_restart_changes_nothing_about_older_blocks),
		cmocka_unit_test(who_closed_before_a_restart_is_forgotten_in_time),
		cmocka_unit_test(who_had_debt_is_known_as_far_back_as_states_are),
		cmocka_unit_test(where_nothing_is_pruned_nobody_is_to_be_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
