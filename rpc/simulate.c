#include "rpc/simulate.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "contracts-native/chain/tx.h"

#define REVERT_ERROR 0x08c379a0u /* Error(string) */
#define REVERT_PANIC 0x4e487b71u /* Panic(uint256) */

/* Of an access list in RLP: an entry without keys, and a key. */
#define ACCESS_ENTRY_MAX (2 * RLP_HEADER_MAX + 21)
#define ACCESS_KEY_SIZE  33

/* -- reading call objects ---------------------------------------------------------- */

static enum rpc_code read_input(struct rpc *c, struct bytes *out, const json_t *v)
{
	const json_t *data = field(v, "data"), *input = field(v, "input");
	struct bytes from_data = { NULL, 0 }, from_input = { NULL, 0 };

	if (data)
		RPC_TRY(value_bytes(c, &from_data, data, "data"));
	if (input)
		RPC_TRY(value_bytes(c, &from_input, input, "input"));
	if (from_data.at && from_input.at && !bytes_equal(from_data, from_input))
		return rpc_fail(c, RPC_INVALID_PARAMS, "both \"data\" and \"input\" are set and not equal");
	*out = from_input.at ? from_input : from_data;
	return RPC_OK;
}

static enum rpc_code read_u256(struct rpc *c, struct u256 *out, const json_t *v, const char *name)
{
	const json_t *value = field(v, name);

	return value ? value_u256(c, out, value, name) : RPC_OK;
}

static enum rpc_code read_fee(struct rpc *c, struct call_request *out, const json_t *v)
{
	struct u256 price = U256_ZERO, fee = U256_ZERO, tip = U256_ZERO;

	RPC_TRY(read_u256(c, &price, v, "gasPrice"));
	RPC_TRY(read_u256(c, &fee, v, "maxFeePerGas"));
	RPC_TRY(read_u256(c, &tip, v, "maxPriorityFeePerGas"));
	if (!u256_is_zero(&price) && (!u256_is_zero(&fee) || !u256_is_zero(&tip)))
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
	if (!u256_is_zero(&fee) && u256_cmp(&tip, &fee) > 0)
		return rpc_fail(c, RPC_SERVER, "%s", err_text(ERR_TX_TIP_HIGH));
	out->fee = u256_is_zero(&price) ? fee : price;
	return RPC_OK;
}

static enum rpc_code read_access_entry(struct rpc *c, struct rlp_writer *w, struct call_request *out, const json_t *entry)
{
	const json_t *keys = json_object_get(entry, "storageKeys");
	size_t whole = rlp_list_open(w), list;
	struct address address;
	struct hash key;

	RPC_TRY(value_address(c, &address, json_object_get(entry, "address"), "accessList address"));
	rlp_write_string(w, (struct bytes){ address.bytes, sizeof address.bytes });
	list = rlp_list_open(w);
	for (size_t i = 0; i < json_array_size(keys); i++) {
		RPC_TRY(value_hash(c, &key, json_array_get(keys, i), "accessList storage key"));
		rlp_write_string(w, (struct bytes){ key.bytes, sizeof key.bytes });
	}
	rlp_list_close(w, list);
	rlp_list_close(w, whole);
	out->access_addresses++;
	out->access_keys += (u32)json_array_size(keys);
	return RPC_OK;
}

/* An access list has no effect here, but a transaction that carries it pays for it. */
static enum rpc_code read_access_list(struct rpc *c, struct call_request *out, const json_t *v)
{
	const json_t *list = field(v, "accessList");
	struct rlp_writer w;
	size_t room = 0;

	if (!list)
		return RPC_OK;
	if (!json_is_array(list))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid accessList: an array is wanted");
	for (size_t i = 0; i < json_array_size(list); i++)
		room += ACCESS_ENTRY_MAX + ACCESS_KEY_SIZE * json_array_size(json_object_get(json_array_get(list, i), "storageKeys"));
	rlp_writer_init(&w, rpc_take(c, room), room);
	if (!w.at)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	for (size_t i = 0; i < json_array_size(list); i++)
		RPC_TRY(read_access_entry(c, &w, out, json_array_get(list, i)));
	return rlp_writer_end(&w, &out->access_list) == OK ? RPC_OK : rpc_fail(c, RPC_INTERNAL, "accessList is too long");
}

static enum rpc_code check_chain_id(struct rpc *c, const json_t *v)
{
	u64 want = node_genesis(c->node)->chain_id;
	struct u256 have = u256_from_u64(want);
	char text[U256_DECIMAL_MAX];

	RPC_TRY(read_u256(c, &have, v, "chainId"));
	if (u256_fits(&have, 64) && u256_low64(&have) == want)
		return RPC_OK;
	u256_to_decimal(text, &have);
	return rpc_fail(c, RPC_SERVER, "chainId does not match node's (have=%s, want=%" PRIu64 ")", text, want);
}

enum rpc_code call_request_read(struct rpc *c, struct call_request *out, const json_t *v)
{
	const json_t *from = field(v, "from"), *to = field(v, "to");
	struct call_request request;
	struct u256 gas = U256_ZERO;

	memset(&request, 0, sizeof request);
	if (!json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: a call object is wanted");
	if (from)
		RPC_TRY(value_address(c, &request.from, from, "from"));
	request.has_to = to != NULL;
	if (request.has_to)
		RPC_TRY(value_address(c, &request.to, to, "to"));
	RPC_TRY(read_input(c, &request.input, v));
	RPC_TRY(read_u256(c, &request.value, v, "value"));
	RPC_TRY(read_u256(c, &gas, v, "gas"));
	request.gas = u256_fits(&gas, 64) ? u256_low64(&gas) : UINT64_MAX;
	RPC_TRY(read_fee(c, &request, v));
	RPC_TRY(read_access_list(c, &request, v));
	RPC_TRY(check_chain_id(c, v));
	if (!request.has_to)
		return rpc_fail(c, RPC_SERVER, "contract creation not supported");
	*out = request;
	return RPC_OK;
}

/* -- overrides ------------------------------------------------------------------------- */

static enum rpc_code check_override(struct rpc *c, const json_t *fields)
{
	const char *name;
	json_t *value;

	if (!json_is_object(fields))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid state override: an object is wanted");
	json_object_foreach((json_t *)(uintptr_t)fields, name, value)
	{
		if (strcmp(name, "balance") != 0 && strcmp(name, "nonce") != 0 && !json_is_null(value))
			return rpc_fail(c, RPC_INVALID_PARAMS,
					"state override \"%.40s\" is not supported on this chain", name);
	}
	return RPC_OK;
}

static enum rpc_code account_override(struct rpc *c, const char *name, const json_t *fields)
{
	json_t *owner_text = json_string(name);
	struct account_key key;
	struct account account;
	enum rpc_code code = value_address(c, &key.owner, owner_text, "state override address");
	struct u256 nonce;

	json_decref(owner_text);
	RPC_TRY(code);
	RPC_TRY(check_override(c, fields));
	(void)account_read(&c->reader.state, &key, &account);
	nonce = u256_from_u64(account.nonce);
	RPC_TRY(read_u256(c, &account.balance, fields, "balance"));
	RPC_TRY(read_u256(c, &nonce, fields, "nonce"));
	if (!u256_fits(&nonce, 64))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid nonce: hex number too large");
	account.nonce = u256_low64(&nonce);
	account_write(&c->reader.state, &key, &account);
	return RPC_OK;
}

enum rpc_code state_overrides_apply(struct rpc *c, const json_t *v)
{
	const char *name;
	json_t *fields;

	if (!v)
		return RPC_OK;
	if (!json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 2: state overrides are an object");
	json_object_foreach((json_t *)(uintptr_t)v, name, fields)
		RPC_TRY(account_override(c, name, fields));
	return RPC_OK;
}

enum rpc_code block_overrides_apply(struct rpc *c, const json_t *v)
{
	const char *name;
	json_t *value;

	if (!v)
		return RPC_OK;
	if (!json_is_object(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 3: block overrides are an object");
	json_object_foreach((json_t *)(uintptr_t)v, name, value)
	{
		if (json_is_null(value))
			continue;
		if (strcmp(name, "number") == 0)
			RPC_TRY(value_u64(c, &c->reader.env.height, value, "number"));
		else if (strcmp(name, "time") == 0)
			RPC_TRY(value_u64(c, &c->reader.env.time, value, "time"));
		else
			return rpc_fail(c, RPC_INVALID_PARAMS, "block override \"%.40s\" is not supported on this chain",
					name);
	}
	return RPC_OK;
}

/* -- running ----------------------------------------------------------------------------- */

u64 call_gas_intrinsic(const struct call_request *what)
{
	struct tx tx = {
		.to = what->to,
		.data = what->input,
		.access_addresses = what->access_addresses,
		.access_keys = what->access_keys,
	};

	return tx_gas_intrinsic(&tx);
}

/* The sender must own what it would send, and the gas if it names a price. */
static enum rpc_code funds_check(struct rpc *c, const struct call_request *what, u64 gas)
{
	char have[U256_DECIMAL_MAX], want[U256_DECIMAL_MAX];
	struct u256 gas_wide = u256_from_u64(gas), cost;
	struct account account;

	if (u256_is_zero(&what->value) && u256_is_zero(&what->fee))
		return RPC_OK;
	(void)account_read(&c->reader.state, &(struct account_key){ what->from }, &account);
	if (u256_cmp(&what->value, &account.balance) > 0)
		return rpc_fail(c, RPC_SERVER, "insufficient funds for transfer");
	if (u256_is_zero(&what->fee))
		return RPC_OK;
	if (u256_cmp(&what->fee, &c->reader.env.base_fee) < 0)
		return rpc_fail(c, RPC_SERVER, "%s", err_text(ERR_TX_FEE_LOW));
	if (u256_mul(&cost, &gas_wide, &what->fee) != OK || u256_add(&cost, &cost, &what->value) != OK)
		cost = U256_MAX;
	if (u256_cmp(&cost, &account.balance) <= 0)
		return RPC_OK;
	u256_to_decimal(have, &account.balance);
	u256_to_decimal(want, &cost);
	return rpc_fail(c, RPC_SERVER, "insufficient funds for gas * price + value: have %s want %s", have, want);
}

enum rpc_code call_simulate(struct rpc *c, struct call_result *out, const struct call_request *what, u64 gas)
{
	struct simulation simulation = {
		.message = { .caller = what->from, .to = what->to, .value = what->value, .input = what->input },
		.gas_price = what->fee,
		.gas_limit = gas,
		.gas_intrinsic = call_gas_intrinsic(what),
	};

	if (gas < simulation.gas_intrinsic)
		return rpc_fail(c, RPC_SERVER, "intrinsic gas too low: gas %" PRIu64 ", minimum needed %" PRIu64,
				gas, simulation.gas_intrinsic);
	RPC_TRY(funds_check(c, what, what->gas ? gas : simulation.gas_intrinsic));
	memset(out, 0, sizeof *out);
	c->reader.logs.count = 0;
	out->outcome = block_simulate(&out->output, &out->gas_used, &c->reader.state, &c->reader.env,
				      &c->reader.arena, &simulation, &c->reader.logs);
	if (out->outcome == ERR_FULL)
		return rpc_fail(c, RPC_SERVER, "the call needs too much memory");
	return RPC_OK;
}

/* The most gas the sender can pay for: (balance - value) / fee, at most cap.  A value that is more than
 * the balance is not told in gas: call_simulate refuses it. */
static u64 gas_affordable(struct rpc *c, const struct call_request *what, u64 cap)
{
	struct u256 left, gas;
	struct account account;

	if (u256_is_zero(&what->fee))
		return cap;
	(void)account_read(&c->reader.state, &(struct account_key){ what->from }, &account);
	if (u256_sub(&left, &account.balance, &what->value) != OK)
		return cap;
	if (u256_div(&gas, NULL, &left, &what->fee) != OK)
		return 0;
	return u256_fits(&gas, 64) && u256_low64(&gas) < cap ? u256_low64(&gas) : cap;
}

enum rpc_code call_estimate(struct rpc *c, struct call_result *out, const struct call_request *what)
{
	struct call_request free = *what;
	u64 gas = c->reader.env.gas_limit;

	/* No transaction could run on less than the base: as go-ethereum has it, that is no limit. */
	if (what->gas < TX_GAS_BASE)
		free.gas = 0;
	else if (what->gas < gas)
		gas = what->gas;
	gas = gas_affordable(c, what, gas);
	if (gas < call_gas_intrinsic(what))
		return rpc_fail(c, RPC_SERVER, "gas required exceeds allowance (%" PRIu64 ")", gas);
	free.fee = U256_ZERO;
	RPC_TRY(call_simulate(c, out, &free, gas));
	if (out->outcome == ERR_OUT_OF_GAS)
		return rpc_fail(c, RPC_SERVER, "gas required exceeds allowance (%" PRIu64 ")", gas);
	return RPC_OK;
}

/* code, what geth calls it */
static const struct {
	u8 code;
	const char *text;
} PANICS[] = {
	{ 0x00, "generic panic" },
	{ 0x01, "assert(false)" },
	{ 0x11, "arithmetic underflow or overflow" },
	{ 0x12, "division or modulo by zero" },
	{ 0x21, "enum overflow" },
	{ 0x22, "invalid encoded storage byte array accessed" },
	{ 0x31, "out-of-bounds array access; popping on an empty array" },
	{ 0x32, "out-of-bounds access of an array or bytesN" },
	{ 0x41, "out of memory" },
	{ 0x51, "uninitialized function" },
};

static enum rpc_code fail_panic(struct rpc *c, struct bytes argument)
{
	struct u256 code = u256_from_be(argument.at);
	char text[U256_DECIMAL_MAX];

	for (size_t i = 0; i < ARRAY_COUNT(PANICS); i++) {
		if (u256_fits(&code, 8) && u256_low64(&code) == PANICS[i].code)
			return rpc_fail(c, RPC_REVERT, "execution reverted: %s", PANICS[i].text);
	}
	u256_to_decimal(text, &code);
	return rpc_fail(c, RPC_REVERT, "execution reverted: unknown panic code: %s", text);
}

static enum rpc_code fail_text(struct rpc *c, struct bytes argument)
{
	struct abi_types types;
	struct abi_view view;
	struct bytes text;

	if (abi_parse(&types, "(string)") != OK || abi_decode(&view, &types, argument, ABI_CALLDATA) != OK)
		return rpc_fail(c, RPC_REVERT, "execution reverted");
	text = abi_bytes(&view, 0);
	return rpc_fail(c, RPC_REVERT, "execution reverted: %.*s",
			(int)(text.size < 256 ? text.size : 256), (const char *)text.at);
}

enum rpc_code call_fail(struct rpc *c, const struct call_result *result)
{
	struct bytes data = result->output, argument = data;
	u32 selector;

	assert(result->outcome != OK);
	if (result->outcome == ERR_OUT_OF_GAS)
		return rpc_fail(c, RPC_SERVER, "out of gas");
	c->error_data = data.at ? data : (struct bytes){ (const u8 *)"", 0 };
	if (data.size < 4)
		return rpc_fail(c, RPC_REVERT, "execution reverted");
	selector = load_be32(data.at);
	argument.at += 4;
	argument.size -= 4;
	if (selector == REVERT_PANIC && argument.size == 32)
		return fail_panic(c, argument);
	if (selector == REVERT_ERROR)
		return fail_text(c, argument);
	return rpc_fail(c, RPC_REVERT, "execution reverted");
}

/* The custom error that revert data begins with; NULL if it is none of ours. */
static const char *revert_signature(struct bytes data)
{
	if (data.size < 4)
		return NULL;
	for (int i = 0; i < REVERT_NAME_COUNT; i++) {
		if (revert_info((enum revert_name)i)->selector == load_be32(data.at))
			return revert_info((enum revert_name)i)->signature;
	}
	return NULL;
}

void call_error_write(struct rpc *c, const char *key, const struct call_result *result)
{
	const char *signature = revert_signature(result->output);

	if (signature) {
		jw_text_size(&c->out, key, signature, strcspn(signature, "("));
		return;
	}
	(void)call_fail(c, result);
	c->error_data = (struct bytes){ NULL, 0 };
	jw_text(&c->out, key, c->error_text);
}

/* -- asking ---------------------------------------------------------------------------------- */

struct bytes contract_input(struct rpc *c, const char *signature, const struct u256 *words, u32 count)
{
	u8 *at = rpc_take(c, 4 + 32 * (size_t)count);

	assert(count <= 8);
	if (!at)
		return (struct bytes){ NULL, 0 };
	store_be32(at, selector_of(signature));
	for (u32 i = 0; i < count; i++)
		u256_to_be(at + 4 + 32 * i, &words[i]);
	return (struct bytes){ at, 4 + 32 * (size_t)count };
}

static const char *returns_of(const struct address *to, const char *signature)
{
	const struct contract *contract = contract_find(contract_of(to).kind);

	assert(contract);
	for (size_t i = 0; i < contract->method_count; i++) {
		if (strcmp(contract->methods[i].signature, signature) == 0)
			return contract->methods[i].returns;
	}
	return NULL;
}

enum rpc_code contract_ask(struct rpc *c, struct abi_view *out, const struct address *to,
			   const char *signature, const struct u256 *words, u32 count)
{
	const char *returns = returns_of(to, signature);
	struct abi_types *types = rpc_take(c, sizeof *types);
	struct call_request request = { .to = *to, .has_to = true };
	struct call_result result;

	assert(returns);
	request.input = contract_input(c, signature, words, count);
	if (!types || !request.input.at)
		return rpc_fail(c, RPC_SERVER, "the call needs too much memory");
	RPC_TRY(call_simulate(c, &result, &request, RPC_GAS_CAP));
	if (result.outcome != OK)
		return call_fail(c, &result);
	if (abi_parse(types, returns) != OK || abi_decode(out, types, result.output, ABI_CALLDATA) != OK)
		return rpc_fail(c, RPC_INTERNAL, "%.80s answered what it does not declare", signature);
	return RPC_OK;
}
