#ifndef CMD_FEEDER_OPTIONS_H
#define CMD_FEEDER_OPTIONS_H

/* The command line of plimsoll-feeder. */

#include "base/err.h"

#define OPTIONS_CANDLES_MAX 32

struct options_candles {
	const char *feed; /* name or number */
	const char *path; /* NULL: always at one price */
	u128 scale;       /* what prices are multiplied by, or that price; 18 decimals */
};

struct options {
	const char *rpc_url;
	u8 key[32];
	u8 reporter;
	const char *config; /* venues; NULL: candles */
	struct options_candles candles[OPTIONS_CANDLES_MAX];
	u32 candles_count;
	u128 speed;   /* candle seconds for a chain second, 18 decimals */
	u64 start_at; /* chain time of the first candle; 0: the head's when the program starts */
	u32 noise_bps;
	u64 seed;
	u32 poll_ms, print_every;
	bool once;
};

/* options_read parses argv, which it may change.  What is wrong is printed to stderr.
 * ERR_SYNTAX; ERR_NOT_FOUND: only --help was wanted, and printed. */
MUST_CHECK enum err options_read(struct options *out, int argc, char **argv);

#endif
