#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const enum err all[] = {
#define X(name, code, text) name,
	ERR_LIST(X)
#undef X
};

static void codes_in_logs_keep_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(OK, 0);
	assert_int_equal(ERR_REVERT, 1);
	assert_int_equal(ERR_BARE, 2);
	assert_int_equal(ERR_ARITHMETIC, 3);
	assert_int_equal(ERR_PANIC_DIVIDE, 7);
	assert_int_equal(ERR_TRUNCATED, 16);
	assert_int_equal(ERR_FULL, 32);
	assert_int_equal(ERR_TX_TYPE, 64);
	assert_int_equal(ERR_ORACLE_SET, 96);
}

static void no_two_errors_share_a_code_or_a_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(all); i++)
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(all[i], all[j]);
			assert_string_not_equal(err_name(all[i]), err_name(all[j]));
		}
}

static void every_error_has_a_name_and_a_text(void **state)
{
	(void)state;
	assert_string_equal(err_name(OK), "OK");
	assert_string_equal(err_text(OK), "ok");
	assert_string_equal(err_name(ERR_TX_NONCE_LOW), "ERR_TX_NONCE_LOW");
	assert_string_equal(err_text(ERR_TX_NONCE_LOW), "nonce too low");
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		assert_true(strlen(err_text(all[i])) > 0);
		assert_string_not_equal(err_text(all[i]), "unknown error");
	}
}

static void a_number_that_is_no_error_has_a_text_too(void **state)
{
	(void)state;
	assert_string_equal(err_text((enum err)255), "unknown error");
	assert_string_equal(err_name((enum err)255), "ERR_UNKNOWN");
}

static enum err count_unless(enum err e, int *count)
{
	TRY(e);
	(*count)++;
	return OK;
}

static void try_returns_a_failure_and_passes_success(void **state)
{
	int count = 0;

	(void)state;
	assert_int_equal(count_unless(ERR_SIZE, &count), ERR_SIZE);
	assert_int_equal(count, 0);
	assert_int_equal(count_unless(OK, &count), OK);
	assert_int_equal(count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_in_logs_keep_their_numbers),
		cmocka_unit_test(no_two_errors_share_a_code_or_a_name),
		cmocka_unit_test(every_error_has_a_name_and_a_text),
		cmocka_unit_test(a_number_that_is_no_error_has_a_text_too),
		cmocka_unit_test(try_returns_a_failure_and_passes_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
