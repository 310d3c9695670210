#include "tests/support/ledger.h"

#include <string.h>

#define RAY   1e27
#define YEAR  31536000.0
#define DOUBT 1e-9 /* relative error of sums in floating point, amply */
#define BPS   10000.0

/* -- people ------------------------------------------------------------------------ */

u32 ledger_find(const struct ledger *l, const struct address *a)
{
	for (u32 i = 0; i < l->people_count; i++)
		if (memcmp(&l->people[i], a, sizeof *a) == 0)
			return i;
	return NOBODY;
}

u32 ledger_person(struct ledger *l, const struct address *a)
{
	u32 i = ledger_find(l, a);

	if (i != NOBODY)
		return i;
	if (l->people_count == LEDGER_PEOPLE) {
		l->overflow = true;
		return 0;
	}
	l->people[l->people_count] = *a;
	return l->people_count++;
}

/* -- records ------------------------------------------------------------------------ */

double ledger_number(struct u128le x)
{
	return (double)x.limb[0] + (double)x.limb[1] * 18446744073709551616.0;
}

struct settings settings_of(const struct u256 *word)
{
	return (struct settings){
		.ltv = (u32)u256_field(word, 0, 16),
		.threshold = (u32)u256_field(word, 16, 16),
		.bonus = (u32)u256_field(word, 32, 16),
		.decimals = (u32)u256_field(word, 48, 8),
		.active = u256_bit(word, 56),
		.frozen = u256_bit(word, 57),
		.borrowing = u256_bit(word, 58),
		.paused = u256_bit(word, 60),
		.isolation = u256_bit(word, 61),
		.siloed = u256_bit(word, 62),
		.flash = u256_bit(word, 63),
		.factor = (u32)u256_field(word, 64, 16),
		.borrow_cap = u256_field(word, 80, 36),
		.supply_cap = u256_field(word, 116, 36),
		.fee = (u32)u256_field(word, 152, 16),
		.ceiling = u256_field(word, 212, 40),
	};
}

static void apply_reserve(struct ledger *l, u16 id, const struct reserve *r)
{
	struct ledger_asset *a = &l->assets[id];
	double unit = 1;

	if (id >= l->asset_count)
		l->asset_count = id + 1u;
	if (memcmp(&a->record.configuration, &r->configuration, sizeof r->configuration) != 0) {
		a->settings = settings_of(&r->configuration);
		for (u32 i = 0; i < a->settings.decimals; i++)
			unit *= 10;
		a->unit = unit;
	}
	a->record = *r;
}

/* The price feed's answer is an int256. */
static double price_of(const struct feed *f)
{
	return u256_bit(&f->answer, 255) ? 0 : u256_to_double(&f->answer);
}

static void apply_of_person(struct ledger *l, enum table table, const u8 *key, const void *value)
{
	struct position_key position;
	struct balance_key balance;
	struct user_key user;
	u32 who;

	if (table == TABLE_position) {
		memcpy(&position, key, sizeof position);
		who = ledger_person(l, &position.owner);
		l->positions[position.reserve][who] = *(const struct position *)value;
	} else if (table == TABLE_balance) {
		memcpy(&balance, key, sizeof balance);
		who = ledger_person(l, &balance.owner);
		l->balances[balance.token][who] = *(const struct u256 *)value;
	} else {
		memcpy(&user, key, sizeof user);
		who = ledger_person(l, &user.owner);
		l->users[who] = *(const struct user *)value;
	}
}

void ledger_apply(struct ledger *l, const struct state_change *change)
{
	enum table table = (enum table)change->key.at[0];
	const u8 *key = change->key.at + 1;
	union {
		struct reserve reserve;
		struct token token;
		struct feed feed;
		struct emode emode;
		struct pool pool;
		u8 bytes[TABLE_VALUE_MAX];
	} v = { .bytes = { 0 } };
	u16 id;

	if (change->value.at)
		memcpy(v.bytes, change->value.at, change->value.size);
	memcpy(&id, key, sizeof id);
	if (table == TABLE_reserve)
		apply_reserve(l, id, &v.reserve);
	else if (table == TABLE_token)
		l->assets[id].token_supply = v.token.supply;
	else if (table == TABLE_feed)
		l->assets[id].price = price_of(&v.feed);
	else if (table == TABLE_pool)
		l->pool = v.pool;
	else if (table == TABLE_emode)
		l->emodes[key[0]] = v.emode;
	else if (table == TABLE_position || table == TABLE_balance || table == TABLE_user)
		apply_of_person(l, table, key, v.bytes);
}

/* -- users -------------------------------------------------------------------------- */

u32 ledger_debts(const struct ledger *l, u32 person)
{
	u32 count = 0;

	for (u32 i = 0; i < l->asset_count; i++)
		count += ledger_borrows(&l->users[person], i);
	return count;
}

u32 ledger_pledged(const struct ledger *l, u32 person)
{
	u32 count = 0;

	for (u32 i = 0; i < l->asset_count; i++)
		count += ledger_pledges(&l->users[person], i);
	return count;
}

bool ledger_in(struct u128le bitmap, u32 asset)
{
	return bitmap.limb[0] >> asset & 1;
}

struct terms ledger_terms(const struct ledger *l, const struct user *u, u32 asset)
{
	const struct settings *s = &l->assets[asset].settings;
	const struct emode *e;

	if (u->emode == 0)
		return (struct terms){ s->ltv, s->threshold, s->bonus };
	e = &l->emodes[u->emode];
	if (!ledger_in(e->collateral, asset))
		return (struct terms){ s->ltv, s->threshold, s->bonus };
	return (struct terms){ ledger_in(e->ltvzero, asset) ? 0 : e->ltv, e->liquidation_threshold,
			       e->liquidation_bonus };
}

/* -- value ---------------------------------------------------------------------------- */

static double elapsed_years(const struct ledger_asset *a, u64 now)
{
	return now > a->record.updated_at ? (double)(now - a->record.updated_at) / YEAR : 0;
}

double ledger_supply_index(const struct ledger_asset *a, u64 now)
{
	double grown = ledger_number(a->record.liquidity_rate) / RAY * elapsed_years(a, now);

	return ledger_number(a->record.liquidity_index) / RAY * (1 + grown);
}

double ledger_debt_index(const struct ledger_asset *a, u64 now)
{
	double x = ledger_number(a->record.borrow_rate) / RAY * elapsed_years(a, now);

	return ledger_number(a->record.borrow_index) / RAY * (1 + x + x * x / 2 + x * x * x / 6);
}

double ledger_supplied(const struct ledger *l, u32 asset, u32 person, u64 now)
{
	const struct ledger_asset *a = &l->assets[asset];

	return ledger_number(l->positions[asset][person].scaled_supply) * ledger_supply_index(a, now);
}

double ledger_owed(const struct ledger *l, u32 asset, u32 person, u64 now)
{
	const struct ledger_asset *a = &l->assets[asset];

	return ledger_number(l->positions[asset][person].scaled_debt) * ledger_debt_index(a, now);
}

double ledger_dollars(const struct ledger_asset *a, double amount)
{
	return amount * a->price / a->unit;
}

static double at_least_zero(double x)
{
	return x > 0 ? x : 0;
}

struct worth ledger_worth(const struct ledger *l, u32 person, u64 now)
{
	const struct user *u = &l->users[person];
	struct worth w = { .alive = true };

	for (u32 i = 0; i < l->asset_count; i++) {
		const struct ledger_asset *a = &l->assets[i];
		bool pledged = ledger_pledges(u, i), borrowed = ledger_borrows(u, i);
		double amount, step = ledger_dollars(a, 1) + 1; /* what rounding may move */

		if (!pledged && !borrowed)
			continue;
		w.alive = w.alive && a->price > 0;
		if (pledged) {
			struct terms t = ledger_terms(l, u, i);
			double value = ledger_dollars(a, ledger_supplied(l, i, person, now));
			double low = at_least_zero(value * (1 - DOUBT) - step);

			w.collateral_low += low;
			w.collateral_high += value;
			w.by_ltv_high += value * t.ltv;
			w.by_threshold_low += low * t.threshold;
			w.by_threshold_high += value * t.threshold;
			w.has_zero_ltv = w.has_zero_ltv || t.ltv == 0;
		}
		if (borrowed) {
			amount = ledger_dollars(a, ledger_owed(l, i, person, now));
			w.debt_low += amount;
			w.debt_high += amount + step;
		}
	}
	return w;
}

bool worth_is_above(const struct worth *w, double limit)
{
	return w->debt_high == 0 || w->by_threshold_low * (1 - DOUBT) > w->debt_high * BPS * limit * (1 + DOUBT);
}

bool worth_is_below(const struct worth *w, double limit)
{
	return w->debt_low > 0 && w->by_threshold_high * (1 + DOUBT) < w->debt_low * BPS * limit * (1 - DOUBT);
}

bool worth_is_healthy(const struct worth *w)
{
	return worth_is_above(w, 1);
}

bool worth_is_unhealthy(const struct worth *w)
{
	return worth_is_below(w, 1);
}
