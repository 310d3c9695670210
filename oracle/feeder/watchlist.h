#ifndef FEEDER_WATCHLIST_H
#define FEEDER_WATCHLIST_H

/* The feeds a reporter watches and the venues of each, from a JSON file:
 *
 *     { "bases": { "kraken": "http://127.0.0.1:8080" },
 *       "feeds": [
 *         { "name": "USDT / USD", "venuesMin": 2, "spreadMaxBps": 50, "venues": [
 *             { "venue": "kraken", "symbol": "USDTUSD" }, ... ] },
 *         { "name": "ETH / USD", "venues": [
 *             { "venue": "binance", "symbol": "ETHUSDT", "in": "USDT / USD" }, ... ] } ] }
 *
 * "in" names an earlier feed whose price turns the quote into dollars; while that feed is
 * halted the venue does not count.  bases, venuesMin (3) and spreadMaxBps (100) may be left
 * out; anything else is an error. */

#include <jansson.h>

#include "oracle/feeder/sample.h"

#define WATCHLIST_FEEDS_MAX 64
#define WATCHLIST_NAME_MAX  48
#define WATCHLIST_WHY_MAX   200

struct watchlist_venue {
	struct venue venue;
	char why[FETCH_WHY_MAX]; /* why its last answer did not count; "" if it did */
};

struct watchlist_feed {
	char name[WATCHLIST_NAME_MAX];
	u32 venues_min, spread_max_bps;
	size_t venue_count;
	struct watchlist_venue venues[SAMPLE_QUOTES_MAX];
	struct sample sample; /* of the last poll */
};

struct watchlist {
	char bases[VENUE_KIND_COUNT][VENUE_BASE_MAX];
	size_t feed_count;
	struct watchlist_feed feeds[WATCHLIST_FEEDS_MAX];
	struct fetcher *fetcher;
	struct fetch *fetches; /* one for each venue of each feed, in order */
	char *bodies;
};

/* watchlist_open reads a configuration.  ERR_SYNTAX: why says what is wrong; ERR_FULL. */
MUST_CHECK enum err watchlist_open(struct watchlist **out, char why[WATCHLIST_WHY_MAX], json_t *config);
void watchlist_close(struct watchlist *m);

/* watchlist_poll asks every venue once, all at the same time, and renews every sample. */
void watchlist_poll(struct watchlist *m, u64 now);

/* The feed of a name, spaces and case aside; NULL if there is none. */
const struct watchlist_feed *watchlist_find(const struct watchlist *m, const char *name);

/* Whether two feed names are the same, spaces and case aside: "eth/usd", "ETH / USD". */
bool feed_name_matches(const char *a, const char *b);

#endif
