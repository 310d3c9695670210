#ifndef ORACLE_SET_H
#define ORACLE_SET_H

/* What a reporter agrees to by signing: who the reporters are, how many may be faulty,
 * and what each feed means.  Every report commits to its digest, so a report can not be
 * taken for one of another set, feed table, aggregator or chain.
 *
 *     setDigest = keccak(abi.encode(keccak(SET_TYPE), chainId, aggregator, setId, f,
 *                                   reporters[], feedTable))
 *     feedTable = keccak(concatenation over feeds of id | decimals | maxAge | venuesMin)
 *
 * each of the four a 32-byte word. */

#include "oracle/report.h"

#define SET_TYPE \
	"ReporterSet(uint256 chainId,address aggregator,uint64 setId,uint64 f,address[] reporters," \
	"bytes32 feedTable)"
#define SET_PRICE_DECIMALS 18

struct feed_terms {
	struct hash id; /* keccak("ETH/USD:spot:1") */
	u32 max_age;    /* seconds */
	u32 venues_min;
};

struct set_terms {
	u64 chain_id, set_id, faulty_max;
	struct address aggregator;
	const struct address *reporters;
	size_t reporter_count; /* at most REPORT_REPORTERS_MAX */
	struct hash feed_table;
};

/* Requires count <= REPORT_FEEDS_MAX. */
void feed_table_digest(struct hash *out, const struct feed_terms *feeds, size_t count);
void set_digest(struct hash *out, const struct set_terms *terms);

#endif
