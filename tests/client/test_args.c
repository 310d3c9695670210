#include "client/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct option_row rows[] = {
	{ "--rpc", "URL", "where" },
	{ "--rpc-retries", "N", "how often" },
	{ "--json", NULL, "a flag" },
};

#define PARSE(out, why, ...) \
	args_parse(out, why, rows, ARRAY_COUNT(rows), (char *[]){ __VA_ARGS__ }, \
		   ARRAY_COUNT(((char *[]){ __VA_ARGS__ })))

static void options_and_words_may_be_mixed(void **unused)
{
	char why[ARGS_WHY_MAX];
	struct args a;

	(void)unused;
	assert_int_equal(PARSE(&a, why, "supply", "--rpc", "http://x", "WETH", "--json", "1.5"), OK);
	assert_int_equal(a.word_count, 3);
	assert_string_equal(a.words[0], "supply");
	assert_string_equal(a.words[1], "WETH");
	assert_string_equal(a.words[2], "1.5");
	assert_string_equal(args_value(&a, "--rpc"), "http://x");
	assert_true(args_has(&a, "--json"));
	assert_false(args_has(&a, "--rpc-retries"));
}

static void a_value_may_follow_an_equals_sign(void **unused)
{
	char why[ARGS_WHY_MAX];
	struct args a;

	(void)unused;
	assert_int_equal(PARSE(&a, why, "--rpc=http://x?a=b", "--rpc-retries="), OK);
	assert_string_equal(args_value(&a, "--rpc"), "http://x?a=b");
	assert_string_equal(args_value(&a, "--rpc-retries"), "");
}

static void everything_after_two_dashes_is_a_word(void **unused)
{
	char why[ARGS_WHY_MAX];
	struct args a;

	(void)unused;
	assert_int_equal(PARSE(&a, why, "-", "--", "--json", "--"), OK);
	assert_int_equal(a.word_count, 3);
	assert_string_equal(a.words[0], "-");
	assert_string_equal(a.words[1], "--json");
	assert_string_equal(a.words[2], "--");
	assert_false(args_has(&a, "--json"));
}

static void what_the_table_lacks_is_refused_by_name(void **unused)
{
	struct args a = { .word_count = 99 };
	char why[ARGS_WHY_MAX];

	(void)unused;
	assert_int_equal(PARSE(&a, why, "--rp", "x"), ERR_NOT_FOUND);
	assert_string_equal(why, "no option --rp here; see --help");
	assert_int_equal(PARSE(&a, why, "-h"), ERR_NOT_FOUND);
	assert_int_equal(PARSE(&a, why, "--rpc"), ERR_SYNTAX);
	assert_string_equal(why, "--rpc needs a value: --rpc URL");
	assert_int_equal(PARSE(&a, why, "--json=yes"), ERR_SYNTAX);
	assert_int_equal(PARSE(&a, why, "--json", "--json"), ERR_EXISTS);
	assert_int_equal(PARSE(&a, why, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"), ERR_FULL);
	assert_int_equal(a.word_count, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_words_may_be_mixed),
		cmocka_unit_test(a_value_may_follow_an_equals_sign),
		cmocka_unit_test(everything_after_two_dashes_is_a_word),
		cmocka_unit_test(what_the_table_lacks_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
