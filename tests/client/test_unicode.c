#include "client/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Lines of Unicode's NormalizationTest.txt (15.0), and ASCII: as typed, NFKC, NFKD. */
static const struct {
	const char *typed, *nfkc, *nfkd;
} rows[] = {
	{ "", "", "" },
	{ "correct horse", "correct horse", "correct horse" },
	{ "\u1e0a\u0323", "\u1e0c\u0307", "D\u0323\u0307" },
	{ "\u212b", "\u00c5", "A\u030a" },
	{ "\ufb01", "fi", "fi" },
	{ "\uac00", "\uac00", "\u1100\u1161" },
	{ "\u0958", "\u0915\u093c", "\u0915\u093c" }, /* excluded from composition */
	{ "\U0001f63a", "\U0001f63a", "\U0001f63a" },
};

static void forms_are_those_of_the_standard(void **unused)
{
	char out[UNICODE_FORM_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(unicode_nfkc(out, rows[i].typed), OK);
		assert_string_equal(out, rows[i].nfkc);
		assert_int_equal(unicode_nfkd(out, rows[i].typed), OK);
		assert_string_equal(out, rows[i].nfkd);
	}
}

static void what_is_no_text_is_refused(void **unused)
{
	static const char *const bad[] = { "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80" };
	char out[UNICODE_FORM_MAX] = "as before";

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		assert_int_equal(unicode_nfkc(out, bad[i]), ERR_TYPE);
		assert_int_equal(unicode_nfkd(out, bad[i]), ERR_TYPE);
	}
	assert_string_equal(out, "as before");
}

/* 341 of the character that grows most. */
static void the_longest_text_fits(void **unused)
{
	char text[UNICODE_INPUT_MAX + 1] = "", out[UNICODE_FORM_MAX];

	(void)unused;
	while (strlen(text) + 3 < UNICODE_INPUT_MAX)
		strcat(text, "\ufdfa");
	assert_int_equal(strlen(text), UNICODE_INPUT_MAX - 1);
	assert_int_equal(unicode_nfkd(out, text), OK);
	assert_int_equal(strlen(out), 11 * strlen(text));
	assert_int_equal(unicode_nfkc(out, text), OK);
	strcat(text, "a");
	assert_int_equal(unicode_nfkd(out, text), ERR_SIZE);
	assert_int_equal(unicode_nfkc(out, text), ERR_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_those_of_the_standard),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(the_longest_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
