#include "contracts-native/lending/configurator.h"

#include "contracts-native/lending/account.h"
#include "contracts-native/lending/rates.h"
#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/single.h"

#define GRACE_PERIOD_MAX      14400u /* seconds */
#define CONFIGURATOR_REVISION 7      /* Aave v3.6 */

static const struct amount none;

/* -- shared ---------------------------------------------------------------------------- */

enum err listed_argument(struct call *c, struct reserve_open *m)
{
	struct address asset = abi_address(&c->args, 0);

	return reserve_find(c->state, m, &asset) ? OK : call_revert(c, REVERT_AssetNotListed);
}

enum err require_no_suppliers(struct call *c, const struct reserve_open *m)
{
	struct amount total;

	TRY(reserve_total_supply(&total, &m->r, c->exec->block->time));
	if (!amount_is_zero(total) || !amount_is_zero(amount_of(m->r.accrued_to_treasury)))
		return call_revert(c, REVERT_ReserveLiquidityNotZero);
	return OK;
}

static bool exceeds(struct u256 value, u64 max)
{
	struct u256 limit = u256_from_u64(max);

	return u256_cmp(&value, &limit) > 0;
}

enum err check_bonus(struct call *c, struct u256 threshold, struct u256 bonus, enum revert_name name)
{
	struct u256 worst;

	if (!exceeds(bonus, BPS_ONE))
		return call_revert(c, name);
	TRY(bps_product_near(&worst, threshold, bonus));
	return exceeds(worst, BPS_ONE) ? call_revert(c, name) : OK;
}

void configurator_emit(struct call *c, enum event_name name, const struct reserve_open *m,
		       const struct u256 *more, u32 count)
{
	struct u256 words[4] = { word_of_address(&m->asset) };

	assert(count <= 3);
	for (u32 i = 0; i < count; i++)
		words[i + 1] = more[i];
	call_emit(c, &c->self, name, words, count + 1);
}

static void emit_one(struct call *c, enum event_name name, const struct reserve_open *m, u64 word)
{
	struct u256 x = u256_from_u64(word);

	configurator_emit(c, name, m, &x, 1);
}

static void emit_change(struct call *c, enum event_name name, const struct reserve_open *m, u64 before, u64 after)
{
	struct u256 words[] = { u256_from_u64(before), u256_from_u64(after) };

	configurator_emit(c, name, m, words, 2);
}

/* -- one field -------------------------------------------------------------------------------- */

static enum err set_flag(struct call *c, enum config_field flag, enum event_name event)
{
	bool on = abi_bool(&c->args, 1);
	struct reserve_open m;

	TRY(listed_argument(c, &m));
	config_set(&m.r.configuration, flag, on);
	reserve_save(c->state, &m);
	emit_one(c, event, &m, on);
	return OK;
}

static enum err set_number(struct call *c, enum config_field field, u64 max, enum revert_name too_high,
			   enum event_name event)
{
	struct u256 value = abi_u256(&c->args, 1);
	struct reserve_open m;
	u64 before;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	if (exceeds(value, max))
		return call_revert(c, too_high);
	TRY(listed_argument(c, &m));
	before = reserve_config(&m, field);
	config_set(&m.r.configuration, field, u256_low64(&value));
	reserve_save(c->state, &m);
	emit_change(c, event, &m, before, u256_low64(&value));
	return OK;
}

static enum err run_borrowing(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	return set_flag(c, CONFIG_BORROWING, EVENT_ReserveBorrowing);
}

static enum err run_flash_loaning(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	return set_flag(c, CONFIG_FLASH_LOANS, EVENT_ReserveFlashLoaning);
}

static enum err run_borrowable_in_isolation(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	return set_flag(c, CONFIG_BORROWABLE_IN_ISOLATION, EVENT_BorrowableInIsolationChanged);
}

static enum err run_active(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	if (!abi_bool(&c->args, 1)) {
		TRY(reserve_open(c, &m, &asset));
		TRY(require_no_suppliers(c, &m));
	}
	return set_flag(c, CONFIG_ACTIVE, EVENT_ReserveActive);
}

static enum err run_supply_cap(struct call *c)
{
	return set_number(c, CONFIG_SUPPLY_CAP, config_max(CONFIG_SUPPLY_CAP), REVERT_InvalidSupplyCap,
			  EVENT_SupplyCapChanged);
}

static enum err run_borrow_cap(struct call *c)
{
	return set_number(c, CONFIG_BORROW_CAP, config_max(CONFIG_BORROW_CAP), REVERT_InvalidBorrowCap,
			  EVENT_BorrowCapChanged);
}

static enum err run_liquidation_fee(struct call *c)
{
	return set_number(c, CONFIG_LIQUIDATION_FEE, BPS_ONE, REVERT_InvalidLiquidationProtocolFee,
			  EVENT_LiquidationProtocolFeeChanged);
}

static enum err run_siloed(struct call *c)
{
	bool on = abi_bool(&c->args, 1);
	struct reserve_open m;
	struct amount debt;
	u64 before;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(listed_argument(c, &m));
	if (on) {
		TRY(reserve_total_debt(&debt, &m.r, c->exec->block->time));
		if (!amount_is_zero(debt))
			return call_revert(c, REVERT_ReserveDebtNotZero);
	}
	before = reserve_config(&m, CONFIG_SILOED);
	config_set(&m.r.configuration, CONFIG_SILOED, on);
	reserve_save(c->state, &m);
	emit_change(c, EVENT_SiloedBorrowingChanged, &m, before, on);
	return OK;
}

static bool is_any_collateral(struct call *c, const struct reserve_open *m)
{
	if (reserve_config(m, CONFIG_LIQUIDATION_THRESHOLD) != 0)
		return true;
	for (u64 id = 1; id <= 255; id++) {
		struct emode e = emode_of(c->state, id);

		if (emode_has(e.collateral, m->id))
			return true;
	}
	return false;
}

static enum err run_debt_ceiling(struct call *c)
{
	struct u256 value = abi_u256(&c->args, 1);
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct reserve_open m;
	u64 before;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(listed_argument(c, &m));
	before = reserve_config(&m, CONFIG_DEBT_CEILING);
	if (before == 0 && is_any_collateral(c, &m))
		TRY(require_no_suppliers(c, &m));
	if (exceeds(value, config_max(CONFIG_DEBT_CEILING)))
		return call_revert(c, REVERT_InvalidDebtCeiling);
	config_set(&m.r.configuration, CONFIG_DEBT_CEILING, u256_low64(&value));
	if (u256_is_zero(&value)) {
		m.r.isolated_debt = (struct u128le){ { 0, 0 } };
		call_emit(c, &pool, EVENT_IsolationModeTotalDebtUpdated,
			  (struct u256[]){ word_of_address(&m.asset), U256_ZERO },
			  2);
	}
	reserve_save(c->state, &m);
	emit_change(c, EVENT_DebtCeilingChanged, &m, before, u256_low64(&value));
	return OK;
}

/* -- interest: the two that accrue -------------------------------------------------------------- */

static enum err run_reserve_factor(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct u256 value = abi_u256(&c->args, 1);
	struct reserve_open m;
	struct accrual a;
	u64 before;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	if (exceeds(value, BPS_ONE))
		return call_revert(c, REVERT_InvalidReserveFactor);
	TRY(reserve_open(c, &m, &asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	before = reserve_config(&m, CONFIG_RESERVE_FACTOR);
	config_set(&m.r.configuration, CONFIG_RESERVE_FACTOR, u256_low64(&value));
	emit_change(c, EVENT_ReserveFactorChanged, &m, before, u256_low64(&value));
	TRY(accrual_rates(c, &a, none, none));
	reserve_save(c->state, &m);
	return OK;
}

static enum err curve_argument(struct call *c, struct rate_curve *out)
{
	struct abi_types types;
	struct abi_view v;

	TRY(abi_parse(&types, "(uint16,uint32,uint32,uint32)"));
	if (abi_decode(&v, &types, abi_bytes(&c->args, 1), ABI_CALLDATA))
		return ERR_BARE;
	*out = (struct rate_curve){ (u32)abi_u64(&v, 0), (u32)abi_u64(&v, 1), (u32)abi_u64(&v, 2),
				    (u32)abi_u64(&v, 3) };
	if (out->optimal < RATES_OPTIMAL_MIN || out->optimal > RATES_OPTIMAL_MAX)
		return call_revert(c, REVERT_InvalidOptimalUsageRatio);
	if (out->slope1 > out->slope2)
		return call_revert(c, REVERT_Slope2MustBeGteSlope1);
	if ((u64)out->base + out->slope1 + out->slope2 > RATES_MAX)
		return call_revert(c, REVERT_InvalidMaxRate);
	return OK;
}

static enum err run_rate_curve(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct address strategy = contract_address(CONTRACT_RATE_STRATEGY, 0);
	struct bytes data = abi_bytes(&c->args, 1);
	struct reserve_open m;
	struct accrual a;
	struct rate_curve curve;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(reserve_open(c, &m, &asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	TRY(curve_argument(c, &curve));
	m.r.optimal = curve.optimal;
	m.r.base = curve.base;
	m.r.slope1 = curve.slope1;
	m.r.slope2 = curve.slope2;
	call_emit(c, &strategy, EVENT_RateDataUpdate,
		  (struct u256[]){ word_of_address(&asset), u256_from_u64(curve.optimal), u256_from_u64(curve.base),
				   u256_from_u64(curve.slope1), u256_from_u64(curve.slope2) },
		  5);
	call_emit_tail(c, &c->self, EVENT_ReserveInterestRateDataChanged,
		       (struct u256[]){ word_of_address(&asset), word_of_address(&strategy) },
		       2, &data);
	TRY(accrual_rates(c, &a, none, none));
	reserve_save(c->state, &m);
	return OK;
}

/* -- pause ------------------------------------------------------------------------------------------ */

static enum err set_pause(struct call *c, struct reserve_open *m, bool on, u64 grace)
{
	if (!on && grace != 0) {
		if (c->exec->block->time > RESERVE_TIME_MAX - grace)
			return ERR_ARITHMETIC;
		m->r.grace_until = c->exec->block->time + grace;
		emit_one(c, EVENT_LiquidationGracePeriodChanged, m, m->r.grace_until);
	}
	config_set(&m->r.configuration, CONFIG_PAUSED, on);
	reserve_save(c->state, m);
	emit_one(c, EVENT_ReservePaused, m, on);
	return OK;
}

static enum err check_grace(struct call *c, bool on, u64 grace)
{
	return !on && grace > GRACE_PERIOD_MAX ? call_revert(c, REVERT_InvalidGracePeriod) : OK;
}

static enum err run_pause(struct call *c)
{
	bool on = abi_bool(&c->args, 1);
	u64 grace = c->args.count > 2 ? abi_u64(&c->args, 2) : 0;
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotPoolOrEmergencyAdmin));
	TRY(check_grace(c, on, grace));
	TRY(listed_argument(c, &m));
	return set_pause(c, &m, on, grace);
}

static enum err run_pool_pause(struct call *c)
{
	bool on = abi_bool(&c->args, 0);
	u64 grace = c->args.count > 1 ? abi_u64(&c->args, 1) : 0;
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	TRY(acl_require(c, REVERT_CallerNotPoolOrEmergencyAdmin));
	TRY(check_grace(c, on, grace));
	for (u16 i = 0; i < count; i++) {
		struct reserve_open m;

		reserve_load(c->state, &m, ids[i]);
		TRY(set_pause(c, &m, on, grace));
	}
	return OK;
}

static enum err run_disable_grace(struct call *c)
{
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotPoolOrEmergencyAdmin));
	TRY(listed_argument(c, &m));
	m.r.grace_until = 0;
	reserve_save(c->state, &m);
	configurator_emit(c, EVENT_LiquidationGracePeriodDisabled, &m, NULL, 0);
	return OK;
}

/* -- the pool ------------------------------------------------------------------------------------------ */

static enum err run_flash_premium(struct call *c)
{
	struct u256 value = abi_u256(&c->args, 0);
	struct pool settings;
	u32 before;

	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	if (exceeds(value, BPS_ONE))
		return call_revert(c, REVERT_FlashloanPremiumInvalid);
	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	before = settings.flash_premium;
	settings.flash_premium = (u32)u256_low64(&value);
	pool_write(c->state, &(struct pool_key){ 0 }, &settings);
	call_emit(c, &c->self, EVENT_FlashloanPremiumTotalUpdated,
		  (struct u256[]){ u256_from_u64(before), value },
		  2);
	return OK;
}

static enum err run_pending_ltv(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct reserve_open m;

	call_return_u64(c, reserve_find_ever(c->state, &m, &asset) ? m.r.pending_ltv : 0);
	return OK;
}

static enum err run_grace_max(struct call *c)
{
	call_return_u64(c, GRACE_PERIOD_MAX);
	return OK;
}

static enum err run_revision(struct call *c)
{
	call_return_u64(c, CONFIGURATOR_REVISION);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x7c4e560b, "configureReserveAsCollateral(address,uint256,uint256,uint256)", "",
	                                                                   WRITE, 30000, configurator_set_collateral },
	{ 0x23415e46, "disableLiquidationGracePeriod(address)", "",        WRITE, 20000, run_disable_grace },
	{ 0x888a1d5e, "getPendingLtv(address)", "(uint256)",               VIEW,   4000, run_pending_ltv },
	{ 0x110ac256, "setAssetBorrowableInEMode(address,uint8,bool)", "", WRITE, 20000, configurator_set_emode_borrowable },
	{ 0xf6527810, "setAssetCollateralInEMode(address,uint8,bool)", "", WRITE, 25000, configurator_set_emode_collateral },
	{ 0x85cbfce3, "setAssetLtvzeroInEMode(address,uint8,bool)", "",    WRITE, 20000, configurator_set_emode_ltvzero },
	{ 0x38ae0cc3, "setBorrowableInIsolation(address,bool)", "",        WRITE, 20000, run_borrowable_in_isolation },
	{ 0xd14a0983, "setBorrowCap(address,uint256)", "",                 WRITE, 20000, run_borrow_cap },
	{ 0xaeb4fcc1, "setDebtCeiling(address,uint256)", "",               WRITE, 60000, run_debt_ceiling },
	{ 0x34a461ea, "setEModeCategory(uint8,uint16,uint16,uint16,string)", "", WRITE, 25000, configurator_set_category },
	{ 0x26d2cec2, "setLiquidationProtocolFee(address,uint256)", "",    WRITE, 20000, run_liquidation_fee },
	{ 0x12bc3f61, "setPoolPause(bool,uint40)", "",                     WRITE, 80000, run_pool_pause },
	{ 0x7641f3d9, "setPoolPause(bool)", "",                            WRITE, 80000, run_pool_pause },
	{ 0xb736aaeb, "setReserveActive(address,bool)", "",                WRITE, 20000, run_active },
	{ 0x682cf264, "setReserveBorrowing(address,bool)", "",             WRITE, 20000, run_borrowing },
	{ 0x4b4e6753, "setReserveFactor(address,uint256)", "",             WRITE, 40000, run_reserve_factor },
	{ 0xf213ef0e, "setReserveFlashLoaning(address,bool)", "",          WRITE, 20000, run_flash_loaning },
	{ 0x96e957c4, "setReserveFreeze(address,bool)", "",                WRITE, 80000, configurator_set_freeze },
	{ 0x6aabe21d, "setReserveInterestRateData(address,bytes)", "",     WRITE, 45000, run_rate_curve },
	{ 0x2dc9552b, "setReserveLtvzero(address,bool)", "",               WRITE, 25000, configurator_set_ltvzero },
	{ 0xb42d793b, "setReservePause(address,bool,uint40)", "",          WRITE, 25000, run_pause },
	{ 0x48d9fba9, "setReservePause(address,bool)", "",                 WRITE, 20000, run_pause },
	{ 0xa7fa83b7, "setSiloedBorrowing(address,bool)", "",              WRITE, 20000, run_siloed },
	{ 0x571f03e5, "setSupplyCap(address,uint256)", "",                 WRITE, 20000, run_supply_cap },
	{ 0x9c1d5f00, "updateFlashloanPremium(uint128)", "",               WRITE, 20000, run_flash_premium },
	{ 0x63c9b860, "dropReserve(address)", "",                          WRITE,  30000, configurator_drop },
	{ 0x6623c804, "initReserves((address,address,address,string,string,string,string,bytes,bytes)[])", "",
	                                                                   WRITE,   2000, refuse_listing },
	{ 0x14ef0ac5, "updateAToken((address,string,string,address,bytes))", "", WRITE,   2000, refuse_code },
	{ 0xbfbc47ff, "updateVariableDebtToken((address,string,string,address,bytes))", "",
	                                                                   WRITE,   2000, refuse_code },
	{ 0xc4d66de8, "initialize(address)", "",                           WRITE,   1000, refuse_initialized },
	{ 0x96c205b3, "getConfiguratorLogic()", "(address)",               VIEW,    1000, return_nobody },
	{ 0x46619649, "MAX_GRACE_PERIOD()", "(uint40)",                    VIEW,    1000, run_grace_max },
	{ 0x7af635a6, "CONFIGURATOR_REVISION()", "(uint256)",              VIEW,    1000, run_revision },
};
/* clang-format on */

const struct contract CONFIGURATOR_CONTRACT = {
	.kind = CONTRACT_CONFIGURATOR,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
