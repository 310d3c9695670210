#include "node/store/pack.h"

#include <assert.h>
#include <lz4.h>

static_assert(PACK_MAX == LZ4_MAX_INPUT_SIZE, "what LZ4 takes");

void pack(struct buffer *out, struct bytes in)
{
	int room, size;

	assert(in.size <= PACK_MAX);

	room = LZ4_compressBound((int)in.size);
	buffer_reserve(out, (size_t)room);
	size = LZ4_compress_default((const char *)in.at, (char *)out->at + out->size, (int)in.size, room);
	assert(size > 0);
	out->size += (size_t)size;
}

bool unpack(u8 *out, size_t size, struct bytes in)
{
	if (size > PACK_MAX || in.size > INT32_MAX)
		return false;
	return LZ4_decompress_safe((const char *)in.at, (char *)out, (int)in.size, (int)size) == (int)size;
}
