#include "tests/node/node_fixture.h"

#include <assert.h>
#include <semaphore.h>
#include <time.h>

#include "contracts-native/lending/account.h"
#include "node/clock.h"
#include "node/risk_parts.h"

/* Reserves of the devnet. */
enum { WETH,
       WBTC,
       LINK,
       USDC,
       DAI };

#define DEBTORS 24
#define FIRST   10 /* key of the first debtor */
#define LENDER  1
#define ADMIN   0
#define E6      1000000u

/* -- a market with debtors ----------------------------------------------------------------- */

static struct u256 whole(u16 token, u64 count)
{
	static const u8 decimals[] = { 18, 8, 18, 6, 18 };
	struct u256 unit = u256_pow10(decimals[token]), n = u256_from_u64(count), out;

	assert_int_equal(u256_mul(&out, &unit, &n), OK);
	return out;
}

static struct u256 asset(u16 token)
{
	struct address a = contract_address(CONTRACT_TOKEN, token);

	return word_of_address(&a);
}

static struct u256 word_of(u32 who)
{
	struct address a = fixture_owner(who);

	return word_of_address(&a);
}

/* So much, which the pool may take. */
static void own(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	fixture_call(f, who, CONTRACT_TOKEN, token, "mint(address,uint256)",
		     (struct u256[]){ word_of(who), amount }, 2);
	fixture_call(f, who, CONTRACT_TOKEN, token, "approve(address,uint256)",
		     (struct u256[]){ word_of_address(&pool), U256_MAX }, 2);
}

static void supply_for(struct fixture *f, u32 who, u32 owner, u16 token, struct u256 amount)
{
	fixture_call(f, who, CONTRACT_POOL, 0, "supply(address,uint256,address,uint16)",
		     (struct u256[]){ asset(token), amount, word_of(owner), U256_ZERO }, 4);
}

static void supply(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	own(f, who, token, amount);
	supply_for(f, who, who, token, amount);
}

static void borrow(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	fixture_call(f, who, CONTRACT_POOL, 0, "borrow(address,uint256,uint256,uint16,address)",
		     (struct u256[]){ asset(token), amount, u256_from_u64(2), U256_ZERO, word_of(who) }, 5);
}

static void repay_all(struct fixture *f, u32 who, u16 token)
{
	own(f, who, token, whole(token, 100000));
	fixture_call(f, who, CONTRACT_POOL, 0, "repay(address,uint256,uint256,address)",
		     (struct u256[]){ asset(token), U256_MAX, u256_from_u64(2), word_of(who) }, 4);
}

static void set_price(struct fixture *f, u16 feed, u64 cents)
{
	fixture_call(f, ADMIN, CONTRACT_FEED, feed, "setAnswer(int256)",
		     (struct u256[]){ u256_from_u64(cents * E6) }, 1);
}

/* Blocks until nothing waits. */
static void block(struct fixture *f)
{
	do {
		fixture_block(f);
		assert_true(fixture_all_succeeded(f));
	} while (node_pool_counts(f->node).pending > 0);
}

static void fund_debtors(struct fixture *f)
{
	for (u32 i = 0; i < DEBTORS; i++) {
		struct request r = {
			.from = ADMIN,
			.nonce = node_pending_nonce(f->node, &dev_accounts[0]),
			.to = fixture_owner(FIRST + i),
			.wei = 1000000000000000000u,
		};

		assert_int_equal(fixture_send(f, &r, NULL), OK);
	}
	block(f);
}

/* Debtor i pledges ten WETH (some LINK too) and borrows ever more; every fifth is in e-mode. */
static void open_positions(struct fixture *f)
{
	supply(f, LENDER, USDC, whole(USDC, 2000000));
	supply(f, LENDER, DAI, whole(DAI, 2000000));
	block(f);
	for (u32 i = 0; i < DEBTORS; i++) {
		if (i % 5 == 4) {
			fixture_call(f, FIRST + i, CONTRACT_POOL, 0, "setUserEMode(uint8)",
				     (struct u256[]){ U256_ONE }, 1);
			supply(f, FIRST + i, USDC, whole(USDC, 1000));
			borrow(f, FIRST + i, DAI, whole(DAI, 900 + i));
			continue;
		}
		supply(f, FIRST + i, WETH, whole(WETH, 10));
		if (i % 3 == 0)
			supply(f, FIRST + i, LINK, whole(LINK, 1 + i));
		borrow(f, FIRST + i, USDC, whole(USDC, 800 * (i + 1)));
		if (i % 4 == 0)
			borrow(f, FIRST + i, DAI, whole(DAI, 10));
	}
	block(f);
}

static void market_init(struct fixture *f)
{
	fixture_init(f);
	fund_debtors(f);
	open_positions(f);
}

/* -- the answer, without an index -------------------------------------------------------------- */

static int by_health(const void *a, const void *b)
{
	const struct at_risk *x = a, *y = b;
	int order = wad_cmp(x->health, y->health);

	return order != 0 ? order : address_cmp(&x->owner, &y->owner);
}

/* Everyone below the bound at a height, worst first, by asking about each known account. */
static u32 expected_list(struct fixture *f, struct at_risk *out, u64 height, struct wad bound)
{
	struct reader r;
	u32 count = 0;

	reader_init(&r);
	assert_int_equal(reader_begin(&r, f->node, height, false), OK);
	for (u32 i = 0; i < DEBTORS + FIRST; i++) {
		struct exec exec = { .state = &r.state, .block = &r.env, .arena = &r.arena, .logs = &r.logs, .gas_left = 100000000 };
		struct call call = { .exec = &exec, .state = &r.state, .is_static = true };
		struct address owner = fixture_owner(i);
		struct user user = user_of(&r.state, &owner);
		struct account_data data;

		assert_int_equal(account_data(&call, &data, &owner, &user), OK);
		if (!value_is_zero(data.debt) && wad_cmp(data.health, bound) < 0)
			out[count++] = (struct at_risk){ .owner = owner, .health = data.health, .collateral = data.collateral, .debt = data.debt };
	}
	reader_free(&r);
	qsort(out, count, sizeof *out, by_health);
	return count;
}

/* What the index says, with no limit of time. */
static struct risk_page page_of(struct fixture *f, u64 height, struct wad bound, u64 offset, u32 limit)
{
	struct risk_query asked = { .height = height, .bound = bound, .offset = offset, .limit = limit, .deadline_us = UINT64_MAX };
	struct risk_page page;

	assert_int_equal(node_at_risk(f->node, &page, &asked), OK);
	return page;
}

static enum err refusal_of(struct fixture *f, u64 height, u64 deadline_us)
{
	struct risk_query asked = { .height = height, .bound = wad_one(), .limit = 10, .deadline_us = deadline_us };
	struct risk_page page;

	return node_at_risk(f->node, &page, &asked);
}

static u64 count_debtors(struct fixture *f)
{
	struct risk_counts counts;

	assert_int_equal(node_risk_counts(f->node, &counts, UINT64_MAX), OK);
	return counts.accounts_with_debt;
}

/* The page is the first count of expected. */
static void check_page(const struct risk_page *page, const struct at_risk *expected, u64 count)
{
	assert_int_equal(page->total, count);
	assert_int_equal(page->count, count);
	for (u32 i = 0; i < count; i++) {
		assert_int_equal(address_cmp(&page->at[i].owner, &expected[i].owner), 0);
		assert_int_equal(wad_cmp(page->at[i].health, expected[i].health), 0);
		assert_int_equal(value_cmp(page->at[i].debt, expected[i].debt), 0);
		assert_int_equal(value_cmp(page->at[i].collateral, expected[i].collateral), 0);
	}
}

static void check_list(struct fixture *f, u64 height, struct wad bound)
{
	struct at_risk expected[DEBTORS + FIRST];
	u32 count = expected_list(f, expected, height, bound);
	struct risk_page page = page_of(f, height, bound, 0, 1000);

	assert_int_equal(page.height, height);
	check_page(&page, expected, count);
	free(page.at);
}

static struct wad wad_percent(u64 percent)
{
	return wad_from_u64(percent * 10000000000000000u);
}

static void check_all(struct fixture *f, u64 height)
{
	static const u64 bounds[] = { 0, 50, 95, 100, 101, 110, 150, 300, 1000 };

	for (size_t i = 0; i < ARRAY_COUNT(bounds); i++)
		check_list(f, height, wad_percent(bounds[i]));
	check_list(f, height, wad_from(U256_MAX));
}

static u64 height_of(struct fixture *f)
{
	struct store_head head;

	node_head(f->node, &head);
	return head.header.number;
}

/* -- tests ---------------------------------------------------------------------------------------- */

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

static void a_restart_rebuilds_the_index(void **unused)
{
	struct fixture f;

	(void)unused;
	market_init(&f);
	set_price(&f, WETH, 190000);
	block(&f);
	node_close(f.node);
	fixture_open(&f);
	check_all(&f, height_of(&f));
	check_all(&f, height_of(&f) - 1);
	set_price(&f, WETH, 170000);
	borrow(&f, FIRST, USDC, whole(USDC, 10));
	block(&f);
	check_all(&f, height_of(&f));
	fixture_free(&f);
}

static void restart(struct fixture *f)
{
	node_close(f->node);
	fixture_open(f);
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

/* -- while blocks are made ------------------------------------------------------------------------ */

#define CROWD 1200 /* debtors: five turns, of which two workers have taken four when they first clear their states */

/* Each with more debt than the one before; every seventh with too many positions for its entry. */
static void crowd_init(struct fixture *f)
{
	fixture_init(f);
	supply(f, LENDER, USDC, whole(USDC, 9000000));
	for (u16 token = WETH; token <= LINK; token++)
		own(f, ADMIN, token, whole(token, CROWD));
	block(f);
	for (u32 i = 0; i < CROWD; i++) {
		struct request r = {
			.from = ADMIN,
			.nonce = node_pending_nonce(f->node, &dev_accounts[0]),
			.to = fixture_owner(FIRST + i),
			.wei = 100000000000000000u,
		};

		assert_int_equal(fixture_send(f, &r, NULL), OK);
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
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 20;
		assert(sem_timedwait(&m->has_happened, &until) == 0);
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

static void make_blocks(struct fixture *f, u64 until)
{
	while (height_of(f) < until)
		fixture_block(f);
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

/* -- limits of time -------------------------------------------------------------------------------- */

static void history_ends(struct fixture *f)
{
	make_blocks(f, height_of(f) + HISTORY_BLOCKS + 1);
}

static void time_passes(struct fixture *f)
{
	(void)f;
	(void)usleep(300000);
}

static void a_walk_ends_with_its_block_or_its_time(void **unused)
{
	struct fixture f;

	(void)unused;
	crowd_init(&f);
	assert_int_equal(refusal_meanwhile(&f, time_passes, clock_monotonic_us() + 250000), ERR_TIMEOUT);
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
		cmocka_unit_test(the_list_is_what_asking_everyone_gives),
		cmocka_unit_test(blocks_of_the_past_keep_their_list),
		cmocka_unit_test(an_account_without_debt_leaves_the_list),
		cmocka_unit_test(a_restart_rebuilds_the_index),
		cmocka_unit_test(a_restart_changes_nothing_about_older_blocks),
		cmocka_unit_test(who_closed_before_a_restart_is_forgotten_in_time),
		cmocka_unit_test(interest_moves_an_account_over_the_bound),
		cmocka_unit_test(pages_are_cut_from_one_order),
		cmocka_unit_test(the_reserves_with_most_value_are_named),
		cmocka_unit_test(heights_that_are_not_there_are_refused),
		cmocka_unit_test(a_list_stays_that_of_its_block_while_others_are_made),
		cmocka_unit_test(nobody_is_missed_or_told_twice_when_the_index_fills_a_gap),
		cmocka_unit_test(a_walk_ends_with_its_block_or_its_time),
		cmocka_unit_test(who_has_no_time_left_is_not_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
