#ifndef CONTRACTS_CHAIN_GENESIS_H
#define CONTRACTS_CHAIN_GENESIS_H

/* What the chain begins with, as plain structs, and the state they make.  Reading it
 * from JSON is node/genesis; this is the deterministic half.
 *
 * Order fixes numbers: token i, feed i, reserve i, reporter i live at
 * contract_address(kind, i).  Every reserve begins with indexes of one ray, its rates at
 * the base rate, and its clock at genesis time. */

#include "contracts-native/state/state.h"

#define GENESIS_TOKENS_MAX    128
#define GENESIS_FEEDS_MAX     128
#define GENESIS_RESERVES_MAX  128
#define GENESIS_EMODES_MAX    255
#define GENESIS_REPORTERS_MAX 64

struct genesis_token {
	char name[33], symbol[17];
	u8 decimals;
	struct u256 drip; /* faucet, base units */
};

struct genesis_feed {
	char name[48];        /* "ETH/USD:spot:1": its Keccak is the feed id */
	char description[33]; /* "ETH / USD" */
	u32 max_age;          /* seconds */
	u32 venues_min;
	struct u256 answer; /* first price, 8 decimals; 0 = none until a round is accepted */
};

struct genesis_reserve {
	u16 token, feed;
	u16 ltv, liquidation_threshold, liquidation_bonus;
	u16 reserve_factor, liquidation_protocol_fee; /* bps */
	u64 supply_cap, borrow_cap;                   /* whole tokens, 0 = none */
	u64 debt_ceiling;                             /* dollars, 2 decimals, 0 = not isolated */
	bool borrowing, flash_loans, borrowable_in_isolation, siloed;
	u32 optimal, base, slope1, slope2; /* bps */
};

struct genesis_emode {
	u8 id;
	char label[65];
	u16 ltv, liquidation_threshold, liquidation_bonus;
	struct u128le collateral, borrowable, ltvzero; /* bit i: reserve i */
};

struct genesis_balance {
	struct address owner;
	bool is_native;
	u16 token; /* unless native */
	struct u256 amount;
};

struct genesis {
	u64 chain_id, time, gas_limit;
	struct u256 base_fee;
	bool devnet;
	struct address coinbase, admin, treasury, umbrella;
	u32 flash_premium; /* bps */
	u64 oracle_set_id, oracle_period;
	struct hash id; /* Keccak of the canonical text */
	struct genesis_token *tokens;
	struct genesis_feed *feeds;
	struct genesis_reserve *reserves;
	struct genesis_emode *emodes;
	struct address *reporters;
	struct genesis_balance *balances;
	u32 token_count, feed_count, reserve_count, emode_count, reporter_count, balance_count;
};

/* genesis_check tells whether the numbers make a market: limits of Aave's configurator, indexes
 * in range, 3f+1 reporters (or none).  On failure *why names the field in words. */
MUST_CHECK enum err genesis_check(const struct genesis *g, const char **why);

/* genesis_apply writes the records into an empty state.  Requires genesis_check == OK.
 * ERR_FULL: out of memory.  ERR_ARITHMETIC: balances of a token exceed 2^256-1. */
MUST_CHECK enum err genesis_apply(struct state *s, const struct genesis *g);

#endif
