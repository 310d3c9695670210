#ifndef FEEDER_CANDLES_H
#define FEEDER_CANDLES_H

/* Recorded or generated prices to play back: a CSV of candles and the price at any
 * second of it.
 *
 *     timestamp,open,high,low,close,volume       header line, exactly this
 *     1583971200,194.50,194.79,194.43,194.63,906.9
 *
 * timestamp is the beginning of the candle in unix seconds and strictly ascends; every
 * candle lasts as long as the shortest distance between two.  Within a candle the price
 * runs in three equal straight lines through all four prices, the nearer extreme first:
 *
 *     close >= open    open -> low -> high -> close
 *     close <  open    open -> high -> low -> close
 *
 * so that no low and no liquidation is missed.  In a gap it stands at the last close;
 * before the first candle at its open. */

#include <stdio.h>

#include "base/err.h"

#define CANDLES_LINE_MAX  256
#define CANDLES_PRICE_MAX ((u128)1 << 96) /* 18 decimals: 79 thousand million */

struct candle {
	u64 time;
	u128 open, high, low, close; /* 18 decimals */
};

struct candles {
	struct candle *at;
	size_t count;
	u64 step; /* seconds */
};

/* candles_read reads a whole file; every price is multiplied by scale (18 decimals).
 * On failure why says what is wrong, with the line number, and *out is left alone.
 * ERR_IO; ERR_SYNTAX; ERR_RANGE: a price of 0 or above CANDLES_PRICE_MAX, or outside low..high;
 * ERR_ORDER: times; ERR_FULL: out of memory. */
#define CANDLES_WHY_MAX 160
MUST_CHECK enum err candles_read(struct candles *out, char why[CANDLES_WHY_MAX], FILE *file, u128 scale);
void candles_free(struct candles *c);

/* The price at a time.  Requires at least one candle. */
u128 candles_price(const struct candles *c, u64 time);
bool candles_has_ended(const struct candles *c, u64 time);

#endif
