#include "rpc/market.h"
#include "rpc/methods.h"

#include "contracts-native/lending/configuration.h"

/* plimsoll_markets: every reserve, its rates and its limits. */

static struct u256 wide(const struct u128le *x)
{
	return (struct u256){ { x->limb[0], x->limb[1], 0, 0 } };
}

/* borrowed / (available + borrowed), in full ray digits; 0 if both are. */
static struct u256 utilization(const struct u256 *borrowed, const struct u256 *available)
{
	struct u256 whole;
	struct ray ratio;

	if (u256_add(&whole, borrowed, available) != OK || u256_is_zero(&whole) ||
	    amount_ratio_near(&ratio, amount_from(*borrowed), amount_from(whole)) != OK)
		return U256_ZERO;
	return ray_raw(ratio);
}

#define LIMITS_MEMBERS \
	"supplyCap:decimal borrowCap:decimal debtCeiling:decimal ltv:decimal liquidationThreshold:decimal " \
	"liquidationBonus:decimal liquidationProtocolFee:decimal reserveFactor:decimal active:bool frozen:bool " \
	"paused:bool borrowing:bool flashLoans:bool siloed:bool borrowableInIsolation:bool"

static void write_limits(struct rpc *c, const struct market *m)
{
	/* key, field, decimals: 4 turns basis points into a ratio */
	static const struct {
		const char *key;
		enum config_field field;
		unsigned decimals;
	} rows[] = {
		{ "supplyCap", CONFIG_SUPPLY_CAP, 0 },
		{ "borrowCap", CONFIG_BORROW_CAP, 0 },
		{ "debtCeiling", CONFIG_DEBT_CEILING, 2 },
		{ "ltv", CONFIG_LTV, 4 },
		{ "liquidationThreshold", CONFIG_LIQUIDATION_THRESHOLD, 4 },
		{ "liquidationBonus", CONFIG_LIQUIDATION_BONUS, 4 },
		{ "liquidationProtocolFee", CONFIG_LIQUIDATION_FEE, 4 },
		{ "reserveFactor", CONFIG_RESERVE_FACTOR, 4 },
	};
	static const struct {
		const char *key;
		enum config_field field;
	} flags[] = {
		{ "active", CONFIG_ACTIVE },
		{ "frozen", CONFIG_FROZEN },
		{ "paused", CONFIG_PAUSED },
		{ "borrowing", CONFIG_BORROWING },
		{ "flashLoans", CONFIG_FLASH_LOANS },
		{ "siloed", CONFIG_SILOED },
		{ "borrowableInIsolation", CONFIG_BORROWABLE_IN_ISOLATION },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct u256 x = u256_from_u64(config_get(&m->reserve.configuration, rows[i].field));

		jw_scaled(&c->out, rows[i].key, &x, rows[i].decimals);
	}
	for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
		jw_bool(&c->out, flags[i].key, config_get(&m->reserve.configuration, flags[i].field) != 0);
}

#define MARKET_TYPE \
	"{id:number symbol:text asset:address aToken:address debtToken:address decimals:number price:decimal " \
	"stale:bool supplied:decimal borrowed:decimal available:decimal deficit:decimal utilization:decimal " \
	"supplyRate:decimal borrowRate:decimal " LIMITS_MEMBERS "}"

enum rpc_code market_write(struct rpc *c, const char *key, const struct market *m)
{
	struct u256 liquidity_rate = wide(&m->reserve.liquidity_rate), borrow_rate = wide(&m->reserve.borrow_rate);
	struct u256 available = wide(&m->reserve.virtual_balance), deficit = wide(&m->reserve.deficit);
	struct u256 supplied, borrowed, used;

	RPC_TRY(contract_ask_number(c, &supplied, &m->atoken, "totalSupply()", NULL, 0));
	RPC_TRY(contract_ask_number(c, &borrowed, &m->debt_token, "totalSupply()", NULL, 0));
	used = utilization(&borrowed, &available);
	jw_object(&c->out, key);
	jw_number(&c->out, "id", m->id);
	market_symbol(&c->out, "symbol", m);
	jw_address(&c->out, "asset", &m->asset);
	jw_address(&c->out, "aToken", &m->atoken);
	jw_address(&c->out, "debtToken", &m->debt_token);
	jw_number(&c->out, "decimals", m->token.decimals);
	jw_scaled(&c->out, "price", &m->feed.answer, 8);
	jw_bool(&c->out, "stale", m->is_stale);
	jw_decimal(&c->out, "supplied", &supplied);
	jw_decimal(&c->out, "borrowed", &borrowed);
	jw_decimal(&c->out, "available", &available);
	jw_decimal(&c->out, "deficit", &deficit);
	jw_scaled(&c->out, "utilization", &used, 27);
	jw_scaled(&c->out, "supplyRate", &liquidity_rate, 27);
	jw_scaled(&c->out, "borrowRate", &borrow_rate, 27);
	write_limits(c, m);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code markets(struct rpc *c)
{
	struct market m;
	u16 count;

	RPC_TRY(rpc_read_param(c, 0));
	count = market_count(c);
	jw_array(&c->out, RESULT);
	for (u16 i = 0; i < count; i++) {
		size_t scratch = c->scratch_size;

		if (market_read(c, &m, i))
			RPC_TRY(market_write(c, NULL, &m));
		c->scratch_size = scratch;
	}
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_markets", markets, 0, 1, 1, "[" MARKET_TYPE "]",
	  "(block) every reserve: price, balances, rates a year, limits" },
};

const struct rpc_table PLIMSOLL_MARKET_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
