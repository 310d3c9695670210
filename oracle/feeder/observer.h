#ifndef FEEDER_OBSERVER_H
#define FEEDER_OBSERVER_H

/* A reporter at work: its key, and what the chain says a report must be signed for. */

#include "oracle/feeder/sample.h"

struct observer {
	u8 key[32];
	u8 reporter;
	u64 set_id, period; /* seconds a round */
	struct report_domain domain;
	u16 feed_count;
	struct hash feed_ids[REPORT_FEEDS_MAX];
};

/* observer_report signs what was seen at observed_at, samples[i] of feed i, and writes the
 * wire form.  Requires 1 <= feed_count and period > 0.  ERR_SIGNATURE: the key is not valid. */
MUST_CHECK enum err observer_report(u8 out[REPORT_SIZE_MAX], size_t *size, const struct observer *o,
				    u64 observed_at, const struct sample *samples);

#endif
