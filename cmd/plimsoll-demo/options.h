#ifndef DEMO_OPTIONS_H
#define DEMO_OPTIONS_H

/* The demo's command line. */

#include "base/err.h"

struct options {
	const char *programs; /* folder of plimsolld and the others */
	const char *prices;   /* ether's candles */
	bool once, keep, help;
	u64 port; /* 0: 8545, or another if that is taken */
	u64 seed, suppliers, borrowers;
	double seconds; /* wall time of the replay */
	double speed;   /* chain seconds in a wall second; 0: from seconds */
};

#define OPTIONS_WHY_MAX 160
/* options_parse.  ERR_SYNTAX, ERR_RANGE, ERR_NOT_FOUND: no such option; why names it. */
MUST_CHECK enum err options_parse(struct options *out, int count, char *const *words,
				  char why[OPTIONS_WHY_MAX]);
const char *options_help(void);

#endif
