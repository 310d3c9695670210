#ifndef ORACLE_FEED_H
#define ORACLE_FEED_H

/* What can be said of a stored price, as bits: an action asks for the ones it needs.
 *
 * Only FEED_QUORUM and FEED_MANUAL are stored; the others follow from the price and the
 * clock, so that a price nobody updates grows stale by itself. */

#include "base/types.h"

enum feed_bit {
	FEED_POSITIVE = 1 << 0, /* there is a price */
	FEED_QUORUM = 1 << 1,   /* the newest accepted round had a quorum for it */
	FEED_FRESH = 1 << 2,    /* age <= max_age */
	FEED_LIVE = 1 << 3,     /* age <= FEED_LIVE_SECONDS */
	FEED_TIGHT = 1 << 4,    /* confidence <= 1 % of the price */
	FEED_USABLE = 1 << 5,   /* confidence <= 5 % of the price */
	FEED_MANUAL = 1 << 6,   /* set by hand, on a devnet */
};

#define FEED_LIVE_SECONDS 600
#define FEED_STORED_BITS  (FEED_QUORUM | FEED_MANUAL)

struct feed_reading {
	u128 price, confidence;
	u64 updated_at; /* unix seconds */
	u32 max_age;    /* seconds */
	u32 stored;     /* FEED_STORED_BITS of it */
};

/* A time before the update counts as age 0. */
u32 feed_bits(const struct feed_reading *reading, u64 now);

#endif
