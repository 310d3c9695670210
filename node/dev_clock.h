#ifndef NODE_DEV_CLOCK_H
#define NODE_DEV_CLOCK_H

/* The clock of a development chain: the chain's own, moved by hand.
 *
 *     time of the next block = the time that was set for it, else
 *                              the head's + the interval between blocks, if there is one, else
 *                              the chain's clock + offset, but not before the head
 *
 * now is what the chain's clock shows, head the time of the newest block; both unix
 * seconds.  Any thread may call. */

#include <pthread.h>

#include "base/err.h"

#define DEV_TIME_MAX ((u64)1 << 40) /* unix seconds: some thirty thousand years */

struct dev_times {
	int64_t offset;
	u64 next, interval;
	bool has_next, has_interval;
};

struct dev_clock {
	pthread_mutex_t lock;
	struct dev_times times;
};

void dev_clock_init(struct dev_clock *c);
void dev_clock_free(struct dev_clock *c);

u64 dev_clock_time(struct dev_clock *c, u64 now, u64 head);
/* The same for the block that is made now: what was set for it is spent, and time goes on from there.  Before the
 * block is there: what anybody sets once he knows of it is for the one after. */
u64 dev_clock_take(struct dev_clock *c, u64 now, u64 head);

/* Moves the clock on for good; *offset is all that it has been moved.  ERR_RANGE: too far. */
MUST_CHECK enum err dev_clock_increase(struct dev_clock *c, int64_t *offset, u64 seconds);
/* Makes the clock show time now, and forgets what was set for the next block. */
MUST_CHECK enum err dev_clock_set(struct dev_clock *c, u64 now, u64 time); /* ERR_RANGE: beyond DEV_TIME_MAX */
/* The time of the next block.  ERR_RANGE: before head, or beyond DEV_TIME_MAX. */
MUST_CHECK enum err dev_clock_set_next(struct dev_clock *c, u64 head, u64 time);
/* Seconds between blocks; false: the clock again. */
void dev_clock_set_interval(struct dev_clock *c, bool has_interval, u64 seconds);

struct dev_times dev_clock_times(struct dev_clock *c);
void dev_clock_restore(struct dev_clock *c, const struct dev_times *times);

#endif
