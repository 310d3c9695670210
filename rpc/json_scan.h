#ifndef RPC_JSON_SCAN_H
#define RPC_JSON_SCAN_H

/* A look over a request's text before it is parsed: how deep it nests, how many
 * requests it holds, and where each one's id stands, so that the id can be echoed
 * byte for byte.  (A parsed number would lose digits; 1.0 is not 1.)
 *
 * This is no parser: what it accepts may still be malformed.  It never reads
 * outside the text and takes one pass. */

#include "base/err.h"

#define JSON_DEPTH_MAX 32  /* arrays and objects within each other */
#define JSON_ID_MAX    258 /* bytes of an id's text, quotes included */

struct json_scan {
	bool is_batch;
	size_t count;      /* elements of the batch; 1 otherwise */
	struct bytes *ids; /* of each: its text, size 0 if it has none */
	size_t capacity;
};

/* json_scan_run looks text over.  Requires scan->ids with room for capacity spans.
 * ERR_DEPTH: deeper than JSON_DEPTH_MAX.  ERR_SIZE: a batch of more than capacity.
 * Both leave count undefined. */
MUST_CHECK enum err json_scan_run(struct json_scan *scan, struct bytes text);

#endif
