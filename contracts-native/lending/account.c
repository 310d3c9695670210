#include "contracts-native/lending/account.h"

#define GAS_PER_RESERVE 3000 /* two balances and a price */

#define BORROW_BITS     0x5555555555555555ull
#define COLLATERAL_BITS 0xaaaaaaaaaaaaaaaaull

/* -- what a user has switched on ------------------------------------------------ */

struct user user_of(struct state *s, const struct address *owner)
{
	struct user u;

	user_read(s, &(struct user_key){ *owner }, &u);
	return u;
}

bool user_borrows(const struct user *u, u16 reserve)
{
	return u256_bit(&u->configuration, 2u * reserve);
}

bool user_pledges(const struct user *u, u16 reserve)
{
	return u256_bit(&u->configuration, 2u * reserve + 1);
}

static bool any_bit(const struct user *u, u64 mask)
{
	u64 seen = 0;

	for (u32 i = 0; i < 4; i++)
		seen |= u->configuration.limb[i] & mask;
	return seen != 0;
}

static bool single_bit(const struct user *u, u64 mask, u16 *reserve)
{
	u32 count = 0;

	for (u32 i = 0; i < 4; i++) {
		u64 bits = u->configuration.limb[i] & mask;

		if (bits == 0)
			continue;
		count += bits & (bits - 1) ? 2 : 1;
		*reserve = (u16)(32 * i + (u32)__builtin_ctzll(bits) / 2);
	}
	return count == 1;
}

bool user_borrows_any(const struct user *u)
{
	return any_bit(u, BORROW_BITS);
}

bool user_pledges_any(const struct user *u)
{
	return any_bit(u, COLLATERAL_BITS);
}

bool user_borrows_one(const struct user *u, u16 *reserve)
{
	return single_bit(u, BORROW_BITS, reserve);
}

bool user_pledges_one(const struct user *u, u16 *reserve)
{
	return single_bit(u, COLLATERAL_BITS, reserve);
}

static struct user set_bit(struct call *c, const struct address *owner, unsigned index, bool on)
{
	struct user u = user_of(c->state, owner);

	if (u256_bit(&u.configuration, index) == on)
		return u;
	u256_set_bit(&u.configuration, index, on);
	user_write(c->state, &(struct user_key){ *owner }, &u);
	return u;
}

struct user user_set_borrowing(struct call *c, const struct address *owner, const struct reserve_open *m, bool on)
{
	return set_bit(c, owner, 2u * m->id, on);
}

void user_set_collateral(struct call *c, const struct address *owner, const struct reserve_open *m, bool on)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	set_bit(c, owner, 2u * m->id + 1, on);
	call_emit(c, &pool, on ? EVENT_ReserveUsedAsCollateralEnabled : EVENT_ReserveUsedAsCollateralDisabled,
		  (struct u256[]){ word_of_address(&m->asset), word_of_address(owner) }, 2);
}

bool user_isolation(struct state *s, const struct user *u, struct reserve_open *collateral)
{
	struct reserve_key key;

	if (!user_pledges_one(u, &key.id) ||
	    config_get(&reserve_peek(s, &key)->configuration, CONFIG_DEBT_CEILING) == 0)
		return false;
	reserve_load(s, collateral, key.id);
	return true;
}

bool user_may_pledge(struct state *s, const struct user *u, const struct reserve_open *m)
{
	struct emode e = emode_of(s, u->emode);
	struct reserve_open only;

	if (emode_ltv(&e, u->emode, m) == 0)
		return false;
	if (!user_pledges_any(u))
		return true;
	return !user_isolation(s, u, &only) && reserve_config(m, CONFIG_DEBT_CEILING) == 0;
}

/* -- efficiency mode -------------------------------------------------------------- */

struct emode emode_of(struct state *s, u64 id)
{
	struct emode e = { 0 };

	assert(id <= 255);
	if (id == 0) /* most users: not worth a lookup */
		return e;
	emode_read(s, &(struct emode_key){ (u8)id }, &e);
	return e;
}

bool emode_has(struct u128le bitmap, u16 reserve)
{
	assert(reserve < RESERVES_MAX);
	return bitmap.limb[reserve / 64] >> reserve % 64 & 1;
}

/* Whether the category's numbers replace those of the reserve. */
static bool replaces(const struct emode *e, u64 id, u16 reserve)
{
	return id != 0 && emode_has(e->collateral, reserve);
}

static u32 ltv_of(const struct emode *e, u64 id, u16 reserve, const struct u256 *configuration)
{
	if (!replaces(e, id, reserve))
		return (u32)config_get(configuration, CONFIG_LTV);
	return emode_has(e->ltvzero, reserve) ? 0 : e->ltv;
}

static u32 threshold_of(const struct emode *e, u64 id, u16 reserve, const struct u256 *configuration)
{
	return replaces(e, id, reserve) ? e->liquidation_threshold
					: (u32)config_get(configuration, CONFIG_LIQUIDATION_THRESHOLD);
}

u32 emode_ltv(const struct emode *e, u64 id, const struct reserve_open *m)
{
	return ltv_of(e, id, m->id, &m->r.configuration);
}

u32 emode_bonus(const struct emode *e, u64 id, const struct reserve_open *m)
{
	return replaces(e, id, m->id) ? e->liquidation_bonus
				      : (u32)reserve_config(m, CONFIG_LIQUIDATION_BONUS);
}

/* -- value ---------------------------------------------------------------------------- */

enum err reserve_price(struct state *s, struct price *out, const struct reserve *r)
{
	const struct feed *feed = feed_peek(s, &(struct feed_key){ r->feed });

	if (u256_is_zero(&feed->answer) || u256_bit(&feed->answer, 255)) /* int256 */
		return ERR_BARE;
	*out = price_from(feed->answer);
	return OK;
}

/* Running sums over the reserves; the weighted ones are in dollars * bps. */
struct sums {
	struct value collateral, debt, by_ltv, by_threshold;
	bool has_zero_ltv;
};

/* One reserve of the account, and what it takes to value it. */
struct holding {
	const struct reserve *r; /* in the state's memory: nothing is written meanwhile */
	struct position position;
	struct price price;
	struct amount unit;
};

static enum err add_collateral(struct call *c, struct sums *sums, const struct holding *h, u32 ltv, u32 threshold)
{
	struct ray index;
	struct amount balance;
	struct value v;

	TRY(reserve_income(&index, h->r, c->exec->block->time));
	TRY(position_supply(&balance, &h->position, index));
	TRY(amount_value_down(&v, balance, h->price, h->unit));
	TRY(value_add(&sums->collateral, sums->collateral, v));
	if (ltv == 0)
		sums->has_zero_ltv = true;
	else
		TRY(value_weigh(&sums->by_ltv, v, ltv));
	return value_weigh(&sums->by_threshold, v, threshold);
}

static enum err add_debt(struct call *c, struct sums *sums, const struct holding *h)
{
	struct ray index;
	struct amount owed;
	struct value v;

	TRY(reserve_debt_index(&index, h->r, c->exec->block->time));
	TRY(position_debt(&owed, &h->position, index));
	TRY(amount_value_up(&v, owed, h->price, h->unit));
	return value_add(&sums->debt, sums->debt, v);
}

static enum err add_reserve(struct call *c, struct sums *sums, u16 id, const struct address *owner,
			    const struct user *u, const struct emode *e)
{
	struct holding h = { .r = reserve_peek(c->state, &(struct reserve_key){ id }) };
	const struct u256 *configuration = &h.r->configuration;

	TRY(call_charge(c, GAS_PER_RESERVE));
	if (!h.r->listed) /* a bit may outlive its reserve */
		return OK;
	h.position = position_of(c->state, id, owner);
	h.unit = amount_unit((unsigned)config_get(configuration, CONFIG_DECIMALS));
	TRY(reserve_price(c->state, &h.price, h.r));
	if (user_pledges(u, id))
		TRY(add_collateral(c, sums, &h, ltv_of(e, u->emode, id, configuration),
				   threshold_of(e, u->emode, id, configuration)));
	if (user_borrows(u, id))
		TRY(add_debt(c, sums, &h));
	return OK;
}

enum err account_data(struct call *c, struct account_data *out, const struct address *owner,
		      const struct user *u)
{
	struct emode e = emode_of(c->state, u->emode);
	struct sums sums = { 0 };

	for (u16 i = 0; i < 4; i++) {
		u64 bits = u->configuration.limb[i];

		while (bits != 0) {
			u16 pair = (u16)(__builtin_ctzll(bits) / 2);

			TRY(add_reserve(c, &sums, (u16)(32 * i + pair), owner, u, &e));
			bits &= ~((u64)3 << 2 * pair);
		}
	}
	out->collateral = sums.collateral;
	out->debt = sums.debt;
	out->has_zero_ltv = sums.has_zero_ltv;
	if (value_is_zero(sums.debt))
		out->health = wad_from(U256_MAX);
	else
		TRY(health_factor(&out->health, sums.by_threshold, sums.debt));
	out->ltv = value_average_down(sums.by_ltv, sums.collateral);
	out->threshold = value_average_down(sums.by_threshold, sums.collateral);
	return OK;
}

enum err account_available(struct value *out, const struct account_data *a)
{
	struct value limit;

	TRY(value_percent_down(&limit, a->collateral, a->ltv));
	if (value_cmp(limit, a->debt) <= 0) {
		*out = value_from_u64(0);
		return OK;
	}
	return value_sub(out, limit, a->debt);
}

/* -- the one check ---------------------------------------------------------------------- */

static enum err require_cover(struct call *c, const struct account_data *a)
{
	struct value needed;

	TRY(value_per_percent_up(&needed, a->debt, a->ltv));
	if (value_cmp(a->collateral, needed) < 0)
		return call_revert(c, REVERT_CollateralCannotCoverNewBorrow);
	return OK;
}

enum err account_require(struct call *c, const struct address *owner,
			 enum account_check check, const struct reserve_open *released)
{
	struct user u;
	struct emode e;
	struct account_data a;

	if (c->exec->deferred > 0)
		return OK;
	u = user_of(c->state, owner);
	TRY(account_data(c, &a, owner, &u));
	if (check == ACCOUNT_MAY_BORROW && a.ltv == 0)
		return call_revert(c, REVERT_LtvValidationFailed);
	if (wad_cmp(a.health, wad_one()) < 0)
		return call_revert(c, REVERT_HealthFactorLowerThanLiquidationThreshold);
	if (check == ACCOUNT_MAY_BORROW)
		return require_cover(c, &a);
	if (check == ACCOUNT_MAY_RELEASE && a.has_zero_ltv) {
		assert(released != NULL);
		e = emode_of(c->state, u.emode);
		if (emode_ltv(&e, u.emode, released) != 0)
			return call_revert(c, REVERT_LtvValidationFailed);
	}
	return OK;
}
