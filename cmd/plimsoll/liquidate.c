/* plimsoll liquidate: pays a user's debt and takes collateral, with a bonus. */

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/liquidation.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "contracts-native/dispatch/address.h"

struct job {
	struct liquidation what;
	struct market debt, collateral;
	struct liquidation_quote quote;
};

static enum err market_read(struct cli *c, struct market *out, const struct market_list *list,
			    const char *option)
{
	const char *who = args_value(&c->args, option);
	const struct market *m = who ? market_named(list, who) : NULL;

	if (!who)
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "say which token with %s TOKEN; `plimsoll health USER` shows what "
				 "the user has",
				 option);
	if (!m)
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "no market for %.40s; `plimsoll markets` lists them", who);
	*out = market_alone(m);
	return OK;
}

static enum err job_read(struct cli *c, struct job *out)
{
	const char *amount = args_value(&c->args, "--amount");
	struct market_list list;
	enum err e;

	TRY(cli_address(c, &out->what.user, 0));
	TRY(market_list_read(&list, c->rpc, &c->why));
	e = market_read(c, &out->debt, &list, "--debt");
	if (!e)
		e = market_read(c, &out->collateral, &list, "--collateral");
	market_list_free(&list);
	if (e)
		return e;
	out->what.debt = out->debt.asset;
	out->what.collateral = out->collateral.asset;
	out->what.receive_atoken = args_has(&c->args, "--receive-atoken");
	return cli_amount(c, &out->what.amount, amount ? amount : "max", out->debt.decimals, true);
}

/* The job's quote, or the reason why there is none. */
static enum err job_quote(struct cli *c, struct job *j)
{
	TRY(liquidation_ask(&j->quote, c->rpc, &c->why, &j->what, NULL));
	if (!*j->quote.reverts)
		return OK;
	fault_set(&c->why, ERR_REVERT, FAULT_REVERT, "the pool would refuse: %s", j->quote.reverts);
	snprintf(c->why.name, sizeof c->why.name, "%s", j->quote.reverts);
	return ERR_REVERT;
}

static json_t *job_json(const struct job *j)
{
	const struct liquidation_quote *q = &j->quote;

	return json_pack("{s:o, s:s, s:o, s:o, s:s, s:o, s:o}", "user",
			 json_of_address(&j->what.user), "debt", j->debt.symbol, "debtCovered",
			 json_of_units(&q->covered, j->debt.decimals), "debtCoveredUsd",
			 json_of_units(&q->covered_usd, 8), "collateral", j->collateral.symbol,
			 "collateralSeized", json_of_units(&q->seized, j->collateral.decimals),
			 "collateralSeizedUsd", json_of_units(&q->seized_usd, 8));
}

static void job_print(const struct job *j)
{
	printf("pays %s %s ($%s), takes %s %s%s ($%s)\n",
	       cli_brief(&j->quote.covered, j->debt.decimals), j->debt.symbol,
	       cli_dollars(&j->quote.covered_usd),
	       cli_brief(&j->quote.seized, j->collateral.decimals),
	       j->what.receive_atoken ? "a" : "", j->collateral.symbol,
	       cli_dollars(&j->quote.seized_usd));
}

/* Enough of the debt token, and the pool may take it: a hundredth more, since interest goes on. */
static enum err job_fund(struct cli *c, const struct job *j)
{
	const char *owner = cli_address_text(&c->wallet.owner);
	struct address pool = contract_address(CONTRACT_POOL, 0);
	const char *spender = cli_address_text(&pool);
	struct u256 has, allowed, more, needed, hundred = u256_from_u64(100);
	char units[U256_DECIMAL_MAX], done[160];

	TRY(contract_number(&has, c->rpc, &c->why, &j->debt.asset, "balanceOf(address)", &owner,
			    1));
	if (u256_cmp(&has, &j->quote.covered) < 0)
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "that takes %s %s, you own %s; cover less with --amount",
				 cli_brief(&j->quote.covered, j->debt.decimals), j->debt.symbol,
				 cli_brief(&has, j->debt.decimals));
	TRY(u256_div(&more, NULL, &j->quote.covered, &hundred));
	TRY(u256_add(&needed, &j->quote.covered, &more));
	TRY(u256_add(&needed, &needed, &U256_ONE));
	TRY(contract_number(&allowed, c->rpc, &c->why, &j->debt.asset, "allowance(address,address)",
			    (const char *[]){ owner, spender }, 2));
	if (u256_cmp(&allowed, &needed) >= 0)
		return OK;
	u256_to_decimal(units, &needed);
	snprintf(done, sizeof done, "approved %s %s for the pool",
		 cli_brief(&needed, j->debt.decimals), j->debt.symbol);
	return cli_send(c, done, &j->debt.asset, &U256_ZERO, "approve(address,uint256)",
			(const char *[]){ spender, units }, 2);
}

static enum err liquidate(struct cli *c)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	char units[U256_DECIMAL_MAX];
	struct job j;

	memset(&j, 0, sizeof j);
	TRY(job_read(c, &j));
	TRY(job_quote(c, &j));
	if (!c->is_json)
		job_print(&j);
	if (!args_has(&c->args, "--quote")) {
		TRY(cli_unlock(c));
		TRY(cli_confirm(c, "liquidate %s", cli_address_text(&j.what.user)));
		TRY(job_fund(c, &j));
		u256_to_decimal(units, &j.what.amount);
		TRY(cli_send(c, "liquidated", &pool, &U256_ZERO,
			     "liquidationCall(address,address,address,uint256,bool)",
			     (const char *[]){ cli_address_text(&j.what.collateral),
					       cli_address_text(&j.what.debt),
					       cli_address_text(&j.what.user), units,
					       j.what.receive_atoken ? "true" : "false" },
			     5));
	}
	cli_finish(c, job_json(&j));
	return OK;
}

static const struct option_row options[] = {
	{ "--debt", "TOKEN", "which debt to pay" },
	{ "--collateral", "TOKEN", "which collateral to take" },
	{ "--amount", "AMOUNT|max", "how much debt to pay (max)" },
	{ "--receive-atoken", NULL, "keep the collateral in the pool, as a deposit" },
	{ "--quote", NULL, "only tell what it would do" },
};
const struct command LIQUIDATE_COMMAND = {
	"liquidate",
	"USER",
	1,
	1,
	liquidate,
	"pay a user's debt, take collateral with a bonus",
	options,
	ARRAY_COUNT(options),
	"liquidate 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --debt USDC --collateral WETH\n"
	"liquidate 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --debt USDC --collateral WETH "
	"--amount 500 --quote\n"
};
