#ifndef FEEDER_SAMPLE_H
#define FEEDER_SAMPLE_H

/* What one reporter says of one feed at one moment. */

#include "oracle/feeder/venue.h"
#include "oracle/report.h"

#define SAMPLE_QUOTES_MAX 16

struct sample {
	enum observation_status status;
	u128 price, confidence; /* 18 decimals; 0 unless trading */
	u64 trade_time;
	u8 venues;
};

/* sample_of_quotes takes the median of the quotes' middles and
 *
 *     confidence = max(half the interquartile range, half the widest spread)
 *
 * With fewer than venues_min quotes, or none, the feed is halted: a reporter never repeats an
 * older price.  Requires count <= SAMPLE_QUOTES_MAX. */
void sample_of_quotes(struct sample *out, const struct quote *quotes, size_t count, u32 venues_min);

/* quote_convert multiplies a quote by the price of the currency it is in (18 decimals).
 * ERR_RANGE: the product is 2^128 or more. */
MUST_CHECK enum err quote_convert(struct quote *q, u128 currency_price);

/* sample_of_price stands for venues when a price is played back: the price moved by at most
 * noise_bps, by chance drawn from the seed.  Equal arguments give equal samples. */
void sample_of_price(struct sample *out, u128 price, u32 noise_bps, u64 seed, u64 time, u32 venues);

#endif
