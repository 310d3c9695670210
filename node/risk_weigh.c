#include "contracts-native/lending/account.h"
#include "node/risk_parts.h"

/* What accounts are worth, in floating point: close enough to tell whom the consensus function need not be asked
 * about. */

#define MARGIN 1e-9 /* relative; doubles keep 1e-15 a step, and steps are few */

static double to_double(struct u256 x)
{
	return u256_to_double(&x);
}

static void weigh_reserve(struct weights *out, struct state *s, u16 id, u64 now)
{
	struct reserve_open m;
	struct ray income, debt_index;
	struct price price;
	double unit_price;

	reserve_load(s, &m, id);
	out->is_dead[id] = reserve_price(s, &price, &m.r) != OK ||
			   reserve_income(&income, &m.r, now) != OK ||
			   reserve_debt_index(&debt_index, &m.r, now) != OK;
	if (out->is_dead[id])
		return;
	unit_price = to_double(price_raw(price)) / to_double(amount_raw(m.unit));
	out->supply[id] = to_double(ray_raw(income)) * 1e-27 * unit_price;
	out->debt[id] = to_double(ray_raw(debt_index)) * 1e-27 * unit_price;
	out->dust[id] = unit_price + 1;
	out->threshold[id] = (double)reserve_config(&m, CONFIG_LIQUIDATION_THRESHOLD);
}

void risk_weigh(struct weights *out, struct state *s, u64 now, struct wad bound)
{
	u16 count = reserve_count(s);

	out->bound = to_double(wad_raw(bound)) * 1e-18;
	for (u16 id = 0; id < count && id < RISK_RESERVES; id++)
		weigh_reserve(out, s, id, now);
	for (u32 id = 1; id < 256; id++) {
		struct emode e;

		(void)emode_read(s, &(struct emode_key){ (u8)id }, &e);
		out->emode_threshold[id] = e.liquidation_threshold;
		out->emode_collateral[id] = e.collateral;
	}
}

static double threshold_of(const struct weights *w, u8 emode, u16 reserve)
{
	if (emode != 0 && emode_has(w->emode_collateral[emode], reserve))
		return w->emode_threshold[emode];
	return w->threshold[reserve];
}

static double leg_scaled(const struct leg *leg)
{
	return (double)leg->scaled[1] * 0x1p64 + (double)leg->scaled[0];
}

bool risk_may_be_below(const struct weights *w, const struct entry *e)
{
	const struct leg *legs = legs_of(e);
	double backing = 0, debt = 0, dust_backing = 0, dust_debt = 0;

	for (u32 i = 0; i < e->leg_count; i++) {
		u16 id = legs[i].reserve;
		double scaled = leg_scaled(&legs[i]), bps;

		if (w->is_dead[id])
			return false;
		if (legs[i].is_debt) {
			debt += scaled * w->debt[id];
			dust_debt += w->dust[id];
		} else {
			bps = threshold_of(w, e->emode, id);
			backing += scaled * w->supply[id] * bps;
			dust_backing += w->dust[id] * bps;
		}
	}
	return backing * (1 - MARGIN) - dust_backing <=
	       (debt * (1 + MARGIN) + dust_debt) * w->bound * 10000;
}

void risk_find_worst(const struct weights *w, struct at_risk *out, const struct leg *legs, u32 count)
{
	double most_debt = 0, most_collateral = 0;

	out->worst_debt = out->worst_collateral = UINT16_MAX;
	for (u32 i = 0; i < count; i++) {
		u16 id = legs[i].reserve;
		double value = leg_scaled(&legs[i]) *
			       (legs[i].is_debt ? w->debt[id] : w->supply[id]);
		double *most = legs[i].is_debt ? &most_debt : &most_collateral;
		u16 *worst = legs[i].is_debt ? &out->worst_debt : &out->worst_collateral;

		if (value <= *most)
			continue;
		*most = value;
		*worst = id;
	}
}
