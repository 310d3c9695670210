#ifndef NODE_REPORTS_H
#define NODE_REPORTS_H

/* Signed oracle reports on their way to the chain.
 *
 *     report, report, report ... quorum of a round -> grace -> envelope -> transaction
 *
 * Every report is judged by the aggregator's own admission, so what is collected here the
 * contract accepts.  Once 2f+1 reporters of a round are there, the pool waits a little for
 * the rest (a median over more is better), then signs one transaction with the node's relay
 * key and queues it.  Two different reports of one reporter for one round are refused and
 * counted. */

#include "node/mempool.h"

#define REPORTS_ROUNDS_MAX 4   /* collected at the same time */
#define REPORTS_GRACE_MS   150 /* waited for stragglers after the quorum */

struct reports_config {
	struct node *node; /* what readers read */
	struct mempool *pool;
	const struct genesis *genesis;
	u8 relay_key[32];
};

struct reports;
/* NULL: out of memory, or the key is no key. */
struct reports *reports_new(const struct reports_config *config);
void reports_free(struct reports *r);
struct address reports_relay(const struct reports *r);

/* See node_report. */
MUST_CHECK enum err reports_add(struct reports *r, struct bytes wire);
/* Sends what has waited long enough.  Does nothing while a report is being added. */
void reports_tick(struct reports *r);
struct oracle_counts reports_counts(struct reports *r);

#endif
