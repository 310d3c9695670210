#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hex.h"
#include "contracts-native/chain/block.h"
#include "tests/contracts-native/chain_vectors.h"

struct source {
	u32 count;
	bool is_small;
	u8 buffers[TRIE_WIDTH][301]; /* no more than must be */
	u32 calls;
};

/* The rule of make_chain_vectors.mjs. */
static struct bytes item(void *context, u32 i)
{
	struct source *s = context;
	u32 size = s->is_small ? 1 + i % 3 : 1 + (i * 7919 + s->count) % 300;
	u8 *buffer = s->buffers[s->calls++ % TRIE_WIDTH];

	for (u32 j = 0; j < size; j++)
		buffer[j] = (u8)(i * 31 + j * 7 + s->count + 1);
	return (struct bytes){ buffer, size };
}

static struct hash parsed(const char *digits)
{
	char text[67] = "0x";
	struct hash hash;

	memcpy(text + 2, digits, 64);
	assert_int_equal(hex_to_hash(&hash, text, 66), OK);
	return hash;
}

static void roots_agree_with_another_trie(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(trie_vectors); i++) {
		struct source source = { .count = trie_vectors[i].count, .is_small = trie_vectors[i].is_small };
		struct hash want = parsed(trie_vectors[i].root), got;

		trie_list_root(&got, source.count, item, &source);
		if (hash_cmp(&got, &want))
			fail_msg("%u items, small %d", source.count, source.is_small);
		assert_int_equal(source.calls, source.count);
	}
}

static void the_empty_list_has_the_known_root(void **unused)
{
	struct hash got;

	(void)unused;
	trie_list_root(&got, 0, item, NULL);
	assert_memory_equal(&got, &HASH_EMPTY_TRIE, sizeof got);
}

static void a_large_list_reads_every_item_once(void **unused)
{
	struct source source = { .count = 100000, .is_small = true };
	struct hash got;

	(void)unused;
	trie_list_root(&got, source.count, item, &source);
	assert_int_equal(source.calls, source.count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_agree_with_another_trie),
		cmocka_unit_test(the_empty_list_has_the_known_root),
		cmocka_unit_test(a_large_list_reads_every_item_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
