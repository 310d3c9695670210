#include "cmd/plimsoll-demo/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"

void text_init(struct text *t, char *at, size_t capacity, bool has_color)
{
	assert(capacity > 0);
	*t = (struct text){ .at = at, .capacity = capacity, .has_color = has_color };
	at[0] = 0;
}

void text_add(struct text *t, const char *format, ...)
{
	size_t room = t->capacity - t->size;
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(t->at + t->size, room, format, arguments);
	va_end(arguments);
	if (size > 0)
		t->size += (size_t)size < room ? (size_t)size : room - 1;
}

void text_ink(struct text *t, const char *ink)
{
	if (t->has_color)
		text_add(t, "\033[%sm", ink);
}

void figure_count(char out[FIGURE_MAX], u64 x)
{
	char digits[FIGURE_MAX];
	size_t size, used = 0;

	(void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)x);
	size = strlen(digits);
	for (size_t i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = 0;
}

/* Three or four leading digits and a unit of thousands. */
static void figure_scaled(char out[FIGURE_MAX], const char *sign, double x)
{
	static const struct {
		double from;
		char unit[2];
	} units[] = { { 1e9, "B" }, { 1e6, "M" }, { 1e4, "K" } };

	for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
		if (x < units[i].from)
			continue;
		x /= units[i].from >= 1e6 ? units[i].from : 1e3;
		(void)snprintf(out, FIGURE_MAX, "%s%.*f%s", sign,
			       x >= 100  ? 0
			       : x >= 10 ? 1
					 : 2,
			       x, units[i].unit);
		return;
	}
	if (x >= 1000) {
		char whole[FIGURE_MAX];

		figure_count(whole, (u64)(x + 0.5));
		(void)snprintf(out, FIGURE_MAX, "%s%.20s", sign, whole);
		return;
	}
	(void)snprintf(out, FIGURE_MAX, "%s%.2f", sign, x);
}

void figure_dollars(char out[FIGURE_MAX], double x)
{
	figure_scaled(out, "$", x);
}

void figure_tokens(char out[FIGURE_MAX], double x)
{
	figure_scaled(out, "", x);
}

void figure_price(char out[FIGURE_MAX], double x)
{
	if (x >= 1000)
		figure_count(out, (u64)(x + 0.5));
	else
		(void)snprintf(out, FIGURE_MAX, "%.*f", x >= 100 ? 2 : x >= 0.1 ? 4
										: 6,
			       x);
}

void figure_time(char out[FIGURE_MAX], u64 unix_seconds)
{
	time_t at = (time_t)unix_seconds;
	struct tm utc;

	if (!gmtime_r(&at, &utc) || strftime(out, FIGURE_MAX, "%Y-%m-%d %H:%M:%S", &utc) == 0)
		(void)snprintf(out, FIGURE_MAX, "%llu", (unsigned long long)unix_seconds);
}

void figure_address(char out[FIGURE_MAX], const struct address *a)
{
	char text[HEX_ADDRESS_SIZE];

	hex_checksum_address(text, a);
	(void)snprintf(out, FIGURE_MAX, "%.6s..%s", text, text + 38);
}
