#include "base/u256.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_double_is_near_the_number(void **state)
{
	struct u256 x = u256_from_u64(12345);

	(void)state;
	assert_true(u256_to_double(&x) == 12345.0);
	x = u256_shl(&x, 200);
	assert_true(u256_to_double(&x) == 12345.0 * 0x1p200);
	x = U256_MAX;
	assert_true(u256_to_double(&x) == 0x1p256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_double_is_near_the_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
