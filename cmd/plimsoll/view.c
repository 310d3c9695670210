/* plimsoll markets, prices, health, liquidatable, status: what the node says, read out. */

#include <stdio.h>
#include <string.h>

#include "client/field.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "cmd/plimsoll/grid.h"

/* A price with as many digits as it needs: 2 from a dollar up. */
static const char *price_text(const json_t *object)
{
	struct u256 price, dollar = u256_pow10(MARKET_PRICE_DECIMALS);

	if (units_parse(&price, field_text(object, "price"), MARKET_PRICE_DECIMALS))
		return "-";
	return cli_decimal(object, "price", MARKET_PRICE_DECIMALS,
			   u256_cmp(&price, &dollar) < 0 ? 6 : 2);
}

/* Base units in a text field, as people read them. */
static const char *units_text(const json_t *object, const char *key, unsigned decimals)
{
	struct u256 x;

	return field_u256(&x, object, key) || u256_is_zero(&x) ? "-" : cli_brief(&x, decimals);
}

/* -- markets, prices ------------------------------------------------------------------- */

static const char *market_state(const json_t *json)
{
	return field_is_true(json, "paused")       ? "paused"
	       : field_is_true(json, "frozen")     ? "frozen"
	       : field_is_true(json, "stale")      ? "stale price"
	       : !field_is_true(json, "borrowing") ? "collateral only"
						   : "open";
}

static enum err markets(struct cli *c)
{
	struct market_list list;
	struct grid t;

	TRY(market_list_read(&list, c->rpc, &c->why));
	if (c->is_json) {
		cli_print_json(json_incref(list.json));
		market_list_free(&list);
		return OK;
	}
	grid_begin(&t, "token >price >supplied >borrowed >available >used >earn >pay >ltv >limit "
		       ">bonus state");
	for (size_t i = 0; i < list.count; i++) {
		const struct market *m = &list.at[i];

		grid_cell(&t, "%s", m->symbol);
		grid_cell(&t, "%s", price_text(m->json));
		grid_cell(&t, "%s", units_text(m->json, "supplied", m->decimals));
		grid_cell(&t, "%s", units_text(m->json, "borrowed", m->decimals));
		grid_cell(&t, "%s", units_text(m->json, "available", m->decimals));
		grid_cell(&t, "%s", cli_percent(m->json, "utilization", 27));
		grid_cell(&t, "%s", cli_percent(m->json, "supplyRate", 27));
		grid_cell(&t, "%s", cli_percent(m->json, "borrowRate", 27));
		grid_cell(&t, "%s", cli_percent(m->json, "ltv", 4));
		grid_cell(&t, "%s", cli_percent(m->json, "liquidationThreshold", 4));
		grid_cell(&t, "%s", cli_percent(m->json, "liquidationBonus", 4));
		grid_cell(&t, "%s", market_state(m->json));
	}
	grid_print(&t);
	market_list_free(&list);
	return OK;
}

static enum err prices(struct cli *c)
{
	struct market_list list;
	struct grid t;
	json_t *all;

	TRY(market_list_read(&list, c->rpc, &c->why));
	all = json_array();
	grid_begin(&t, "token >price state");
	for (size_t i = 0; i < list.count; i++) {
		const struct market *m = &list.at[i];

		grid_cell(&t, "%s", m->symbol);
		grid_cell(&t, "%s", price_text(m->json));
		grid_cell(&t, "%s", m->is_stale ? "stale" : "fresh");
		json_array_append_new(all, json_pack("{s:s, s:s, s:b}", "symbol", m->symbol,
						     "price", field_text(m->json, "price"), "stale",
						     m->is_stale));
	}
	if (c->is_json)
		cli_print_json(json_incref(all));
	else
		grid_print(&t);
	grid_free(&t);
	json_decref(all);
	market_list_free(&list);
	return OK;
}

const struct command MARKETS_COMMAND = { "markets",
					 "",
					 0,
					 0,
					 markets,
					 "every token of the pool: balances, rates a year, limits",
					 NULL,
					 0,
					 "markets\n"
					 "markets --json\n" };
const struct command PRICES_COMMAND = { "prices", "", 0,
					0, prices, "what the oracle says, in dollars",
					NULL, 0, "prices\n" };

/* -- health ------------------------------------------------------------------------------ */

static void health_print(const json_t *health)
{
	const json_t *positions = json_object_get(health, "positions");
	struct grid t;

	printf("%s\n", cli_address_at(health, "address"));
	printf("health factor  %s%s\n", cli_health(health),
	       field_is_true(health, "liquidatable") ? "  OPEN TO LIQUIDATION" : "");
	printf("collateral     $%s\n", cli_decimal(health, "collateral", 8, 2));
	printf("debt           $%s\n", cli_decimal(health, "debt", 8, 2));
	printf("can borrow     $%s more\n", cli_decimal(health, "availableBorrows", 8, 2));
	printf("liquidation at %s of the collateral, loans up to %s\n",
	       cli_percent(health, "liquidationThreshold", 4), cli_percent(health, "ltv", 4));
	if (json_array_size(positions) == 0)
		return;
	grid_begin(&t, "token >supplied collateral >borrowed >price");
	for (size_t i = 0; i < json_array_size(positions); i++) {
		const json_t *p = json_array_get(positions, i);
		u64 decimals = 0;

		if (field_u64(&decimals, p, "decimals") || decimals > UNITS_DECIMALS_MAX)
			decimals = 0;
		grid_cell(&t, "%s", field_text(p, "symbol"));
		grid_cell(&t, "%s", units_text(p, "supplied", (unsigned)decimals));
		grid_cell(&t, "%s", field_is_true(p, "isCollateral") ? "yes" : "no");
		grid_cell(&t, "%s", units_text(p, "borrowed", (unsigned)decimals));
		grid_cell(&t, "%s%s", price_text(p), field_is_true(p, "stale") ? " stale" : "");
	}
	grid_print(&t);
}

static enum err health(struct cli *c)
{
	struct address owner;
	json_t *answer;

	TRY(cli_owner(c, &owner, 0));
	answer = cli_ask(c, "plimsoll_getHealth", json_pack("[o]", json_of_address(&owner)));
	if (!answer)
		return ERR_IO;
	if (!c->is_json)
		health_print(answer);
	else
		cli_print_json(json_incref(answer));
	json_decref(answer);
	return OK;
}

const struct command HEALTH_COMMAND = {
	"health",
	"[ADDRESS]",
	0,
	1,
	health,
	"how an account stands: health factor, collateral, debt",
	NULL,
	0,
	"health\n"
	"health 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --json\n"
};

/* -- liquidatable -------------------------------------------------------------------------- */

/* The symbol of an asset, or the address if it is not listed. */
static const char *symbol_of(const struct market_list *list, const json_t *account, const char *key)
{
	const char *text = field_text(account, key);
	const struct market *m = market_named(list, text);

	return m ? m->symbol : *text ? text
				     : "-";
}

static void liquidatable_print(const struct market_list *list, const json_t *answer)
{
	const json_t *accounts = json_object_get(answer, "accounts");
	struct grid t;

	if (json_array_size(accounts) == 0) {
		printf("no account is below\n");
		return;
	}
	grid_begin(&t, "account >health >collateral >debt seize repay");
	for (size_t i = 0; i < json_array_size(accounts); i++) {
		const json_t *a = json_array_get(accounts, i);

		grid_cell(&t, "%s", cli_address_at(a, "address"));
		grid_cell(&t, "%s", cli_decimal(a, "healthFactor", 18, 4));
		grid_cell(&t, "$%s", cli_decimal(a, "collateral", 8, 2));
		grid_cell(&t, "$%s", cli_decimal(a, "debt", 8, 2));
		grid_cell(&t, "%s", symbol_of(list, a, "collateralAsset"));
		grid_cell(&t, "%s", symbol_of(list, a, "debtAsset"));
	}
	grid_print(&t);
	printf("%zu of %lld\n", json_array_size(accounts),
	       (long long)json_integer_value(json_object_get(answer, "total")));
}

static enum err liquidatable(struct cli *c)
{
	const char *below = args_value(&c->args, "--below"),
		   *limit = args_value(&c->args, "--limit");
	struct u256 most = u256_from_u64(100);
	struct market_list list;
	json_t *answer;

	if (limit && (units_parse(&most, limit, 0) || !u256_fits(&most, 31)))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "--limit wants a whole number, not %.40s", limit);
	TRY(market_list_read(&list, c->rpc, &c->why));
	answer = cli_ask(c, "plimsoll_liquidatable",
			 json_pack("[s, {s:s, s:I}]", "latest", "below", below ? below : "1",
				   "limit", (json_int_t)u256_low64(&most)));
	if (answer && c->is_json)
		cli_print_json(json_incref(answer));
	else if (answer)
		liquidatable_print(&list, answer);
	json_decref(answer);
	market_list_free(&list);
	return answer ? OK : ERR_IO;
}

static const struct option_row liquidatable_options[] = {
	{ "--below", "FACTOR", "health factor below which an account is shown (1)" },
	{ "--limit", "N", "so many at most (100)" },
};
const struct command LIQUIDATABLE_COMMAND = { "liquidatable",
					      "",
					      0,
					      0,
					      liquidatable,
					      "accounts that can be liquidated, worst first",
					      liquidatable_options,
					      ARRAY_COUNT(liquidatable_options),
					      "liquidatable\n"
					      "liquidatable --below 1.1 --limit 20\n" };

/* -- status -------------------------------------------------------------------------------- */

static long long number_at(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static enum err status(struct cli *c)
{
	json_t *s = cli_ask(c, "plimsoll_status", NULL), *pool, *risk, *oracle;

	if (!s)
		return ERR_IO;
	if (c->is_json) {
		cli_print_json(s);
		return OK;
	}
	pool = json_object_get(s, "pool");
	risk = json_object_get(s, "risk");
	oracle = json_object_get(s, "oracle");
	printf("node      %s, chain %lld%s%s\n", field_text(s, "clientVersion"),
	       number_at(s, "chainId"), field_is_true(s, "devnet") ? ", devnet" : "",
	       field_is_true(s, "failed") ? ", FAILED" : "");
	printf("head      %lld, %lld s old\n", number_at(s, "height"), number_at(s, "headAge"));
	printf("          %s\n", field_text(s, "headHash"));
	printf("queue     %lld ready, %lld waiting\n", number_at(pool, "pending"),
	       number_at(pool, "queued"));
	printf("accounts  %lld with debt, %lld below 1.1, %lld open to liquidation\n",
	       number_at(risk, "accountsWithDebt"), number_at(risk, "below1.1"),
	       number_at(risk, "belowOne"));
	printf("oracle    round %lld, %lld reports, %lld refused, %lld equivocations\n",
	       number_at(oracle, "lastRound"), number_at(oracle, "reports"),
	       number_at(oracle, "refused"), number_at(oracle, "equivocations"));
	json_decref(s);
	return OK;
}

const struct command STATUS_COMMAND = { "status",
					"",
					0,
					0,
					status,
					"the node: head, queue, accounts at risk, oracle",
					NULL,
					0,
					"status\n"
					"status --json\n" };
