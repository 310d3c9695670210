#include "contracts-native/lending/supply.h"

#include "contracts-native/lending/validation.h"
#include "contracts-native/token/token.h"

static const struct amount none;

/* -- after it shrank ------------------------------------------------------------------ */

enum err lending_released(struct call *c, const struct address *owner, const struct reserve_open *m,
			  bool emptied, enum account_check check)
{
	struct user u = user_of(c->state, owner);

	if (!user_pledges(&u, m->id))
		return OK;
	if (emptied)
		user_set_collateral(c, owner, m, false);
	if (!user_borrows_any(&u))
		return OK;
	return account_require(c, owner, check, m);
}

/* -- supply ------------------------------------------------------------------------- */

/* A first supply becomes collateral by itself where it may; isolated assets never do. */
static void pledge_first(struct call *c, const struct address *owner, const struct reserve_open *m)
{
	struct user u = user_of(c->state, owner);

	if (reserve_config(m, CONFIG_DEBT_CEILING) == 0 && user_may_pledge(c->state, &u, m))
		user_set_collateral(c, owner, m, true);
}

enum err lending_supply(struct call *c, const struct address *asset, struct amount amount,
			const struct address *beneficiary, u64 referral)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open m;
	struct accrual a;
	struct scaled scaled;
	bool first;

	TRY(reserve_open(c, &m, asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	TRY(amount_to_scaled_down(&scaled, amount, a.liquidity_index));
	TRY(validate_supply(c, &a, scaled, beneficiary));

	TRY(accrual_rates(c, &a, amount, none));
	TRY(token_move_from(c, m.r.token, &pool, &c->caller, &m.atoken, amount));
	TRY(position_mint(c, &first, &m, SIDE_SUPPLY, &c->caller, beneficiary, scaled, a.liquidity_index));
	reserve_save(c->state, &m);
	if (first)
		pledge_first(c, beneficiary, &m);
	call_emit(c, &pool, EVENT_Supply,
		  (struct u256[]){ word_of_address(asset), word_of_address(&c->caller), word_of_address(beneficiary),
				   amount_raw(amount), u256_from_u64(referral) },
		  5);
	return OK;
}

/* -- withdraw ------------------------------------------------------------------------- */

enum err lending_withdraw(struct call *c, struct amount *paid, const struct address *asset,
			  struct amount amount, const struct address *receiver)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open m;
	struct accrual a;
	struct scaled scaled, held;
	bool emptied;

	TRY(reserve_open(c, &m, asset));
	accrual_begin(&a, &m);
	if (address_cmp(receiver, &m.atoken) == 0)
		return call_revert(c, REVERT_WithdrawToAToken);
	TRY(accrual_run(c, &a));
	held = scaled_of(position_of(c->state, m.id, &c->caller).scaled_supply);
	if (amount_cmp(amount, AMOUNT_MAX) == 0) {
		scaled = held;
		TRY(scaled_to_amount_down(&amount, held, a.liquidity_index));
	} else {
		TRY(amount_to_scaled_up(&scaled, amount, a.liquidity_index));
	}
	TRY(validate_withdraw(c, &m, scaled, held));

	TRY(accrual_rates(c, &a, none, amount));
	TRY(position_redeem(c, &emptied, &m, &c->caller, receiver, amount, scaled, a.liquidity_index));
	reserve_save(c->state, &m);
	TRY(lending_released(c, &c->caller, &m, emptied, ACCOUNT_MAY_RELEASE));
	call_emit(c, &pool, EVENT_Withdraw,
		  (struct u256[]){ word_of_address(asset), word_of_address(&c->caller), word_of_address(receiver),
				   amount_raw(amount) },
		  4);
	*paid = amount;
	return OK;
}

/* -- collateral -------------------------------------------------------------------------- */

enum err lending_pledge(struct call *c, const struct address *owner, const struct address *asset, bool use)
{
	struct user u = user_of(c->state, owner);
	struct reserve_open m;

	if (!reserve_find(c->state, &m, asset))
		return call_revert(c, REVERT_ReserveInactive);
	TRY(validate_running(c, &m));
	if (use == user_pledges(&u, m.id))
		return OK;
	if (!use) {
		user_set_collateral(c, owner, &m, false);
		return account_require(c, owner, ACCOUNT_MAY_RELEASE, &m);
	}
	TRY(validate_pledge(c, &m, owner, &u));
	user_set_collateral(c, owner, &m, true);
	return OK;
}

/* -- passing on ----------------------------------------------------------------------------- */

enum err lending_transfer(struct call *c, u16 reserve, const struct address *sender,
			  const struct address *from, const struct address *to,
			  struct amount amount)
{
	struct reserve_open m;
	struct scaled held, scaled;
	struct ray index;
	struct u128le part;

	reserve_load(c->state, &m, reserve);
	TRY(narrow(c, &part, amount_raw(amount), POSITION_SCALED_BITS));
	TRY(reserve_income(&index, &m.r, c->exec->block->time));
	held = scaled_of(position_of(c->state, reserve, from).scaled_supply);
	TRY(amount_to_scaled_up(&scaled, amount, index));
	TRY(position_move(c, &m, sender, from, to, amount, scaled, index));
	if (reserve_is(&m, CONFIG_PAUSED))
		return call_revert(c, REVERT_ReservePaused);
	if (address_cmp(from, to) == 0 || scaled_is_zero(scaled))
		return OK;
	return lending_released(c, from, &m, scaled_cmp(scaled, held) == 0, ACCOUNT_MAY_RELEASE);
}
