/* plimsoll proof: a record of the state with its path to the state root, checked here: the
 * node is believed only for the root. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"
#include "cmd/plimsoll/cli.h"
#include "contracts-native/state/state.h"
#include "node/store/store.h"

/* Reads a proof of the node's.  ERR_*: it lacks a field. */
static enum err proof_read(struct state_proof *out, const json_t *json, const struct hash *root)
{
	const json_t *leaf = json_object_get(json, "leaf"),
		     *siblings = json_object_get(json, "siblings");
	size_t depth = json_array_size(siblings);
	const char *text;

	memset(out, 0, sizeof *out);
	out->root = *root;
	out->exists = field_is_true(json, "exists");
	out->has_leaf = json_is_object(leaf);
	if (out->has_leaf) {
		TRY(field_hash(&out->leaf_key, leaf, "keyHash"));
		TRY(field_hash(&out->leaf_value, leaf, "valueHash"));
	}
	if (depth > PROOF_DEPTH_MAX)
		return ERR_SIZE;
	out->depth = (u32)depth;
	for (size_t i = 0; i < depth; i++) {
		text = json_string_value(json_array_get(siblings, i));
		TRY(text ? hex_to_hash(&out->siblings[i], text, strlen(text)) : ERR_SYNTAX);
	}
	return OK;
}

/* The key that we asked for, not the one that came back. */
static struct bytes account_key_bytes(u8 out[1 + sizeof(struct account_key)],
				      const struct address *owner)
{
	struct account_key key = { *owner };

	out[0] = TABLE_account;
	memcpy(out + 1, &key, sizeof key);
	return (struct bytes){ out, 1 + sizeof key };
}

static enum err proof_check(struct cli *c, const json_t *answer, const struct address *owner)
{
	const json_t *one = json_array_get(json_object_get(answer, "proofs"), 0),
		     *value = json_object_get(one, "value");
	u8 key_bytes[1 + sizeof(struct account_key)], *at = NULL;
	struct bytes key = account_key_bytes(key_bytes, owner);
	struct state_proof proof;
	struct hash root;
	size_t size = 0;
	bool holds;

	if (field_hash(&root, answer, "root") || proof_read(&proof, one, &root))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_UNREACHABLE,
				 "the node's proof lacks a field");
	if (!json_is_null(value) && json_to_bytes(&at, &size, value))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_UNREACHABLE,
				 "the node's record is not hexadecimal data");
	holds = state_proof_verify(&proof, key, (struct bytes){ at, size });
	free(at);
	return holds ? OK
		     : fault_set(&c->why, ERR_MISMATCH, FAULT_REFUSED,
				 "the proof does not lead to the root: do not trust this node");
}

static void proof_print(const json_t *answer, const struct address *owner)
{
	const json_t *one = json_array_get(json_object_get(answer, "proofs"), 0);
	struct account account = { 0 };
	size_t size;
	u64 height;
	u8 *at;

	if (json_to_bytes(&at, &size, json_object_get(one, "value")) == OK) {
		memcpy(&account, at, size < sizeof account ? size : sizeof account);
		free(at);
	}
	if (field_u64(&height, answer, "height"))
		height = 0;
	printf("%s\n", cli_address_text(owner));
	printf("nonce    %llu\n", (unsigned long long)account.nonce);
	printf("balance  %s " COIN_SYMBOL "\n", cli_brief(&account.balance, COIN_DECIMALS));
	printf("block    %llu %s\n", (unsigned long long)height, field_text(answer, "blockHash"));
	printf("root     %s\n", field_text(answer, "root"));
	printf("proof    holds, %zu siblings\n", json_array_size(json_object_get(one, "siblings")));
}

static enum err proof(struct cli *c)
{
	const char *block = args_value(&c->args, "--block");
	struct address owner;
	struct u256 number;
	json_t *answer, *params, *at;
	enum err e;

	TRY(cli_owner(c, &owner, 0));
	at = block && u256_from_decimal(&number, block, strlen(block)) == OK
		     ? json_of_quantity(&number)
		     : json_string(block ? block : "latest");
	params = json_pack("[{s:o}, o]", "account", json_of_address(&owner), at);
	answer = cli_ask(c, "plimsoll_getProof", params);
	if (!answer)
		return ERR_IO;
	e = proof_check(c, answer, &owner);
	if (!e && c->is_json)
		cli_print_json(json_incref(answer));
	else if (!e)
		proof_print(answer, &owner);
	json_decref(answer);
	return e;
}

static const struct option_row options[] = {
	{ "--block", "HEIGHT", "as of this block (latest)" },
};
const struct command PROOF_COMMAND = {
	"proof",
	"[ADDRESS]",
	0,
	1,
	proof,
	"an account's record, proven against the state root",
	options,
	ARRAY_COUNT(options),
	"proof\n"
	"proof 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --block 100 --json\n"
};
