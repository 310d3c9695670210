#ifndef NODE_CLOCK_H
#define NODE_CLOCK_H

/* The chain's clock as a block maker reads it.
 *
 *     wall     chain time = wall time
 *     driven   chain time = anchor + speed * time since the anchor, until a
 *              chain time at which the speed falls back to 1
 *
 * A driven clock is a devnet's: it lets a year of prices pass in a night.  It is anchored to
 * the head's time at every start, so that a restart continues where the chain stood. */

#include <time.h>

#include "base/types.h"

struct clock {
	bool is_driven;
	double speed;
	u64 until;        /* chain seconds; 0 = never */
	u64 anchor_chain; /* seconds */
	u64 anchor_wall;  /* milliseconds */
};

u64 clock_wall_ms(void);                       /* unix time */
u64 clock_monotonic_us(void);                  /* for measuring and waiting */
u64 clock_steady_ms(void);                     /* nobody sets it, and it goes on while the machine sleeps */
struct timespec clock_at_us(u64 monotonic_us); /* the same moment for pthread's timed waits */

/* clock_init drives the clock if that is allowed and either a speed is wanted or the chain is ahead
 * of the wall. */
void clock_init(struct clock *c, bool may_drive, double speed, u64 until, u64 head_time, u64 wall_ms);
/* Chain seconds when the wall clock shows wall_ms; of a driven one, or would if nobody had set it since clock_init. */
u64 clock_chain_seconds(const struct clock *c, u64 wall_ms);

#endif
