#include "oracle/feeder/sample.h"

#include <assert.h>

#include "base/u256.h"

#define ONE 1000000000000000000u /* 10^18 */

static void sort(u128 *x, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const u128 moving = x[i];
		size_t at = i;

		for (; at > 0 && moving < x[at - 1]; at--)
			x[at] = x[at - 1];
		x[at] = moving;
	}
}

static u128 middle_of(u128 low, u128 high)
{
	return low + (high - low) / 2;
}

void sample_of_quotes(struct sample *out, const struct quote *quotes, size_t count, u32 venues_min)
{
	u128 middles[SAMPLE_QUOTES_MAX], doubt = 0;
	struct sample s = { .status = FEED_HALTED, .venues = (u8)count };

	assert(count <= SAMPLE_QUOTES_MAX);
	for (size_t i = 0; i < count; i++) {
		const u128 half_spread = (quotes[i].ask - quotes[i].bid) / 2;

		middles[i] = middle_of(quotes[i].bid, quotes[i].ask);
		doubt = half_spread > doubt ? half_spread : doubt;
		s.trade_time = quotes[i].trade_time > s.trade_time ? quotes[i].trade_time : s.trade_time;
	}
	if (count > 0 && count >= venues_min) {
		u128 half_range;

		sort(middles, count);
		half_range = (middles[count - 1 - count / 4] - middles[count / 4]) / 2;
		s.status = FEED_TRADING;
		s.price = middle_of(middles[(count - 1) / 2], middles[count / 2]);
		s.confidence = half_range > doubt ? half_range : doubt;
		if (s.confidence > s.price)
			s.confidence = s.price;
	}
	*out = s;
}

static enum err convert(u128 *x, u128 by)
{
	const struct u256 a = u256_from_u128(*x), b = u256_from_u128(by), one = u256_from_u64(ONE);
	struct u256 product;

	if (u256_mul_div_down(&product, &a, &b, &one) != OK || !u256_fits(&product, 128))
		return ERR_RANGE;
	*x = u256_low128(&product);
	return OK;
}

enum err quote_convert(struct quote *q, u128 currency_price)
{
	u128 bid = q->bid, ask = q->ask;

	TRY(convert(&bid, currency_price));
	TRY(convert(&ask, currency_price));
	q->bid = bid;
	q->ask = ask;
	return OK;
}

/* SplitMix64: a good bijection of 64 bits. */
static u64 scramble(u64 x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

void sample_of_price(struct sample *out, u128 price, u32 noise_bps, u64 seed, u64 time, u32 venues)
{
	const u64 chance = scramble(scramble(seed) ^ time) % 2001; /* 0..2000 stands for -1..1 */
	const u128 widest = price / 10000 * noise_bps + price % 10000 * noise_bps / 10000;
	const u128 step = widest / 1000;

	assert(noise_bps < 10000);
	*out = (struct sample){
		.status = FEED_TRADING,
		.price = chance >= 1000 ? price + step * (chance - 1000) : price - step * (1000 - chance),
		.confidence = widest > price / 10000 ? widest : price / 10000,
		.trade_time = time,
		.venues = venues > 255 ? 255 : (u8)venues,
	};
}
