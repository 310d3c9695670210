#include "contracts-native/lending/pool.h"

#include "contracts-native/lending/account.h"
#include "contracts-native/token/token.h"

#define POOL_REVISION 10 /* Aave v3.6 */

static const struct address nobody;

/* An asset that is not listed reads as zeros. */
static struct reserve_open reserve_argument(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct reserve_open m;

	if (!reserve_find(c->state, &m, &asset))
		return (struct reserve_open){ 0 };
	return m;
}

static void put_narrow(struct call *c, struct u128le x)
{
	struct u256 word = wide(x);

	abi_put_u256(&c->out, &word);
}

/* -- the pool -------------------------------------------------------------------------- */

enum err pool_view_addresses_provider(struct call *c)
{
	struct address a = contract_address(CONTRACT_ADDRESSES_PROVIDER, 0);

	call_return_address(c, &a);
	return OK;
}

enum err pool_view_rate_strategy(struct call *c)
{
	struct address a = contract_address(CONTRACT_RATE_STRATEGY, 0);

	call_return_address(c, &a);
	return OK;
}

enum err pool_view_flash_premium(struct call *c)
{
	struct pool settings;

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	call_return_u64(c, settings.flash_premium);
	return OK;
}

enum err pool_view_flash_premium_to_treasury(struct call *c)
{
	call_return_u64(c, BPS_ONE);
	return OK;
}

enum err pool_view_reserves_max(struct call *c)
{
	call_return_u64(c, RESERVES_MAX);
	return OK;
}

enum err pool_view_umbrella(struct call *c)
{
	struct hash id = { "UMBRELLA" };

	abi_put_bytes32(&c->out, &id);
	return OK;
}

enum err pool_view_revision(struct call *c)
{
	call_return_u64(c, POOL_REVISION);
	return OK;
}

enum err pool_view_reserves_list(struct call *c)
{
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	abi_open(&c->out, count);
	for (u16 i = 0; i < count; i++) {
		struct reserve_open m;

		reserve_load(c->state, &m, ids[i]);
		abi_put_address(&c->out, &m.asset);
	}
	abi_close(&c->out);
	return OK;
}

enum err pool_view_reserves_count(struct call *c)
{
	call_return_u64(c, reserve_count(c->state));
	return OK;
}

enum err pool_view_reserve_by_id(struct call *c)
{
	u64 id = abi_u64(&c->args, 0);
	struct reserve_open m = { 0 };

	if (id < reserve_count(c->state))
		reserve_load(c->state, &m, (u16)id);
	call_return_address(c, m.r.listed ? &m.asset : &nobody);
	return OK;
}

/* -- reserves ---------------------------------------------------------------------------- */

enum err pool_view_reserve_data(struct call *c)
{
	struct reserve_open m = reserve_argument(c);
	struct address strategy = contract_address(CONTRACT_RATE_STRATEGY, 0), none = { { 0 } };

	abi_open(&c->out, 15);
	abi_open(&c->out, 1);
	abi_put_u256(&c->out, &m.r.configuration);
	abi_close(&c->out);
	put_narrow(c, m.r.liquidity_index);
	put_narrow(c, m.r.liquidity_rate);
	put_narrow(c, m.r.borrow_index);
	put_narrow(c, m.r.borrow_rate);
	abi_put_u64(&c->out, 0); /* stable rate */
	abi_put_u64(&c->out, m.r.updated_at);
	abi_put_u64(&c->out, m.id);
	abi_put_address(&c->out, &m.atoken);
	abi_put_address(&c->out, &none); /* stable debt token */
	abi_put_address(&c->out, &m.debt_token);
	abi_put_address(&c->out, &strategy);
	put_narrow(c, m.r.accrued_to_treasury);
	abi_put_u64(&c->out, 0); /* unbacked */
	put_narrow(c, m.r.isolated_debt);
	abi_close(&c->out);
	return OK;
}

enum err pool_view_configuration(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	abi_open(&c->out, 1);
	abi_put_u256(&c->out, &m.r.configuration);
	abi_close(&c->out);
	return OK;
}

enum err pool_view_atoken(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	call_return_address(c, &m.atoken);
	return OK;
}

enum err pool_view_debt_token(struct call *c)
{
	struct reserve_open m = reserve_argument(c);

	call_return_address(c, &m.debt_token);
	return OK;
}

enum err pool_view_income(struct call *c)
{
	struct reserve_open m = reserve_argument(c);
	struct ray index;

	TRY(reserve_income(&index, &m.r, c->exec->block->time));
	call_return_u256(c, ray_raw(index));
	return OK;
}

enum err pool_view_debt_index(struct call *c)
{
	struct reserve_open m = reserve_argument(c);
	struct ray index;

	TRY(reserve_debt_index(&index, &m.r, c->exec->block->time));
	call_return_u256(c, ray_raw(index));
	return OK;
}

enum err pool_view_virtual_balance(struct call *c)
{
	put_narrow(c, reserve_argument(c).r.virtual_balance);
	return OK;
}

enum err pool_view_deficit(struct call *c)
{
	put_narrow(c, reserve_argument(c).r.deficit);
	return OK;
}

enum err pool_view_grace_period(struct call *c)
{
	call_return_u64(c, reserve_argument(c).r.grace_until);
	return OK;
}

/* -- users ----------------------------------------------------------------------------------- */

enum err pool_view_account_data(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);
	struct user u = user_of(c->state, &owner);
	struct account_data a;
	struct value available;

	TRY(account_data(c, &a, &owner, &u));
	TRY(account_available(&available, &a));
	call_return_u256(c, value_raw(a.collateral));
	call_return_u256(c, value_raw(a.debt));
	call_return_u256(c, value_raw(available));
	call_return_u64(c, a.threshold);
	call_return_u64(c, a.ltv);
	call_return_u256(c, wad_raw(a.health));
	return OK;
}

enum err pool_view_user_configuration(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);
	struct user u = user_of(c->state, &owner);

	abi_open(&c->out, 1);
	abi_put_u256(&c->out, &u.configuration);
	abi_close(&c->out);
	return OK;
}

enum err pool_view_user_emode(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	call_return_u64(c, user_of(c->state, &owner).emode);
	return OK;
}

enum err pool_view_is_manager(struct call *c)
{
	struct manager_key key = { abi_address(&c->args, 0), abi_address(&c->args, 1) };
	struct manager m;

	call_return_bool(c, manager_read(c->state, &key, &m));
	return OK;
}

/* -- efficiency modes -------------------------------------------------------------------------- */

static struct emode emode_argument(struct call *c)
{
	return emode_of(c->state, abi_u64(&c->args, 0));
}

static struct bytes label_of(const struct emode *e)
{
	return padded_text(e->label, sizeof e->label);
}

enum err pool_view_emode_config(struct call *c)
{
	struct emode e = emode_argument(c);

	abi_open(&c->out, 3);
	abi_put_u64(&c->out, e.ltv);
	abi_put_u64(&c->out, e.liquidation_threshold);
	abi_put_u64(&c->out, e.liquidation_bonus);
	abi_close(&c->out);
	return OK;
}

enum err pool_view_emode_data(struct call *c)
{
	struct emode e = emode_argument(c);
	struct address none = { { 0 } };

	abi_open(&c->out, 5);
	abi_put_u64(&c->out, e.ltv);
	abi_put_u64(&c->out, e.liquidation_threshold);
	abi_put_u64(&c->out, e.liquidation_bonus);
	abi_put_address(&c->out, &none); /* price source: retired */
	abi_put_bytes(&c->out, label_of(&e));
	abi_close(&c->out);
	return OK;
}

enum err pool_view_emode_label(struct call *c)
{
	struct emode e = emode_argument(c);

	abi_put_bytes(&c->out, label_of(&e));
	return OK;
}

enum err pool_view_emode_collateral(struct call *c)
{
	put_narrow(c, emode_argument(c).collateral);
	return OK;
}

enum err pool_view_emode_borrowable(struct call *c)
{
	put_narrow(c, emode_argument(c).borrowable);
	return OK;
}

enum err pool_view_emode_ltvzero(struct call *c)
{
	put_narrow(c, emode_argument(c).ltvzero);
	return OK;
}
