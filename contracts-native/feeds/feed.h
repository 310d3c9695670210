#ifndef CONTRACTS_FEEDS_FEED_H
#define CONTRACTS_FEEDS_FEED_H

/* One price feed, as Chainlink's AggregatorV3Interface shows it: 8 decimals, rounds
 * counted from 1, the newest FEED_HISTORY of them kept.
 *
 *     roundId = phase << 64 | round        phase is 1 for the life of a chain
 *
 * latestRoundData and getRoundData fail with "No data present" for a round that is not
 * there, and for one whose answer rounds to 0: a price is never reported as 0.  The legacy
 * latestAnswer, latestTimestamp and latestRound never fail and may be 0, nor do getAnswer and
 * getTimestamp, which are 0 for a round that is not there, as their callers expect.  Nothing here
 * hides a stale price: updatedAt tells, latestPriceV2 adds the confidence, and the bits of
 * oracle/feed.h judge it.
 *
 * Events carry the round without its phase, as Chainlink's aggregators emit them. */

#include "contracts-native/dispatch/call.h"
#include "oracle/feed.h"

#define FEED_DECIMALS 8
#define FEED_VERSION  4
#define FEED_PHASE    1

extern const struct contract FEED_CONTRACT;
bool feed_exists(struct state *s, u16 index);

/* The bits of a feed at a time. */
u32 feed_status(const struct feed *f, u64 now);

/* A price of 18 decimals as an answer of 8, rounded half up. */
struct u256 feed_answer_near(u128 price);

u128 feed_price(const struct feed *f);
u128 feed_confidence(const struct feed *f);
/* "ETH / USD", without its padding. */
struct bytes feed_description(const struct feed *f);
void feed_set_price(struct feed *f, u128 price, u128 confidence);

/* feed_advance makes what f says the next round: counts it, writes it to the feed and its
 * history, and emits AnswerUpdated.  Requires answer, observed_at and updated_at to be set. */
void feed_advance(struct call *c, u16 index, struct feed *f);

/* feed_genesis gives f its first round at time, by hand; an answer of 0 is none. */
void feed_genesis(struct state *s, u16 index, struct feed *f, const struct u256 *answer, u64 time);

#endif
