#include "client/typed_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"

/* The number behind a type's name, "256" of "uint256"; 0 if there is none or it has leading zeros. */
static unsigned type_width(const char *type, const char *prefix)
{
	size_t size = strlen(prefix), digits;

	if (strncmp(type, prefix, size) != 0)
		return 0;
	digits = strspn(type + size, "0123456789");
	if (digits == 0 || digits > 3 || type[size] == '0' || type[size + digits] != '\0')
		return 0;
	return (unsigned)strtoul(type + size, NULL, 10);
}

/* Digits in decimal or, behind 0x, hexadecimal; leading zeros are fine in both. */
static enum err magnitude_read(struct u256 *out, const char *text)
{
	char quantity[HEX_QUANTITY_MAX] = "0x";

	if (strncmp(text, "0x", 2) != 0)
		return u256_from_decimal(out, text, strlen(text));
	text += 2;
	if (!*text)
		return ERR_SYNTAX;
	while (text[0] == '0' && text[1] != '\0')
		text++;
	if (strlen(text) > 64)
		return ERR_RANGE;
	strcpy(quantity + 2, text);
	return hex_to_u256(out, quantity, strlen(quantity));
}

/* A number and its sign. */
static enum err number_read(struct u256 *out, bool *is_negative, const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value)) {
		*is_negative = json_integer_value(value) < 0;
		*out = u256_from_u64(*is_negative ? 0 - (u64)json_integer_value(value)
						  : (u64)json_integer_value(value));
		return OK;
	}
	if (!text)
		return ERR_SYNTAX;
	*is_negative = text[0] == '-';
	return magnitude_read(out, text + *is_negative);
}

static enum err number_word(struct hash *out, unsigned bits, bool is_signed, const json_t *value)
{
	struct u256 x, limit = u256_shl(&U256_ONE, bits - 1); /* 2^(bits - 1) */
	bool is_negative;

	TRY(number_read(&x, &is_negative, value));
	if (u256_is_zero(&x))
		is_negative = false;
	if (is_negative && (!is_signed || u256_cmp(&x, &limit) > 0))
		return ERR_RANGE;
	if (!is_negative && !u256_fits(&x, is_signed ? bits - 1 : bits))
		return ERR_RANGE;
	if (is_negative) { /* two's complement: 2^256-1 - x + 1, and x >= 1 */
		TRY(u256_sub(&x, &x, &U256_ONE));
		TRY(u256_sub(&x, &U256_MAX, &x));
	}
	u256_to_be(out->bytes, &x);
	return OK;
}

static enum err bytes_word(struct hash *out, const json_t *value)
{
	size_t size;
	enum err e;
	u8 *at;

	e = json_to_bytes(&at, &size, value);
	if (e)
		return e == ERR_FULL ? e : ERR_SYNTAX;
	keccak256(out, (struct bytes){ at, size });
	free(at);
	return OK;
}

static enum err address_word(struct hash *out, const json_t *value)
{
	const char *text = json_string_value(value);
	struct address a;

	if (!text)
		return ERR_SYNTAX;
	TRY(address_parse(&a, text));
	memcpy(out->bytes + 12, a.bytes, sizeof a.bytes);
	return OK;
}

enum err typed_value_word(struct hash *out, const char *type, const json_t *value)
{
	unsigned unsigned_bits = type_width(type, "uint"), signed_bits = type_width(type, "int"),
		 bits = unsigned_bits ? unsigned_bits : signed_bits, size = type_width(type, "bytes");
	const char *text = json_string_value(value);

	memset(out, 0, sizeof *out);
	if (strcmp(type, "string") == 0) {
		if (!text)
			return ERR_SYNTAX;
		keccak256(out, (struct bytes){ (const u8 *)text, json_string_length(value) });
		return OK;
	}
	if (strcmp(type, "bytes") == 0)
		return bytes_word(out, value);
	if (strcmp(type, "address") == 0)
		return address_word(out, value);
	if (strcmp(type, "bool") == 0) {
		out->bytes[31] = json_is_true(value);
		return json_is_boolean(value) ? OK : ERR_SYNTAX;
	}
	if (size >= 1 && size <= 32)
		return text ? hex_to_fixed(out->bytes, size, text, strlen(text)) : ERR_SYNTAX;
	if (bits >= 8 && bits <= 256 && bits % 8 == 0)
		return number_word(out, bits, signed_bits != 0, value);
	return ERR_TYPE;
}
