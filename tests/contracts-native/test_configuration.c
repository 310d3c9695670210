#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "contracts-native/lending/configuration.h"

static const enum config_field all[] = {
#define X(name, shift, width, unit) CONFIG_##name,
	CONFIG_FIELDS(X)
#undef X
};

static void a_field_holds_its_largest_value_and_touches_no_other(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
		struct u256 word = U256_ZERO;

		config_set(&word, all[i], config_max(all[i]));
		for (size_t j = 0; j < ARRAY_COUNT(all); j++)
			assert_int_equal(config_get(&word, all[j]), i == j ? config_max(all[i]) : 0);
		config_set(&word, all[i], 0);
		assert_true(u256_is_zero(&word));
	}
}

/* WETH of the recorded default market, as the real contracts packed it. */
static void the_word_of_a_real_reserve_is_read_as_it_was_meant(void **unused)
{
	static const char text[] = "7237005577332262213973186568751985161191363093331211007082559554371621494642";
	struct u256 word, built = U256_ZERO;

	(void)unused;
	assert_int_equal(u256_from_decimal(&word, text, sizeof text - 1), OK);
	config_set(&built, CONFIG_LTV, 8050);
	config_set(&built, CONFIG_LIQUIDATION_THRESHOLD, 8300);
	config_set(&built, CONFIG_LIQUIDATION_BONUS, 10500);
	config_set(&built, CONFIG_DECIMALS, 18);
	config_set(&built, CONFIG_ACTIVE, 1);
	config_set(&built, CONFIG_BORROWING, 1);
	config_set(&built, CONFIG_FLASH_LOANS, 1);
	config_set(&built, CONFIG_RESERVE_FACTOR, 1500);
	config_set(&built, CONFIG_BORROW_CAP, 1400000);
	config_set(&built, CONFIG_SUPPLY_CAP, 1800000);
	config_set(&built, CONFIG_LIQUIDATION_FEE, 1000);
	config_set(&built, CONFIG_VIRTUAL_ACCOUNTING, 1);
	assert_true(u256_equal(&word, &built));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_holds_its_largest_value_and_touches_no_other),
		cmocka_unit_test(the_word_of_a_real_reserve_is_read_as_it_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
