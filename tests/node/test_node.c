#include "tests/node/node_fixture.h"

/* Owns nothing at first. */
static const struct address alice = { { 0xa1, 1 } };

static void block_zero_holds_the_genesis(void **unused)
{
	struct fixture f;
	struct store_head head;
	struct account account;
	struct u256 rich = u256_pow10(22);

	(void)unused;
	fixture_init(&f);
	node_head(f.node, &head);
	assert_int_equal(head.header.number, 0);
	assert_int_equal(head.header.time, node_genesis(f.node)->time);
	account = fixture_account(&f, &dev_accounts[0]);
	assert_true(u256_equal(&account.balance, &rich));
	fixture_free(&f);
}

static void a_transfer_moves_coins_and_has_a_receipt(void **unused)
{
	struct fixture f;
	struct stored_block *b;
	struct store_head head;
	struct hash hash;
	u32 index;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(fixture_send(&f, &(struct request){ .to = alice, .wei = 77 }, &hash), OK);
	assert_int_equal(node_pool_counts(f.node).pending, 1);
	fixture_block(&f);
	assert_int_equal(node_pool_counts(f.node).pending, 0);
	node_head(f.node, &head);
	assert_int_equal(head.header.number, 1);
	assert_int_equal(head.header.gas_used, 21000);
	assert_int_equal(fixture_wei(&f, &alice), 77);
	assert_int_equal(fixture_account(&f, &dev_accounts[0]).nonce, 1);
	assert_int_equal(store_tx_load(node_store(f.node), &b, &index, &hash), OK);
	assert_int_equal(index, 0);
	assert_true(b->txs[0].receipt.succeeded);
	assert_int_equal(address_cmp(&b->txs[0].tx.sender, &dev_accounts[0]), 0);
	store_block_free(b);
	assert_int_equal(node_figures(f.node).transactions, 1);
	fixture_free(&f);
}

static void headers_form_a_chain(void **unused)
{
	struct fixture f;
	struct header header;
	struct hash hash, parent, recomputed;

	(void)unused;
	fixture_init(&f);
	for (u64 i = 0; i < 5; i++) {
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = alice, .wei = 1 }, NULL), OK);
		fixture_block(&f);
	}
	assert_int_equal(store_header(node_store(f.node), &header, &parent, 0), OK);
	for (u64 height = 1; height <= 5; height++) {
		assert_int_equal(store_header(node_store(f.node), &header, &hash, height), OK);
		assert_int_equal(hash_cmp(&header.parent, &parent), 0);
		header_hash(&recomputed, &header);
		assert_int_equal(hash_cmp(&recomputed, &hash), 0);
		parent = hash;
	}
	fixture_free(&f);
}

static void a_restart_continues_at_the_same_head(void **unused)
{
	struct fixture f;
	struct store_head before, after;

	(void)unused;
	fixture_init(&f);
	for (u64 i = 0; i < 3; i++) {
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = alice, .wei = 1 }, NULL), OK);
		fixture_block(&f);
	}
	node_head(f.node, &before);
	node_close(f.node);
	fixture_open(&f);
	node_head(f.node, &after);
	assert_int_equal(after.header.number, 3);
	assert_int_equal(hash_cmp(&before.hash, &after.hash), 0);
	assert_int_equal(node_pending_nonce(f.node, &dev_accounts[0]), 3);
	assert_int_equal(fixture_send(&f, &(struct request){ .nonce = 3, .to = alice, .wei = 1 }, NULL), OK);
	fixture_block(&f);
	assert_int_equal(fixture_wei(&f, &alice), 4);
	fixture_free(&f);
}

/* Runs the same transactions at the same times and gives the last header. */
static struct header run_once(void)
{
	struct fixture f;
	struct app_block block = { .time = 0 };
	const struct app_final *final;
	struct store_head head;
	struct header last = { .number = 0 };

	fixture_init(&f);
	for (u64 i = 0; i < 4; i++) {
		assert_int_equal(fixture_send(&f, &(struct request){ .from = 1, .nonce = i, .to = alice, .wei = 9 },
					      NULL),
				 OK);
		node_head(f.node, &head);
		block.height = head.header.number + 1;
		block.time = 4000000000 + i;
		block.hash.bytes[0] = (u8)i;
		assert_int_equal(app_prepare(f.node->app, &block, 1 << 20), OK);
		assert_int_equal(app_process(f.node->app, &block), APP_ACCEPT);
		assert_int_equal(app_finalize(f.node->app, &block, &final), OK);
		last = final->header;
		assert_int_equal(app_commit(f.node->app), OK);
	}
	fixture_free(&f);
	return last;
}

static void the_same_transactions_give_the_same_roots(void **unused)
{
	struct header a = run_once(), b = run_once();

	(void)unused;
	assert_int_equal(hash_cmp(&a.state_root, &b.state_root), 0);
	assert_int_equal(hash_cmp(&a.transactions_root, &b.transactions_root), 0);
	assert_int_equal(hash_cmp(&a.receipts_root, &b.receipts_root), 0);
	assert_int_equal(hash_cmp(&a.parent, &b.parent), 0);
}

static void a_data_folder_is_made_once(void **unused)
{
	struct fixture f;
	char why[STORE_WHY_MAX] = "";

	(void)unused;
	fixture_init(&f);
	assert_int_equal(node_init(f.path, NULL, why), ERR_EXISTS);
	assert_non_null(strstr(why, f.path));
	fixture_free(&f);
}

static void a_folder_that_cannot_be_made_says_why(void **unused)
{
	char why[STORE_WHY_MAX] = "";

	(void)unused;
	assert_int_equal(node_init("/dev/fd/plimsoll/chain", NULL, why), ERR_IO);
	assert_string_equal(why, "/dev/fd/plimsoll/chain: No such file or directory");
	assert_int_equal(node_init("/dev/null", NULL, why), ERR_IO);
	assert_string_equal(why, "/dev/null: Not a directory");
}

static void a_folder_is_for_one_node(void **unused)
{
	struct fixture f;
	struct node *other = NULL;
	char why[STORE_WHY_MAX] = "";

	(void)unused;
	fixture_init(&f);
	assert_int_equal(node_open(&other, &(struct node_config){ .data_dir = f.path }, why), ERR_BUSY);
	assert_null(other);
	fixture_free(&f);
}

static void a_folder_without_a_chain_is_refused(void **unused)
{
	struct node_config config = { .data_dir = "/nonexistent/plimsoll" };
	struct node *n = NULL;
	char why[STORE_WHY_MAX] = "";

	(void)unused;
	assert_int_equal(node_open(&n, &config, why), ERR_NOT_FOUND);
	assert_null(n);
	assert_non_null(strstr(why, "/nonexistent/plimsoll"));
}

static void a_genesis_file_of_another_chain_is_refused(void **unused)
{
	struct fixture f;
	struct node *n = NULL;
	char path[96], why[STORE_WHY_MAX] = "";
	struct node_config config = { .data_dir = f.path, .cache_bytes = 8u << 20, .no_sync = true };
	u8 *text;
	size_t size;
	char *at;
	FILE *out;

	(void)unused;
	fixture_init(&f);
	node_close(f.node);
	f.node = NULL;
	(void)snprintf(path, sizeof path, "%s/genesis.json", f.path);
	assert_int_equal(file_read(&text, &size, path, 1 << 20), OK);
	at = memmem(text, size, "20260", 5);
	assert_non_null(at);
	at[4] = '1';
	out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
	free(text);
	assert_int_equal(node_open(&n, &config, why), ERR_MISMATCH);
	assert_null(n);
	fixture_free(&f);
}

static void a_second_node_on_the_folder_is_refused(void **unused)
{
	struct fixture f;
	struct node_config config = { .data_dir = f.path, .cache_bytes = 8u << 20, .no_sync = true };
	struct node *n = NULL;
	char why[STORE_WHY_MAX] = "";

	(void)unused;
	fixture_init(&f);
	assert_int_equal(node_open(&n, &config, why), ERR_BUSY);
	fixture_free(&f);
}

static void a_running_node_makes_blocks_and_stops(void **unused)
{
	struct fixture f;
	struct store_head head;
	u64 height;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(node_start(f.node), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .to = alice, .wei = 5 }, NULL), OK);
	height = node_wait_height(f.node, 3, 5000);
	assert_true(height >= 3);
	node_stop(f.node);
	node_head(f.node, &head);
	assert_int_equal(node_wait_height(f.node, head.header.number + 1, 60), head.header.number);
	assert_false(node_has_failed(f.node));
	assert_int_equal(fixture_wei(&f, &alice), 5);
	fixture_free(&f);
}

static void a_reader_sees_the_past_and_the_next_block(void **unused)
{
	struct fixture f;
	struct account account;
	struct reader r;

	(void)unused;
	fixture_init(&f);
	for (u64 i = 0; i < 2; i++) {
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = alice, .wei = 10 }, NULL), OK);
		fixture_block(&f);
	}
	reader_init(&r);
	assert_int_equal(reader_begin(&r, f.node, 1, false), OK);
	assert_true(account_read(&r.state, &(struct account_key){ alice }, &account));
	assert_int_equal(u256_low64(&account.balance), 10);
	assert_int_equal(r.env.height, 1);
	assert_int_equal(reader_begin(&r, f.node, 2, true), OK);
	assert_true(account_read(&r.state, &(struct account_key){ alice }, &account));
	assert_int_equal(u256_low64(&account.balance), 20);
	assert_int_equal(r.env.height, 3);
	assert_int_equal(reader_begin(&r, f.node, 3, false), ERR_NOT_FOUND);
	reader_free(&r);
	fixture_free(&f);
}

static void a_queued_transaction_can_be_read(void **unused)
{
	struct fixture f;
	struct address sender;
	struct hash hash;
	size_t size;
	u8 raw[1024];

	(void)unused;
	fixture_init(&f);
	assert_int_equal(fixture_send(&f, &(struct request){ .to = alice }, &hash), OK);
	assert_int_equal(node_pending_find(f.node, raw, &size, sizeof raw, &sender, &hash), OK);
	assert_int_equal(address_cmp(&sender, &dev_accounts[0]), 0);
	assert_int_equal(node_pending_find(f.node, raw, &size, 10, &sender, &hash), ERR_SIZE);
	hash.bytes[0] ^= 1;
	assert_int_equal(node_pending_find(f.node, raw, &size, sizeof raw, &sender, &hash), ERR_NOT_FOUND);
	fixture_free(&f);
}

static void restart(struct fixture *f)
{
	node_stop(f->node);
	node_close(f->node);
	fixture_open(f);
	assert_int_equal(node_start(f->node), OK);
}

static void waiting_transactions_survive_a_restart(void **unused)
{
	struct fixture f;
	struct pool_list list;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(node_start(f.node), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .nonce = 1, .to = alice, .wei = 5 }, NULL), OK);
	restart(&f);
	assert_int_equal(node_pool_counts(f.node).queued, 1);
	assert_int_equal(node_pool_list(f.node, &list, &dev_accounts[0], 10), OK);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.at[0].tx->nonce, 1);
	node_pool_list_free(&list);
	assert_int_equal(fixture_send(&f, &(struct request){ .to = alice, .wei = 5 }, NULL), OK);
	for (int i = 0; i < 3000 && fixture_wei(&f, &alice) < 10; i++)
		(void)usleep(10000);
	assert_int_equal(fixture_wei(&f, &alice), 10);
	/* What is in a block is not brought back. */
	restart(&f);
	assert_int_equal(node_pool_counts(f.node).pending + node_pool_counts(f.node).queued, 0);
	node_stop(f.node);
	fixture_free(&f);
}

static void a_damaged_pool_file_keeps_nobody_from_starting(void **unused)
{
	static const u8 junk[] = { 0xf8, 0xff, 'j', 'u', 'n', 'k' };
	struct fixture f;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(file_write(f.path, "mempool.rlp", (struct bytes){ junk, sizeof junk }), OK);
	assert_int_equal(node_start(f.node), OK);
	assert_int_equal(node_pool_counts(f.node).pending, 0);
	node_stop(f.node);
	assert_false(file_exists(f.path, "mempool.rlp"));
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_zero_holds_the_genesis),
		cmocka_unit_test(a_transfer_moves_coins_and_has_a_receipt),
		cmocka_unit_test(headers_form_a_chain),
		cmocka_unit_test(a_restart_continues_at_the_same_head),
		cmocka_unit_test(the_same_transactions_give_the_same_roots),
		cmocka_unit_test(a_data_folder_is_made_once),
		cmocka_unit_test(a_folder_that_cannot_be_made_says_why),
		cmocka_unit_test(a_folder_is_for_one_node),
		cmocka_unit_test(a_folder_without_a_chain_is_refused),
		cmocka_unit_test(a_genesis_file_of_another_chain_is_refused),
		cmocka_unit_test(a_second_node_on_the_folder_is_refused),
		cmocka_unit_test(a_running_node_makes_blocks_and_stops),
		cmocka_unit_test(a_reader_sees_the_past_and_the_next_block),
		cmocka_unit_test(a_queued_transaction_can_be_read),
		cmocka_unit_test(waiting_transactions_survive_a_restart),
		cmocka_unit_test(a_damaged_pool_file_keeps_nobody_from_starting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
