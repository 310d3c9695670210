#ifndef NODE_PUBLISH_H
#define NODE_PUBLISH_H

/* The transactions that became pending last, for everyone who watches.
 *
 *     number   ... 17 18 19 20 | 21      a ring: the newest PUBLISH_KEPT are there
 *                  ^ oldest      ^ next
 *
 * Whoever reads keeps the number it has read up to, and pulls.  Who admits them writes one entry and
 * waits for nobody; a reader that comes too late is told how many it missed.
 * (New blocks need no ring: readers follow the head and find everything else in the store.) */

#include <pthread.h>

#include "base/types.h"

#define PUBLISH_KEPT 16384u

struct publish {
	pthread_mutex_t lock; /* held to copy hashes only */
	u64 next;             /* number of the entry to come */
	struct hash ring[PUBLISH_KEPT];
};

void publish_init(struct publish *p);
void publish_free(struct publish *p);
void publish_add(struct publish *p, const struct hash *tx);
u64 publish_next(struct publish *p);
/* publish_read copies entries from *next on, at most capacity, and moves *next behind them.  *missed: how
 * many were gone already.  Returns how many it copied. */
u32 publish_read(struct publish *p, struct hash *out, u32 capacity, u64 *next, u64 *missed);

#endif
