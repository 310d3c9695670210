#include "rpc/json_plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

static json_t *judge(struct bytes text)
{
	return json_loadb((const char *)text.at, text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

/* It may give up; what it returns jansson must return too. */
static bool is_parsed(struct bytes text)
{
	json_t *plain = json_plain_parse(text), *exact;

	if (!plain)
		return false;
	exact = judge(text);
	if (!exact || !json_equal(plain, exact))
		fail_msg("%.*s", (int)text.size, (const char *)text.at);
	json_decref(plain);
	json_decref(exact);
	return true;
}

static void what_clients_send_is_parsed(void **unused)
{
	static const char *const texts[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"0x00\",\"data\":\"0x\"},\"latest\"]}",
		" [ { \"id\" : null , \"method\" : \"a\" , \"params\" : [ ] } , { \"id\" : 0 } ]\r\n\t",
		"[true,false,null,[],{},[[\"\"]],123456789012345678]",
		"\"text\"",
		"7",
		"null",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_true(is_parsed(bytes_of(texts[i])));
}

static void what_is_not_plain_is_left_to_jansson(void **unused)
{
	static const char *const texts[] = {
		"",
		" ",
		"{",
		"}",
		"[",
		"]",
		"[1,]",
		"{\"a\":1,}",
		"[,1]",
		"{,}",
		"[1 2]",
		"{\"a\" 1}",
		"{a:1}",
		"[1]]",
		"{}{}",
		"1 1",
		"tru",
		"nul",
		"truee",
		"[nullx]",
		"01",
		"-1",
		"1.0",
		"1e3",
		"+1",
		"0x1",
		"1234567890123456789",
		"\"a\\nb\"",
		"\"\\u0041\"",
		"\"\xc3\xa9\"",
		"\"tab\there\"",
		"\"open",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"b\":{\"c\":1,\"c\":1}}",
		"[1}",
		"{\"a\":1]",
		"\x7f",
		"//",
		"'a'",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (json_plain_parse(bytes_of(texts[i])))
			fail_msg("%s", texts[i]);
	}
}

static void a_nul_is_not_plain(void **unused)
{
	static const u8 inside[] = "[\"a\0b\"]", after[] = "[1]\0";

	(void)unused;
	assert_null(json_plain_parse((struct bytes){ inside, sizeof inside - 1 }));
	assert_null(json_plain_parse((struct bytes){ after, sizeof after - 1 }));
}

static void nesting_ends_at_the_limit(void **unused)
{
	char text[201];

	(void)unused;
	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	text[200] = '\0';
	assert_null(json_plain_parse(bytes_of(text)));
	assert_true(is_parsed((struct bytes){ (const u8 *)text + 80, 40 }));
}

static void a_long_key_is_left_to_jansson(void **unused)
{
	char text[200];

	(void)unused;
	(void)snprintf(text, sizeof text, "{\"%063d\":1}", 0);
	assert_true(is_parsed(bytes_of(text)));
	(void)snprintf(text, sizeof text, "{\"%064d\":1}", 0);
	assert_null(json_plain_parse(bytes_of(text)));
}

/* Random cuts and changes of a good text: never more than jansson accepts, never another value. */
static void it_never_accepts_more_than_jansson(void **unused)
{
	static const char good[] = "[{\"id\":12,\"method\":\"a\",\"params\":[\"0xab\",{\"to\":null},true,false,0]},{}]";
	static const char spice[] = "\"\\{}[],: 0129-.etfn\x01\xff";
	u64 random = 88172645463325252u;
	u32 parsed = 0;

	(void)unused;
	for (u32 round = 0; round < 200000; round++) {
		u8 text[sizeof good];
		size_t size = sizeof good - 1;

		memcpy(text, good, sizeof good);
		for (u32 i = 0; i <= round % 3; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			text[random % size] = (u8)spice[(random >> 32) % (sizeof spice - 1)];
		}
		parsed += is_parsed((struct bytes){ text, size });
	}
	assert_in_range(parsed, 100, 199000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_clients_send_is_parsed),
		cmocka_unit_test(what_is_not_plain_is_left_to_jansson),
		cmocka_unit_test(a_nul_is_not_plain),
		cmocka_unit_test(nesting_ends_at_the_limit),
		cmocka_unit_test(a_long_key_is_left_to_jansson),
		cmocka_unit_test(it_never_accepts_more_than_jansson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
