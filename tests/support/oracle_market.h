#ifndef TESTS_SUPPORT_ORACLE_MARKET_H
#define TESTS_SUPPORT_ORACLE_MARKET_H

/* A world with price feeds and reporters whose keys are known.
 *
 *     oracle_market_init(&w, 4, 2);              f = 1, feeds 0 and 1, period 5 s
 *     reports[i] = oracle_market_report(&w, i, 2000 * E18);
 *     oracle_market_submit(&w, reports, 4)       OK or ERR_REVERT
 *     oracle_market_refusal(&w)                  the code in InvalidReport(code)
 *
 * The key of reporter i is the Keccak of the one byte i. */

#include "oracle/envelope.h"
#include "tests/support/world.h"

#define E18               ((u128)1000000000000000000u)
#define ORACLE_PERIOD     5
#define ORACLE_MAX_AGE    130
#define ORACLE_VENUES_MIN 3
#define ORACLE_SET_ID     9

/* Requires 1 <= reporter_count <= 64 and feed_count <= 256.  Feeds have no round yet. */
void oracle_market_init(struct world *w, u8 reporter_count, u16 feed_count);

/* A signed report of every feed at one price, observed at the block's time. */
struct report oracle_market_report(struct world *w, u8 reporter, u128 price);
/* Signs again, after a change. */
void oracle_market_sign(struct world *w, struct report *r);

struct bytes oracle_market_wire(u8 out[REPORT_SIZE_MAX], const struct report *r);
/* An envelope of reports in ascending order; memory lives until the next call. */
struct bytes oracle_market_envelope(const struct report *reports, size_t count);
/* Sends submit(envelope) from account 1. */
enum err oracle_market_submit(struct world *w, const struct report *reports, size_t count);
enum err oracle_market_submit_bytes(struct world *w, struct bytes envelope);
enum err oracle_market_prove(struct world *w, const struct report *a, const struct report *b);
/* The enum err in InvalidReport(code) of the last call; OK if it was anything else. */
enum err oracle_market_refusal(const struct world *w);

#endif
