#include "tests/support/invariants.h"

#include <math.h>

/* What one user's doings may do to another's account, and to their own. */

/* -- bits ------------------------------------------------------------------------------ */

bool holds_borrow_bit_means_debt(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];

		for (u32 i = 0; i < v->now.asset_count; i++)
			if (ledger_borrows(&v->now.users[who], i) == u128_is_zero(v->now.positions[i][who].scaled_debt))
				return broken(v, "person %u, asset %u: borrow bit and debt disagree", who, i);
	}
	return true;
}

/* A liquidation that leaves less than a unit may round it away and leave the bit: Aave does. */
bool holds_collateral_bit_means_supply(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];

		for (u32 i = 0; i < v->now.asset_count; i++) {
			bool *emptied = &v->memory[i].emptied[who];
			bool is_empty = u128_is_zero(v->now.positions[i][who].scaled_supply);

			if (!is_empty || !ledger_pledges(&v->now.users[who], i)) {
				*emptied = false;
				continue;
			}
			if (v->outcome == OK && v->step.op == OP_LIQUIDATE)
				*emptied = true;
			if (!*emptied)
				return broken(v, "person %u pledges asset %u and has none", who, i);
		}
	}
	return true;
}

/* -- health ------------------------------------------------------------------------------ */

static bool is_governance(enum op op)
{
	return op_info(op)->kind == CONTRACT_CONFIGURATOR || op == OP_PRICE;
}

bool holds_loans_are_covered(struct invariants *v)
{
	for (u32 k = 0; k < v->position_count; k++) {
		const struct touched_position *t = &v->positions[k];
		struct worth w;

		if (u128_cmp(v->now.positions[t->asset][t->person].scaled_debt, t->before.scaled_debt) <= 0)
			continue;
		w = ledger_worth(&v->now, t->person, v->step.time);
		if (!w.alive)
			return broken(v, "person %u borrowed without a price", t->person);
		/* Within a multicall more may have happened to the account after the loan. */
		if (v->step.is_plain && w.debt_low * 10000 > w.by_ltv_high * (1 + 1e-9))
			return broken(v, "person %u owes %g dollars, may borrow %g", t->person, w.debt_low / 1e8,
				      w.by_ltv_high / 1e12);
		if (worth_is_unhealthy(&w))
			return broken(v, "person %u borrowed and is not healthy", t->person);
	}
	return true;
}

bool holds_healthy_stays_healthy(struct invariants *v)
{
	if (is_governance(v->step.op))
		return true;
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];
		const struct worth *before = worth_before(v, who);
		struct worth after = ledger_worth(&v->now, who, v->step.time);

		if (before->alive && worth_is_healthy(before) && worth_is_unhealthy(&after))
			return broken(v, "person %u was healthy: debt %g, weighted %g; now %g, %g", who, before->debt_high,
				      before->by_threshold_low / 10000, after.debt_low, after.by_threshold_high / 10000);
	}
	return true;
}

/* Which asset left an account, if collateral left it. */
static bool released(const struct invariants *v, u32 *who)
{
	*who = v->step.op == OP_SHARE_FROM ? v->step.subject : v->step.caller;
	if (was(v, OP_PLEDGE) && !v->step.on)
		return true;
	return (was(v, OP_WITHDRAW) || was(v, OP_SHARE_MOVE) || was(v, OP_SHARE_FROM)) && ledger_debts(&v->now, *who) > 0;
}

bool holds_zero_ltv_leaves_first(struct invariants *v)
{
	struct user before;
	struct worth w;
	u32 who;

	if (!released(v, &who) || !v->is_touched[who])
		return true;
	before = user_before(v, who);
	if (!ledger_pledges(&before, v->step.asset))
		return true;
	if (v->step.op != OP_PLEDGE &&
	    u128_cmp(v->now.positions[v->step.asset][who].scaled_supply,
		     position_before(v, v->step.asset, who).scaled_supply) == 0)
		return true;
	w = ledger_worth(&v->now, who, v->step.time);
	if (w.has_zero_ltv && ledger_terms(&v->now, &before, v->step.asset).ltv != 0)
		return broken(v, "person %u released asset %u beside collateral of zero ltv", who, v->step.asset);
	return true;
}

/* -- whose it is ----------------------------------------------------------------------------- */

static bool is_at_least(const struct u256 *a, const struct u256 *b)
{
	return u256_cmp(a, b) >= 0;
}

/* Whether the caller may spend so much of somebody's, by an allowance of a kind. */
static bool may_spend(const struct invariants *v, enum contract_kind kind, u32 asset, u32 owner)
{
	struct u256 allowed = allowance_before(v, kind, asset, owner, v->step.caller);

	return v->step.is_plain ? is_at_least(&allowed, &v->step.amount) : !u256_is_zero(&allowed);
}

/* What strayed to an aToken, a pool admin may send on; that it is not the reserve's own is
 * cash_moves_with_balance's business. */
static bool is_rescue(const struct invariants *v, u32 from)
{
	return v->step.op == OP_RESCUE && v->step.subject == from && had_role(v, v->step.caller, "POOL_ADMIN");
}

bool holds_supply_is_the_owners(struct invariants *v)
{
	for (u32 k = 0; k < v->position_count; k++) {
		const struct touched_position *t = &v->positions[k];
		const struct worth *w = worth_before(v, t->person);

		if (t->person == v->step.caller ||
		    u128_cmp(v->now.positions[t->asset][t->person].scaled_supply, t->before.scaled_supply) >= 0)
			continue;
		if (v->step.op == OP_LIQUIDATE && !worth_is_healthy(w) &&
		    (!v->step.is_plain || v->step.subject == t->person))
			continue;
		if (v->step.op == OP_SHARE_FROM && may_spend(v, CONTRACT_ATOKEN, t->asset, t->person))
			continue;
		if (is_rescue(v, t->person))
			continue;
		return broken(v, "person %u lost supply of asset %u to person %u", t->person, t->asset, v->step.caller);
	}
	return true;
}

bool holds_debt_is_the_owners(struct invariants *v)
{
	for (u32 k = 0; k < v->position_count; k++) {
		const struct touched_position *t = &v->positions[k];
		struct u256 allowed;

		if (t->person == v->step.caller ||
		    u128_cmp(v->now.positions[t->asset][t->person].scaled_debt, t->before.scaled_debt) <= 0)
			continue;
		allowed = allowance_before(v, CONTRACT_DEBT_TOKEN, t->asset, t->person, v->step.caller);
		if (v->step.op == OP_BORROW ? !may_spend(v, CONTRACT_DEBT_TOKEN, t->asset, t->person)
					    : u256_is_zero(&allowed))
			return broken(v, "person %u owes asset %u because of person %u", t->person, t->asset, v->step.caller);
	}
	return true;
}

bool holds_tokens_are_the_owners(struct invariants *v)
{
	for (u32 k = 0; k < v->balance_count; k++) {
		const struct touched_balance *t = &v->balances[k];
		bool is_flash = v->step.op == OP_FLASH || v->step.op == OP_FLASH_MANY;

		if (is_at_least(&v->now.balances[t->asset][t->person], &t->before) || t->person == v->step.caller ||
		    t->person == v->memory[t->asset].vault)
			continue;
		if (is_flash && (!v->step.is_plain || t->person == v->step.receiver))
			continue;
		if (v->step.op == OP_TOKEN_FROM && may_spend(v, CONTRACT_TOKEN, t->asset, t->person))
			continue;
		if (is_rescue(v, t->person))
			continue;
		return broken(v, "person %u lost tokens of asset %u to person %u", t->person, t->asset, v->step.caller);
	}
	return true;
}

/* Collateral bits that the step set or cleared for somebody else. */
static bool may_switch(const struct invariants *v, u32 who, u32 asset, bool on)
{
	bool is_named = !v->step.is_plain || v->step.subject == who;

	(void)asset;
	if (is_manager_before(v, who, v->step.caller))
		return true;
	if (on)
		return (v->step.op == OP_SUPPLY || v->step.op == OP_MULTICALL) && is_named;
	return (v->step.op == OP_LIQUIDATE || v->step.op == OP_SHARE_FROM) && is_named;
}

bool holds_switches_are_the_owners(struct invariants *v)
{
	for (u32 k = 0; k < v->person_count; k++) {
		u32 who = v->people[k];
		const struct user *before = &v->users[who], *after = &v->now.users[who];

		if (who == v->step.caller)
			continue;
		if (before->emode != after->emode && !is_manager_before(v, who, v->step.caller))
			return broken(v, "person %u was put into category %u by person %u", who, (unsigned)after->emode,
				      v->step.caller);
		for (u32 i = 0; i < v->now.asset_count; i++)
			if (ledger_pledges(before, i) != ledger_pledges(after, i) &&
			    !may_switch(v, who, i, ledger_pledges(after, i)))
				return broken(v, "person %u had asset %u switched by person %u", who, i, v->step.caller);
	}
	return true;
}

/* -- allowances -------------------------------------------------------------------------------- */

/* The kind of contract whose allowance the step spends; NONE if it spends none. */
static enum contract_kind spends(const struct invariants *v)
{
	if (was(v, OP_TOKEN_FROM))
		return CONTRACT_TOKEN;
	if (was(v, OP_SHARE_FROM))
		return CONTRACT_ATOKEN;
	if (was(v, OP_BORROW) && v->step.subject != v->step.caller)
		return CONTRACT_DEBT_TOKEN;
	return CONTRACT_NONE;
}

static struct u256 allowance_after(const struct invariants *v, const struct allowance_key *key, struct u256 before)
{
	for (u32 i = 0; i < v->allowance_count; i++)
		if (address_cmp(&v->allowances[i].key.owner, &key->owner) == 0 &&
		    address_cmp(&v->allowances[i].key.spender, &key->spender) == 0 &&
		    v->allowances[i].key.contract.kind == key->contract.kind)
			return v->allowances[i].after;
	return before;
}

bool holds_allowances_are_spent(struct invariants *v)
{
	enum contract_kind kind = spends(v);
	struct allowance_key key;
	struct u256 before, after, most = U256_MAX;

	if (kind == CONTRACT_NONE)
		return true;
	key = (struct allowance_key){ { (u16)kind, (u16)v->step.asset }, v->now.people[v->step.subject], v->now.people[v->step.caller] };
	before = allowance_before(v, kind, v->step.asset, v->step.subject, v->step.caller);
	after = allowance_after(v, &key, before);
	if (kind != CONTRACT_DEBT_TOKEN && u256_equal(&before, &most))
		return true;
	if (u256_add(&after, &after, &v->step.amount) || u256_cmp(&after, &before) > 0)
		return broken(v, "person %u spent of person %u's asset %u and may spend it again", v->step.caller,
			      v->step.subject, v->step.asset);
	return true;
}

/* -- balances ------------------------------------------------------------------------------------ */

bool holds_balances_know_their_index(struct invariants *v)
{
	for (u32 k = 0; k < v->position_count; k++) {
		const struct touched_position *t = &v->positions[k];
		const struct position *p = &v->now.positions[t->asset][t->person];
		double known = ledger_number(p->supply_index) / 1e27;
		double index = ledger_supply_index(&v->now.assets[t->asset], v->step.time);

		if (u128_cmp(p->scaled_supply, t->before.scaled_supply) != 0 && fabs(known - index) > index * 1e-12)
			return broken(v, "person %u, asset %u: the index is %.17g, the balance says %.17g", t->person, t->asset,
				      index, known);
	}
	return true;
}
