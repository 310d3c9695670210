#include "tests/support/invariants.h"

/* Whole numbers: everything here is exact, but for the interest of a touched reserve. */

#define YEAR 31536000u

static const struct u256 RAY = { { 0x9fd0803ce8000000, 0x33b2e3c, 0, 0 } }; /* 10^27 */

static bool touched(const struct invariants *v, u32 asset)
{
	return v->asset_mask >> asset & 1;
}

/* A dropped reserve forgets its numbers; dropped_reserves_are_empty looks at it. */
static bool was_dropped(const struct invariants *v, u32 asset)
{
	return touched(v, asset) && !v->now.assets[asset].record.listed;
}

static bool same_sum(struct invariants *v, u32 asset, const char *what, const struct u256 *sum, const struct u256 *total)
{
	char a[U256_DECIMAL_MAX], b[U256_DECIMAL_MAX];

	if (u256_equal(sum, total))
		return true;
	u256_to_decimal(a, sum);
	u256_to_decimal(b, total);
	return broken(v, "asset %u: %s add up to %s, the total is %s", asset, what, a, b);
}

bool holds_tokens_add_up(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++)
		if (touched(v, i) && !same_sum(v, i, "balances", &v->memory[i].tokens, &v->now.assets[i].token_supply))
			return false;
	return true;
}

bool holds_supplies_add_up(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++)
		if (!same_sum(v, i, "supplies", &v->memory[i].scaled_supply, &v->now.assets[i].record.scaled_supply))
			return false;
	return true;
}

bool holds_debts_add_up(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++)
		if (!same_sum(v, i, "debts", &v->memory[i].scaled_debt, &v->now.assets[i].record.scaled_debt))
			return false;
	return true;
}

/* -- cash ---------------------------------------------------------------------------- */

bool holds_cash_backs_balance(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		struct u256 balance = ledger_wide(v->now.assets[i].record.virtual_balance);

		if (u256_cmp(&v->now.balances[i][v->memory[i].vault], &balance) < 0)
			return broken(v, "asset %u: fewer tokens than the virtual balance", i);
	}
	return true;
}

/* Whether the step may have sent tokens to a reserve that are nobody's supply. */
static bool may_be_a_gift(const struct invariants *v)
{
	return !v->step.is_plain || v->step.op == OP_TOKEN_MOVE || v->step.op == OP_TOKEN_FROM ||
	       v->step.op == OP_TOKEN_MINT;
}

bool holds_cash_moves_with_balance(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		struct u256 before = ledger_wide(asset_before(v, i)->record.virtual_balance);
		struct u256 after = ledger_wide(v->now.assets[i].record.virtual_balance);
		struct u256 cash_before = balance_before(v, i, v->memory[i].vault);
		struct u256 cash_after = v->now.balances[i][v->memory[i].vault];
		int order;

		if (!touched(v, i) || was_dropped(v, i))
			continue;
		/* cash_after - cash_before against after - before, without negative numbers */
		if (u256_add(&cash_after, &cash_after, &before) || u256_add(&cash_before, &cash_before, &after))
			continue;
		order = u256_cmp(&cash_after, &cash_before);
		if (order < 0 || (order > 0 && !may_be_a_gift(v)))
			return broken(v, "asset %u: tokens and virtual balance moved apart", i);
	}
	return true;
}

/* -- assets against claims --------------------------------------------------------------- */

/* Both in units * 10^27, exact: balance + debts + deficit, and supplies + accrued share.
 * False beyond 256 bits. */
static bool weigh(struct u256 *assets, struct u256 *claims, const struct reserve *r)
{
	struct u256 sum, part, index;

	sum = ledger_wide(r->virtual_balance);
	part = ledger_wide(r->deficit);
	if (u256_add(&sum, &sum, &part) || u256_mul(&sum, &sum, &RAY))
		return false;
	index = ledger_wide(r->borrow_index);
	if (u256_mul(&part, &r->scaled_debt, &index) || u256_add(assets, &sum, &part))
		return false;
	part = ledger_wide(r->accrued_to_treasury);
	index = ledger_wide(r->liquidity_index);
	return !u256_add(&sum, &r->scaled_supply, &part) && !u256_mul(claims, &sum, &index);
}

/* What the rounding of rates and indexes may give away in one accrual: rates are right to a
 * few units of 10^-27 a year, indexes to one; of whatever was there when interest was charged,
 * which is what was there before the step. */
static bool rounding(struct u256 *out, const struct invariants *v, u32 asset)
{
	const struct reserve *before = &asset_before(v, asset)->record, *after = &v->now.assets[asset].record;
	u64 years = (after->updated_at - before->updated_at) / YEAR + 1;
	struct u256 factor = u256_from_u64(16 * years + 8), two = u256_from_u64(2), twice;
	struct u256 share, index = ledger_wide(after->liquidity_index), less, assets, claims;

	if (!weigh(&assets, &claims, before) || u256_add(out, &assets, &claims) || u256_div(out, NULL, out, &RAY) || u256_mul(out, out, &factor) ||
	    u256_mul(&twice, &RAY, &two) || u256_add(out, out, &twice))
		return false;
	if (v->step.op != OP_LIQUIDATE || (v->step.is_plain && v->step.asset != v->step.debt_asset))
		return true;
	/* One reserve on both sides: Aave counts the treasury's share twice. */
	share = ledger_wide(after->accrued_to_treasury);
	less = ledger_wide(before->accrued_to_treasury);
	return !u256_sub(&share, &share, &less) && !u256_mul(&share, &share, &index) && !u256_add(out, out, &share);
}

static bool accrued(const struct invariants *v, u32 asset)
{
	const struct reserve *before = &asset_before(v, asset)->record, *after = &v->now.assets[asset].record;

	return before->updated_at != after->updated_at ||
	       u128_cmp(before->liquidity_index, after->liquidity_index) != 0 ||
	       u128_cmp(before->borrow_index, after->borrow_index) != 0;
}

/* claims less assets, at least 0. */
static struct u256 gap(const struct u256 *assets, const struct u256 *claims)
{
	struct u256 g;

	return u256_sub(&g, claims, assets) ? U256_ZERO : g;
}

static bool never_costs(struct invariants *v, u32 asset)
{
	const struct reserve *before = &asset_before(v, asset)->record, *after = &v->now.assets[asset].record;
	struct u256 assets[2], claims[2], tolerance = U256_ZERO, old_gap, old_index, new_index;

	if (!weigh(&assets[0], &claims[0], before) || !weigh(&assets[1], &claims[1], after))
		return true;
	old_gap = gap(&assets[0], &claims[0]);
	if (accrued(v, asset)) {
		old_index = ledger_wide(before->liquidity_index);
		new_index = ledger_wide(after->liquidity_index);
		/* An old gap earns interest like every claim. */
		if (!rounding(&tolerance, v, asset) ||
		    u256_mul_div_up(&old_gap, &old_gap, &new_index, &old_index))
			return true;
	}
	/* claims[1] - assets[1] <= old_gap - old surplus + tolerance */
	if (u256_is_zero(&old_gap) && u256_sub(&assets[0], &assets[0], &claims[0]) == OK) {
		if (u256_add(&claims[1], &claims[1], &assets[0]))
			return true;
	}
	if (u256_add(&assets[1], &assets[1], &old_gap) || u256_add(&assets[1], &assets[1], &tolerance))
		return true;
	return u256_cmp(&claims[1], &assets[1]) <= 0;
}

bool holds_actions_never_cost(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++)
		if (touched(v, i) && !was_dropped(v, i) && !never_costs(v, i))
			return broken(v, "asset %u: claims grew more than what backs them", i);
	return true;
}

bool holds_claims_are_covered(struct invariants *v)
{
	for (u32 i = 0; i < v->now.asset_count; i++) {
		const struct reserve *before = &asset_before(v, i)->record, *after = &v->now.assets[i].record;
		struct u256 assets, claims, tolerance, missing;
		struct memory *m = &v->memory[i];

		if (!touched(v, i) || was_dropped(v, i) || !weigh(&assets, &claims, after))
			continue;
		if (accrued(v, i) && rounding(&tolerance, v, i)) {
			m->leak *= ledger_number(after->liquidity_index) / ledger_number(before->liquidity_index);
			m->leak += u256_to_double(&tolerance);
		}
		missing = gap(&assets, &claims);
		if (u256_to_double(&missing) > m->leak * 1.000001)
			return broken(v, "asset %u: claims exceed what backs them by %g units, rounding explains %g", i,
				      u256_to_double(&missing) / 1e27, m->leak / 1e27);
	}
	return true;
}

/* -- treasury and deficit ------------------------------------------------------------------- */

bool holds_treasury_share_is_minted(struct invariants *v)
{
	u32 treasury = ledger_find(&v->now, &v->now.pool.treasury);

	for (u32 i = 0; i < v->now.asset_count; i++) {
		struct u128le before = asset_before(v, i)->record.accrued_to_treasury;
		struct u128le after = v->now.assets[i].record.accrued_to_treasury;
		struct u256 has, had, share = ledger_wide(before);

		if (u128_cmp(after, before) >= 0 || was_dropped(v, i))
			continue;
		if (v->step.op != OP_TREASURY || !u128_is_zero(after))
			return broken(v, "asset %u: the accrued share fell", i);
		had = ledger_wide(position_before(v, i, treasury).scaled_supply);
		has = ledger_wide(v->now.positions[i][treasury].scaled_supply);
		if (u256_add(&had, &had, &share) || !u256_equal(&has, &had))
			return broken(v, "asset %u: the treasury did not get its share", i);
	}
	return true;
}

bool holds_deficit_is_what_was_lost(struct invariants *v)
{
	const struct log *log;
	struct u256 word;
	u32 at = 0;

	while ((log = event_next(v, &at, EVENT_DeficitCreated)) != NULL) {
		struct u256 *deficit = &v->memory[event_asset(log, 2)].deficit;

		word = event_word(log, 0);
		if (u256_add(deficit, deficit, &word))
			return broken(v, "more was lost than there is");
	}
	at = 0;
	while ((log = event_next(v, &at, EVENT_DeficitCovered)) != NULL) {
		struct u256 *deficit = &v->memory[event_asset(log, 1)].deficit;

		word = event_word(log, 1);
		if (u256_sub(deficit, deficit, &word))
			return broken(v, "more was covered than was lost");
	}
	for (u32 i = 0; i < v->now.asset_count; i++) {
		if (was_dropped(v, i))
			v->memory[i].deficit = U256_ZERO;
		word = ledger_wide(v->now.assets[i].record.deficit);
		if (!same_sum(v, i, "announced losses", &v->memory[i].deficit, &word))
			return false;
	}
	return true;
}

bool holds_deficit_falls_by_umbrella(struct invariants *v)
{
	u32 umbrella = ledger_find(&v->now, &v->now.pool.umbrella);

	for (u32 i = 0; i < v->now.asset_count; i++)
		if (u128_cmp(v->now.assets[i].record.deficit, asset_before(v, i)->record.deficit) < 0 && !was_dropped(v, i) &&
		    (v->step.op != OP_COVER || v->step.caller != umbrella))
			return broken(v, "asset %u: person %u lowered the deficit", i, v->step.caller);
	return true;
}

/* premium = what stayed; amount * bps <= premium * 10000 */
bool holds_flash_loans_pay(struct invariants *v)
{
	u32 i = v->step.asset;
	struct u256 before, after, due = v->step.amount, bps = u256_from_u64(v->now.pool.flash_premium);
	struct u256 whole = u256_from_u64(10000);

	if (!was(v, OP_FLASH))
		return true;
	before = ledger_wide(asset_before(v, i)->record.virtual_balance);
	after = ledger_wide(v->now.assets[i].record.virtual_balance);
	if (u256_mul(&due, &due, &bps))
		return true;
	if (u256_sub(&after, &after, &before) || u256_mul(&after, &after, &whole) || u256_cmp(&after, &due) < 0)
		return broken(v, "asset %u: a flash loan paid less than its premium", i);
	return true;
}
