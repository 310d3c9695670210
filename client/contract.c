#include "client/contract.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"

static enum err number_read(struct u256 *out, const char *text, unsigned bits)
{
	struct u256 x;

	if (strncmp(text, "0x", 2) == 0)
		TRY(hex_to_u256(&x, text, strlen(text)));
	else
		TRY(u256_from_decimal(&x, text, strlen(text)));
	if (!u256_fits(&x, bits))
		return ERR_RANGE;
	*out = x;
	return OK;
}

/* DATA or plain text; room for it is what an encoding may have. */
static enum err bytes_put(struct abi_writer *w, const char *text, bool is_hex)
{
	u8 bytes[CONTRACT_INPUT_MAX];
	size_t size = strlen(text);

	if (is_hex)
		TRY(hex_to_bytes(bytes, &size, sizeof bytes, text, size));
	abi_put_bytes(w, is_hex ? (struct bytes){ bytes, size }
				: (struct bytes){ (const u8 *)text, size });
	return OK;
}

static enum err argument_put(struct abi_writer *w, const struct abi_type *type, const char *text)
{
	struct address a;
	struct hash word = { { 0 } };
	struct u256 x;

	switch (type->kind) {
	case ABI_UINT:
		TRY(number_read(&x, text, type->bits));
		abi_put_u256(w, &x);
		return OK;
	case ABI_INT: /* what is not negative */
		TRY(number_read(&x, text, type->bits - 1u));
		abi_put_u256(w, &x);
		return OK;
	case ABI_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
			return ERR_SYNTAX;
		abi_put_u64(w, *text == 't');
		return OK;
	case ABI_ADDRESS:
		TRY(hex_to_address(&a, text, strlen(text)));
		TRY(address_parse(&a, text)); /* its capitals */
		abi_put_address(w, &a);
		return OK;
	case ABI_FIXED_BYTES:
		TRY(hex_to_fixed(word.bytes, type->bits, text, strlen(text)));
		abi_put_bytes32(w, &word);
		return OK;
	case ABI_BYTES:
	case ABI_STRING:
		return bytes_put(w, text, type->kind == ABI_BYTES);
	case ABI_ARRAY:
	case ABI_FIXED_ARRAY:
	case ABI_TUPLE:
		return ERR_TYPE;
	}
	return ERR_TYPE;
}

enum err contract_encode(struct bytes *out, u8 *buffer, size_t capacity, const char *signature,
			 const char *const *args, size_t count)
{
	struct abi_types types;
	struct abi_writer w;
	struct bytes body;
	u32 node;

	TRY(abi_parse(&types, signature));
	if (types.nodes[0].count != count)
		return ERR_SYNTAX;
	if (capacity < 4)
		return ERR_FULL;
	store_be32(buffer, selector_of(signature));
	abi_writer_init(&w, &types, buffer + 4, capacity - 4);
	node = types.nodes[0].first;
	for (size_t i = 0; i < count; i++, node = types.nodes[node].next)
		TRY(argument_put(&w, &types.nodes[node], args[i]));
	TRY(abi_writer_end(&w, &body));
	*out = (struct bytes){ buffer, 4 + body.size };
	return OK;
}

enum err contract_call(struct contract_result *out, struct rpc_client *rpc, struct fault *why,
		       const struct address *to, const char *signature, const char *const *args,
		       size_t count, const char *returns)
{
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes input;
	json_t *error, *answer;
	size_t size;
	enum err e = contract_encode(&input, buffer, sizeof buffer, signature, args, count);

	if (e)
		return fault_set(why, e, FAULT_LOCAL, "an argument of %s does not fit: %s",
				 signature, err_text(e));
	answer = rpc_call(rpc, &error, "eth_call",
			  json_pack("[{s:o, s:o}, s]", "to", json_of_address(to), "data",
				    json_of_bytes(input), "latest"));
	if (!answer)
		return fault_take(why, error);
	e = json_to_bytes(&out->memory, &size, answer);
	json_decref(answer);
	if (e)
		return fault_set(why, e, FAULT_UNREACHABLE,
				 "the answer to %s is not hexadecimal data", signature);
	e = abi_parse(&out->types, returns);
	if (!e)
		e = abi_decode(&out->view, &out->types, (struct bytes){ out->memory, size },
			       ABI_CALLDATA);
	if (e) {
		free(out->memory);
		return fault_set(why, e, FAULT_REFUSED, "no contract answers %s there", signature);
	}
	return OK;
}

void contract_result_free(struct contract_result *r)
{
	free(r->memory);
	r->memory = NULL;
}

enum err contract_number(struct u256 *out, struct rpc_client *rpc, struct fault *why,
			 const struct address *to, const char *signature, const char *const *args,
			 size_t count)
{
	struct contract_result result;

	TRY(contract_call(&result, rpc, why, to, signature, args, count, "(uint256)"));
	*out = abi_u256(&result.view, 0);
	contract_result_free(&result);
	return OK;
}
