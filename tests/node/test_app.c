#include "tests/node/node_fixture.h"

static const struct address alice = { { 0xa1, 1 } };

#define BLOCK_TIME 4000000000u /* later than any clock */

/* A decided block of raw transactions, the engine's name being its number. */
struct decided {
	struct app_block block;
	struct bytes txs[16];
	u8 memory[16][1024];
};

static void decide(struct fixture *f, struct decided *d)
{
	static u8 number;
	struct store_head head;

	node_head(f->node, &head);
	d->block = (struct app_block){
		.height = head.header.number + 1,
		.time = BLOCK_TIME,
		.txs = d->txs,
	};
	d->block.hash.bytes[0] = ++number;
}

static void add(struct fixture *f, struct decided *d, const struct request *r)
{
	u32 i = d->block.count++;

	d->txs[i] = fixture_sign(f, r, d->memory[i], sizeof d->memory[i]);
}

static void add_bytes(struct decided *d, struct bytes raw)
{
	d->txs[d->block.count++] = raw;
}

static const struct app_final *finalize(struct fixture *f, const struct decided *d)
{
	const struct app_final *final;

	assert_int_equal(app_finalize(f->node->app, &d->block, &final), OK);
	return final;
}

/* -- finalize ------------------------------------------------------------------------------- */

static void a_block_that_never_was_in_the_pool_executes(void **unused)
{
	struct fixture f;
	struct decided d;
	const struct app_final *final;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	for (u32 i = 0; i < 12; i++)
		add(&f, &d, &(struct request){ .from = i % 2, .nonce = i / 2, .to = alice, .wei = 1 });
	final = finalize(&f, &d);
	assert_int_equal(final->applied, 12);
	assert_int_equal(final->header.gas_used, 12 * 21000);
	assert_int_equal(app_commit(f.node->app), OK);
	assert_int_equal(fixture_wei(&f, &alice), 12);
	fixture_free(&f);
}

static void what_cannot_stand_has_a_result_and_leaves_no_trace(void **unused)
{
	static const u8 noise[] = { 1, 2, 3 };
	static const enum err expected[] = { OK, ERR_TX_NONCE_HIGH, ERR_TX_NONCE_LOW, OK, ERR_TX_FUNDS };
	struct fixture f, g;
	struct decided d, clean;
	struct stored_block *b;
	const struct app_final *final;
	struct hash root;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .to = alice, .wei = 5 });
	add(&f, &d, &(struct request){ .nonce = 9, .to = alice, .wei = 5 });
	add(&f, &d, &(struct request){ .to = alice, .wei = 6 });
	add(&f, &d, &(struct request){ .from = 1, .to = alice, .wei = 7 });
	add(&f, &d, &(struct request){ .from = 77, .to = alice, .wei = 7 });
	add_bytes(&d, (struct bytes){ noise, sizeof noise });
	final = finalize(&f, &d);
	assert_int_equal(final->count, 6);
	assert_int_equal(final->applied, 2);
	for (u32 i = 0; i < ARRAY_COUNT(expected); i++)
		assert_int_equal(final->results[i].refused, expected[i]);
	assert_int_not_equal(final->results[5].refused, OK);
	root = final->hash;
	assert_int_equal(app_commit(f.node->app), OK);
	assert_int_equal(store_block_load(node_store(f.node), &b, 1), OK);
	assert_int_equal(b->count, 2);
	store_block_free(b);

	/* The block is the one that a node without the refused ones makes. */
	fixture_init(&g);
	decide(&g, &clean);
	add(&g, &clean, &(struct request){ .to = alice, .wei = 5 });
	add(&g, &clean, &(struct request){ .from = 1, .to = alice, .wei = 7 });
	final = finalize(&g, &clean);
	assert_int_equal(hash_cmp(&final->hash, &root), 0);
	fixture_free(&g);
	fixture_free(&f);
}

static void only_refusals_leave_the_root_as_it_was(void **unused)
{
	struct fixture f;
	struct decided d;
	struct store_head head;

	(void)unused;
	fixture_init(&f);
	node_head(f.node, &head);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .nonce = 1, .to = alice });
	add(&f, &d, &(struct request){ .from = 77, .to = alice });
	assert_int_equal(hash_cmp(&finalize(&f, &d)->header.state_root, &head.header.state_root), 0);
	fixture_free(&f);
}

static void finalize_again_replaces_the_first(void **unused)
{
	struct fixture f, g;
	struct decided first, second, only;
	struct hash hash;

	(void)unused;
	fixture_init(&f);
	decide(&f, &first);
	add(&f, &first, &(struct request){ .to = alice, .wei = 100 });
	(void)finalize(&f, &first);
	decide(&f, &second);
	add(&f, &second, &(struct request){ .from = 1, .to = alice, .wei = 1 });
	hash = finalize(&f, &second)->hash;
	assert_int_equal(app_commit(f.node->app), OK);
	assert_int_equal(fixture_wei(&f, &alice), 1);
	assert_int_equal(fixture_account(&f, &dev_accounts[0]).nonce, 0);

	fixture_init(&g);
	decide(&g, &only);
	add(&g, &only, &(struct request){ .from = 1, .to = alice, .wei = 1 });
	assert_int_equal(hash_cmp(&finalize(&g, &only)->hash, &hash), 0);
	fixture_free(&g);
	fixture_free(&f);
}

static void finalize_takes_the_next_height_and_no_earlier_time(void **unused)
{
	struct fixture f;
	struct decided d;
	const struct app_final *final;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	d.block.height = 2;
	assert_int_equal(app_finalize(f.node->app, &d.block, &final), ERR_RANGE);
	d.block.height = 0;
	assert_int_equal(app_finalize(f.node->app, &d.block, &final), ERR_RANGE);
	d.block.height = 1;
	d.block.time = FIXTURE_TIME - 1;
	assert_int_equal(app_finalize(f.node->app, &d.block, &final), ERR_RANGE);
	d.block.time = FIXTURE_TIME;
	assert_int_equal(app_finalize(f.node->app, &d.block, &final), OK);
	fixture_free(&f);
}

static void nothing_is_written_before_commit(void **unused)
{
	struct fixture f;
	struct decided d;
	struct store_head head;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .to = alice, .wei = 3 });
	assert_int_equal(app_process(f.node->app, &d.block), APP_ACCEPT);
	(void)finalize(&f, &d);
	node_close(f.node);
	fixture_open(&f);
	node_head(f.node, &head);
	assert_int_equal(head.header.number, 0);
	assert_int_equal(fixture_wei(&f, &alice), 0);
	fixture_free(&f);
}

static void what_another_block_spends_leaves_the_pool(void **unused)
{
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(fixture_send(&f, &(struct request){ .to = alice }, NULL), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .nonce = 1, .to = alice }, NULL), OK);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .to = alice, .wei = 3 });
	(void)finalize(&f, &d);
	assert_int_equal(app_commit(f.node->app), OK);
	assert_int_equal(node_pool_counts(f.node).pending, 1);
	assert_int_equal(node_pending_nonce(f.node, &dev_accounts[0]), 2);
	fixture_free(&f);
}

/* Another node's block took it too early. */
static void what_a_block_refuses_for_a_missing_nonce_waits_on(void **unused)
{
	struct request early = { .nonce = 1, .to = alice, .wei = 3 };
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(fixture_send(&f, &early, NULL), OK);
	decide(&f, &d);
	add(&f, &d, &early);
	assert_int_equal(finalize(&f, &d)->results[0].refused, ERR_TX_NONCE_HIGH);
	assert_int_equal(app_commit(f.node->app), OK);
	assert_int_equal(node_pool_counts(f.node).queued, 1);
	fixture_free(&f);
}

/* Alone each is affordable; together the two cost more than their sender owns. */
static void what_a_block_leaves_unaffordable_leaves_the_pool(void **unused)
{
	struct request fund = { .to = fixture_owner(50), .wei = 30000000000000 };
	struct request spend = { .from = 50, .to = alice, .wei = 5000000000000 };
	struct fixture f;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(fixture_send(&f, &fund, NULL), OK);
	fixture_block(&f);
	spend.nonce = 1;
	assert_int_equal(fixture_send(&f, &spend, NULL), OK);
	spend.nonce = 0;
	assert_int_equal(fixture_send(&f, &spend, NULL), OK);
	assert_int_equal(node_pool_counts(f.node).pending, 1);
	assert_int_equal(node_pool_counts(f.node).queued, 1);
	fixture_block(&f);
	assert_int_equal(node_pool_counts(f.node).pending + node_pool_counts(f.node).queued, 0);
	assert_int_equal(fixture_wei(&f, &alice), 5000000000000);
	assert_int_equal(node_figures(f.node).transactions, 2);
	fixture_free(&f);
}

/* -- prepare and process ------------------------------------------------------------------------ */

static void what_prepare_proposes_process_accepts(void **unused)
{
	static const u8 submit[] = { 0xef, 0x7f, 0xa7, 0x1b };
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	for (u64 i = 0; i < 5; i++)
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = alice, .tip = i }, NULL), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .from = 1, .gas = 200000, .to = contract_address(CONTRACT_AGGREGATOR, 0), .data = { submit, sizeof submit } }, NULL), OK);
	decide(&f, &d);
	assert_int_equal(app_prepare(f.node->app, &d.block, 1 << 20), OK);
	assert_int_equal(d.block.count, 6);
	assert_int_equal(app_process(f.node->app, &d.block), APP_ACCEPT);
	assert_int_equal(app_prepare(f.node->app, &d.block, 300), OK);
	assert_true(d.block.count < 6);
	assert_int_equal(app_prepare(f.node->app, &d.block, 0), OK);
	assert_int_equal(d.block.count, 0);
	fixture_free(&f);
}

static void an_oracle_call_behind_another_is_rejected(void **unused)
{
	static const u8 submit[] = { 0xef, 0x7f, 0xa7, 0x1b };
	struct request oracle = {
		.from = 1,
		.gas = 200000,
		.to = contract_address(CONTRACT_AGGREGATOR, 0),
		.data = { submit, sizeof submit },
	};
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	add(&f, &d, &oracle);
	oracle.nonce = 1;
	add(&f, &d, &oracle);
	add(&f, &d, &(struct request){ .to = alice });
	assert_int_equal(app_process(f.node->app, &d.block), APP_ACCEPT);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .to = alice });
	add(&f, &d, &oracle);
	assert_int_equal(app_process(f.node->app, &d.block), APP_REJECT);
	fixture_free(&f);
}

static void proposals_that_break_the_shape_are_rejected(void **unused)
{
	static const u8 noise[] = { 0xc0 };
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	assert_int_equal(app_process(f.node->app, &d.block), APP_ACCEPT);
	d.block.height = 3;
	assert_int_equal(app_process(f.node->app, &d.block), APP_REJECT);
	decide(&f, &d);
	d.block.time = FIXTURE_TIME - 1;
	assert_int_equal(app_process(f.node->app, &d.block), APP_REJECT);
	decide(&f, &d);
	add_bytes(&d, (struct bytes){ noise, sizeof noise });
	assert_int_equal(app_process(f.node->app, &d.block), APP_REJECT);
	decide(&f, &d);
	add(&f, &d, &(struct request){ .to = alice });
	d.txs[0].size--;
	assert_int_equal(app_process(f.node->app, &d.block), APP_REJECT);
	fixture_free(&f);
}

static void an_extension_is_bounded(void **unused)
{
	static const u8 zeros[APP_EXTENSION_MAX + 1];
	struct fixture f;
	struct decided d;

	(void)unused;
	fixture_init(&f);
	decide(&f, &d);
	assert_int_equal(app_extend(f.node->app, &d.block).size, 0);
	assert_int_equal(app_verify(f.node->app, (struct bytes){ NULL, 0 }), APP_ACCEPT);
	assert_int_equal(app_verify(f.node->app, (struct bytes){ zeros, APP_EXTENSION_MAX }), APP_ACCEPT);
	assert_int_equal(app_verify(f.node->app, (struct bytes){ zeros, sizeof zeros }), APP_REJECT);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_that_never_was_in_the_pool_executes),
		cmocka_unit_test(what_cannot_stand_has_a_result_and_leaves_no_trace),
		cmocka_unit_test(only_refusals_leave_the_root_as_it_was),
		cmocka_unit_test(finalize_again_replaces_the_first),
		cmocka_unit_test(finalize_takes_the_next_height_and_no_earlier_time),
		cmocka_unit_test(nothing_is_written_before_commit),
		cmocka_unit_test(what_another_block_spends_leaves_the_pool),
		cmocka_unit_test(what_a_block_refuses_for_a_missing_nonce_waits_on),
		cmocka_unit_test(what_a_block_leaves_unaffordable_leaves_the_pool),
		cmocka_unit_test(what_prepare_proposes_process_accepts),
		cmocka_unit_test(an_oracle_call_behind_another_is_rejected),
		cmocka_unit_test(proposals_that_break_the_shape_are_rejected),
		cmocka_unit_test(an_extension_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
