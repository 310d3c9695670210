#ifndef CONTRACTS_LENDING_DEBT_TOKEN_H
#define CONTRACTS_LENDING_DEBT_TOKEN_H

/* The variable debt token of a reserve: what users owe, as a token that cannot be moved.
 * Its one allowance is credit delegation: who may borrow on whose account. */

#include "contracts-native/lending/position.h"

/* debt_token_spend takes a loan of amount (scaled at index) out of what delegator allowed
 * delegatee.  The allowance shrinks by what the visible debt grows, never below 0.
 * InsufficientBorrowAllowance(delegatee, allowance, amount). */
MUST_CHECK enum err debt_token_spend(struct call *c, u16 reserve, const struct address *delegator,
				     const struct address *delegatee, struct amount amount,
				     struct scaled scaled, struct ray index);

extern const struct contract DEBT_TOKEN_CONTRACT;

#endif
