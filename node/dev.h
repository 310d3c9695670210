#ifndef NODE_DEV_H
#define NODE_DEV_H

/* A development chain under control: its time, its blocks, snapshots to go back to, and
 * edits of its state.  Only on devnets, and only when asked for (node_config.is_dev).
 *
 *     snapshot 0 ---- block 12          revert 0: block 12 is the head again, with the clock
 *     snapshot 1 ---- block 40          as it was; 0 and 1 are gone
 *
 * An edit is a block: without transactions, with its parent's time, and with the edit in its state
 * root.  So state is always that of a block, and what follows needs no exception.
 *
 * Going back changes what others may be reading.  Whoever reads takes a share first
 * (dev_share); functions marked "exclusive" require the whole (dev_claim). */

#include "node/dev_clock.h"
#include "node/node.h"

#define DEV_BLOCKS_MAX 10000u /* that one request may make */
#define DEV_UNDONE_MAX 1024u  /* blocks that are remembered after they were taken back */

struct dev *dev_new(struct node *n); /* NULL: out of memory */
void dev_free(struct dev *d);
struct dev_clock *dev_clock(struct dev *d);

/* A share, or instead of it the whole; dev_release gives back either.  At most one a thread. */
void dev_share(struct dev *d);
void dev_claim(struct dev *d);
void dev_release(struct dev *d);
/* How often the chain has gone back: what was read before that may be wrong. */
u64 dev_reverts(struct dev *d);

/* -- time and blocks ------------------------------------------------------------------ */

u64 dev_now(struct dev *d);                                /* what the clock shows */
MUST_CHECK enum err dev_set_time(struct dev *d, u64 time); /* now; ERR_RANGE */
/* Of the next block.  ERR_RANGE: before the head. */
MUST_CHECK enum err dev_set_next_time(struct dev *d, u64 time);

/* count blocks, the first with its time set before, each other so many seconds after the one before
 * it if seconds is not NULL, or later if the clock has been moved further.  ERR_RANGE: too many, or
 * too late.  Others: the node must stop. */
MUST_CHECK enum err dev_mine(struct dev *d, u64 count, const u64 *seconds);
bool dev_is_automine(struct dev *d);
void dev_set_automine(struct dev *d, bool is_on);
void dev_set_block_time(struct dev *d, u64 ms); /* 0: no block by itself */

/* -- snapshots: exclusive --------------------------------------------------------------- */

MUST_CHECK enum err dev_snapshot(struct dev *d, u64 *id); /* ERR_FULL */
/* ERR_NOT_FOUND: no such snapshot.  Others: the node must stop. */
MUST_CHECK enum err dev_revert(struct dev *d, u64 id);
/* Back to genesis, with its time; snapshots and impersonations are forgotten. */
MUST_CHECK enum err dev_reset(struct dev *d);

/* Blocks that were taken back, each time the newest first, so that whoever was told of them can be told
 * of that.  They are numbered from 0 on; the last DEV_UNDONE_MAX are kept, of a longer way back those
 * next to where it ended.  d NULL: none.  With a share. */
u64 dev_undone_count(const struct dev *d);
/* The block of that number; NULL: it is forgotten.  Requires number < dev_undone_count. */
const struct stored_block *dev_undone(const struct dev *d, u64 number);

/* -- edits: exclusive -------------------------------------------------------------------- */

/* Each makes a block.  ERR_NOT_FOUND: no such token; ERR_ARITHMETIC: the supply would exceed
 * 2^256-1.  Others: the node must stop. */
MUST_CHECK enum err dev_set_balance(struct dev *d, const struct address *owner, const struct u256 *wei);
MUST_CHECK enum err dev_set_nonce(struct dev *d, const struct address *owner, u64 nonce);
/* The balance of a token from genesis; its supply changes by as much. */
MUST_CHECK enum err dev_deal(struct dev *d, const struct address *token, const struct address *owner,
			     const struct u256 *amount);
/* Of a token or an aToken. */
MUST_CHECK enum err dev_allow(struct dev *d, const struct address *token, const struct address *owner,
			      const struct address *spender, const struct u256 *amount);

/* -- transactions -------------------------------------------------------------------------- */

bool dev_drop(struct dev *d, const struct hash *hash); /* out of the queue; whether it was there */
void dev_drop_all(struct dev *d);
/* Whose transactions are taken without a signature. */
MUST_CHECK enum err dev_impersonate(struct dev *d, const struct address *who); /* ERR_FULL */
void dev_stop_impersonating(struct dev *d, const struct address *who);
void dev_impersonate_all(struct dev *d, bool is_on);
bool dev_may_sign(struct dev *d, const struct address *who);
/* Queues tx as if sender had signed it (tx_unsigned).  Errors as node_submit. */
MUST_CHECK enum err dev_send(struct dev *d, struct hash *hash, struct refusal *why, const struct tx *tx,
			     const struct address *sender);

#endif
