#ifndef CMD_FEEDER_SOURCE_H
#define CMD_FEEDER_SOURCE_H

/* Where a reporter's prices come from: exchanges, or candles played back by the chain's clock.
 *
 *     candle time = first candle + speed * (head time - start)
 *
 * so that reporters with the same files, speed and start see the same price at the same
 * block, and differ only by their noise. */

#include "cmd/plimsoll-feeder/options.h"
#include "cmd/plimsoll-feeder/view.h"
#include "oracle/feeder/candles.h"
#include "oracle/feeder/watchlist.h"

#define SOURCE_NONE (-1)

struct source {
	const struct options *options;
	struct watchlist *watchlist; /* NULL: candles */
	struct candles candles[OPTIONS_CANDLES_MAX];
	u64 first_candle, start;                                     /* seconds: candle time and chain time */
	int candles_of[REPORT_FEEDS_MAX];                            /* index in candles; SOURCE_NONE */
	const struct watchlist_feed *watchlist_of[REPORT_FEEDS_MAX]; /* NULL: none */
	bool halted[WATCHLIST_FEEDS_MAX];                            /* feeds of the watchlist at the last sample */
	bool ended;                                                  /* the last candle has been played */
};

/* source_open reads the files that the options name and matches them with the chain's
 * feeds; what is wrong is printed to stderr.  ERR_SYNTAX, ERR_NOT_FOUND: a name that is no feed. */
MUST_CHECK enum err source_open(struct source *s, const struct options *o, const struct view *v);
void source_close(struct source *s);

/* source_sample observes every feed of the chain now, at head time v->head_time. */
void source_sample(struct sample *out, struct source *s, const struct view *v);

#endif
