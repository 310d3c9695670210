#ifndef RPC_MARKET_H
#define RPC_MARKET_H

/* One reserve as plimsoll_* methods show it: its records, and what its contracts say.
 *
 * In the answers token amounts are whole numbers of base units, dollars and ratios are
 * decimals; all of them are strings. */

#include "rpc/simulate.h"

struct market {
	u16 id;
	struct reserve reserve;
	struct token token;
	struct feed feed;
	struct address asset, atoken, debt_token;
	struct amount unit; /* 10^decimals */
	struct price price; /* dollars, 8 decimals; 0: none yet */
	bool is_stale;      /* older than the feed allows, at the reader's time */
};

/* Reads reserve number id from the reader.  false: there is none. */
bool market_read(struct rpc *c, struct market *out, u16 id);
u16 market_count(struct rpc *c);
/* The market of an underlying token; false: it is not listed. */
bool market_find(struct rpc *c, struct market *out, const struct address *asset);
/* Whether an account holds or owes anything there. */
bool market_is_used(struct rpc *c, u16 id, const struct address *owner);
/* The symbol of the underlying token. */
void market_symbol(struct json_writer *w, const char *key, const struct market *m);
/* Writes one reserve as plimsoll_markets lists it, and one feed as plimsoll_oracleInfo does; is_whole false: only what never
 * changes and what its log tells, null for the rest. */
enum rpc_code market_write(struct rpc *c, const char *key, const struct market *m);
void feed_show(struct rpc *c, const char *key, u16 index, const struct feed *f, bool is_whole);
/* A view of one contract that answers one number. */
enum rpc_code contract_ask_number(struct rpc *c, struct u256 *out, const struct address *to,
				  const char *signature, const struct u256 *words, u32 count);

/* getUserAccountData. */
struct account_totals {
	struct u256 collateral, debt, available, threshold, ltv, health;
};
enum rpc_code account_totals_ask(struct rpc *c, struct account_totals *out, const struct address *owner);
/* A health factor: a decimal, or null while nothing is owed.  NULL: nobody knows it, also null. */
void health_write_wad(struct json_writer *w, const char *key, const struct u256 *health);

#endif
