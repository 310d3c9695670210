#include "client/unicode.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>
#include <utf8proc.h>

#define POINTS_MAX (6 * UNICODE_INPUT_MAX) /* code points: U+FDFA's 3 bytes become 18 of them */

/* utf8proc_map would leave copies in memory that it has freed. */
static enum err form(char out[UNICODE_FORM_MAX], const char *text, utf8proc_option_t options)
{
	utf8proc_int32_t points[POINTS_MAX + 1]; /* one more for a NUL */
	utf8proc_ssize_t count, size = UTF8PROC_ERROR_INVALIDUTF8;

	if (strlen(text) >= UNICODE_INPUT_MAX)
		return ERR_SIZE;
	options |= UTF8PROC_STABLE | UTF8PROC_COMPAT;
	count = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strlen(text), points, POINTS_MAX,
				   options);
	if (count >= 0 && count <= POINTS_MAX)
		size = utf8proc_reencode(points, count, options);
	assert(size < UNICODE_FORM_MAX);
	if (size >= 0)
		memcpy(out, points, (size_t)size + 1);
	sodium_memzero(points, sizeof points);
	return size < 0 ? ERR_TYPE : OK;
}

enum err unicode_nfkc(char out[UNICODE_FORM_MAX], const char *text)
{
	return form(out, text, UTF8PROC_COMPOSE);
}

enum err unicode_nfkd(char out[UNICODE_FORM_MAX], const char *text)
{
	return form(out, text, UTF8PROC_DECOMPOSE);
}
