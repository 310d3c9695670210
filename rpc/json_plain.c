#include "rpc/json_plain.h"

#include <string.h>

#include "rpc/json_scan.h"

#define KEY_MAX    64 /* bytes of a key, with a NUL */
#define DIGITS_MAX 18 /* of a number: below 2^63 */

struct input {
	const u8 *at, *end;
};

static json_t *parse_value(struct input *in, unsigned depth);

static void skip_spaces(struct input *in)
{
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
		in->at++;
}

/* The next byte that is no space, if it is c. */
static bool take(struct input *in, u8 c)
{
	skip_spaces(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

/* What is between two quotes, the first of which has been taken. */
static bool take_string(struct input *in, struct bytes *out)
{
	const u8 *at = in->at;

	while (at < in->end && *at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\')
		at++;
	if (at == in->end || *at != '"')
		return false;
	*out = (struct bytes){ in->at, (size_t)(at - in->at) };
	in->at = at + 1;
	return true;
}

static json_t *parse_string(struct input *in)
{
	struct bytes text;

	return take_string(in, &text) ? json_stringn_nocheck((const char *)text.at, text.size) : NULL;
}

static json_t *parse_number(struct input *in)
{
	const u8 *first = in->at;
	json_int_t x = 0;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9' && in->at - first < DIGITS_MAX)
		x = 10 * x + (*in->at++ - '0');
	if (in->at == first || (*first == '0' && in->at - first > 1))
		return NULL;
	/* More digits, a fraction, an exponent or a letter: not for us. */
	if (in->at < in->end && !memchr(" \n\r\t,]}", *in->at, 7))
		return NULL;
	return json_integer(x);
}

static json_t *parse_literal(struct input *in)
{
	size_t left = (size_t)(in->end - in->at);

	if (left >= 4 && memcmp(in->at, "true", 4) == 0) {
		in->at += 4;
		return json_true();
	}
	if (left >= 5 && memcmp(in->at, "false", 5) == 0) {
		in->at += 5;
		return json_false();
	}
	if (left >= 4 && memcmp(in->at, "null", 4) == 0) {
		in->at += 4;
		return json_null();
	}
	return NULL;
}

/* Elements up to the closing bracket.  false: give up. */
static bool parse_elements(struct input *in, json_t *array, unsigned depth)
{
	if (take(in, ']'))
		return true;
	do {
		if (json_array_append_new(array, parse_value(in, depth)) != 0)
			return false;
	} while (take(in, ','));
	return take(in, ']');
}

static bool parse_member(struct input *in, json_t *object, unsigned depth)
{
	struct bytes text;
	char key[KEY_MAX];

	if (!take(in, '"') || !take_string(in, &text) || text.size >= sizeof key || !take(in, ':'))
		return false;
	memcpy(key, text.at, text.size);
	key[text.size] = '\0';
	/* A key twice is an error: jansson's to tell. */
	return !json_object_get(object, key) &&
	       json_object_set_new_nocheck(object, key, parse_value(in, depth)) == 0;
}

static bool parse_members(struct input *in, json_t *object, unsigned depth)
{
	if (take(in, '}'))
		return true;
	do {
		if (!parse_member(in, object, depth))
			return false;
	} while (take(in, ','));
	return take(in, '}');
}

/* Recursion: JSON_DEPTH_MAX. */
static json_t *parse_value(struct input *in, unsigned depth)
{
	json_t *value;
	bool is_good;

	skip_spaces(in);
	if (in->at == in->end || depth == JSON_DEPTH_MAX)
		return NULL;
	if (*in->at == '"') {
		in->at++;
		return parse_string(in);
	}
	if (*in->at != '{' && *in->at != '[')
		return *in->at >= '0' && *in->at <= '9' ? parse_number(in) : parse_literal(in);
	value = *in->at == '{' ? json_object() : json_array();
	is_good = value && (*in->at++ == '{' ? parse_members(in, value, depth + 1) : parse_elements(in, value, depth + 1));
	if (is_good)
		return value;
	json_decref(value);
	return NULL;
}

json_t *json_plain_parse(struct bytes text)
{
	struct input in = { text.at, text.at + text.size };
	json_t *value = parse_value(&in, 0);

	skip_spaces(&in);
	if (in.at == in.end)
		return value;
	json_decref(value);
	return NULL;
}
