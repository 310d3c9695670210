#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/chain/block.h"
#include "tests/contracts-native/chain_vectors.h"
#include "tests/support/world.h"

#define GWEI  1000000000ull
#define ETHER 1000000000000000000ull

struct stage {
	struct world w;
	struct block b;
	struct address alice, bob;
};

static bool may_have(const struct bloom *b, struct bytes item)
{
	struct bloom_question question;

	bloom_ask(&question, item);
	return bloom_may_have(b, &question);
}

static int begin(void **state)
{
	static struct stage s;

	world_init(&s.w);
	s.alice = world_account(1);
	s.bob = world_account(2);
	world_set_wei(&s.w, &s.alice, 10 * ETHER);
	world_commit(&s.w);
	block_begin(&s.b, &s.w.state, &s.w.env, &s.w.arena);
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	world_free(&s->w);
	return 0;
}

/* From alice to bob: 1 ether, base fee 1 gwei and a tip of 2, at most 5. */
static struct tx transfer(const struct stage *s, u64 nonce)
{
	static const u8 raw[] = "raw bytes";

	return (struct tx){
		.type = TX_DYNAMIC_FEE,
		.is_recovered = true,
		.sender = s->alice,
		.chain_id = 31337,
		.nonce = nonce,
		.gas_limit = 50000,
		.max_fee = u256_from_u64(5 * GWEI),
		.max_tip = u256_from_u64(2 * GWEI),
		.to = s->bob,
		.value = u256_from_u64(ETHER),
		.raw = { raw, sizeof raw },
	};
}

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

/* -- logs ------------------------------------------------------------------------------- */

static void give_tokens(struct stage *s, u64 amount)
{
	struct token token = { .supply = u256_from_u64(amount), .decimals = 18, .symbol = "T" };
	struct balance balance = { u256_from_u64(amount) };
	struct chain chain = { .chain_id = 31337, .token_count = 1 };

	chain_write(&s->w.state, &(struct chain_key){ 0 }, &chain);
	token_write(&s->w.state, &(struct token_key){ 0 }, &token);
	balance_write(&s->w.state, &(struct balance_key){ 0, s->alice }, &balance);
}

static struct tx token_transfer(const struct stage *s, u64 nonce, u8 input[68], u64 amount)
{
	struct tx tx = transfer(s, nonce);

	memset(input, 0, 68);
	store_be32(input, selector_of("transfer(address,uint256)"));
	memcpy(input + 16, s->bob.bytes, 20);
	store_be64(input + 60, amount);
	tx.to = contract_address(CONTRACT_TOKEN, 0);
	tx.value = U256_ZERO;
	tx.gas_limit = 100000;
	tx.data = (struct bytes){ input, 68 };
	return tx;
}

static void the_log_of_a_token_transfer_is_in_receipt_and_bloom(void **state)
{
	struct stage *s = *state;
	const struct receipt *first, *second, *third;
	struct header header;
	u8 input[3][68];
	struct tx tx;

	give_tokens(s, 100);
	tx = token_transfer(s, 0, input[0], 60);
	assert_int_equal(block_apply(&s->b, &tx, &first), OK);
	tx = token_transfer(s, 1, input[1], 41); /* 40 are left */
	assert_int_equal(block_apply(&s->b, &tx, &second), OK);
	tx = token_transfer(s, 2, input[2], 40);
	assert_int_equal(block_apply(&s->b, &tx, &third), OK);

	assert_true(first->succeeded);
	assert_int_equal(first->log_count, 1);
	assert_memory_equal(&first->logs[0].address, &tx.to, sizeof tx.to);
	assert_memory_equal(first->logs[0].topics[2].bytes + 12, &s->bob, sizeof s->bob);
	assert_int_equal(first->logs[0].data.at[31], 60);
	assert_true(may_have(&first->bloom, (struct bytes){ tx.to.bytes, 20 }));
	assert_true(may_have(&first->bloom, (struct bytes){ first->logs[0].topics[1].bytes, 32 }));

	assert_false(second->succeeded);
	assert_int_equal(second->outcome, ERR_REVERT);
	assert_int_equal(second->log_count, 0);
	assert_true(second->output.size > 4);
	assert_false(may_have(&second->bloom, (struct bytes){ tx.to.bytes, 20 }));

	assert_true(third->succeeded);
	assert_int_equal(third->logs[0].data.at[31], 40);
	assert_int_equal(third->cumulative_gas, first->gas_used + second->gas_used + third->gas_used);
	assert_int_equal(block_end(&s->b, &header), OK);
	assert_memory_equal(&header.bloom, &first->bloom, sizeof header.bloom);
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

/* -- roots ----------------------------------------------------------------------------------- */

static struct bytes raw_at(void *context, u32 i)
{
	return ((struct bytes *)context)[i];
}

static void the_header_commits_to_transactions_and_receipts(void **state)
{
	enum { COUNT = 150 };
	static u8 texts[COUNT][8];
	static struct bytes raws[COUNT];
	static u8 encoded[COUNT][400];
	static struct bytes receipts[COUNT];
	struct stage *s = *state;
	struct header header;
	struct hash want;

	for (u32 i = 0; i < COUNT; i++) {
		struct tx tx = transfer(s, i);
		const struct receipt *r;
		struct rlp_writer w;

		store_be64(texts[i], i * 0x123456789ull);
		raws[i] = tx.raw = (struct bytes){ texts[i], 8 };
		tx.value = U256_ONE;
		assert_int_equal(block_apply(&s->b, &tx, &r), OK);
		assert_int_equal(r->cumulative_gas, 21000 * (i + 1));
		rlp_writer_init(&w, encoded[i], sizeof encoded[i]);
		receipt_encode(&w, r);
		assert_int_equal(rlp_writer_end(&w, &receipts[i]), OK);
	}
	s->b.env.parent.bytes[5] = 9;
	assert_int_equal(block_end(&s->b, &header), OK);
	trie_list_root(&want, COUNT, raw_at, raws);
	assert_memory_equal(&header.transactions_root, &want, sizeof want);
	trie_list_root(&want, COUNT, raw_at, receipts);
	assert_memory_equal(&header.receipts_root, &want, sizeof want);
	assert_int_equal(header.gas_used, 21000 * COUNT);
	assert_int_equal(header.number, s->w.env.height);
	assert_int_equal(header.time, s->w.env.time);
	assert_int_equal(header.gas_limit, s->w.env.gas_limit);
	assert_int_equal(header.parent.bytes[5], 9);
	assert_memory_equal(&header.coinbase, &s->w.env.coinbase, sizeof header.coinbase);
	assert_true(u256_equal(&header.base_fee, &s->w.env.base_fee));
}

static void an_empty_block_has_empty_roots(void **state)
{
	struct stage *s = *state;
	struct header header;

	assert_int_equal(block_end(&s->b, &header), OK);
	assert_memory_equal(&header.transactions_root, &HASH_EMPTY_TRIE, 32);
	assert_memory_equal(&header.receipts_root, &HASH_EMPTY_TRIE, 32);
	assert_int_equal(header.gas_used, 0);
}

/* The rule of make_chain_vectors.mjs. */
static void fill(u8 *out, u32 size, u32 seed)
{
	for (u32 i = 0; i < size; i++)
		out[i] = (u8)(i * 7 + seed * 31 + (i >> 8));
}

static void receipt_fill(struct receipt *r, struct log logs[4], u8 payload[4][200], u32 i)
{
	*r = (struct receipt){
		.type = i % 4 == 0 ? TX_LEGACY : (enum tx_type)(1 + i % 2),
		.succeeded = i % 3 != 0,
		.cumulative_gas = 21000 * (i + 1),
		.logs = logs,
		.log_count = i % 5,
	};
	for (u32 j = 0; j < r->log_count; j++) {
		u32 size = (i * 37 + j * 11) % 200;

		fill(logs[j].address.bytes, 20, i + j);
		logs[j].topic_count = (i + j) % 5;
		for (u32 k = 0; k < logs[j].topic_count; k++)
			fill(logs[j].topics[k].bytes, 32, i + j + k);
		fill(payload[j], size, i);
		logs[j].data = (struct bytes){ payload[j], size };
		bloom_add_log(&r->bloom, &logs[j]);
	}
}

static void receipts_encode_as_another_program_encodes_them(void **state)
{
	enum { COUNT = ARRAY_COUNT(receipt_vectors) };
	static u8 encoded[COUNT][4096];
	static struct log logs[4];
	static u8 payload[4][200];
	struct bytes items[COUNT];
	struct receipt r;
	struct rlp_writer w;
	struct hash hash;
	char text[67];

	(void)state;
	for (u32 i = 0; i < COUNT; i++) {
		receipt_fill(&r, logs, payload, i);
		rlp_writer_init(&w, encoded[i], sizeof encoded[i]);
		receipt_encode(&w, &r);
		assert_int_equal(rlp_writer_end(&w, &items[i]), OK);
		keccak256(&hash, items[i]);
		hex_from_bytes(text, (struct bytes){ hash.bytes, 32 });
		assert_string_equal(text + 2, receipt_vectors[i]);
	}
	trie_list_root(&hash, COUNT, raw_at, items);
	hex_from_bytes(text, (struct bytes){ hash.bytes, 32 });
	assert_string_equal(text + 2, receipts_root);
}

/* -- simulation ---------------------------------------------------------------------------------- */

static void a_simulation_needs_neither_fee_nor_nonce(void **state)
{
	struct stage *s = *state;
	struct simulation what = { .gas_limit = 30000, .gas_intrinsic = 21064 };
	struct log_list logs = { 0 };
	struct bytes output;
	u8 selector[4];
	u64 gas;

	store_be32(selector, selector_of("getChainId()"));
	what.message.to = contract_address(CONTRACT_MULTICALL, 0);
	what.message.input = (struct bytes){ selector, 4 };
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs), OK);
	assert_int_equal(output.size, 32);
	assert_int_equal(load_be16(output.at + 30), 31337);
	assert_true(gas > 21064 && gas < 30000);
	assert_int_equal(world_change_count(&s->w), 0);

	what.gas_limit = gas; /* exactly enough */
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs), OK);
	assert_int_equal(gas, what.gas_limit);
	what.gas_limit--;
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs),
			 ERR_OUT_OF_GAS);
	what.gas_limit = 21063; /* less than before any contract runs */
	assert_int_equal(block_simulate(&output, &gas, &s->w.state, &s->w.env, &s->w.arena, &what, &logs),
			 ERR_OUT_OF_GAS);
	assert_int_equal(gas, 21063);
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
		TEST(the_log_of_a_token_transfer_is_in_receipt_and_bloom),
		TEST(each_reason_to_refuse_changes_nothing),
		TEST(funds_must_cover_the_most_it_may_cost),
		TEST(a_block_takes_no_more_gas_than_its_limit),
		cmocka_unit_test(running_out_of_memory_is_told_wherever_it_happens),
		TEST(wei_are_only_ever_burned_as_base_fee),
		TEST(the_header_commits_to_transactions_and_receipts),
		TEST(an_empty_block_has_empty_roots),
		TEST(receipts_encode_as_another_program_encodes_them),
		TEST(a_simulation_needs_neither_fee_nor_nonce),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
