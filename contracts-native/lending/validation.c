#include "contracts-native/lending/validation.h"

#define GAS_PER_ASSET 20000 /* of a flash loan */

enum err refuse_if(struct call *c, bool condition, enum revert_name name)
{
	return condition ? call_revert(c, name) : OK;
}

static bool same(const struct address *a, const struct address *b)
{
	return address_cmp(a, b) == 0;
}

/* -- supply ------------------------------------------------------------------------- */

/* The cap is in whole tokens; 0 is none. */
static enum err refuse_above_cap(struct call *c, const struct reserve_open *m, enum config_field cap,
				 struct amount total, enum revert_name name)
{
	struct amount limit;

	TRY(amount_of_whole(&limit, reserve_config(m, cap), m->unit));
	return refuse_if(c, amount_cmp(total, limit) > 0, name);
}

/* What the treasury has coming counts as supplied. */
static enum err supply_cap_holds(struct call *c, const struct accrual *a, struct scaled more)
{
	const struct reserve_open *m = a->reserve;
	struct scaled total;
	struct amount whole;

	if (reserve_config(m, CONFIG_SUPPLY_CAP) == 0)
		return OK;
	TRY(scaled_add(&total, scaled_from(m->r.scaled_supply), more));
	TRY(scaled_add(&total, total, scaled_of(m->r.accrued_to_treasury)));
	TRY(scaled_to_amount_down(&whole, total, a->liquidity_index));
	return refuse_above_cap(c, m, CONFIG_SUPPLY_CAP, whole, REVERT_SupplyCapExceeded);
}

enum err validate_running(struct call *c, const struct reserve_open *m)
{
	TRY(refuse_if(c, !reserve_is(m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	return refuse_if(c, reserve_is(m, CONFIG_PAUSED), REVERT_ReservePaused);
}

enum err validate_supply(struct call *c, const struct accrual *a, struct scaled scaled,
			 const struct address *beneficiary)
{
	const struct reserve_open *m = a->reserve;

	TRY(refuse_if(c, scaled_is_zero(scaled), REVERT_InvalidAmount));
	TRY(refuse_if(c, !reserve_is(m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	TRY(refuse_if(c, reserve_is(m, CONFIG_PAUSED), REVERT_ReservePaused));
	TRY(refuse_if(c, reserve_is(m, CONFIG_FROZEN), REVERT_ReserveFrozen));
	TRY(refuse_if(c, same(beneficiary, &m->atoken), REVERT_SupplyToAToken));
	return supply_cap_holds(c, a, scaled);
}

enum err validate_withdraw(struct call *c, const struct reserve_open *m, struct scaled scaled,
			   struct scaled held)
{
	TRY(refuse_if(c, scaled_is_zero(scaled), REVERT_InvalidAmount));
	TRY(refuse_if(c, scaled_cmp(scaled, held) > 0, REVERT_NotEnoughAvailableUserBalance));
	TRY(refuse_if(c, !reserve_is(m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	return refuse_if(c, reserve_is(m, CONFIG_PAUSED), REVERT_ReservePaused);
}

enum err validate_pledge(struct call *c, const struct reserve_open *m, const struct address *owner,
			 const struct user *u)
{
	struct scaled held = scaled_of(position_of(c->state, m->id, owner).scaled_supply);

	TRY(refuse_if(c, scaled_is_zero(held), REVERT_UnderlyingBalanceZero));
	return refuse_if(c, !user_may_pledge(c->state, u, m), REVERT_UserInIsolationModeOrLtvZero);
}

/* -- borrow --------------------------------------------------------------------------- */

/* In a category its bitmap decides, and the reserve's own flag does not matter. */
static enum err category_allows(struct call *c, const struct reserve_open *m, const struct user *debtor)
{
	struct emode e;

	if (debtor->emode == 0)
		return refuse_if(c, !reserve_is(m, CONFIG_BORROWING), REVERT_BorrowingNotEnabled);
	e = emode_of(c->state, debtor->emode);
	return refuse_if(c, !emode_has(e.borrowable, m->id), REVERT_NotBorrowableInEMode);
}

static enum err supplies_suffice(struct call *c, const struct reserve_open *m, struct amount wanted)
{
	struct amount supplied;

	TRY(reserve_total_supply(&supplied, &m->r, c->exec->block->time));
	return refuse_if(c, amount_cmp(supplied, wanted) < 0, REVERT_InvalidAmount);
}

static enum err borrow_cap_holds(struct call *c, const struct accrual *a, struct scaled more)
{
	struct scaled total;
	struct amount whole;

	if (reserve_config(a->reserve, CONFIG_BORROW_CAP) == 0)
		return OK;
	TRY(scaled_add(&total, a->debt_before, more));
	TRY(scaled_to_amount_up(&whole, total, a->borrow_index));
	return refuse_above_cap(c, a->reserve, CONFIG_BORROW_CAP, whole, REVERT_BorrowCapExceeded);
}

/* A siloed debt stands alone, in either order. */
static enum err silo_allows(struct call *c, const struct reserve_open *m, const struct user *debtor)
{
	struct reserve_key only;

	if (!user_borrows_any(debtor))
		return OK;
	if (user_borrows_one(debtor, &only.id) &&
	    config_get(&reserve_peek(c->state, &only)->configuration, CONFIG_SILOED) != 0)
		return refuse_if(c, only.id != m->id, REVERT_SiloedBorrowingViolation);
	return refuse_if(c, reserve_is(m, CONFIG_SILOED), REVERT_SiloedBorrowingViolation);
}

enum err validate_borrow(struct call *c, const struct accrual *a, const struct loan *loan,
			 struct scaled scaled, const struct user *debtor)
{
	const struct reserve_open *m = a->reserve;
	struct amount real;

	TRY(refuse_if(c, scaled_is_zero(scaled), REVERT_InvalidAmount));
	TRY(scaled_to_amount_up(&real, scaled, a->borrow_index));
	TRY(refuse_if(c, !reserve_is(m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	TRY(refuse_if(c, reserve_is(m, CONFIG_PAUSED), REVERT_ReservePaused));
	TRY(refuse_if(c, reserve_is(m, CONFIG_FROZEN), REVERT_ReserveFrozen));
	TRY(category_allows(c, m, debtor));
	TRY(supplies_suffice(c, m, real));
	TRY(refuse_if(c, loan->rate_mode != RATE_MODE_VARIABLE, REVERT_InvalidInterestRateModeSelected));
	TRY(borrow_cap_holds(c, a, scaled));
	return silo_allows(c, m, debtor);
}

enum err validate_repay(struct call *c, const struct reserve_open *m, const struct repayment *r,
			struct scaled debt)
{
	bool everything = amount_cmp(r->amount, AMOUNT_MAX) == 0;

	TRY(refuse_if(c, amount_is_zero(r->amount), REVERT_InvalidAmount));
	TRY(refuse_if(c, r->rate_mode != RATE_MODE_VARIABLE, REVERT_InvalidInterestRateModeSelected));
	TRY(refuse_if(c, everything && !same(&c->caller, &r->debtor), REVERT_NoExplicitAmountToRepayOnBehalf));
	TRY(refuse_if(c, !reserve_is(m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	TRY(refuse_if(c, reserve_is(m, CONFIG_PAUSED), REVERT_ReservePaused));
	return refuse_if(c, scaled_is_zero(debt), REVERT_NoDebtOfSelectedType);
}

/* -- efficiency mode ---------------------------------------------------------------------- */

static enum err refuse_emode(struct call *c, enum revert_name name, const struct reserve_open *m, u8 category)
{
	struct u256 words[] = { word_of_address(&m->asset), u256_from_u64(category) };

	return call_revert_with(c, name, words, 2);
}

static bool may_be_borrowed(const struct reserve_open *m, const struct emode *e, u8 category)
{
	return category == 0 ? reserve_is(m, CONFIG_BORROWING) : emode_has(e->borrowable, m->id);
}

/* Reserve by reserve: first what is owed, then what backs it. */
enum err validate_emode(struct call *c, const struct user *u, const struct emode *e, u8 category)
{
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	TRY(refuse_if(c, category != 0 && e->liquidation_threshold == 0, REVERT_InconsistentEModeCategory));
	for (u16 i = 0; i < count; i++) {
		bool owes = user_borrows(u, ids[i]), pledges = user_pledges(u, ids[i]);
		struct reserve_open m;

		if (!owes && !pledges)
			continue;
		reserve_load(c->state, &m, ids[i]);
		if (owes && !may_be_borrowed(&m, e, category))
			return refuse_emode(c, REVERT_InvalidDebtInEmode, &m, category);
		if (pledges && emode_ltv(e, category, &m) == 0)
			return refuse_emode(c, REVERT_InvalidCollateralInEmode, &m, category);
	}
	return OK;
}

/* -- liquidation --------------------------------------------------------------------------- */

static bool either(const struct liquidation_facts *f, enum config_field flag)
{
	return reserve_is(f->collateral, flag) || reserve_is(f->debt, flag);
}

static bool both(const struct liquidation_facts *f, enum config_field flag)
{
	return reserve_is(f->collateral, flag) && reserve_is(f->debt, flag);
}

enum err validate_liquidation(struct call *c, const struct liquidation_facts *f)
{
	u64 now = c->exec->block->time;
	bool graced = f->collateral->r.grace_until >= now || f->debt->r.grace_until >= now;
	bool pledged = user_pledges(f->user, f->collateral->id);

	TRY(refuse_if(c, same(f->borrower, &c->caller), REVERT_SelfLiquidation));
	TRY(refuse_if(c, !both(f, CONFIG_ACTIVE), REVERT_ReserveInactive));
	TRY(refuse_if(c, either(f, CONFIG_PAUSED), REVERT_ReservePaused));
	TRY(refuse_if(c, graced, REVERT_LiquidationGraceSentinelCheckFailed));
	TRY(refuse_if(c, wad_cmp(f->health, wad_one()) >= 0, REVERT_HealthFactorNotBelowThreshold));
	TRY(refuse_if(c, !pledged, REVERT_CollateralCannotBeLiquidated));
	return refuse_if(c, amount_is_zero(f->owed), REVERT_SpecifiedCurrencyNotBorrowedByUser);
}

/* -- flash loans, deficits --------------------------------------------------------------------- */

enum err validate_flash_simple(struct call *c, const struct address *asset, struct amount amount)
{
	struct reserve_open m;

	TRY(refuse_if(c, !reserve_find(c->state, &m, asset), REVERT_ReserveInactive));
	TRY(refuse_if(c, reserve_is(&m, CONFIG_PAUSED), REVERT_ReservePaused));
	TRY(refuse_if(c, !reserve_is(&m, CONFIG_ACTIVE), REVERT_ReserveInactive));
	TRY(refuse_if(c, !reserve_is(&m, CONFIG_FLASH_LOANS), REVERT_FlashloanDisabled));
	return supplies_suffice(c, &m, amount);
}

static bool returns_later(const struct abi_view *assets, u32 index)
{
	struct address asset = abi_address(assets, index);

	for (u32 i = index + 1; i < assets->count; i++) {
		struct address other = abi_address(assets, i);

		if (same(&asset, &other))
			return true;
	}
	return false;
}

enum err validate_flash(struct call *c, const struct flash_loan *f)
{
	u32 count = f->assets.count;

	TRY(refuse_if(c, count != f->amounts.count, REVERT_InconsistentFlashloanParams));
	TRY(call_charge(c, GAS_PER_ASSET * (u64)count));
	for (u32 i = 0; i < count; i++) {
		struct address asset = abi_address(&f->assets, i);

		TRY(refuse_if(c, returns_later(&f->assets, i), REVERT_InconsistentFlashloanParams));
		TRY(validate_flash_simple(c, &asset, amount_from(abi_u256(&f->amounts, i))));
	}
	return OK;
}

enum err validate_cover(struct call *c, const struct address *asset, struct amount amount)
{
	struct user u = user_of(c->state, &c->caller);
	struct reserve_open m = { 0 };
	struct pool settings;
	bool listed = reserve_find(c->state, &m, asset);
	bool none = !listed || amount_is_zero(amount_of(m.r.deficit));

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	TRY(refuse_if(c, !same(&c->caller, &settings.umbrella), REVERT_CallerNotUmbrella));
	TRY(refuse_if(c, amount_is_zero(amount), REVERT_InvalidAmount));
	TRY(refuse_if(c, none, REVERT_ReserveNotInDeficit));
	return refuse_if(c, user_borrows_any(&u), REVERT_UserCannotHaveDebt);
}
