#include "contracts-native/lending/borrow.h"

#include "contracts-native/lending/debt_token.h"
#include "contracts-native/lending/supply.h"
#include "contracts-native/lending/validation.h"
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
	unsigned decimals = (unsigned)reserve_config(m, CONFIG_DECIMALS);

	assert(decimals >= ISOLATION_DECIMALS); /* genesis lists nothing coarser than 6 */
	return narrow(c, out, amount_raw(amount_cut_down(amount, decimals - ISOLATION_DECIMALS)), 128);
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

/* m is yet to be saved.  Should it be the collateral itself, that replaces what is saved here. */
static enum err isolation_borrow(struct call *c, const struct user *u, struct reserve_open *m,
				 struct amount amount)
{
	struct reserve_open collateral;
	struct u128le units, debt;
	struct amount ceiling;

	if (!user_isolation(c->state, u, &collateral))
		return OK;
	if (!reserve_is(m, CONFIG_BORROWABLE_IN_ISOLATION))
		return call_revert(c, REVERT_AssetNotBorrowableInIsolation);
	TRY(isolated_units(c, &units, m, amount));
	TRY(narrow_add(&debt, collateral.r.isolated_debt, units, 128));
	ceiling = amount_from_u64(reserve_config(&collateral, CONFIG_DEBT_CEILING));
	if (amount_cmp(amount_of(debt), ceiling) > 0)
		return call_revert(c, REVERT_DebtCeilingExceeded);
	set_isolated_debt(c, &collateral, m, debt);
	return OK;
}

enum err isolation_repay(struct call *c, struct reserve_open *collateral,
			 struct reserve_open *m, struct amount amount)
{
	struct u128le units, left = { { 0, 0 } };

	TRY(isolated_units(c, &units, m, amount));
	if (amount_cmp(amount_of(collateral->r.isolated_debt), amount_of(units)) > 0)
		TRY(narrow_sub(&left, collateral->r.isolated_debt, units));
	set_isolated_debt(c, collateral, m, left);
	return OK;
}

/* -- borrow --------------------------------------------------------------------------- */

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
	debtor = user_set_borrowing(c, &loan->debtor, m, true);
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
	TRY(validate_borrow(c, &a, loan, scaled, &debtor));

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
	TRY(validate_repay(c, &m, r, scaled_of(debtor.scaled_debt)));
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

enum err lending_set_emode(struct call *c, const struct address *owner, u8 category)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct user u = user_of(c->state, owner);
	struct emode e = emode_of(c->state, category);

	if (u.emode == category)
		return OK;
	TRY(validate_emode(c, &u, &e, category));
	u.emode = category;
	user_write(c->state, &(struct user_key){ *owner }, &u);
	TRY(account_require(c, owner, ACCOUNT_HEALTHY, NULL));
	call_emit(c, &pool, EVENT_UserEModeSet,
		  (struct u256[]){ word_of_address(owner), u256_from_u64(category) },
		  2);
	return OK;
}
