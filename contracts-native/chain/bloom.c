#include "contracts-native/chain/block.h"

#include "base/hash.h"

#define BITS_PER_ITEM 3

/* The bits of an item: three 11-bit numbers from its Keccak, counted from the end. */
static void bits_of(u16 out[BITS_PER_ITEM], struct bytes item)
{
	struct hash hash;

	keccak256(&hash, item);
	for (u32 i = 0; i < BITS_PER_ITEM; i++)
		out[i] = load_be16(hash.bytes + 2 * (size_t)i) & 2047;
}

void bloom_add(struct bloom *b, struct bytes item)
{
	u16 bits[BITS_PER_ITEM];

	bits_of(bits, item);
	for (u32 i = 0; i < BITS_PER_ITEM; i++)
		b->bytes[255 - bits[i] / 8] |= (u8)(1u << bits[i] % 8);
}

bool bloom_may_have(const struct bloom *b, struct bytes item)
{
	u16 bits[BITS_PER_ITEM];

	bits_of(bits, item);
	for (u32 i = 0; i < BITS_PER_ITEM; i++)
		if (!(b->bytes[255 - bits[i] / 8] >> bits[i] % 8 & 1))
			return false;
	return true;
}

void bloom_add_log(struct bloom *b, const struct log *log)
{
	bloom_add(b, (struct bytes){ log->address.bytes, sizeof log->address.bytes });
	for (u32 i = 0; i < log->topic_count; i++)
		bloom_add(b, (struct bytes){ log->topics[i].bytes, sizeof log->topics[i].bytes });
}

void bloom_merge(struct bloom *into, const struct bloom *from)
{
	for (size_t i = 0; i < sizeof into->bytes; i++)
		into->bytes[i] |= from->bytes[i];
}
