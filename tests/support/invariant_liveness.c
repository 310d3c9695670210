#include "tests/support/invariants.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"

/* What must be possible is tried on the committed state, by a passer-by with fresh tokens, and
 * then undone.  Reserves whose numbers come near the width of their fields are left out: there
 * Aave refuses too. */

#define MODERATE 1e29 /* units, dollars * 1e8 */

static const struct address passer_by = { { 0xac, 0xfe, 0xed } };

struct attempt {
	struct invariants *v;
	size_t checkpoint;
	u64 now;
};

static struct attempt attempt_begin(struct invariants *v)
{
	return (struct attempt){ v, state_checkpoint(&v->world->state), v->step.time };
}

static void attempt_end(struct attempt *a)
{
	state_rollback(&a->v->world->state, a->checkpoint);
	a->v->world->logs.count = 0;
}

static enum err say(struct attempt *a, const struct address *caller, const struct address *to, enum op op,
		    const struct u256 *words, u32 count)
{
	a->v->world->env.time = a->now;
	return world_call(a->v->world, caller, to, op_info(op)->signature, words, count);
}

static struct address pool(void)
{
	return contract_address(CONTRACT_POOL, 0);
}

static struct u256 asset_word(u32 asset)
{
	struct address a = contract_address(CONTRACT_TOKEN, (u16)asset);

	return word_of_address(&a);
}

/* Tokens for the passer-by, which the pool may take. */
static bool equip(struct attempt *a, u32 asset, struct u256 amount)
{
	struct address token = contract_address(CONTRACT_TOKEN, (u16)asset), p = pool();
	struct u256 mint[] = { word_of_address(&passer_by), amount };
	struct u256 approve[] = { word_of_address(&p), U256_MAX };

	return say(a, &passer_by, &token, OP_TOKEN_MINT, mint, 2) == OK &&
	       say(a, &passer_by, &token, OP_TOKEN_APPROVE, approve, 2) == OK;
}

static struct u256 units(double x)
{
	u64 high = (u64)floor(x / 18446744073709551616.0);

	return (struct u256){ { (u64)(x - (double)high * 18446744073709551616.0), high, 0, 0 } };
}

/* -- which reserves ------------------------------------------------------------------------ */

static bool is_moderate(const struct invariants *v, u32 asset)
{
	const struct ledger_asset *a = &v->now.assets[asset];
	const struct reserve *r = &a->record;
	double supply = ledger_supply_index(a, v->step.time), debt = ledger_debt_index(a, v->step.time);

	return supply < 1e6 && debt < 1e6 && u256_to_double(&r->scaled_supply) * supply < MODERATE &&
	       u256_to_double(&r->scaled_debt) * debt < MODERATE && ledger_number(r->virtual_balance) < MODERATE &&
	       ledger_number(r->deficit) < MODERATE && ledger_number(r->accrued_to_treasury) * supply < MODERATE &&
	       u256_to_double(&a->token_supply) < 1e70;
}

static bool is_open(const struct invariants *v, u32 asset)
{
	const struct settings *s = &v->now.assets[asset].settings;

	return s->active && !s->paused && is_moderate(v, asset);
}

/* The next person and asset, from the dice on, for which fits says yes. */
static bool find(struct invariants *v, u32 *who, u32 *asset,
		 bool (*fits)(const struct invariants *v, u32 who, u32 asset))
{
	u32 count = v->now.people_count * v->now.asset_count;
	u32 start = (u32)(v->dice % count);

	for (u32 k = 0; k < count; k++) {
		u32 at = (start + k) % count;

		*who = at / v->now.asset_count;
		*asset = at % v->now.asset_count;
		if (fits(v, *who, *asset))
			return true;
	}
	return false;
}

/* -- repaying ------------------------------------------------------------------------------- */

static bool owes(const struct invariants *v, u32 who, u32 asset)
{
	return !u128_is_zero(v->now.positions[asset][who].scaled_debt) && is_open(v, asset);
}

static struct position position_now(struct attempt *a, u32 asset, u32 who)
{
	struct position_key key = { (u16)asset, a->v->now.people[who] };
	struct position p;

	position_read(&a->v->world->state, &key, &p);
	return p;
}

bool holds_debts_can_be_repaid(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	struct address p = pool();
	struct u256 amount;
	enum err err;
	u32 who, asset;
	bool cleared;

	if (!find(v, &who, &asset, owes))
		return true;
	amount = units(ledger_owed(&v->now, asset, who, v->step.time) * 1.01 + 10);
	if (!equip(&a, asset, amount)) {
		attempt_end(&a);
		return true;
	}
	v->probe_count++;
	err = say(&a, &passer_by, &p, OP_REPAY,
		  (struct u256[]){ asset_word(asset), amount, u256_from_u64(2), word_of_address(&v->now.people[who]) }, 4);
	cleared = err == OK && u128_is_zero(position_now(&a, asset, who).scaled_debt);
	attempt_end(&a);
	return cleared ? true : broken(v, "the debt of person %u in asset %u cannot be repaid: %s", who, asset, err_name(err));
}

/* -- leaving ----------------------------------------------------------------------------------- */

static bool may_leave(const struct invariants *v, u32 who, u32 asset)
{
	double has = ledger_supplied(&v->now, asset, who, v->step.time);

	return ledger_debts(&v->now, who) == 0 && is_open(v, asset) && has >= 2 &&
	       has * (1 + 1e-9) + 1 < ledger_number(v->now.assets[asset].record.virtual_balance);
}

bool holds_debt_free_can_leave(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	struct address p = pool();
	u32 who, asset;
	enum err err;
	bool left;

	if (!find(v, &who, &asset, may_leave))
		return true;
	v->probe_count++;
	err = say(&a, &v->now.people[who], &p, OP_WITHDRAW,
		  (struct u256[]){ asset_word(asset), U256_MAX, word_of_address(&passer_by) }, 3);
	left = err == OK && u128_is_zero(position_now(&a, asset, who).scaled_supply);
	attempt_end(&a);
	return left ? true : broken(v, "person %u cannot leave asset %u: %s", who, asset, err_name(err));
}

/* -- liquidating ----------------------------------------------------------------------------------- */

static bool is_priced(const struct ledger_asset *a)
{
	return a->price >= 1 && a->price < 1e20;
}

/* Whether a side of an account is open to liquidation and worth 10 dollars. */
static bool is_side(const struct invariants *v, u32 who, u32 asset, bool debt)
{
	const struct ledger_asset *a = &v->now.assets[asset];
	double amount = debt ? ledger_owed(&v->now, asset, who, v->step.time)
			     : ledger_supplied(&v->now, asset, who, v->step.time);
	bool has = debt ? ledger_borrows(&v->now.users[who], asset) : ledger_pledges(&v->now.users[who], asset);

	/* A unit worth cents, or an index far above 1, may round what is paid down to nothing. */
	return has && is_open(v, asset) && a->record.grace_until < v->step.time && ledger_dollars(a, amount) > 1e9 &&
	       ledger_dollars(a, 1) * ledger_debt_index(a, v->step.time) < 1e6;
}

/* Everything the account touches has a price and moderate numbers, and health is below 0.95. */
static bool is_sick(const struct invariants *v, u32 who)
{
	struct worth w;

	if (ledger_debts(&v->now, who) == 0)
		return false;
	for (u32 i = 0; i < v->now.asset_count; i++)
		if ((ledger_borrows(&v->now.users[who], i) || ledger_pledges(&v->now.users[who], i)) &&
		    (!is_moderate(v, i) || !is_priced(&v->now.assets[i])))
			return false;
	w = ledger_worth(&v->now, who, v->step.time);
	return worth_is_below(&w, 0.949);
}

static bool is_target(const struct invariants *v, u32 who, u32 asset)
{
	return is_side(v, who, asset, false) && ledger_terms(&v->now, &v->now.users[who], asset).bonus > 10000 &&
	       is_sick(v, who);
}

bool holds_unhealthy_can_be_liquidated(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	struct address p = pool();
	u32 who, asset, debt;
	enum err err = OK;

	if (!find(v, &who, &asset, is_target))
		return true;
	for (debt = 0; debt < v->now.asset_count && !is_side(v, who, debt, true); debt++)
		continue;
	if (debt == v->now.asset_count)
		return true;
	if (equip(&a, debt, units(ledger_owed(&v->now, debt, who, v->step.time) * 1.01 + 10))) {
		v->probe_count++;
		err = say(&a, &passer_by, &p, OP_LIQUIDATE,
			  (struct u256[]){ asset_word(asset), asset_word(debt), word_of_address(&v->now.people[who]),
					   U256_MAX, U256_ONE },
			  5);
	}
	attempt_end(&a);
	return err == OK ? true : broken(v, "person %u cannot be liquidated, collateral %u for debt %u: %s", who, asset, debt, err_name(err));
}

/* -- round trips ---------------------------------------------------------------------------------- */

static struct u256 tokens_now(struct attempt *a, u32 asset)
{
	struct balance balance;

	balance_read(&a->v->world->state, &(struct balance_key){ (u16)asset, passer_by }, &balance);
	return balance.amount;
}

static bool withdraw(struct attempt *a, u32 asset, struct u256 amount)
{
	struct address p = pool();

	return say(a, &passer_by, &p, OP_WITHDRAW,
		   (struct u256[]){ asset_word(asset), amount, word_of_address(&passer_by) }, 3) == OK;
}

/* In two supplies and three withdrawals, of odd amounts. */
bool holds_round_trips_do_not_pay(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	u32 asset = (u32)(v->dice % v->now.asset_count);
	u64 first = 1 + v->dice % 1000003, second = 1 + v->dice / 7 % 999999000001;
	struct u256 words[] = { asset_word(asset), u256_from_u64(first), word_of_address(&passer_by), U256_ZERO };
	struct u256 before = u256_from_u64(first + second), after;
	struct address p = pool();
	bool supplied;

	if (!is_open(v, asset) || !equip(&a, asset, before)) {
		attempt_end(&a);
		return true;
	}
	supplied = say(&a, &passer_by, &p, OP_SUPPLY, words, 4) == OK;
	words[1] = u256_from_u64(second);
	supplied = say(&a, &passer_by, &p, OP_SUPPLY, words, 4) == OK || supplied;
	if (supplied) {
		v->probe_count++;
		(void)withdraw(&a, asset, u256_from_u64(1 + first / 3));
		(void)withdraw(&a, asset, u256_from_u64(1 + second / 5));
		(void)withdraw(&a, asset, U256_MAX);
	}
	after = tokens_now(&a, asset);
	attempt_end(&a);
	return u256_cmp(&after, &before) <= 0 ? true : broken(v, "asset %u: a round trip of %llu + %llu paid", asset, (unsigned long long)first, (unsigned long long)second);
}

/* -- supplying ------------------------------------------------------------------------------------ */

static enum err supply(struct attempt *a, u32 asset, struct u256 amount)
{
	struct address p = pool();

	return say(a, &passer_by, &p, OP_SUPPLY,
		   (struct u256[]){ asset_word(asset), amount, word_of_address(&passer_by), U256_ZERO }, 4);
}

bool holds_open_reserves_accept(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	u32 asset = (u32)(v->dice % v->now.asset_count);
	const struct ledger_asset *l = &v->now.assets[asset];
	double all = (u256_to_double(&l->record.scaled_supply) + ledger_number(l->record.accrued_to_treasury)) *
		     ledger_supply_index(l, v->step.time);
	/* Interest of this moment may add to what is accrued to the treasury. */
	double grown = u256_to_double(&l->record.scaled_debt) * ledger_debt_index(l, v->step.time) * 2;
	bool has_room = l->settings.supply_cap == 0 || all + grown + 2 * l->unit < (double)l->settings.supply_cap * l->unit;
	enum err err = OK;

	if (is_open(v, asset) && !l->settings.frozen && has_room && equip(&a, asset, units(l->unit * 1000))) {
		v->probe_count++;
		err = supply(&a, asset, units(l->unit));
	}
	attempt_end(&a);
	return err == OK ? true : broken(v, "asset %u takes no supply: %s", asset, err_name(err));
}

/* -- borrowing --------------------------------------------------------------------------------------- */

static enum err borrow(struct attempt *a, u32 asset, u64 amount)
{
	struct address p = pool();

	return say(a, &passer_by, &p, OP_BORROW,
		   (struct u256[]){ asset_word(asset), u256_from_u64(amount), u256_from_u64(2), U256_ZERO,
				    word_of_address(&passer_by) },
		   5);
}

static void repay(struct attempt *a, u32 asset, struct u256 amount)
{
	struct address p = pool();

	(void)say(a, &passer_by, &p, OP_REPAY,
		  (struct u256[]){ asset_word(asset), amount, u256_from_u64(2), word_of_address(&passer_by) }, 4);
}

/* With ample collateral, two loans and three repayments of odd amounts. */
bool holds_loans_do_not_pay(struct invariants *v)
{
	struct attempt a = attempt_begin(v);
	u32 pledge = (u32)(v->dice % v->now.asset_count), asset = (u32)(v->dice / 16 % v->now.asset_count);
	u64 first = 1 + v->dice % 100003, second = 1 + v->dice / 7 % 10000019;
	struct u256 spare = u256_from_u64(1000000), after;
	struct position_key key = { (u16)asset, passer_by };
	struct position p;
	bool borrowed = false;

	if (pledge != asset && is_open(v, pledge) && is_open(v, asset) &&
	    equip(&a, pledge, units(v->now.assets[pledge].unit * 1000)) && equip(&a, asset, spare) &&
	    supply(&a, pledge, units(v->now.assets[pledge].unit * 1000)) == OK) {
		borrowed = borrow(&a, asset, first) == OK;
		borrowed = borrow(&a, asset, second) == OK || borrowed;
		repay(&a, asset, u256_from_u64(1 + first / 3));
		repay(&a, asset, u256_from_u64(1 + second / 5));
		repay(&a, asset, U256_MAX);
	}
	after = tokens_now(&a, asset);
	position_read(&v->world->state, &key, &p);
	attempt_end(&a);
	if (!borrowed)
		return true;
	v->probe_count++;
	if (u128_is_zero(p.scaled_debt) && u256_cmp(&after, &spare) > 0)
		return broken(v, "asset %u: loans of %llu + %llu paid", asset, (unsigned long long)first,
			      (unsigned long long)second);
	return true;
}
