#include "base/hex.h"

#include "base/hash.h"

static const char digits[] = "0123456789abcdef";

/* The value of a digit; above 15 if it is none. */
static unsigned digit_value(char c)
{
	static const u8 plus_one[256] = {
		['0'] = 1,
		['1'] = 2,
		['2'] = 3,
		['3'] = 4,
		['4'] = 5,
		['5'] = 6,
		['6'] = 7,
		['7'] = 8,
		['8'] = 9,
		['9'] = 10,
		['a'] = 11,
		['b'] = 12,
		['c'] = 13,
		['d'] = 14,
		['e'] = 15,
		['f'] = 16,
		['A'] = 11,
		['B'] = 12,
		['C'] = 13,
		['D'] = 14,
		['E'] = 15,
		['F'] = 16,
	};

	return plus_one[(u8)c] - 1u;
}

size_t hex_from_bytes(char *out, struct bytes in)
{
	*out++ = '0';
	*out++ = 'x';
	for (size_t i = 0; i < in.size; i++) {
		*out++ = digits[in.at[i] >> 4];
		*out++ = digits[in.at[i] & 15];
	}
	*out = '\0';
	return 2 + 2 * in.size;
}

size_t hex_from_u64(char out[HEX_QUANTITY_MAX], u64 x)
{
	struct u256 wide = u256_from_u64(x);

	return hex_from_u256(out, &wide);
}

size_t hex_from_u256(char out[HEX_QUANTITY_MAX], const struct u256 *x)
{
	unsigned count = (u256_bits(x) + 3) / 4;

	if (count == 0)
		count = 1;
	out[0] = '0';
	out[1] = 'x';
	for (unsigned i = 0; i < count; i++)
		out[2 + i] = digits[u256_field(x, 4 * (count - 1 - i), 4)];
	out[2 + count] = '\0';
	return 2 + count;
}

static bool has_prefix(const char *text, size_t size)
{
	return size >= 2 && text[0] == '0' && text[1] == 'x';
}

static bool all_digits(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (digit_value(text[i]) > 15)
			return false;
	return true;
}

enum err hex_to_bytes(u8 *out, size_t *out_size, size_t capacity, const char *text, size_t size)
{
	if (!has_prefix(text, size) || size % 2 != 0 || !all_digits(text + 2, size - 2))
		return ERR_SYNTAX;
	if (size / 2 - 1 > capacity)
		return ERR_SIZE;
	for (size_t i = 2; i < size; i += 2)
		*out++ = (u8)(digit_value(text[i]) << 4 | digit_value(text[i + 1]));
	*out_size = size / 2 - 1;
	return OK;
}

enum err hex_to_fixed(u8 *out, size_t bytes, const char *text, size_t size)
{
	size_t decoded;

	/* Not longer, and, once known to be well formed, not shorter. */
	if (size < 2 + 2 * bytes) {
		TRY(hex_to_bytes(NULL, &decoded, 0, text, size));
		return ERR_SIZE;
	}
	return hex_to_bytes(out, &decoded, bytes, text, size);
}

enum err hex_to_address(struct address *out, const char *text, size_t size)
{
	return hex_to_fixed(out->bytes, sizeof out->bytes, text, size);
}

enum err hex_to_hash(struct hash *out, const char *text, size_t size)
{
	return hex_to_fixed(out->bytes, sizeof out->bytes, text, size);
}

enum err hex_to_u256(struct u256 *out, const char *text, size_t size)
{
	struct u256 x = U256_ZERO;

	if (!has_prefix(text, size) || size == 2 || !all_digits(text + 2, size - 2))
		return ERR_SYNTAX;
	if (text[2] == '0' && size > 3)
		return ERR_CANONICAL;
	if (size > 2 + 64)
		return ERR_RANGE;
	for (size_t i = 2; i < size; i++) {
		unsigned shift = 4 * (unsigned)(size - 1 - i);

		u256_set_field(&x, shift, 4, digit_value(text[i]));
	}
	*out = x;
	return OK;
}

enum err hex_to_u64(u64 *out, const char *text, size_t size)
{
	struct u256 wide;

	TRY(hex_to_u256(&wide, text, size));
	if (!u256_fits(&wide, 64))
		return ERR_RANGE;
	*out = u256_low64(&wide);
	return OK;
}

void hex_checksum_address(char out[HEX_ADDRESS_SIZE], const struct address *a)
{
	struct hash h;

	hex_from_bytes(out, (struct bytes){ a->bytes, sizeof a->bytes });
	keccak256(&h, (struct bytes){ (const u8 *)out + 2, 40 });
	for (int i = 0; i < 40; i++) {
		int nibble = h.bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;

		if (out[2 + i] >= 'a' && nibble >= 8)
			out[2 + i] = (char)(out[2 + i] - 'a' + 'A');
	}
}
