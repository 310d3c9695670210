#include "base/rlp.h"

#include <assert.h>
#include <string.h>

/* A first byte tells what follows:
 *     00..7f  that byte itself      80..b7  string of 0..55 bytes
 *     b8..bf  string, long length   c0..f7  list of 0..55 bytes of payload
 *     f8..ff  list, long length */
#define STRING_BASE 0x80u
#define LIST_BASE   0xc0u
#define SHORT_MAX   55u

static_assert(sizeof(size_t) == sizeof(u64), "a length that was read is used as a size");

struct item {
	bool is_list;
	struct bytes payload;
	size_t size; /* with its header */
};

/* -- reading ---------------------------------------------------------------- */

/* The payload size behind a long header whose length takes length_size bytes. */
static enum err long_length(u64 *out, struct bytes in, size_t length_size)
{
	u64 length = 0;

	if (in.size - 1 < length_size)
		return ERR_TRUNCATED;
	for (size_t i = 1; i <= length_size; i++)
		length = length << 8 | in.at[i];
	if (in.at[1] == 0 || length <= SHORT_MAX)
		return ERR_CANONICAL;
	*out = length;
	return OK;
}

/* The item at the start of in. */
static enum err item_read(struct item *out, struct bytes in)
{
	size_t header_size = 1;
	bool is_list;
	u64 length;
	u8 first;

	if (in.size == 0)
		return ERR_TRUNCATED;
	first = in.at[0];
	if (first < STRING_BASE) {
		*out = (struct item){ .payload = { in.at, 1 }, .size = 1 };
		return OK;
	}
	is_list = first >= LIST_BASE;
	length = first - (is_list ? LIST_BASE : STRING_BASE);
	if (length > SHORT_MAX) {
		size_t length_size = (size_t)length - SHORT_MAX;

		TRY(long_length(&length, in, length_size));
		header_size += length_size;
	}
	if (length > in.size - header_size)
		return ERR_TRUNCATED;
	if (!is_list && length == 1 && in.at[1] < STRING_BASE)
		return ERR_CANONICAL;
	out->is_list = is_list;
	out->payload = (struct bytes){ in.at + header_size, length };
	out->size = header_size + length;
	return OK;
}

static void skip(struct rlp *r, size_t size)
{
	assert(size <= r->rest.size);
	r->rest.at += size;
	r->rest.size -= size;
}

/* The next item as a string, without taking it. */
static enum err string_peek(struct item *out, const struct rlp *r)
{
	struct item item;

	TRY(item_read(&item, r->rest));
	if (item.is_list)
		return ERR_TYPE;
	*out = item;
	return OK;
}

/* The next item as a number of at most width bytes, without taking it. */
static enum err number_peek(struct item *out, const struct rlp *r, size_t width)
{
	struct item item;

	TRY(string_peek(&item, r));
	if (item.payload.size > 0 && item.payload.at[0] == 0)
		return ERR_CANONICAL;
	if (item.payload.size > width)
		return ERR_RANGE;
	*out = item;
	return OK;
}

void rlp_init(struct rlp *r, struct bytes in)
{
	r->rest = in;
}

bool rlp_is_done(const struct rlp *r)
{
	return r->rest.size == 0;
}

bool rlp_is_list(const struct rlp *r)
{
	return r->rest.size > 0 && r->rest.at[0] >= LIST_BASE;
}

enum err rlp_read_string(struct rlp *r, struct bytes *out)
{
	struct item item;

	TRY(string_peek(&item, r));
	*out = item.payload;
	skip(r, item.size);
	return OK;
}

enum err rlp_read_list(struct rlp *r, struct rlp *out)
{
	struct item item;

	TRY(item_read(&item, r->rest));
	if (!item.is_list)
		return ERR_TYPE;
	skip(r, item.size); /* before out is set: it may be r itself */
	out->rest = item.payload;
	return OK;
}

enum err rlp_read_u64(struct rlp *r, u64 *out)
{
	struct item item;
	u64 x = 0;

	TRY(number_peek(&item, r, sizeof x));
	for (size_t i = 0; i < item.payload.size; i++)
		x = x << 8 | item.payload.at[i];
	*out = x;
	skip(r, item.size);
	return OK;
}

enum err rlp_read_u256(struct rlp *r, struct u256 *out)
{
	struct item item;

	TRY(number_peek(&item, r, 32));
	TRY(u256_from_be_bytes(out, item.payload));
	skip(r, item.size);
	return OK;
}

enum err rlp_read_fixed(struct rlp *r, u8 *out, size_t size)
{
	struct item item;

	TRY(string_peek(&item, r));
	if (item.payload.size != size)
		return ERR_RANGE;
	if (size > 0)
		memcpy(out, item.payload.at, size);
	skip(r, item.size);
	return OK;
}

enum err rlp_read_end(const struct rlp *r)
{
	return rlp_is_done(r) ? OK : ERR_TRAILING;
}

/* -- writing ---------------------------------------------------------------- */

/* The header of length bytes of payload; returns its size. */
static size_t header_make(u8 out[RLP_HEADER_MAX], unsigned base, u64 length)
{
	size_t length_size = 0;

	if (length <= SHORT_MAX) {
		out[0] = (u8)(base + length);
		return 1;
	}
	for (u64 left = length; left > 0; left >>= 8)
		length_size++;
	out[0] = (u8)(base + SHORT_MAX + length_size);
	for (size_t i = length_size; i > 0; i--, length >>= 8)
		out[i] = (u8)length;
	return 1 + length_size;
}

void rlp_writer_init(struct rlp_writer *w, u8 *buffer, size_t capacity)
{
	*w = (struct rlp_writer){ .at = buffer, .capacity = capacity };
}

void rlp_write_raw(struct rlp_writer *w, struct bytes in)
{
	if (in.size > w->capacity - w->size)
		w->full = true;
	if (w->full || in.size == 0)
		return;
	memcpy(w->at + w->size, in.at, in.size);
	w->size += in.size;
}

void rlp_write_string(struct rlp_writer *w, struct bytes in)
{
	bool is_itself = in.size == 1 && in.at[0] < STRING_BASE;
	struct bytes header;
	u8 made[RLP_HEADER_MAX];

	if (!is_itself) {
		header = (struct bytes){ made, header_make(made, STRING_BASE, in.size) };
		rlp_write_raw(w, header);
	}
	rlp_write_raw(w, in);
}

/* A number is its big-endian bytes without the leading zeros; zero has none. */
static void write_number(struct rlp_writer *w, const u8 *at, size_t size)
{
	while (size > 0 && *at == 0) {
		at++;
		size--;
	}
	rlp_write_string(w, (struct bytes){ at, size });
}

void rlp_write_u64(struct rlp_writer *w, u64 x)
{
	u8 bytes[8];

	store_be64(bytes, x);
	write_number(w, bytes, sizeof bytes);
}

void rlp_write_u256(struct rlp_writer *w, const struct u256 *x)
{
	u8 bytes[32];

	u256_to_be(bytes, x);
	write_number(w, bytes, sizeof bytes);
}

size_t rlp_list_open(struct rlp_writer *w)
{
	return w->size;
}

void rlp_list_close(struct rlp_writer *w, size_t mark)
{
	u8 header[RLP_HEADER_MAX];
	size_t header_size, payload_size;

	assert(mark <= w->size);

	payload_size = w->size - mark;
	header_size = header_make(header, LIST_BASE, payload_size);
	if (header_size > w->capacity - w->size)
		w->full = true;
	if (w->full)
		return;
	memmove(w->at + mark + header_size, w->at + mark, payload_size);
	memcpy(w->at + mark, header, header_size);
	w->size += header_size;
}

size_t rlp_string_header(u8 out[RLP_HEADER_MAX], size_t size)
{
	return header_make(out, STRING_BASE, size);
}

size_t rlp_list_header(u8 out[RLP_HEADER_MAX], size_t size)
{
	return header_make(out, LIST_BASE, size);
}

enum err rlp_writer_end(const struct rlp_writer *w, struct bytes *out)
{
	if (w->full)
		return ERR_FULL;
	*out = (struct bytes){ w->at, w->size };
	return OK;
}
