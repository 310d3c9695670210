#include "oracle/set.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"

#define WORD 32

static void word_u64(u8 word[WORD], u64 x)
{
	memset(word, 0, WORD);
	store_be64(word + WORD - 8, x);
}

static void word_address(u8 word[WORD], const struct address *a)
{
	memset(word, 0, WORD);
	memcpy(word + WORD - 20, a->bytes, 20);
}

void feed_table_digest(struct hash *out, const struct feed_terms *feeds, size_t count)
{
	u8 rows[REPORT_FEEDS_MAX][4][WORD];

	assert(count <= REPORT_FEEDS_MAX);
	for (size_t i = 0; i < count; i++) {
		memcpy(rows[i][0], feeds[i].id.bytes, WORD);
		word_u64(rows[i][1], SET_PRICE_DECIMALS);
		word_u64(rows[i][2], feeds[i].max_age);
		word_u64(rows[i][3], feeds[i].venues_min);
	}
	keccak256(out, (struct bytes){ rows[0][0], count * sizeof *rows });
}

void set_digest(struct hash *out, const struct set_terms *terms)
{
	u8 words[8 + REPORT_REPORTERS_MAX][WORD];
	struct hash type;

	assert(terms->reporter_count <= REPORT_REPORTERS_MAX);
	keccak256(&type, (struct bytes){ (const u8 *)SET_TYPE, sizeof SET_TYPE - 1 });
	memcpy(words[0], type.bytes, WORD);
	word_u64(words[1], terms->chain_id);
	word_address(words[2], &terms->aggregator);
	word_u64(words[3], terms->set_id);
	word_u64(words[4], terms->faulty_max);
	word_u64(words[5], 7 * WORD); /* where reporters[] begins: after seven head words */
	memcpy(words[6], terms->feed_table.bytes, WORD);
	word_u64(words[7], terms->reporter_count);
	for (size_t i = 0; i < terms->reporter_count; i++)
		word_address(words[8 + i], &terms->reporters[i]);
	keccak256(out, (struct bytes){ words[0], (8 + terms->reporter_count) * WORD });
}
