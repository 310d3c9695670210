#include "tests/support/invariants.h"

/* What contracts tell: events and views against the records. */

/* -- transfers ------------------------------------------------------------------------- */

static struct u256 topic_word(const struct log *log, u32 topic)
{
	return u256_from_be(log->topics[topic].bytes);
}

static bool is_about(const struct log *log, u32 topic, const struct address *who)
{
	struct u256 word = topic_word(log, topic);
	struct address a = address_of_word(&word);

	return address_cmp(&a, who) == 0;
}

/* before + received - given, by the events; false beyond 256 bits. */
static bool told_balance(const struct invariants *v, struct u256 *balance, u32 asset, const struct address *who)
{
	struct address token = contract_address(CONTRACT_TOKEN, (u16)asset);
	struct u256 given = U256_ZERO, amount;
	const struct log *log;
	u32 at = 0;

	while ((log = event_next(v, &at, EVENT_Transfer)) != NULL) {
		if (address_cmp(&log->address, &token) != 0)
			continue;
		amount = event_word(log, 0);
		if (is_about(log, 2, who) && u256_add(balance, balance, &amount))
			return false;
		if (is_about(log, 1, who) && u256_add(&given, &given, &amount))
			return false;
	}
	return !u256_sub(balance, balance, &given);
}

bool holds_transfers_are_told(struct invariants *v)
{
	for (u32 k = 0; k < v->balance_count; k++) {
		const struct touched_balance *t = &v->balances[k];
		struct u256 balance = t->before;

		if (!told_balance(v, &balance, t->asset, &v->now.people[t->person]))
			continue;
		if (!u256_equal(&balance, &v->now.balances[t->asset][t->person]))
			return broken(v, "person %u, asset %u: the events tell another balance", t->person, t->asset);
	}
	return true;
}

/* -- rates ------------------------------------------------------------------------------ */

static bool rates_changed(const struct reserve *a, const struct reserve *b)
{
	return u128_cmp(a->liquidity_rate, b->liquidity_rate) != 0 || u128_cmp(a->borrow_rate, b->borrow_rate) != 0;
}

static bool is_word(const struct log *log, u32 i, struct u128le value)
{
	struct u256 told = event_word(log, i), kept = ledger_wide(value);

	return u256_equal(&told, &kept);
}

bool holds_rates_are_told(struct invariants *v)
{
	const struct log *last[LEDGER_ASSETS] = { NULL }, *log;
	u32 at = 0;

	while ((log = event_next(v, &at, EVENT_ReserveDataUpdated)) != NULL)
		last[event_asset(log, 1)] = log;
	for (u32 i = 0; i < v->now.asset_count; i++) {
		const struct reserve *r = &v->now.assets[i].record;

		if (!last[i]) {
			if (r->listed && rates_changed(r, &asset_before(v, i)->record))
				return broken(v, "asset %u: new rates and no event", i);
			continue;
		}
		/* liquidity rate, 0, borrow rate, liquidity index, borrow index */
		if (!is_word(last[i], 0, r->liquidity_rate) || !is_word(last[i], 2, r->borrow_rate) ||
		    !is_word(last[i], 3, r->liquidity_index) || !is_word(last[i], 4, r->borrow_index))
			return broken(v, "asset %u: the event tells other rates or indexes", i);
	}
	return true;
}

/* -- views --------------------------------------------------------------------------------- */

static bool is_between(double x, double low, double high)
{
	return x >= low * (1 - 1e-9) - 1 && x <= high * (1 + 1e-9) + 1;
}

bool holds_views_agree(struct invariants *v)
{
	u32 who = (u32)(v->dice % v->now.people_count);
	struct worth w = ledger_worth(&v->now, who, v->step.time);
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct u256 word = word_of_address(&v->now.people[who]), health;
	double collateral, debt, said;

	v->world->env.time = v->step.time;
	if (world_view(v->world, &pool, op_info(OP_LOOK)->signature, &word, 1) != OK)
		/* A price is missing, or numbers are beyond the width of the arithmetic. */
		return !w.alive || w.collateral_high + w.debt_high > 1e40
			       ? true
			       : broken(v, "the pool does not know what person %u is worth", who);
	if (!w.alive)
		return broken(v, "person %u is worth something without a price", who);
	word = world_word(v->world, 0);
	collateral = u256_to_double(&word);
	word = world_word(v->world, 1);
	debt = u256_to_double(&word);
	health = world_word(v->world, 5);
	said = u256_to_double(&health) / 1e18;
	v->probe_count++;
	if (!is_between(collateral, w.collateral_low, w.collateral_high) || !is_between(debt, w.debt_low, w.debt_high))
		return broken(v, "person %u: the pool says %g and %g, the book %g and %g", who, collateral, debt,
			      w.collateral_high, w.debt_high);
	if (debt > 0 && (worth_is_above(&w, said + 1e-12) || worth_is_below(&w, said)))
		return broken(v, "person %u: the pool says a health of %g", who, said);
	return true;
}
