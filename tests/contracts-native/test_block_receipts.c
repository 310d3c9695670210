#include "base/hex.h"
#include "tests/contracts-native/block_stage.h"
#include "tests/contracts-native/chain_vectors.h"

/* What a block says of its transactions: receipts, blooms, roots. */

static bool may_have(const struct bloom *b, struct bytes item)
{
	struct bloom_question question;

	bloom_ask(&question, item);
	return bloom_may_have(b, &question);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(the_log_of_a_token_transfer_is_in_receipt_and_bloom),
		TEST(the_header_commits_to_transactions_and_receipts),
		TEST(an_empty_block_has_empty_roots),
		TEST(receipts_encode_as_another_program_encodes_them),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
