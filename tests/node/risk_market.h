#ifndef TESTS_NODE_RISK_MARKET_H
#define TESTS_NODE_RISK_MARKET_H

/* A market with debtors, and who is at risk in it as the consensus function says of each, without an index. */

#include "tests/node/node_fixture.h"

#include "contracts-native/lending/account.h"
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

/* -- the market ---------------------------------------------------------------------------- */

static inline struct u256 whole(u16 token, u64 count)
{
	static const u8 decimals[] = { 18, 8, 18, 6, 18 };
	struct u256 unit = u256_pow10(decimals[token]), n = u256_from_u64(count), out;

	assert_int_equal(u256_mul(&out, &unit, &n), OK);
	return out;
}

static inline struct u256 asset(u16 token)
{
	struct address a = contract_address(CONTRACT_TOKEN, token);

	return word_of_address(&a);
}

static inline struct u256 word_of(u32 who)
{
	struct address a = fixture_owner(who);

	return word_of_address(&a);
}

/* So much, which the pool may take. */
static inline void own(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	fixture_call(f, who, CONTRACT_TOKEN, token, "mint(address,uint256)",
		     (struct u256[]){ word_of(who), amount }, 2);
	fixture_call(f, who, CONTRACT_TOKEN, token, "approve(address,uint256)",
		     (struct u256[]){ word_of_address(&pool), U256_MAX }, 2);
}

static inline void supply_for(struct fixture *f, u32 who, u32 owner, u16 token, struct u256 amount)
{
	fixture_call(f, who, CONTRACT_POOL, 0, "supply(address,uint256,address,uint16)",
		     (struct u256[]){ asset(token), amount, word_of(owner), U256_ZERO }, 4);
}

static inline void supply(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	own(f, who, token, amount);
	supply_for(f, who, who, token, amount);
}

static inline void borrow(struct fixture *f, u32 who, u16 token, struct u256 amount)
{
	fixture_call(f, who, CONTRACT_POOL, 0, "borrow(address,uint256,uint256,uint16,address)",
		     (struct u256[]){ asset(token), amount, u256_from_u64(2), U256_ZERO, word_of(who) }, 5);
}

static inline void repay_all(struct fixture *f, u32 who, u16 token)
{
	own(f, who, token, whole(token, 100000));
	fixture_call(f, who, CONTRACT_POOL, 0, "repay(address,uint256,uint256,address)",
		     (struct u256[]){ asset(token), U256_MAX, u256_from_u64(2), word_of(who) }, 4);
}

static inline void set_price(struct fixture *f, u16 feed, u64 cents)
{
	fixture_call(f, ADMIN, CONTRACT_FEED, feed, "setAnswer(int256)",
		     (struct u256[]){ u256_from_u64(cents * E6) }, 1);
}

/* Blocks until nothing waits. */
static inline void block(struct fixture *f)
{
	do {
		fixture_block(f);
		assert_true(fixture_all_succeeded(f));
	} while (node_pool_counts(f->node).pending > 0);
}

/* Coins that pay for somebody's transactions. */
static inline void fund(struct fixture *f, u32 who)
{
	struct request r = {
		.from = ADMIN,
		.nonce = node_pending_nonce(f->node, &dev_accounts[0]),
		.to = fixture_owner(who),
		.wei = 100000000000000000u,
	};

	assert_int_equal(fixture_send(f, &r, NULL), OK);
}

/* Debtor i pledges ten WETH (some LINK too) and borrows ever more; every fifth is in e-mode. */
static inline void open_positions(struct fixture *f)
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

static inline void market_init(struct fixture *f)
{
	fixture_init(f);
	for (u32 i = 0; i < DEBTORS; i++)
		fund(f, FIRST + i);
	block(f);
	open_positions(f);
}

/* -- the answer, without an index ---------------------------------------------------------- */

static inline int by_health(const void *a, const void *b)
{
	const struct at_risk *x = a, *y = b;
	int order = wad_cmp(x->health, y->health);

	return order != 0 ? order : address_cmp(&x->owner, &y->owner);
}

/* Everyone below the bound at a height, worst first, by asking about each known account. */
static inline u32 expected_list(struct fixture *f, struct at_risk *out, u64 height, struct wad bound)
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
static inline struct risk_page page_of(struct fixture *f, u64 height, struct wad bound, u64 offset, u32 limit)
{
	struct risk_query asked = { .height = height, .bound = bound, .offset = offset, .limit = limit, .deadline_us = UINT64_MAX };
	struct risk_page page;

	assert_int_equal(node_at_risk(f->node, &page, &asked), OK);
	return page;
}

static inline enum err refusal_of(struct fixture *f, u64 height, u64 deadline_us)
{
	struct risk_query asked = { .height = height, .bound = wad_one(), .limit = 10, .deadline_us = deadline_us };
	struct risk_page page;

	return node_at_risk(f->node, &page, &asked);
}

static inline u64 count_debtors(struct fixture *f)
{
	struct risk_counts counts;

	assert_int_equal(node_risk_counts(f->node, &counts, UINT64_MAX), OK);
	return counts.accounts_with_debt;
}

/* The page is the first count of expected. */
static inline void check_page(const struct risk_page *page, const struct at_risk *expected, u64 count)
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

static inline void check_list(struct fixture *f, u64 height, struct wad bound)
{
	struct at_risk expected[DEBTORS + FIRST];
	u32 count = expected_list(f, expected, height, bound);
	struct risk_page page = page_of(f, height, bound, 0, 1000);

	assert_int_equal(page.height, height);
	check_page(&page, expected, count);
	free(page.at);
}

static inline struct wad wad_percent(u64 percent)
{
	return wad_from_u64(percent * 10000000000000000u);
}

static inline void check_all(struct fixture *f, u64 height)
{
	static const u64 bounds[] = { 0, 50, 95, 100, 101, 110, 150, 300, 1000 };

	for (size_t i = 0; i < ARRAY_COUNT(bounds); i++)
		check_list(f, height, wad_percent(bounds[i]));
	check_list(f, height, wad_from(U256_MAX));
}

static inline u64 height_of(struct fixture *f)
{
	struct store_head head;

	node_head(f->node, &head);
	return head.header.number;
}

static inline void make_blocks(struct fixture *f, u64 until)
{
	while (height_of(f) < until)
		fixture_block(f);
}

#endif
