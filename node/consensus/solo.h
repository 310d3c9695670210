#ifndef NODE_CONSENSUS_SOLO_H
#define NODE_CONSENSUS_SOLO_H

/* Consensus of one: a thread that proposes, accepts and commits every block itself.
 *
 *     every block_time:  prepare -> process -> extend -> verify -> finalize -> commit
 *
 * With a block time of 0 a block is made as soon as a transaction is pending, and none
 * otherwise.  Block time never runs backwards: it is the chain's clock, or the parent's time if
 * that is later. */

#include "node/app.h"
#include "node/clock.h"

struct solo_config {
	struct app *app;
	struct mempool *pool;
	struct head *head;
	u64 block_time_ms;
	bool may_drive; /* devnet: the clock may run at another speed */
	double clock_speed;
	u64 clock_until;
	void (*tick)(void *context); /* called before each block and every SOLO_TICK_MS */
	void *context;
};
#define SOLO_TICK_MS 50

struct solo;
/* NULL: out of memory. */
struct solo *solo_new(const struct solo_config *config);
void solo_free(struct solo *s);
/* Anchors the clock to the head and starts the thread.  ERR_FULL: no thread. */
MUST_CHECK enum err solo_start(struct solo *s);
/* Returns once the block in progress is committed. */
void solo_stop(struct solo *s);
/* A block could not be made: the thread has ended, the program must. */
bool solo_has_failed(const struct solo *s);
/* What the next block's time would be now. */
u64 solo_time(struct solo *s);

/* solo_make makes one block now, in the caller's thread.  Requires the thread not to run. */
MUST_CHECK enum err solo_make(struct solo *s);

#endif
