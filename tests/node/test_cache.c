#include "node/store/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

struct key {
	u8 bytes[9];
};

static struct key key_numbered(u64 number)
{
	struct key key = { { TABLE_account } };

	store_be64(key.bytes + 1, number);
	return key;
}

static struct bytes key_bytes(const struct key *key)
{
	return (struct bytes){ key->bytes, sizeof key->bytes };
}

static enum cache_answer ask(struct cache *c, struct cache_version *out, u64 number, u64 height)
{
	struct key key = key_numbered(number);
	u64 ticket;

	return cache_read(c, out, &ticket, key_bytes(&key), height);
}

static u64 ticket_draw(struct cache *c, u64 number)
{
	struct key key = key_numbered(number);
	struct cache_version found;
	u64 ticket;

	assert_int_equal(cache_read(c, &found, &ticket, key_bytes(&key), UINT64_MAX), CACHE_UNKNOWN);
	return ticket;
}

/* value 0: removed. */
static void publish(struct cache *c, u64 number, u64 height, u8 value)
{
	struct key key = key_numbered(number);

	cache_publish(c, key_bytes(&key), height, (struct bytes){ value ? &value : NULL, value ? 1 : 0 });
}

static void fill(struct cache *c, u64 ticket, u64 number, u64 from, u8 value)
{
	struct key key = key_numbered(number);

	cache_fill(c, ticket, key_bytes(&key), from, (struct bytes){ value ? &value : NULL, value ? 1 : 0 });
}

static void a_version_holds_until_the_next(void **unused)
{
	struct cache *c = cache_new(ROOM);
	struct cache_version found;

	(void)unused;
	publish(c, 1, 2, 20);
	publish(c, 1, 4, 0);
	publish(c, 1, 7, 70);
	assert_int_equal(ask(c, &found, 1, 1), CACHE_UNKNOWN);
	assert_int_equal(ask(c, &found, 1, 3), CACHE_FOUND);
	assert_int_equal(found.value[0], 20);
	assert_int_equal(found.from, 2);
	assert_int_equal(ask(c, &found, 1, 4), CACHE_ABSENT);
	assert_int_equal(ask(c, &found, 1, 6), CACHE_ABSENT);
	assert_int_equal(ask(c, &found, 1, 7), CACHE_FOUND);
	assert_int_equal(found.value[0], 70);
	assert_int_equal(ask(c, &found, 2, 7), CACHE_UNKNOWN);
	cache_free(c);
}

static void versions_older_than_some_blocks_are_dropped(void **unused)
{
	struct cache *c = cache_new(ROOM);
	struct cache_version found;

	(void)unused;
	for (u64 height = 1; height <= 100; height++)
		publish(c, 1, height, (u8)height);
	for (u64 height = 100 - CACHE_BLOCKS; height <= 100; height++) {
		assert_int_equal(ask(c, &found, 1, height), CACHE_FOUND);
		assert_int_equal(found.value[0], height);
	}
	assert_int_equal(ask(c, &found, 1, 100 - CACHE_BLOCKS - 1), CACHE_UNKNOWN);
	cache_free(c);
}

static void what_the_disk_said_is_kept(void **unused)
{
	struct cache *c = cache_new(ROOM);
	struct cache_version found;

	(void)unused;
	fill(c, ticket_draw(c, 1), 1, 5, 50);
	fill(c, ticket_draw(c, 2), 2, 6, 0);
	assert_int_equal(ask(c, &found, 1, 9), CACHE_FOUND);
	assert_int_equal(found.from, 5);
	assert_int_equal(ask(c, &found, 1, 4), CACHE_UNKNOWN);
	assert_int_equal(ask(c, &found, 2, 9), CACHE_ABSENT);
	publish(c, 1, 5, 51); /* the block that the reader was early to see */
	assert_int_equal(ask(c, &found, 1, 9), CACHE_FOUND);
	assert_int_equal(found.value[0], 50);
	cache_free(c);
}

/* Asks only now and then: asking keeps a record in. */
static bool cache_knows(struct cache *c, u64 number, u64 round)
{
	struct cache_version found;

	return round % 20000 != 0 || ask(c, &found, number, UINT64_MAX) != CACHE_UNKNOWN;
}

/* A reader asks, is put aside, and comes back with an answer from before a block. */
static void a_late_answer_from_the_disk_is_refused(void **unused)
{
	struct cache *c = cache_new(ROOM);
	struct cache_version found;
	u64 ticket = ticket_draw(c, 1), others = 2;

	(void)unused;
	publish(c, 1, 8, 80);
	fill(c, ticket, 1, 3, 30);
	assert_int_equal(ask(c, &found, 1, 8), CACHE_FOUND);
	assert_int_equal(found.value[0], 80);
	/* Nor if nothing here remembers the newer one. */
	while (cache_knows(c, 1, others) && others < 1000000)
		publish(c, ++others, 8, 1);
	assert_int_equal(ask(c, &found, 1, 8), CACHE_UNKNOWN);
	fill(c, ticket, 1, 3, 30);
	assert_int_equal(ask(c, &found, 1, 8), CACHE_UNKNOWN);
	cache_free(c);
}

static void a_cache_keeps_to_its_room_and_forgets_the_unused(void **unused)
{
	struct cache *c = cache_new(ROOM);
	struct cache_version found;
	u64 kept = 0, used = 0;

	(void)unused;
	publish(c, 0, 1, 1);
	for (u64 i = 1; i < 100000; i++) {
		publish(c, i, 1, 1);
		if (i % 100 != 0)
			continue;
		if (ask(c, &found, 0, 1) == CACHE_FOUND)
			used++;
		else /* a full shard of new entries looks as hot: it may go, once in a while */
			publish(c, 0, 1, 1);
	}
	assert_in_range(used, 950, 999);
	for (u64 i = 1; i < 100000; i++)
		kept += ask(c, &found, i, 1) == CACHE_FOUND;
	assert_in_range(kept, 1000, ROOM / 64);
	cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_holds_until_the_next),
		cmocka_unit_test(versions_older_than_some_blocks_are_dropped),
		cmocka_unit_test(what_the_disk_said_is_kept),
		cmocka_unit_test(a_late_answer_from_the_disk_is_refused),
		cmocka_unit_test(a_cache_keeps_to_its_room_and_forgets_the_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
