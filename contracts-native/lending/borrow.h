#ifndef CONTRACTS_LENDING_BORROW_H
#define CONTRACTS_LENDING_BORROW_H

/* What borrowers do: take a loan, pay it back, move between efficiency modes.
 *
 * Each checks in the order of docs/lending.md; the first failing condition names the
 * error.  The actor is c->caller. */

#include "contracts-native/lending/account.h"

#define RATE_MODE_VARIABLE 2u

/* The ABI's enum: 0 none, 1 (retired) stable, 2 variable.  ERR_PANIC_ENUM: above 2. */
MUST_CHECK enum err rate_mode_of(u64 *out, struct u256 word);

struct loan {
	struct address asset;
	struct amount amount;
	u64 rate_mode;
	u64 referral;
	struct address debtor;
	bool keeps_liquidity; /* a flash loan that stays: the tokens are out already */
};

/* lending_borrow pays loan.amount to the caller; loan.debtor owes it. */
MUST_CHECK enum err lending_borrow(struct call *c, const struct loan *loan);

struct repayment {
	struct address asset;
	struct amount amount; /* AMOUNT_MAX: all there is */
	u64 rate_mode;
	struct address debtor;
	bool with_supply; /* burns the caller's aTokens instead of taking tokens */
};

/* lending_repay: *paid is what it took, never more than the debt. */
MUST_CHECK enum err lending_repay(struct call *c, struct amount *paid, const struct repayment *repayment);

/* lending_set_emode moves owner into a category (0 leaves). */
MUST_CHECK enum err lending_set_emode(struct call *c, const struct address *owner, u8 category);

/* Pays amount of m's token off the isolated debt of collateral, not below 0.  Emits, and saves
 * the collateral; m learns of it if both are one reserve. */
MUST_CHECK enum err isolation_repay(struct call *c, struct reserve_open *collateral,
				    struct reserve_open *m, struct amount amount);

#endif
