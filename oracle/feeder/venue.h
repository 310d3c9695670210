#ifndef FEEDER_VENUE_H
#define FEEDER_VENUE_H

/* Exchanges a reporter asks, and when their answer is taken.
 *
 *     coinbase   GET /products/ETH-USD/ticker                  bid, ask, trade_id, time
 *     kraken     GET /0/public/Ticker?pair=ETHUSD              b[0], a[0], t[0]
 *     binance    GET /api/v3/ticker/bookTicker?symbol=ETHUSDT  bidPrice, askPrice
 *
 * The price is the middle of bid and ask.  It is taken when both are positive plain
 * decimals, bid <= ask, the spread is within the feed's cap, and the venue is alive: of
 * what it answers (trade number, trade count, bid, ask) something changed within
 * VENUE_SILENCE_MAX seconds.  A venue seen for the first time is taken to be alive.  Nothing
 * is taken from an earlier poll. */

#include "base/err.h"
#include "oracle/feeder/fetch.h"

#define VENUE_SILENCE_MAX 60 /* seconds */
#define VENUE_SYMBOL_MAX  24
#define VENUE_BASE_MAX    128

enum venue_kind { VENUE_COINBASE,
		  VENUE_KRAKEN,
		  VENUE_BINANCE,
		  VENUE_KIND_COUNT };

const char *venue_name(enum venue_kind kind);
const char *venue_base_default(enum venue_kind kind); /* scheme and host */
/* ERR_NOT_FOUND. */
MUST_CHECK enum err venue_kind_of(enum venue_kind *out, const char *name);

struct quote {
	u128 bid, ask;   /* 18 decimals */
	u64 trade_time;  /* unix seconds; 0 where the venue does not say */
	u64 fingerprint; /* differs when the venue said anything new */
};

/* venue_parse reads a ticker.  ERR_SYNTAX: not what the venue is known to send; *why says in words. */
MUST_CHECK enum err venue_parse(struct quote *out, const char **why, enum venue_kind kind, const char *body,
				size_t size);

struct venue {
	enum venue_kind kind;
	char symbol[VENUE_SYMBOL_MAX];
	int quoted_in;   /* the feed whose price turns this venue's into dollars; -1: dollars */
	u64 fingerprint; /* of the last answer */
	u64 changed_at;  /* unix seconds at which it last changed; 0: never asked */
};

void venue_url(char out[FETCH_URL_MAX], const struct venue *v, const char *base);

/* venue_admit judges a parsed quote at a time and remembers what it must; fills in a trade
 * time the venue did not give.  ERR_RANGE: price 0, bid above ask or spread too wide; ERR_ORACLE_STALE:
 * nothing new for too long. */
MUST_CHECK enum err venue_admit(struct venue *v, struct quote *q, const char **why, u32 spread_max_bps, u64 now);

#endif
