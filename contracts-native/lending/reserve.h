#ifndef CONTRACTS_LENDING_RESERVE_H
#define CONTRACTS_LENDING_RESERVE_H

/* One reserve of the pool while an action works on it.
 *
 *     reserve_open    a working copy of the record, by underlying token
 *     accrual_begin   what the action knew when it began: indexes, rates, scaled debt
 *     accrual_run     interest up to now, and the treasury's share of it
 *     accrual_rates   new rates after liquidity moved, and the ReserveDataUpdated event
 *     reserve_save    the copy back into the state
 *
 * Whoever reads the record from the state in between (account_data does) sees the last
 * reserve_save.  Two accruals over one working copy both count their interest for the
 * treasury, as a same-asset liquidation in Aave does. */

#include "contracts-native/lending/configuration.h"
#include "contracts-native/lending/narrow.h"

#define RESERVES_MAX     128
#define RESERVE_TIME_MAX (((u64)1 << 40) - 1) /* unix seconds: Aave's clocks have 40 bits */

struct reserve_open {
	u16 id;
	struct reserve r;
	struct address asset, atoken, debt_token;
	struct amount unit; /* 10^decimals */
};

/* reserve_find looks an underlying token up; false if it is not listed (*out unspecified).
 * reserve_find_ever finds dropped reserves too: their prices and curves can still be asked. */
bool reserve_find(struct state *s, struct reserve_open *out, const struct address *asset);
bool reserve_find_ever(struct state *s, struct reserve_open *out, const struct address *asset);
/* The same inside an action.  ERR_BARE: not listed. */
MUST_CHECK enum err reserve_open(struct call *c, struct reserve_open *out, const struct address *asset);
/* By number.  Requires the reserve to exist, or to have existed: then all of its numbers are 0. */
void reserve_load(struct state *s, struct reserve_open *out, u16 id);
void reserve_save(struct state *s, const struct reserve_open *m);
/* How many reserves there ever were: their numbers are 0 .. count - 1. */
u16 reserve_count(struct state *s);
/* The numbers of those that are listed, ascending; returns how many. */
u16 reserve_list(struct state *s, u16 ids[RESERVES_MAX]);
/* reserve_drop takes a reserve off the list for good.  Its decimals, token, feed and curve stay. */
void reserve_drop(struct state *s, const struct reserve_open *m);

/* One field of the configuration word. */
static inline u64 reserve_config(const struct reserve_open *open, enum config_field field)
{
	return config_get(&open->r.configuration, field);
}

static inline bool reserve_is(const struct reserve_open *open, enum config_field flag)
{
	return reserve_config(open, flag) != 0;
}

/* Indexes at time now, stored or not.  ERR_BARE: guard of the library.  ERR_ARITHMETIC: now
 * is before the last touch, which no block is but a simulation may be. */
MUST_CHECK enum err reserve_income(struct ray *out, const struct reserve *r, u64 now);
MUST_CHECK enum err reserve_debt_index(struct ray *out, const struct reserve *r, u64 now);
/* Totals at time now: of the aToken, and of the debt token. */
MUST_CHECK enum err reserve_total_supply(struct amount *out, const struct reserve *r, u64 now);
MUST_CHECK enum err reserve_total_debt(struct amount *out, const struct reserve *r, u64 now);

struct accrual {
	struct reserve_open *reserve;
	struct ray liquidity_index, borrow_index;
	struct ray liquidity_rate, borrow_rate; /* as stored when the action began */
	struct scaled debt_before;              /* scaled debt supply then */
	struct scaled debt;                     /* and as the action has changed it */
	u64 updated_at;
};
void accrual_begin(struct accrual *a, struct reserve_open *reserve);
/* accrual_run: at most once per accrual has an effect; none if the clock has not moved.
 * ERR_BARE, ERR_ARITHMETIC, ERR_REVERT (SafeCastOverflowedUintDowncast). */
MUST_CHECK enum err accrual_run(struct call *c, struct accrual *a);
/* accrual_rates prices the reserve as if added came and taken went, then moves the virtual
 * balance.  ERR_ARITHMETIC: liquidity is missing.  Others as accrual_run. */
MUST_CHECK enum err accrual_rates(struct call *c, struct accrual *a, struct amount added, struct amount taken);

#endif
