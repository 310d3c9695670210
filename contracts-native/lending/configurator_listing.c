#include "contracts-native/lending/configurator.h"

/* AssetNotListed is Aave's answer for a zero id, so the zero address has its own. */
static enum err check_drop(struct call *c, struct reserve_open *m)
{
	struct address asset = abi_address(&c->args, 0);
	u64 now = c->exec->block->time;
	struct amount debt, supply;

	if (address_is_zero(&asset))
		return call_revert(c, REVERT_ZeroAddressNotValid);
	TRY(listed_argument(c, m));
	TRY(reserve_total_debt(&debt, &m->r, now));
	if (!amount_is_zero(debt))
		return call_revert(c, REVERT_VariableDebtSupplyNotZero);
	TRY(reserve_total_supply(&supply, &m->r, now));
	if (!amount_is_zero(supply) || !amount_is_zero(amount_of(m->r.accrued_to_treasury)))
		return call_revert(c, REVERT_UnderlyingClaimableRightsNotZero);
	return OK;
}

/* Categories keep their bits, as in Aave: nothing reads those of a reserve that is gone. */
enum err configurator_drop(struct call *c)
{
	struct reserve_open m;

	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	TRY(check_drop(c, &m));
	reserve_drop(c->state, &m);
	configurator_emit(c, EVENT_ReserveDropped, &m, NULL, 0);
	return OK;
}
