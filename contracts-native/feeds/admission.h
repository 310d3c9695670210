#ifndef CONTRACTS_FEEDS_ADMISSION_H
#define CONTRACTS_FEEDS_ADMISSION_H

/* What makes a signed report acceptable to this chain now, in the order of checking, the
 * cheapest first:
 *
 *     frame      canonical, nothing trailing (oracle/report.h)
 *     set        the active reporter set
 *     reporter   registered in it
 *     round      = floor(observedAt / period), newer than the newest accepted one, at most
 *                REPORT_ROUNDS_BEHIND_MAX older than the round of the block's time; on a devnet,
 *                whose clock may be driven faster than reports travel, of any age
 *     time       observedAt at most REPORT_AHEAD_MAX seconds after the block's time
 *     feeds      all known
 *     signature  of the reporter's registered key over the EIP-712 digest
 *
 * The aggregator contract and the node's report pool ask the same function. */

#include "contracts-native/dispatch/call.h"
#include "oracle/report.h"

#define REPORT_ROUNDS_BEHIND_MAX 2
#define REPORT_AHEAD_MAX         2 /* seconds */

/* What reports are checked against, read from the state once for any number of them. */
struct report_terms {
	struct oracle_set set;
	struct report_domain domain;
	size_t feed_count;
	struct hash feed_ids[REPORT_FEEDS_MAX];
};
void report_terms_read(struct report_terms *out, struct state *s);

/* The EIP-712 domain that reporters sign for. */
void feeds_domain(struct report_domain *out, struct state *s);

/* report_admit decodes a report, checks all of the above and gives its digest.
 * What report_decode refuses, ERR_TRAILING, ERR_ORACLE_SET, ERR_ORACLE_REPORTER, ERR_ORACLE_ROUND,
 * ERR_ORACLE_STALE, ERR_ORACLE_FUTURE, ERR_ORACLE_FEED, ERR_SIGNATURE. */
MUST_CHECK enum err report_admit(struct report *out, struct hash *digest, const struct report_terms *terms,
				 struct state *s, const struct block_env *env, struct bytes wire);

/* The same, for one report and only the verdict. */
MUST_CHECK enum err feeds_admit_report(struct state *s, const struct block_env *env, struct bytes wire);

/* report_authenticate checks what does not depend on the clock, for proofs about the past:
 * frame, set, reporter, feeds, signature. */
MUST_CHECK enum err report_authenticate(struct report *out, struct hash *digest,
					const struct report_terms *terms, struct state *s, struct bytes wire);

#endif
