#ifndef ORACLE_REPORT_H
#define ORACLE_REPORT_H

/* A reporter's signed observation of every feed.
 *
 * Wire, big-endian, canonical (nothing optional, nothing trailing):
 *     "ORP1" | version u8=1 | algorithm u8=1 | reporter u8 | 0 u8 | setId u64 | round u64
 *     | observedAt u64 | n u16
 *     | n x { feed u16, status u8, venues u8, price u128, conf u128, tradeTime u64 }
 *     | r 32 | s 32 | parity of y 1, which is 0 or 1
 *
 * What is signed is the EIP-712 digest of OracleReport; feed numbers and set id are
 * replaced by feed ids and the set digest that the chain holds, so nothing hashed is the
 * sender's choice of framing. */

#include "base/ecdsa.h"

#define REPORT_FEEDS_MAX      256
#define REPORT_REPORTERS_MAX  64
#define REPORT_HEAD_SIZE      34
#define REPORT_FEED_SIZE      44
#define REPORT_SIGNATURE_SIZE 65
#define REPORT_SIZE_MAX       (REPORT_HEAD_SIZE + REPORT_FEEDS_MAX * REPORT_FEED_SIZE + REPORT_SIGNATURE_SIZE)

#define REPORT_DOMAIN_TYPE \
	"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
#define REPORT_FEED_TYPE \
	"FeedObs(bytes32 feedId,uint128 price,uint128 conf,uint64 tradeTime,uint8 venues,uint8 status)"
#define REPORT_TYPE \
	"OracleReport(bytes32 setDigest,uint64 round,uint64 observedAt,uint8 reporter,FeedObs[] obs)" REPORT_FEED_TYPE
#define REPORT_NAME    "LendOracle"
#define REPORT_VERSION "1"

enum observation_status {
	FEED_TRADING = 1,
	FEED_HALTED = 2,
	FEED_UNSUPPORTED = 3,
};

struct observation {
	u16 feed;        /* index in the feed table, strictly ascending in a report */
	u8 status;       /* enum observation_status */
	u8 venues;       /* independent venues in the reporter's median */
	u128 price;      /* 18 decimals; 0 exactly when not trading */
	u128 confidence; /* 18 decimals; at most the price */
	u64 trade_time;  /* newest trade used, unix seconds */
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
 * ERR_TRUNCATED; ERR_SYNTAX: magic; ERR_TYPE: version or algorithm; ERR_CANONICAL: reserved byte,
 * or a price while not trading; ERR_RANGE: reporter, n, status, a trading price of 0, a confidence
 * above the price; ERR_ORDER: feeds; ERR_SIGNATURE: r, s or v out of range, or a high s. */
MUST_CHECK enum err report_decode(struct report *out, size_t *taken, struct bytes in);
/* report_observation reads the index-th observation of a wire form that report_decode accepted.
 * Requires index < its count. */
void report_observation(struct observation *out, struct bytes wire, u32 index);
/* report_encode writes the wire form; returns its size.  Requires REPORT_SIZE_MAX bytes of room. */
size_t report_encode(u8 *out, const struct report *r);

/* The EIP-712 digest.  feed_ids[i] is the id of feed i.  Requires every feed < feed_count. */
void report_digest(struct hash *out, const struct report *r, const struct report_domain *domain,
		   const struct hash *feed_ids, size_t feed_count);
/* Its two halves: the domain separator and hashStruct(OracleReport). */
void report_domain_separator(struct hash *out, const struct report_domain *domain);
void report_struct_hash(struct hash *out, const struct report *r, const struct hash *digest_of_set,
			const struct hash *feed_ids, size_t feed_count);

#endif
