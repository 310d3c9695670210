#include "client/units.h"

#include <assert.h>
#include <string.h>

enum err units_parse(struct u256 *out, const char *text, unsigned decimals)
{
	char digits[UNITS_TEXT_MAX + UNITS_DECIMALS_MAX];
	const char *point = strchr(text, '.');
	size_t whole = point ? (size_t)(point - text) : strlen(text);
	size_t part = point ? strlen(point + 1) : 0;

	assert(decimals <= UNITS_DECIMALS_MAX);
	if (whole + part == 0 || (point && part == 0))
		return ERR_SYNTAX;
	if (strspn(text, "0123456789") != whole ||
	    (point && strspn(point + 1, "0123456789") != part))
		return ERR_SYNTAX;
	if (whole >= UNITS_TEXT_MAX || part > decimals)
		return ERR_RANGE;
	memset(digits, '0', sizeof digits);
	memcpy(digits, text, whole);
	if (part)
		memcpy(digits + whole, point + 1, part);
	if (whole + decimals == 0)
		return ERR_SYNTAX;
	return u256_from_decimal(out, digits, whole + decimals);
}

/* The digits of x with zeros in front, so that at least one stands before the point.
 * Returns how many; *before of them are whole. */
static size_t units_digits(char out[UNITS_TEXT_MAX], size_t *before, const struct u256 *x,
			   unsigned decimals)
{
	char plain[U256_DECIMAL_MAX];
	size_t count = u256_to_decimal(plain, x);
	size_t zeros = count <= decimals ? decimals + 1 - count : 0;

	assert(decimals <= UNITS_DECIMALS_MAX);
	memset(out, '0', zeros);
	memcpy(out + zeros, plain, count + 1);
	*before = zeros + count - decimals;
	return zeros + count;
}

/* Drops zeros after the point, and the point if nothing is left. */
static size_t units_trim(char *text, size_t size)
{
	if (!memchr(text, '.', size))
		return size;
	while (text[size - 1] == '0')
		size--;
	if (text[size - 1] == '.')
		size--;
	text[size] = '\0';
	return size;
}

size_t units_format(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals)
{
	char digits[UNITS_TEXT_MAX];
	size_t before;
	size_t count = units_digits(digits, &before, x, decimals);

	memcpy(out, digits, before);
	out[before] = '.';
	memcpy(out + before + 1, digits + before, count - before);
	out[count + 1] = '\0';
	return units_trim(out, count + 1);
}

size_t units_pretty(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals,
		    unsigned places)
{
	char digits[UNITS_TEXT_MAX];
	size_t before, size = 0;

	units_digits(digits, &before, x, decimals);
	for (size_t i = 0; i < before; i++) {
		if (i > 0 && (before - i) % 3 == 0)
			out[size++] = ',';
		out[size++] = digits[i];
	}
	if (places > 0)
		out[size++] = '.';
	for (unsigned i = 0; i < places && size < UNITS_TEXT_MAX - 1; i++)
		out[size++] = i < decimals ? digits[before + i] : '0';
	out[size] = '\0';
	return size;
}

size_t units_brief(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals)
{
	char digits[UNITS_TEXT_MAX];
	size_t before, count, first;
	unsigned places;

	count = units_digits(digits, &before, x, decimals);
	first = strspn(digits, "0"); /* the leading digit */
	if (first == count)
		first = before - 1;
	places = first + 4 > before ? (unsigned)(first + 4 - before) : 2;
	if (places < 2)
		places = 2;
	if (places > decimals)
		places = decimals;
	return units_trim(out, units_pretty(out, x, decimals, places));
}

size_t units_percent(char out[UNITS_TEXT_MAX], const struct u256 *ratio, unsigned decimals,
		     unsigned places)
{
	struct u256 hundred = u256_from_u64(100);
	struct u256 percent;
	size_t size;

	assert(places < UNITS_DECIMALS_MAX);
	if (u256_mul(&percent, ratio, &hundred))
		percent = U256_MAX;
	size = units_pretty(out, &percent, decimals, places);
	if (size > UNITS_TEXT_MAX - 2)
		size = UNITS_TEXT_MAX - 2;
	out[size++] = '%';
	out[size] = '\0';
	return size;
}
