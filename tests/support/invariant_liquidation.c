#include "tests/support/invariants.h"

/* What a liquidation did, against what it may do.  Dollars are floating point with 8 decimals;
 * every comparison allows for the rounding to units on either side. */

#define DOUBT 1e-9
#define BIG   200000000000.0 /* 2000 dollars */
#define DUST  100000000000.0 /* 1000 dollars */

/* A liquidation that went through, by its event; units. */
struct seizure {
	u32 borrower;
	const struct ledger_asset *collateral, *debt; /* prices do not change within a step */
	double paid, seized;
	struct u256 paid_units;
	double collateral_step, debt_step; /* dollars that rounding to a unit may move */
};

static bool seizure_of(const struct invariants *v, struct seizure *s)
{
	const struct log *log;
	struct u256 word;
	u32 at = 0;

	if (!was(v, OP_LIQUIDATE))
		return false;
	log = event_next(v, &at, EVENT_LiquidationCall);
	if (!log)
		return false;
	s->borrower = v->step.subject;
	s->collateral = &v->now.assets[v->step.asset];
	s->debt = &v->now.assets[v->step.debt_asset];
	s->paid_units = event_word(log, 0);
	s->paid = u256_to_double(&s->paid_units);
	word = event_word(log, 1);
	s->seized = u256_to_double(&word);
	s->collateral_step = ledger_dollars(s->collateral, 1) + 1;
	s->debt_step = ledger_dollars(s->debt, 1) + 1;
	return true;
}

static double scaled_before(const struct invariants *v, u32 asset, bool debt)
{
	struct position p = position_before(v, asset, v->step.subject);

	return ledger_number(debt ? p.scaled_debt : p.scaled_supply);
}

static double owed_before(const struct invariants *v, const struct seizure *s)
{
	return scaled_before(v, v->step.debt_asset, true) * ledger_debt_index(s->debt, v->step.time);
}

static double supplied_before(const struct invariants *v, const struct seizure *s)
{
	return scaled_before(v, v->step.asset, false) * ledger_supply_index(s->collateral, v->step.time);
}

/* -- whether ----------------------------------------------------------------------------- */

bool holds_healthy_is_safe(struct invariants *v)
{
	const struct worth *w;
	struct seizure s;

	if (!seizure_of(v, &s))
		return true;
	w = worth_before(v, s.borrower);
	if (w && worth_is_healthy(w))
		return broken(v, "person %u was healthy: debt at most %g, weighted collateral at least %g", s.borrower,
			      w->debt_high, w->by_threshold_low / 10000);
	return true;
}

bool holds_nobody_liquidates_themselves(struct invariants *v)
{
	if (was(v, OP_LIQUIDATE) && v->step.caller == v->step.subject)
		return broken(v, "person %u liquidated themselves", v->step.caller);
	return true;
}

bool holds_grace_is_kept(struct invariants *v)
{
	if (!was(v, OP_LIQUIDATE))
		return true;
	if (asset_before(v, v->step.asset)->record.grace_until >= v->step.time ||
	    asset_before(v, v->step.debt_asset)->record.grace_until >= v->step.time)
		return broken(v, "a liquidation within the grace period");
	return true;
}

/* -- how much ------------------------------------------------------------------------------ */

bool holds_liquidator_pays_within_bounds(struct invariants *v)
{
	struct seizure s;

	if (!seizure_of(v, &s))
		return true;
	if (u256_cmp(&s.paid_units, &v->step.amount) > 0)
		return broken(v, "paid %g, more than offered", s.paid);
	if (s.paid > (owed_before(v, &s) + 1) * (1 + DOUBT))
		return broken(v, "paid %g on a debt of %g", s.paid, owed_before(v, &s));
	return true;
}

bool holds_close_factor_holds(struct invariants *v)
{
	const struct worth *w;
	struct seizure s;
	double debt, collateral, paid;

	if (!seizure_of(v, &s))
		return true;
	w = worth_before(v, s.borrower);
	debt = ledger_dollars(s.debt, owed_before(v, &s)) * (1 - DOUBT);
	collateral = ledger_dollars(s.collateral, supplied_before(v, &s)) * (1 - DOUBT) - s.collateral_step;
	if (!worth_is_above(w, 0.95) || debt < BIG || collateral < BIG)
		return true;
	paid = ledger_dollars(s.debt, s.paid);
	if (paid > w->debt_high / 2 * (1 + DOUBT) + s.debt_step)
		return broken(v, "paid %g dollars of %g at a health above 0.95", paid / 1e8, w->debt_high / 1e8);
	return true;
}

bool holds_bonus_holds(struct invariants *v)
{
	struct seizure s;
	struct user before;
	double gone, paid, bonus;

	if (!seizure_of(v, &s))
		return true;
	before = user_before(v, s.borrower);
	bonus = (double)ledger_terms(&v->now, &before, v->step.asset).bonus / 10000;
	gone = ledger_dollars(s.collateral, supplied_before(v, &s) -
						    ledger_supplied(&v->now, v->step.asset, s.borrower, v->step.time));
	paid = ledger_dollars(s.debt, s.paid);
	/* Index and rounding: each of the two burns may take a scaled unit more. */
	if (gone > paid * bonus * (1 + DOUBT) +
			   4 * s.collateral_step * ledger_supply_index(s.collateral, v->step.time) + 4 * s.debt_step +
			   DOUBT * ledger_dollars(s.collateral, supplied_before(v, &s)) * 1e-4)
		return broken(v, "%g dollars left the borrower for %g at a bonus of %g", gone / 1e8, paid / 1e8, bonus);
	return true;
}

bool holds_liquidator_does_not_lose(struct invariants *v)
{
	struct seizure s;
	double got, paid;

	if (!seizure_of(v, &s))
		return true;
	got = ledger_dollars(s.collateral, s.seized);
	paid = ledger_dollars(s.debt, s.paid);
	if (got < paid * (1 - DOUBT) - 2 * s.collateral_step - 2 * s.debt_step)
		return broken(v, "got %g dollars for %g", got / 1e8, paid / 1e8);
	return true;
}

/* -- what is left ------------------------------------------------------------------------------ */

bool holds_no_dust_is_left(struct invariants *v)
{
	struct seizure s;
	double supply, debt;

	if (!seizure_of(v, &s))
		return true;
	supply = ledger_supplied(&v->now, v->step.asset, s.borrower, v->step.time);
	debt = ledger_owed(&v->now, v->step.debt_asset, s.borrower, v->step.time);
	/* What is left of a closed side is less than a unit or two. */
	if (supply < 2 * ledger_supply_index(s.collateral, v->step.time) + 1 || debt == 0)
		return true;
	if (ledger_dollars(s.collateral, supply) * (1 + DOUBT) + 3 * s.collateral_step < DUST ||
	    ledger_dollars(s.debt, debt) * (1 + DOUBT) + 3 * s.debt_step < DUST)
		return broken(v, "left: %g dollars of collateral, %g of debt", ledger_dollars(s.collateral, supply) / 1e8,
			      ledger_dollars(s.debt, debt) / 1e8);
	return true;
}

/* Whether a balance of a liquidation may move like this. */
static bool may_move(const struct invariants *v, const struct touched_position *t)
{
	const struct position *p = &v->now.positions[t->asset][t->person];
	int supply = u128_cmp(p->scaled_supply, t->before.scaled_supply);
	int debt = u128_cmp(p->scaled_debt, t->before.scaled_debt);
	bool is_lost = u128_cmp(v->now.assets[t->asset].record.deficit, asset_before(v, t->asset)->record.deficit) > 0;

	if (supply == 0 && debt == 0)
		return true;
	if (t->person == v->step.subject && debt != 0 && supply == 0)
		return debt < 0 && (t->asset == v->step.debt_asset || (u128_is_zero(p->scaled_debt) && is_lost));
	if (t->person == v->step.subject && debt != 0) /* one reserve is both */
		return debt < 0 && supply < 0 && t->asset == v->step.asset;
	if (t->asset != v->step.asset || debt != 0)
		return false;
	if (t->person == v->step.subject)
		return supply < 0;
	return supply > 0 && ((t->person == v->step.caller && v->step.on) ||
			      address_cmp(&v->now.people[t->person], &v->now.pool.treasury) == 0);
}

bool holds_only_the_named_move(struct invariants *v)
{
	if (!was(v, OP_LIQUIDATE))
		return true;
	for (u32 k = 0; k < v->position_count; k++)
		if (!may_move(v, &v->positions[k]))
			return broken(v, "the balance of person %u in asset %u moved", v->positions[k].person,
				      v->positions[k].asset);
	return true;
}

bool holds_liquidation_lowers_debt(struct invariants *v)
{
	struct position before;

	if (!was(v, OP_LIQUIDATE))
		return true;
	before = position_before(v, v->step.debt_asset, v->step.subject);
	if (u128_cmp(v->now.positions[v->step.debt_asset][v->step.subject].scaled_debt, before.scaled_debt) >= 0)
		return broken(v, "person %u owes as much as before", v->step.subject);
	return true;
}

/* Health before and after, between bounds, if all of it is beyond doubt: with health h, a pair
 * of threshold t and bonus b, paying x dollars takes x*b*t of the weighted collateral, which is
 * less than x*h of it while h > b*t. */
bool holds_liquidation_heals(struct invariants *v)
{
	const struct worth *before;
	struct worth after;
	struct seizure s;
	struct user u;
	struct terms t;
	double pair, low, blur;

	if (!seizure_of(v, &s))
		return true;
	u = user_before(v, s.borrower);
	t = ledger_terms(&v->now, &u, v->step.asset);
	pair = (double)t.threshold * t.bonus / 1e8;
	before = worth_before(v, s.borrower);
	after = ledger_worth(&v->now, s.borrower, v->step.time);
	low = before->by_threshold_low / before->debt_high / 10000;
	/* Dust would drown in rounding, which is to scaled units: as many units as the index says. */
	blur = 1e7 * (s.debt_step * ledger_debt_index(s.debt, v->step.time) +
		      s.collateral_step * ledger_supply_index(s.collateral, v->step.time));
	if (low <= pair * 1.000001 || ledger_dollars(s.debt, s.paid) < blur || after.debt_low < blur)
		return true;
	if (worth_is_below(&after, low * (1 - 1e-6)))
		return broken(v, "health was %g and is %g", low, after.by_threshold_high / after.debt_low / 10000);
	return true;
}

/* -- losses --------------------------------------------------------------------------------------- */

static bool deficit_grew(const struct invariants *v, u32 *asset)
{
	for (*asset = 0; *asset < v->now.asset_count; ++*asset)
		if (u128_cmp(v->now.assets[*asset].record.deficit, asset_before(v, *asset)->record.deficit) > 0)
			return true;
	return false;
}

/* Whom the losses of this step are of, by the event. */
static u32 loser(const struct invariants *v)
{
	const struct log *log;
	struct u256 word;
	struct address a;
	u32 at = 0;

	log = event_next(v, &at, EVENT_DeficitCreated);
	if (!log)
		return NOBODY;
	word = u256_from_be(log->topics[1].bytes);
	a = address_of_word(&word);
	return ledger_find(&v->now, &a);
}

bool holds_losses_need_empty_hands(struct invariants *v)
{
	double dollars = 0, blur = 1;
	u32 asset, who;

	if (!deficit_grew(v, &asset))
		return true;
	who = loser(v);
	if (v->step.op != OP_LIQUIDATE || who == NOBODY)
		return broken(v, "asset %u: a deficit without a liquidation", asset);
	for (u32 i = 0; i < v->now.asset_count; i++) {
		if (!ledger_pledges(&v->now.users[who], i))
			continue;
		dollars += ledger_dollars(&v->now.assets[i], ledger_supplied(&v->now, i, who, v->step.time));
		blur += 3 * ledger_dollars(&v->now.assets[i], 1 + ledger_supply_index(&v->now.assets[i], v->step.time)) + 1;
	}
	if (dollars > blur + DOUBT * worth_before(v, who)->collateral_high)
		return broken(v, "person %u still has %g dollars, and asset %u took a loss", who, dollars / 1e8, asset);
	return true;
}

bool holds_losses_are_complete(struct invariants *v)
{
	u32 asset, who;

	if (!deficit_grew(v, &asset))
		return true;
	who = loser(v);
	for (u32 i = 0; who != NOBODY && i < v->now.asset_count; i++)
		if (v->now.assets[i].settings.active && !u128_is_zero(v->now.positions[i][who].scaled_debt))
			return broken(v, "person %u still owes asset %u after a loss", who, i);
	return true;
}
