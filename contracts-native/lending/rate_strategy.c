#include "contracts-native/lending/rate_strategy.h"

#include "contracts-native/lending/rates.h"
#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/reserve.h"
#include "contracts-native/lending/single.h"

/* All zero for an asset that was never listed. */
static struct rate_curve curve_of(struct call *c, const struct address *asset)
{
	struct reserve_open m;

	return reserve_find_ever(c->state, &m, asset) ? rate_curve_of(&m.r) : (struct rate_curve){ 0 };
}

static struct rate_curve curve_argument(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);

	return curve_of(c, &asset);
}

static enum err run_calculate(struct call *c)
{
	struct abi_view p = abi_at(&c->args, 0);
	struct address asset = abi_address(&p, 5);
	struct rate_curve curve = curve_of(c, &asset);
	struct u256 factor = abi_u256(&p, 4), one = u256_from_u64(BPS_ONE);
	struct rate_inputs in = {
		.deficit = amount_from(abi_u256(&p, 0)), /* "unbacked" in the ABI */
		.added = amount_from(abi_u256(&p, 1)),
		.taken = amount_from(abi_u256(&p, 2)),
		.debt = amount_from(abi_u256(&p, 3)),
		.balance = amount_from(abi_u256(&p, 7)),
	};
	struct ray liquidity, borrow;

	if (!amount_is_zero(in.debt)) {
		if (u256_cmp(&factor, &one) > 0)
			return ERR_ARITHMETIC;
		in.reserve_factor = (u32)u256_low64(&factor);
	}
	TRY(rates_at(&liquidity, &borrow, &curve, &in));
	call_return_u256(c, ray_raw(liquidity));
	call_return_u256(c, ray_raw(borrow));
	return OK;
}

static enum err run_curve_bps(struct call *c)
{
	struct rate_curve curve = curve_argument(c);

	abi_open(&c->out, 4);
	abi_put_u64(&c->out, curve.optimal);
	abi_put_u64(&c->out, curve.base);
	abi_put_u64(&c->out, curve.slope1);
	abi_put_u64(&c->out, curve.slope2);
	abi_close(&c->out);
	return OK;
}

static void put_bps(struct call *c, u32 bps)
{
	struct u256 x = ray_raw(ray_from_bps(bps));

	abi_put_u256(&c->out, &x);
}

static enum err run_curve(struct call *c)
{
	struct rate_curve curve = curve_argument(c);

	abi_open(&c->out, 4);
	put_bps(c, curve.optimal);
	put_bps(c, curve.base);
	put_bps(c, curve.slope1);
	put_bps(c, curve.slope2);
	abi_close(&c->out);
	return OK;
}

static enum err run_optimal(struct call *c)
{
	put_bps(c, curve_argument(c).optimal);
	return OK;
}

static enum err run_base(struct call *c)
{
	put_bps(c, curve_argument(c).base);
	return OK;
}

static enum err run_slope1(struct call *c)
{
	put_bps(c, curve_argument(c).slope1);
	return OK;
}

static enum err run_slope2(struct call *c)
{
	put_bps(c, curve_argument(c).slope2);
	return OK;
}

static enum err run_max(struct call *c)
{
	struct rate_curve curve = curve_argument(c);

	put_bps(c, curve.base + curve.slope1 + curve.slope2);
	return OK;
}

static enum err run_optimal_min(struct call *c)
{
	call_return_u64(c, RATES_OPTIMAL_MIN);
	return OK;
}

static enum err run_optimal_max(struct call *c)
{
	call_return_u64(c, RATES_OPTIMAL_MAX);
	return OK;
}

static enum err run_rate_max(struct call *c)
{
	call_return_u64(c, RATES_MAX);
	return OK;
}

static enum err run_addresses_provider(struct call *c)
{
	return return_single(c, CONTRACT_ADDRESSES_PROVIDER);
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0xb90db31b, "calculateInterestRates((uint256,uint256,uint256,uint256,uint256,address,bool,uint256))",
	  "(uint256,uint256)",                                             VIEW,   6000, run_calculate },
	{ 0xc79ce42e, "getInterestRateDataBps(address)", "((uint16,uint32,uint32,uint32))",
	                                                                   VIEW,   4000, run_curve_bps },
	{ 0x131e889c, "getInterestRateData(address)", "((uint256,uint256,uint256,uint256))",
	                                                                   VIEW,   4000, run_curve },
	{ 0xaa33f063, "getOptimalUsageRatio(address)", "(uint256)",        VIEW,   4000, run_optimal },
	{ 0xcca22ea1, "getBaseVariableBorrowRate(address)", "(uint256)",   VIEW,   4000, run_base },
	{ 0x5b651bae, "getVariableRateSlope1(address)", "(uint256)",       VIEW,   4000, run_slope1 },
	{ 0x8f4b0d5d, "getVariableRateSlope2(address)", "(uint256)",       VIEW,   4000, run_slope2 },
	{ 0x6a00178e, "getMaxVariableBorrowRate(address)", "(uint256)",    VIEW,   4000, run_max },
	{ 0xf7e0fe67, "MIN_OPTIMAL_POINT()", "(uint256)",                  VIEW,   1000, run_optimal_min },
	{ 0x7a24bd7e, "MAX_OPTIMAL_POINT()", "(uint256)",                  VIEW,   1000, run_optimal_max },
	{ 0x7a0c5ebf, "MAX_BORROW_RATE()", "(uint256)",                    VIEW,   1000, run_rate_max },
	{ 0x0542975c, "ADDRESSES_PROVIDER()", "(address)",                 VIEW,    1000, run_addresses_provider },
	{ 0xa8d9e56f, "setInterestRateParams(address,bytes)", "",          WRITE,   1000, refuse_not_configurator },
	{ 0xfd81bb12, "setInterestRateParams(address,(uint16,uint32,uint32,uint32))", "",
	                                                                   WRITE,   1000, refuse_not_configurator },
};
/* clang-format on */

const struct contract RATE_STRATEGY_CONTRACT = {
	.kind = CONTRACT_RATE_STRATEGY,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
