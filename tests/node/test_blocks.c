#include "base/ecdsa.h"
#include "base/rlp.h"
#include "node/store/database.h"
#include "tests/node/store_fixture.h"

#define CHAIN_ID    31337
#define TXS_MAX     81 /* six groups: more than a walk steps over one by one */
#define RAW_MAX     2048
#define BLOCK_MAX   (TXS_MAX * RAW_MAX)
#define GROUP_COUNT 16 /* transactions that are stored together */

/* One block with all that store_commit wants, made up from a seed. */
struct draft {
	struct header header;
	struct hash hash;
	u32 count;
	u8 memory[TXS_MAX][RAW_MAX];
	struct bytes raws[TXS_MAX];
	struct hash hashes[TXS_MAX];
	struct address senders[TXS_MAX];
	struct receipt receipts[TXS_MAX];
	const struct receipt *receipt_list[TXS_MAX];
	struct log logs[TXS_MAX][4];
	u8 noise[1024];
};

static void draft_tx(struct draft *d, u32 i, u64 *dice)
{
	const u8 key[32] = { [0] = 1, [31] = (u8)(1 + i) };
	struct tx tx = {
		.type = i % 2 ? TX_DYNAMIC_FEE : TX_LEGACY,
		.chain_id = CHAIN_ID,
		.nonce = dice_roll(dice) >> 40,
		.gas_limit = 21000 + i,
		.max_fee = u256_from_u64(5),
		.max_tip = u256_from_u64(5),
		.value = u256_from_u64(dice_roll(dice)),
		.data = { d->noise, dice_below(dice, 500) },
	};

	tx.to.bytes[7] = (u8)i;
	assert_int_equal(tx_sign(&d->raws[i], &tx, key, d->memory[i], RAW_MAX), OK);
	keccak256(&d->hashes[i], d->raws[i]);
	assert_int_equal(address_of_key(&d->senders[i], key), OK);
}

static void receipt_draft(struct draft *d, u32 i, u64 *dice)
{
	struct receipt *r = &d->receipts[i];

	*r = (struct receipt){
		.type = i % 2 ? TX_DYNAMIC_FEE : TX_LEGACY,
		.succeeded = i % 3 > 0,
		.outcome = i % 3 > 0 ? OK : ERR_REVERT,
		.gas_used = 21000 + dice_below(dice, 1000),
		.cumulative_gas = 21000 * (u64)(i + 1),
		.gas_price = { { dice_roll(dice), dice_roll(dice), 0, 7 } },
		.logs = d->logs[i],
		.log_count = (u32)dice_below(dice, 5),
		.output = { d->noise, dice_below(dice, 200) },
	};
	for (u32 j = 0; j < r->log_count; j++) {
		struct log *log = &d->logs[i][j];

		*log = (struct log){ .topic_count = (u32)dice_below(dice, LOG_TOPICS_MAX + 1),
				     .data = { d->noise + j, dice_below(dice, 300) } };
		memcpy(log->address.bytes, d->noise + 100 + j, 20);
		for (u32 k = 0; k < log->topic_count; k++)
			memcpy(log->topics[k].bytes, d->noise + 200 + k, 32);
	}
}

static struct draft *block_draft(struct fixture *f, u32 count, u64 seed)
{
	struct draft *d = calloc(1, sizeof *d);
	u64 dice = seed;

	assert_non_null(d);
	for (size_t i = 0; i < sizeof d->noise; i++)
		d->noise[i] = (u8)dice_roll(&dice);
	d->header = (struct header){ .number = f->next, .gas_limit = 30000000, .time = 1700000000 + seed };
	d->count = count;
	for (u32 i = 0; i < count; i++) {
		draft_tx(d, i, &dice);
		receipt_draft(d, i, &dice);
		d->receipt_list[i] = &d->receipts[i];
	}
	return d;
}

static void block_commit(struct fixture *f, struct draft *d)
{
	const struct store_block block = { &d->header, { { 0 } }, d->raws, d->hashes, d->senders, d->receipt_list, d->count };
	struct store_block hashed = block;

	if (f->next == 0)
		chain_write(&f->state, &(struct chain_key){ 0 }, &(struct chain){ .chain_id = CHAIN_ID });
	assert_int_equal(store_stage(f->store, &d->header.state_root, f->next, &f->state), OK);
	header_hash(&d->hash, &d->header);
	hashed.hash = d->hash;
	assert_int_equal(store_commit(f->store, &hashed), OK);
	fixture_follow(f);
}

static void assert_same_receipt(const struct receipt *a, const struct receipt *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->succeeded, b->succeeded);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->gas_used, b->gas_used);
	assert_int_equal(a->cumulative_gas, b->cumulative_gas);
	assert_true(u256_equal(&a->gas_price, &b->gas_price));
	assert_true(bytes_equal(a->output, b->output));
	assert_int_equal(a->log_count, b->log_count);
	for (u32 i = 0; i < a->log_count; i++) {
		const struct log *left = &a->logs[i], *right = &b->logs[i];

		assert_int_equal(address_cmp(&left->address, &right->address), 0);
		assert_int_equal(left->topic_count, right->topic_count);
		assert_memory_equal(left->topics, right->topics, sizeof left->topics);
		assert_true(bytes_equal(left->data, right->data));
	}
}

static void assert_same_tx(const struct stored_tx *stored, const struct draft *d, u32 i)
{
	assert_true(bytes_equal(stored->tx.raw, d->raws[i]));
	assert_int_equal(hash_cmp(&stored->tx.hash, &d->hashes[i]), 0);
	assert_true(stored->tx.is_recovered);
	assert_int_equal(address_cmp(&stored->tx.sender, &d->senders[i]), 0);
	assert_same_receipt(&stored->receipt, &d->receipts[i]);
}

/* [header, [transactions], []] as Ethereum writes it. */
static size_t rlp_size(const struct draft *d)
{
	u8 *buffer = malloc(BLOCK_MAX), header[HEADER_RLP_MAX];
	struct rlp_writer w;
	struct bytes out = { NULL, 0 };
	size_t block, list;

	assert_non_null(buffer);
	rlp_writer_init(&w, buffer, BLOCK_MAX);
	block = rlp_list_open(&w);
	rlp_write_raw(&w, header_encode(&d->header, header));
	list = rlp_list_open(&w);
	for (u32 i = 0; i < d->count; i++)
		if (d->raws[i].at[0] >= 0xc0)
			rlp_write_raw(&w, d->raws[i]);
		else
			rlp_write_string(&w, d->raws[i]);
	rlp_list_close(&w, list);
	list = rlp_list_open(&w);
	rlp_list_close(&w, list);
	rlp_list_close(&w, block);
	assert_int_equal(rlp_writer_end(&w, &out), OK);
	free(buffer);
	return out.size;
}

/* -- tests --------------------------------------------------------------------------------- */

static void assert_same_block(const struct stored_block *block, const struct draft *d)
{
	u32 first_log = 0;

	assert_int_equal(block->count, d->count);
	assert_int_equal(hash_cmp(&block->hash, &d->hash), 0);
	assert_int_equal(block->header.time, d->header.time);
	assert_int_equal(block->size, rlp_size(d));
	for (u32 i = 0; i < d->count; i++) {
		assert_same_tx(&block->txs[i], d, i);
		assert_int_equal(block->txs[i].first_log, first_log);
		first_log += block->txs[i].receipt.log_count;
	}
}

static void assert_block_is_stored(struct fixture *f, const struct draft *d)
{
	struct stored_block *block = NULL;

	assert_int_equal(store_block_load(f->store, &block, d->header.number), OK);
	assert_same_block(block, d);
	store_block_free(block);
}

static void assert_txs_are_found(struct fixture *f, const struct draft *d)
{
	struct stored_block *none = NULL;
	u32 count = 0;

	for (u32 i = 0; i < d->count; i++) {
		struct stored_block *one = NULL;
		u32 index = 99;
		u64 height = 99;

		assert_int_equal(store_tx_find(f->store, &height, &index, &d->hashes[i]), OK);
		assert_int_equal(height, d->header.number);
		assert_int_equal(index, i);
		assert_int_equal(store_tx_load(f->store, &one, &index, &d->hashes[i]), OK);
		assert_int_equal(index, i);
		assert_int_equal(one->count, 1);
		assert_int_equal(hash_cmp(&one->hash, &d->hash), 0);
		assert_same_tx(&one->txs[0], d, i);
		store_block_free(one);
		assert_int_equal(store_tx_load_at(f->store, &one, height, i), OK);
		assert_int_equal(one->count, 1);
		assert_same_tx(&one->txs[0], d, i);
		store_block_free(one);
	}
	assert_int_equal(store_tx_count(f->store, &count, d->header.number), OK);
	assert_int_equal(count, d->count);
	assert_int_equal(store_tx_load_at(f->store, &none, d->header.number, d->count), ERR_NOT_FOUND);
	assert_int_equal(store_tx_load_at(f->store, &none, d->header.number, UINT64_MAX), ERR_NOT_FOUND);
}

/* From every block to the last; of those whose bit is set in wanted, everything. */
static void assert_walk(struct fixture *f, struct draft *const *drafts, u64 count, unsigned wanted)
{
	const struct header *header;
	const struct hash *hash;
	struct block_walk *walk;

	for (u64 from = 0; from < count; from++) {
		assert_int_equal(store_walk_open(&walk, f->store, from, count - 1), OK);
		for (u64 i = from; i < count; i++) {
			struct stored_block *block = NULL;

			assert_int_equal(store_walk_next(walk, &header, &hash), OK);
			assert_int_equal(header->number, i);
			assert_int_equal(hash_cmp(hash, &drafts[i]->hash), 0);
			if (!(wanted >> i & 1))
				continue;
			assert_int_equal(store_walk_load(walk, &block, NULL, NULL), OK);
			assert_same_block(block, drafts[i]);
			store_block_free(block);
		}
		assert_int_equal(store_walk_next(walk, &header, &hash), ERR_NOT_FOUND);
		store_walk_close(walk);
	}
	assert_int_equal(store_walk_open(&walk, f->store, 0, count), ERR_NOT_FOUND);
}

static bool has_logs(const void *context, const struct receipt *receipt)
{
	++*(u32 *)(uintptr_t)context;
	return receipt->log_count > 0;
}

static void only_transactions_that_are_wanted_are_decoded(void **unused)
{
	struct stored_block *block;
	const struct header *header;
	const struct hash *hash;
	struct block_walk *walk;
	struct fixture f;
	struct draft *d;
	u32 asked = 0, decoded = 0;

	(void)unused;
	fixture_open(&f, 0);
	d = block_draft(&f, TXS_MAX, 3);
	block_commit(&f, d);
	assert_int_equal(store_walk_open(&walk, f.store, 0, 0), OK);
	assert_int_equal(store_walk_next(walk, &header, &hash), OK);
	assert_int_equal(store_walk_load(walk, &block, has_logs, &asked), OK);
	assert_int_equal(asked, TXS_MAX);
	for (u32 i = 0; i < TXS_MAX; i++) {
		assert_int_equal(block->txs[i].receipt.log_count, d->receipts[i].log_count);
		assert_int_equal(block->txs[i].receipt.cumulative_gas, d->receipts[i].cumulative_gas);
		if (d->receipts[i].log_count > 0)
			assert_same_tx(&block->txs[i], d, i);
		else
			assert_null(block->txs[i].tx.raw.at);
		decoded += d->receipts[i].log_count > 0;
	}
	assert_true(decoded > 0 && decoded < TXS_MAX);
	store_block_free(block);
	store_walk_close(walk);
	free(d);
	fixture_remove(&f);
}

static void blocks_come_back_as_they_were(void **unused)
{
	static const u32 counts[] = { 0, 1, 2, 7, TXS_MAX, GROUP_COUNT };
	struct draft *drafts[ARRAY_COUNT(counts)];
	struct fixture f;

	(void)unused;
	fixture_open(&f, 0);
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		drafts[i] = block_draft(&f, counts[i], i);
		block_commit(&f, drafts[i]);
	}
	for (unsigned round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
			assert_block_is_stored(&f, drafts[i]);
			assert_txs_are_found(&f, drafts[i]);
		}
		for (unsigned wanted = 0; wanted < 1u << ARRAY_COUNT(counts); wanted++)
			assert_walk(&f, drafts, ARRAY_COUNT(counts), wanted);
		fixture_reopen(&f, 0);
	}
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
		free(drafts[i]);
	fixture_remove(&f);
}

static void headers_are_found_by_height_and_hash(void **unused)
{
	struct header header;
	struct hash hash;
	struct fixture f;
	u64 height = 99;

	(void)unused;
	fixture_open(&f, 0);
	for (u64 i = 0; i < 5; i++) {
		struct draft *d = block_draft(&f, 3, i);

		block_commit(&f, d);
		assert_int_equal(store_header(f.store, &header, &hash, i), OK);
		assert_int_equal(header.number, i);
		assert_int_equal(hash_cmp(&hash, &d->hash), 0);
		assert_int_equal(store_height_of(f.store, &height, &d->hash), OK);
		assert_int_equal(height, i);
		free(d);
	}
	fixture_remove(&f);
}

static void what_was_never_committed_is_not_found(void **unused)
{
	const struct hash nothing = { { 1 } };
	struct stored_block *block = NULL;
	struct header header;
	struct hash hash;
	struct fixture f;
	u64 height = 99;
	u32 index = 98;

	(void)unused;
	fixture_open(&f, 0);
	assert_int_equal(store_header(f.store, &header, &hash, 0), ERR_NOT_FOUND);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(store_header(f.store, &header, &hash, 1), ERR_NOT_FOUND);
	assert_int_equal(store_block_load(f.store, &block, 1), ERR_NOT_FOUND);
	assert_int_equal(store_height_of(f.store, &height, &nothing), ERR_NOT_FOUND);
	assert_int_equal(store_tx_find(f.store, &height, &index, &nothing), ERR_NOT_FOUND);
	assert_int_equal(store_tx_load(f.store, &block, &index, &nothing), ERR_NOT_FOUND);
	assert_int_equal(height, 99);
	assert_int_equal(index, 98);
	assert_null(block);
	fixture_remove(&f);
}

static void entry_key(u8 out[13], u64 height, u32 index)
{
	store_be64(out, height);
	out[8] = 1;
	store_be32(out + 9, index);
}

/* A damaged group is refused, and other groups of the block are not. */
static void assert_damage_is_told(struct fixture *f, const struct draft *d)
{
	struct stored_block *block = NULL;
	u32 index;

	fixture_open_at(f, 0, true);
	assert_int_equal(store_block_load(f->store, &block, 0), ERR_CORRUPT);
	assert_int_equal(store_tx_load(f->store, &block, &index, &d->hashes[1]), ERR_CORRUPT);
	assert_int_equal(store_tx_load(f->store, &block, &index, &d->hashes[GROUP_COUNT]), OK);
	store_block_free(block);
	fixture_close(f);
}

/* Cut at many lengths, a group of transactions is refused and never read past its end. */
static void a_damaged_group_is_told(void **unused)
{
	struct draft *d;
	struct fixture f;
	struct database database;
	struct batch batch;
	struct slice entry;
	char why[DATABASE_WHY_MAX];
	u8 key[13], copy[32768];
	size_t size;

	(void)unused;
	fixture_open(&f, 0);
	d = block_draft(&f, GROUP_COUNT + 1, 5);
	block_commit(&f, d);
	entry_key(key, 0, 0);
	fixture_close(&f);
	assert_int_equal(database_open(&database, f.path, true, why), OK);
	assert_int_equal(database_get(&database, &entry, COLUMN_BLOCKS, (struct bytes){ key, 13 }, why), OK);
	size = entry.value.size;
	assert_true(size < sizeof copy);
	memcpy(copy, entry.value.at, size);
	slice_free(&entry);
	database_close(&database);
	for (size_t cut = 0; cut < size; cut += 1 + size / 40) {
		assert_int_equal(database_open(&database, f.path, true, why), OK);
		batch_open(&batch, &database);
		batch_put(&batch, COLUMN_BLOCKS, (struct bytes){ key, 13 }, (struct bytes){ copy, cut });
		assert_int_equal(batch_write(&batch, why), OK);
		batch_close(&batch);
		database_close(&database);
		assert_damage_is_told(&f, d);
	}
	free(d);
	fixture_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_come_back_as_they_were),
		cmocka_unit_test(only_transactions_that_are_wanted_are_decoded),
		cmocka_unit_test(headers_are_found_by_height_and_hash),
		cmocka_unit_test(what_was_never_committed_is_not_found),
		cmocka_unit_test(a_damaged_group_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
