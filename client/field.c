#include "client/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "client/units.h"

enum err json_to_u256(struct u256 *out, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return ERR_NOT_FOUND;
	if (json_is_integer(value)) {
		if (json_integer_value(value) < 0)
			return ERR_RANGE;
		*out = u256_from_u64((u64)json_integer_value(value));
		return OK;
	}
	if (!text)
		return ERR_TYPE;
	if (strncmp(text, "0x", 2) == 0)
		return hex_to_u256(out, text, strlen(text));
	return u256_from_decimal(out, text, strlen(text));
}

enum err json_to_u64(u64 *out, const json_t *value)
{
	struct u256 x;

	TRY(json_to_u256(&x, value));
	if (!u256_fits(&x, 64))
		return ERR_RANGE;
	*out = u256_low64(&x);
	return OK;
}

enum err field_u256(struct u256 *out, const json_t *object, const char *key)
{
	return json_to_u256(out, json_object_get(object, key));
}

enum err field_u64(u64 *out, const json_t *object, const char *key)
{
	return json_to_u64(out, json_object_get(object, key));
}

const char *field_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

bool field_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

enum err field_address(struct address *out, const json_t *object, const char *key)
{
	const char *text = field_text(object, key);

	return *text ? hex_to_address(out, text, strlen(text)) : ERR_NOT_FOUND;
}

enum err field_hash(struct hash *out, const json_t *object, const char *key)
{
	const char *text = field_text(object, key);

	return *text ? hex_to_hash(out, text, strlen(text)) : ERR_NOT_FOUND;
}

enum err json_to_bytes(u8 **out, size_t *size, const json_t *value)
{
	const char *text = json_string_value(value);
	size_t capacity;
	enum err e;
	u8 *at;

	if (!text)
		return value && !json_is_null(value) ? ERR_TYPE : ERR_NOT_FOUND;
	capacity = strlen(text) / 2;
	at = malloc(capacity + 1);
	if (!at)
		return ERR_FULL;
	e = hex_to_bytes(at, size, capacity, text, strlen(text));
	if (e)
		free(at);
	else
		*out = at;
	return e;
}

enum err address_parse(struct address *out, const char *text)
{
	char right[HEX_ADDRESS_SIZE];
	struct address a;

	if (strlen(text) != 42 || hex_to_address(&a, text, 42))
		return ERR_SYNTAX;
	hex_checksum_address(right, &a);
	if (strpbrk(text + 2, "abcdef") && strpbrk(text + 2, "ABCDEF") && strcmp(right, text) != 0)
		return ERR_CANONICAL;
	*out = a;
	return OK;
}

json_t *json_of_address(const struct address *a)
{
	char text[HEX_ADDRESS_SIZE];

	hex_checksum_address(text, a);
	return json_string(text);
}

json_t *json_of_hash(const struct hash *h)
{
	char text[3 + 2 * sizeof h->bytes];

	hex_from_bytes(text, (struct bytes){ h->bytes, sizeof h->bytes });
	return json_string(text);
}

json_t *json_of_bytes(struct bytes b)
{
	char *text = malloc(3 + 2 * b.size);
	json_t *value;

	if (!text)
		return NULL;
	hex_from_bytes(text, b);
	value = json_string(text);
	free(text);
	return value;
}

json_t *json_of_quantity(const struct u256 *x)
{
	char text[HEX_QUANTITY_MAX];

	hex_from_u256(text, x);
	return json_string(text);
}

json_t *json_of_decimal(const struct u256 *x)
{
	char text[U256_DECIMAL_MAX];

	u256_to_decimal(text, x);
	return json_string(text);
}

json_t *json_of_units(const struct u256 *x, unsigned decimals)
{
	char text[UNITS_TEXT_MAX];

	units_format(text, x, decimals);
	return json_string(text);
}
