#include "rpc/account_list.h"
#include "rpc/methods.h"

#include <stdlib.h>
#include <string.h>

/* plimsoll_*: how accounts stand. */

/* -- plimsoll_getHealth ---------------------------------------------------------------- */

#define POSITION_TYPE \
	"{symbol:text asset:address decimals:number supplied:decimal borrowed:decimal isCollateral:bool " \
	"price:decimal stale:bool}"

static enum rpc_code write_position(struct rpc *c, const struct market *m, const struct address *owner)
{
	struct u256 word = word_of_address(owner), supplied, borrowed;
	struct user user;

	RPC_TRY(contract_ask_number(c, &supplied, &m->atoken, "balanceOf(address)", &word, 1));
	RPC_TRY(contract_ask_number(c, &borrowed, &m->debt_token, "balanceOf(address)", &word, 1));
	(void)user_read(&c->reader.state, &(struct user_key){ *owner }, &user);
	jw_object(&c->out, NULL);
	market_symbol(&c->out, "symbol", m);
	jw_address(&c->out, "asset", &m->asset);
	jw_number(&c->out, "decimals", m->token.decimals);
	jw_decimal(&c->out, "supplied", &supplied);
	jw_decimal(&c->out, "borrowed", &borrowed);
	jw_bool(&c->out, "isCollateral", u256_bit(&user.configuration, 2u * m->id + 1));
	jw_scaled(&c->out, "price", &m->feed.answer, 8);
	jw_bool(&c->out, "stale", m->is_stale);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code write_positions(struct rpc *c, const struct address *owner)
{
	u16 count = market_count(c);
	struct market m;

	jw_array(&c->out, "positions");
	for (u16 i = 0; i < count; i++) {
		size_t scratch = c->scratch_size;

		if (market_is_used(c, i, owner) && market_read(c, &m, i))
			RPC_TRY(write_position(c, &m, owner));
		c->scratch_size = scratch;
	}
	jw_end(&c->out);
	return RPC_OK;
}

#define HEALTH_TYPE \
	"{address:address height:quantity healthFactor:decimal|null liquidatable:bool collateral:decimal " \
	"debt:decimal availableBorrows:decimal ltv:decimal liquidationThreshold:decimal eMode:number " \
	"positions:[" POSITION_TYPE "]}"

static enum rpc_code get_health(struct rpc *c)
{
	struct account_totals totals;
	struct address owner;
	struct user user;
	struct u256 one = wad_raw(wad_one());

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(rpc_read_param(c, 1));
	RPC_TRY(account_totals_ask(c, &totals, &owner));
	(void)user_read(&c->reader.state, &(struct user_key){ owner }, &user);
	jw_object(&c->out, RESULT);
	jw_address(&c->out, "address", &owner);
	jw_quantity(&c->out, "height", c->reader.view.height);
	health_write_wad(&c->out, "healthFactor", &totals.health);
	jw_bool(&c->out, "liquidatable", u256_cmp(&totals.health, &one) < 0);
	jw_scaled(&c->out, "collateral", &totals.collateral, 8);
	jw_scaled(&c->out, "debt", &totals.debt, 8);
	jw_scaled(&c->out, "availableBorrows", &totals.available, 8);
	jw_scaled(&c->out, "ltv", &totals.ltv, 4);
	jw_scaled(&c->out, "liquidationThreshold", &totals.threshold, 4);
	jw_number(&c->out, "eMode", user.emode);
	RPC_TRY(write_positions(c, &owner));
	jw_end(&c->out);
	return RPC_OK;
}

/* -- plimsoll_liquidatable ----------------------------------------------------------------- */

static enum rpc_code read_bound(struct rpc *c, struct wad *out, const json_t *v)
{
	*out = wad_one();
	return v && !json_is_null(v) ? value_wad(c, out, v, "below") : RPC_OK;
}

static enum rpc_code read_page(struct rpc *c, struct risk_query *out, const json_t *options)
{
	const json_t *from = field(options, "offset"), *most = field(options, "limit");

	out->limit = ACCOUNTS_LISTED;
	if ((from && (!json_is_integer(from) || json_integer_value(from) < 0)) ||
	    (most && (!json_is_integer(most) || json_integer_value(most) < 0)))
		return rpc_fail(c, RPC_INVALID_PARAMS, "offset and limit are whole numbers");
	if (json_integer_value(most) > ACCOUNTS_LISTED_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "limit is at most %d", ACCOUNTS_LISTED_MAX);
	if (from)
		out->offset = (u64)json_integer_value(from);
	if (most)
		out->limit = (u32)json_integer_value(most);
	return RPC_OK;
}

/* The underlying token of a reserve; null for none. */
static void write_asset(struct rpc *c, const char *key, u16 reserve)
{
	struct market m;

	if (reserve != 0xffff && market_read(c, &m, reserve))
		jw_address(&c->out, key, &m.asset);
	else
		jw_null(&c->out, key);
}

void at_risk_write(struct rpc *c, const struct at_risk *at)
{
	struct u256 health = wad_raw(at->health), collateral = value_raw(at->collateral), debt = value_raw(at->debt);

	jw_object(&c->out, NULL);
	jw_address(&c->out, "address", &at->owner);
	health_write_wad(&c->out, "healthFactor", &health);
	jw_scaled(&c->out, "collateral", &collateral, 8);
	jw_scaled(&c->out, "debt", &debt, 8);
	write_asset(c, "collateralAsset", at->worst_collateral);
	write_asset(c, "debtAsset", at->worst_debt);
	jw_end(&c->out);
}

#define AT_RISK_PAGE_TYPE "{height:quantity total:number accounts:[" AT_RISK_TYPE "]}"

static enum rpc_code liquidatable(struct rpc *c)
{
	const json_t *options = param(c, 1);
	struct risk_query asked = { .deadline_us = c->deadline_us };
	struct risk_page page;
	struct block_ref ref;
	enum err e;

	if (options && !json_is_object(options))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 1: options are an object");
	RPC_TRY(value_members(c, options, "below offset limit"));
	RPC_TRY(param_block(c, &ref, 0));
	RPC_TRY(read_bound(c, &asked.bound, json_object_get(options, "below")));
	RPC_TRY(read_page(c, &asked, options));
	RPC_TRY(rpc_read_at(c, &ref, false));
	asked.height = ref.height;
	e = node_at_risk(c->node, &page, &asked);
	if (e != OK)
		return rpc_fail_err(c, e);
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", page.height);
	jw_number(&c->out, "total", page.total);
	jw_array(&c->out, "accounts");
	for (u32 i = 0; i < page.count && !jw_is_full(&c->out); i++)
		at_risk_write(c, &page.at[i]);
	jw_end(&c->out);
	jw_end(&c->out);
	free(page.at);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_getHealth", get_health, 1, 2, 1, HEALTH_TYPE,
	  "(address, block) health factor, totals in dollars, every position" },
	{ "plimsoll_atRisk", liquidatable, 0, 2, 20, AT_RISK_PAGE_TYPE,
	  "(block, {below, offset, limit}) plimsoll_liquidatable" },
	{ "plimsoll_liquidatable", liquidatable, 0, 2, 20, AT_RISK_PAGE_TYPE,
	  "(block, {below, offset, limit}) accounts below a health factor (1), worst first" },
};

const struct rpc_table PLIMSOLL_ACCOUNT_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
