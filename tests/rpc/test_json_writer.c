#include "rpc/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define LIMIT 4096

static const char *text_of(struct json_writer *w)
{
	static char text[LIMIT + 1];

	assert_false(jw_is_full(w));
	memcpy(text, w->at, w->size);
	text[w->size] = '\0';
	return text;
}

static void objects_and_arrays_nest_with_their_commas(void **unused)
{
	struct json_writer w;

	(void)unused;
	jw_init(&w, LIMIT);
	jw_object(&w, NULL);
	jw_quantity(&w, "number", 7);
	jw_array(&w, "uncles");
	jw_end(&w);
	jw_array(&w, "flags");
	jw_bool(&w, NULL, true);
	jw_null(&w, NULL);
	jw_number(&w, NULL, UINT64_MAX);
	jw_end(&w);
	jw_end(&w);
	assert_string_equal(text_of(&w),
			    "{\"number\":\"0x7\",\"uncles\":[],\"flags\":[true,null,18446744073709551615]}");
	jw_free(&w);
}

static void numbers_are_written_as_ethereum_writes_them(void **unused)
{
	static const u8 bytes[] = { 0x00, 0xab, 0x10 };
	struct json_writer w;

	(void)unused;
	jw_init(&w, LIMIT);
	jw_array(&w, NULL);
	jw_quantity(&w, NULL, 0);
	jw_quantity_u256(&w, NULL, &U256_MAX);
	jw_data(&w, NULL, (struct bytes){ bytes, 0 });
	jw_data(&w, NULL, (struct bytes){ bytes, sizeof bytes });
	jw_decimal(&w, NULL, &U256_ZERO);
	jw_ratio(&w, NULL, 0.5);
	jw_end(&w);
	assert_string_equal(text_of(&w), "[\"0x0\","
					 "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\","
					 "\"0x\",\"0x00ab10\",\"0\",0.5]");
	jw_free(&w);
}

static void decimals_are_exact_and_have_no_trailing_zeros(void **unused)
{
	static const struct {
		u64 x;
		unsigned decimals;
		const char *text;
	} vectors[] = {
		{ 0, 0, "\"0\"" },
		{ 0, 18, "\"0\"" },
		{ 1, 8, "\"0.00000001\"" },
		{ 100000000, 8, "\"1\"" },
		{ 123456789, 8, "\"1.23456789\"" },
		{ 1050, 3, "\"1.05\"" },
		{ 90, 1, "\"9\"" },
		{ 100, 0, "\"100\"" },
		{ 95, 2, "\"0.95\"" },
	};
	struct json_writer w;

	(void)unused;
	jw_init(&w, LIMIT);
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct u256 x = u256_from_u64(vectors[i].x);

		jw_clear(&w);
		jw_scaled(&w, NULL, &x, vectors[i].decimals);
		assert_string_equal(text_of(&w), vectors[i].text);
	}
	jw_clear(&w);
	jw_scaled(&w, NULL, &U256_MAX, 77);
	assert_string_equal(text_of(&w), "\"1.15792089237316195423570985008687907853269984665640564039457584007913129639935\"");
	jw_free(&w);
}

/* Whatever bytes a text is of, what is written parses. */
static void text_of_any_bytes_becomes_valid_json(void **unused)
{
	static const char *const texts[] = {
		"plain",
		"quote \" backslash \\",
		"\x01\x1f\x7f",
		"h\xc3\xa9",
		"\xff\xfe",
		"\xc0\x80",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"\xf0\x9f\x98\x80",
		"cut \xe2\x82",
		"\xe2\x82",
		"\xc3",
	};
	struct json_writer w;

	(void)unused;
	jw_init(&w, LIMIT);
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		json_t *parsed;

		jw_clear(&w);
		jw_text(&w, NULL, texts[i]);
		parsed = json_loadb(w.at, w.size, JSON_DECODE_ANY, NULL);
		assert_non_null(parsed);
		json_decref(parsed);
	}
	jw_clear(&w);
	jw_text(&w, NULL, "a\xff\n\"");
	assert_string_equal(text_of(&w), "\"a?\\u000a\\\"\"");
	jw_free(&w);
}

static void a_reply_past_its_limit_is_full_until_it_is_cut_back(void **unused)
{
	struct json_writer w;
	struct jw_mark start;

	(void)unused;
	jw_init(&w, 40);
	jw_array(&w, NULL);
	jw_number(&w, NULL, 1);
	start = jw_mark(&w);
	jw_object(&w, NULL);
	jw_text(&w, "key", "a text that does not fit any more");
	assert_true(jw_is_full(&w));
	jw_rewind(&w, start);
	assert_false(jw_is_full(&w));
	jw_number(&w, NULL, 2);
	jw_end(&w);
	assert_string_equal(text_of(&w), "[1,2]");
	jw_free(&w);
}

static void cutting_back_to_an_empty_array_forgets_its_comma(void **unused)
{
	struct json_writer w;
	struct jw_mark start;

	(void)unused;
	jw_init(&w, LIMIT);
	jw_array(&w, NULL);
	start = jw_mark(&w);
	jw_number(&w, NULL, 1);
	jw_rewind(&w, start);
	jw_number(&w, NULL, 2);
	jw_end(&w);
	assert_string_equal(text_of(&w), "[2]");
	jw_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_arrays_nest_with_their_commas),
		cmocka_unit_test(numbers_are_written_as_ethereum_writes_them),
		cmocka_unit_test(decimals_are_exact_and_have_no_trailing_zeros),
		cmocka_unit_test(text_of_any_bytes_becomes_valid_json),
		cmocka_unit_test(a_reply_past_its_limit_is_full_until_it_is_cut_back),
		cmocka_unit_test(cutting_back_to_an_empty_array_forgets_its_comma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
