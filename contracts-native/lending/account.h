#ifndef CONTRACTS_LENDING_ACCOUNT_H
#define CONTRACTS_LENDING_ACCOUNT_H

/* A user's account across all reserves: which it borrows and which back it, what it is
 * worth in dollars, and whether it may stand as it is.
 *
 *     health = sum(collateral * threshold) / debt        1 and above is healthy
 *
 * account_data is the one valuation of the chain: reads, borrowing, liquidation and
 * simulation all ask it.  account_require is the one check; every action that may hurt an
 * account ends in it. */

#include "contracts-native/lending/position.h"

struct account_data {
	struct value collateral, debt;
	u32 ltv, threshold; /* averages weighted by collateral, bps */
	struct wad health;  /* 2^256-1 without debt */
	bool has_zero_ltv;  /* some collateral may not be borrowed against */
};

/* -- what a user has switched on ------------------------------------------------ */

struct user user_of(struct state *s, const struct address *owner);
bool user_borrows(const struct user *u, u16 reserve);
bool user_pledges(const struct user *u, u16 reserve); /* uses it as collateral */
bool user_borrows_any(const struct user *u);
/* The only reserve that is borrowed (or pledged), if exactly one is. */
bool user_borrows_one(const struct user *u, u16 *reserve);
bool user_pledges_one(const struct user *u, u16 *reserve);
bool user_pledges_any(const struct user *u);

/* Answers with the user as it is then. */
struct user user_set_borrowing(struct call *c, const struct address *owner, const struct reserve_open *m, bool on);
/* Emits ReserveUsedAsCollateralEnabled or -Disabled. */
void user_set_collateral(struct call *c, const struct address *owner, const struct reserve_open *m, bool on);

/* Whether the user is in isolation: a single pledged reserve, with a debt ceiling, which is
 * loaded into *collateral then. */
bool user_isolation(struct state *s, const struct user *u, struct reserve_open *collateral);
/* Whether the user could pledge this reserve now. */
bool user_may_pledge(struct state *s, const struct user *u, const struct reserve_open *m);

/* -- efficiency mode -------------------------------------------------------------- */

struct emode emode_of(struct state *s, u64 id); /* zeros for none */
bool emode_has(struct u128le bitmap, u16 reserve);
/* The loan-to-value of a reserve for a user of a category, and its bonus. */
u32 emode_ltv(const struct emode *e, u64 id, const struct reserve_open *m);
u32 emode_bonus(const struct emode *e, u64 id, const struct reserve_open *m);

/* -- value ---------------------------------------------------------------------------- */

/* Dollars for one whole token.  ERR_BARE: the feed has no positive answer. */
MUST_CHECK enum err reserve_price(struct state *s, struct price *out, const struct reserve *r);

/* account_data values everything at the block's time and prices, under u's category.
 * Charges gas for every reserve it walks.  ERR_BARE: a needed feed is dead;
 * ERR_ARITHMETIC: sums beyond 256 bits; ERR_OUT_OF_GAS. */
MUST_CHECK enum err account_data(struct call *c, struct account_data *out, const struct address *owner,
				 const struct user *u);
/* collateral * ltv - debt, 0 if negative. */
MUST_CHECK enum err account_available(struct value *out, const struct account_data *a);

enum account_check {
	ACCOUNT_HEALTHY,     /* HealthFactorLowerThanLiquidationThreshold */
	ACCOUNT_MAY_RELEASE, /* that, and LtvValidationFailed: zero-ltv collateral leaves first */
	ACCOUNT_MAY_BORROW,  /* LtvValidationFailed, Health..., CollateralCannotCoverNewBorrow */
};

/* account_require fails with the check's errors if the account may not stand.  released is
 * the reserve that gave up collateral (ACCOUNT_MAY_RELEASE), NULL otherwise.  Within a batch
 * (exec->deferred) it answers OK at once: whoever opened the batch requires every account it
 * touched at its end. */
MUST_CHECK enum err account_require(struct call *c, const struct address *owner,
				    enum account_check check, const struct reserve_open *released);

#endif
