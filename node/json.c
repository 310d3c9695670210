#include "node/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"

void json_reader_init(struct json_reader *r, char why[JSON_WHY_MAX])
{
	*r = (struct json_reader){ .why = why };
	why[0] = '\0';
}

void json_fail(struct json_reader *r, const char *format, ...)
{
	int size;
	va_list args;

	if (r->failed)
		return;
	r->failed = true;
	size = snprintf(r->why, JSON_WHY_MAX, "%s%s", r->path, r->path_size ? ": " : "");
	if (size < 0 || size >= JSON_WHY_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(r->why + size, JSON_WHY_MAX - (size_t)size, format, args);
	va_end(args);
}

static size_t path_append(struct json_reader *r, const char *text)
{
	size_t mark = r->path_size;
	size_t room = JSON_PATH_MAX - 1 - mark;
	size_t size = strlen(text);

	/* A path too long to show is cut; leaving still restores the mark. */
	if (size > room)
		size = room;
	memcpy(r->path + mark, text, size);
	r->path_size = mark + size;
	r->path[r->path_size] = '\0';
	return mark;
}

size_t json_enter(struct json_reader *r, const char *key)
{
	size_t mark = r->path_size;

	if (mark > 0)
		(void)path_append(r, ".");
	(void)path_append(r, key);
	return mark;
}

size_t json_enter_index(struct json_reader *r, size_t index)
{
	char text[24];

	(void)snprintf(text, sizeof text, "[%zu]", index);
	return path_append(r, text);
}

void json_leave(struct json_reader *r, size_t mark)
{
	r->path_size = mark;
	r->path[mark] = '\0';
}

/* -- values ----------------------------------------------------------------------- */

static void read_integer(struct json_reader *r, const json_t *value, u64 max, size_t size, void *out)
{
	u64 x;

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (u64)json_integer_value(value) > max) {
		json_fail(r, "must be an integer from 0 to %llu", (unsigned long long)max);
		return;
	}
	x = (u64)json_integer_value(value);
	memcpy(out, &x, size); /* little-endian: the low bytes come first */
}

static void read_text(struct json_reader *r, const json_t *value, u64 max, char *out)
{
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);

	if (!text || size == 0 || size >= max) {
		json_fail(r, "must be a string of 1 to %llu characters", (unsigned long long)(max - 1));
		return;
	}
	for (size_t i = 0; i < size; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e) {
			json_fail(r, "must be printable ASCII");
			return;
		}
	}
	memset(out, 0, max);
	memcpy(out, text, size);
}

static void read_decimal(struct json_reader *r, const json_t *value, void *out)
{
	struct u256 x;

	if (!json_is_string(value) ||
	    u256_from_decimal(&x, json_string_value(value), json_string_length(value)) != OK) {
		json_fail(r, "must be a decimal string below 2^256, such as \"1000000000\"");
		return;
	}
	memcpy(out, &x, sizeof x);
}

static void read_address(struct json_reader *r, const json_t *value, void *out)
{
	struct address a;

	if (!json_is_string(value) ||
	    hex_to_address(&a, json_string_value(value), json_string_length(value)) != OK) {
		json_fail(r, "must be an address: 0x and 40 hexadecimal digits");
		return;
	}
	memcpy(out, &a, sizeof a);
}

static u64 max_or(u64 max, u64 otherwise)
{
	return max > 0 ? max : otherwise;
}

void json_read_value(struct json_reader *r, const json_t *value, const struct json_field *f, void *out)
{
	bool flag;

	if (r->failed)
		return;
	switch (f->kind) {
	case JSON_U8:
		read_integer(r, value, max_or(f->max, UINT8_MAX), 1, out);
		return;
	case JSON_U16:
		read_integer(r, value, max_or(f->max, UINT16_MAX), 2, out);
		return;
	case JSON_U32:
		read_integer(r, value, max_or(f->max, UINT32_MAX), 4, out);
		return;
	case JSON_U64:
		read_integer(r, value, max_or(f->max, INT64_MAX), 8, out);
		return;
	case JSON_FLAG:
		flag = json_is_true(value);
		if (!json_is_boolean(value))
			json_fail(r, "must be true or false");
		else
			memcpy(out, &flag, sizeof flag);
		return;
	case JSON_TEXT:
		read_text(r, value, f->max, out);
		return;
	case JSON_DECIMAL:
		read_decimal(r, value, out);
		return;
	case JSON_ADDRESS:
		read_address(r, value, out);
		return;
	case JSON_OTHER:
		return;
	}
}

/* -- objects and arrays -------------------------------------------------------------- */

static bool is_known(const struct json_field *fields, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(fields[i].key, key) == 0)
			return true;
	}
	return false;
}

static void refuse_unknown(struct json_reader *r, const json_t *object,
			   const struct json_field *fields, size_t count)
{
	json_t *copy = (json_t *)(uintptr_t)object; /* jansson's iterators want it writable */

	for (void *at = json_object_iter(copy); at; at = json_object_iter_next(copy, at)) {
		const char *key = json_object_iter_key(at);
		size_t mark;

		if (is_known(fields, count, key))
			continue;
		mark = json_enter(r, key);
		json_fail(r, "unknown key");
		json_leave(r, mark);
		return;
	}
}

void json_read_object(struct json_reader *r, const json_t *object, const struct json_field *fields,
		      size_t count, void *out)
{
	if (r->failed)
		return;
	if (!json_is_object(object)) {
		json_fail(r, "must be an object");
		return;
	}
	refuse_unknown(r, object, fields, count);
	for (size_t i = 0; i < count && !r->failed; i++) {
		const json_t *value = json_object_get(object, fields[i].key);
		size_t mark = json_enter(r, fields[i].key);

		if (value)
			json_read_value(r, value, &fields[i], (u8 *)out + fields[i].offset);
		else if (!fields[i].is_optional)
			json_fail(r, "is missing");
		json_leave(r, mark);
	}
}

const json_t *json_read_array(struct json_reader *r, const json_t *object, const char *key, size_t max)
{
	const json_t *array = json_object_get(object, key);
	size_t mark;

	if (r->failed)
		return NULL;
	mark = json_enter(r, key);
	if (!json_is_array(array)) {
		json_fail(r, "must be an array");
		array = NULL;
	} else if (json_array_size(array) > max) {
		json_fail(r, "has %zu elements; at most %zu are allowed", json_array_size(array), max);
		array = NULL;
	}
	json_leave(r, mark);
	return array;
}
