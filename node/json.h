#ifndef NODE_JSON_H
#define NODE_JSON_H

/* Strict reading of JSON documents that people write: every object has a table of its
 * keys, anything else is refused, and a refusal says where.
 *
 *     reserves[2].ltv: must be an integer from 0 to 65535
 *
 * The first failure wins; after it nothing is read. */

#include <jansson.h>

#include "base/u256.h"

#define JSON_PATH_MAX 160
#define JSON_WHY_MAX  512

struct json_reader {
	char path[JSON_PATH_MAX];
	size_t path_size;
	char *why; /* JSON_WHY_MAX bytes, NUL-terminated */
	bool failed;
};

enum json_kind {
	JSON_U8,
	JSON_U16,
	JSON_U32,
	JSON_U64,     /* non-negative integers; max below */
	JSON_FLAG,    /* bool */
	JSON_TEXT,    /* printable ASCII; max = bytes of the array with the NUL */
	JSON_DECIMAL, /* struct u256 from a decimal string */
	JSON_ADDRESS, /* struct address */
	JSON_OTHER,   /* known, read by the caller */
};

struct json_field {
	const char *key;
	enum json_kind kind;
	size_t offset;    /* where in out it goes; JSON_OTHER: unused */
	u64 max;          /* integers: greatest value, 0 = what the type holds */
	bool is_optional; /* absent: out keeps what it had */
};

void json_reader_init(struct json_reader *r, char why[JSON_WHY_MAX]);
/* Notes a failure at the current place. */
void json_fail(struct json_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Going into a member or element and back out: mark = json_enter(...); ...; json_leave(r, mark). */
size_t json_enter(struct json_reader *r, const char *key);
size_t json_enter_index(struct json_reader *r, size_t index);
void json_leave(struct json_reader *r, size_t mark);

/* json_read_object fills out from the object, as the table says. */
void json_read_object(struct json_reader *r, const json_t *object, const struct json_field *fields,
		      size_t count, void *out);
/* The array under key with at most max elements; NULL and a failure if it is something else. */
const json_t *json_read_array(struct json_reader *r, const json_t *object, const char *key, size_t max);
/* One value of any kind but JSON_OTHER. */
void json_read_value(struct json_reader *r, const json_t *value, const struct json_field *field, void *out);

#endif
