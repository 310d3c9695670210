#ifndef NODE_STORE_BUFFER_H
#define NODE_STORE_BUFFER_H

/* Byte strings built and taken apart field by field: big-endian numbers, fixed order,
 * nothing between.  What the store writes, only the store reads. */

#include "base/types.h"

struct buffer {
	u8 *at;
	size_t size, capacity;
};
void buffer_free(struct buffer *b);
/* Makes room for size more bytes. */
void buffer_reserve(struct buffer *b, size_t size);
void buffer_put(struct buffer *b, struct bytes in);
void buffer_put_u8(struct buffer *b, u8 x);
void buffer_put_u16(struct buffer *b, u16 x);
void buffer_put_u32(struct buffer *b, u32 x);
void buffer_put_u64(struct buffer *b, u64 x);
struct bytes buffer_bytes(const struct buffer *b);

/* Reading.  Past the end everything is zero and is_short is set, for good. */
struct fields {
	struct bytes rest;
	bool is_short;
};
struct bytes fields_take(struct fields *f, size_t size); /* at is NULL if short */
void fields_copy(struct fields *f, u8 *out, size_t size);
u8 fields_u8(struct fields *f);
u16 fields_u16(struct fields *f);
u32 fields_u32(struct fields *f);
u64 fields_u64(struct fields *f);
/* Everything was there and has been read. */
bool fields_are_done(const struct fields *f);

#endif
