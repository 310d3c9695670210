#include "contracts-native/lending/ui_data_provider.h"

#include "contracts-native/lending/account.h"
#include "contracts-native/lending/single.h"
#include "contracts-native/token/token.h"

#define GAS_PER_RESERVE  20000
#define CURRENCY_UNIT    100000000u /* one dollar */
#define PRICE_DECIMALS   8
#define CEILING_DECIMALS 2
#define EMODE_GAP_MAX    3 /* missing ids after which the scan ends */

static void put_narrow(struct call *c, struct u128le x)
{
	struct u256 word = wide(x);

	abi_put_u256(&c->out, &word);
}

static void put_bps(struct call *c, u32 bps)
{
	struct u256 word = ray_raw(ray_from_bps(bps));

	abi_put_u256(&c->out, &word);
}

static void put_field(struct call *c, const struct reserve_open *m, enum config_field field)
{
	abi_put_u64(&c->out, reserve_config(m, field));
}

/* -- reserves -------------------------------------------------------------------------- */

static void put_identity(struct call *c, const struct reserve_open *m)
{
	struct token t;

	token_read(c->state, &(struct token_key){ m->r.token }, &t);
	abi_put_address(&c->out, &m->asset);
	abi_put_bytes(&c->out, token_name(&t));
	abi_put_bytes(&c->out, token_symbol(&t));
	put_field(c, m, CONFIG_DECIMALS);
}

static void put_terms(struct call *c, const struct reserve_open *m)
{
	put_field(c, m, CONFIG_LTV);
	put_field(c, m, CONFIG_LIQUIDATION_THRESHOLD);
	put_field(c, m, CONFIG_LIQUIDATION_BONUS);
	put_field(c, m, CONFIG_RESERVE_FACTOR);
	abi_put_u64(&c->out, reserve_is(m, CONFIG_LTV)); /* usable as collateral */
	put_field(c, m, CONFIG_BORROWING);
	put_field(c, m, CONFIG_ACTIVE);
	put_field(c, m, CONFIG_FROZEN);
}

static void put_interest(struct call *c, const struct reserve_open *m)
{
	struct address strategy = contract_address(CONTRACT_RATE_STRATEGY, 0);

	put_narrow(c, m->r.liquidity_index);
	put_narrow(c, m->r.borrow_index);
	put_narrow(c, m->r.liquidity_rate);
	put_narrow(c, m->r.borrow_rate);
	abi_put_u64(&c->out, m->r.updated_at);
	abi_put_address(&c->out, &m->atoken);
	abi_put_address(&c->out, &m->debt_token);
	abi_put_address(&c->out, &strategy);
}

static enum err put_market(struct call *c, const struct reserve_open *m)
{
	struct u256 cash = amount_raw(token_balance(c->state, m->r.token, &m->atoken)), dollars;
	struct address feed = contract_address(CONTRACT_FEED, m->r.feed);
	struct price price;

	TRY(reserve_price(c->state, &price, &m->r));
	dollars = price_raw(price);
	abi_put_u256(&c->out, &cash);
	abi_put_u256(&c->out, &m->r.scaled_debt);
	abi_put_u256(&c->out, &dollars);
	abi_put_address(&c->out, &feed);
	put_bps(c, m->r.slope1);
	put_bps(c, m->r.slope2);
	put_bps(c, m->r.base);
	put_bps(c, m->r.optimal);
	return OK;
}

static void put_limits(struct call *c, const struct reserve_open *m)
{
	put_field(c, m, CONFIG_PAUSED);
	put_field(c, m, CONFIG_SILOED);
	put_narrow(c, m->r.accrued_to_treasury);
	put_narrow(c, m->r.isolated_debt);
	put_field(c, m, CONFIG_FLASH_LOANS);
	put_field(c, m, CONFIG_DEBT_CEILING);
	abi_put_u64(&c->out, CEILING_DECIMALS);
	put_field(c, m, CONFIG_BORROW_CAP);
	put_field(c, m, CONFIG_SUPPLY_CAP);
	put_field(c, m, CONFIG_BORROWABLE_IN_ISOLATION);
	put_narrow(c, m->r.virtual_balance);
	put_narrow(c, m->r.deficit);
}

/* (unit, reference price, price of the first reserve's feed, its decimals) */
static void put_base(struct call *c)
{
	struct reserve r;
	struct feed feed = { 0 };

	if (reserve_read(c->state, &(struct reserve_key){ 0 }, &r))
		feed_read(c->state, &(struct feed_key){ r.feed }, &feed);
	abi_open(&c->out, 4);
	abi_put_u64(&c->out, CURRENCY_UNIT);
	abi_put_u64(&c->out, CURRENCY_UNIT);
	abi_put_u256(&c->out, &feed.answer);
	abi_put_u64(&c->out, PRICE_DECIMALS);
	abi_close(&c->out);
}

static enum err run_reserves_data(struct call *c)
{
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);

	TRY(call_charge(c, GAS_PER_RESERVE * (u64)count));
	abi_open(&c->out, count);
	for (u16 i = 0; i < count; i++) {
		struct reserve_open m;

		reserve_load(c->state, &m, ids[i]);
		abi_open(&c->out, 40);
		put_identity(c, &m);
		put_terms(c, &m);
		put_interest(c, &m);
		TRY(put_market(c, &m));
		put_limits(c, &m);
		abi_close(&c->out);
	}
	abi_close(&c->out);
	put_base(c);
	return OK;
}

static enum err run_reserves_list(struct call *c)
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

/* -- users -------------------------------------------------------------------------------- */

static enum err run_user_reserves_data(struct call *c)
{
	struct address owner = abi_address(&c->args, 1);
	struct user u = user_of(c->state, &owner);
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);
	struct u128le zero = { { 0, 0 } };

	TRY(call_charge(c, GAS_PER_RESERVE / 4 * (u64)count));
	abi_open(&c->out, count);
	for (u16 i = 0; i < count; i++) {
		struct position p = position_of(c->state, ids[i], &owner);
		struct reserve_open m;

		reserve_load(c->state, &m, ids[i]);
		abi_open(&c->out, 4);
		abi_put_address(&c->out, &m.asset);
		put_narrow(c, p.scaled_supply);
		abi_put_u64(&c->out, user_pledges(&u, ids[i]));
		put_narrow(c, user_borrows(&u, ids[i]) ? p.scaled_debt : zero);
		abi_close(&c->out);
	}
	abi_close(&c->out);
	abi_put_u64(&c->out, u.emode);
	return OK;
}

/* -- efficiency modes ------------------------------------------------------------------------- */

/* Writes the ids of the categories that exist, up to the first wide gap. */
static u32 scan_emodes(struct state *s, u8 ids[255])
{
	u32 count = 0, missing = 0;

	for (u32 id = 1; id <= 255 && missing < EMODE_GAP_MAX; id++) {
		if (emode_of(s, id).liquidation_threshold != 0) {
			ids[count++] = (u8)id;
			missing = 0;
		} else {
			missing++;
		}
	}
	return count;
}

static void put_emode(struct call *c, u8 id)
{
	struct emode e = emode_of(c->state, id);

	abi_open(&c->out, 2);
	abi_put_u64(&c->out, id);
	abi_open(&c->out, 7);
	abi_put_u64(&c->out, e.ltv);
	abi_put_u64(&c->out, e.liquidation_threshold);
	abi_put_u64(&c->out, e.liquidation_bonus);
	put_narrow(c, e.collateral);
	abi_put_bytes(&c->out, padded_text(e.label, sizeof e.label));
	put_narrow(c, e.borrowable);
	put_narrow(c, e.ltvzero);
	abi_close(&c->out);
	abi_close(&c->out);
}

static enum err run_emodes(struct call *c)
{
	u8 ids[255];
	u32 count = scan_emodes(c->state, ids);

	abi_open(&c->out, count);
	for (u32 i = 0; i < count; i++)
		put_emode(c, ids[i]);
	abi_close(&c->out);
	return OK;
}

/* The 40 fields of AggregatedReserveData, in the order of the functions above. */
#define RESERVE_FIELDS \
	"(address,string,string,uint256," \
	"uint256,uint256,uint256,uint256,bool,bool,bool,bool," \
	"uint128,uint128,uint128,uint128,uint40,address,address,address," \
	"uint256,uint256,uint256,address,uint256,uint256,uint256,uint256," \
	"bool,bool,uint128,uint128,bool,uint256,uint256,uint256,uint256,bool,uint128,uint128)"

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x586c1442, "getReservesList(address)", "(address[])",           VIEW,  20000, run_reserves_list },
	{ 0xec489c21, "getReservesData(address)", "(" RESERVE_FIELDS "[],(uint256,int256,int256,uint8))",
	                                                                   VIEW,  10000, run_reserves_data },
	{ 0x51974cc0, "getUserReservesData(address,address)", "((address,uint256,bool,uint256)[],uint8)",
	                                                                   VIEW,  10000, run_user_reserves_data },
	{ 0x6f90b9d1, "getEModes(address)",
	  "((uint8,(uint16,uint16,uint16,uint128,string,uint128,uint128))[])",
	                                                                   VIEW,  50000, run_emodes },
};
/* clang-format on */

const struct contract UI_DATA_PROVIDER_CONTRACT = {
	.kind = CONTRACT_UI_DATA_PROVIDER,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = single_exists,
};
