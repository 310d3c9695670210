#ifndef NODE_RISK_H
#define NODE_RISK_H

/* Who has debt, and who of them is close to liquidation.
 *
 * The index holds every account with debt in under two hundred bytes: what it pledges and
 * what it owes, scaled.  A query turns a block's indexes, prices and thresholds into a few
 * coefficients for each reserve, walks all accounts once in floating point, and asks the
 * consensus function about everyone whose health might be below the bound.  The walk errs
 * towards asking: its margin covers every rounding of the exact arithmetic.
 *
 * A walk takes turns with the blocks that are made meanwhile: it copies who must be asked about among a few
 * entries, lets go of the index, and asks.  Queries wait for each other, each until its deadline.
 *
 * The same index serves blocks of the past: an account that has changed since is read from
 * the store as it was.  So an account stays after its debt is closed for as long as the store has a state from
 * before.  A restart makes no difference: the store knows when an account changed, and who had debt before. */

#include "node/node.h"

struct risk;

/* NULL: out of memory. */
struct risk *risk_new(struct store *store, const struct genesis *genesis);
void risk_free(struct risk *r);

/* Fills the index from the committed state, and forgets what it was, also that it was not complete.  ERR_FULL,
 * ERR_IO: it is not complete. */
MUST_CHECK enum err risk_rebuild(struct risk *r);

/* risk_committed takes over what a block changed; s is the state that was committed at height.
 * Never waits for a query: what cannot be applied now is applied before the next one.
 * ERR_FULL: out of memory, the index is no longer complete. */
MUST_CHECK enum err risk_committed(struct risk *r, struct state *s, u64 height);

/* See node_at_risk and node_risk_counts. */
MUST_CHECK enum err risk_list(struct risk *r, struct risk_page *out, const struct risk_query *asked);
MUST_CHECK enum err risk_counts(struct risk *r, struct risk_counts *out, u64 deadline_us);

#endif
