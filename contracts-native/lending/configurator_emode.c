#include "contracts-native/lending/configurator.h"

#include <string.h>

#include "contracts-native/lending/account.h"

static void set_member(struct u128le *bitmap, u16 reserve, bool on)
{
	u64 bit = (u64)1 << reserve % 64;

	assert(reserve < RESERVES_MAX);
	if (on)
		bitmap->limb[reserve / 64] |= bit;
	else
		bitmap->limb[reserve / 64] &= ~bit;
}

static void store(struct call *c, u8 category, const struct emode *e)
{
	emode_write(c->state, &(struct emode_key){ category }, e);
}

static void emit_member(struct call *c, enum event_name name, const struct reserve_open *m, u8 category, bool on)
{
	call_emit(c, &c->self, name,
		  (struct u256[]){ word_of_address(&m->asset), u256_from_u64(category), u256_from_u64(on) },
		  3);
}

void set_ltvzero(struct call *c, const struct reserve_open *m, u8 category, bool on)
{
	struct emode e = emode_of(c->state, category);

	set_member(&e.ltvzero, m->id, on);
	store(c, category, &e);
	emit_member(c, EVENT_AssetLtvzeroInEModeChanged, m, category, on);
}

enum err configurator_set_category(struct call *c)
{
	u8 id = (u8)abi_u64(&c->args, 0);
	u16 ltv = (u16)abi_u64(&c->args, 1), threshold = (u16)abi_u64(&c->args, 2);
	u16 bonus = (u16)abi_u64(&c->args, 3);
	struct bytes label = abi_bytes(&c->args, 4);
	struct emode e = emode_of(c->state, id);

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	if (ltv == 0 || threshold == 0 || ltv > threshold)
		return call_revert(c, REVERT_InvalidEmodeCategoryParams);
	TRY(check_bonus(c, u256_from_u64(threshold), u256_from_u64(bonus), REVERT_InvalidEmodeCategoryParams));
	if (id == 0)
		return call_revert(c, REVERT_EModeCategoryReserved);
	if (label.size > sizeof e.label) /* our limit: Aave has none */
		return call_revert(c, REVERT_InvalidEmodeCategoryParams);
	e.ltv = ltv;
	e.liquidation_threshold = threshold;
	e.liquidation_bonus = bonus;
	memset(e.label, 0, sizeof e.label);
	if (label.size > 0)
		memcpy(e.label, label.at, label.size);
	store(c, id, &e);
	call_emit_tail(c, &c->self, EVENT_EModeCategoryAdded,
		       (struct u256[]){ u256_from_u64(id), u256_from_u64(ltv), u256_from_u64(threshold), u256_from_u64(bonus),
					U256_ZERO },
		       5, &label);
	return OK;
}

enum err configurator_set_emode_collateral(struct call *c)
{
	u8 id = (u8)abi_u64(&c->args, 1);
	bool on = abi_bool(&c->args, 2);
	struct emode e = emode_of(c->state, id);
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(listed_argument(c, &m));
	if (on && reserve_is(&m, CONFIG_FROZEN))
		return call_revert(c, REVERT_ReserveFrozen);
	if (!on && reserve_config(&m, CONFIG_LIQUIDATION_THRESHOLD) == 0)
		TRY(require_no_suppliers(c, &m));
	if (id == 0)
		return call_revert(c, REVERT_EModeCategoryReserved);
	if (!on && emode_has(e.ltvzero, m.id))
		set_ltvzero(c, &m, id, false);
	e = emode_of(c->state, id);
	set_member(&e.collateral, m.id, on);
	store(c, id, &e);
	emit_member(c, EVENT_AssetCollateralInEModeChanged, &m, id, on);
	return OK;
}

enum err configurator_set_emode_borrowable(struct call *c)
{
	u8 id = (u8)abi_u64(&c->args, 1);
	bool on = abi_bool(&c->args, 2);
	struct emode e = emode_of(c->state, id);
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolAdmin));
	TRY(listed_argument(c, &m));
	if (id == 0)
		return call_revert(c, REVERT_EModeCategoryReserved);
	set_member(&e.borrowable, m.id, on);
	store(c, id, &e);
	emit_member(c, EVENT_AssetBorrowableInEModeChanged, &m, id, on);
	return OK;
}

enum err configurator_set_emode_ltvzero(struct call *c)
{
	u8 id = (u8)abi_u64(&c->args, 1);
	bool on = abi_bool(&c->args, 2);
	struct emode e = emode_of(c->state, id);
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotRiskOrPoolOrEmergencyAdmin));
	TRY(listed_argument(c, &m));
	if (!emode_has(e.collateral, m.id)) {
		struct u256 words[] = { word_of_address(&m.asset), u256_from_u64(id) };

		return call_revert_with(c, REVERT_MustBeEmodeCollateral, words, 2);
	}
	if (!on && reserve_is(&m, CONFIG_FROZEN))
		return call_revert(c, REVERT_ReserveFrozen);
	set_ltvzero(c, &m, id, on);
	return OK;
}
