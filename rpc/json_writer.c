#include "rpc/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define JW_FIRST_SIZE 4096u
#define JW_KEEP_MAX   (1u << 20) /* memory kept from one reply to the next */

void jw_init(struct json_writer *w, size_t limit)
{
	memset(w, 0, sizeof *w);
	w->limit = limit;
}

void jw_clear(struct json_writer *w)
{
	if (w->capacity > JW_KEEP_MAX) {
		free(w->at);
		w->at = NULL;
		w->capacity = 0;
	}
	w->size = 0;
	w->depth = 0;
	w->full = false;
}

void jw_free(struct json_writer *w)
{
	free(w->at);
	memset(w, 0, sizeof *w);
}

bool jw_is_full(const struct json_writer *w)
{
	return w->full;
}

struct jw_mark jw_mark(const struct json_writer *w)
{
	return (struct jw_mark){
		.size = w->size,
		.depth = w->depth,
		.has_items = w->depth > 0 && w->frames[w->depth - 1].has_items,
	};
}

void jw_rewind(struct json_writer *w, struct jw_mark mark)
{
	assert(mark.size <= w->size);
	w->size = mark.size;
	w->depth = mark.depth;
	w->full = false;
	if (w->depth > 0)
		w->frames[w->depth - 1].has_items = mark.has_items;
}

/* Room for size more bytes: where they go, or NULL once full. */
static char *jw_take(struct json_writer *w, size_t size)
{
	size_t capacity = w->capacity ? w->capacity : JW_FIRST_SIZE;
	char *at;

	if (w->full || size > w->limit || w->size > w->limit - size) {
		w->full = true;
		return NULL;
	}
	while (capacity < w->size + size)
		capacity *= 2;
	if (capacity > w->capacity) {
		at = realloc(w->at, capacity);
		if (!at) {
			w->full = true;
			return NULL;
		}
		w->at = at;
		w->capacity = capacity;
	}
	at = w->at + w->size;
	w->size += size;
	return at;
}

static void jw_put(struct json_writer *w, const char *text, size_t size)
{
	char *at = jw_take(w, size);

	if (at)
		memcpy(at, text, size);
}

/* The comma and the key before a value. */
static void jw_begin(struct json_writer *w, const char *key)
{
	size_t size;
	char *at;

	if (w->depth == 0) {
		assert(!key);
		return;
	}
	assert(w->frames[w->depth - 1].is_object == (key != NULL));
	if (w->frames[w->depth - 1].has_items)
		jw_put(w, ",", 1);
	w->frames[w->depth - 1].has_items = true;
	if (!key)
		return;
	size = strlen(key);
	at = jw_take(w, size + 3);
	if (!at)
		return;
	at[0] = '"';
	memcpy(at + 1, key, size);
	memcpy(at + 1 + size, "\":", 2);
}

static void jw_open(struct json_writer *w, const char *key, bool is_object)
{
	assert(w->depth < JW_DEPTH_MAX);
	jw_begin(w, key);
	w->frames[w->depth].is_object = is_object;
	w->frames[w->depth].has_items = false;
	w->depth++;
	jw_put(w, is_object ? "{" : "[", 1);
}

void jw_object(struct json_writer *w, const char *key)
{
	jw_open(w, key, true);
}

void jw_array(struct json_writer *w, const char *key)
{
	jw_open(w, key, false);
}

void jw_end(struct json_writer *w)
{
	assert(w->depth > 0);
	w->depth--;
	jw_put(w, w->frames[w->depth].is_object ? "}" : "]", 1);
}

void jw_raw(struct json_writer *w, const char *key, const char *json, size_t size)
{
	jw_begin(w, key);
	jw_put(w, json, size);
}

void jw_null(struct json_writer *w, const char *key)
{
	jw_raw(w, key, "null", 4);
}

void jw_bool(struct json_writer *w, const char *key, bool x)
{
	jw_raw(w, key, x ? "true" : "false", x ? 4 : 5);
}

void jw_number(struct json_writer *w, const char *key, u64 x)
{
	char text[24];

	jw_raw(w, key, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, x));
}

void jw_ratio(struct json_writer *w, const char *key, double x)
{
	char text[40];

	assert(isfinite(x));
	jw_raw(w, key, text, (size_t)snprintf(text, sizeof text, "%.16g", x));
}

/* -- text --------------------------------------------------------------------- */

/* The length of the well-formed UTF-8 sequence at text, 0 if it is not one. */
static size_t utf8_length(const u8 *text, size_t size)
{
	u8 first = text[0];
	size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0
				   : first < 0xe0       ? 2
				   : first < 0xf0       ? 3
				   : first < 0xf5       ? 4
							: 0;

	if (length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, beyond U+10FFFF. */
	if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
	    (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* One character, escaped; returns how many bytes of text it was. */
static size_t jw_put_character(struct json_writer *w, const u8 *text, size_t size)
{
	char escape[8];
	size_t length = utf8_length(text, size);

	if (length == 0) {
		jw_put(w, "?", 1);
		return 1;
	}
	if (text[0] == '"' || text[0] == '\\') {
		escape[0] = '\\';
		escape[1] = (char)text[0];
		jw_put(w, escape, 2);
	} else if (text[0] < 0x20 || text[0] == 0x7f) {
		jw_put(w, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", text[0]));
	} else {
		jw_put(w, (const char *)text, length);
	}
	return length;
}

void jw_text_size(struct json_writer *w, const char *key, const char *text, size_t size)
{
	jw_begin(w, key);
	jw_put(w, "\"", 1);
	for (size_t i = 0; i < size && !w->full;)
		i += jw_put_character(w, (const u8 *)text + i, size - i);
	jw_put(w, "\"", 1);
}

void jw_text(struct json_writer *w, const char *key, const char *text)
{
	jw_text_size(w, key, text, strlen(text));
}

/* -- Ethereum's encodings ------------------------------------------------------- */

/* Room for a string that needs no escapes, between its quotes; NULL: it is full. */
static char *jw_take_string(struct json_writer *w, const char *key, size_t size)
{
	char *at;

	jw_begin(w, key);
	at = jw_take(w, size + 2);
	if (!at)
		return NULL;
	at[0] = at[size + 1] = '"';
	return at + 1;
}

static void jw_plain(struct json_writer *w, const char *key, const char *text, size_t size)
{
	char *at = jw_take_string(w, key, size);

	if (at)
		memcpy(at, text, size);
}

void jw_quantity(struct json_writer *w, const char *key, u64 x)
{
	char text[HEX_QUANTITY_MAX];

	jw_plain(w, key, text, hex_from_u64(text, x));
}

void jw_quantity_u256(struct json_writer *w, const char *key, const struct u256 *x)
{
	char text[HEX_QUANTITY_MAX];

	jw_plain(w, key, text, hex_from_u256(text, x));
}

void jw_data(struct json_writer *w, const char *key, struct bytes x)
{
	size_t size = 2 + 2 * x.size;
	char *at = jw_take_string(w, key, size);

	if (!at)
		return;
	hex_from_bytes(at, x);
	at[size] = '"'; /* hex_from_bytes ends with a NUL */
}

void jw_address(struct json_writer *w, const char *key, const struct address *a)
{
	jw_data(w, key, (struct bytes){ a->bytes, sizeof a->bytes });
}

void jw_hash(struct json_writer *w, const char *key, const struct hash *h)
{
	jw_data(w, key, (struct bytes){ h->bytes, sizeof h->bytes });
}

void jw_decimal(struct json_writer *w, const char *key, const struct u256 *x)
{
	char text[U256_DECIMAL_MAX];

	jw_plain(w, key, text, u256_to_decimal(text, x));
}

void jw_scaled(struct json_writer *w, const char *key, const struct u256 *x, unsigned decimals)
{
	char digits[U256_DECIMAL_MAX], text[2 * U256_DECIMAL_MAX + 2];
	size_t count = u256_to_decimal(digits, x);
	size_t whole, size = 0;

	assert(decimals < U256_DECIMAL_MAX);
	whole = count > decimals ? count - decimals : 0;
	if (whole == 0)
		text[size++] = '0';
	memcpy(text + size, digits, whole);
	size += whole;
	text[size++] = '.';
	for (size_t i = whole ? decimals : count; i < decimals; i++)
		text[size++] = '0';
	memcpy(text + size, digits + whole, count - whole);
	size += count - whole;
	while (text[size - 1] == '0')
		size--;
	if (text[size - 1] == '.')
		size--;
	jw_plain(w, key, text, size);
}

void jw_scaled_or_null(struct json_writer *w, const char *key, const struct u256 *x, unsigned decimals)
{
	if (x)
		jw_scaled(w, key, x, decimals);
	else
		jw_null(w, key);
}
