#include "contracts-native/lending/rates.h"

struct rate_curve rate_curve_of(const struct reserve *r)
{
	return (struct rate_curve){ r->optimal, r->base, r->slope1, r->slope2 };
}

static enum err borrow_rate(struct ray *out, const struct rate_curve *curve, struct ray usage)
{
	struct ray optimal = ray_from_bps(curve->optimal);
	struct ray slope1 = ray_from_bps(curve->slope1);
	struct ray past, span, part, rate = ray_from_bps(curve->base);

	if (ray_cmp(usage, optimal) > 0) {
		TRY(ray_sub(&past, usage, optimal));
		TRY(ray_sub(&span, ray_one(), optimal));
		TRY(ray_div_near(&past, past, span));
		TRY(ray_mul_near(&part, ray_from_bps(curve->slope2), past));
		TRY(ray_add(&rate, rate, slope1));
	} else {
		TRY(ray_mul_near(&part, slope1, usage));
		TRY(ray_div_near(&part, part, optimal));
	}
	return ray_add(out, rate, part);
}

enum err rates_at(struct ray *liquidity, struct ray *borrow,
		  const struct rate_curve *curve, const struct rate_inputs *in)
{
	struct amount whole;
	struct ray usage, supply_usage, rate, earned;

	assert(in->reserve_factor <= BPS_ONE);
	if (amount_is_zero(in->debt)) {
		*liquidity = ray_from_u64(0);
		*borrow = ray_from_bps(curve->base);
		return OK;
	}
	TRY(amount_add(&whole, in->balance, in->added));
	TRY(amount_sub(&whole, whole, in->taken));
	TRY(amount_add(&whole, whole, in->debt));
	TRY(amount_ratio_near(&usage, in->debt, whole));
	supply_usage = usage;
	if (!amount_is_zero(in->deficit)) {
		TRY(amount_add(&whole, whole, in->deficit));
		TRY(amount_ratio_near(&supply_usage, in->debt, whole));
	}

	TRY(borrow_rate(&rate, curve, usage));
	TRY(ray_mul_near(&earned, rate, supply_usage));
	TRY(ray_percent_near(liquidity, earned, BPS_ONE - in->reserve_factor));
	*borrow = rate;
	return OK;
}
