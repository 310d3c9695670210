#include "contracts-native/chain/block.h"

#include <string.h>

#include "base/hash.h"

/* The bits of an item: three 11-bit numbers from its Keccak, counted from the end. */
static void bits_of(u16 out[BLOOM_ITEM_BITS], struct bytes item)
{
	struct hash hash;

	keccak256(&hash, item);
	for (u32 i = 0; i < BLOOM_ITEM_BITS; i++)
		out[i] = load_be16(hash.bytes + 2 * (size_t)i) & 2047;
}

static void bits_set(struct bloom *b, const u16 bits[BLOOM_ITEM_BITS])
{
	for (u32 i = 0; i < BLOOM_ITEM_BITS; i++)
		b->bytes[255 - bits[i] / 8] |= (u8)(1u << bits[i] % 8);
}

void bloom_add(struct bloom *b, struct bytes item)
{
	u16 bits[BLOOM_ITEM_BITS];

	bits_of(bits, item);
	bits_set(b, bits);
}

void bloom_ask(struct bloom_question *out, struct bytes item)
{
	bits_of(out->bits, item);
}

bool bloom_may_have(const struct bloom *b, const struct bloom_question *item)
{
	for (u32 i = 0; i < BLOOM_ITEM_BITS; i++)
		if (!(b->bytes[255 - item->bits[i] / 8] >> item->bits[i] % 8 & 1))
			return false;
	return true;
}

void bloom_add_log(struct bloom *b, const struct log *log)
{
	bloom_add(b, (struct bytes){ log->address.bytes, sizeof log->address.bytes });
	for (u32 i = 0; i < log->topic_count; i++)
		bloom_add(b, (struct bytes){ log->topics[i].bytes, sizeof log->topics[i].bytes });
}

void bloom_of_logs(struct bloom *out, const struct log *logs, u32 count)
{
	memset(out, 0, sizeof *out);
	for (u32 i = 0; i < count; i++)
		bloom_add_log(out, &logs[i]);
}

static inline bool is_remembered(const struct bloom_item *entry, const u64 item[4], u16 size)
{
	return entry->size == size && ((entry->item[0] ^ item[0]) | (entry->item[1] ^ item[1]) |
				       (entry->item[2] ^ item[2]) | (entry->item[3] ^ item[3])) == 0;
}

/* What is not in its own entry i may be in the other of the pair; if not, it comes in and what
 * was there moves over. */
static __attribute__((noinline)) const u16 *recall(struct bloom_memo *memo, size_t i, const u64 item[4], u16 size)
{
	struct bloom_item *own = &memo->entries[i], *other = &memo->entries[i ^ 1];

	if (is_remembered(other, item, size))
		return other->bits;
	*other = *own;
	memcpy(own->item, item, sizeof own->item);
	own->size = size;
	bits_of(own->bits, (struct bytes){ (const u8 *)item, size });
	return own->bits;
}

static inline void add_remembering(struct bloom *b, struct bloom_memo *memo, const u8 *at, u16 size)
{
	u64 item[4] = { 0 }, mix;
	size_t i;

	memcpy(item, at, size);
	mix = (item[0] ^ item[1] * 3 ^ item[2] * 5 ^ item[3] * 7 ^ size) * 0x9e3779b97f4a7c15;
	i = mix >> 54;
	bits_set(b, is_remembered(&memo->entries[i], item, size) ? memo->entries[i].bits : recall(memo, i, item, size));
}
static_assert(BLOOM_MEMO_ENTRIES == 1 << 10, "an entry's number is the top ten bits of the mix");

void bloom_add_log_with(struct bloom *b, struct bloom_memo *memo, const struct log *log)
{
	add_remembering(b, memo, log->address.bytes, sizeof log->address.bytes);
	for (u32 i = 0; i < log->topic_count; i++)
		add_remembering(b, memo, log->topics[i].bytes, sizeof log->topics[i].bytes);
}

void bloom_merge(struct bloom *into, const struct bloom *from)
{
	u64 a, b;

	for (size_t i = 0; i < sizeof into->bytes; i += 8) {
		memcpy(&a, into->bytes + i, 8);
		memcpy(&b, from->bytes + i, 8);
		a |= b;
		memcpy(into->bytes + i, &a, 8);
	}
}
