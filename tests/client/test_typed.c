#include "client/typed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "client/message.h"
#include "tests/client/typed_vectors.h"

static char why[TYPED_WHY_MAX];

static void hash_is(const struct hash *h, const char *expected)
{
	char text[67];

	hex_from_bytes(text, (struct bytes){ h->bytes, sizeof h->bytes });
	assert_string_equal(text, expected);
}

static void types_hashes_and_signatures_are_those_of_ethers(void **unused)
{
	u8 key[32];

	(void)unused;
	assert_int_equal(hex_to_fixed(key, 32, "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", 66), OK);
	for (size_t i = 0; i < ARRAY_COUNT(typed_vectors); i++) {
		json_t *typed = json_loads(typed_vectors[i].json, 0, NULL);
		const json_t *types = json_object_get(typed, "types");
		const char *primary = json_string_value(json_object_get(typed, "primaryType"));
		char *text = typed_text(types, primary, why), signed_[SIGNATURE_TEXT_MAX];
		struct signature signature;
		struct hash h;

		print_message("%s\n", typed_vectors[i].label);
		assert_string_equal(text, typed_vectors[i].text);
		free(text);
		assert_int_equal(typed_domain(&h, typed, why), OK);
		hash_is(&h, typed_vectors[i].domain);
		assert_int_equal(typed_struct(&h, types, primary, json_object_get(typed, "message"), why), OK);
		hash_is(&h, typed_vectors[i].message);
		assert_int_equal(typed_digest(&h, typed, why), OK);
		hash_is(&h, typed_vectors[i].digest);
		assert_int_equal(signature_sign(&signature, key, &h), OK);
		signature_format(signed_, &signature);
		assert_string_equal(signed_, typed_vectors[i].signature);
		json_decref(typed);
	}
}

/* The standard's own number, with its own type of the domain. */
static void the_example_of_the_standard_holds(void **unused)
{
	json_t *typed = json_loads(typed_vectors[0].json, 0, NULL);
	struct hash h;

	(void)unused;
	json_object_set_new(json_object_get(typed, "types"), "EIP712Domain",
			    json_loads("[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"version\",\"type\":\"string\"},"
				       "{\"name\":\"chainId\",\"type\":\"uint256\"},"
				       "{\"name\":\"verifyingContract\",\"type\":\"address\"}]",
				       0, NULL));
	assert_int_equal(typed_digest(&h, typed, why), OK);
	hash_is(&h, "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
	json_decref(typed);
}

/* The digest of {"v": value} of a type; the error. */
static enum err word_of(struct hash *out, const char *type, const char *value)
{
	json_t *types = json_pack("{s:[{s:s, s:s}]}", "T", "name", "v", "type", type);
	json_t *message = json_pack("{s:o}", "v", json_loads(value, JSON_DECODE_ANY, NULL));
	enum err e = typed_struct(out, types, "T", message, why);

	json_decref(types);
	json_decref(message);
	return e;
}

/* Values and what becomes of them as the one member of a struct. */
static const struct {
	const char *type, *value;
	enum err e;
} fits[] = {
	{ "uint8", "255", OK },
	{ "uint8", "256", ERR_RANGE },
	{ "uint8", "-1", ERR_RANGE },
	{ "uint8", "\"-0\"", OK },
	{ "uint8", "\"0x00ff\"", OK },
	{ "uint8", "\"0x100\"", ERR_RANGE },
	{ "uint8", "\"0x\"", ERR_SYNTAX },
	{ "uint8", "\"\"", ERR_SYNTAX },
	{ "uint8", "\" 1\"", ERR_SYNTAX },
	{ "uint8", "\"1.0\"", ERR_SYNTAX },
	{ "uint8", "1.0", ERR_SYNTAX },
	{ "uint8", "true", ERR_SYNTAX },
	{ "int8", "127", OK },
	{ "int8", "128", ERR_RANGE },
	{ "int8", "-128", OK },
	{ "int8", "-129", ERR_RANGE },
	{ "int8", "\"--1\"", ERR_SYNTAX },
	{ "int256", "-9223372036854775807", OK },
	{ "uint256", "\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"", OK },
	{ "uint256", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", ERR_RANGE },
	{ "bool", "true", OK },
	{ "bool", "1", ERR_SYNTAX },
	{ "bool", "\"true\"", ERR_SYNTAX },
	{ "address", "\"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"", OK },
	{ "address", "\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\"", OK },
	{ "address", "\"0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266\"", ERR_CANONICAL },
	{ "address", "\"0x12\"", ERR_SYNTAX },
	{ "address", "5", ERR_SYNTAX },
	{ "bytes4", "\"0x01020304\"", OK },
	{ "bytes4", "\"0x010203\"", ERR_SIZE },
	{ "bytes4", "\"0x0102030405\"", ERR_SIZE },
	{ "bytes", "\"0x1\"", ERR_SYNTAX },
	{ "bytes", "\"hello\"", ERR_SYNTAX },
	{ "bytes", "[1]", ERR_SYNTAX },
	{ "string", "5", ERR_SYNTAX },
	{ "uint8[]", "[]", OK },
	{ "uint8[]", "5", ERR_TYPE },
	{ "uint8[2]", "[1]", ERR_SIZE },
	{ "uint8[2]", "[1, 2, 3]", ERR_SIZE },
	{ "uint8[]", "[1, 256]", ERR_RANGE },
	{ "uint8[x]", "[]", ERR_TYPE },
	{ "uint8[02]", "[1, 2]", ERR_TYPE },
	{ "uint", "1", ERR_TYPE },
	{ "uint0", "1", ERR_TYPE },
	{ "uint7", "1", ERR_TYPE },
	{ "uint264", "1", ERR_TYPE },
	{ "uint08", "1", ERR_TYPE },
	{ "bytes0", "\"0x\"", ERR_TYPE },
	{ "bytes33", "\"0x\"", ERR_TYPE },
	{ "function", "\"0x\"", ERR_TYPE },
	{ "Person", "{}", ERR_TYPE },
	{ "uint8", "null", ERR_NOT_FOUND },
};

static void values_that_do_not_fit_their_type_are_refused(void **unused)
{
	struct hash h;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(fits); i++) {
		enum err e = word_of(&h, fits[i].type, fits[i].value);

		if (e != fits[i].e)
			fail_msg("%s %s: %s", fits[i].type, fits[i].value, err_name(e));
		if (e)
			assert_non_null(strstr(why, "T.v"));
	}
}

/* Changes one place of a good message, and expects a refusal that says so. */
static void refused(const char *from, const char *to, enum err expected, const char *says)
{
	char text[4096];
	const char *json = typed_vectors[1].json, *at = strstr(json, from);
	struct hash h;
	json_t *typed;
	enum err e;

	assert_non_null(at);
	snprintf(text, sizeof text, "%.*s%s%s", (int)(at - json), json, to, at + strlen(from));
	typed = json_loads(text, 0, NULL);
	assert_non_null(typed);
	e = typed_digest(&h, typed, why);
	if (e != expected || !strstr(why, says))
		fail_msg("%s -> %s: %s, %s", from, to, err_name(e), why);
	json_decref(typed);
}

static void malformed_messages_are_refused_with_the_place(void **unused)
{
	(void)unused;
	refused("\"primaryType\"", "\"primary\"", ERR_NOT_FOUND, "primaryType is missing");
	refused("\"primaryType\":\"Mail\"", "\"primaryType\":\"Male\"", ERR_NOT_FOUND, "types has no Male");
	refused("\"domain\":{", "\"x\":{", ERR_NOT_FOUND, "has the members");
	refused("\"types\":{", "\"x\":{", ERR_NOT_FOUND, "has the members");
	refused("\"message\":{", "\"x\":{", ERR_TYPE, "message must be an object");
	refused("{\"name\":\"Bob\",", "{", ERR_NOT_FOUND, "message.to[0].name is missing");
	refused("\"chainId\":1", "\"chainId\":-1", ERR_RANGE, "domain.chainId");
	refused("\"to\":[{", "\"to\":[5,{", ERR_TYPE, "message.to[0] must be an object");
	refused("{\"name\":\"contents\",\"type\":\"string\"}", "5", ERR_TYPE, "member 2 of types.Mail");
	refused("{\"name\":\"contents\",\"type\":\"string\"}", "{\"name\":\"con tents\",\"type\":\"string\"}", ERR_TYPE,
		"member 2 of types.Mail");
	refused("\"Person\":[", "\"Pers(on\":[", ERR_TYPE, "there is no type Person");
	refused(",\"contents\":\"Hello, Bob!\"", "", ERR_NOT_FOUND, "message.contents is missing");
}

/* {"v": {"v": ... {}}}: a list of itself in itself. */
static void nesting_is_bounded(void **unused)
{
	json_t *types = json_loads("{\"T\":[{\"name\":\"v\",\"type\":\"T[]\"}]}", 0, NULL), *value;
	struct hash h;

	(void)unused;
	for (unsigned depth = 1; depth < 40; depth++) {
		value = json_pack("{s:[]}", "v");
		for (unsigned i = 1; i < depth; i++)
			value = json_pack("{s:[o]}", "v", value);
		assert_int_equal(typed_struct(&h, types, "T", value, why),
				 2 * depth - 1 <= TYPED_DEPTH_MAX ? OK : ERR_DEPTH);
		json_decref(value);
	}
	json_decref(types);
}

static void members_without_a_type_change_nothing(void **unused)
{
	json_t *typed = json_loads(typed_vectors[0].json, 0, NULL);
	struct hash h;

	(void)unused;
	json_object_set_new(json_object_get(typed, "message"), "more", json_integer(1));
	assert_int_equal(typed_digest(&h, typed, why), OK);
	hash_is(&h, typed_vectors[0].digest);
	json_decref(typed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_hashes_and_signatures_are_those_of_ethers),
		cmocka_unit_test(the_example_of_the_standard_holds),
		cmocka_unit_test(values_that_do_not_fit_their_type_are_refused),
		cmocka_unit_test(malformed_messages_are_refused_with_the_place),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(members_without_a_type_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
