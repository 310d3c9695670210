#include "contracts-native/lending/reserve.h"

#include "contracts-native/lending/rates.h"

/* -- the working copy -------------------------------------------------------- */

static void name_addresses(struct reserve_open *m)
{
	m->asset = contract_address(CONTRACT_TOKEN, m->r.token);
	m->atoken = contract_address(CONTRACT_ATOKEN, m->id);
	m->debt_token = contract_address(CONTRACT_DEBT_TOKEN, m->id);
	m->unit = amount_unit((unsigned)config_get(&m->r.configuration, CONFIG_DECIMALS));
}

bool reserve_find(struct state *s, struct reserve_open *out, const struct address *asset)
{
	return reserve_find_ever(s, out, asset) && out->r.listed;
}

bool reserve_find_ever(struct state *s, struct reserve_open *out, const struct address *asset)
{
	struct contract_id id = contract_of(asset);
	struct listing listing;

	if (id.kind != CONTRACT_TOKEN ||
	    !listing_read(s, &(struct listing_key){ id.index }, &listing))
		return false;
	reserve_load(s, out, (u16)(listing.reserve_plus_one - 1));
	return true;
}

enum err reserve_open(struct call *c, struct reserve_open *out, const struct address *asset)
{
	return reserve_find(c->state, out, asset) ? OK : ERR_BARE;
}

void reserve_load(struct state *s, struct reserve_open *out, u16 id)
{
	bool exists = reserve_read(s, &(struct reserve_key){ id }, &out->r);

	assert(exists);
	(void)exists;
	out->id = id;
	name_addresses(out);
}

void reserve_save(struct state *s, const struct reserve_open *m)
{
	reserve_write(s, &(struct reserve_key){ m->id }, &m->r);
}

u16 reserve_count(struct state *s)
{
	struct chain chain;

	chain_read(s, &(struct chain_key){ 0 }, &chain);
	return chain.reserve_count;
}

u16 reserve_list(struct state *s, u16 ids[RESERVES_MAX])
{
	u16 count = reserve_count(s), listed = 0;
	struct reserve r;

	assert(count <= RESERVES_MAX);
	for (u16 id = 0; id < count; id++)
		if (reserve_read(s, &(struct reserve_key){ id }, &r) && r.listed)
			ids[listed++] = id;
	return listed;
}

void reserve_drop(struct state *s, const struct reserve_open *m)
{
	struct reserve_open left = {
		.id = m->id,
		.r = {
			.optimal = m->r.optimal,
			.base = m->r.base,
			.slope1 = m->r.slope1,
			.slope2 = m->r.slope2,
			.token = m->r.token,
			.feed = m->r.feed,
			.pending_ltv = m->r.pending_ltv,
		},
	};

	config_set(&left.r.configuration, CONFIG_DECIMALS, reserve_config(m, CONFIG_DECIMALS));
	reserve_save(s, &left);
}

/* -- at any time --------------------------------------------------------------- */

enum err reserve_income(struct ray *out, const struct reserve *r, u64 now)
{
	struct ray growth, index = ray_of(r->liquidity_index);

	if (now < r->updated_at)
		return ERR_ARITHMETIC;
	if (now == r->updated_at) {
		*out = index;
		return OK;
	}
	TRY(ray_linear(&growth, ray_of(r->liquidity_rate), now - r->updated_at));
	return ray_mul_near(out, growth, index);
}

enum err reserve_debt_index(struct ray *out, const struct reserve *r, u64 now)
{
	struct ray growth, index = ray_of(r->borrow_index);

	if (now < r->updated_at)
		return ERR_ARITHMETIC;
	if (now == r->updated_at) {
		*out = index;
		return OK;
	}
	TRY(ray_compounded(&growth, ray_of(r->borrow_rate), now - r->updated_at));
	return ray_mul_near(out, growth, index);
}

enum err reserve_total_supply(struct amount *out, const struct reserve *r, u64 now)
{
	struct ray index;

	TRY(reserve_income(&index, r, now));
	return scaled_to_amount_down(out, scaled_from(r->scaled_supply), index);
}

enum err reserve_total_debt(struct amount *out, const struct reserve *r, u64 now)
{
	struct ray index;

	TRY(reserve_debt_index(&index, r, now));
	return scaled_to_amount_up(out, scaled_from(r->scaled_debt), index);
}

/* -- interest -------------------------------------------------------------------- */

void accrual_begin(struct accrual *a, struct reserve_open *reserve)
{
	const struct reserve *r = &reserve->r;

	*a = (struct accrual){
		.reserve = reserve,
		.liquidity_index = ray_of(r->liquidity_index),
		.borrow_index = ray_of(r->borrow_index),
		.liquidity_rate = ray_of(r->liquidity_rate),
		.borrow_rate = ray_of(r->borrow_rate),
		.debt_before = scaled_from(r->scaled_debt),
		.debt = scaled_from(r->scaled_debt),
		.updated_at = r->updated_at,
	};
}

static enum err accrue_treasury(struct call *c, struct accrual *a, struct ray borrow_index_before)
{
	struct reserve *r = &a->reserve->r;
	u32 factor = (u32)reserve_config(a->reserve, CONFIG_RESERVE_FACTOR);
	struct ray grown;
	struct amount interest, share;
	struct scaled scaled;
	struct u128le more;

	if (factor == 0)
		return OK;
	TRY(ray_sub(&grown, a->borrow_index, borrow_index_before));
	TRY(scaled_to_amount_down(&interest, a->debt_before, grown));
	TRY(amount_percent_near(&share, interest, factor));
	if (amount_is_zero(share))
		return OK;
	TRY(amount_to_scaled_down(&scaled, share, a->liquidity_index));
	TRY(narrow(c, &more, scaled_raw(scaled), 128));
	return narrow_add(&r->accrued_to_treasury, r->accrued_to_treasury, more, 128);
}

enum err accrual_run(struct call *c, struct accrual *a)
{
	struct reserve *r = &a->reserve->r;
	struct ray growth, borrow_index = a->borrow_index;
	u64 now = c->exec->block->time;
	u64 elapsed = now - a->updated_at;

	if (now < a->updated_at || now > RESERVE_TIME_MAX)
		return ERR_ARITHMETIC;
	if (elapsed == 0)
		return OK;
	if (!ray_is_zero(a->liquidity_rate)) {
		TRY(ray_linear(&growth, a->liquidity_rate, elapsed));
		TRY(ray_mul_near(&a->liquidity_index, growth, a->liquidity_index));
		TRY(narrow(c, &r->liquidity_index, ray_raw(a->liquidity_index), 128));
	}
	if (!scaled_is_zero(a->debt_before)) {
		TRY(ray_compounded(&growth, a->borrow_rate, elapsed));
		TRY(ray_mul_near(&a->borrow_index, growth, a->borrow_index));
		TRY(narrow(c, &r->borrow_index, ray_raw(a->borrow_index), 128));
	}
	TRY(accrue_treasury(c, a, borrow_index));
	r->updated_at = a->updated_at = now;
	return OK;
}

enum err accrual_rates(struct call *c, struct accrual *a, struct amount added, struct amount taken)
{
	struct reserve_open *m = a->reserve;
	struct reserve *r = &m->r;
	struct rate_curve curve = rate_curve_of(r);
	struct rate_inputs in = {
		.balance = amount_of(r->virtual_balance),
		.added = added,
		.taken = taken,
		.deficit = amount_of(r->deficit),
		.reserve_factor = (u32)reserve_config(m, CONFIG_RESERVE_FACTOR),
	};
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct ray liquidity, borrow;
	struct u128le moved;

	TRY(scaled_to_amount_up(&in.debt, a->debt, a->borrow_index));
	TRY(rates_at(&liquidity, &borrow, &curve, &in));
	TRY(narrow(c, &r->liquidity_rate, ray_raw(liquidity), 128));
	TRY(narrow(c, &r->borrow_rate, ray_raw(borrow), 128));
	TRY(narrow(c, &moved, amount_raw(added), 128));
	TRY(narrow_add(&r->virtual_balance, r->virtual_balance, moved, 128));
	TRY(narrow(c, &moved, amount_raw(taken), 128));
	TRY(narrow_sub(&r->virtual_balance, r->virtual_balance, moved));
	call_emit(c, &pool, EVENT_ReserveDataUpdated,
		  (struct u256[]){ word_of_address(&m->asset), ray_raw(liquidity), U256_ZERO, ray_raw(borrow),
				   ray_raw(a->liquidity_index), ray_raw(a->borrow_index) },
		  6);
	return OK;
}
