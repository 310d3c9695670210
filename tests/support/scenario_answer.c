#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/hash_text.h"
#include "tests/support/require.h"
#include "tests/support/scenario.h"

/* What contracts answer, as JSON with names. */

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
