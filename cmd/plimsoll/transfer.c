/* plimsoll balance, send, faucet: coins and tokens in an account. */

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "cmd/plimsoll/grid.h"
#include "cmd/plimsoll/plan.h"
#include "contracts-native/chain/tx.h"
#include "contracts-native/dispatch/address.h"

/* -- balance ------------------------------------------------------------------------- */

/* eth_call of balanceOf, as one element of a batch. */
static json_t *balance_call(const struct address *token, const char *owner)
{
	u8 buffer[64];
	struct bytes input;

	if (contract_encode(&input, buffer, sizeof buffer, "balanceOf(address)", &owner, 1))
		return json_null();
	return json_pack("[s, [{s:o, s:o}, s]]", "eth_call", "to", json_of_address(token), "data",
			 json_of_bytes(input), "latest");
}

/* Element i of a batch as a word; zero if it failed. */
static struct u256 word_answer(const json_t *answers, size_t i)
{
	const char *text = json_string_value(json_array_get(answers, i));
	u8 word[32];

	return text && hex_to_fixed(word, sizeof word, text, strlen(text)) == OK
		       ? u256_from_be(word)
		       : U256_ZERO;
}

/* Coin, then for each market: token, deposit, debt. */
static json_t *balances_ask(struct cli *c, const struct market_list *list,
			    const struct address *owner)
{
	json_t *calls = json_array(), *error, *answers;
	char text[HEX_ADDRESS_SIZE];

	hex_checksum_address(text, owner);
	json_array_append_new(calls, json_pack("[s, [s, s]]", "eth_getBalance", text, "latest"));
	for (size_t i = 0; i < list->count; i++) {
		json_array_append_new(calls, balance_call(&list->at[i].asset, text));
		json_array_append_new(calls, balance_call(&list->at[i].atoken, text));
		json_array_append_new(calls, balance_call(&list->at[i].debt_token, text));
	}
	answers = rpc_batch(c->rpc, &error, calls);
	json_decref(calls);
	if (!answers)
		(void)fault_take(&c->why, error);
	return answers;
}

static json_t *balances_json(const struct market_list *list, const json_t *answers,
			     const struct u256 *coins, const struct address *owner)
{
	json_t *tokens = json_array();

	for (size_t i = 0; i < list->count; i++) {
		const struct market *m = &list->at[i];
		struct u256 wallet = word_answer(answers, 1 + 3 * i),
			    supplied = word_answer(answers, 2 + 3 * i);
		struct u256 borrowed = word_answer(answers, 3 + 3 * i);

		json_array_append_new(tokens,
				      json_pack("{s:s, s:o, s:o, s:o, s:o}", "symbol", m->symbol,
						"asset", json_of_address(&m->asset), "wallet",
						json_of_units(&wallet, m->decimals), "supplied",
						json_of_units(&supplied, m->decimals), "borrowed",
						json_of_units(&borrowed, m->decimals)));
	}
	return json_pack("{s:o, s:o, s:o}", "address", json_of_address(owner), COIN_SYMBOL,
			 json_of_units(coins, COIN_DECIMALS), "tokens", tokens);
}

static void balances_print(const struct market_list *list, const json_t *answers,
			   const struct u256 *coins, const struct address *owner)
{
	struct grid t;

	printf("%s\n", cli_address_text(owner));
	grid_begin(&t, "token >wallet >supplied >borrowed");
	grid_cell(&t, COIN_SYMBOL);
	grid_cell(&t, "%s", cli_brief(coins, COIN_DECIMALS));
	grid_cell(&t, "-");
	grid_cell(&t, "-");
	for (size_t i = 0; i < list->count; i++) {
		grid_cell(&t, "%s", list->at[i].symbol);
		for (size_t k = 1; k <= 3; k++) {
			struct u256 x = word_answer(answers, 3 * i + k);

			grid_cell(&t, "%s",
				  u256_is_zero(&x) ? "-" : cli_brief(&x, list->at[i].decimals));
		}
	}
	grid_print(&t);
}

static enum err balance(struct cli *c)
{
	struct market_list list;
	struct address owner;
	struct u256 coins;
	json_t *answers;

	TRY(cli_owner(c, &owner, 0));
	TRY(market_list_read(&list, c->rpc, &c->why));
	answers = balances_ask(c, &list, &owner);
	if (answers && json_to_u256(&coins, json_array_get(answers, 0))) {
		json_decref(answers);
		answers = NULL;
		fault_set(&c->why, ERR_SYNTAX, FAULT_UNREACHABLE,
			  "the node does not tell the balance");
	}
	if (answers && c->is_json)
		cli_print_json(balances_json(&list, answers, &coins, &owner));
	else if (answers)
		balances_print(&list, answers, &coins, &owner);
	json_decref(answers);
	market_list_free(&list);
	return answers ? OK : ERR_IO;
}

const struct command BALANCE_COMMAND = { "balance",
					 "[ADDRESS]",
					 0,
					 1,
					 balance,
					 "coins and tokens of an account, supplied and borrowed",
					 NULL,
					 0,
					 "balance\n"
					 "balance 0x70997970C51812dc3A010C7d01b50e0d17dc79C8\n"
					 "balance --from alice --json\n" };

/* -- send ----------------------------------------------------------------------------- */

/* All coins but those for the gas, which is settled with it. */
static enum err coins_to_send(struct cli *c, struct u256 *out, const struct address *to)
{
	json_t *answer = cli_ask(c, "eth_getBalance", json_pack("[s, s]", cli_address_text(&c->wallet.owner), "latest"));
	struct u256 coins, cost;
	enum err e = json_to_u256(&coins, answer);

	json_decref(answer);
	if (e)
		return e;
	if (c->plan.gas == WALLET_ASK)
		c->plan.gas = TX_GAS_BASE;
	c->plan.to = *to;
	TRY(wallet_prepare(&c->wallet, &c->why, &c->plan));
	cost = u256_from_u64(c->plan.gas);
	if (u256_mul(&cost, &cost, &c->plan.fee) != OK || u256_cmp(&coins, &cost) <= 0)
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "you own no " COIN_SYMBOL " beyond what the gas takes");
	return u256_sub(out, &coins, &cost);
}

static enum err send_coins(struct cli *c, const struct address *to, const char *text)
{
	char done[160], exact[UNITS_TEXT_MAX];
	struct u256 amount;

	TRY(cli_amount(c, &amount, text, COIN_DECIMALS, !c->is_offline));
	TRY(cli_unlock(c));
	if (strcmp(text, "max") == 0) {
		TRY(coins_to_send(c, &amount, to));
		units_format(exact, &amount, COIN_DECIMALS);
		text = exact;
	}
	TRY(cli_confirm(c, "send %s " COIN_SYMBOL " from %s to %s", text,
			cli_address_text(&c->wallet.owner), cli_address_text(to)));
	snprintf(done, sizeof done, "sent %.60s " COIN_SYMBOL, text);
	TRY(cli_send(c, done, to, &amount, NULL, NULL, 0));
	cli_finish(c,
		   json_pack("{s:s, s:s, s:o, s:o}", "token", COIN_SYMBOL, "amount", text, "from",
			     json_of_address(&c->wallet.owner), "to", json_of_address(to)));
	return OK;
}

static enum err send_token(struct cli *c, const struct address *to, const char *text,
			   const char *who)
{
	char done[160], units[U256_DECIMAL_MAX], exact[UNITS_TEXT_MAX];
	struct u256 amount;
	struct erc20 token;

	if (c->is_offline)
		TRY(plan_token(c, &token, who));
	else
		TRY(erc20_find(&token, c->rpc, &c->why, who));
	TRY(cli_amount(c, &amount, text, token.decimals, !c->is_offline));
	TRY(cli_unlock(c));
	if (strcmp(text, "max") == 0) {
		const char *owner = cli_address_text(&c->wallet.owner);

		TRY(contract_number(&amount, c->rpc, &c->why, &token.at, "balanceOf(address)",
				    &owner, 1));
		if (u256_is_zero(&amount))
			return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "you own no %s",
					 token.symbol);
	}
	units_format(exact, &amount, token.decimals);
	u256_to_decimal(units, &amount);
	TRY(cli_confirm(c, "send %s %s from %s to %s", exact, token.symbol,
			cli_address_text(&c->wallet.owner), cli_address_text(to)));
	snprintf(done, sizeof done, "sent %.100s %s", exact, token.symbol);
	TRY(cli_send(c, done, &token.at, &U256_ZERO, "transfer(address,uint256)",
		     (const char *[]){ cli_address_text(to), units }, 2));
	cli_finish(c,
		   json_pack("{s:s, s:s, s:o, s:o}", "token",
			     c->is_offline ? cli_address_text(&token.at) : token.symbol, "amount", exact, "from",
			     json_of_address(&c->wallet.owner), "to", json_of_address(to)));
	return OK;
}

static enum err send_command(struct cli *c)
{
	const char *token = cli_word(c, 2);
	struct address to;

	TRY(plan_read(c));
	TRY(cli_address(c, &to, 0));
	if (!token || strcmp(token, COIN_SYMBOL) == 0)
		return send_coins(c, &to, cli_word(c, 1));
	return send_token(c, &to, cli_word(c, 1), token);
}

static const struct option_row send_options[] = { PLAN_OPTIONS };
const struct command SEND_COMMAND = { "send",
				      "TO AMOUNT|max [TOKEN]",
				      2,
				      3,
				      send_command,
				      "send coins, or a token by symbol or address",
				      send_options,
				      ARRAY_COUNT(send_options),
				      "send 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 1.5\n"
				      "send bob 250 USDC\n"
				      "send bob max aWETH --yes\n"
				      "send bob 1.5 --offline --nonce 7 --gas 21000 --max-fee 2gwei "
				      "--chain-id 20260 > signed.txt\n" };

/* -- faucet ---------------------------------------------------------------------------- */

/* The first account of "test ... junk", rich on every devnet and known to everyone. */
#define DEVNET_KEY "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

/* A new account has no coins to pay the faucet's gas with: then the devnet's own account pays. */
static enum err faucet_payer(struct cli *c)
{
	json_t *params = json_pack("[s, s]", cli_address_text(&c->wallet.owner), "latest");
	json_t *answer = rpc_call(c->rpc, NULL, "eth_getBalance", params);
	struct u256 coins;
	enum err e = json_to_u256(&coins, answer);
	u8 key[32];

	json_decref(answer);
	if (e || !u256_is_zero(&coins))
		return OK; /* the transaction will tell what is wrong */
	TRY(key_parse(key, DEVNET_KEY));
	wallet_close(&c->wallet);
	return wallet_open(&c->wallet, c->rpc, &c->why, key, NULL);
}

static enum err faucet(struct cli *c)
{
	static const struct address COIN; /* zero: gas coins */
	struct address at = contract_address(CONTRACT_FAUCET, 0), to;
	const char *who = cli_word(c, 0), *receiver = args_value(&c->args, "--to");
	struct erc20 token = { .at = COIN, .symbol = COIN_SYMBOL };
	char done[80];

	if (who && strcmp(who, COIN_SYMBOL) != 0)
		TRY(erc20_find(&token, c->rpc, &c->why, who));
	TRY(cli_unlock(c));
	to = c->wallet.owner;
	if (receiver)
		TRY(signer_address(&to, &c->why, &c->signer, receiver));
	TRY(faucet_payer(c));
	if (!who)
		TRY(cli_send(c, "dripped coins and every token", &at, &U256_ZERO,
			     "dripAll(address)", (const char *[]){ cli_address_text(&to) }, 1));
	snprintf(done, sizeof done, "dripped %s", token.symbol);
	if (who)
		TRY(cli_send(c, done, &at, &U256_ZERO, "drip(address,address)",
			     (const char *[]){ cli_address_text(&token.at), cli_address_text(&to) },
			     2));
	cli_finish(c, json_pack("{s:s, s:o}", "token", who ? token.symbol : "all", "to",
				json_of_address(&to)));
	return OK;
}

static const struct option_row faucet_options[] = {
	{ "--to", "NAME|ADDRESS", "who receives (the own account); who has no coins need not pay the gas" },
};
const struct command FAUCET_COMMAND = { "faucet",
					"[TOKEN]",
					0,
					1,
					faucet,
					"devnets: new tokens and coins, once a minute",
					faucet_options,
					ARRAY_COUNT(faucet_options),
					"faucet\n"
					"faucet USDC\n"
					"faucet PLM --to bob\n" };
