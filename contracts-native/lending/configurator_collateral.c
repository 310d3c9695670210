#include "contracts-native/lending/configurator.h"

#include "contracts-native/lending/account.h"

static void emit_word(struct call *c, enum event_name name, const struct reserve_open *m, u64 word)
{
	struct u256 x = u256_from_u64(word);

	configurator_emit(c, name, m, &x, 1);
}

static void emit_pending(struct call *c, const struct reserve_open *m)
{
	emit_word(c, EVENT_PendingLtvChanged, m, m->r.pending_ltv);
}

static void emit_collateral(struct call *c, const struct reserve_open *m, u64 shown_ltv)
{
	struct u256 words[] = {
		u256_from_u64(shown_ltv),
		u256_from_u64(reserve_config(m, CONFIG_LIQUIDATION_THRESHOLD)),
		u256_from_u64(reserve_config(m, CONFIG_LIQUIDATION_BONUS)),
	};

	configurator_emit(c, EVENT_CollateralConfigurationChanged, m, words, 3);
}

/* Puts the ltv aside; false if it is 0 already. */
static bool suspend_ltv(struct call *c, struct reserve_open *m)
{
	u64 ltv = reserve_config(m, CONFIG_LTV);

	if (ltv == 0)
		return false;
	m->r.pending_ltv = (u16)ltv;
	config_set(&m->r.configuration, CONFIG_LTV, 0);
	emit_pending(c, m);
	emit_collateral(c, m, 0);
	return true;
}

enum err configurator_set_freeze(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	bool on = abi_bool(&c->args, 1), listed;
	struct reserve_open m = { 0 };

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolOrEmergencyAdmin));
	listed = reserve_find(c->state, &m, &asset);
	if (on == (listed && reserve_is(&m, CONFIG_FROZEN)))
		return call_revert(c, REVERT_InvalidFreezeState);
	TRY(listed_argument(c, &m));
	config_set(&m.r.configuration, CONFIG_FROZEN, on);
	if (on)
		suspend_ltv(c, &m);
	reserve_save(c->state, &m);
	for (u64 id = 1; on && id <= 255; id++) {
		struct emode e = emode_of(c->state, id);

		if (emode_has(e.collateral, m.id))
			set_ltvzero(c, &m, (u8)id, true);
	}
	emit_word(c, EVENT_ReserveFrozen, &m, on);
	return OK;
}

enum err configurator_set_ltvzero(struct call *c)
{
	struct reserve_open m;
	u16 ltv;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolOrEmergencyAdmin));
	TRY(listed_argument(c, &m));
	if (abi_bool(&c->args, 1)) {
		if (!suspend_ltv(c, &m))
			return call_revert(c, REVERT_InvalidLtvzeroState);
		reserve_save(c->state, &m);
		return OK;
	}
	if (reserve_is(&m, CONFIG_FROZEN))
		return call_revert(c, REVERT_ReserveFrozen);
	ltv = m.r.pending_ltv;
	if (ltv == 0 || reserve_config(&m, CONFIG_LTV) != 0)
		return call_revert(c, REVERT_InvalidLtvzeroState);
	config_set(&m.r.configuration, CONFIG_LTV, ltv);
	m.r.pending_ltv = 0;
	reserve_save(c->state, &m);
	emit_pending(c, &m);
	emit_collateral(c, &m, ltv);
	return OK;
}

static enum err check_collateral(struct call *c, struct u256 ltv, struct u256 threshold, struct u256 bonus)
{
	struct address asset = abi_address(&c->args, 0);
	struct reserve_open m;

	if (u256_cmp(&ltv, &threshold) > 0)
		return call_revert(c, REVERT_InvalidReserveParams);
	if (!u256_is_zero(&threshold))
		return check_bonus(c, threshold, bonus, REVERT_InvalidReserveParams);
	if (!u256_is_zero(&bonus))
		return call_revert(c, REVERT_InvalidReserveParams);
	TRY(reserve_open(c, &m, &asset));
	return require_no_suppliers(c, &m);
}

enum err configurator_set_collateral(struct call *c)
{
	struct u256 ltv = abi_u256(&c->args, 1), threshold = abi_u256(&c->args, 2);
	struct u256 bonus = abi_u256(&c->args, 3);
	struct reserve_open m;
	bool frozen;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(check_collateral(c, ltv, threshold, bonus));
	TRY(listed_argument(c, &m));
	frozen = reserve_is(&m, CONFIG_FROZEN);
	if (!frozen && !u256_fits(&ltv, 16))
		return call_revert(c, REVERT_InvalidLtv);
	if (!u256_fits(&threshold, 16))
		return call_revert(c, REVERT_InvalidLiquidationThreshold);
	if (!u256_fits(&bonus, 16))
		return call_revert(c, REVERT_InvalidLiquidationBonus);
	if (frozen) {
		m.r.pending_ltv = (u16)u256_low64(&ltv);
		emit_pending(c, &m);
	} else {
		if (m.r.pending_ltv != 0) {
			m.r.pending_ltv = 0;
			emit_pending(c, &m);
		}
		config_set(&m.r.configuration, CONFIG_LTV, u256_low64(&ltv));
	}
	config_set(&m.r.configuration, CONFIG_LIQUIDATION_THRESHOLD, u256_low64(&threshold));
	config_set(&m.r.configuration, CONFIG_LIQUIDATION_BONUS, u256_low64(&bonus));
	reserve_save(c->state, &m);
	emit_collateral(c, &m, frozen ? 0 : u256_low64(&ltv));
	return OK;
}
