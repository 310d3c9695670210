#ifndef NODE_CONSENSUS_SOLO_H
#define NODE_CONSENSUS_SOLO_H

/* Consensus of one: a thread that proposes, accepts and commits every block itself.
 *
 *     every block_time:  prepare -> process -> extend -> verify -> finalize -> commit
 *
 * With a block time of 0 a block is made as soon as a transaction is pending, and none
 * otherwise.  Block time never runs backwards: it is the chain's clock, or the parent's time if
 * that is later.
 *
 * A development chain can also be asked for blocks, one by one, and taken back. */

#include "node/app.h"
#include "node/clock.h"
#include "node/dev_clock.h"

struct solo_config {
	struct app *app;
	struct mempool *pool;
	struct head *head;
	u64 block_time_ms;
	bool may_drive; /* devnet: the clock may run at another speed */
	double clock_speed;
	u64 clock_until;
	struct dev_clock *dev_clock; /* moves it by hand; NULL: no development chain */
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

/* solo_make makes one block now, in the caller's thread; the thread of its own waits meanwhile. */
MUST_CHECK enum err solo_make(struct solo *s);

/* -- for development ------------------------------------------------------------------------- */

/* What the chain's clock shows, before dev_clock. */
u64 solo_clock(struct solo *s);

struct solo_pace {
	bool is_halted;    /* no block by itself */
	u64 block_time_ms; /* 0: whenever something is pending */
};
struct solo_pace solo_pace(struct solo *s);
/* From the return on. */
void solo_set_pace(struct solo *s, struct solo_pace pace);

/* A block without transactions, of its parent's time, that holds an edit.  Also what apply gives. */
MUST_CHECK enum err solo_edit(struct solo *s, const struct app_edit *edit);
/* See app_rollback. */
MUST_CHECK enum err solo_rollback(struct solo *s, u64 height);

#endif
