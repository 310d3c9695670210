#ifndef DEMO_TALLY_H
#define DEMO_TALLY_H

/* How often what happened, by its name: reasons of failures. */

#include "base/types.h"

#define TALLY_TEXT_MAX 72
#define TALLY_ROWS_MAX 24

struct tally {
	struct {
		char text[TALLY_TEXT_MAX];
		u64 count;
	} at[TALLY_ROWS_MAX];
	u32 count;
	u64 total;
};

/* Counts one more of text; once all rows are taken, new texts count in the last one, "other". */
void tally_add(struct tally *t, const char *text);

#endif
