#include "tests/oracle/oracle_fixture.h"

#include "oracle/set.h"

static struct address reporters[4];
static struct feed_terms feeds[2];

static struct set_terms the_terms(void)
{
	struct set_terms terms = {
		.chain_id = 1337,
		.set_id = 7,
		.faulty_max = 1,
		.reporters = reporters,
		.reporter_count = 4,
	};

	for (u8 i = 0; i < 4; i++)
		memset(reporters[i].bytes, i + 1, 20);
	feeds[0] = (struct feed_terms){ hash_of_text("ETH/USD:spot:1"), 130, 3 };
	feeds[1] = (struct feed_terms){ hash_of_text("BTC/USD:spot:1"), 190, 2 };
	terms.aggregator.bytes[18] = 0x08;
	feed_table_digest(&terms.feed_table, feeds, 2);
	return terms;
}

/* Expected values: a separate ABI encoder and Keccak in Python. */
static void the_digests_agree_with_a_second_implementation(void **unused)
{
	struct set_terms terms = the_terms();
	struct hash h;

	(void)unused;
	h = hash_of_text(SET_TYPE);
	assert_hex(h.bytes, 32, "864095f5983d4a43ebabceb45e1c3d3de4c8911bf1d9f76c70487ffc3f1924af");
	assert_hex(terms.feed_table.bytes, 32,
		   "b6ab87fbb5adbf5ae11725e0ec70d1e75c131275911eae1fffd323dd8f84de39");
	set_digest(&h, &terms);
	assert_hex(h.bytes, 32, "1626c49775a53eb7a5948681ea578a26cdc193109130c0b32568fb4820e92f9b");
}

static void every_term_changes_the_digest(void **unused)
{
	struct set_terms terms = the_terms();
	struct hash seen[10];
	size_t count = 0;

	(void)unused;
	set_digest(&seen[count++], &terms);
	terms.chain_id++;
	set_digest(&seen[count++], &terms);
	terms.set_id++;
	set_digest(&seen[count++], &terms);
	terms.faulty_max++;
	set_digest(&seen[count++], &terms);
	terms.aggregator.bytes[0]++;
	set_digest(&seen[count++], &terms);
	reporters[3].bytes[19]++;
	set_digest(&seen[count++], &terms);
	terms.reporter_count--;
	set_digest(&seen[count++], &terms);
	feeds[1].max_age++;
	feed_table_digest(&terms.feed_table, feeds, 2);
	set_digest(&seen[count++], &terms);
	feeds[1].venues_min++;
	feed_table_digest(&terms.feed_table, feeds, 2);
	set_digest(&seen[count++], &terms);
	feed_table_digest(&terms.feed_table, feeds, 1);
	set_digest(&seen[count++], &terms);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(hash_cmp(&seen[i], &seen[j]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digests_agree_with_a_second_implementation),
		cmocka_unit_test(every_term_changes_the_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
