#include "tests/support/invariants.h"

#include <math.h>
#include <string.h>

/* Switches, caps and modes. */

#define CAP_RAY ((struct u256){ { 0x9fd0803ce8000000, 0x33b2e3c, 0, 0 } }) /* 10^27 */

static bool scaled_changed(const struct invariants *v, const struct touched_position *t)
{
	const struct position *p = &v->now.positions[t->asset][t->person];

	return u128_cmp(p->scaled_supply, t->before.scaled_supply) != 0 ||
	       u128_cmp(p->scaled_debt, t->before.scaled_debt) != 0;
}

/* -- switched off ------------------------------------------------------------------------ */

bool holds_paused_reserves_rest(struct invariants *v)
{
	enum op op = v->step.op;

	for (u32 k = 0; k < v->position_count; k++) {
		const struct touched_position *t = &v->positions[k];

		if (!asset_before(v, t->asset)->settings.paused || !scaled_changed(v, t) || op == OP_TREASURY || op == OP_COVER)
			continue;
		if (op == OP_LIQUIDATE &&
		    (!v->step.is_plain || (t->asset != v->step.asset && t->asset != v->step.debt_asset)))
			continue;
		return broken(v, "asset %u is paused, and the balance of person %u moved", t->asset, t->person);
	}
	return true;
}

bool holds_frozen_reserves_shrink(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		const struct ledger_asset *before = asset_before(v, i), *after = &v->now.assets[i];

		if (!before->settings.frozen)
			continue;
		if (u256_cmp(&after->record.scaled_debt, &before->record.scaled_debt) > 0)
			return broken(v, "asset %u is frozen, and its debt grew", i);
		if (v->step.op != OP_TREASURY && u256_cmp(&after->record.scaled_supply, &before->record.scaled_supply) > 0)
			return broken(v, "asset %u is frozen, and its supply grew", i);
	}
	return true;
}

bool holds_inactive_reserves_rest(struct invariants *v)
{
	for (u32 k = 0; k < v->position_count; k++)
		if (!asset_before(v, v->positions[k].asset)->settings.active && scaled_changed(v, &v->positions[k]))
			return broken(v, "asset %u is inactive, and the balance of person %u moved", v->positions[k].asset,
				      v->positions[k].person);
	return true;
}

/* The loans of a step, flash loans that became debts among them: from *k on. */
static const struct touched_position *next_loan(const struct invariants *v, u32 *k)
{
	while (*k < v->position_count) {
		const struct touched_position *t = &v->positions[(*k)++];

		if (v->step.is_plain && u128_cmp(v->now.positions[t->asset][t->person].scaled_debt, t->before.scaled_debt) > 0)
			return t;
	}
	return NULL;
}

bool holds_loans_are_enabled(struct invariants *v)
{
	const struct touched_position *t;

	for (u32 k = 0; (t = next_loan(v, &k)) != NULL;) {
		const struct user *u = &v->now.users[t->person];

		if (!(u->emode == 0 ? v->now.assets[t->asset].settings.borrowing
				    : ledger_in(v->now.emodes[u->emode].borrowable, t->asset)))
			return broken(v, "asset %u is not to be borrowed in category %u", t->asset, (unsigned)u->emode);
	}
	return true;
}

bool holds_flash_loans_are_enabled(struct invariants *v)
{
	if (!was(v, OP_FLASH) && !was(v, OP_FLASH_MANY))
		return true;
	if (!asset_before(v, v->step.asset)->settings.flash)
		return broken(v, "asset %u gives no flash loans", v->step.asset);
	return true;
}

/* -- caps -------------------------------------------------------------------------------- */

/* Whether scaled * index / 10^27 is at most whole tokens: exactly, or its floor. */
static bool is_within(const struct u256 *scaled, struct u128le index, u64 whole, u32 decimals, bool floor_is_enough)
{
	struct u256 wide = ledger_wide(index), have, limit = u256_pow10(decimals), count = u256_from_u64(whole);
	struct u256 ray = CAP_RAY, one = U256_ONE;

	if (u256_mul(&have, scaled, &wide))
		return false;
	if (u256_mul(&limit, &limit, &count) || (floor_is_enough && u256_add(&limit, &limit, &one)) ||
	    u256_mul(&limit, &limit, &ray))
		return true;
	return floor_is_enough ? u256_cmp(&have, &limit) < 0 : u256_cmp(&have, &limit) <= 0;
}

bool holds_supply_cap_holds(struct invariants *v)
{
	const struct ledger_asset *a = &v->now.assets[v->step.asset];
	struct u256 total, share = ledger_wide(a->record.accrued_to_treasury);

	if (!was(v, OP_SUPPLY) || a->settings.supply_cap == 0)
		return true;
	if (u256_add(&total, &a->record.scaled_supply, &share) ||
	    !is_within(&total, a->record.liquidity_index, a->settings.supply_cap, a->settings.decimals, true))
		return broken(v, "asset %u: above its supply cap", v->step.asset);
	return true;
}

bool holds_borrow_cap_holds(struct invariants *v)
{
	const struct touched_position *t;

	for (u32 k = 0; (t = next_loan(v, &k)) != NULL;) {
		const struct ledger_asset *a = &v->now.assets[t->asset];

		if (a->settings.borrow_cap != 0 && !is_within(&a->record.scaled_debt, a->record.borrow_index,
							      a->settings.borrow_cap, a->settings.decimals, false))
			return broken(v, "asset %u: above its borrow cap", t->asset);
	}
	return true;
}

/* -- modes --------------------------------------------------------------------------------- */

bool holds_categories_admit(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];
		const struct user *u = &v->now.users[who];

		if (u->emode == v->users[who].emode || !v->step.is_plain)
			continue;
		for (u32 i = 0; i < v->now.asset_count; i++) {
			if (ledger_borrows(u, i) && !(u->emode ? ledger_in(v->now.emodes[u->emode].borrowable, i)
							       : v->now.assets[i].settings.borrowing))
				return broken(v, "person %u took a debt in asset %u into category %u", who, i, (unsigned)u->emode);
			if (ledger_pledges(u, i) && ledger_terms(&v->now, u, i).ltv == 0)
				return broken(v, "person %u took worthless collateral %u into category %u", who, i,
					      (unsigned)u->emode);
		}
	}
	return true;
}

/* The reserve in which somebody is isolated; NOBODY if in none. */
static u32 isolated_in(const struct invariants *v, u32 who)
{
	if (ledger_pledged(&v->now, who) != 1)
		return NOBODY;
	for (u32 i = 0; i < v->now.asset_count; i++)
		if (ledger_pledges(&v->now.users[who], i))
			return v->now.assets[i].settings.ceiling != 0 ? i : NOBODY;
	return NOBODY;
}

bool holds_isolated_loans_are_allowed(struct invariants *v)
{
	const struct touched_position *t;

	for (u32 k = 0; (t = next_loan(v, &k)) != NULL;)
		if (isolated_in(v, t->person) != NOBODY && !v->now.assets[t->asset].settings.isolation)
			return broken(v, "person %u is isolated and borrowed asset %u", t->person, t->asset);
	return true;
}

bool holds_isolation_ceiling_holds(struct invariants *v)
{
	const struct touched_position *t;

	for (u32 k = 0; (t = next_loan(v, &k)) != NULL;) {
		u32 in = isolated_in(v, t->person);
		struct u256 debt, ceiling;

		if (in == NOBODY)
			continue;
		debt = ledger_wide(v->now.assets[in].record.isolated_debt);
		ceiling = u256_from_u64(v->now.assets[in].settings.ceiling);
		if (u256_cmp(&debt, &ceiling) > 0)
			return broken(v, "asset %u: isolated debt above the ceiling", in);
	}
	return true;
}

bool holds_isolated_collateral_is_alone(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];
		bool is_new = false, is_isolated = false;

		for (u32 i = 0; i < v->now.asset_count; i++) {
			bool pledged = ledger_pledges(&v->now.users[who], i);

			is_new = is_new || (pledged && !ledger_pledges(&v->users[who], i));
			is_isolated = is_isolated || (pledged && v->now.assets[i].settings.ceiling != 0);
		}
		if (is_new && is_isolated && ledger_pledged(&v->now, who) > 1)
			return broken(v, "person %u pledges an isolated reserve and another", who);
	}
	return true;
}

bool holds_isolated_debt_is_accounted(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		double before = ledger_number(asset_before(v, i)->record.isolated_debt);
		double after = ledger_number(v->now.assets[i].record.isolated_debt);
		double cents = u256_to_double(&v->step.amount) / v->now.assets[v->step.asset].unit * 100;
		enum op op = v->step.op;

		if (before == after || !v->step.is_plain)
			continue;
		if (after > before && op != OP_FLASH_MANY && (op != OP_BORROW || after - before > cents * (1 + 1e-12) + 1))
			return broken(v, "asset %u: isolated debt grew from %g to %g", i, before, after);
		if (after < before && op != OP_REPAY && op != OP_REPAY_SUPPLY && op != OP_LIQUIDATE && op != OP_CEILING)
			return broken(v, "asset %u: isolated debt fell", i);
	}
	return true;
}

bool holds_siloed_debt_is_alone(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];

		if (ledger_debts(&v->now, who) < 2)
			continue;
		for (u32 i = 0; i < v->now.asset_count; i++)
			if (ledger_borrows(&v->now.users[who], i) && v->now.assets[i].settings.siloed)
				return broken(v, "person %u owes siloed asset %u and another", who, i);
	}
	return true;
}

/* -- governance ------------------------------------------------------------------------------- */

static bool governed_changed(const struct reserve *a, const struct reserve *b)
{
	return !u256_equal(&a->configuration, &b->configuration) || a->grace_until != b->grace_until ||
	       a->optimal != b->optimal || a->base != b->base || a->slope1 != b->slope1 || a->slope2 != b->slope2 ||
	       a->pending_ltv != b->pending_ltv || a->listed != b->listed || a->token != b->token || a->feed != b->feed;
}

/* The roles that may make each change, by docs/lending.md: any of them; everything else is up to
 * risk and pool admins. */
static bool may_govern(const struct invariants *v)
{
	static const struct {
		enum op op;
		bool risk, emergency;
	} rights[] = {
		{ OP_ACTIVE, false, false },
		{ OP_PREMIUM, false, false },
		{ OP_DROP, false, false },
		{ OP_PAUSE, false, true },
		{ OP_PAUSE_ALL, false, true },
		{ OP_GRACE_OFF, false, true },
		{ OP_FREEZE, true, true },
		{ OP_LTVZERO, true, true },
		{ OP_EMODE_LTVZERO, true, true },
	};
	bool risk = true, emergency = !v->step.is_plain;

	for (u32 i = 0; v->step.is_plain && i < ARRAY_COUNT(rights); i++) {
		if (rights[i].op != v->step.op)
			continue;
		risk = rights[i].risk;
		emergency = rights[i].emergency;
	}
	return had_role(v, v->step.caller, "POOL_ADMIN") || (risk && had_role(v, v->step.caller, "RISK_ADMIN")) ||
	       (emergency && had_role(v, v->step.caller, "EMERGENCY_ADMIN"));
}

bool holds_only_roles_govern(struct invariants *v)
{
	bool changed = v->categories_changed || v->pool_changed;

	for (u32 i = 0; i < v->now.asset_count; i++)
		changed = changed || governed_changed(&asset_before(v, i)->record, &v->now.assets[i].record);
	if (changed && !may_govern(v))
		return broken(v, "person %u governs", v->step.caller);
	return true;
}

bool holds_roles_come_from_their_admin(struct invariants *v)
{
	if (v->role_count > 0 && !had_role(v, v->step.caller, ""))
		return broken(v, "person %u gives or takes a role", v->step.caller);
	return true;
}

bool holds_dropped_reserves_are_empty(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		const struct reserve *before = &asset_before(v, i)->record;

		if (v->now.assets[i].record.listed || !before->listed)
			continue;
		if (!u256_is_zero(&before->scaled_supply) || !u256_is_zero(&before->scaled_debt) ||
		    !u128_is_zero(before->accrued_to_treasury))
			return broken(v, "asset %u was dropped with somebody in it", i);
	}
	return true;
}

/* pctMul rounds to nearest, so the product may be half a basis point above. */
static bool is_sane(u32 ltv, u32 threshold, u32 bonus)
{
	return ltv <= threshold && (threshold == 0 || (bonus > 10000 && (u64)threshold * bonus < 100005000ull));
}

bool holds_thresholds_are_sane(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		const struct settings *s = &v->now.assets[i].settings;

		if ((v->asset_mask >> i & 1) && !is_sane(s->ltv, s->threshold, s->bonus))
			return broken(v, "asset %u: ltv %u, threshold %u, bonus %u", i, s->ltv, s->threshold, s->bonus);
	}
	for (u32 i = 0; v->categories_changed && i < LEDGER_EMODES; i++) {
		const struct emode *e = &v->now.emodes[i];

		if (!is_sane(e->ltv, e->liquidation_threshold, e->liquidation_bonus))
			return broken(v, "category %u: ltv %u, threshold %u, bonus %u", i, e->ltv, e->liquidation_threshold,
				      e->liquidation_bonus);
	}
	return true;
}

/* -- the dispatcher ------------------------------------------------------------------------------ */

bool holds_refusals_leave_no_trace(struct invariants *v)
{
	if (v->outcome == OK && v->step.op != OP_LOOK)
		return true;
	if (v->change_count != 0 || v->world->logs.count != 0)
		return broken(v, "%s changed %zu records and emitted %u events", err_name(v->outcome), v->change_count,
			      v->world->logs.count);
	return true;
}
