#include "tests/support/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/hash_text.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

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

/* -- from words to JSON -------------------------------------------------------------------- */

json_t *json_number(const struct u256 *x)
{
	char text[U256_DECIMAL_MAX];
	struct u256 max = U256_MAX;

	if (u256_equal(x, &max))
		return json_string("max");
	u256_to_decimal(text, x);
	return json_string(text);
}

static json_t *json_word(const struct market *m, const struct abi_type *t, const struct u256 *x)
{
	struct address a = address_of_word(x);
	const char *label = market_label(m, &a);
	char hex[2 + 40 + 1], hash_text[HASH_TEXT_MAX];
	struct hash h;

	switch (t->kind) {
	case ABI_BOOL:
		return json_boolean(!u256_is_zero(x));
	case ABI_ADDRESS:
		if (label)
			return json_string(label);
		for (size_t i = 0; i < 20; i++)
			snprintf(hex + 2 * i, 3, "%02x", a.bytes[i]);
		return json_string(hex);
	case ABI_INT:
		if (u256_bit(x, 255)) {
			char text[U256_DECIMAL_MAX + 1] = "-";
			struct u256 max = U256_MAX, one = U256_ONE, y;

			require(u256_sub(&y, &max, x) == OK && u256_add(&y, &y, &one) == OK);
			u256_to_decimal(text + 1, &y);
			return json_string(text);
		}
		return json_number(x);
	case ABI_FIXED_BYTES:
		u256_to_be(h.bytes, x);
		return json_string(text_of_hash(hash_text, &h));
	case ABI_UINT:
	case ABI_BYTES:
	case ABI_STRING:
	case ABI_ARRAY:
	case ABI_FIXED_ARRAY:
	case ABI_TUPLE:
		break;
	}
	return json_number(x);
}

static json_t *json_of_bytes(struct bytes b, bool is_text)
{
	char *hex;
	json_t *v;

	if (is_text)
		return json_stringn((const char *)b.at, b.size);
	hex = malloc(2 * b.size + 3);
	require(hex != NULL);
	strcpy(hex, "0x");
	for (size_t i = 0; i < b.size; i++)
		snprintf(hex + 2 + 2 * i, 3, "%02x", b.at[i]);
	v = json_string(hex);
	free(hex);
	return v;
}

static json_t *json_of_view(const struct market *m, const struct abi_view *v)
{
	const struct abi_type *t = &v->types->nodes[v->type];
	json_t *list = json_array();
	u16 member = t->first;

	for (u32 i = 0; i < v->count; i++) {
		const struct abi_type *mt = &v->types->nodes[member];

		if (mt->kind == ABI_TUPLE || mt->kind == ABI_ARRAY) {
			struct abi_view inner = abi_at(v, i);

			json_array_append_new(list, json_of_view(m, &inner));
		} else if (mt->kind == ABI_BYTES || mt->kind == ABI_STRING) {
			json_array_append_new(list, json_of_bytes(abi_bytes(v, i), mt->kind == ABI_STRING));
		} else if (mt->kind == ABI_FIXED_BYTES) {
			struct hash h = abi_bytes32(v, i);
			char buffer[HASH_TEXT_MAX];

			json_array_append_new(list, json_string(text_of_hash(buffer, &h)));
		} else if (mt->kind == ABI_ADDRESS) {
			struct address a = abi_address(v, i);
			struct u256 x = word_of_address(&a);

			json_array_append_new(list, json_word(m, mt, &x));
		} else {
			struct u256 x = abi_u256(v, i);

			json_array_append_new(list, json_word(m, mt, &x));
		}
		if (t->kind == ABI_TUPLE)
			member = mt->next;
	}
	return list;
}

json_t *scenario_result(const struct market *m, const char *returns, struct bytes output)
{
	struct abi_types types;
	struct abi_view view;
	json_t *all, *only;

	if (!returns[0])
		return NULL;
	require(abi_parse(&types, returns) == OK);
	require(abi_decode(&view, &types, output, ABI_STRICT) == OK);
	all = json_of_view(m, &view);
	if (json_array_size(all) != 1)
		return all;
	only = json_incref(json_array_get(all, 0));
	json_decref(all);
	return only;
}

static json_t *named_error(const struct market *m, const struct revert_info *info, struct bytes output)
{
	struct abi_types types;
	char text[512];
	size_t size = (size_t)(strchr(info->signature, '(') - info->signature);
	u16 node;

	require(abi_parse(&types, info->signature) == OK);
	require(output.size == 4 + 32 * (size_t)types.nodes[0].count);
	snprintf(text, sizeof text, "%.*s", (int)size, info->signature);
	node = types.nodes[0].first;
	for (u32 i = 0; i < types.nodes[0].count; i++) {
		struct u256 x = u256_from_be(output.at + 4 + 32 * (size_t)i);
		json_t *word = json_word(m, &types.nodes[node], &x);

		size += (size_t)snprintf(text + size, sizeof text - size, "%s%s", i ? "," : "(",
					 json_string_value(word));
		json_decref(word);
		node = types.nodes[node].next;
	}
	if (types.nodes[0].count > 0)
		snprintf(text + size, sizeof text - size, ")");
	return json_string(text);
}

json_t *scenario_error(const struct market *m, struct bytes output)
{
	struct abi_types types;
	struct abi_view said;
	char text[160];
	u32 selector;

	if (output.size == 0)
		return json_string("empty");
	require(output.size >= 4);
	selector = load_be32(output.at);
	if (selector == 0x4e487b71 && output.size == 36) {
		snprintf(text, sizeof text, "Panic(0x%x)", output.at[35]);
		return json_string(text);
	}
	if (selector == 0x08c379a0) {
		require(abi_parse(&types, "(string)") == OK);
		require(abi_decode(&said, &types, (struct bytes){ output.at + 4, output.size - 4 }, ABI_STRICT) == OK);
		snprintf(text, sizeof text, "Error(%.*s)", (int)abi_bytes(&said, 0).size, abi_bytes(&said, 0).at);
		return json_string(text);
	}
	for (u32 i = 0; i < REVERT_NAME_COUNT; i++)
		if (revert_info((enum revert_name)i)->selector == selector)
			return named_error(m, revert_info((enum revert_name)i), output);
	return json_string("unknown");
}

json_t *scenario_event(const struct market *m, const struct log *log)
{
	const struct event_info *info = NULL;
	struct abi_types types;
	json_t *args = json_array();
	u32 topic = 1, plain = 0;
	u16 node;

	for (u32 i = 0; i < EVENT_NAME_COUNT && !info; i++)
		if (hash_cmp(&event_info((enum event_name)i)->topic, &log->topics[0]) == 0)
			info = event_info((enum event_name)i);
	require(info && abi_parse(&types, info->signature) == OK);
	node = types.nodes[0].first;
	for (u32 i = 0; i < types.nodes[0].count; i++) {
		const struct abi_type *t = &types.nodes[node];
		bool indexed = info->indexed >> i & 1;
		struct u256 x = u256_from_be(indexed ? log->topics[topic].bytes : log->data.at + 32 * (size_t)plain);

		if (t->dynamic) {
			size_t at = (size_t)u256_low64(&x);
			struct u256 size = u256_from_be(log->data.at + at);

			json_array_append_new(args, json_of_bytes((struct bytes){ log->data.at + at + 32,
										  (size_t)u256_low64(&size) },
								  t->kind == ABI_STRING));
		} else {
			json_array_append_new(args, json_word(m, t, &x));
		}
		topic += indexed;
		plain += !indexed;
		node = t->next;
	}
	return json_pack("{s:s?,s:s#,s:o}", "c", market_label(m, &log->address), "e", info->signature,
			 (int)(strchr(info->signature, '(') - info->signature), "a", args);
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

/* -- comparing --------------------------------------------------------------------------------- */

bool json_agrees(const json_t *expected, const json_t *got, u64 *compared)
{
	void *at;
	size_t i = 0;

	if (!expected || !got)
		return !expected && !got;
	if (json_is_object(expected) && json_is_object(got)) {
		const char *key;
		json_t *value;

		json_object_foreach((json_t *)(uintptr_t)expected, key, value) if (!json_agrees(value, json_object_get(got, key), compared)) return false;
		return json_object_size(expected) == json_object_size(got);
	}
	if (json_is_object(expected) && json_is_array(got)) {
		if (json_object_size(expected) != json_array_size(got))
			return false;
		for (at = json_object_iter((json_t *)(uintptr_t)expected); at;
		     at = json_object_iter_next((json_t *)(uintptr_t)expected, at), i++)
			if (!json_agrees(json_object_iter_value(at), json_array_get(got, i), compared))
				return false;
		return true;
	}
	if (json_is_array(expected) && json_is_array(got)) {
		if (json_array_size(expected) != json_array_size(got))
			return false;
		for (; i < json_array_size(expected); i++)
			if (!json_agrees(json_array_get(expected, i), json_array_get(got, i), compared))
				return false;
		return true;
	}
	++*compared;
	return json_equal(expected, got);
}
