#ifndef CONTRACTS_FEEDS_AGGREGATOR_H
#define CONTRACTS_FEEDS_AGGREGATOR_H

/* The oracle aggregator: turns an envelope of one round's reports into answers.
 *
 * submit(envelope) accepts a round when at least 2f+1 registered reporters signed it and
 * every report in it is acceptable (admission.h); otherwise it fails with
 * InvalidReport(code), code being the number of an enum err, and nothing changes.  Anyone may
 * submit: an envelope proves itself.  The first valid envelope of a round wins.
 *
 * Each feed then stands for itself.  An observation counts when it is trading, has at
 * least venuesMin venues, a confidence within AGGREGATOR_CONFIDENCE_DIVISOR of the price, and
 * a trade neither later than observedAt + AGGREGATOR_TRADE_AHEAD_MAX nor older than
 * AGGREGATOR_TRADE_AGE_MAX.  With 2f+1 that count, their median is the feed's next answer
 * (oracle/median.h); with fewer the feed keeps its answer and loses FEED_QUORUM.
 *
 * proveEquivocation(a, b) records that one reporter signed two different reports for one
 * round.  Proofs about a reporter must be of ever newer rounds, so each counts once. */

#include "contracts-native/dispatch/call.h"

#define AGGREGATOR_CONFIDENCE_DIVISOR 10  /* at most 10 % of the price */
#define AGGREGATOR_TRADE_AHEAD_MAX    2   /* seconds */
#define AGGREGATOR_TRADE_AGE_MAX      120 /* seconds */

#define AGGREGATOR_GAS_REPORT 10000 /* a signature and its digest */
#define AGGREGATOR_GAS_ENTRY  500   /* one observation */
#define AGGREGATOR_GAS_FEED   15000 /* a median and its records */

extern const struct contract AGGREGATOR_CONTRACT;

#endif
