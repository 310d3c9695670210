/* plimsoll sign-message, verify-message, sign-typed, sign-permit: signatures that are no
 * transactions. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/message.h"
#include "client/typed.h"
#include "client/units.h"
#include "cmd/plimsoll/cli.h"
#include "contracts-native/dispatch/address.h"

static json_t *json_of_word(const struct u256 *x)
{
	struct hash h;

	u256_to_be(h.bytes, x);
	return json_of_hash(&h);
}

/* {"address", "digest", "signature", "v", "r", "s"} by the account's own key. */
static enum err digest_sign(struct cli *c, json_t **out, struct signature *signature,
			    const struct hash *digest)
{
	char text[SIGNATURE_TEXT_MAX];
	struct address owner;
	u8 key[32];
	enum err e;

	if (c->wallet.has_key)
		memcpy(key, c->wallet.key, sizeof key); /* the password is asked for once */
	else
		TRY(signer_key(key, &c->why, &c->signer, c->from));
	e = address_of_key(&owner, key);
	if (!e)
		e = signature_sign(signature, key, digest);
	sodium_memzero(key, sizeof key);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL, "that is not a secret key of secp256k1");
	signature_format(text, signature);
	*out = json_pack("{s:o, s:o, s:s, s:i, s:o, s:o}", "address", json_of_address(&owner), "digest",
			 json_of_hash(digest), "signature", text, "v", 27 + signature->y_parity, "r",
			 json_of_word(&signature->r), "s", json_of_word(&signature->s));
	return OK;
}

/* Everything with --json, else the signature alone, for a pipe.  Takes all. */
static void signature_print(struct cli *c, json_t *all)
{
	if (!c->is_json)
		printf("%s\n", field_text(all, "signature"));
	else
		cli_print_json(json_incref(all));
	json_decref(all);
}

/* -- messages -------------------------------------------------------------------------- */

/* The digest of text, or with --hex of the bytes that it stands for. */
static enum err digest_read(struct cli *c, struct hash *out, const char *text)
{
	json_t *value;
	size_t size;
	enum err e;
	u8 *at;

	if (!args_has(&c->args, "--hex")) {
		message_digest(out, (struct bytes){ (const u8 *)text, strlen(text) });
		return OK;
	}
	value = json_string(text);
	e = json_to_bytes(&at, &size, value);
	json_decref(value);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL,
				 "with --hex a message is 0x and an even number of hexadecimal digits");
	message_digest(out, (struct bytes){ at, size });
	free(at);
	return OK;
}

static enum err sign_message(struct cli *c)
{
	struct signature signature;
	struct hash digest;
	json_t *all;

	TRY(digest_read(c, &digest, cli_word(c, 0)));
	TRY(digest_sign(c, &all, &signature, &digest));
	json_object_set_new(all, "message", json_string(cli_word(c, 0)));
	signature_print(c, all);
	return OK;
}

static enum err verify_message(struct cli *c)
{
	struct address claimed, signer;
	struct signature signature;
	struct hash digest;
	bool is_valid;

	TRY(cli_address(c, &claimed, 0));
	if (signature_parse(&signature, cli_word(c, 1)))
		return fault_set(&c->why, ERR_SIGNATURE, FAULT_LOCAL,
				 "that is not a signature: 0x and the 130 digits of r, s and v; the "
				 "order is ADDRESS SIGNATURE TEXT");
	TRY(digest_read(c, &digest, cli_word(c, 2)));
	if (signature_recover(&signer, &signature, &digest))
		return fault_set(&c->why, ERR_SIGNATURE, FAULT_LOCAL, "nobody gave this signature");
	is_valid = address_cmp(&claimed, &signer) == 0;
	if (c->is_json)
		cli_print_json(json_pack("{s:b, s:o, s:o}", "valid", is_valid, "address",
					 json_of_address(&claimed), "signer", json_of_address(&signer)));
	else if (is_valid)
		printf("signed by %s\n", cli_address_text(&signer));
	return is_valid ? OK
			: fault_set(&c->why, ERR_SIGNATURE, FAULT_LOCAL,
				    "%s did not sign this; %s did, or the text is another",
				    cli_address_text(&claimed), cli_address_text(&signer));
}

static const struct option_row message_options[] = {
	{ "--hex", NULL, "the message is bytes in hexadecimal" },
};
const struct command SIGN_MESSAGE_COMMAND = { "sign-message",
					      "TEXT",
					      1,
					      1,
					      sign_message,
					      "sign a text (EIP-191, personal_sign)",
					      message_options,
					      ARRAY_COUNT(message_options),
					      "sign-message 'I own this account' --from alice\n"
					      "sign-message 0x0102 --hex --json\n" };
const struct command VERIFY_MESSAGE_COMMAND = {
	"verify-message",
	"ADDRESS SIGNATURE TEXT",
	3,
	3,
	verify_message,
	"whether an account signed a text",
	message_options,
	ARRAY_COUNT(message_options),
	"verify-message alice 0x2c26... 'I own this account'\n"
};

/* -- typed data -------------------------------------------------------------------------- */

/* Signs typed data and adds what it signed; reasons are the encoder's. */
static enum err typed_sign(struct cli *c, json_t **out, struct signature *signature, json_t *typed)
{
	char reason[TYPED_WHY_MAX];
	struct hash digest, domain;
	json_t *all;
	enum err e = typed_digest(&digest, typed, reason);

	if (!e)
		e = typed_domain(&domain, typed, reason);
	if (e)
		return fault_set(&c->why, e, FAULT_LOCAL, "%s", reason);
	TRY(digest_sign(c, &all, signature, &digest));
	json_object_set_new(all, "domainSeparator", json_of_hash(&domain));
	json_object_set(all, "typedData", typed);
	*out = all;
	return OK;
}

/* Large numbers need quotes in JSON: jansson, like JavaScript, has no more than 64 bits. */
static enum err typed_read(struct cli *c, json_t **out)
{
	const char *path = cli_word(c, 0);
	json_error_t error;

	*out = strcmp(path, "-") == 0 ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &error)
				      : json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	return *out ? OK
		    : fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL, "%.200s: %s%s", path, error.text,
				strstr(error.text, "too big") ? "; write large numbers in quotes" : "");
}

static enum err typed_confirm(struct cli *c, const json_t *typed)
{
	const json_t *domain = json_object_get(typed, "domain");
	char *message = json_dumps(json_object_get(typed, "message"), JSON_INDENT(2) | JSON_ENCODE_ANY);
	enum err e;

	e = cli_confirm(c, "sign %s for \"%s\" %s\n%s\n", field_text(typed, "primaryType"),
			field_text(domain, "name"), field_text(domain, "verifyingContract"),
			message ? message : "");
	free(message);
	return e;
}

static enum err sign_typed(struct cli *c)
{
	struct signature signature;
	json_t *typed, *all;
	enum err e;

	TRY(typed_read(c, &typed));
	e = typed_confirm(c, typed);
	if (!e)
		e = typed_sign(c, &all, &signature, typed);
	json_decref(typed);
	if (!e)
		signature_print(c, all);
	return e;
}

const struct command SIGN_TYPED_COMMAND = {
	"sign-typed",
	"FILE|-",
	1,
	1,
	sign_typed,
	"sign typed data (EIP-712) in the JSON of eth_signTypedData_v4",
	NULL,
	0,
	"sign-typed order.json --from alice\n"
	"sign-typed - --yes --json < order.json\n"
};

/* -- permits ------------------------------------------------------------------------------- */

struct grant {
	struct erc20 token;
	char name[128]; /* of the token, as its domain has it */
	struct address spender;
	struct u256 amount, nonce, deadline;
};

/* --deadline: seconds since 1970, +seconds from now, or never; an hour from now. */
static enum err deadline_read(struct cli *c, struct u256 *out)
{
	const char *text = args_value(&c->args, "--deadline");
	struct u256 now = u256_from_u64((u64)time(NULL));
	bool is_relative;

	if (!text)
		text = "+3600";
	*out = U256_MAX;
	if (strcmp(text, "never") == 0)
		return OK;
	is_relative = *text == '+';
	if (units_parse(out, text + is_relative, 0) || !u256_fits(out, 63) ||
	    (is_relative && u256_add(out, out, &now)))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "--deadline is seconds since 1970, +SECONDS from now, or never, not %.40s",
				 text);
	return u256_cmp(out, &now) >= 0
		       ? OK
		       : fault_set(&c->why, ERR_RANGE, FAULT_LOCAL, "that deadline has passed already");
}

/* What the token says about itself and its owner. */
static enum err permit_ask(struct cli *c, struct grant *out)
{
	const char *owner = cli_address_text(&c->wallet.owner);
	struct contract_result answer;
	struct bytes name;

	TRY(contract_call(&answer, c->rpc, &c->why, &out->token.at, "name()", NULL, 0, "(string)"));
	name = abi_bytes(&answer.view, 0);
	snprintf(out->name, sizeof out->name, "%.*s",
		 (int)(name.size < sizeof out->name ? name.size : sizeof out->name - 1),
		 (const char *)name.at);
	contract_result_free(&answer);
	return contract_number(&out->nonce, c->rpc, &c->why, &out->token.at, "nonces(address)", &owner, 1);
}

static enum err permit_read(struct cli *c, struct grant *out)
{
	const bool is_pool = strcmp(cli_word(c, 1), "pool") == 0;

	TRY(deadline_read(c, &out->deadline));
	if (is_pool)
		out->spender = contract_address(CONTRACT_POOL, 0);
	else
		TRY(cli_address(c, &out->spender, 1));
	TRY(erc20_find(&out->token, c->rpc, &c->why, cli_word(c, 0)));
	if (strcmp(cli_word(c, 2), "0") == 0)
		out->amount = U256_ZERO; /* takes an allowance back */
	else
		TRY(cli_amount(c, &out->amount, cli_word(c, 2), out->token.decimals, true));
	TRY(cli_unlock(c));
	return permit_ask(c, out);
}

static json_t *permit_typed(const struct grant *g, u64 chain_id, const struct address *owner)
{
	static const char *const members[][2] = { { "owner", "address" },
						  { "spender", "address" },
						  { "value", "uint256" },
						  { "nonce", "uint256" },
						  { "deadline", "uint256" } };
	json_t *type = json_array();

	for (size_t i = 0; i < ARRAY_COUNT(members); i++)
		json_array_append_new(type, json_pack("{s:s, s:s}", "name", members[i][0], "type",
						      members[i][1]));
	return json_pack("{s:{s:o}, s:s, s:{s:s, s:s, s:I, s:o}, s:{s:o, s:o, s:o, s:o, s:o}}", "types",
			 "Permit", type, "primaryType", "Permit", "domain", "name", g->name, "version", "1",
			 "chainId", (json_int_t)chain_id, "verifyingContract",
			 json_of_address(&g->token.at), "message", "owner", json_of_address(owner),
			 "spender", json_of_address(&g->spender), "value", json_of_decimal(&g->amount),
			 "nonce", json_of_decimal(&g->nonce), "deadline", json_of_decimal(&g->deadline));
}

/* Whether the token would hash its domain as we do: else the signature is worth nothing to it. */
static enum err domain_check(struct cli *c, const struct grant *g, const json_t *all)
{
	struct u256 separator, ours;
	struct hash domain;

	TRY(contract_number(&separator, c->rpc, &c->why, &g->token.at, "DOMAIN_SEPARATOR()", NULL, 0));
	TRY(field_hash(&domain, all, "domainSeparator"));
	ours = u256_from_be(domain.bytes);
	if (u256_equal(&ours, &separator))
		return OK;
	return fault_set(&c->why, ERR_MISMATCH, FAULT_REFUSED,
			 "%s has another domain than its name and version 1 make; it would refuse the "
			 "permit",
			 g->token.symbol);
}

static enum err permit_calldata(struct cli *c, json_t *all, const struct grant *g,
				const struct signature *signature)
{
	char value[U256_DECIMAL_MAX], deadline[U256_DECIMAL_MAX], v[4];
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes data;

	u256_to_decimal(value, &g->amount);
	u256_to_decimal(deadline, &g->deadline);
	snprintf(v, sizeof v, "%d", 27 + signature->y_parity);
	if (contract_encode(&data, buffer, sizeof buffer,
			    "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
			    (const char *[]){ field_text(all, "address"), cli_address_text(&g->spender),
					      value, deadline, v, field_text(all, "r"),
					      field_text(all, "s") },
			    7))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL, "the permit cannot be encoded");
	json_object_set_new(all, "token", json_of_address(&g->token.at));
	json_object_set_new(all, "deadline", json_of_decimal(&g->deadline));
	json_object_set_new(all, "nonce", json_of_decimal(&g->nonce));
	json_object_set_new(all, "calldata", json_of_bytes(data));
	return OK;
}

static void permit_print(const json_t *all)
{
	printf("v         %d\n", (int)json_integer_value(json_object_get(all, "v")));
	printf("r         %s\n", field_text(all, "r"));
	printf("s         %s\n", field_text(all, "s"));
	printf("nonce     %s\n", field_text(all, "nonce"));
	printf("deadline  %s\n", field_text(all, "deadline"));
	printf("to        %s\n", field_text(all, "token"));
	printf("calldata  %s\n", field_text(all, "calldata"));
}

static enum err sign_permit(struct cli *c)
{
	struct grant g = { .name = "" };
	struct signature signature;
	json_t *typed, *all;
	enum err e;

	TRY(permit_read(c, &g));
	TRY(cli_confirm(c, "let %s take %s %s from %s", cli_address_text(&g.spender), cli_word(c, 2),
			g.token.symbol, cli_address_text(&c->wallet.owner)));
	typed = permit_typed(&g, c->wallet.chain_id, &c->wallet.owner);
	e = typed_sign(c, &all, &signature, typed);
	json_decref(typed);
	if (e)
		return e;
	e = domain_check(c, &g, all);
	if (!e)
		e = permit_calldata(c, all, &g, &signature);
	if (!e && c->is_json)
		cli_print_json(json_incref(all));
	else if (!e)
		permit_print(all);
	json_decref(all);
	return e;
}

static const struct option_row permit_options[] = {
	{ "--deadline", "SECONDS|never", "since 1970, or +SECONDS from now (+3600)" },
};
const struct command SIGN_PERMIT_COMMAND = {
	"sign-permit",
	"TOKEN SPENDER|pool AMOUNT|max",
	3,
	3,
	sign_permit,
	"an allowance by signature (EIP-2612), with its calldata",
	permit_options,
	ARRAY_COUNT(permit_options),
	"sign-permit USDC pool 1000\n"
	"sign-permit aWETH bob max --deadline never --json\n"
};
