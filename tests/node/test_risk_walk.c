#include "tests/node/risk_market.h"
#include "tests/support/own_clock.h"

#include <assert.h>
#include <semaphore.h>

/* Lists that are made while blocks are, and their limits of time. */

#define WAIT_US 300000000u /* for a thousand blocks, of a slow machine */
#define CROWD   1200       /* debtors: five turns, of which two workers have taken four when they first clear their states */

/* Each with more debt than the one before; every seventh with too many positions for its entry. */
static void crowd_init(struct fixture *f)
{
	fixture_init(f);
	supply(f, LENDER, USDC, whole(USDC, 9000000));
	for (u16 token = WETH; token <= LINK; token++)
		own(f, ADMIN, token, whole(token, CROWD));
	block(f);
	for (u32 i = 0; i < CROWD; i++) {
		fund(f, FIRST + i);
		for (u16 token = WETH; token <= (i % 7 == 6 ? LINK : WETH); token++)
			supply_for(f, ADMIN, FIRST + i, token, whole(token, 1));
		if (i % 16 == 15)
			block(f);
	}
	for (u32 i = 0; i < CROWD; i++) {
		borrow(f, FIRST + i, USDC, whole(USDC, 500 + i));
		if (i % 64 == 63)
			block(f);
	}
	block(f);
	assert_int_equal(count_debtors(f), CROWD);
}

/* What happens while a list is made: apply runs in the middle of the walk. */
struct meanwhile {
	struct fixture *f;
	void (*happens)(struct fixture *f);
	pthread_t asker;
	u32 applied; /* by the asker */
	sem_t has_happened;
};

/* Both workers begin with a clean state; the asker's next one comes once it has judged for a while. */
static void interrupt(void *context, struct state *unused)
{
	struct meanwhile *m = context;
	struct timespec until;

	(void)unused;
	if (!pthread_equal(pthread_self(), m->asker)) {
		/* The helper leaves entries to the asker until then. */
		until = clock_at_us(clock_monotonic_us() + WAIT_US);
		assert(sem_clockwait(&m->has_happened, CLOCK_MONOTONIC, &until) == 0);
		(void)sem_post(&m->has_happened);
		return;
	}
	if (++m->applied != RISK_THREADS + 1)
		return;
	m->happens(m->f);
	(void)sem_post(&m->has_happened);
}

/* The list as of the head, made while something happens. */
static enum err ask_meanwhile(struct fixture *f, struct risk_page *out, void (*happens)(struct fixture *f), u64 deadline_us)
{
	struct meanwhile m = { .f = f, .happens = happens, .asker = pthread_self() };
	struct risk_change change = { interrupt, &m };
	struct risk_query asked = {
		.height = height_of(f),
		.bound = wad_from(U256_MAX),
		.limit = UINT32_MAX,
		.deadline_us = deadline_us,
		.change = &change,
	};
	enum err e;

	(void)sem_init(&m.has_happened, 0, 0);
	e = node_at_risk(f->node, out, &asked);
	assert_true(m.applied > RISK_THREADS);
	(void)sem_destroy(&m.has_happened);
	return e;
}

static struct risk_page page_meanwhile(struct fixture *f, void (*happens)(struct fixture *f))
{
	struct risk_page page;

	assert_int_equal(ask_meanwhile(f, &page, happens, UINT64_MAX), OK);
	return page;
}

static enum err refusal_meanwhile(struct fixture *f, void (*happens)(struct fixture *f), u64 deadline_us)
{
	struct risk_page page;

	return ask_meanwhile(f, &page, happens, deadline_us);
}

static void market_moves(struct fixture *f)
{
	const struct risk *r = f->node->risk;

	set_price(f, WETH, 100000);
	repay_all(f, FIRST + 1, USDC);
	borrow(f, FIRST + 2, USDC, whole(USDC, 100));
	supply(f, LENDER + 1, WETH, whole(WETH, 1));
	borrow(f, LENDER + 1, USDC, whole(USDC, 100));
	block(f);
	/* The index has not waited for the end of the walk either. */
	assert_int_equal(r->pending_count, 0);
	assert_int_equal(r->pending_height, height_of(f));
}

static void a_list_stays_that_of_its_block_while_others_are_made(void **unused)
{
	struct risk_page before, page;
	struct fixture f;

	(void)unused;
	crowd_init(&f);
	before = page_of(&f, height_of(&f), wad_from(U256_MAX), 0, UINT32_MAX);
	assert_int_equal(before.total, CROWD);
	page = page_meanwhile(&f, market_moves);
	check_page(&page, before.at, before.total);
	assert_true(height_of(&f) > page.height);
	assert_int_equal(count_debtors(&f), CROWD);
	free(before.at);
	free(page.at);
	fixture_free(&f);
}

/* Until accounts that were closed before the block asked about are forgotten, and others fill their places. */
static void history_passes(struct fixture *f)
{
	make_blocks(f, height_of(f) + HISTORY_BLOCKS);
	assert_int_equal(f->node->risk->count, CROWD - 1);
}

static void nobody_is_missed_or_told_twice_when_the_index_fills_a_gap(void **unused)
{
	struct risk_page before, page;
	struct fixture f;

	(void)unused;
	crowd_init(&f);
	repay_all(&f, FIRST + 1, USDC);
	block(&f);
	fixture_block(&f);
	before = page_of(&f, height_of(&f), wad_from(U256_MAX), 0, UINT32_MAX);
	assert_int_equal(before.total, CROWD - 1);
	page = page_meanwhile(&f, history_passes);
	check_page(&page, before.at, before.total);
	free(before.at);
	free(page.at);
	/* One block more, and it cannot be told who was there. */
	fixture_block(&f);
	assert_int_equal(refusal_of(&f, page.height, UINT64_MAX), ERR_PRUNED);
	fixture_free(&f);
}

static void history_ends(struct fixture *f)
{
	make_blocks(f, height_of(f) + HISTORY_BLOCKS + 1);
}

static void time_passes(struct fixture *f)
{
	(void)f;
	atomic_store(&passed_us, 2 * WAIT_US);
}

static void a_walk_ends_with_its_block_or_its_time(void **unused)
{
	struct fixture f;
	enum err e;

	(void)unused;
	crowd_init(&f);
	e = refusal_meanwhile(&f, time_passes, clock_monotonic_us() + WAIT_US);
	atomic_store(&passed_us, 0);
	assert_int_equal(e, ERR_TIMEOUT);
	assert_int_equal(refusal_meanwhile(&f, history_ends, UINT64_MAX), ERR_PRUNED);
	fixture_free(&f);
}

static void who_has_no_time_left_is_not_served(void **unused)
{
	struct risk_counts counts;
	struct risk_page page;
	struct fixture f;

	(void)unused;
	market_init(&f);
	assert_int_equal(refusal_of(&f, height_of(&f), 0), ERR_TIMEOUT);
	assert_int_equal(node_risk_counts(f.node, &counts, 0), ERR_TIMEOUT);
	/* Nor while somebody else is. */
	assert_int_equal(pthread_mutex_lock(&f.node->risk->walk_lock), 0);
	assert_int_equal(refusal_of(&f, height_of(&f), clock_monotonic_us() + 10000), ERR_TIMEOUT);
	assert_int_equal(pthread_mutex_unlock(&f.node->risk->walk_lock), 0);
	page = page_of(&f, height_of(&f), wad_from(U256_MAX), 0, 1000);
	assert_int_equal(page.total, DEBTORS);
	free(page.at);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_stays_that_of_its_block_while_others_are_made),
		cmocka_unit_test(nobody_is_missed_or_told_twice_when_the_index_fills_a_gap),
		cmocka_unit_test(a_walk_ends_with_its_block_or_its_time),
		cmocka_unit_test(who_has_no_time_left_is_not_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
