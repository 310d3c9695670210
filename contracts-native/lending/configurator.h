#ifndef CONTRACTS_LENDING_CONFIGURATOR_H
#define CONTRACTS_LENDING_CONFIGURATOR_H

/* Governance of the pool: Aave's PoolConfigurator.  Genesis lists the reserves, so the
 * methods that list one or replace code are refused; who may call the others: acl.h.
 *
 * Setters do not accrue interest or touch rates, except those of the reserve factor and of
 * the rate curve.  configurator_collateral.c has what collateral is worth,
 * configurator_emode.c the categories. */

#include "contracts-native/lending/acl.h"
#include "contracts-native/lending/reserve.h"

/* The reserve of argument 0.  AssetNotListed. */
MUST_CHECK enum err listed_argument(struct call *c, struct reserve_open *m);
/* ReserveLiquidityNotZero if anybody supplies the reserve. */
MUST_CHECK enum err require_no_suppliers(struct call *c, const struct reserve_open *m);
/* A bonus must be above 10000 and leave collateral to pay it; else name. */
MUST_CHECK enum err check_bonus(struct call *c, struct u256 threshold, struct u256 bonus, enum revert_name name);
/* Sets or clears asset's ltvzero bit in a category.  Emits. */
void set_ltvzero(struct call *c, const struct reserve_open *m, u8 category, bool on);

/* Emits an event of an asset and up to three more words. */
void configurator_emit(struct call *c, enum event_name name, const struct reserve_open *m,
		       const struct u256 *more, u32 count);

/* Method of configurator_listing.c. */
enum err configurator_drop(struct call *c);
/* Methods of configurator_collateral.c. */
enum err configurator_set_freeze(struct call *c);
enum err configurator_set_ltvzero(struct call *c);
enum err configurator_set_collateral(struct call *c);
/* Methods of configurator_emode.c. */
enum err configurator_set_category(struct call *c);
enum err configurator_set_emode_collateral(struct call *c);
enum err configurator_set_emode_borrowable(struct call *c);
enum err configurator_set_emode_ltvzero(struct call *c);

extern const struct contract CONFIGURATOR_CONTRACT;

#endif
