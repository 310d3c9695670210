#ifndef ORACLE_REPORT_H
#define ORACLE_REPORT_H

/* A reporter's signed observation of every feed, and the envelope that carries a
 * quorum of them to the chain.
 *
 * Wire, big-endian, canonical (nothing optional, nothing trailing):
 *     report    "ORP1" | ver u8=1 | alg u8=1 | reporter u8 | 0 u8 | setId u64 | round u64
 *               | observedAt u64 | n u16
 *               | n x { feed u16, status u8, venues u8, price u128, conf u128, tradeTime u64 }
 *               | r 32 | s 32 | v 1
 *     envelope  "ORA1" | setId u64 | round u64 | bitmap u64 | reports, ascending reporter
 *
 * What is signed is the EIP-712 digest of OracleReport; feed numbers and set id are
 * replaced by feed ids and the set digest that the chain holds, so nothing hashed is the
 * sender's choice of framing. */

#include "base/ecdsa.h"

#define REPORT_FEEDS_MAX     256
#define REPORT_REPORTERS_MAX 64
#define REPORT_HEAD_SIZE     34
#define REPORT_FEED_SIZE     44
#define REPORT_SIGNATURE_SIZE 65
#define REPORT_SIZE_MAX (REPORT_HEAD_SIZE + REPORT_FEEDS_MAX * REPORT_FEED_SIZE + REPORT_SIGNATURE_SIZE)
#define ENVELOPE_HEAD_SIZE   28

enum feed_status { FEED_TRADING = 1, FEED_HALTED = 2, FEED_UNSUPPORTED = 3 };

struct observation {
	u16 feed;         /* index in the feed table, strictly ascending in a report */
	u8 status;        /* enum feed_status */
	u8 venues;        /* independent venues in the reporter's median */
	u128 price;       /* 18 decimals; 0 unless trading */
	u128 confidence;  /* 18 decimals */
	u64 trade_time;   /* newest trade used, unix seconds */
};

struct report {
	u8 reporter;
	u64 set_id, round, observed_at;
	u16 count;
	struct observation observations[REPORT_FEEDS_MAX];
	struct signature signature;
};

/* What separates one chain's reports from another's. */
struct report_domain {
	u64 chain_id;
	struct address aggregator; /* verifyingContract */
	struct hash salt;          /* genesis id */
	struct hash set_digest;
};

/* report_decode reads one report from the front of in and tells how many bytes it took.
 * ERR_TRUNCATED, ERR_SYNTAX (magic), ERR_TYPE (version, algorithm), ERR_CANONICAL (reserved byte,
 * price while not trading), ERR_RANGE (n, status), ERR_ORDER (feeds), ERR_SIGNATURE (r, s, v). */
MUST_CHECK enum err report_decode(struct report *out, size_t *taken, struct bytes in);
/* report_encode writes the wire form; returns its size.  Requires capacity >= REPORT_SIZE_MAX. */
size_t report_encode(u8 *out, const struct report *r);

/* The EIP-712 digest.  feed_ids[i] is the id of feed i.  Requires every feed < feed_count. */
void report_digest(struct hash *out, const struct report *r, const struct report_domain *domain,
		   const struct hash *feed_ids, size_t feed_count);
void report_domain_separator(struct hash *out, const struct report_domain *domain);

/* setDigest = keccak(abi.encode(typehash, chainId, aggregator, setId, f, reporters[], feedTableRoot)). */
struct set_terms {
	u64 chain_id, set_id, faulty_max;
	struct address aggregator;
	const struct address *reporters;
	size_t reporter_count;
	struct hash feed_table; /* keccak over every feed's id and parameters */
};
void set_digest(struct hash *out, const struct set_terms *terms);

/* envelope_decode checks the frame and each report's, one set and one round throughout; it does not
 * check signatures.  ERR_ORDER, ERR_ORACLE_SET, ERR_ORACLE_ROUND, ERR_RANGE, ERR_TRAILING.
 * reports[i] is the i-th report; count <= REPORT_REPORTERS_MAX. */
struct envelope {
	u64 set_id, round, bitmap;
	u32 count;
	struct bytes reports[REPORT_REPORTERS_MAX]; /* wire form of each, borrowed */
};
MUST_CHECK enum err envelope_decode(struct envelope *out, struct bytes in);
/* envelope_encode joins reports already in ascending order; returns the size, 0 if it does not fit. */
size_t envelope_encode(u8 *out, size_t capacity, u64 set_id, u64 round, const struct bytes *reports,
		       const u8 *reporters, size_t count);

#endif
