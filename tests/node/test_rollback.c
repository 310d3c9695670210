/* Going back to an earlier block: as if the later ones had never been. */

#include "tests/node/chain_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "contracts-native/chain/block.h"

static void a_chain_that_went_back_and_on_is_the_chain_that_never_did(void **unused)
{
	struct fixture f;
	u64 dice = 7, height = 60;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	make_blocks_to(&f, height);
	for (unsigned round = 0; round < 30; round++) {
		u64 back = dice_below(&dice, height + 1);

		go_back(&f, back);
		check_chain(&f, back);
		if (round % 5 == 0) {
			reopen_chain(&f, 0);
			check_chain(&f, back);
		}
		height = back + dice_below(&dice, 40);
		make_blocks_to(&f, height);
		check_chain(&f, height);
		check_state(&f, height / 2);
	}
	fixture_remove(&f);
}

static void another_history_may_follow(void **unused)
{
	struct fixture f;
	u64 nonces[ACCOUNTS];
	struct hash expected, got;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	make_blocks_to(&f, 20);
	go_back(&f, 10);
	nonces_at(nonces, 10);
	for (u64 i = 0; i < ACCOUNTS; i += 2) {
		nonces[i] = nonces[i] == 0 ? 1000 : 0;
		account_set(&f, i, nonces[i]);
	}
	assert_int_equal(fixture_commit(&f), OK);
	expected = accounts_root(nonces, ACCOUNTS);
	got = fixture_root(&f);
	assert_memory_equal(&got, &expected, sizeof got);
	for (u64 i = 0; i < ACCOUNTS; i++)
		assert_int_equal(account_seen(&f.view, i), nonces[i]);
	fixture_remove(&f);
}

static void what_was_absent_for_later_readers_can_be_created(void **unused)
{
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	make_blocks_to(&f, 30);
	assert_int_equal(account_seen(&f.view, 777), 0); /* remembered as absent as of block 30 */
	go_back(&f, 5);
	account_set(&f, 777, 9);
	assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(account_seen(&f.view, 777), 9);
	while (f.next <= 40)
		assert_int_equal(fixture_commit(&f), OK);
	assert_int_equal(account_seen(&f.view, 777), 9);
	fixture_remove(&f);
}

static const u8 key_bytes[32] = { [31] = 1 };

/* A block with one transfer; *tx_hash and *block_hash name both. */
static void make_transfer(struct fixture *f, struct hash *tx_hash, struct hash *block_hash)
{
	struct header header = { .number = f->next, .gas_limit = 30000000, .time = 1700000000 + f->next };
	struct tx tx = { .type = TX_DYNAMIC_FEE, .chain_id = 5, .nonce = f->next, .gas_limit = 21000 };
	struct receipt receipt = { .type = TX_DYNAMIC_FEE, .succeeded = true, .gas_used = 21000, .cumulative_gas = 21000 };
	const struct receipt *receipts[1] = { &receipt };
	struct address sender = { { 1 } };
	struct bytes raw;
	u8 out[300];
	struct store_block block = { .header = &header, .raws = &raw, .tx_hashes = tx_hash, .senders = &sender, .receipts = receipts, .count = 1 };

	assert_int_equal(tx_sign(&raw, &tx, key_bytes, out, sizeof out), OK);
	keccak256(tx_hash, raw);
	assert_int_equal(store_stage(f->store, &header.state_root, f->next, &f->state), OK);
	header_hash(&block.hash, &header);
	*block_hash = block.hash;
	assert_int_equal(store_commit(f->store, &block), OK);
	fixture_follow(f);
}

static void blocks_and_transactions_that_were_undone_cannot_be_found(void **unused)
{
	struct hash kept, kept_block, gone, gone_block;
	struct fixture f;
	u64 height;
	u32 index;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	chain_write(&f.state, &(struct chain_key){ 0 }, &(struct chain){ .chain_id = 5 });
	make_transfer(&f, &kept, &kept_block);
	make_transfer(&f, &gone, &gone_block);
	go_back(&f, 0);
	assert_int_equal(store_tx_find(f.store, &height, &index, &kept), OK);
	assert_int_equal(store_height_of(f.store, &height, &kept_block), OK);
	make_block(&f); /* so that the height is there again */
	assert_int_equal(store_tx_find(f.store, &height, &index, &gone), ERR_NOT_FOUND);
	assert_int_equal(store_height_of(f.store, &height, &gone_block), ERR_NOT_FOUND);
	fixture_remove(&f);
}

static void heights_that_are_not_there_are_refused(void **unused)
{
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	assert_int_equal(store_rollback(f.store, 0), ERR_NOT_FOUND);
	make_blocks_to(&f, 3);
	assert_int_equal(store_rollback(f.store, 4), ERR_NOT_FOUND);
	assert_int_equal(store_rollback(f.store, UINT64_MAX), ERR_NOT_FOUND);
	assert_int_equal(store_rollback(f.store, 3), OK); /* nothing to do */
	check_chain(&f, 3);
	fixture_remove(&f);
}

static void quick_blocks_to(struct fixture *f, u64 height)
{
	while (f->next <= height) {
		account_set(f, f->next % ACCOUNTS, f->next + 1);
		assert_int_equal(fixture_commit(f), OK);
	}
}

static void what_is_pruned_cannot_come_back(void **unused)
{
	u64 height = HISTORY_BLOCKS + 200, oldest = height - HISTORY_BLOCKS - 64;
	struct store_view view;
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, 0);
	quick_blocks_to(&f, height);
	assert_int_equal(store_rollback(f.store, oldest - 1), ERR_PRUNED);
	reopen_chain(&f, HISTORY_ALL); /* keeping it from now on does not bring it back */
	assert_int_equal(store_rollback(f.store, oldest - 1), ERR_PRUNED);
	assert_int_equal(store_view_at(&view, f.store, oldest - 1), ERR_PRUNED);
	go_back(&f, oldest);
	assert_int_equal(account_seen(&f.view, oldest % ACCOUNTS), oldest + 1);
	assert_int_equal(store_view_at(&view, f.store, oldest - 1), ERR_PRUNED);
	fixture_remove(&f);
}

static void a_store_that_keeps_its_history_goes_back_to_any_block(void **unused)
{
	struct store_view view;
	struct fixture f;

	(void)unused;
	fixture_folder(&f);
	open_chain(&f, HISTORY_ALL);
	quick_blocks_to(&f, HISTORY_BLOCKS + 200);
	assert_int_equal(store_view_at(&view, f.store, 7), OK);
	assert_int_equal(account_seen(&view, 7), 8);
	assert_int_equal(account_seen(&view, 8), 0);
	go_back(&f, 7);
	assert_int_equal(account_seen(&f.view, 7), 8);
	assert_int_equal(account_seen(&f.view, 8), 0);
	quick_blocks_to(&f, 100);
	assert_int_equal(account_seen(&f.view, 8), 69);
	fixture_remove(&f);
}

/* Goes on and back until it is killed. */
static void restless(const char *path)
{
	struct fixture f;
	u64 dice = (u64)getpid();

	memset(&f, 0, sizeof f);
	snprintf(f.path, sizeof f.path, "%s", path);
	open_chain(&f, 0);
	for (;;) {
		make_blocks_to(&f, f.next + dice_below(&dice, 20));
		go_back(&f, dice_below(&dice, f.next));
	}
}

static void a_kill_leaves_one_block_or_another(void **unused)
{
	struct store_head head;
	struct fixture f;
	u64 dice = 3;

	(void)unused;
	fixture_folder(&f);
	for (unsigned round = 0; round < 6; round++) {
		pid_t child = run_again("restless", f.path, -1);
		int status;

		assert_true(child >= 0);
		usleep(50000 + (useconds_t)dice_below(&dice, 100000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		open_chain(&f, 0);
		if (store_head(f.store, &head))
			check_chain(&f, head.header.number);
		fixture_close(&f);
	}
	fixture_remove(&f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_that_went_back_and_on_is_the_chain_that_never_did),
		cmocka_unit_test(another_history_may_follow),
		cmocka_unit_test(what_was_absent_for_later_readers_can_be_created),
		cmocka_unit_test(blocks_and_transactions_that_were_undone_cannot_be_found),
		cmocka_unit_test(heights_that_are_not_there_are_refused),
		cmocka_unit_test(what_is_pruned_cannot_come_back),
		cmocka_unit_test(a_store_that_keeps_its_history_goes_back_to_any_block),
		cmocka_unit_test(a_kill_leaves_one_block_or_another),
	};

	if (argc == 4) /* as run_again starts it */
		restless(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
