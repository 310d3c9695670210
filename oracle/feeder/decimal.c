#include "oracle/feeder/decimal.h"

#include <assert.h>
#include <stdio.h>

#define ONE      ((u128)1000000000000000000u) /* 10^18 */
#define DECIMALS 18

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes the digits from *at on; their number is left in *count. */
static u128 digits_take(const char *text, size_t size, size_t *at, size_t *count)
{
	u128 x = 0;

	for (*count = 0; *at < size && is_digit(text[*at]); ++*at, ++*count)
		if (*count < DECIMAL_DIGITS_MAX) /* 10^38 < 2^128 */
			x = x * 10u + (unsigned)(text[*at] - '0');
	return x;
}

enum err decimal_to_e18(u128 *out, const char *text, size_t size)
{
	size_t at = 0, whole_count, part_count = 0;
	u128 whole = digits_take(text, size, &at, &whole_count), part = 0;

	if (whole_count == 0)
		return ERR_SYNTAX;
	if (at < size && text[at] == '.') {
		size_t first = ++at, kept;

		digits_take(text, size, &at, &part_count);
		if (part_count == 0)
			return ERR_SYNTAX;
		kept = part_count < DECIMALS ? part_count : DECIMALS;
		part = digits_take(text, first + kept, &first, &kept);
		for (size_t i = kept; i < DECIMALS; i++)
			part *= 10u;
	}
	if (at != size)
		return ERR_SYNTAX;
	if (whole_count + part_count > DECIMAL_DIGITS_MAX || whole > (~(u128)0 - part) / ONE)
		return ERR_RANGE;
	*out = whole * ONE + part;
	return OK;
}

enum err decimal_to_u64(u64 *out, const char *text, size_t size)
{
	size_t at = 0, count;
	u128 x = digits_take(text, size, &at, &count);

	if (count == 0 || at != size)
		return ERR_SYNTAX;
	if (count > 20 || x > ~(u64)0)
		return ERR_RANGE;
	*out = (u64)x;
	return OK;
}

void decimal_from_e18(char out[DECIMAL_TEXT_MAX], u128 x, unsigned decimals)
{
	const u64 part = (u64)(x % ONE);
	u128 whole = x / ONE; /* < 2^69 */
	char digits[DECIMALS + 1];

	assert(decimals <= DECIMALS);
	snprintf(digits, sizeof digits, "%018llu", (unsigned long long)part);
	if (whole > ~(u64)0)
		snprintf(out, DECIMAL_TEXT_MAX, "%llu%019llu",
			 (unsigned long long)(whole / 10000000000000000000u),
			 (unsigned long long)(whole % 10000000000000000000u));
	else
		snprintf(out, DECIMAL_TEXT_MAX, "%llu", (unsigned long long)whole);
	if (decimals > 0) {
		size_t size = 0;

		while (out[size])
			size++;
		snprintf(out + size, DECIMAL_TEXT_MAX - size, ".%.*s", (int)decimals, digits);
	}
}
