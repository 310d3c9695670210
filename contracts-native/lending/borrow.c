#include "contracts-native/lending/borrow.h"

#include "contracts-native/lending/debt_token.h"
#include "contracts-native/lending/supply.h"
#include "contracts-native/token/token.h"

#define ISOLATION_DECIMALS 2 /* of the debt ceiling and of what counts against it */

static const struct amount none;
static const struct address nobody;

enum err rate_mode_of(u64 *out, struct u256 word)
{
	if (!u256_fits(&word, 2) || u256_low64(&word) > RATE_MODE_VARIABLE)
		return ERR_PANIC_ENUM;
	*out = u256_low64(&word);
	return OK;
}

/* -- isolation --------------------------------------------------------------------- */

/* amount / 10^(decimals - 2), floor. */
static enum err isolated_units(struct call *c, struct u128le *out, const struct reserve_open *m,
			       struct amount amount)
{
	struct u256 units = amount_raw(amount), divisor;
	u64 decimals = reserve_config(m, CONFIG_DECIMALS);

	if (decimals < ISOLATION_DECIMALS)
		return ERR_ARITHMETIC;
	divisor = u256_pow10((unsigned)decimals - ISOLATION_DECIMALS);
	TRY(u256_div(&units, NULL, &units, &divisor));
	return narrow(c, out, units, 128);
}

/* m is the borrowed reserve's working copy: it may be the collateral itself. */
static void set_isolated_debt(struct call *c, struct reserve_open *collateral,
			      struct reserve_open *m, struct u128le debt)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	collateral->r.isolated_debt = debt;
	if (m->id == collateral->id)
		m->r.isolated_debt = debt;
	reserve_save(c->state, collateral);
	call_emit(c, &pool, EVENT_IsolationModeTotalDebtUpdated,
		  (struct u256[]){ word_of_address(&collateral->asset), wide(debt) },
		  2);
}

static enum err isolation_borrow(struct call *c, const struct user *u, struct reserve_open *m,
				 struct amount amount)
{
	struct reserve_open collateral;
	struct u128le units, debt;
	struct u256 ceiling, sum;

	reserve_save(c->state, m);
	if (!user_isolation(c->state, u, &collateral))
		return OK;
	if (!reserve_is(m, CONFIG_BORROWABLE_IN_ISOLATION))
		return call_revert(c, REVERT_AssetNotBorrowableInIsolation);
	TRY(isolated_units(c, &units, m, amount));
	TRY(narrow_add(&debt, collateral.r.isolated_debt, units, 128));
	ceiling = u256_from_u64(reserve_config(&collateral, CONFIG_DEBT_CEILING));
	sum = wide(debt);
	if (u256_cmp(&sum, &ceiling) > 0)
		return call_revert(c, REVERT_DebtCeilingExceeded);
	set_isolated_debt(c, &collateral, m, debt);
	return OK;
}

enum err isolation_repay(struct call *c, struct reserve_open *collateral,
			 struct reserve_open *m, struct amount amount)
{
	struct u128le units, left = { { 0, 0 } };
	struct u256 debt, paid;

	TRY(isolated_units(c, &units, m, amount));
	debt = wide(collateral->r.isolated_debt);
	paid = wide(units);
	if (u256_cmp(&debt, &paid) > 0)
		TRY(narrow_sub(&left, collateral->r.isolated_debt, units));
	set_isolated_debt(c, collateral, m, left);
	return OK;
}

/* -- borrow --------------------------------------------------------------------------- */

static enum err check_category(struct call *c, const struct reserve_open *m, const struct user *debtor)
{
	struct emode e;

	if (debtor->emode == 0)
		return reserve_is(m, CONFIG_BORROWING) ? OK : call_revert(c, REVERT_BorrowingNotEnabled);
	e = emode_of(c->state, debtor->emode);
	return emode_has(e.borrowable, m->id) ? OK : call_revert(c, REVERT_NotBorrowableInEMode);
}

/* A siloed debt stands alone, in either order. */
static enum err check_silo(struct call *c, const struct reserve_open *m, const struct user *debtor)
{
	struct reserve_open only;
	bool siloed = reserve_is(m, CONFIG_SILOED);
	u16 id;

	if (!user_borrows_any(debtor))
		return OK;
	if (user_borrows_one(debtor, &id)) {
		reserve_load(c->state, &only, id);
		if (reserve_is(&only, CONFIG_SILOED))
			return id == m->id ? OK : call_revert(c, REVERT_SiloedBorrowingViolation);
	}
	return siloed ? call_revert(c, REVERT_SiloedBorrowingViolation) : OK;
}

static enum err check_borrow(struct call *c, const struct accrual *a, const struct loan *loan,
			     struct scaled scaled, const struct user *debtor)
{
	const struct reserve_open *m = a->reserve;
	struct amount real, whole;
	struct scaled total;
	bool over;

	if (scaled_is_zero(scaled))
		return call_revert(c, REVERT_InvalidAmount);
	TRY(scaled_to_amount_up(&real, scaled, a->borrow_index));
	TRY(require_running(c, m));
	if (reserve_is(m, CONFIG_FROZEN))
		return call_revert(c, REVERT_ReserveFrozen);
	TRY(check_category(c, m, debtor));
	TRY(reserve_total_supply(&whole, &m->r, c->exec->block->time));
	if (amount_cmp(whole, real) < 0)
		return call_revert(c, REVERT_InvalidAmount);
	if (loan->rate_mode != RATE_MODE_VARIABLE)
		return call_revert(c, REVERT_InvalidInterestRateModeSelected);
	if (reserve_config(m, CONFIG_BORROW_CAP) != 0) {
		TRY(scaled_add(&total, a->debt_before, scaled));
		TRY(scaled_to_amount_up(&whole, total, a->borrow_index));
		TRY(exceeds_cap(&over, m, CONFIG_BORROW_CAP, whole));
		if (over)
			return call_revert(c, REVERT_BorrowCapExceeded);
	}
	return check_silo(c, m, debtor);
}

/* Writes the debt down and marks the debtor. */
static enum err take_debt(struct call *c, struct accrual *a, const struct loan *loan, struct scaled scaled)
{
	struct reserve_open *m = a->reserve;
	struct user debtor;
	bool first;

	if (address_cmp(&c->caller, &loan->debtor) != 0)
		TRY(debt_token_spend(c, m->id, &loan->debtor, &c->caller, loan->amount, scaled,
				     a->borrow_index));
	TRY(position_mint(c, &first, m, SIDE_DEBT, &c->caller, &loan->debtor, scaled, a->borrow_index));
	a->debt = scaled_from(m->r.scaled_debt);
	user_set_borrowing(c, &loan->debtor, m, true);
	debtor = user_of(c->state, &loan->debtor);
	return isolation_borrow(c, &debtor, m, loan->amount);
}

enum err lending_borrow(struct call *c, const struct loan *loan)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct user debtor = user_of(c->state, &loan->debtor);
	struct reserve_open m;
	struct accrual a;
	struct scaled scaled;

	TRY(reserve_open(c, &m, &loan->asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	TRY(amount_to_scaled_up(&scaled, loan->amount, a.borrow_index));
	TRY(check_borrow(c, &a, loan, scaled, &debtor));

	TRY(take_debt(c, &a, loan, scaled));
	TRY(accrual_rates(c, &a, none, loan->keeps_liquidity ? none : loan->amount));
	reserve_save(c->state, &m);
	if (!loan->keeps_liquidity)
		TRY(token_move(c, m.r.token, &m.atoken, &c->caller, loan->amount));
	TRY(account_require(c, &loan->debtor, ACCOUNT_MAY_BORROW, NULL));
	call_emit(c, &pool, EVENT_Borrow,
		  (struct u256[]){ word_of_address(&m.asset), word_of_address(&c->caller), word_of_address(&loan->debtor),
				   amount_raw(loan->amount), u256_from_u64(RATE_MODE_VARIABLE), wide(m.r.borrow_rate),
				   u256_from_u64(loan->referral) },
		  7);
	return OK;
}

/* -- repay ----------------------------------------------------------------------------- */

static enum err check_repay(struct call *c, const struct reserve_open *m, const struct repayment *r,
			    const struct position *debtor)
{
	if (amount_is_zero(r->amount))
		return call_revert(c, REVERT_InvalidAmount);
	if (r->rate_mode != RATE_MODE_VARIABLE)
		return call_revert(c, REVERT_InvalidInterestRateModeSelected);
	if (amount_cmp(r->amount, AMOUNT_MAX) == 0 && address_cmp(&c->caller, &r->debtor) != 0)
		return call_revert(c, REVERT_NoExplicitAmountToRepayOnBehalf);
	TRY(require_running(c, m));
	if (scaled_is_zero(scaled_of(debtor->scaled_debt)))
		return call_revert(c, REVERT_NoDebtOfSelectedType);
	return OK;
}

static enum err pay_with_supply(struct call *c, struct accrual *a, struct amount amount)
{
	struct reserve_open *m = a->reserve;
	struct scaled scaled;
	bool emptied;

	TRY(amount_to_scaled_up(&scaled, amount, a->liquidity_index));
	TRY(position_redeem(c, &emptied, m, &c->caller, &m->atoken, amount, scaled, a->liquidity_index));
	reserve_save(c->state, m);
	return lending_released(c, &c->caller, m, emptied, ACCOUNT_HEALTHY);
}

/* Burns the debt, and what follows from it: rates, the borrow bit, isolated debt. */
static enum err settle_debt(struct call *c, struct accrual *a, const struct repayment *r,
			    struct amount paid)
{
	struct reserve_open *m = a->reserve, collateral;
	struct scaled scaled;
	struct user debtor;
	bool cleared;

	TRY(amount_to_scaled_down(&scaled, paid, a->borrow_index));
	TRY(position_burn(c, &cleared, m, SIDE_DEBT, &r->debtor, &nobody, scaled, a->borrow_index));
	a->debt = scaled_from(m->r.scaled_debt);
	TRY(accrual_rates(c, a, r->with_supply ? none : paid, none));
	reserve_save(c->state, m);
	if (cleared)
		user_set_borrowing(c, &r->debtor, m, false);
	debtor = user_of(c->state, &r->debtor);
	if (!user_isolation(c->state, &debtor, &collateral))
		return OK;
	return isolation_repay(c, &collateral, m, paid);
}

enum err lending_repay(struct call *c, struct amount *paid, const struct repayment *r)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open m;
	struct accrual a;
	struct position debtor, payer;
	struct amount debt, pay = r->amount;

	TRY(reserve_open(c, &m, &r->asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	debtor = position_of(c->state, m.id, &r->debtor);
	TRY(position_debt(&debt, &debtor, a.borrow_index));
	TRY(check_repay(c, &m, r, &debtor));
	if (r->with_supply && amount_cmp(pay, AMOUNT_MAX) == 0) {
		payer = position_of(c->state, m.id, &c->caller);
		TRY(position_supply(&pay, &payer, a.liquidity_index));
	}
	pay = amount_min(pay, debt);

	TRY(settle_debt(c, &a, r, pay));
	if (r->with_supply)
		TRY(pay_with_supply(c, &a, pay));
	else
		TRY(token_move_from(c, m.r.token, &pool, &c->caller, &m.atoken, pay));
	call_emit(c, &pool, EVENT_Repay,
		  (struct u256[]){ word_of_address(&m.asset), word_of_address(&r->debtor), word_of_address(&c->caller),
				   amount_raw(pay), u256_from_u64(r->with_supply) },
		  5);
	*paid = pay;
	return OK;
}

/* -- efficiency mode ---------------------------------------------------------------------- */

static enum err refuse_emode(struct call *c, enum revert_name name, const struct reserve_open *m, u8 category)
{
	struct u256 words[] = { word_of_address(&m->asset), u256_from_u64(category) };

	return call_revert_with(c, name, words, 2);
}

static enum err check_emode(struct call *c, const struct user *u, const struct emode *e, u8 category)
{
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	for (u16 i = 0; i < count; i++) {
		struct reserve_open m;
		u16 id = ids[i];

		if (!user_borrows(u, id) && !user_pledges(u, id))
			continue;
		reserve_load(c->state, &m, id);
		if (user_borrows(u, id) &&
		    !(category != 0 ? emode_has(e->borrowable, id) : reserve_is(&m, CONFIG_BORROWING)))
			return refuse_emode(c, REVERT_InvalidDebtInEmode, &m, category);
		if (user_pledges(u, id) && emode_ltv(e, category, &m) == 0)
			return refuse_emode(c, REVERT_InvalidCollateralInEmode, &m, category);
	}
	return OK;
}

enum err lending_set_emode(struct call *c, const struct address *owner, u8 category)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct user u = user_of(c->state, owner);
	struct emode e = emode_of(c->state, category);

	if (u.emode == category)
		return OK;
	if (category != 0 && e.liquidation_threshold == 0)
		return call_revert(c, REVERT_InconsistentEModeCategory);
	TRY(check_emode(c, &u, &e, category));
	u.emode = category;
	user_write(c->state, &(struct user_key){ *owner }, &u);
	TRY(account_require(c, owner, ACCOUNT_HEALTHY, NULL));
	call_emit(c, &pool, EVENT_UserEModeSet,
		  (struct u256[]){ word_of_address(owner), u256_from_u64(category) },
		  2);
	return OK;
}
