#ifndef PLIMSOLL_PLAN_H
#define PLIMSOLL_PLAN_H

/* What a transaction is to be, when its sender decides instead of asking the node: options of
 * send.  With --offline they must say everything. */

#include "cmd/plimsoll/cli.h"

#define PLAN_OPTIONS \
	{ "--nonce", "N", "how many transactions the account sent before (the node knows)" }, \
		{ "--gas", "N", "most gas it may use (estimated, and a fifth)" }, \
		{ "--max-fee", "WEI", "most it may pay for each gas: wei, or like 1.5gwei (the node's price)" }, \
		{ "--tip", "WEI", "part of --max-fee that goes to the block's maker (what the node recommends)" }, \
		{ "--chain-id", "N", "the chain it is for (the node's)" }, \
		{ "--offline", NULL, "sign and print it; no node is asked" }, \
	{ \
		"--decimals", "N", "with --offline: those of the token" \
	}

/* Fills plan, is_offline and chain_id of c. */
MUST_CHECK enum err plan_read(struct cli *c);
/* A token without a node: its address, and --decimals. */
MUST_CHECK enum err plan_token(struct cli *c, struct erc20 *out, const char *who);

#endif
