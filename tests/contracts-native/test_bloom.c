#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/chain/block.h"

static bool may_have(const struct bloom *b, struct bytes item)
{
	struct bloom_question question;

	bloom_ask(&question, item);
	return bloom_may_have(b, &question);
}

static struct bytes text_of(char out[64], int i)
{
	int size = snprintf(out, 64, "xxxxxxxxxx data %d yyyyyyyyyyyyyy", i);

	return (struct bytes){ (const u8 *)out, (size_t)size };
}

/* go-ethereum's TestBloomExtensively. */
static void a_hundred_items_make_the_known_bloom(void **unused)
{
	static const char known[] = "0xc8d3ca65cdb4874300a9e39475508f23ed6da09fdbc487f89a2dcf50b09eb263";
	struct bloom bloom = { { 0 } };
	struct hash got, want;
	char text[64];

	(void)unused;
	for (int i = 0; i < 100; i++)
		bloom_add(&bloom, text_of(text, i));
	keccak256(&got, (struct bytes){ bloom.bytes, sizeof bloom.bytes });
	assert_int_equal(hex_to_hash(&want, known, strlen(known)), OK);
	assert_memory_equal(&got, &want, sizeof got);
}

static void what_was_added_may_be_there_and_little_else(void **unused)
{
	struct bloom bloom = { { 0 } };
	u32 false_hits = 0;
	char text[64];

	(void)unused;
	for (int i = 0; i < 20; i++)
		bloom_add(&bloom, text_of(text, i));
	for (int i = 0; i < 20; i++)
		assert_true(may_have(&bloom, text_of(text, i)));
	for (int i = 20; i < 1020; i++)
		false_hits += may_have(&bloom, text_of(text, i));
	assert_true(false_hits < 10);
}

static void a_log_adds_its_address_and_topics(void **unused)
{
	struct log log = {
		.address = { { 1, 2, 3 } },
		.topic_count = 2,
		.topics = { { { 4 } }, { { 5 } }, { { 6 } } },
	};
	struct bloom bloom = { { 0 } };

	(void)unused;
	bloom_add_log(&bloom, &log);
	assert_true(may_have(&bloom, (struct bytes){ log.address.bytes, 20 }));
	assert_true(may_have(&bloom, (struct bytes){ log.topics[0].bytes, 32 }));
	assert_true(may_have(&bloom, (struct bytes){ log.topics[1].bytes, 32 }));
	assert_false(may_have(&bloom, (struct bytes){ log.topics[2].bytes, 32 }));
}

/* More items than the memo holds, each many times, some equal but for their size. */
static void remembered_bits_are_the_right_bits(void **unused)
{
	static struct bloom_memo memo;
	struct bloom want, got;
	struct log log = { .topic_count = 4 };

	(void)unused;
	for (u32 i = 0; i < 20000; i++) {
		memset(&want, 0, sizeof want);
		memset(&got, 0, sizeof got);
		store_be32(log.address.bytes, i % 2100);
		for (u32 j = 0; j < 4; j++)
			store_be32(log.topics[j].bytes, (i * (j + 1)) % 2700);
		bloom_add_log(&want, &log);
		bloom_add_log_with(&got, &memo, &log);
		assert_memory_equal(&got, &want, sizeof want);
	}
}

static void a_merged_bloom_has_the_bits_of_both(void **unused)
{
	struct bloom a = { { 0 } }, b = { { 0 } }, both = { { 0 } };
	char text[64];

	(void)unused;
	bloom_add(&a, text_of(text, 1));
	bloom_add(&b, text_of(text, 2));
	bloom_add(&both, text_of(text, 1));
	bloom_add(&both, text_of(text, 2));
	bloom_merge(&a, &b);
	assert_memory_equal(&a, &both, sizeof a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hundred_items_make_the_known_bloom),
		cmocka_unit_test(what_was_added_may_be_there_and_little_else),
		cmocka_unit_test(a_log_adds_its_address_and_topics),
		cmocka_unit_test(remembered_bits_are_the_right_bits),
		cmocka_unit_test(a_merged_bloom_has_the_bits_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
