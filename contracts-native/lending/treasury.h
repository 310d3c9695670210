#ifndef CONTRACTS_LENDING_TREASURY_H
#define CONTRACTS_LENDING_TREASURY_H

/* The protocol's own money: its share of the interest, and the losses that somebody has
 * to make good. */

#include "contracts-native/lending/account.h"

/* lending_mint_to_treasury turns a reserve's accrued share into aTokens of the treasury.
 * Unlisted, inactive and empty ones are skipped; nothing accrues by it. */
MUST_CHECK enum err lending_mint_to_treasury(struct call *c, const struct address *asset);

/* lending_cover_deficit burns the umbrella's aTokens against a reserve's deficit. */
MUST_CHECK enum err lending_cover_deficit(struct call *c, struct amount *covered,
					  const struct address *asset, struct amount amount);

#endif
