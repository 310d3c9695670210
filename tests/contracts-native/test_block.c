#include "tests/contracts-native/block_stage.h"

/* What a transaction does in a block, what it pays, and when it is refused. */

static u64 nonce_of(struct stage *s, const struct address *owner)
{
	struct account account;

	account_read(&s->w.state, &(struct account_key){ *owner }, &account);
	return account.nonce;
}

static void a_transfer_pays_value_fee_and_tip(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;

	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_true(r->succeeded);
	assert_int_equal(r->outcome, OK);
	assert_int_equal(r->type, TX_DYNAMIC_FEE);
	assert_int_equal(r->gas_used, 21000);
	assert_int_equal(r->cumulative_gas, 21000);
	assert_int_equal(u256_low64(&r->gas_price), 3 * GWEI);
	assert_int_equal(r->output.size, 0);
	assert_int_equal(r->log_count, 0);
	assert_int_equal(world_wei(&s->w, &s->bob), ETHER);
	assert_int_equal(world_wei(&s->w, &s->alice), 9 * ETHER - 21000 * 3 * GWEI);
	assert_int_equal(world_wei(&s->w, &s->w.env.coinbase), 21000 * 2 * GWEI);
	assert_int_equal(nonce_of(s, &s->alice), 1);
}

static void without_a_tip_the_coinbase_gets_nothing(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;
	struct account account;

	tx.type = TX_LEGACY;
	tx.max_fee = tx.max_tip = u256_from_u64(GWEI);
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_int_equal(world_wei(&s->w, &s->alice), 9 * ETHER - 21000 * GWEI);
	assert_false(account_read(&s->w.state, &(struct account_key){ s->w.env.coinbase }, &account));
}

static void a_coinbase_may_send(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;

	s->b.env.coinbase = s->alice;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_int_equal(world_wei(&s->w, &s->alice), 9 * ETHER - 21000 * GWEI);
}

static void calldata_to_an_account_without_code_is_paid_and_ignored(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;

	tx.data = (struct bytes){ (const u8 *)"\0\1\2", 3 };
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_true(r->succeeded);
	assert_int_equal(r->gas_used, 21000 + 4 + 32);
}

static void a_failed_call_keeps_the_fee_and_the_nonce_only(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;

	tx.to = contract_address(CONTRACT_MULTICALL, 0); /* no calldata: a bare revert */
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_false(r->succeeded);
	assert_int_equal(r->outcome, ERR_BARE);
	assert_int_equal(r->gas_used, 21000);
	assert_int_equal(world_wei(&s->w, &tx.to), 0);
	assert_int_equal(world_wei(&s->w, &s->alice), 10 * ETHER - 21000 * 3 * GWEI);
	assert_int_equal(nonce_of(s, &s->alice), 1);
	assert_int_equal(world_change_count(&s->w), 2); /* alice and the coinbase */
}

static void a_call_out_of_gas_uses_all_of_it(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	u8 selector[4];
	const struct receipt *r;

	store_be32(selector, selector_of("getBlockNumber()"));
	tx.to = contract_address(CONTRACT_MULTICALL, 0);
	tx.value = U256_ZERO;
	tx.data = (struct bytes){ selector, 4 };
	tx.gas_limit = 21000 + 4 * 16 + 1;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_int_equal(r->outcome, ERR_OUT_OF_GAS);
	assert_int_equal(r->gas_used, tx.gas_limit);
	tx.nonce = 1;
	tx.gas_limit = 50000;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	assert_true(r->succeeded);
	assert_int_equal(r->output.at[31], s->w.env.height);
	assert_true(r->gas_used > 21000 + 4 * 16 && r->gas_used < 50000);
}

/* -- refusals ---------------------------------------------------------------------------- */

static void refused(struct stage *s, const struct tx *tx, enum err want)
{
	struct hash before = world_fingerprint(&s->w), after;
	const struct receipt *r = NULL;
	u32 count = s->b.count;
	u64 gas = s->b.gas_used;

	assert_int_equal(block_apply(&s->b, tx, &r), want);
	assert_null(r);
	after = world_fingerprint(&s->w);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(s->b.count, count);
	assert_int_equal(s->b.gas_used, gas);
}

static void each_reason_to_refuse_changes_nothing(void **state)
{
	struct stage *s = *state;
	struct tx good = transfer(s, 0), tx;
	const struct receipt *r;

	assert_int_equal(block_apply(&s->b, &good, &r), OK);
	refused(s, &good, ERR_TX_NONCE_LOW);
	tx = transfer(s, 2);
	refused(s, &tx, ERR_TX_NONCE_HIGH);
	tx = transfer(s, 1);
	tx.chain_id = 1;
	refused(s, &tx, ERR_TX_CHAIN_ID);
	tx = transfer(s, 1);
	tx.max_fee = u256_from_u64(GWEI - 1);
	refused(s, &tx, ERR_TX_FEE_LOW);
	tx = transfer(s, 1);
	tx.max_tip = u256_from_u64(5 * GWEI + 1);
	refused(s, &tx, ERR_TX_TIP_HIGH);
	tx = transfer(s, 1);
	tx.gas_limit = 20999;
	refused(s, &tx, ERR_TX_GAS_LOW);
	tx = transfer(s, 1);
	tx.gas_limit = 30000001;
	refused(s, &tx, ERR_TX_GAS_BLOCK);
	tx = transfer(s, 1);
	tx.value = u256_from_u64(9 * ETHER);
	refused(s, &tx, ERR_TX_FUNDS);
	tx.value = U256_MAX;
	refused(s, &tx, ERR_TX_FUNDS);
	tx = transfer(s, 1);
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
}

/* Owning exactly the most it may cost suffices, one wei less does not. */
static void funds_must_cover_the_most_it_may_cost(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	u64 most = ETHER + 50000 * 5 * GWEI;
	const struct receipt *r;

	world_set_wei(&s->w, &s->alice, most - 1);
	refused(s, &tx, ERR_TX_FUNDS);
	world_set_wei(&s->w, &s->alice, most);
	assert_int_equal(tx_check(&s->w.state, &s->w.env, &tx), OK);
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
}

static void a_block_takes_no_more_gas_than_its_limit(void **state)
{
	struct stage *s = *state;
	struct tx tx = transfer(s, 0);
	const struct receipt *r;

	s->b.env.gas_limit = 71000;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
	tx.nonce = 1;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK); /* 50000 of 50000 left */
	assert_int_equal(s->b.gas_used, 42000);
	tx.nonce = 2;
	refused(s, &tx, ERR_TX_GAS_BLOCK);
	tx.gas_limit = 29000;
	assert_int_equal(block_apply(&s->b, &tx, &r), OK);
}

/* A block with transfers, a failure, logs and a batch of calls. */
static enum err busy_block(struct stage *s)
{
	struct address more;
	const struct receipt *r;
	struct header header;
	u8 input[68];
	struct tx tx;

	give_tokens(s, 1000);
	for (u64 nonce = 0; nonce < 80; nonce++) {
		more = world_account((u32)nonce + 50);
		tx = token_transfer(s, nonce, input, nonce % 7 == 0 ? 1001 : 1);
		memcpy(input + 16, more.bytes, 20);
		TRY(block_apply(&s->b, &tx, &r));
	}
	return block_end(&s->b, &header);
}

/* However little there is, the outcome is success or ERR_FULL, and more memory never hurts. */
static void running_out_of_memory_is_told_wherever_it_happens(void **unused)
{
	static struct stage s;
	bool sufficed = false;
	u32 failures = 0;
	enum err e;

	(void)unused;
	for (size_t memory = 0; memory < 1000000; memory += 1000 + memory / 50) {
		world_init(&s.w);
		s.alice = world_account(1);
		s.bob = world_account(2);
		world_set_wei(&s.w, &s.alice, 10 * ETHER);
		world_commit(&s.w);
		state_init(&s.w.state, &s.w.backing); /* as if it never had any memory */
		s.w.memory_left = memory;
		block_begin(&s.b, &s.w.state, &s.w.env, &s.w.arena);
		e = busy_block(&s);
		assert_true(e == OK || e == ERR_FULL);
		assert_false(sufficed && e != OK);
		sufficed = e == OK;
		failures += e != OK;
		world_free(&s.w);
	}
	assert_true(sufficed && failures > 20);
}

/* -- money ------------------------------------------------------------------------------- */

static u64 wei_of_all(struct stage *s, const struct address *owners, u32 count)
{
	u64 sum = 0;

	for (u32 i = 0; i < count; i++)
		sum += world_wei(&s->w, &owners[i]);
	return sum;
}

/* A few accounts, the coinbase and a contract send each other random sums, many of them
 * refused or failing, over several blocks. */
static void wei_are_only_ever_burned_as_base_fee(void **state)
{
	enum { OWNERS = 6 };
	const u32 steps = 3000;
	struct stage *s = *state;
	struct address owners[OWNERS] = {
		s->alice,
		s->bob,
		world_account(3),
		s->w.env.coinbase,
		contract_address(CONTRACT_MULTICALL, 0),
		contract_address(CONTRACT_TOKEN, 0),
	};
	u64 random = 0x2545f4914f6cdd1d, burned = 0, start, applied = 0, failed = 0;
	const struct receipt *r;

	for (u32 i = 0; i < 4; i++)
		world_set_wei(&s->w, &owners[i], ETHER);
	start = wei_of_all(s, owners, OWNERS);
	for (u32 step = 0; step < steps; step++) {
		struct tx tx = transfer(s, 0);

		random = random * 6364136223846793005ull + 1442695040888963407ull;
		tx.sender = owners[random >> 60 & 3];
		tx.to = owners[(random >> 40) % OWNERS];
		tx.nonce = nonce_of(s, &tx.sender) + ((random >> 20) % 16 == 0);
		tx.value = u256_from_u64((random >> 33) * ((random >> 10) % 3));
		tx.max_fee = u256_from_u64(GWEI * ((random >> 50) % 8));
		tx.max_tip = u256_from_u64(GWEI * ((random >> 53) % 4));
		tx.gas_limit = 20000 + (random >> 25) % 20000;
		if (block_apply(&s->b, &tx, &r) == OK) {
			applied++;
			failed += !r->succeeded;
			burned += r->gas_used * GWEI;
			assert_true(r->gas_used <= tx.gas_limit);
		}
		assert_int_equal(wei_of_all(s, owners, OWNERS), start - burned);
		if (random % 97 == 0) {
			world_commit(&s->w);
			block_begin(&s->b, &s->w.state, &s->w.env, &s->w.arena);
		}
	}
	assert_true(applied > steps / 10 && applied < steps && failed > steps / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(a_transfer_pays_value_fee_and_tip),
		TEST(without_a_tip_the_coinbase_gets_nothing),
		TEST(a_coinbase_may_send),
		TEST(calldata_to_an_account_without_code_is_paid_and_ignored),
		TEST(a_failed_call_keeps_the_fee_and_the_nonce_only),
		TEST(a_call_out_of_gas_uses_all_of_it),
		TEST(each_reason_to_refuse_changes_nothing),
		TEST(funds_must_cover_the_most_it_may_cost),
		TEST(a_block_takes_no_more_gas_than_its_limit),
		cmocka_unit_test(running_out_of_memory_is_told_wherever_it_happens),
		TEST(wei_are_only_ever_burned_as_base_fee),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
