#include "oracle/feed.h"

u32 feed_bits(const struct feed_reading *reading, u64 now)
{
	u64 age = now > reading->updated_at ? now - reading->updated_at : 0;
	u32 bits = reading->stored & FEED_STORED_BITS;

	if (reading->price == 0)
		return bits;
	bits |= FEED_POSITIVE;
	if (age <= reading->max_age)
		bits |= FEED_FRESH;
	if (age <= FEED_LIVE_SECONDS)
		bits |= FEED_LIVE;
	if (reading->confidence <= reading->price / 100)
		bits |= FEED_TIGHT;
	if (reading->confidence <= reading->price / 20)
		bits |= FEED_USABLE;
	return bits;
}
