#ifndef TESTS_NODE_CHAIN_FIXTURE_H
#define TESTS_NODE_CHAIN_FIXTURE_H

/* A chain in a store whose every block follows from its height, so that everything about it can be told without it. */

#include "tests/node/store_fixture.h"

#define ACCOUNTS 60
#define CACHE    (4 * MEBI)

/* Block h writes a few accounts, the same whenever it is made. */
static inline void block_nonces(u64 nonces[ACCOUNTS], u64 height)
{
	u64 dice = height;

	for (unsigned i = 0; i < 5; i++) {
		u64 number = dice_below(&dice, ACCOUNTS);

		nonces[number] = dice_below(&dice, 3) == 0 ? 0 : height + 1;
	}
}

static inline void nonces_at(u64 nonces[ACCOUNTS], u64 height)
{
	memset(nonces, 0, ACCOUNTS * sizeof *nonces);
	for (u64 h = 0; h <= height; h++)
		block_nonces(nonces, h);
}

static inline void make_block(struct fixture *f)
{
	u64 before[ACCOUNTS], after[ACCOUNTS];

	memset(before, 0, sizeof before);
	if (f->next > 0)
		nonces_at(before, f->next - 1);
	memcpy(after, before, sizeof after);
	block_nonces(after, f->next);
	for (u64 i = 0; i < ACCOUNTS; i++) {
		if (after[i] != before[i])
			account_set(f, i, after[i]);
	}
	assert_int_equal(fixture_commit(f), OK);
}

static inline void make_blocks_to(struct fixture *f, u64 height)
{
	while (f->next <= height)
		make_block(f);
}

static inline void open_chain(struct fixture *f, u64 history)
{
	const struct store_options options = { .path = f->path, .cache_bytes = CACHE, .is_test = true, .history = history };
	char why[STORE_WHY_MAX] = "";

	if (store_open(&f->store, &options, why) != OK)
		fail_msg("%s", why);
	f->backing = (struct state_backing){ .read = fixture_read, .more = fixture_more, .context = f };
	state_init(&f->state, &f->backing);
	fixture_follow(f);
}

static inline void reopen_chain(struct fixture *f, u64 history)
{
	fixture_close(f);
	open_chain(f, history);
}

static inline void go_back(struct fixture *f, u64 height)
{
	assert_int_equal(store_rollback(f->store, height), OK);
	fixture_follow(f);
	assert_int_equal(f->next, height + 1);
}

static inline void check_state(struct fixture *f, u64 height)
{
	u64 nonces[ACCOUNTS];
	struct store_view view;

	nonces_at(nonces, height);
	assert_int_equal(store_view_at(&view, f->store, height), OK);
	for (u64 i = 0; i < ACCOUNTS; i++)
		assert_int_equal(account_seen(&view, i), nonces[i]);
}

/* The head is block height, and everything that can be read says so. */
static inline void check_chain(struct fixture *f, u64 height)
{
	struct hash expected, got = fixture_root(f), block;
	u64 nonces[ACCOUNTS];
	struct header header;

	nonces_at(nonces, height);
	expected = accounts_root(nonces, ACCOUNTS);
	assert_memory_equal(&got, &expected, sizeof got);
	assert_int_equal(f->next, height + 1);
	for (u64 h = height; h + 4 > height && h <= height; h--)
		check_state(f, h);
	assert_int_equal(store_header(f->store, &header, &block, height), OK);
	assert_int_equal(store_header(f->store, &header, &block, height + 1), ERR_NOT_FOUND);
}

#endif
