#ifndef ORACLE_ENVELOPE_H
#define ORACLE_ENVELOPE_H

/* What carries the reports of one round to the chain: one set, one round, each reporter
 * at most once.
 *
 * Wire, big-endian, canonical:
 *     "ORA1" | setId u64 | round u64 | bitmap u64 | reports, ascending reporter
 *
 * Bit i of the bitmap is set exactly when the report of reporter i is there. */

#include "oracle/report.h"

#define ENVELOPE_HEAD_SIZE 28
#define ENVELOPE_SIZE_MAX  (ENVELOPE_HEAD_SIZE + REPORT_REPORTERS_MAX * REPORT_SIZE_MAX)

struct envelope {
	u64 set_id, round, bitmap;
	u32 count;
	struct bytes reports[REPORT_REPORTERS_MAX]; /* wire form of each, borrowed */
};

/* envelope_decode checks the frame and that of every report; signatures are checked for
 * form only.  What report_decode refuses, and ERR_TRUNCATED, ERR_SYNTAX: magic; ERR_RANGE: an
 * empty bitmap; ERR_ORDER: a report that is not the bitmap's next; ERR_ORACLE_SET,
 * ERR_ORACLE_ROUND: one of another set or round; ERR_TRAILING. */
MUST_CHECK enum err envelope_decode(struct envelope *out, struct bytes in);

/* envelope_encode joins the wire forms of count reports; returns the size, 0 if it does
 * not fit.  Requires reporters to ascend below REPORT_REPORTERS_MAX. */
size_t envelope_encode(u8 *out, size_t capacity, u64 set_id, u64 round, const struct bytes *reports,
		       const u8 *reporters, size_t count);

#endif
