#include "node/store/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "node/store/database.h"

#define CAPACITY_MIN 256u

void buffer_free(struct buffer *b)
{
	free(b->at);
	*b = (struct buffer){ 0 };
}

void buffer_reserve(struct buffer *b, size_t size)
{
	if (size > b->capacity - b->size) {
		b->capacity = 2 * b->capacity + size + CAPACITY_MIN;
		b->at = must_grow(b->at, b->capacity);
	}
}

void buffer_put(struct buffer *b, struct bytes in)
{
	buffer_reserve(b, in.size);
	if (in.size > 0)
		memcpy(b->at + b->size, in.at, in.size);
	b->size += in.size;
}

void buffer_put_u8(struct buffer *b, u8 x)
{
	buffer_put(b, (struct bytes){ &x, 1 });
}

void buffer_put_u16(struct buffer *b, u16 x)
{
	u8 bytes[2];

	store_be16(bytes, x);
	buffer_put(b, (struct bytes){ bytes, sizeof bytes });
}

void buffer_put_u32(struct buffer *b, u32 x)
{
	u8 bytes[4];

	store_be32(bytes, x);
	buffer_put(b, (struct bytes){ bytes, sizeof bytes });
}

void buffer_put_u64(struct buffer *b, u64 x)
{
	u8 bytes[8];

	store_be64(bytes, x);
	buffer_put(b, (struct bytes){ bytes, sizeof bytes });
}

struct bytes buffer_bytes(const struct buffer *b)
{
	return (struct bytes){ b->at, b->size };
}

struct bytes fields_take(struct fields *f, size_t size)
{
	struct bytes taken = { f->rest.at, size };

	if (f->is_short || size > f->rest.size) {
		f->is_short = true;
		return (struct bytes){ NULL, 0 };
	}
	f->rest.at += size;
	f->rest.size -= size;
	return taken;
}

void fields_copy(struct fields *f, u8 *out, size_t size)
{
	struct bytes taken = fields_take(f, size);

	if (f->is_short)
		memset(out, 0, size);
	else
		memcpy(out, taken.at, size);
}

u8 fields_u8(struct fields *f)
{
	u8 x;

	fields_copy(f, &x, 1);
	return x;
}

u16 fields_u16(struct fields *f)
{
	u8 bytes[2];

	fields_copy(f, bytes, sizeof bytes);
	return load_be16(bytes);
}

u32 fields_u32(struct fields *f)
{
	u8 bytes[4];

	fields_copy(f, bytes, sizeof bytes);
	return load_be32(bytes);
}

u64 fields_u64(struct fields *f)
{
	u8 bytes[8];

	fields_copy(f, bytes, sizeof bytes);
	return load_be64(bytes);
}

bool fields_are_done(const struct fields *f)
{
	return !f->is_short && f->rest.size == 0;
}
