#include "contracts-native/lending/liquidation.h"

#include "contracts-native/lending/borrow.h"
#include "contracts-native/lending/validation.h"
#include "contracts-native/token/token.h"

#define CLOSE_FACTOR      5000u                 /* bps of all the borrower's debt */
#define BIG_POSITION      200000000000ull       /* 2000 dollars */
#define MIN_LEFTOVER      100000000000ull       /* 1000 dollars */
#define FULL_CLOSE_HEALTH 950000000000000000ull /* 0.95 */

static const struct amount none;
static const struct address nobody;

/* A reserve's side of a liquidation. */
struct leg {
	struct reserve_open *m;
	struct accrual accrual;
	struct amount balance; /* the borrower's: supply, or debt */
	struct price price;
};

struct work {
	const struct liquidation *order;
	struct user borrower;
	struct account_data account;
	struct reserve_open collateral_reserve, debt_reserve;
	struct leg collateral, debt;
	u32 bonus;           /* bps, above 10000 */
	struct amount pay;   /* debt that goes */
	struct amount seize; /* collateral for the liquidator */
	struct amount fee;   /* collateral for the treasury */
	struct amount out;   /* seize + fee */
	bool bad_debt;       /* nothing is left to back the rest */
};

/* -- what may be done --------------------------------------------------------------- */

/* Both accruals begin before either runs: with one and the same reserve the treasury's
 * share is counted twice, as in Aave. */
static enum err open_legs(struct call *c, struct work *w)
{
	struct leg *coll = &w->collateral, *debt = &w->debt;

	debt->m = coll->m = &w->debt_reserve;
	TRY(reserve_open(c, debt->m, &w->order->debt));
	accrual_begin(&debt->accrual, debt->m);
	if (address_cmp(&w->order->collateral, &w->order->debt) != 0) {
		coll->m = &w->collateral_reserve;
		TRY(reserve_open(c, coll->m, &w->order->collateral));
	}
	accrual_begin(&coll->accrual, coll->m);
	TRY(accrual_run(c, &debt->accrual));
	TRY(accrual_run(c, &coll->accrual));
	reserve_save(c->state, debt->m);
	reserve_save(c->state, coll->m);
	return OK;
}

static enum err read_balances(struct call *c, struct work *w)
{
	const struct address *borrower = &w->order->borrower;
	struct position p;

	w->borrower = user_of(c->state, borrower);
	TRY(account_data(c, &w->account, borrower, &w->borrower));
	p = position_of(c->state, w->collateral.m->id, borrower);
	TRY(position_supply(&w->collateral.balance, &p, w->collateral.accrual.liquidity_index));
	p = position_of(c->state, w->debt.m->id, borrower);
	return position_debt(&w->debt.balance, &p, w->debt.accrual.borrow_index);
}

static enum err check_liquidation(struct call *c, const struct work *w)
{
	return validate_liquidation(c, &(struct liquidation_facts){
					       .collateral = w->collateral.m,
					       .debt = w->debt.m,
					       .borrower = &w->order->borrower,
					       .user = &w->borrower,
					       .health = w->account.health,
					       .owed = w->debt.balance,
				       });
}

/* -- how much ------------------------------------------------------------------------- */

static bool at_least(struct value v, u64 dollars)
{
	return value_cmp(v, value_from_u64(dollars)) >= 0;
}

/* The most debt that may go, by the close factor. */
static enum err debt_limit(struct amount *out, const struct work *w)
{
	const struct leg *coll = &w->collateral, *debt = &w->debt;
	struct value collateral_value, debt_value, half;

	*out = debt->balance;
	TRY(amount_value_up(&debt_value, debt->balance, debt->price, debt->m->unit));
	TRY(amount_value_down(&collateral_value, coll->balance, coll->price, coll->m->unit));
	if (!at_least(collateral_value, BIG_POSITION) || !at_least(debt_value, BIG_POSITION) ||
	    wad_cmp(w->account.health, wad_from_u64(FULL_CLOSE_HEALTH)) <= 0)
		return OK;
	TRY(value_percent_near(&half, w->account.debt, CLOSE_FACTOR));
	if (value_cmp(debt_value, half) > 0)
		TRY(value_amount_down(out, half, debt->price, debt->m->unit));
	return OK;
}

/* Collateral for the debt with the bonus; where there is less, the debt that it pays for. */
static enum err match_amounts(struct work *w)
{
	const struct leg *coll = &w->collateral, *debt = &w->debt;
	struct amount base;

	TRY(amount_exchange_down(&base, w->pay, debt->price, debt->m->unit, coll->price, coll->m->unit));
	TRY(amount_percent_near(&w->seize, base, w->bonus));
	if (amount_cmp(w->seize, coll->balance) <= 0)
		return OK;
	w->seize = coll->balance;
	TRY(amount_exchange_down(&base, w->seize, coll->price, coll->m->unit, debt->price, debt->m->unit));
	return amount_per_percent_up(&w->pay, base, w->bonus);
}

static enum err cut_fee(struct work *w)
{
	u32 rate = (u32)reserve_config(w->collateral.m, CONFIG_LIQUIDATION_FEE);
	struct amount base, bonus_part;

	w->fee = none;
	w->out = w->seize;
	if (rate == 0)
		return OK;
	TRY(amount_per_percent_near(&base, w->seize, w->bonus));
	TRY(amount_sub(&bonus_part, w->seize, base));
	TRY(amount_percent_near(&w->fee, bonus_part, rate));
	return amount_sub(&w->seize, w->seize, w->fee);
}

static enum err check_dust(struct call *c, const struct work *w)
{
	const struct leg *coll = &w->collateral, *debt = &w->debt;
	struct amount debt_left, collateral_left;
	struct value debt_value, collateral_value;

	if (amount_cmp(w->pay, debt->balance) >= 0 || amount_cmp(w->out, coll->balance) >= 0)
		return OK;
	TRY(amount_sub(&debt_left, debt->balance, w->pay));
	TRY(amount_sub(&collateral_left, coll->balance, w->out));
	TRY(amount_value_up(&debt_value, debt_left, debt->price, debt->m->unit));
	TRY(amount_value_down(&collateral_value, collateral_left, coll->price, coll->m->unit));
	if (at_least(debt_value, MIN_LEFTOVER) && at_least(collateral_value, MIN_LEFTOVER))
		return OK;
	return call_revert(c, REVERT_MustNotLeaveDust);
}

static enum err size_up(struct call *c, struct work *w)
{
	struct emode e = emode_of(c->state, w->borrower.emode);
	struct amount limit;
	struct value seized;

	w->bonus = emode_bonus(&e, w->borrower.emode, w->collateral.m);
	TRY(reserve_price(c->state, &w->collateral.price, &w->collateral.m->r));
	TRY(reserve_price(c->state, &w->debt.price, &w->debt.m->r));
	TRY(debt_limit(&limit, w));
	w->pay = amount_min(w->order->amount, limit);
	TRY(match_amounts(w));
	TRY(amount_value_down(&seized, w->seize, w->collateral.price, w->collateral.m->unit));
	TRY(cut_fee(w));
	TRY(check_dust(c, w));
	w->bad_debt = value_cmp(w->account.collateral, seized) == 0;
	return OK;
}

/* -- doing it ---------------------------------------------------------------------------- */

/* Takes paid off the debt; if the account has nothing left, the rest becomes deficit. */
static enum err close_debt(struct call *c, struct accrual *a, const struct address *borrower,
			   struct amount debt, struct amount paid, bool bad_debt)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open *m = a->reserve;
	bool cleared = true;
	struct scaled scaled;
	struct amount rest;
	struct u128le lost;

	if (!amount_is_zero(debt)) {
		TRY(amount_to_scaled_down(&scaled, bad_debt ? debt : paid, a->borrow_index));
		TRY(position_burn(c, &cleared, m, SIDE_DEBT, borrower, &nobody, scaled, a->borrow_index));
		a->debt = scaled_from(m->r.scaled_debt);
	}
	TRY(amount_sub(&rest, debt, paid));
	if (bad_debt && !amount_is_zero(rest)) {
		TRY(narrow(c, &lost, amount_raw(rest), 128));
		TRY(narrow_add(&m->r.deficit, m->r.deficit, lost, 128));
		call_emit(c, &pool, EVENT_DeficitCreated,
			  (struct u256[]){ word_of_address(borrower), word_of_address(&m->asset), amount_raw(rest) },
			  3);
	}
	if (cleared)
		user_set_borrowing(c, borrower, m, false);
	TRY(accrual_rates(c, a, paid, none));
	reserve_save(c->state, m);
	return OK;
}

static enum err hand_over(struct call *c, struct work *w)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct accrual *a = &w->collateral.accrual;
	struct reserve_open *m = w->collateral.m;
	const struct address *borrower = &w->order->borrower;
	struct scaled scaled;
	bool emptied;

	if (w->order->receive_supply) {
		TRY(amount_to_scaled_up(&scaled, w->seize, a->liquidity_index));
		return position_move(c, m, &pool, borrower, &c->caller, w->seize, scaled, a->liquidity_index);
	}
	if (m == w->debt.m)
		a->debt = w->debt.accrual.debt;
	TRY(accrual_rates(c, a, none, w->seize));
	TRY(amount_to_scaled_up(&scaled, w->seize, a->liquidity_index));
	return position_redeem(c, &emptied, m, borrower, &c->caller, w->seize, scaled, a->liquidity_index);
}

static enum err pay_fee(struct call *c, struct work *w)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct ray index = w->collateral.accrual.liquidity_index;
	struct reserve_open *m = w->collateral.m;
	struct scaled scaled, left;
	struct pool settings;

	if (amount_is_zero(w->fee))
		return OK;
	TRY(amount_to_scaled_up(&scaled, w->fee, index));
	left = scaled_of(position_of(c->state, m->id, &w->order->borrower).scaled_supply);
	if (scaled_cmp(scaled, left) > 0) {
		scaled = left;
		TRY(scaled_to_amount_down(&w->fee, left, index));
	}
	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	return position_move(c, m, &pool, &w->order->borrower, &settings.treasury, w->fee, scaled, index);
}

/* Everything the borrower still owes elsewhere becomes deficit there. */
static enum err write_off(struct call *c, const struct address *borrower)
{
	struct user u = user_of(c->state, borrower);
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	for (u16 i = 0; i < count; i++) {
		struct reserve_open m;
		struct accrual a;
		struct position p;
		struct amount debt;
		u16 id = ids[i];

		if (!user_borrows(&u, id))
			continue;
		reserve_load(c->state, &m, id);
		if (!reserve_is(&m, CONFIG_ACTIVE))
			continue;
		accrual_begin(&a, &m);
		TRY(accrual_run(c, &a));
		p = position_of(c->state, id, borrower);
		TRY(position_debt(&debt, &p, a.borrow_index));
		TRY(close_debt(c, &a, borrower, debt, none, true));
	}
	return OK;
}

enum err lending_liquidate(struct call *c, const struct liquidation *l)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct work w; /* whose members the next four steps fill in */

	w.order = l;
	TRY(open_legs(c, &w));
	TRY(read_balances(c, &w));
	TRY(check_liquidation(c, &w));
	TRY(size_up(c, &w));

	if (amount_cmp(w.out, w.collateral.balance) == 0)
		user_set_collateral(c, &l->borrower, w.collateral.m, false);
	TRY(close_debt(c, &w.debt.accrual, &l->borrower, w.debt.balance, w.pay, w.bad_debt));
	if (reserve_config(w.collateral.m, CONFIG_DEBT_CEILING) != 0)
		TRY(isolation_repay(c, w.collateral.m, w.debt.m, w.pay));
	TRY(hand_over(c, &w));
	TRY(pay_fee(c, &w));
	reserve_save(c->state, w.collateral.m);
	if (w.bad_debt)
		TRY(write_off(c, &l->borrower));
	TRY(token_move_from(c, w.debt.m->r.token, &pool, &c->caller, &w.debt.m->atoken, w.pay));
	call_emit(c, &pool, EVENT_LiquidationCall,
		  (struct u256[]){ word_of_address(&l->collateral), word_of_address(&l->debt), word_of_address(&l->borrower),
				   amount_raw(w.pay), amount_raw(w.seize), word_of_address(&c->caller),
				   u256_from_u64(l->receive_supply) },
		  7);
	return OK;
}
