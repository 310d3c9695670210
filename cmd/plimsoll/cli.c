#include "cmd/plimsoll/cli.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"

const char *cli_word(const struct cli *c, size_t i)
{
	return i < c->args.word_count ? c->args.words[i] : NULL;
}

enum err cli_address(struct cli *c, struct address *out, size_t i)
{
	const char *text = cli_word(c, i);
	enum err e = address_parse(out, text);

	if (e == ERR_CANONICAL)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "%s is mistyped: its capitals do not match (EIP-55)", text);
	if (e && strncmp(text, "0x", 2) == 0)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "%.80s is not an address: 0x and 40 hexadecimal digits", text);
	return e ? signer_address(out, &c->why, &c->signer, text) : OK;
}

enum err cli_owner(struct cli *c, struct address *out, size_t i)
{
	return cli_word(c, i) ? cli_address(c, out, i)
			      : signer_address(out, &c->why, &c->signer, c->from);
}

enum err cli_amount(struct cli *c, struct u256 *out, const char *text, unsigned decimals,
		    bool max_is_fine)
{
	enum err e;

	if (strcmp(text, "max") == 0) {
		*out = U256_MAX;
		return max_is_fine ? OK
				   : fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
					       "an amount in digits is needed here, not max");
	}
	e = units_parse(out, text, decimals);
	if (e == ERR_RANGE)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "%.60s has more than %u digits after the point, or is too large",
				 text, decimals);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "%.60s is not an amount; write it like 1234.5", text);
	return u256_is_zero(out)
		       ? fault_set(&c->why, ERR_RANGE, FAULT_LOCAL, "the amount must be above zero")
		       : OK;
}

json_t *cli_ask(struct cli *c, const char *method, json_t *params)
{
	json_t *error, *answer = rpc_call(c->rpc, &error, method, params);

	if (!answer)
		(void)fault_take(&c->why, error);
	return answer;
}

void cli_print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(value);
}

enum err cli_unlock(struct cli *c)
{
	u8 key[32];
	enum err e;

	if (c->wallet.has_key)
		return OK;
	TRY(signer_key(key, &c->why, &c->signer, c->from));
	e = c->is_offline ? wallet_open_offline(&c->wallet, &c->why, key, c->chain_id)
			  : wallet_open(&c->wallet, c->rpc, &c->why, key, NULL);
	sodium_memzero(key, sizeof key);
	if (!e && c->chain_id && c->chain_id != c->wallet.chain_id)
		e = fault_set(&c->why, ERR_MISMATCH, FAULT_LOCAL,
			      "the node is of chain %llu, not %llu; give another --rpc or --chain-id",
			      (unsigned long long)c->wallet.chain_id, (unsigned long long)c->chain_id);
	return e;
}

enum err cli_confirm(struct cli *c, const char *format, ...)
{
	char answer[16] = "";
	va_list args;

	if (c->is_yes)
		return OK;
	if (!isatty(STDIN_FILENO))
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "there is no terminal to ask on; add --yes if you mean it");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "? [y/N] ");
	if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
		return OK;
	return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL, "stopped: not a yes");
}

void cli_report(struct cli *c, const char *done, const struct tx_result *r)
{
	struct u256 gas = u256_from_u64(r->gas_used), fee;
	json_t *hash = json_of_hash(&r->hash);

	if (u256_mul(&fee, &gas, &r->gas_price))
		fee = U256_ZERO;
	if (c->is_json)
		json_array_append_new(c->transactions,
				      json_pack("{s:s, s:O, s:I, s:I, s:o}", "did", done, "hash",
						hash, "height", (json_int_t)r->height, "gasUsed",
						(json_int_t)r->gas_used, "fee",
						json_of_units(&fee, COIN_DECIMALS)));
	else
		printf("%s in block %llu for %s " COIN_SYMBOL " of gas\n  %s\n", done,
		       (unsigned long long)r->height, cli_brief(&fee, COIN_DECIMALS),
		       json_string_value(hash));
	json_decref(hash);
}

/* Signs what nobody is asked about; without --json only the raw transaction is printed. */
static enum err cli_sign(struct cli *c, const struct request *request)
{
	u8 buffer[WALLET_RAW_MAX];
	struct bytes raw;
	struct hash hash;
	json_t *text;

	TRY(wallet_sign(&raw, &c->wallet, &c->why, request, buffer));
	keccak256(&hash, raw);
	text = json_of_bytes(raw);
	if (c->is_json)
		json_array_append_new(
			c->transactions,
			json_pack("{s:s, s:o, s:O, s:I, s:I, s:I, s:o, s:o}", "did", "signed, not sent",
				  "hash", json_of_hash(&hash), "raw", text, "chainId",
				  (json_int_t)c->wallet.chain_id, "nonce", (json_int_t)request->nonce,
				  "gas", (json_int_t)request->gas, "maxFee",
				  json_of_decimal(&request->fee), "maxTip", json_of_decimal(&request->tip)));
	else
		printf("%s\n", json_string_value(text));
	json_decref(text);
	return OK;
}

enum err cli_send(struct cli *c, const char *done, const struct address *to,
		  const struct u256 *value, const char *signature, const char *const *args,
		  size_t count)
{
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes data = { NULL, 0 };
	struct tx_result receipt;
	struct request request;

	if (signature && contract_encode(&data, buffer, sizeof buffer, signature, args, count))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL, "an argument does not fit %s",
				 signature);
	request = c->plan;
	request.to = *to;
	request.data = data;
	request.value = *value;
	if (c->is_offline)
		return cli_sign(c, &request);
	TRY(wallet_run(&receipt, &c->wallet, &c->why, &request));
	cli_report(c, done, &receipt);
	json_decref(receipt.json);
	return OK;
}

void cli_finish(struct cli *c, json_t *outcome)
{
	if (!c->is_json) {
		json_decref(outcome);
		return;
	}
	json_object_set(outcome, "transactions", c->transactions);
	cli_print_json(outcome);
}

/* One of a few buffers in turn, so that several texts fit into one printf. */
static char *cli_text(void)
{
	static char texts[16][UNITS_TEXT_MAX];
	static unsigned next;

	return texts[next++ % 16];
}

const char *cli_brief(const struct u256 *x, unsigned decimals)
{
	char *text = cli_text();

	units_brief(text, x, decimals);
	return text;
}

const char *cli_dollars(const struct u256 *x)
{
	char *text = cli_text();

	units_pretty(text, x, MARKET_PRICE_DECIMALS, 2);
	return text;
}

const char *cli_decimal(const json_t *object, const char *key, unsigned decimals, unsigned places)
{
	struct u256 x;
	char *text;

	if (units_parse(&x, field_text(object, key), decimals))
		return "-";
	text = cli_text();
	units_pretty(text, &x, decimals, places);
	return text;
}

const char *cli_health(const json_t *object)
{
	return json_is_null(json_object_get(object, "healthFactor"))
		       ? "no debt"
		       : cli_decimal(object, "healthFactor", 18, 4);
}

const char *cli_percent(const json_t *object, const char *key, unsigned decimals)
{
	struct u256 x;
	char *text;

	if (units_parse(&x, field_text(object, key), decimals))
		return "-";
	text = cli_text();
	units_percent(text, &x, decimals, 2);
	return text;
}

const char *cli_address_text(const struct address *a)
{
	char *text = cli_text();

	hex_checksum_address(text, a);
	return text;
}

const char *cli_address_at(const json_t *object, const char *key)
{
	struct address a;

	return address_parse(&a, field_text(object, key)) ? "-" : cli_address_text(&a);
}
