#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* A record's bytes are stored and hashed as they lie: padding inside one would be
 * unspecified bytes in the state root. */
#include "base/u256.h"
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
#include "contracts-native/state/schema.h"
#pragma GCC diagnostic pop

/* The sizes are consensus: a change here changes every state root. */
static const struct {
	const char *name;
	u8 number;
	u16 key_size, value_size;
} expected[] = {
	{ "chain", 1, 1, 104 },
	{ "account", 2, 20, 40 },
	{ "token", 3, 2, 120 },
	{ "balance", 4, 22, 32 },
	{ "allowance", 5, 44, 32 },
	{ "permit", 6, 24, 8 },
	{ "pool", 7, 1, 72 },
	{ "reserve", 8, 2, 264 },
	{ "listing", 9, 2, 8 },
	{ "position", 10, 22, 64 },
	{ "user", 11, 20, 40 },
	{ "emode", 12, 1, 120 },
	{ "manager", 13, 40, 8 },
	{ "oracle_set", 14, 1, 72 },
	{ "reporter", 15, 1, 56 },
	{ "feed", 16, 2, 176 },
	{ "feed_round", 17, 4, 56 },
	{ "faucet", 18, 20, 8 },
	{ "role", 19, 52, 8 },
	{ "role_admin", 20, 32, 32 },
};

static void every_table_has_its_number_and_sizes(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(expected); i++) {
		const struct table_info *info = table_info(expected[i].number);

		assert_non_null(info);
		assert_string_equal(info->name, expected[i].name);
		assert_int_equal(info->key_size, expected[i].key_size);
		assert_int_equal(info->value_size, expected[i].value_size);
	}
}

static void a_number_that_is_no_table_has_no_sizes(void **unused)
{
	(void)unused;
	assert_null(table_info(0));
	assert_null(table_info(ARRAY_COUNT(expected) + 1));
	assert_null(table_info(255));
	assert_null(table_info(1u << 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_has_its_number_and_sizes),
		cmocka_unit_test(a_number_that_is_no_table_has_no_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
