#include "base/types.h"

#include <string.h>

int address_cmp(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool address_is_zero(const struct address *a)
{
	static const struct address zero;

	return address_cmp(a, &zero) == 0;
}

int hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	if (a.size != b.size)
		return false;
	/* An empty range may have no address, which memcmp does not allow. */
	return a.size == 0 || memcmp(a.at, b.at, a.size) == 0;
}

u16 load_be16(const u8 *at)
{
	return (u16)(at[0] << 8 | at[1]);
}

u32 load_be32(const u8 *at)
{
	return (u32)load_be16(at) << 16 | load_be16(at + 2);
}

u64 load_be64(const u8 *at)
{
	return (u64)load_be32(at) << 32 | load_be32(at + 4);
}

void store_be16(u8 *at, u16 x)
{
	at[0] = (u8)(x >> 8);
	at[1] = (u8)x;
}

void store_be32(u8 *at, u32 x)
{
	store_be16(at, (u16)(x >> 16));
	store_be16(at + 2, (u16)x);
}

void store_be64(u8 *at, u64 x)
{
	store_be32(at, (u32)(x >> 32));
	store_be32(at + 4, (u32)x);
}
