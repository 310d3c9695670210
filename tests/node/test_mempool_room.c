#include "tests/node/pool_fixture.h"

/* A full pool: who comes in, and who leaves. */

static void assert_counts(struct mempool *m, u64 pending, u64 queued)
{
	assert_int_equal(mempool_counts(m).pending, pending);
	assert_int_equal(mempool_counts(m).queued, queued);
}

/* How many of a sender's wait. */
static u32 count_of(struct mempool *m, u32 from)
{
	struct pool_item items[256];
	u32 count = mempool_list(m, items, ARRAY_COUNT(items), &owners[from]);

	for (u32 i = 0; i < count; i++)
		pooled_release(items[i].holder);
	return count;
}

/* With as many bytes of calldata. */
static enum err send_large(struct mempool *m, u32 from, u64 nonce, u64 tip, u32 size)
{
	static u8 zeros[400];
	struct draft d = { .from = from, .nonce = nonce, .tip = tip, .data = { zeros, size } };

	assert_true(size <= sizeof zeros);
	return submit(m, &d, NULL);
}

/* -- refusals --------------------------------------------------------------------------------- */

struct content {
	struct hash hash[64];
	bool is_pending[64];
	u32 count;
};

static struct content content_of(struct mempool *m)
{
	struct content c = { .count = 0 };
	struct pool_item items[64];

	c.count = mempool_list(m, items, ARRAY_COUNT(items), NULL);
	for (u32 i = 0; i < c.count; i++) {
		c.hash[i] = items[i].tx->hash;
		c.is_pending[i] = items[i].is_pending;
		pooled_release(items[i].holder);
	}
	return c;
}

static void assert_refused(struct mempool *m, const struct draft *d, enum err e)
{
	struct content before = content_of(m), after;

	assert_int_equal(submit(m, d, NULL), e);
	after = content_of(m);
	assert_memory_equal(&after, &before, sizeof before);
}

static void a_refusal_changes_nothing(void **unused)
{
	struct mempool *m = make_pool(4);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 1, 0, 9), OK);
	assert_int_equal(send(m, 2, 0, 5), OK);
	assert_int_equal(send(m, 2, 1, 4), OK);
	/* Its own would have had to leave, and with it what it follows. */
	assert_refused(m, &(struct draft){ .from = 0, .nonce = 1, .tip = 5 }, ERR_TX_POOL_FULL);
	assert_refused(m, &(struct draft){ .from = 0, .nonce = 65, .tip = 5 }, ERR_TX_POOL_FULL);
	assert_refused(m, &(struct draft){ .from = 3, .nonce = 0, .tip = 1 }, ERR_TX_POOL_FULL);
	assert_refused(m, &(struct draft){ .from = 3, .nonce = 65, .tip = 50 }, ERR_TX_NONCE_HIGH);
	assert_refused(m, &(struct draft){ .from = 2, .nonce = 1, .tip = 4, .gas = GAS + 1 }, ERR_TX_UNDERPRICED);
	accounts[3].balance = U256_ONE;
	assert_refused(m, &(struct draft){ .from = 3, .nonce = 0, .tip = 50 }, ERR_TX_FUNDS);
	assert_counts(m, 4, 0);
	mempool_free(m);
}

/* -- who leaves ---------------------------------------------------------------------------------- */

static void one_leaves_for_one(void **unused)
{
	struct mempool *m = make_pool(150);

	(void)unused;
	for (u32 i = 0; i < 150; i++)
		assert_int_equal(send(m, i % 15, i / 15, 100 - i / 15), OK);
	assert_int_equal(send(m, 15, 0, 91), ERR_TX_POOL_FULL);
	assert_int_equal(send(m, 15, 0, 92), OK);
	assert_counts(m, 150, 0);
	/* So nobody comes in for less than who left. */
	assert_int_equal(send(m, 14, 9, 90), ERR_TX_POOL_FULL);
	mempool_free(m);
}

static void a_full_pool_spares_64_places_for_oracle_calls(void **unused)
{
	struct draft oracle = oracle_call(1, 0, 0);
	struct mempool *m = make_pool(1);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 9), OK);
	for (u32 i = 0; i < 64; i++, oracle.nonce++)
		assert_int_equal(submit(m, &oracle, NULL), OK);
	/* The spare is used up: now it has to pay more than somebody. */
	assert_int_equal(submit(m, &oracle, NULL), ERR_TX_POOL_FULL);
	oracle.tip = 10;
	assert_int_equal(submit(m, &oracle, NULL), OK);
	assert_int_equal(mempool_counts(m).pending, 64 + 1);
	mempool_free(m);
}

static void of_equal_tips_the_newest_leaves(void **unused)
{
	struct mempool *m = make_pool(3);
	struct pooled *list[64];
	u32 count;

	(void)unused;
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send(m, i, 0, 5), OK);
	assert_int_equal(send(m, 3, 0, 6), OK);
	count = choose(m, list);
	assert_int_equal(count, 3);
	for (u32 i = 0; i < count; i++)
		assert_int_not_equal(address_cmp(&list[i]->tx.sender, &owners[2]), 0);
	release(list, count);
	mempool_free(m);
}

/* What was too cheap for a full pool may be good enough for the next one. */
static void the_least_tip_is_found_anew_after_a_block(void **unused)
{
	struct mempool *m = make_pool(2);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 20), OK);
	assert_int_equal(send(m, 1, 0, 20), OK);
	assert_int_equal(send(m, 2, 0, 9), ERR_TX_POOL_FULL);
	commit(m, 0, 1, u256_pow10(20));
	commit(m, 1, 1, u256_pow10(20));
	assert_int_equal(send(m, 3, 0, 1), OK);
	assert_int_equal(send(m, 4, 0, 1), OK);
	assert_int_equal(send(m, 2, 0, 9), OK);
	mempool_free(m);
}

/* It has no place in a block yet, whatever it promises. */
static void what_is_queued_leaves_first_and_drives_out_nobody_who_pends(void **unused)
{
	struct mempool *m = make_pool(3);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 1, 5, 1000), OK);
	assert_int_equal(send(m, 2, 5, 2000), OK);
	assert_int_equal(send(m, 3, 0, 2), OK);
	assert_int_equal(count_of(m, 1), 0);
	assert_int_equal(send(m, 1, 5, 2000), ERR_TX_POOL_FULL);
	assert_int_equal(send(m, 1, 5, 2001), OK);
	assert_int_equal(count_of(m, 2), 0);
	assert_int_equal(send(m, 4, 0, 0), OK);
	assert_counts(m, 3, 0);
	assert_int_equal(send(m, 1, 5, 5000), ERR_TX_POOL_FULL);
	mempool_free(m);
}

/* A dear one behind a cheap one waits as long as that does. */
static void a_tip_counts_no_more_than_those_before_it(void **unused)
{
	struct mempool *m = make_pool(3);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 0, 1, 1000), OK);
	assert_int_equal(send(m, 1, 0, 50), OK);
	assert_int_equal(send(m, 2, 0, 5), OK);
	assert_int_equal(count_of(m, 0), 1);
	assert_int_equal(send(m, 0, 1, 1000), ERR_TX_POOL_FULL);
	/* Sped up, it holds up nobody. */
	assert_int_equal(send(m, 0, 0, FEE), OK);
	assert_int_equal(send(m, 0, 1, FEE), OK);
	assert_int_equal(count_of(m, 2), 0);
	mempool_free(m);
}

/* The worth of those behind it follows when the first is spent. */
static void worth_follows_what_is_spent(void **unused)
{
	struct mempool *m = make_pool(2);

	(void)unused;
	assert_int_equal(send(m, 0, 0, 1), OK);
	assert_int_equal(send(m, 0, 1, 1000), OK);
	commit(m, 0, 1, u256_pow10(20));
	assert_int_equal(send(m, 1, 0, 50), OK);
	assert_int_equal(send(m, 2, 0, 60), OK);
	assert_int_equal(count_of(m, 0), 1);
	assert_int_equal(count_of(m, 1), 0);
	mempool_free(m);
}

static void only_oracle_calls_that_stand_in_front_are_spared(void **unused)
{
	struct draft queued = oracle_call(0, 1, 1000), behind = oracle_call(1, 1, 1000), front = oracle_call(2, 0, 0);
	struct mempool *m = make_pool(4);

	(void)unused;
	assert_int_equal(submit(m, &queued, NULL), OK);
	assert_int_equal(send(m, 1, 0, 1), OK);
	assert_int_equal(submit(m, &behind, NULL), OK);
	assert_int_equal(submit(m, &front, NULL), OK);
	for (u64 i = 0; i < 3; i++)
		assert_int_equal(send(m, 3, i, 2), OK);
	assert_int_equal(count_of(m, 0), 0);
	assert_int_equal(count_of(m, 1), 0);
	assert_int_equal(count_of(m, 2), 1);
	assert_int_equal(send(m, 4, 0, 1000000), OK);
	assert_int_equal(count_of(m, 2), 1);
	mempool_free(m);
}

/* -- bytes -------------------------------------------------------------------------------------- */

static void a_large_one_makes_as_much_room_as_it_takes(void **unused)
{
	struct mempool *m = make_bounded_pool(0, 1900);

	(void)unused;
	/* 110 to 120 bytes each. */
	for (u32 i = 0; i < 16; i++)
		assert_int_equal(send(m, i, 0, 10 + i), OK);
	assert_counts(m, 16, 0);
	/* Three would leave for it; it is worth more than two. */
	assert_int_equal(send_large(m, 15, 1, 12, 300), ERR_TX_POOL_FULL);
	assert_counts(m, 16, 0);
	assert_int_equal(send_large(m, 15, 1, 13, 300), OK);
	assert_counts(m, 14, 0);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(count_of(m, i), 0);
	mempool_free(m);
}

static void a_replacement_makes_room_for_what_it_is_larger_by(void **unused)
{
	struct mempool *m = make_bounded_pool(0, 500);

	(void)unused;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(send(m, i, 0, 10 + i), OK);
	/* Its own is not in its way, cheap as it is. */
	assert_int_equal(send_large(m, 0, 0, 10 + FEE, 100), OK);
	assert_counts(m, 3, 0);
	assert_int_equal(count_of(m, 1), 0);
	assert_int_equal(send_large(m, 2, 0, FEE, 400), ERR_TX_POOL_FULL);
	assert_counts(m, 3, 0);
	mempool_free(m);
}

/* Encoded with so many bytes of calldata: without a signature every length is known. */
static struct bytes unsigned_of(u32 from, u64 nonce, u64 tip, size_t size)
{
	static u8 zeros[3000], out[4096];
	struct tx tx = { .chain_id = CHAIN, .nonce = nonce, .gas_limit = GAS, .max_tip = u256_from_u64(tip), .max_fee = u256_from_u64(2 * FEE), .data = { zeros, size } };
	struct bytes raw;

	assert_true(size <= sizeof zeros);
	assert_int_equal(tx_unsigned(&raw, &tx, &owners[from], out, sizeof out), OK);
	return raw;
}

static void sixteen_leave_for_one_at_most(void **unused)
{
	struct mempool *m = make_pool(0); /* names the owners */
	size_t each = unsigned_of(0, 1, 1, 0).size, head = unsigned_of(9, 0, 100, 1000).size - 1000;
	struct refusal why;
	struct hash hash;

	(void)unused;
	mempool_free(m);
	m = make_bounded_pool(0, 40 * each);
	for (u32 i = 0; i < 40; i++)
		assert_int_equal(mempool_add_unsigned(m, &hash, &why, unsigned_of(i % 8, i / 8, 1, 0)), OK);
	assert_int_equal(mempool_add_unsigned(m, &hash, &why, unsigned_of(9, 0, 100, 16 * each - head + 1)), ERR_TX_POOL_FULL);
	assert_counts(m, 40, 0);
	assert_int_equal(mempool_add_unsigned(m, &hash, &why, unsigned_of(9, 0, 100, 16 * each - head)), OK);
	assert_counts(m, 25, 0);
	mempool_free(m);
}

static void a_pool_without_a_setting_takes_64_mebibytes(void **unused)
{
	static u8 zeros[TX_SIZE_MAX - 200];
	static u8 out[TX_SIZE_MAX];
	struct mempool *m = make_pool(0);
	struct tx tx = { .chain_id = CHAIN, .gas_limit = 600000, .max_fee = u256_from_u64(FEE), .data = { zeros, sizeof zeros } };
	struct draft oracle = oracle_call(1, 0, 0);
	struct refusal why;
	struct bytes raw;
	struct hash hash;
	size_t all = 0;
	enum err e = OK;

	(void)unused;
	for (; e == OK; tx.nonce++) {
		assert_int_equal(tx_unsigned(&raw, &tx, &owners[0], out, sizeof out), OK);
		e = mempool_add_unsigned(m, &hash, &why, raw);
		all += raw.size;
	}
	assert_int_equal(e, ERR_TX_POOL_FULL);
	assert_true(all > 64 << 20);
	assert_true(all - raw.size <= 64 << 20);
	/* What the oracle has to say finds room all the same. */
	assert_int_equal(submit(m, &oracle, NULL), OK);
	mempool_free(m);
}

/* Where one goes another takes its place, which may be before one that was not looked at yet. */
static void what_has_waited_too_long_leaves_a_full_pool_all_at_once(void **unused)
{
	enum { FIRST,
	       OLD,
	       SECOND,
	       GOING,
	       OTHER,
	       LAST,
	       NEW };
	struct mempool *m = make_pool(12);

	(void)unused;
	for (u32 i = FIRST; i <= LAST; i++)
		assert_int_equal(i == GOING ? send(m, i, 2, 60) : send(m, i, 0, 99), OK);
	assert_int_equal(send(m, OLD, 2, 50), OK);
	pool_now += MEMPOOL_LIFETIME_S * 1000000ull;
	assert_int_equal(send(m, FIRST, 2, 1), OK);
	assert_int_equal(send(m, OLD, 3, 50), OK);
	assert_int_equal(send(m, SECOND, 2, 2), OK);
	assert_int_equal(send(m, OTHER, 2, 70), OK);
	assert_int_equal(send(m, LAST, 2, 3), OK);
	assert_int_equal(send(m, NEW, 2, 0), ERR_TX_POOL_FULL); /* they are in order now */
	pool_now += MEMPOOL_EXPIRE_S * 1000000ull;
	mempool_committed(m, NULL, 0);
	assert_int_equal(count_of(m, GOING), 0);
	assert_int_equal(count_of(m, OLD), 2);
	assert_counts(m, 5, 5);
	mempool_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refusal_changes_nothing),
		cmocka_unit_test(one_leaves_for_one),
		cmocka_unit_test(a_full_pool_spares_64_places_for_oracle_calls),
		cmocka_unit_test(of_equal_tips_the_newest_leaves),
		cmocka_unit_test(the_least_tip_is_found_anew_after_a_block),
		cmocka_unit_test(what_is_queued_leaves_first_and_drives_out_nobody_who_pends),
		cmocka_unit_test(a_tip_counts_no_more_than_those_before_it),
		cmocka_unit_test(worth_follows_what_is_spent),
		cmocka_unit_test(only_oracle_calls_that_stand_in_front_are_spared),
		cmocka_unit_test(a_large_one_makes_as_much_room_as_it_takes),
		cmocka_unit_test(a_replacement_makes_room_for_what_it_is_larger_by),
		cmocka_unit_test(sixteen_leave_for_one_at_most),
		cmocka_unit_test(a_pool_without_a_setting_takes_64_mebibytes),
		cmocka_unit_test(what_has_waited_too_long_leaves_a_full_pool_all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
