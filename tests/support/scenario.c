#include "tests/support/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/hash_text.h"
#include "tests/support/require.h"

/* -- from JSON to calldata ------------------------------------------------------------- */

static struct u256 number_of(const json_t *v)
{
	struct u256 x;
	const char *text = json_string_value(v);

	if (json_is_boolean(v))
		return u256_from_u64(json_is_true(v));
	if (json_is_integer(v))
		return u256_from_u64((u64)json_integer_value(v));
	require(text != NULL);
	if (strcmp(text, "max") == 0)
		return U256_MAX;
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return u256_from_u64(text[0] == 't');
	if (text[0] == '-') {
		struct u256 zero = U256_ZERO, one = U256_ONE;

		require(u256_from_decimal(&x, text + 1, strlen(text + 1)) == OK);
		zero = U256_MAX; /* two's complement: MAX - x + 1 */
		require(u256_sub(&x, &zero, &x) == OK && u256_add(&x, &x, &one) == OK);
		return x;
	}
	require(u256_from_decimal(&x, text, strlen(text)) == OK);
	return x;
}

static u32 nibble(char c)
{
	return (u32)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

static void put_value(struct abi_writer *w, const struct market *m, const struct abi_types *types, u16 node,
		      const json_t *v);

/* Bytes are hex, a list of types and values to encode, or a nested call. */
static void put_bytes(struct abi_writer *w, const struct market *m, const json_t *v)
{
	u8 buffer[SCENARIO_CALLDATA_MAX];
	const char *text = json_string_value(v);
	size_t size = 0;

	if (json_object_get(v, "op")) {
		struct scenario_call *call = malloc(sizeof *call);

		require(call != NULL);
		scenario_compile(call, m, v);
		abi_put_bytes(w, (struct bytes){ call->input, call->input_size });
		free(call);
		return;
	}
	if (json_is_object(v)) { /* all values here are one word */
		const json_t *values = json_object_get(v, "values");

		for (size_t i = 0; i < json_array_size(values); i++, size += 32) {
			struct u256 x = number_of(json_array_get(values, i));

			u256_to_be(buffer + size, &x);
		}
	} else {
		require(text && text[0] == '0' && text[1] == 'x');
		for (text += 2; *text; text += 2)
			buffer[size++] = (u8)(nibble(text[0]) << 4 | nibble(text[1]));
	}
	abi_put_bytes(w, (struct bytes){ buffer, size });
}

static void put_list(struct abi_writer *w, const struct market *m, const struct abi_types *types, u16 node,
		     const json_t *v)
{
	const struct abi_type *t = &types->nodes[node];
	u16 member = t->first;

	abi_open(w, (u32)json_array_size(v));
	for (size_t i = 0; i < json_array_size(v); i++) {
		put_value(w, m, types, member, json_array_get(v, i));
		if (t->kind == ABI_TUPLE)
			member = types->nodes[member].next;
	}
	abi_close(w);
}

static void put_value(struct abi_writer *w, const struct market *m, const struct abi_types *types, u16 node,
		      const json_t *v)
{
	const char *text = json_string_value(v);
	struct address a;
	struct hash h;
	struct u256 x;

	switch (types->nodes[node].kind) {
	case ABI_UINT:
	case ABI_INT:
	case ABI_BOOL:
		x = number_of(v);
		abi_put_u256(w, &x);
		break;
	case ABI_ADDRESS:
		a = market_address(m, text);
		abi_put_address(w, &a);
		break;
	case ABI_STRING:
		abi_put_bytes(w, (struct bytes){ (const u8 *)text, strlen(text) });
		break;
	case ABI_BYTES:
		put_bytes(w, m, v);
		break;
	case ABI_ARRAY:
	case ABI_TUPLE:
		put_list(w, m, types, node, v);
		break;
	case ABI_FIXED_BYTES:
		h = hash_of_text(text);
		abi_put_bytes32(w, &h);
		break;
	case ABI_FIXED_ARRAY:
		abort();
	}
}

static bool name_is(const struct method *row, const char *fn)
{
	size_t size = strlen(fn);

	if (strchr(fn, '('))
		return strcmp(row->signature, fn) == 0;
	return strncmp(row->signature, fn, size) == 0 && row->signature[size] == '(';
}

static const struct method *method_of(const struct address *to, const char *fn, u32 count)
{
	const struct contract *contract = contract_find((enum contract_kind)contract_of(to).kind);

	require(contract != NULL);
	for (size_t i = 0; i < contract->method_count; i++) {
		struct abi_types types;

		if (!name_is(&contract->methods[i], fn))
			continue;
		require(abi_parse(&types, contract->methods[i].signature) == OK);
		if (types.nodes[0].count == count)
			return &contract->methods[i];
	}
	fprintf(stderr, "no method %s with %u arguments\n", fn, count);
	abort();
}

void scenario_encode(struct scenario_call *out, const struct market *m, const char *from, const char *to,
		     const char *fn, const json_t *args)
{
	struct abi_types types;
	struct abi_writer w;
	struct bytes encoded;
	u16 node;

	out->from = market_address(m, from);
	out->to = market_address(m, to);
	out->method = method_of(&out->to, fn, (u32)json_array_size(args));
	require(abi_parse(&types, out->method->signature) == OK);
	store_be32(out->input, out->method->selector);
	abi_writer_init(&w, &types, out->input + 4, sizeof out->input - 4);
	node = types.nodes[0].first;
	for (size_t i = 0; i < json_array_size(args); i++) {
		put_value(&w, m, &types, node, json_array_get(args, i));
		node = types.nodes[node].next;
	}
	require(abi_writer_end(&w, &encoded) == OK);
	out->input_size = 4 + encoded.size;
}

/* -- steps ------------------------------------------------------------------------------- */

/* op, contract (or a member that names it), function, arguments: members of the step, with
 * "member=default" for one that may be missing; a default may name another member: "@from". */
static const struct {
	const char *op, *from, *to, *fn, *args;
} ops[] = {
	{ "mint", "from=admin", "%token", "mint", "to amount" },
	{ "approve", "from=admin", "%token", "approve", "spender=pool amount" },
	{ "transfer", "from=admin", "%token", "transfer", "to amount" },
	{ "transferFrom", "from=admin", "%token", "transferFrom", "owner to amount" },
	{ "supply", "from=admin", "pool", "supply", "asset amount onBehalfOf=@from referral=0" },
	{ "withdraw", "from=admin", "pool", "withdraw", "asset amount to=@from" },
	{ "borrow", "from=admin", "pool", "borrow", "asset amount rateMode=2 referral=0 onBehalfOf=@from" },
	{ "repay", "from=admin", "pool", "repay", "asset amount rateMode=2 onBehalfOf=@from" },
	{ "repayWithATokens", "from=admin", "pool", "repayWithATokens", "asset amount rateMode=2" },
	{ "setCollateral", "from=admin", "pool", "setUserUseReserveAsCollateral", "asset use" },
	{ "setEMode", "from=admin", "pool", "setUserEMode", "category" },
	{ "liquidate", "from=admin", "pool", "liquidationCall", "collateral debt user amount receiveAToken=0" },
	{ "aTransfer", "from=admin", "a%asset", "transfer", "to amount" },
	{ "aTransferFrom", "from=admin", "a%asset", "transferFrom", "owner to amount" },
	{ "aApprove", "from=admin", "a%asset", "approve", "spender amount" },
	{ "approveDelegation", "from=admin", "v%asset", "approveDelegation", "to amount" },
	{ "flashLoanSimple", "from=admin", "pool", "flashLoanSimple", "receiver=flashReceiver asset amount #mode referral=0" },
	{ "flashLoan", "from=admin", "pool", "flashLoan",
	  "receiver=flashReceiver assets amounts rateModes onBehalfOf=@from #mode referral=0" },
	{ "mintToTreasury", "from=admin", "pool", "mintToTreasury", "assets" },
	{ "eliminateDeficit", "from=umbrella", "pool", "eliminateReserveDeficit", "asset amount" },
	{ "setPrice", "from=admin", "feed.%asset", "setAnswer", "price" },
	{ "setRates", "from=admin", "configurator", "setReserveInterestRateData", "asset #curve" },
	{ "multicall", "from=admin", "pool", "multicall", "#calls" },
};

/* A flash receiver's mode, the words of a rate curve, or the calls of a multicall. */
static json_t *special_argument(const json_t *step, const char *name)
{
	json_t *mode = json_object_get(step, "mode");

	if (strcmp(name, "mode") == 0)
		return mode ? json_pack("{s:[O]}", "values", mode) : json_string("0x");
	if (strcmp(name, "curve") == 0)
		return json_pack("{s:[O,O,O,O]}", "values",
				 json_object_get(step, "optimal"), json_object_get(step, "base"),
				 json_object_get(step, "slope1"), json_object_get(step, "slope2"));
	json_t *calls = json_deep_copy(json_object_get(step, "calls"));
	size_t i;
	json_t *call;

	json_array_foreach(calls, i, call) if (!json_object_get(call, "from"))
		json_object_set(call, "from", json_object_get(step, "from"));
	return calls;
}

static json_t *argument(const json_t *step, char *spec)
{
	char *fallback = strchr(spec, '=');
	json_t *v;

	if (spec[0] == '#')
		return special_argument(step, spec + 1);
	if (fallback)
		*fallback++ = 0;
	v = json_object_get(step, spec);
	if (v)
		return json_incref(v);
	require(fallback != NULL);
	if (fallback[0] == '@')
		return json_incref(json_object_get(step, fallback + 1));
	return json_string(fallback);
}

static const char *member_or(const json_t *step, const char *member, const char *fallback)
{
	const char *t = json_string_value(json_object_get(step, member));

	return t ? t : fallback;
}

static void compile_op(struct scenario_call *out, const struct market *m, const json_t *step, size_t op)
{
	const char *from = member_or(step, "from", strchr(ops[op].from, '=') + 1);
	const char *mark = strchr(ops[op].to, '%');
	char to[64], specs[128];
	json_t *args = json_array();

	if (mark)
		snprintf(to, sizeof to, "%.*s%s", (int)(mark - ops[op].to), ops[op].to,
			 member_or(step, mark + 1, ""));
	else
		snprintf(to, sizeof to, "%s", ops[op].to);
	snprintf(specs, sizeof specs, "%s", ops[op].args);
	for (char *rest, *spec = strtok_r(specs, " ", &rest); spec; spec = strtok_r(NULL, " ", &rest))
		json_array_append_new(args, argument(step, spec));
	scenario_encode(out, m, from, to, ops[op].fn, args);
	json_decref(args);
}

void scenario_compile(struct scenario_call *out, const struct market *m, const json_t *step)
{
	const char *op = member_or(step, "op", "");
	const json_t *args = json_object_get(step, "args");

	if (strcmp(op, "admin") == 0 || strcmp(op, "call") == 0 || strcmp(op, "view") == 0) {
		scenario_encode(out, m, member_or(step, "from", "admin"), member_or(step, "to", "configurator"),
				member_or(step, "fn", ""), args);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(ops); i++) {
		if (strcmp(op, ops[i].op) == 0) {
			compile_op(out, m, step, i);
			return;
		}
	}
	fprintf(stderr, "unknown op %s\n", op);
	abort();
}

/* -- steps that a test writes ---------------------------------------------------------------- */

static json_t *json_of_notation(const char *notation)
{
	char *copy = strdup(notation);
	json_t *root;

	require(copy != NULL);
	for (char *at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	root = json_loads(copy, 0, NULL);
	require(root != NULL);
	free(copy);
	return root;
}

/* Takes v. */
static const char *notation_of(json_t *v)
{
	static char text[4096];
	char *dump;

	if (!v)
		return "";
	if (json_is_string(v)) {
		snprintf(text, sizeof text, "%s", json_string_value(v));
	} else {
		dump = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
		require(dump && strlen(dump) < sizeof text);
		strcpy(text, dump);
		free(dump);
	}
	for (char *at = text; *at; at++)
		if (*at == '"')
			*at = '\'';
	json_decref(v);
	return text;
}

static enum err send_step(struct market *m, struct scenario_call *call, const char *notation, bool is_view)
{
	json_t *step = json_of_notation(notation);

	if (!json_object_get(step, "op"))
		json_object_set_new(step, "op", json_string("call"));
	if (!json_object_get(step, "args"))
		json_object_set_new(step, "args", json_array());
	scenario_compile(call, m, step);
	json_decref(step);
	return world_send(&m->world, &(struct message){ .caller = call->from, .to = call->to, .input = { call->input, call->input_size }, .is_static = is_view });
}

const char *market_do(struct market *m, const char *step)
{
	static struct scenario_call call;

	m->first_log = m->world.logs.count;
	if (send_step(m, &call, step, false) == OK)
		return "ok";
	return notation_of(scenario_error(m, m->world.output));
}

const char *market_see(struct market *m, const char *view)
{
	static struct scenario_call call;

	if (send_step(m, &call, view, true) == OK)
		return notation_of(scenario_result(m, call.method->returns, m->world.output));
	return notation_of(scenario_error(m, m->world.output));
}

const char *market_event(struct market *m, u32 i)
{
	require(i < market_event_count(m));
	return notation_of(scenario_event(m, &m->world.logs.at[m->first_log + i]));
}

u32 market_event_count(const struct market *m)
{
	return m->world.logs.count - m->first_log;
}

void market_wait(struct market *m, u64 seconds)
{
	u64 time = m->world.env.time;

	world_commit(&m->world);
	m->world.env.time = time + seconds;
	m->first_log = 0;
}
