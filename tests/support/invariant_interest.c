#include "tests/support/invariants.h"

#include <math.h>

/* Interest in floating point: exact to 1e-12 and some, far finer than any error of a formula. */

#define CLOSE 1e-12
#define RAY   1e27
#define YEAR  31536000.0

struct change {
	const struct reserve *before, *after;
};

/* The next listed reserve that the step touched. */
static bool next_change(const struct invariants *v, u32 *i, struct change *c)
{
	for (; *i < v->now.asset_count; (*i)++) {
		if (!(v->asset_mask >> *i & 1) || !v->now.assets[*i].record.listed)
			continue;
		c->before = &asset_before(v, *i)->record;
		c->after = &v->now.assets[*i].record;
		(*i)++;
		return true;
	}
	return false;
}

static bool is_touch(const struct change *c)
{
	return c->before->updated_at != c->after->updated_at;
}

static bool rates_changed(const struct change *c)
{
	return u128_cmp(c->before->liquidity_rate, c->after->liquidity_rate) != 0 ||
	       u128_cmp(c->before->borrow_rate, c->after->borrow_rate) != 0;
}

static double bps(u32 x)
{
	return (double)x * 1e23;
}

bool holds_indexes_rise(struct invariants *v)
{
	static const struct u128le one = { { 0x9fd0803ce8000000, 0x33b2e3c } };
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		if (u128_cmp(c.after->liquidity_index, c.before->liquidity_index) < 0 ||
		    u128_cmp(c.after->borrow_index, c.before->borrow_index) < 0)
			return broken(v, "asset %u: an index fell", i - 1);
		if (u128_cmp(c.after->liquidity_index, one) < 0 || u128_cmp(c.after->borrow_index, one) < 0)
			return broken(v, "asset %u: an index is below 1", i - 1);
	}
	return true;
}

bool holds_indexes_wait_for_the_clock(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		bool moved = u128_cmp(c.after->liquidity_index, c.before->liquidity_index) != 0 ||
			     u128_cmp(c.after->borrow_index, c.before->borrow_index) != 0;

		if (moved && (c.before->updated_at >= v->step.time || c.after->updated_at != v->step.time))
			return broken(v, "asset %u: an index moved at %llu, touched at %llu before and %llu after", i - 1,
				      (unsigned long long)v->step.time, (unsigned long long)c.before->updated_at,
				      (unsigned long long)c.after->updated_at);
	}
	return true;
}

bool holds_clock_runs_forward(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);)
		if (c.after->updated_at < c.before->updated_at || c.after->updated_at > v->step.time)
			return broken(v, "asset %u: touched at %llu, the block is at %llu", i - 1,
				      (unsigned long long)c.after->updated_at, (unsigned long long)v->step.time);
	return true;
}

/* -- growth --------------------------------------------------------------------------- */

/* rate * time for the time between two touches */
static double interest(const struct change *c, struct u128le rate)
{
	return ledger_number(rate) / RAY * (double)(c->after->updated_at - c->before->updated_at) / YEAR;
}

static double growth(struct u128le before, struct u128le after)
{
	return ledger_number(after) / ledger_number(before);
}

bool holds_supply_interest_is_simple(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		double grown, due;

		if (!is_touch(&c))
			continue;
		grown = growth(c.before->liquidity_index, c.after->liquidity_index);
		due = 1 + interest(&c, c.before->liquidity_rate);
		if (fabs(grown - due) > due * CLOSE)
			return broken(v, "asset %u: the supply index grew by %.17g, not %.17g", i - 1, grown, due);
	}
	return true;
}

bool holds_debt_interest_compounds(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		double grown, x;

		if (!is_touch(&c) || u256_is_zero(&c.before->scaled_debt))
			continue;
		grown = growth(c.before->borrow_index, c.after->borrow_index);
		x = interest(&c, c.before->borrow_rate);
		if (grown < (1 + x + x * x / 2) * (1 - CLOSE) || grown > exp(x) * (1 + CLOSE))
			return broken(v, "asset %u: the debt index grew by %.17g in rate * time %.17g", i - 1, grown, x);
	}
	return true;
}

bool holds_no_debt_no_interest(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);)
		if (u256_is_zero(&c.before->scaled_debt) && u128_cmp(c.before->borrow_index, c.after->borrow_index) != 0)
			return broken(v, "asset %u: interest on no debt", i - 1);
	return true;
}

/* -- rates ----------------------------------------------------------------------------- */

bool holds_rates_stay_on_the_curve(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		double borrow = ledger_number(c.after->borrow_rate), supply = ledger_number(c.after->liquidity_rate);
		double base = bps(c.after->base), top = base + bps(c.after->slope1) + bps(c.after->slope2);
		double share = 1 - (double)v->now.assets[i - 1].settings.factor / 10000;

		if (!rates_changed(&c))
			continue;
		if (borrow < base * (1 - CLOSE) || borrow > top * (1 + CLOSE) + 1)
			return broken(v, "asset %u: borrow rate %g outside %g .. %g", i - 1, borrow, base, top);
		if (supply > borrow * share * (1 + CLOSE) + 2)
			return broken(v, "asset %u: supply rate %g, borrow rate %g, suppliers' share %g", i - 1, supply, borrow,
				      share);
	}
	return true;
}

bool holds_idle_reserves_cost_the_base(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		bool idle = u256_is_zero(&c.after->scaled_debt);

		if (!idle || (u256_is_zero(&c.before->scaled_debt) && !rates_changed(&c)))
			continue;
		if (!u128_is_zero(c.after->liquidity_rate) ||
		    fabs(ledger_number(c.after->borrow_rate) - bps(c.after->base)) > bps(c.after->base) * CLOSE)
			return broken(v, "asset %u: without debt the rates are %g and %g", i - 1,
				      ledger_number(c.after->liquidity_rate), ledger_number(c.after->borrow_rate));
	}
	return true;
}

bool holds_rates_bend_at_the_optimum(struct invariants *v)
{
	struct change c;

	for (u32 i = 0; next_change(v, &i, &c);) {
		double debt = u256_to_double(&c.after->scaled_debt) * ledger_number(c.after->borrow_index) / RAY;
		double rate = ledger_number(c.after->borrow_rate);
		double usage = debt / (debt + ledger_number(c.after->virtual_balance));
		double optimal = (double)c.after->optimal / 10000, bend = bps(c.after->base) + bps(c.after->slope1);

		/* Rounding to whole units blurs the usage of a handful of units. */
		if (!rates_changed(&c) || debt < 1e6)
			continue;
		if (usage < optimal * (1 - 1e-5) && rate > bend * (1 + CLOSE) + 2)
			return broken(v, "asset %u: usage %g below %g, rate %g above %g", i - 1, usage, optimal, rate, bend);
		if (usage > optimal * (1 + 1e-5) && rate < bend * (1 - CLOSE) - 2)
			return broken(v, "asset %u: usage %g above %g, rate %g below %g", i - 1, usage, optimal, rate, bend);
	}
	return true;
}
