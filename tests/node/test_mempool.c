#include <pthread.h>

#include "contracts-native/dispatch/address.h"
#include "node/clock.h"
#include "tests/node/pool_fixture.h"

/* -- admission --------------------------------------------------------------------------------- */

static void a_transaction_is_found_by_its_hash(void **unused)
{
	struct mempool *m = make_pool(0);
	struct pooled *list[64], *found;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(choose(m, list), 1);
	assert_int_equal(address_cmp(&list[0]->tx.sender, &owners[0]), 0);
	found = mempool_find(m, &list[0]->tx.hash);
	assert_ptr_equal(found, list[0]);
	pooled_release(found);
	release(list, 1);
	mempool_free(m);
}

static void refusals_say_why(void **unused)
{
	struct mempool *m = make_pool(0);
	struct refusal why;

	(void)unused;
	assert_int_equal(submit(m, &(struct draft){ .chain = 5 }, &why), ERR_TX_CHAIN_ID);
	assert_int_equal(submit(m, &(struct draft){ .gas = 20999 }, &why), ERR_TX_GAS_LOW);
	assert_int_equal(why.have, 20999);
	assert_int_equal(why.want, 21000);
	assert_int_equal(submit(m, &(struct draft){ .gas = 30000001 }, &why), ERR_TX_GAS_BLOCK);
	assert_int_equal(submit(m, &(struct draft){ .fee = FEE - 1 }, &why), ERR_TX_FEE_LOW);
	assert_int_equal(submit(m, &(struct draft){ .fee = FEE, .tip = FEE + 1 }, &why), ERR_TX_TIP_HIGH);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 65 }, &why), ERR_TX_NONCE_HIGH);
	assert_int_equal(why.have, 65);
	assert_int_equal(why.want, 0);
	accounts[1].nonce = 7;
	assert_int_equal(submit(m, &(struct draft){ .from = 1, .nonce = 6 }, &why), ERR_TX_NONCE_LOW);
	assert_int_equal(why.want, 7);
	accounts[2].balance = u256_from_u64(5);
	assert_int_equal(submit(m, &(struct draft){ .from = 2 }, &why), ERR_TX_FUNDS);
	assert_int_equal(u256_low64(&why.balance), 5);
	assert_int_equal(u256_low64(&why.cost), (u64)GAS * FEE);
	assert_int_equal(why.code, ERR_TX_FUNDS);
	assert_int_equal(mempool_counts(m).pending + mempool_counts(m).queued, 0);
	assert_int_equal(mempool_figures(m).refused, 8);
	mempool_free(m);
}

static void bytes_that_are_no_transaction_are_refused(void **unused)
{
	static const u8 noise[] = { 0x02, 0xc0 };
	static u8 large[TX_SIZE_MAX + 1];
	struct mempool *m = make_pool(0);
	struct refusal why;
	struct hash hash;

	(void)unused;
	assert_int_not_equal(mempool_add(m, &hash, &why, (struct bytes){ noise, sizeof noise }, NULL), OK);
	assert_int_not_equal(mempool_add(m, &hash, &why, (struct bytes){ NULL, 0 }, NULL), OK);
	assert_int_equal(mempool_add(m, &hash, &why, (struct bytes){ large, sizeof large }, NULL), ERR_TX_SIZE);
	mempool_free(m);
}

static void the_same_transaction_is_known(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 0, 0, 1), ERR_TX_KNOWN);
	/* It was told apart before its signature was looked at. */
	assert_int_equal(mempool_figures(m).recovered, 1);
	mempool_free(m);
}

static void a_replacement_adds_a_tenth_to_both_fees(void **unused)
{
	struct mempool *m = make_pool(0);
	struct draft d = { .tip = 1000, .fee = 2 * FEE };
	struct pooled *list[64];

	(void)unused;
	assert_int_equal(submit(m, &d, NULL), OK);
	d.tip = 1100;
	assert_int_equal(submit(m, &d, NULL), ERR_TX_UNDERPRICED);
	d.fee = 2 * FEE + FEE / 5 - 1;
	assert_int_equal(submit(m, &d, NULL), ERR_TX_UNDERPRICED);
	d.fee = 2 * FEE + FEE / 5;
	d.tip = 1099;
	assert_int_equal(submit(m, &d, NULL), ERR_TX_UNDERPRICED);
	d.tip = 1100;
	assert_int_equal(submit(m, &d, NULL), OK);
	assert_int_equal(mempool_counts(m).pending, 1);
	assert_int_equal(choose(m, list), 1);
	assert_int_equal(u256_low64(&list[0]->tx.max_tip), 1100);
	release(list, 1);
	mempool_free(m);
}

static void a_gap_keeps_later_nonces_queued(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 0, 2, 1), OK);
	assert_int_equal(send(m, 0, 65, 1), OK);
	assert_int_equal(send(m, 0, 66, 1), ERR_TX_NONCE_HIGH);
	assert_int_equal(mempool_counts(m).pending, 1);
	assert_int_equal(mempool_counts(m).queued, 2);
	assert_int_equal(mempool_nonce(m, &owners[0]), 1);
	assert_int_equal(send(m, 0, 1, 1), OK);
	assert_int_equal(mempool_counts(m).pending, 3);
	assert_int_equal(mempool_nonce(m, &owners[0]), 3);
	assert_int_equal(mempool_nonce(m, &owners[1]), 0);
	mempool_free(m);
}

static void a_full_pool_drops_its_cheapest(void **unused)
{
	struct mempool *m = make_pool(4);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(send(m, i, 0, 10 + i), OK);
	assert_int_equal(send(m, 4, 0, 10), ERR_TX_POOL_FULL);
	assert_int_equal(send(m, 4, 0, 9), ERR_TX_POOL_FULL);
	assert_int_equal(send(m, 5, 0, 20), OK);
	count = choose(m, list);
	assert_int_equal(count, 4);
	assert_int_equal(u256_low64(&list[0]->tx.max_tip), 20);
	assert_int_equal(u256_low64(&list[3]->tx.max_tip), 11);
	release(list, count);
	/* Room again once something is committed. */
	commit(m, 5, 1, u256_pow10(20));
	assert_int_equal(send(m, 4, 0, 1), OK);
	mempool_free(m);
}

/* -- order -------------------------------------------------------------------------------------- */

static void a_block_takes_tips_then_arrival_within_nonces(void **unused)
{
	static const struct {
		u32 from;
		u64 nonce, tip;
	} in[] = {
		{ 0, 0, 5 },
		{ 0, 1, 90 },
		{ 1, 0, 50 },
		{ 2, 0, 50 },
		{ 1, 1, 1 },
	};
	static const u8 order[] = { 2, 3, 0, 1, 4 };
	struct mempool *m = make_pool(0);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u32 i = 0; i < ARRAY_COUNT(in); i++)
		assert_int_equal(send(m, in[i].from, in[i].nonce, in[i].tip), OK);
	count = choose(m, list);
	assert_int_equal(count, ARRAY_COUNT(in));
	for (u32 i = 0; i < count; i++) {
		assert_int_equal(list[i]->tx.nonce, in[order[i]].nonce);
		assert_int_equal(address_cmp(&list[i]->tx.sender, &owners[in[order[i]].from]), 0);
	}
	release(list, count);
	mempool_free(m);
}

static void oracle_calls_come_first_or_wait(void **unused)
{
	static const u8 call[] = { 0xef, 0x7f, 0xa7, 0x1b };
	struct address aggregator = contract_address(CONTRACT_AGGREGATOR, 0);
	struct draft first = { .from = 3, .to = aggregator, .data = { call, sizeof call } };
	struct draft behind = { .from = 0, .nonce = 1, .to = aggregator, .data = { call, sizeof call } };
	struct draft other = { .from = 4, .to = aggregator, .tip = 1 };
	struct mempool *m = make_pool(0);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	assert_int_equal(send(m, 0, 0, 100), OK);
	assert_int_equal(submit(m, &behind, NULL), OK);
	assert_int_equal(submit(m, &first, NULL), OK);
	assert_int_equal(submit(m, &other, NULL), OK);
	count = choose(m, list);
	assert_int_equal(count, 3);
	assert_true(list[0]->is_oracle);
	assert_int_equal(address_cmp(&list[0]->tx.sender, &owners[3]), 0);
	assert_int_equal(address_cmp(&list[1]->tx.sender, &owners[0]), 0);
	assert_false(list[2]->is_oracle);
	release(list, count);
	mempool_free(m);
}

static void a_block_keeps_to_its_gas_and_size(void **unused)
{
	struct mempool *m = make_pool(0);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u32 i = 0; i < 5; i++)
		assert_int_equal(send(m, i, 0, 1), OK);
	count = mempool_choose(m, list, 64, 3 * GAS, 1 << 20);
	assert_int_equal(count, 3);
	release(list, count);
	count = mempool_choose(m, list, 64, 30000000, 250);
	assert_int_equal(count, 2);
	release(list, count);
	count = mempool_choose(m, list, 1, 30000000, 1 << 20);
	assert_int_equal(count, 1);
	release(list, count);
	mempool_free(m);
}

/* -- commits -------------------------------------------------------------------------------------- */

static void a_commit_takes_what_is_spent(void **unused)
{
	struct mempool *m = make_pool(0);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u64 i = 0; i < 4; i++)
		assert_int_equal(send(m, 0, i, 1), OK);
	assert_int_equal(send(m, 0, 6, 1), OK);
	commit(m, 0, 3, u256_pow10(20));
	assert_int_equal(mempool_counts(m).pending, 1);
	assert_int_equal(mempool_counts(m).queued, 1);
	assert_int_equal(mempool_nonce(m, &owners[0]), 4);
	count = choose(m, list);
	assert_int_equal(count, 1);
	assert_int_equal(list[0]->tx.nonce, 3);
	release(list, count);
	assert_int_equal(send(m, 0, 2, 1), ERR_TX_NONCE_LOW);
	commit(m, 0, 100, u256_pow10(20));
	assert_int_equal(mempool_counts(m).pending + mempool_counts(m).queued, 0);
	assert_int_equal(mempool_nonce(m, &owners[0]), 100);
	mempool_free(m);
}

static void a_commit_takes_what_is_no_longer_affordable(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(submit(m, &(struct draft){ .nonce = 1, .gas = 21000 }, NULL), OK);
	commit(m, 0, 0, u256_from_u64(21000ull * FEE));
	assert_int_equal(mempool_counts(m).pending, 0);
	assert_int_equal(mempool_counts(m).queued, 1);
	commit(m, 0, 0, U256_ZERO);
	assert_int_equal(mempool_counts(m).queued, 0);
	mempool_free(m);
}

static void a_dropped_transaction_is_gone_but_lives_for_its_holder(void **unused)
{
	struct mempool *m = make_pool(0);
	struct pooled *list[64];

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 0, 1, 1), OK);
	assert_int_equal(choose(m, list), 2);
	mempool_drop(m, &list[0]->tx.hash);
	mempool_drop(m, &list[0]->tx.hash);
	assert_null(mempool_find(m, &list[0]->tx.hash));
	assert_int_equal(list[0]->tx.nonce, 0);
	assert_int_equal(mempool_counts(m).queued, 1);
	release(list, 2);
	mempool_free(m);
}

/* -- threads ---------------------------------------------------------------------------------------- */

static void *submit_many(void *context)
{
	struct mempool *m = context;
	static atomic_uint next;
	u32 from = atomic_fetch_add(&next, 1);

	for (u64 i = 0; i < 200; i++) {
		if (send(m, from, i, 1) != OK)
			return m;
	}
	return NULL;
}

static void threads_submit_side_by_side(void **unused)
{
	struct mempool *m = make_pool(0);
	pthread_t threads[4];
	void *failed;

	(void)unused;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, submit_many, m), 0);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(mempool_counts(m).pending, 800);
	mempool_free(m);
}

static void waiting_ends_with_a_transaction_or_the_deadline(void **unused)
{
	struct mempool *m = make_pool(0);

	(void)unused;
	assert_false(mempool_wait(m, clock_monotonic_us() + 1000));
	mempool_wake(m);
	assert_false(mempool_wait(m, clock_monotonic_us() + 60000000));
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_true(mempool_wait(m, clock_monotonic_us() + 60000000));
	mempool_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_is_found_by_its_hash),
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(bytes_that_are_no_transaction_are_refused),
		cmocka_unit_test(the_same_transaction_is_known),
		cmocka_unit_test(a_replacement_adds_a_tenth_to_both_fees),
		cmocka_unit_test(a_gap_keeps_later_nonces_queued),
		cmocka_unit_test(a_full_pool_drops_its_cheapest),
		cmocka_unit_test(a_block_takes_tips_then_arrival_within_nonces),
		cmocka_unit_test(oracle_calls_come_first_or_wait),
		cmocka_unit_test(a_block_keeps_to_its_gas_and_size),
		cmocka_unit_test(a_commit_takes_what_is_spent),
		cmocka_unit_test(a_commit_takes_what_is_no_longer_affordable),
		cmocka_unit_test(a_dropped_transaction_is_gone_but_lives_for_its_holder),
		cmocka_unit_test(threads_submit_side_by_side),
		cmocka_unit_test(waiting_ends_with_a_transaction_or_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
