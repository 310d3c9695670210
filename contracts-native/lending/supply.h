#ifndef CONTRACTS_LENDING_SUPPLY_H
#define CONTRACTS_LENDING_SUPPLY_H

/* What suppliers do: bring tokens, take them back, pass them on, pledge them.
 *
 * Each checks in the order of docs/lending.md; the first failing condition names the
 * error.  The actor is c->caller unless a parameter says otherwise. */

#include "contracts-native/lending/account.h"

/* lending_supply moves amount from the caller into the reserve for beneficiary. */
MUST_CHECK enum err lending_supply(struct call *c, const struct address *asset, struct amount amount,
				   const struct address *beneficiary, u64 referral);

/* lending_withdraw pays amount (AMOUNT_MAX: all) of the caller's supply to receiver. */
MUST_CHECK enum err lending_withdraw(struct call *c, struct amount *paid, const struct address *asset,
				     struct amount amount, const struct address *receiver);

/* lending_pledge switches a reserve on or off as owner's collateral. */
MUST_CHECK enum err lending_pledge(struct call *c, const struct address *owner,
				   const struct address *asset, bool use);

/* lending_transfer moves aTokens of the reserve; sender is shown in events. */
MUST_CHECK enum err lending_transfer(struct call *c, u16 reserve, const struct address *sender,
				     const struct address *from, const struct address *to,
				     struct amount amount);

/* After owner's supply shrank: the collateral bit goes with the last unit, and debts must
 * still be covered.  Does nothing if the reserve is not pledged. */
MUST_CHECK enum err lending_released(struct call *c, const struct address *owner,
				     const struct reserve_open *m, bool emptied,
				     enum account_check check);

#endif
