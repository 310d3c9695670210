#include "tests/node/pool_fixture.h"

/* What bounds the pool: the sender's money, his nonces, time, room.  And who else writes. */

#define COST ((u64)GAS * FEE) /* of one draft without a tip */
#define HOUR 3600000000ull    /* microseconds */

static struct mempool *make_pool_with(u64 wei)
{
	struct mempool *m = make_pool(0);

	accounts[0].balance = u256_from_u64(wei);
	return m;
}

static void assert_counts(struct mempool *m, u64 pending, u64 queued)
{
	assert_int_equal(mempool_counts(m).pending, pending);
	assert_int_equal(mempool_counts(m).queued, queued);
}

/* -- money ------------------------------------------------------------------------------------ */

static void one_balance_pays_for_all_pending_transactions(void **unused)
{
	struct mempool *m = make_pool_with(3 * COST - 1);
	struct refusal why;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_int_equal(send(m, 0, 1, 0), OK);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 2 }, &why), ERR_TX_FUNDS);
	assert_int_equal(u256_low64(&why.balance), 3 * COST - 1);
	assert_int_equal(u256_low64(&why.queued_cost), 2 * COST);
	assert_int_equal(u256_low64(&why.cost), COST);
	/* The wei that was missing. */
	commit(m, 0, 0, u256_from_u64(3 * COST));
	assert_int_equal(send(m, 0, 2, 0), OK);
	assert_counts(m, 3, 0);
	mempool_free(m);
}

static void a_transaction_that_is_too_dear_alone_has_no_queued_cost(void **unused)
{
	struct mempool *m = make_pool_with(2 * COST - 1);
	struct refusal why;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 1, .gas = 2 * GAS }, &why), ERR_TX_FUNDS);
	assert_true(u256_is_zero(&why.queued_cost));
	mempool_free(m);
}

static void a_replacement_pays_only_the_difference(void **unused)
{
	struct mempool *m = make_pool_with(2 * COST + COST / 10);
	struct draft d = { .tip = FEE / 10, .fee = FEE + FEE / 10 };

	(void)unused;
	assert_int_equal(submit(m, &(struct draft){ .tip = 1, .fee = FEE }, NULL), OK);
	assert_int_equal(send(m, 0, 1, 0), OK);
	assert_int_equal(submit(m, &d, NULL), OK);
	assert_counts(m, 2, 0);
	d.nonce = 1;
	assert_int_equal(submit(m, &d, NULL), ERR_TX_FUNDS);
	mempool_free(m);
}

static void what_the_balance_does_not_reach_is_queued_until_it_does(void **unused)
{
	struct mempool *m = make_pool_with(4 * COST);

	(void)unused;
	/* Behind a gap nothing counts together: each alone is affordable. */
	for (u64 nonce = 1; nonce <= 5; nonce++)
		assert_int_equal(send(m, 0, nonce, 0), OK);
	assert_counts(m, 0, 5);
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_counts(m, 4, 2);
	assert_int_equal(mempool_nonce(m, &owners[0]), 4);
	/* Two blocks took less than they might have: the rest can be paid. */
	commit(m, 0, 2, u256_from_u64(3 * COST));
	assert_counts(m, 3, 1);
	commit(m, 0, 2, u256_from_u64(4 * COST));
	assert_counts(m, 4, 0);
	/* Money went elsewhere. */
	commit(m, 0, 2, u256_from_u64(COST));
	assert_counts(m, 1, 3);
	assert_int_equal(mempool_nonce(m, &owners[0]), 3);
	mempool_free(m);
}

static void only_what_can_be_paid_goes_into_a_block(void **unused)
{
	struct mempool *m = make_pool_with(2 * COST);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u64 nonce = 3; nonce-- > 0;)
		assert_int_equal(send(m, 0, nonce, 0), OK);
	count = choose(m, list);
	assert_int_equal(count, 2);
	release(list, count);
	mempool_free(m);
}

static enum err send_wei(struct mempool *m, u64 nonce, struct u256 wei)
{
	struct tx tx = { .chain_id = CHAIN, .nonce = nonce, .gas_limit = GAS, .max_fee = u256_from_u64(FEE), .value = wei };
	struct refusal why;
	struct bytes raw;
	struct hash hash;
	u8 out[256];

	assert_int_equal(tx_unsigned(&raw, &tx, &owners[0], out, sizeof out), OK);
	return mempool_add_unsigned(m, &hash, &why, raw);
}

static void no_sum_is_too_large_to_be_refused(void **unused)
{
	struct u256 one = U256_ONE, half = u256_shl(&one, 255), most = half;
	struct mempool *m = make_pool(0);

	(void)unused;
	most.limb[3]--;
	accounts[0].balance = U256_MAX;
	assert_int_equal(send_wei(m, 0, U256_MAX), ERR_TX_FUNDS);
	assert_int_equal(send_wei(m, 0, half), OK);
	assert_int_equal(send_wei(m, 1, half), ERR_TX_FUNDS);
	assert_int_equal(send_wei(m, 1, most), OK);
	/* Each alone, they wait for each other's room. */
	assert_int_equal(send_wei(m, 3, U256_ONE), OK);
	assert_counts(m, 2, 1);
	commit(m, 0, 1, half);
	assert_counts(m, 1, 1);
	mempool_free(m);
	m = make_pool(0);
	accounts[0].balance = U256_MAX;
	assert_int_equal(send_wei(m, 1, half), OK);
	assert_int_equal(send_wei(m, 2, half), OK);
	assert_int_equal(send_wei(m, 0, U256_ONE), OK);
	assert_counts(m, 2, 1);
	mempool_free(m);
}

/* -- fees ---------------------------------------------------------------------------------------- */

static void a_tenth_is_rounded_down_but_never_to_nothing(void **unused)
{
	static const struct {
		u64 old, fresh;
		enum err e;
	} tips[] = {
		{ 0, 0, ERR_TX_UNDERPRICED },
		{ 0, 1, OK },
		{ 1, 2, OK },
		{ 15, 15, ERR_TX_UNDERPRICED },
		{ 15, 16, OK }, /* 16.5 */
		{ 20, 21, ERR_TX_UNDERPRICED },
		{ 20, 22, OK },
	};

	(void)unused;
	for (u32 i = 0; i < ARRAY_COUNT(tips); i++) {
		struct mempool *m = make_pool(0);

		assert_int_equal(submit(m, &(struct draft){ .tip = tips[i].old, .fee = 2 * FEE }, NULL), OK);
		assert_int_equal(submit(m, &(struct draft){ .tip = tips[i].fresh, .fee = 3 * FEE }, NULL), tips[i].e);
		mempool_free(m);
	}
}

/* Wallets multiply both fees by 1.1 and round down, each time anew. */
static void what_is_recommended_can_be_sped_up_again_and_again(void **unused)
{
	struct draft d = { .tip = MEMPOOL_TIP, .fee = FEE + MEMPOOL_TIP };
	struct mempool *m = make_pool(0);

	(void)unused;
	for (u32 i = 0; i < 10; i++) {
		assert_int_equal(submit(m, &d, NULL), OK);
		d.tip = d.tip * 11 / 10;
		d.fee = d.fee * 11 / 10;
	}
	assert_counts(m, 1, 0);
	mempool_free(m);
}

/* -- room ---------------------------------------------------------------------------------------- */

static void one_sender_has_4096_pending_at_most(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	accounts[0].balance = u256_pow10(30);
	for (u64 nonce = 0; nonce < 4096; nonce++)
		assert_int_equal(send(m, 0, nonce, 0), OK);
	assert_int_equal(send(m, 0, 4096, 0), ERR_TX_POOL_FULL);
	commit(m, 0, 1, u256_pow10(30));
	assert_int_equal(send(m, 0, 4096, 0), OK);
	mempool_free(m);
}

/* It takes no more room than what it replaces. */
static void what_waits_far_ahead_can_be_replaced(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	for (u64 nonce = 0; nonce < 70; nonce++)
		assert_int_equal(send(m, 0, nonce, 0), OK);
	commit(m, 0, 0, u256_from_u64(2 * COST));
	assert_counts(m, 2, 68);
	commit(m, 0, 0, u256_from_u64(4 * COST));
	assert_counts(m, 4, 66);
	commit(m, 0, 0, u256_from_u64(3 * COST + COST / 2));
	assert_int_equal(submit(m, &(struct draft){ .nonce = 69, .tip = 1, .fee = 2 * FEE, .gas = 21000 }, NULL), OK);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 70, .gas = 21000 }, NULL), ERR_TX_NONCE_HIGH);
	assert_counts(m, 3, 67);
	mempool_free(m);
}

static void make_everybody_rich(void *context, const struct address *owner, struct account *out)
{
	(void)context;
	(void)owner;
	*out = (struct account){ .balance = u256_pow10(30) };
}

static enum err send_unsigned(struct mempool *m, u32 from, u64 nonce, u64 tip)
{
	struct address sender = { { 1 } };
	struct tx tx = { .chain_id = CHAIN, .nonce = nonce, .gas_limit = GAS, .max_tip = u256_from_u64(tip), .max_fee = u256_from_u64(FEE + tip) };
	struct refusal why;
	struct bytes raw;
	struct hash hash;
	u8 out[256];

	store_be32(sender.bytes + 16, from);
	assert_int_equal(tx_unsigned(&raw, &tx, &sender, out, sizeof out), OK);
	return mempool_add_unsigned(m, &hash, &why, raw);
}

static void a_pool_without_a_setting_takes_200000(void **unused)
{
	const struct mempool_config config = { .chain_id = CHAIN, .gas_limit = 30000000, .base_fee = u256_from_u64(FEE), .account = make_everybody_rich };
	struct mempool *m = mempool_new(&config);

	(void)unused;
	assert_non_null(m);
	for (u32 i = 0; i < 200000; i++)
		assert_int_equal(send_unsigned(m, i % 100, i / 100, 1), OK);
	assert_int_equal(send_unsigned(m, 100, 0, 1), ERR_TX_POOL_FULL);
	assert_counts(m, 200000, 0);
	mempool_free(m);
}

/* -- time ----------------------------------------------------------------------------------------- */

static void a_queued_transaction_waits_three_hours(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	pool_now = 1000000;
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_int_equal(send(m, 0, 2, 0), OK);
	assert_int_equal(send(m, 1, 5, 0), OK);
	pool_now += 3 * HOUR;
	assert_int_equal(send(m, 2, 3, 0), OK);
	assert_counts(m, 1, 3);
	pool_now += HOUR / 60; /* it looks once a minute */
	mempool_committed(m, NULL, 0);
	assert_counts(m, 1, 1); /* what is pending stays, and what came later */
	pool_now += 3 * HOUR;
	/* An admission looks too, even of a sender who is about to go. */
	assert_int_equal(send(m, 2, 4, 0), OK);
	assert_counts(m, 1, 1);
	mempool_free(m);
}

/* -- being told -------------------------------------------------------------------------------------- */

static void assert_told(struct mempool *m, u32 at, u64 nonce)
{
	struct pooled *p = at < told.count ? mempool_find(m, &told.at[at]) : NULL;

	assert_non_null(p);
	assert_int_equal(p->tx.nonce, nonce);
	pooled_release(p);
}

static void what_pends_is_told_once_and_in_order(void **unused)
{
	struct mempool *m = make_pool_with(4 * COST);

	(void)unused;
	assert_int_equal(send(m, 0, 2, 0), OK);
	assert_int_equal(send(m, 0, 1, 0), OK);
	assert_int_equal(send(m, 0, 3, 0), OK);
	assert_int_equal(send(m, 0, 5, 0), OK);
	assert_int_equal(told.count, 0);
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_int_equal(told.count, 4);
	for (u32 i = 0; i < 4; i++)
		assert_told(m, i, i);
	/* What falls back and comes again is no news; a replacement is. */
	commit(m, 0, 0, u256_from_u64(COST));
	commit(m, 0, 0, u256_from_u64(6 * COST));
	assert_int_equal(told.count, 4);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 1, .tip = 1, .fee = 2 * FEE }, NULL), OK);
	assert_int_equal(told.count, 5);
	assert_told(m, 4, 1);
	commit(m, 0, 5, u256_from_u64(6 * COST));
	assert_int_equal(told.count, 6);
	assert_told(m, 5, 5);
	assert_int_equal(send(m, 0, 4, 0), ERR_TX_NONCE_LOW);
	assert_int_equal(told.count, 6);
	mempool_free(m);
}

/* -- looking ---------------------------------------------------------------------------------------- */

static void a_list_tells_pending_from_queued(void **unused)
{
	struct mempool *m = make_pool(0);
	struct pool_item items[8];
	u32 count;

	(void)unused;
	assert_int_equal(send(m, 0, 2, 0), OK);
	assert_int_equal(send(m, 0, 0, 0), OK);
	assert_int_equal(send(m, 1, 0, 0), OK);
	assert_int_equal(mempool_list(m, items, 8, &owners[2]), 0);
	count = mempool_list(m, items, 8, &owners[0]);
	assert_int_equal(count, 2);
	assert_int_equal(items[0].tx->nonce, 0);
	assert_true(items[0].is_pending);
	assert_int_equal(items[1].tx->nonce, 2);
	assert_false(items[1].is_pending);
	mempool_clear(m); /* the list holds what it shows */
	assert_int_equal(items[1].tx->nonce, 2);
	for (u32 i = 0; i < count; i++)
		pooled_release(items[i].holder);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send(m, i, 0, 0), OK);
	count = mempool_list(m, items, 2, NULL);
	assert_int_equal(count, 2);
	for (u32 i = 0; i < count; i++)
		pooled_release(items[i].holder);
	mempool_free(m);
}

/* -- a commit in between ------------------------------------------------------------------------------ */

static struct mempool *racing;

/* The sender's first transaction gets into a block just after his account was read. */
static void commit_meanwhile(void)
{
	commit(racing, 0, 1, u256_pow10(20));
}

static void an_account_read_before_a_commit_is_read_again(void **unused)
{
	struct mempool *m = racing = make_pool(0);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	meanwhile = commit_meanwhile;
	assert_int_equal(send(m, 0, 1, 0), OK);
	assert_null(meanwhile);
	/* With the account of before it would wait forever for a nonce that is spent. */
	assert_counts(m, 1, 0);
	assert_int_equal(mempool_nonce(m, &owners[0]), 2);
	count = choose(m, list);
	assert_int_equal(count, 1);
	release(list, count);
	mempool_free(m);
}

/* Only an edit for tests does that: what waits would stand at wrong places. */
static void a_nonce_that_goes_back_takes_everything(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	accounts[0].nonce = 7;
	assert_int_equal(send(m, 0, 7, 0), OK);
	assert_int_equal(send(m, 0, 9, 0), OK);
	commit(m, 0, 5, u256_pow10(20));
	assert_counts(m, 0, 0);
	assert_int_equal(send(m, 0, 5, 0), OK);
	assert_int_equal(send(m, 0, 7, 0), OK);
	assert_counts(m, 1, 1);
	mempool_free(m);
}

static void what_a_commit_in_between_spent_is_refused(void **unused)
{
	struct mempool *m = racing = make_pool(0);

	(void)unused;
	meanwhile = commit_meanwhile;
	assert_int_equal(send(m, 0, 0, 0), ERR_TX_NONCE_LOW);
	assert_counts(m, 0, 0);
	mempool_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_balance_pays_for_all_pending_transactions),
		cmocka_unit_test(a_transaction_that_is_too_dear_alone_has_no_queued_cost),
		cmocka_unit_test(a_replacement_pays_only_the_difference),
		cmocka_unit_test(what_the_balance_does_not_reach_is_queued_until_it_does),
		cmocka_unit_test(only_what_can_be_paid_goes_into_a_block),
		cmocka_unit_test(no_sum_is_too_large_to_be_refused),
		cmocka_unit_test(a_tenth_is_rounded_down_but_never_to_nothing),
		cmocka_unit_test(what_is_recommended_can_be_sped_up_again_and_again),
		cmocka_unit_test(one_sender_has_4096_pending_at_most),
		cmocka_unit_test(what_waits_far_ahead_can_be_replaced),
		cmocka_unit_test(a_pool_without_a_setting_takes_200000),
		cmocka_unit_test(a_queued_transaction_waits_three_hours),
		cmocka_unit_test(what_pends_is_told_once_and_in_order),
		cmocka_unit_test(a_list_tells_pending_from_queued),
		cmocka_unit_test(an_account_read_before_a_commit_is_read_again),
		cmocka_unit_test(a_nonce_that_goes_back_takes_everything),
		cmocka_unit_test(what_a_commit_in_between_spent_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
