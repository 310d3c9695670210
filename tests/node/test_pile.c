#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/pile.h"

static void pieces_are_aligned_and_apart(void **unused)
{
	struct pile p;
	u8 *pieces[8];

	(void)unused;
	pile_init(&p, 1 << 20);
	for (u8 i = 0; i < 8; i++) {
		pieces[i] = pile_take(&p, 100);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % 16, 0);
		memset(pieces[i], i, 100);
	}
	for (u8 i = 0; i < 8; i++)
		assert_int_equal(pieces[i][99], i);
	pile_free(&p);
}

static void rewinding_reuses_what_is_held(void **unused)
{
	struct pile p;
	size_t held;

	(void)unused;
	pile_init(&p, 1 << 20);
	for (size_t i = 1; i < 10; i++)
		assert_non_null(pile_take(&p, i * 1000));
	held = p.held;
	for (int round = 0; round < 3; round++) {
		pile_rewind(&p);
		for (size_t i = 9; i >= 1; i--)
			assert_non_null(pile_take(&p, i * 1000));
		assert_int_equal(p.held, held);
	}
	pile_free(&p);
}

static void the_limit_is_kept(void **unused)
{
	struct pile p;

	(void)unused;
	pile_init(&p, 1000);
	assert_non_null(pile_take(&p, 600));
	assert_null(pile_take(&p, 600));
	assert_null(pile_take(&p, SIZE_MAX));
	assert_non_null(pile_take(&p, 400));
	assert_null(pile_take(&p, 1));
	pile_rewind(&p);
	assert_non_null(pile_take(&p, 600));
	pile_free(&p);
	assert_non_null(pile_take(&p, 1000));
	pile_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(rewinding_reuses_what_is_held),
		cmocka_unit_test(the_limit_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
