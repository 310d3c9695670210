#include "oracle/feeder/candles.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/u256.h"
#include "oracle/feeder/decimal.h"

#define HEADER  "timestamp,open,high,low,close,volume"
#define COLUMNS 6
#define ONE     1000000000000000000u /* 10^18 */

/* -- reading ------------------------------------------------------------------------ */

struct reader {
	FILE *file;
	u128 scale;
	unsigned long line;
	char *why;
};

static enum err fail(const struct reader *r, enum err e, const char *text)
{
	snprintf(r->why, CANDLES_WHY_MAX, "line %lu: %s", r->line, text);
	return e;
}

/* The next line without its end; ERR_NOT_FOUND after the last. */
static enum err line_read(struct reader *r, char line[CANDLES_LINE_MAX])
{
	size_t size;

	if (!fgets(line, CANDLES_LINE_MAX, r->file)) {
		r->line++;
		return ferror(r->file) ? fail(r, ERR_IO, "cannot be read") : ERR_NOT_FOUND;
	}
	r->line++;
	size = strlen(line);
	if (size + 1 == CANDLES_LINE_MAX && line[size - 1] != '\n')
		return fail(r, ERR_SYNTAX, "longer than 255 bytes");
	while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
		line[--size] = 0;
	return OK;
}

static enum err price_read(u128 *out, const struct reader *r, const char *text, size_t size)
{
	const struct u256 one = u256_from_u64(ONE), scale = u256_from_u128(r->scale);
	struct u256 x;
	u128 price;

	if (decimal_to_e18(&price, text, size) != OK)
		return fail(r, ERR_SYNTAX, "a price is not a plain decimal number");
	x = u256_from_u128(price);
	if (u256_mul_div_down(&x, &x, &scale, &one) != OK || u256_is_zero(&x) ||
	    !u256_fits(&x, 128) || u256_low128(&x) > CANDLES_PRICE_MAX)
		return fail(r, ERR_RANGE, "a price is 0 or too large");
	*out = u256_low128(&x);
	return OK;
}

static enum err candle_parse(struct candle *out, const struct reader *r, const char *line)
{
	u128 *const prices[] = { &out->open, &out->high, &out->low, &out->close };
	size_t sizes[COLUMNS];
	const char *at[COLUMNS];
	size_t count = 0;

	for (const char *rest = line; rest; count++) {
		const char *comma = strchr(rest, ',');

		if (count == COLUMNS)
			return fail(r, ERR_SYNTAX, "more than six columns");
		at[count] = rest;
		sizes[count] = comma ? (size_t)(comma - rest) : strlen(rest);
		rest = comma ? comma + 1 : NULL;
	}
	if (count != COLUMNS)
		return fail(r, ERR_SYNTAX, "fewer than six columns");
	if (decimal_to_u64(&out->time, at[0], sizes[0]) != OK)
		return fail(r, ERR_SYNTAX, "the timestamp is not a number of seconds");
	for (size_t i = 0; i < ARRAY_COUNT(prices); i++)
		TRY(price_read(prices[i], r, at[i + 1], sizes[i + 1]));
	if (out->low > out->open || out->low > out->close || out->high < out->open || out->high < out->close)
		return fail(r, ERR_RANGE, "open or close is outside low..high");
	return OK;
}

static enum err candle_append(struct candles *c, size_t *capacity, const struct reader *r,
			      const struct candle *candle)
{
	if (c->count > 0) {
		const u64 before = c->at[c->count - 1].time;

		if (candle->time <= before)
			return fail(r, ERR_ORDER, "the timestamp is not after the one before");
		if (c->step == 0 || candle->time - before < c->step)
			c->step = candle->time - before;
	}
	if (c->count == *capacity) {
		const size_t more = *capacity ? 2 * *capacity : 1024;
		struct candle *grown = realloc(c->at, more * sizeof *grown);

		if (!grown)
			return fail(r, ERR_FULL, "out of memory");
		c->at = grown;
		*capacity = more;
	}
	c->at[c->count++] = *candle;
	return OK;
}

static enum err candles_fill(struct candles *c, struct reader *r)
{
	char line[CANDLES_LINE_MAX];
	struct candle candle;
	size_t capacity = 0;
	enum err e = line_read(r, line);

	if (e == ERR_NOT_FOUND || (e == OK && strcmp(line, HEADER) != 0))
		return fail(r, ERR_SYNTAX, "the header is not " HEADER);
	while (e == OK && (e = line_read(r, line)) == OK) {
		TRY(candle_parse(&candle, r, line));
		TRY(candle_append(c, &capacity, r, &candle));
	}
	if (e != ERR_NOT_FOUND)
		return e;
	if (c->count == 0)
		return fail(r, ERR_SYNTAX, "there is no candle");
	if (c->step == 0)
		c->step = 60; /* a single candle: nothing tells its length */
	return OK;
}

enum err candles_read(struct candles *out, char why[CANDLES_WHY_MAX], FILE *file, u128 scale)
{
	struct reader r = { .file = file, .scale = scale, .why = why };
	struct candles c = { 0 };
	enum err e = candles_fill(&c, &r);

	if (e == OK)
		*out = c;
	else
		candles_free(&c);
	return e;
}

void candles_free(struct candles *c)
{
	free(c->at);
	*c = (struct candles){ 0 };
}

/* -- playing -------------------------------------------------------------------------- */

/* The last candle that begins at or before time; NULL if none does. */
static const struct candle *candle_at(const struct candles *c, u64 time)
{
	size_t low = 0, high = c->count; /* c->at[low - 1] begins by time, c->at[high] after it */

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (c->at[middle].time <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &c->at[low - 1] : NULL;
}

/* from + (to - from) * part / whole, part <= whole.  Products stay below 2^128: prices are
 * at most 2^96 and steps of the path below 2^32. */
static u128 between(u128 from, u128 to, u64 part, u64 whole)
{
	return to >= from ? from + (to - from) * part / whole : from - (from - to) * part / whole;
}

u128 candles_price(const struct candles *c, u64 time)
{
	const struct candle *candle;
	u128 path[4];
	u64 thirds;
	size_t leg;

	assert(c->count > 0);
	candle = candle_at(c, time);
	if (!candle)
		return c->at[0].open;
	if (time - candle->time >= c->step || c->step >= (u64)1 << 30)
		return candle->close;
	path[0] = candle->open;
	path[1] = candle->close < candle->open ? candle->high : candle->low;
	path[2] = candle->close < candle->open ? candle->low : candle->high;
	path[3] = candle->close;
	thirds = 3 * (time - candle->time);
	leg = (size_t)(thirds / c->step);
	return between(path[leg], path[leg + 1], thirds % c->step, c->step);
}

bool candles_has_ended(const struct candles *c, u64 time)
{
	const u64 last = c->at[c->count - 1].time;

	return time >= last && time - last >= c->step;
}
