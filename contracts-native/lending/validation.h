#ifndef CONTRACTS_LENDING_VALIDATION_H
#define CONTRACTS_LENDING_VALIDATION_H

/* What each action requires, one condition a line, in the order in which Aave asks: the
 * first that does not hold names the error (docs/lending.md, "Order of validation").
 *
 * These read and never write.  What can only be known later stands where it is known: the
 * delegation and the isolated debt of a loan (borrow.c), dust (liquidation.c), and health,
 * which account_require judges when all else is done. */

#include "contracts-native/lending/borrow.h"
#include "contracts-native/lending/flash.h"
#include "contracts-native/lending/liquidation.h"

/* OK unless the condition holds. */
MUST_CHECK enum err refuse_if(struct call *c, bool condition, enum revert_name name);

MUST_CHECK enum err validate_supply(struct call *c, const struct accrual *a, struct scaled scaled,
				    const struct address *beneficiary);
/* held is the caller's whole scaled supply. */
MUST_CHECK enum err validate_withdraw(struct call *c, const struct reserve_open *m, struct scaled scaled,
				      struct scaled held);
/* To be asked before anything else about a collateral switch; then nothing may be to do. */
MUST_CHECK enum err validate_running(struct call *c, const struct reserve_open *m);
MUST_CHECK enum err validate_pledge(struct call *c, const struct reserve_open *m, const struct address *owner,
				    const struct user *u);
MUST_CHECK enum err validate_borrow(struct call *c, const struct accrual *a, const struct loan *loan,
				    struct scaled scaled, const struct user *debtor);
MUST_CHECK enum err validate_repay(struct call *c, const struct reserve_open *m, const struct repayment *r,
				   struct scaled debt);
MUST_CHECK enum err validate_emode(struct call *c, const struct user *u, const struct emode *e, u8 category);

/* What a liquidation is judged by. */
struct liquidation_facts {
	const struct reserve_open *collateral, *debt;
	const struct address *borrower;
	const struct user *user; /* the borrower's switches */
	struct wad health;
	struct amount owed; /* of the debt reserve */
};
MUST_CHECK enum err validate_liquidation(struct call *c, const struct liquidation_facts *f);

MUST_CHECK enum err validate_flash_simple(struct call *c, const struct address *asset, struct amount amount);
MUST_CHECK enum err validate_flash(struct call *c, const struct flash_loan *f);
MUST_CHECK enum err validate_cover(struct call *c, const struct address *asset, struct amount amount);

#endif
