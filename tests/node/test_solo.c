#include "tests/node/node_fixture.h"
#include "tests/support/own_clock.h"

#define WAIT_MS 60000 /* for blocks, which come far sooner */

static const struct address alice = { { 0xa1, 1 } };

static struct solo *make_solo(struct fixture *f, u64 block_time_ms, double speed)
{
	struct solo *s = solo_new(&(struct solo_config){
		.app = f->node->app,
		.pool = f->node->pool,
		.head = &f->node->head,
		.block_time_ms = block_time_ms,
		.may_drive = true,
		.clock_speed = speed,
	});

	assert_non_null(s);
	return s;
}

static u64 height_of(struct fixture *f)
{
	return head_height(&f->node->head);
}

static void without_a_block_time_each_transaction_makes_a_block(void **unused)
{
	struct fixture f;
	struct solo *s;

	(void)unused;
	fixture_init(&f);
	s = make_solo(&f, 0, 1);
	assert_int_equal(solo_start(s), OK);
	for (u64 i = 0; i < 3; i++) {
		assert_int_equal(fixture_send(&f, &(struct request){ .nonce = i, .to = alice, .wei = 1 }, NULL), OK);
		assert_int_equal(node_wait_height(f.node, i + 1, WAIT_MS), i + 1);
	}
	/* Nothing waits, nothing is made. */
	usleep(120000);
	assert_int_equal(height_of(&f), 3);
	solo_free(s);
	fixture_free(&f);
}

static void a_transaction_with_a_gap_makes_no_block(void **unused)
{
	struct fixture f;
	struct solo *s;

	(void)unused;
	fixture_init(&f);
	s = make_solo(&f, 0, 1);
	assert_int_equal(solo_start(s), OK);
	assert_int_equal(fixture_send(&f, &(struct request){ .nonce = 1, .to = alice }, NULL), OK);
	usleep(120000);
	assert_int_equal(height_of(&f), 0);
	assert_int_equal(fixture_send(&f, &(struct request){ .nonce = 0, .to = alice }, NULL), OK);
	assert_true(node_wait_height(f.node, 1, WAIT_MS) >= 1);
	solo_free(s);
	fixture_free(&f);
}

static void empty_blocks_come_by_the_timer(void **unused)
{
	struct fixture f;
	struct solo *s;

	(void)unused;
	fixture_init(&f);
	s = make_solo(&f, 10, 1);
	assert_int_equal(solo_start(s), OK);
	assert_true(node_wait_height(f.node, 4, WAIT_MS) >= 4);
	solo_stop(s);
	solo_stop(s);
	assert_int_equal(solo_start(s), OK);
	assert_true(node_wait_height(f.node, height_of(&f) + 2, WAIT_MS) > 4);
	assert_false(solo_has_failed(s));
	solo_free(s);
	fixture_free(&f);
}

static void time_never_runs_backwards(void **unused)
{
	struct app_block future = { .height = 1, .time = 4000000000 };
	const struct app_final *final;
	struct store_head head;
	struct fixture f;

	(void)unused;
	fixture_init(&f);
	assert_int_equal(app_finalize(f.node->app, &future, &final), OK);
	assert_int_equal(app_commit(f.node->app), OK);
	/* The node's clock was anchored before: it is behind its own head now. */
	fixture_block(&f);
	node_head(f.node, &head);
	assert_int_equal(head.header.number, 2);
	assert_true(head.header.time >= 4000000000);
	fixture_free(&f);
}

static void a_driven_clock_starts_at_the_head(void **unused)
{
	struct store_head head;
	struct fixture f;
	struct solo *s;

	(void)unused;
	fixture_init(&f);
	s = make_solo(&f, 10, 1000);
	assert_int_equal(solo_start(s), OK);
	assert_true(node_wait_height(f.node, 5, WAIT_MS) >= 5);
	solo_stop(s);
	node_head(f.node, &head);
	/* Some fifty milliseconds at a thousand times the speed, from genesis, not from the wall. */
	assert_true(head.header.time >= FIXTURE_TIME + 40);
	assert_true(head.header.time < FIXTURE_TIME + 100000);
	solo_free(s);
	fixture_free(&f);
}

#define SECOND 1000000ull

static void set_clocks(u64 steady_us, u64 wall_us)
{
	own_steady_us = steady_us;
	own_wall_us = wall_us;
}

static void a_driven_clock_goes_on_whatever_the_wall_shows(void **unused)
{
	struct fixture f;
	struct solo *s;

	(void)unused;
	fixture_init(&f);
	set_clocks(500 * SECOND, 1800000000 * SECOND);
	s = make_solo(&f, 10, 1000);
	assert_int_equal(solo_clock(s), FIXTURE_TIME);
	set_clocks(503 * SECOND, 1800000000 * SECOND - 3600 * SECOND);
	assert_int_equal(solo_clock(s), FIXTURE_TIME + 3000);
	set_clocks(507 * SECOND, 1800000000 * SECOND + 3600 * SECOND);
	assert_int_equal(solo_clock(s), FIXTURE_TIME + 7000);
	solo_free(s);
	/* One that is not driven is the wall's. */
	s = make_solo(&f, 10, 1);
	set_clocks(510 * SECOND, 1800000000 * SECOND - 3600 * SECOND);
	assert_int_equal(solo_clock(s), 1800000000 - 3600);
	set_clocks(0, 0);
	solo_free(s);
	fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_block_time_each_transaction_makes_a_block),
		cmocka_unit_test(a_transaction_with_a_gap_makes_no_block),
		cmocka_unit_test(empty_blocks_come_by_the_timer),
		cmocka_unit_test(time_never_runs_backwards),
		cmocka_unit_test(a_driven_clock_starts_at_the_head),
		cmocka_unit_test(a_driven_clock_goes_on_whatever_the_wall_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
