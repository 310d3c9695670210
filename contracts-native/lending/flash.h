#ifndef CONTRACTS_LENDING_FLASH_H
#define CONTRACTS_LENDING_FLASH_H

/* Loans that last one call: liquidity goes out, the receiver is called back, and then the
 * pool takes amount and premium from it or turns the loan into a debt.
 *
 * Receivers are native contracts, so a receiver without code is the usual case: a bare
 * revert once everything else is in order. */

#include "contracts-native/lending/account.h"

struct flash_loan {
	struct address receiver;
	struct abi_view assets, amounts, modes;
	struct address debtor; /* owes what is not paid back (mode 2) */
	struct bytes params;
	u64 referral;
};

/* One asset, always paid back. */
MUST_CHECK enum err lending_flash_simple(struct call *c, const struct address *receiver,
					 const struct address *asset, struct amount amount,
					 struct bytes params, u64 referral);
/* Several assets, each with its own mode.  No premium for a flash borrower (acl.h). */
MUST_CHECK enum err lending_flash(struct call *c, const struct flash_loan *f);

#endif
