#ifndef TESTS_NODE_STORE_FIXTURE_H
#define TESTS_NODE_STORE_FIXTURE_H

/* What the tests of the store share: a database in a folder of its own, blocks that only
 * change state, seeded numbers, and a second, naive state tree: sort, split by one bit,
 * hash, with nothing kept from block to block. */

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "node/store/internal.h"

#define MEBI ((size_t)1 << 20)

/* -- seeded numbers ---------------------------------------------------------------- */

static inline u64 dice_roll(u64 *dice)
{
	u64 x = *dice += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline u64 dice_below(u64 *dice, u64 bound)
{
	return dice_roll(dice) % bound;
}

/* -- a naive state tree ----------------------------------------------------------------- */

struct naive_leaf {
	struct hash key, value; /* SHA-256 of them */
};

static inline int naive_leaf_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct hash));
}

static inline struct hash naive_pair(const char *prefix, const struct hash *a, const struct hash *b)
{
	const struct bytes parts[] = { { (const u8 *)prefix, strlen(prefix) },
				       { a->bytes, 32 },
				       { b->bytes, 32 } };
	struct hash out;

	sha256_parts(&out, parts, ARRAY_COUNT(parts));
	return out;
}

/* Of sorted leaves that agree in all bits before this one. */
static inline struct hash naive_subtree(const struct naive_leaf *leaves, size_t count, unsigned bit)
{
	struct hash left, right, out;
	size_t split = 0;

	if (count == 0) {
		memcpy(out.bytes, "SPARSE_MERKLE_PLACEHOLDER_HASH__", 32);
		return out;
	}
	if (count == 1)
		return naive_pair("JMT::LeafNode", &leaves->key, &leaves->value);
	while (split < count && !(leaves[split].key.bytes[bit / 8] & 0x80 >> bit % 8))
		split++;
	left = naive_subtree(leaves, split, bit + 1);
	right = naive_subtree(leaves + split, count - split, bit + 1);
	return naive_pair("JMT::IntrnalNode", &left, &right);
}

static inline struct hash naive_root(struct naive_leaf *leaves, size_t count)
{
	qsort(leaves, count, sizeof *leaves, naive_leaf_cmp);
	return naive_subtree(leaves, count, 0);
}

/* -- a store and a state over its head ----------------------------------------------------- */

struct fixture {
	char path[64];
	struct store *store;
	struct store_view view;
	struct state_backing backing;
	struct state state;
	void **memory; /* given to the state */
	size_t memory_count;
	bool has_head;
	u64 next; /* height */
};

static inline bool fixture_read(void *context, struct bytes key, void *value, size_t value_size)
{
	struct fixture *f = context;

	return f->has_head && store_view_read(&f->view, key, value, value_size);
}

static inline void *fixture_more(void *context, size_t size)
{
	struct fixture *f = context;

	f->memory = realloc(f->memory, (f->memory_count + 1) * sizeof *f->memory);
	assert_non_null(f->memory);
	f->memory[f->memory_count] = malloc(size);
	return f->memory[f->memory_count++];
}

static inline void fixture_follow(struct fixture *f)
{
	struct store_head head;

	f->has_head = store_head(f->store, &head);
	f->next = f->has_head ? head.header.number + 1 : 0;
	if (f->has_head)
		assert_int_equal(store_view_at(&f->view, f->store, head.header.number), OK);
	state_clear(&f->state, &f->backing);
}

static inline void fixture_open_at(struct fixture *f, size_t cache_bytes, bool is_test)
{
	const struct store_options options = { .path = f->path, .cache_bytes = cache_bytes, .is_test = is_test };
	char why[STORE_WHY_MAX] = "";
	enum err e;

	f->backing = (struct state_backing){ .read = fixture_read, .more = fixture_more, .context = f };
	state_init(&f->state, &f->backing);
	e = store_open(&f->store, &options, why);
	if (e != OK)
		fail_msg("store_open: %s", why);
	fixture_follow(f);
}

static inline void fixture_close(struct fixture *f)
{
	if (f->store)
		store_close(f->store);
	f->store = NULL;
	for (size_t i = 0; i < f->memory_count; i++)
		free(f->memory[i]);
	free(f->memory);
	f->memory = NULL;
	f->memory_count = 0;
}

static inline void fixture_folder(struct fixture *f)
{
	memset(f, 0, sizeof *f);
	strcpy(f->path, "/tmp/plimsoll-store-XXXXXX");
	assert_non_null(mkdtemp(f->path));
}

static inline void fixture_open(struct fixture *f, size_t cache_bytes)
{
	fixture_folder(f);
	fixture_open_at(f, cache_bytes, true);
}

static inline void fixture_remove(struct fixture *f)
{
	char command[96];

	fixture_close(f);
	snprintf(command, sizeof command, "rm -r %s", f->path);
	assert_int_equal(system(command), 0);
}

static inline void fixture_reopen(struct fixture *f, size_t cache_bytes)
{
	fixture_close(f);
	fixture_open_at(f, cache_bytes, true);
}

/* Commits a block without transactions that holds what was written to f->state. */
static inline enum err fixture_commit(struct fixture *f)
{
	struct header header = { .number = f->next, .gas_limit = 30000000, .time = 1700000000 + f->next };
	struct store_block block = { .header = &header };
	enum err e;

	assert_int_equal(store_stage(f->store, &header.state_root, f->next, &f->state), OK);
	header_hash(&block.hash, &header);
	e = store_commit(f->store, &block);
	fixture_follow(f);
	return e;
}

static inline struct hash fixture_root(struct fixture *f)
{
	struct store_head head;

	assert_true(store_head(f->store, &head));
	return head.header.state_root;
}

/* -- account records, numbered ---------------------------------------------------------------- */

static inline struct account_key account_numbered(u64 number)
{
	struct account_key key = { { { 0 } } };

	store_be64(key.owner.bytes, number);
	return key;
}

/* With the table byte, as the store has it. */
struct record_key {
	u8 bytes[1 + sizeof(struct account_key)];
};
static inline struct record_key account_record_key(u64 number)
{
	struct account_key key = account_numbered(number);
	struct record_key out = { { TABLE_account } };

	memcpy(out.bytes + 1, &key, sizeof key);
	return out;
}

static inline struct bytes record_key_bytes(const struct record_key *key)
{
	return (struct bytes){ key->bytes, sizeof key->bytes };
}

/* nonce 0 stands for no record. */
static inline void account_set(struct fixture *f, u64 number, u64 nonce)
{
	struct account_key key = account_numbered(number);
	struct account account = { .nonce = nonce };

	account_write(&f->state, &key, &account);
}

/* What a view has for the account; 0 if nothing. */
static inline u64 account_seen(struct store_view *view, u64 number)
{
	struct record_key key = account_record_key(number);
	struct account account;

	if (!store_view_read(view, record_key_bytes(&key), &account, sizeof account))
		return 0;
	assert_true(account.nonce > 0);
	return account.nonce;
}

/* The naive root of accounts 0 .. count-1, whose nonces are given. */
static inline struct hash accounts_root(const u64 *nonces, size_t count)
{
	struct naive_leaf *leaves = malloc((count + 1) * sizeof *leaves);
	size_t used = 0;
	struct hash root;

	assert_non_null(leaves);
	for (size_t i = 0; i < count; i++) {
		struct record_key key = account_record_key(i);
		struct account account = { .nonce = nonces[i] };

		if (nonces[i] == 0)
			continue;
		sha256(&leaves[used].key, record_key_bytes(&key));
		sha256(&leaves[used++].value, (struct bytes){ (const u8 *)&account, sizeof account });
	}
	root = naive_root(leaves, used);
	free(leaves);
	return root;
}

/* This program again, in a process of its own: main says what it does there with a folder and a file.  A mere fork
 * would have none of RocksDB's threads, but their locks as they were, some of them held for good. */
static inline pid_t run_again(const char *what, const char *path, int file)
{
	char number[12];
	char *const words[] = { "again", (char *)(uintptr_t)what, (char *)(uintptr_t)path, number, NULL };
	pid_t child;

	snprintf(number, sizeof number, "%d", file);
	child = fork();
	if (child == 0) {
		execv("/proc/self/exe", words);
		_exit(127);
	}
	return child;
}

/* How many a column has. */
static inline size_t entries(struct fixture *f, enum column column)
{
	char why[DATABASE_WHY_MAX];
	struct cursor c;
	size_t count = 0;

	for (cursor_open(&c, &f->store->database, column, (struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 }); cursor_is_valid(&c);
	     cursor_next(&c))
		count++;
	assert_int_equal(cursor_close(&c, why), OK);
	return count;
}

#endif
