#ifndef CLIENT_MARKET_H
#define CLIENT_MARKET_H

/* The reserves of the lending pool as a node lists them (plimsoll_markets), and tokens by
 * the names people use: "WETH", "aWETH" or an address. */

#include "client/contract.h"

#define MARKETS_MAX           128
#define MARKET_SYMBOL_MAX     33
#define MARKET_PRICE_DECIMALS 8

struct market {
	char symbol[MARKET_SYMBOL_MAX];
	struct address asset, atoken, debt_token;
	unsigned decimals;
	struct u256 price; /* dollars for one whole token, 8 decimals; 0: none */
	bool is_stale;
	const json_t *json; /* every field the node gave; belongs to the list */
};

struct market_list {
	struct market at[MARKETS_MAX];
	size_t count;
	json_t *json;
};

MUST_CHECK enum err market_list_read(struct market_list *out, struct rpc_client *rpc, struct fault *why);
void market_list_free(struct market_list *l);
/* By symbol (any case) or address of the underlying token; NULL: none. */
const struct market *market_named(const struct market_list *l, const char *who);
const struct market *market_of_asset(const struct market_list *l, const struct address *asset);
/* A copy that outlives the list: without json. */
struct market market_alone(const struct market *m);
/* Dollars (8 decimals) that so many base units are worth, rounded down; 2^256-1 if beyond. */
struct u256 market_value(const struct market *m, const struct u256 *amount);

/* Any ERC-20. */
struct erc20 {
	char symbol[MARKET_SYMBOL_MAX];
	struct address at;
	unsigned decimals;
};
/* erc20_find reads symbol or address; "a" before a symbol is the token of a deposit.
 * ERR_NOT_FOUND: no such token. */
MUST_CHECK enum err erc20_find(struct erc20 *out, struct rpc_client *rpc, struct fault *why, const char *who);

#endif
