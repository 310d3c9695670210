#include "contracts-native/lending/treasury.h"

#include "contracts-native/lending/validation.h"

static const struct amount none;

enum err lending_mint_to_treasury(struct call *c, const struct address *asset)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct pool settings;
	struct reserve_open m;
	struct scaled share;
	struct amount minted;
	struct ray index;
	bool first;

	if (!reserve_find(c->state, &m, asset) || !reserve_is(&m, CONFIG_ACTIVE))
		return OK;
	share = scaled_of(m.r.accrued_to_treasury);
	if (scaled_is_zero(share))
		return OK;
	m.r.accrued_to_treasury = (struct u128le){ { 0, 0 } };
	TRY(reserve_income(&index, &m.r, c->exec->block->time));
	TRY(scaled_to_amount_down(&minted, share, index));
	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	TRY(position_mint(c, &first, &m, SIDE_SUPPLY, &pool, &settings.treasury, share, index));
	reserve_save(c->state, &m);
	call_emit(c, &pool, EVENT_MintedToTreasury,
		  (struct u256[]){ word_of_address(asset), amount_raw(minted) },
		  2);
	return OK;
}

/* Burns the caller's supply; the tokens stay in the reserve. */
static enum err burn_cover(struct call *c, struct accrual *a, struct amount amount)
{
	struct reserve_open *m = a->reserve;
	struct user u = user_of(c->state, &c->caller);
	struct scaled held = scaled_of(position_of(c->state, m->id, &c->caller).scaled_supply);
	struct scaled scaled;
	bool emptied;

	TRY(amount_to_scaled_up(&scaled, amount, a->liquidity_index));
	if (scaled_cmp(scaled, held) > 0)
		return call_revert(c, REVERT_NotEnoughAvailableUserBalance);
	if (user_pledges(&u, m->id) && scaled_cmp(scaled, held) == 0)
		user_set_collateral(c, &c->caller, m, false);
	return position_redeem(c, &emptied, m, &c->caller, &m->atoken, amount, scaled, a->liquidity_index);
}

enum err lending_cover_deficit(struct call *c, struct amount *covered, const struct address *asset,
			       struct amount amount)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open m;
	struct accrual a;
	struct u128le less;

	TRY(validate_cover(c, asset, amount));
	TRY(reserve_open(c, &m, asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	if (!reserve_is(&m, CONFIG_ACTIVE))
		return call_revert(c, REVERT_ReserveInactive);
	amount = amount_min(amount, amount_of(m.r.deficit));
	TRY(burn_cover(c, &a, amount));
	TRY(narrow(c, &less, amount_raw(amount), 128));
	TRY(narrow_sub(&m.r.deficit, m.r.deficit, less));
	TRY(accrual_rates(c, &a, none, none));
	reserve_save(c->state, &m);
	call_emit(c, &pool, EVENT_DeficitCovered,
		  (struct u256[]){ word_of_address(asset), word_of_address(&c->caller), amount_raw(amount) },
		  3);
	*covered = amount;
	return OK;
}
