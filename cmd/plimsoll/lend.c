/* plimsoll supply, withdraw, borrow, repay: one account and the lending pool. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "contracts-native/dispatch/address.h"

#define VARIABLE_RATE "2" /* the only interest mode */

/* What all four have in common. */
struct loan {
	struct market market;
	struct address pool;
	struct u256 amount;
	bool is_max;
	char owner[HEX_ADDRESS_SIZE], asset[HEX_ADDRESS_SIZE], spender[HEX_ADDRESS_SIZE];
	char units[U256_DECIMAL_MAX]; /* of amount, as calldata wants it */
	char shown[UNITS_TEXT_MAX];   /* as people want it, or "all" */
};

/* Reads TOKEN and AMOUNT, and unlocks the account. */
static enum err loan_read(struct cli *c, struct loan *out, bool max_is_fine)
{
	struct market_list list;
	const struct market *m;

	*out = (struct loan){ .pool = contract_address(CONTRACT_POOL, 0) };
	TRY(market_list_read(&list, c->rpc, &c->why));
	m = market_named(&list, cli_word(c, 0));
	if (m)
		out->market = market_alone(m);
	market_list_free(&list);
	if (!*out->market.symbol)
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "no market for %.40s; `plimsoll markets` lists them",
				 cli_word(c, 0));
	TRY(cli_amount(c, &out->amount, cli_word(c, 1), out->market.decimals, max_is_fine));
	out->is_max = strcmp(cli_word(c, 1), "max") == 0;
	TRY(cli_unlock(c));
	hex_checksum_address(out->owner, &c->wallet.owner);
	hex_checksum_address(out->asset, &out->market.asset);
	hex_checksum_address(out->spender, &out->pool);
	u256_to_decimal(out->units, &out->amount);
	if (out->is_max)
		strcpy(out->shown, "all");
	else
		units_format(out->shown, &out->amount, out->market.decimals);
	return OK;
}

/* A call of a contract in words, as cli_send takes it. */
struct call {
	const struct address *to;
	const char *signature;
	const char *args[5];
	size_t count;
};

static enum err call_send(struct cli *c, const char *done, const struct call *call)
{
	return cli_send(c, done, call->to, &U256_ZERO, call->signature, call->args, call->count);
}

static json_t *call_json(const struct loan *l, const struct call *call)
{
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes data;

	if (contract_encode(&data, buffer, sizeof buffer, call->signature, call->args, call->count))
		return NULL;
	return json_pack("{s:s, s:o, s:o}", "from", l->owner, "to", json_of_address(call->to), "data", json_of_bytes(data));
}

/* Whether the pool would take it once it may: nobody shall pay for an approval that then lets the pool take
 * what it never took. */
static enum err rehearse(struct cli *c, const struct loan *l, const struct call *approval, const struct call *call)
{
	json_t *answer = cli_ask(c, "plimsoll_simulate", json_pack("[[o, o]]", call_json(l, approval), call_json(l, call)));
	const json_t *last = json_array_get(json_object_get(answer, "calls"), 1);
	enum err e = OK;
	size_t size;
	u8 *data;

	if (!answer)
		return ERR_IO;
	if (strcmp(field_text(last, "status"), "reverted") == 0) {
		e = json_to_bytes(&data, &size, json_object_get(last, "returnData"));
		if (e == OK) {
			e = fault_from_revert(&c->why, (struct bytes){ data, size });
			free(data);
		}
	}
	json_decref(answer);
	return e;
}

/* Calls the pool, which takes up to most of the token, and may: if it may not yet, that is approved first. */
static enum err pay_in(struct cli *c, const struct loan *l, const struct u256 *most, const char *done, const struct call *call)
{
	char units[U256_DECIMAL_MAX], approved[160];
	struct call approval = { &l->market.asset, "approve(address,uint256)", { l->spender, units }, 2 };
	struct u256 allowed;

	TRY(contract_number(&allowed, c->rpc, &c->why, &l->market.asset,
			    "allowance(address,address)", (const char *[]){ l->owner, l->spender },
			    2));
	if (u256_cmp(&allowed, most) < 0) {
		u256_to_decimal(units, most);
		TRY(rehearse(c, l, &approval, call));
		snprintf(approved, sizeof approved, "approved %s %s for the pool",
			 cli_brief(most, l->market.decimals), l->market.symbol);
		TRY(call_send(c, approved, &approval));
	}
	return call_send(c, done, call);
}

/* Ends with the account's health, for people and in the outcome. */
static enum err loan_finish(struct cli *c, const struct loan *l, const char *action)
{
	json_t *health = cli_ask(c, "plimsoll_getHealth", json_pack("[s]", l->owner));

	if (!health)
		return ERR_IO;
	if (!c->is_json)
		printf("health factor %s, collateral $%s, debt $%s\n", cli_health(health),
		       cli_decimal(health, "collateral", 8, 2), cli_decimal(health, "debt", 8, 2));
	cli_finish(c, json_pack("{s:s, s:s, s:s, s:s, s:O?, s:O?, s:O?}", "action", action, "token",
				l->market.symbol, "amount", l->is_max ? "max" : l->shown, "account",
				l->owner, "healthFactor", json_object_get(health, "healthFactor"),
				"collateral", json_object_get(health, "collateral"), "debt",
				json_object_get(health, "debt")));
	json_decref(health);
	return OK;
}

static enum err supply(struct cli *c)
{
	char done[160];
	struct loan l;

	TRY(loan_read(c, &l, true));
	if (l.is_max) {
		TRY(contract_number(&l.amount, c->rpc, &c->why, &l.market.asset,
				    "balanceOf(address)", (const char *[]){ l.owner }, 1));
		if (u256_is_zero(&l.amount))
			return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "you own no %s",
					 l.market.symbol);
		u256_to_decimal(l.units, &l.amount);
		units_format(l.shown, &l.amount, l.market.decimals);
		l.is_max = false;
	}
	TRY(cli_confirm(c, "supply %s %s from %s", l.shown, l.market.symbol, l.owner));
	snprintf(done, sizeof done, "supplied %.100s %s", l.shown, l.market.symbol);
	TRY(pay_in(c, &l, &l.amount, done,
		   &(struct call){ &l.pool, "supply(address,uint256,address,uint16)", { l.asset, l.units, l.owner, "0" }, 4 }));
	return loan_finish(c, &l, "supply");
}

static enum err withdraw(struct cli *c)
{
	char done[160];
	struct loan l;

	TRY(loan_read(c, &l, true));
	TRY(cli_confirm(c, "withdraw %s %s to %s", l.shown, l.market.symbol, l.owner));
	snprintf(done, sizeof done, "withdrew %.100s %s", l.shown, l.market.symbol);
	TRY(call_send(c, done, &(struct call){ &l.pool, "withdraw(address,uint256,address)", { l.asset, l.units, l.owner }, 3 }));
	return loan_finish(c, &l, "withdraw");
}

static enum err borrow(struct cli *c)
{
	char done[160];
	struct loan l;

	TRY(loan_read(c, &l, false));
	TRY(cli_confirm(c, "borrow %s %s for %s", l.shown, l.market.symbol, l.owner));
	snprintf(done, sizeof done, "borrowed %.100s %s", l.shown, l.market.symbol);
	TRY(call_send(c, done,
		      &(struct call){ &l.pool, "borrow(address,uint256,uint256,uint16,address)", { l.asset, l.units, VARIABLE_RATE, "0", l.owner }, 5 }));
	return loan_finish(c, &l, "borrow");
}

/* The whole debt and a hundredth: interest goes on until the block. */
static enum err debt_allowance(struct cli *c, struct u256 *out, const struct loan *l)
{
	struct u256 debt, hundred = u256_from_u64(100), more;

	TRY(contract_number(&debt, c->rpc, &c->why, &l->market.debt_token, "balanceOf(address)",
			    (const char *[]){ l->owner }, 1));
	if (u256_is_zero(&debt))
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "you owe no %s",
				 l->market.symbol);
	TRY(u256_div(&more, NULL, &debt, &hundred));
	TRY(u256_add(&more, &more, &U256_ONE));
	return u256_add(out, &debt, &more);
}

static enum err repay(struct cli *c)
{
	struct u256 allowance;
	char done[160];
	struct loan l;

	TRY(loan_read(c, &l, true));
	allowance = l.amount;
	if (l.is_max)
		TRY(debt_allowance(c, &allowance, &l));
	TRY(cli_confirm(c, "repay %s %s of %s", l.shown, l.market.symbol, l.owner));
	snprintf(done, sizeof done, "repaid %.100s %s", l.shown, l.market.symbol);
	TRY(pay_in(c, &l, &allowance, done,
		   &(struct call){ &l.pool, "repay(address,uint256,uint256,address)", { l.asset, l.units, VARIABLE_RATE, l.owner }, 4 }));
	return loan_finish(c, &l, "repay");
}

const struct command SUPPLY_COMMAND = { "supply",
					"TOKEN AMOUNT|max",
					2,
					2,
					supply,
					"deposit a token: earns interest, is collateral",
					NULL,
					0,
					"supply WETH 1.5\n"
					"supply USDC max --yes --json\n" };
const struct command WITHDRAW_COMMAND = { "withdraw",
					  "TOKEN AMOUNT|max",
					  2,
					  2,
					  withdraw,
					  "take a deposit back",
					  NULL,
					  0,
					  "withdraw WETH 0.5\n"
					  "withdraw WETH max\n" };
const struct command BORROW_COMMAND = { "borrow",
					"TOKEN AMOUNT",
					2,
					2,
					borrow,
					"borrow a token against what is supplied",
					NULL,
					0,
					"borrow USDC 1000\n"
					"borrow DAI 250.75 --from alice --yes\n" };
const struct command REPAY_COMMAND = { "repay",
				       "TOKEN AMOUNT|max",
				       2,
				       2,
				       repay,
				       "pay a debt back, or as much of it as there is",
				       NULL,
				       0,
				       "repay USDC 500\n"
				       "repay USDC max\n" };
