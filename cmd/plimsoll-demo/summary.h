#ifndef DEMO_SUMMARY_H
#define DEMO_SUMMARY_H

/* What came of the run: for people, for programs (one JSON object), and whether it was
 * as it should be. */

#include <jansson.h>
#include <stdio.h>

#include "cmd/plimsoll-demo/board.h"
#include "cmd/plimsoll-demo/orders.h"

#define SUMMARY_CRASH 0.2 /* ether falling by so much must liquidate somebody */

struct summary {
	const struct board *before, *after;
	const struct tally *refusals; /* what the node did not accept, by its words */
	const struct terms *terms;
	double lowest_ether; /* dollars, of the replay */
};

/* Whether suppliers of every reserve are whole, up to its recorded deficit. */
bool summary_suppliers_whole(const struct summary *s);
/* NULL: the run was sound; otherwise the first reason why not. */
const char *summary_unsound(const struct summary *s);
void summary_print(FILE *out, const struct summary *s);
/* NULL: out of memory. */
json_t *summary_json(const struct summary *s);

#endif
