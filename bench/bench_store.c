/* What a changed record costs: the state root, and the durable commit.
 *
 *     bench_store [FOLDER [LEAVES [CHANGES]]]
 *
 * Fills a store with LEAVES accounts, then commits blocks that change CHANGES of them at
 * random, fsync included.  The baseline is the hashing that no state root can do without: a
 * record's key and value and its leaf, on one core.  Prints one JSON line a figure. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "bench/support/measure.h"
#include "node/store/store.h"

#define BLOCKS      5
#define FILL_CHUNK  100000
#define CACHE_BYTES ((size_t)1 << 30)

struct bench {
	struct store *store;
	struct store_view view;
	struct state_backing backing;
	struct state state;
	bool has_head;
	u64 next;
	double stage_seconds, commit_seconds;
};

static double now_seconds(void)
{
	return (double)now_ns() / 1e9;
}

static bool bench_read(void *context, struct bytes key, void *value, size_t value_size)
{
	struct bench *b = context;

	return b->has_head && store_view_read(&b->view, key, value, value_size);
}

static void *bench_more(void *context, size_t size)
{
	(void)context;
	return malloc(size); /* the process is short */
}

static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static void account_touch(struct bench *b, u64 number, u64 nonce)
{
	struct account_key key = { { { 0 } } };
	struct account account = { .nonce = nonce, .balance = u256_from_u64(number) };

	store_be64(key.owner.bytes, mix(number));
	account_write(&b->state, &key, &account);
}

static void block_commit(struct bench *b)
{
	struct header header = { .number = b->next };
	struct store_block block = { .header = &header };
	double start = now_seconds(), staged;

	if (store_stage(b->store, &header.state_root, b->next, &b->state) != OK)
		give_up("%s", store_failure(b->store));
	staged = now_seconds();
	header_hash(&block.hash, &header);
	if (store_commit(b->store, &block) != OK)
		give_up("%s", store_failure(b->store));
	b->stage_seconds += staged - start;
	b->commit_seconds += now_seconds() - staged;
	b->has_head = true;
	if (store_view_at(&b->view, b->store, b->next++) != OK)
		give_up("no view of the head");
	state_clear(&b->state, &b->backing);
}

/* Microseconds for the three SHA-256 of one record. */
static double hashing_us(void)
{
	u8 record[64] = { 0 };
	u64 start = now_ns();
	struct hash hash;

	for (u32 i = 0; i < 300000; i++) {
		store_be32(record, i);
		sha256(&hash, (struct bytes){ record, sizeof record });
	}
	return (double)(now_ns() - start) / 1e3 / 100000;
}

static void figure(const char *name, double us, double baseline)
{
	figure_print(&(struct figure){ .name = name, .value = us, .unit = "us/record", .baseline = "three SHA-256 on one core", .baseline_value = baseline });
}

static void figures_print(const struct bench *b, const char *stage, const char *commit, u64 changes)
{
	double records = (double)changes, baseline = hashing_us();

	figure(stage, b->stage_seconds * 1e6 / records, baseline);
	figure(commit, b->commit_seconds * 1e6 / records, baseline);
}

static void clock_reset(struct bench *b)
{
	b->stage_seconds = b->commit_seconds = 0;
}

static void views_read(struct bench *b, u64 leaves, u64 count)
{
	u8 key[1 + sizeof(struct account_key)] = { TABLE_account };
	struct account account;
	double start = now_seconds();
	u64 found = 0;

	for (u64 i = 0; i < count; i++) {
		store_be64(key + 1, mix(mix(i) % leaves));
		found += store_view_read(&b->view, (struct bytes){ key, sizeof key }, &account, sizeof account);
	}
	if (found != count)
		give_up("an account is missing");
	figure("store.view.read", (now_seconds() - start) * 1e6 / (double)count, hashing_us());
}

static void blocks_run(struct bench *b, u64 leaves, u64 changes)
{
	for (u64 i = 0; i < leaves; i++) {
		account_touch(b, i, 1);
		if (i % FILL_CHUNK == FILL_CHUNK - 1 || i == leaves - 1)
			block_commit(b);
	}
	figures_print(b, "store.fill.stage", "store.fill.commit", leaves);
	clock_reset(b);
	for (u64 block = 0; block < BLOCKS; block++) {
		for (u64 i = 0; i < changes; i++)
			account_touch(b, mix(block * changes + i) % leaves, 2 + block);
		block_commit(b);
	}
	figures_print(b, "store.update.stage", "store.update.commit", BLOCKS * changes);
	views_read(b, leaves, changes);
}

int main(int argc, char **argv)
{
	char folder[] = "build/bench-store-XXXXXX", why[STORE_WHY_MAX] = "", command[300];
	const char *path = argc > 1 ? argv[1] : mkdtemp(folder);
	const struct store_options options = { .path = path, .cache_bytes = CACHE_BYTES };
	u64 leaves = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	u64 changes = argc > 3 ? strtoull(argv[3], NULL, 10) : 100000;
	struct bench *b = calloc(1, sizeof *b);

	if (!path || !b || leaves == 0 || changes == 0)
		give_up("usage: bench_store [FOLDER [LEAVES [CHANGES]]]");
	if (store_open(&b->store, &options, why) != OK)
		give_up("%s", why);
	b->backing = (struct state_backing){ .read = bench_read, .more = bench_more, .context = b };
	state_init(&b->state, &b->backing);
	blocks_run(b, leaves, changes);
	store_close(b->store);
	free(b);
	if (argc > 1)
		return 0;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command) == 0 ? 0 : 1;
}
