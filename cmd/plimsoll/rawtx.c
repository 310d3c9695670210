/* plimsoll decode-tx, broadcast: transactions that somebody has signed. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/dispatch/call.h"

#define RAW_TEXT_MAX (2 * TX_SIZE_MAX + 4)

/* Word 0, or standard input for "-", without space around. */
static char *text_read(struct cli *c)
{
	const char *word = cli_word(c, 0);
	bool is_input = strcmp(word, "-") == 0;
	char *text = is_input ? malloc(RAW_TEXT_MAX) : strdup(word), *end;
	size_t size, space;

	if (!text)
		return NULL;
	if (is_input) {
		size = fread(text, 1, RAW_TEXT_MAX - 1, stdin);
		text[size] = '\0';
	}
	space = strspn(text, " \t\r\n");
	memmove(text, text + space, strlen(text + space) + 1);
	for (end = text + strlen(text); end > text && strchr(" \t\r\n", end[-1]);)
		*--end = '\0';
	return text;
}

/* The transaction in word 0, its sender known; the caller frees *memory, which it borrows. */
static enum err raw_read(struct cli *c, struct tx *out, u8 **memory)
{
	char *text = text_read(c);
	json_t *value = json_string(text);
	struct bytes raw;
	u64 chain_id;
	enum err e;

	e = json_to_bytes(memory, &raw.size, value);
	json_decref(value);
	free(text);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "a raw transaction is 0x and hexadecimal digits, or - to read it from "
				 "standard input");
	raw.at = *memory;
	e = raw_chain_id(&chain_id, raw);
	if (!e)
		e = tx_decode(out, raw, chain_id);
	if (!e)
		e = tx_recover(out);
	if (!e)
		return OK;
	free(*memory);
	return fault_set(&c->why, e, FAULT_LOCAL, "that is not a signed transaction: %s", err_text(e));
}

/* -- what a call means ------------------------------------------------------------------ */

/* The method that data calls: of the contract at its address, or else of any token. */
static const struct method *method_of(const struct tx *tx)
{
	struct contract_id id = contract_of(&tx->to);
	const struct contract *contract =
		contract_find(id.kind ? (enum contract_kind)id.kind : CONTRACT_TOKEN);

	for (size_t i = 0; contract && tx->data.size >= 4 && i < contract->method_count; i++) {
		if (contract->methods[i].selector == load_be32(tx->data.at))
			return &contract->methods[i];
	}
	return NULL;
}

/* One argument as text; what has parts as "...". */
static json_t *argument_json(const struct abi_view *view, u32 index, enum abi_kind kind)
{
	struct address a;
	struct bytes b;
	struct hash h;
	struct u256 x;

	switch (kind) {
	case ABI_UINT:
		x = abi_u256(view, index);
		return u256_equal(&x, &U256_MAX) ? json_string("max") : json_of_decimal(&x);
	case ABI_ADDRESS:
		a = abi_address(view, index);
		return json_of_address(&a);
	case ABI_BOOL:
		return json_string(abi_bool(view, index) ? "true" : "false");
	case ABI_FIXED_BYTES:
		h = abi_bytes32(view, index);
		return json_of_hash(&h);
	case ABI_BYTES:
		b = abi_bytes(view, index);
		return json_of_bytes(b);
	case ABI_INT:
	case ABI_STRING:
	case ABI_ARRAY:
	case ABI_FIXED_ARRAY:
	case ABI_TUPLE:
		break;
	}
	return json_string("...");
}

/* The arguments in order; an empty list if they do not decode. */
static json_t *arguments_json(const struct method *method, struct bytes data)
{
	json_t *list = json_array();
	struct abi_types types;
	struct abi_view view;
	u32 node;

	if (abi_parse(&types, method->signature) ||
	    abi_decode(&view, &types, (struct bytes){ data.at + 4, data.size - 4 }, ABI_CALLDATA))
		return list;
	node = types.nodes[0].first;
	for (u32 i = 0; i < view.count; i++, node = types.nodes[node].next)
		json_array_append_new(list, argument_json(&view, i, types.nodes[node].kind));
	return list;
}

/* -- decode-tx ----------------------------------------------------------------------------- */

static json_t *tx_json(const struct tx *tx)
{
	const struct method *method = method_of(tx);
	json_t *all = json_pack(
		"{s:i, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "type", (int)tx->type, "hash",
		json_of_hash(&tx->hash), "from", json_of_address(&tx->sender), "to",
		json_of_address(&tx->to), "value", json_of_units(&tx->value, COIN_DECIMALS), "chainId",
		(json_int_t)tx->chain_id, "nonce", (json_int_t)tx->nonce, "gas",
		(json_int_t)tx->gas_limit, "maxFee", json_of_decimal(&tx->max_fee), "maxTip",
		json_of_decimal(&tx->max_tip), "data", json_of_bytes(tx->data));

	if (method) {
		json_object_set_new(all, "method", json_string(method->signature));
		json_object_set_new(all, "arguments", arguments_json(method, tx->data));
	}
	return all;
}

static void tx_print(const struct tx *tx, const json_t *all)
{
	const json_t *arguments = json_object_get(all, "arguments");
	const char *label = contract_label((enum contract_kind)contract_of(&tx->to).kind);
	char exact[UNITS_TEXT_MAX];
	struct u256 cost;

	printf("hash      %s\n", field_text(all, "hash"));
	printf("from      %s\n", field_text(all, "from"));
	printf("to        %s%s%s\n", field_text(all, "to"), *label ? ", " : "", label);
	printf("value     %s " COIN_SYMBOL "\n", field_text(all, "value"));
	printf("chain     %llu, type %d\n", (unsigned long long)tx->chain_id, (int)tx->type);
	printf("nonce     %llu\n", (unsigned long long)tx->nonce);
	printf("gas       %llu at most\n", (unsigned long long)tx->gas_limit);
	printf("fee       %s gwei a gas at most, %s of it tip\n", cli_brief(&tx->max_fee, 9),
	       cli_brief(&tx->max_tip, 9));
	if (tx_cost_max(&cost, tx) == OK) {
		units_format(exact, &cost, COIN_DECIMALS);
		printf("cost      %s " COIN_SYMBOL " at most, value included\n", exact);
	}
	if (tx->data.size == 0)
		return;
	if (arguments)
		printf("calls     %s\n", field_text(all, "method"));
	for (size_t i = 0; i < json_array_size(arguments); i++)
		printf("          %s\n", json_string_value(json_array_get(arguments, i)));
	printf("data      %s\n", field_text(all, "data"));
}

static enum err decode_tx(struct cli *c)
{
	struct tx tx;
	json_t *all;
	u8 *memory;

	TRY(raw_read(c, &tx, &memory));
	all = tx_json(&tx);
	if (c->is_json)
		cli_print_json(json_incref(all));
	else
		tx_print(&tx, all);
	json_decref(all);
	free(memory);
	return OK;
}

const struct command DECODE_TX_COMMAND = { "decode-tx",
					   "RAW|-",
					   1,
					   1,
					   decode_tx,
					   "what a signed transaction would do; no node is asked",
					   NULL,
					   0,
					   "decode-tx 0x02f8...\n"
					   "decode-tx - < signed.txt\n" };

/* -- broadcast ------------------------------------------------------------------------------- */

static enum err tx_send(struct cli *c, const struct tx *tx)
{
	struct request request = request_to(&tx->to, tx->data);
	const char *to = cli_address_text(&tx->to), *value = cli_brief(&tx->value, COIN_DECIMALS);
	struct tx_result result;
	struct fault refusal;
	enum err e;

	TRY(wallet_open(&c->wallet, c->rpc, &c->why, NULL, &tx->sender));
	if (c->wallet.chain_id != tx->chain_id)
		return fault_set(&c->why, ERR_MISMATCH, FAULT_LOCAL,
				 "the transaction is for chain %llu, the node is of %llu; give another "
				 "--rpc",
				 (unsigned long long)tx->chain_id,
				 (unsigned long long)c->wallet.chain_id);
	TRY(cli_confirm(c, "send %s " COIN_SYMBOL "%s from %s to %s", value,
			tx->data.size ? " and a call" : "", cli_address_text(&tx->sender), to));
	e = wallet_broadcast(&c->wallet, &c->why, tx->raw);
	if (e == ERR_ORDER && wallet_receipt(&result, &c->wallet, &refusal, &tx->hash) == OK) {
		json_decref(result.json); /* its nonce is used up by itself */
		e = OK;
	}
	if (e && e != ERR_EXISTS) /* what the node has already is waited for */
		return e;
	TRY(wallet_wait(&result, &c->wallet, &c->why, &tx->hash, WALLET_WAIT_MS));
	request.value = tx->value;
	if (result.is_success)
		cli_report(c, "sent", &result);
	else
		e = wallet_explain(&c->wallet, &c->why, &request, result.height);
	json_decref(result.json);
	return result.is_success ? OK : e;
}

static enum err broadcast(struct cli *c)
{
	struct tx tx;
	u8 *memory;
	enum err e;

	TRY(raw_read(c, &tx, &memory));
	e = tx_send(c, &tx);
	if (!e)
		cli_finish(c, tx_json(&tx));
	free(memory);
	return e;
}

const struct command BROADCAST_COMMAND = { "broadcast",
					   "RAW|-",
					   1,
					   1,
					   broadcast,
					   "send a signed transaction and wait for its block",
					   NULL,
					   0,
					   "broadcast 0x02f8...\n"
					   "broadcast - --yes < signed.txt\n" };
