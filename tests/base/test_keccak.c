#include "base/keccak.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <nettle/sha3.h>

/* The last state of each chain of permutations, which any mistake would spread over. */
#define CHAIN 500u

static void assert_chain(u64 seed)
{
	struct sha3_state expected;
	u64 lanes[KECCAK_LANES];

	static_assert(sizeof expected.a == sizeof lanes, "one layout");
	for (unsigned i = 0; i < KECCAK_LANES; i++)
		lanes[i] = expected.a[i] = seed * (i + 1);
	for (unsigned i = 0; i < CHAIN; i++) {
		keccak_permute(lanes);
		sha3_permute(&expected);
	}
	assert_memory_equal(lanes, expected.a, sizeof lanes);
}

static void the_permutation_is_that_of_nettle(void **state)
{
	(void)state;
	assert_chain(0);
	assert_chain(1);
	assert_chain(0x9e3779b97f4a7c15);
	assert_chain(UINT64_MAX);
}

/* The Keccak team's own vector: KeccakF-1600-IntermediateValues. */
static void the_permutation_of_zeros_is_the_published_one(void **state)
{
	u64 lanes[KECCAK_LANES] = { 0 };

	(void)state;
	keccak_permute(lanes);
	assert_true(lanes[0] == 0xf1258f7940e1dde7);
	assert_true(lanes[1] == 0x84d5ccf933c0478a);
	assert_true(lanes[24] == 0xeaf1ff7b5ceca249);
	keccak_permute(lanes);
	assert_true(lanes[0] == 0x2d5c954df96ecb3c);
	assert_true(lanes[24] == 0x20d06cd26a8fbf5c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_permutation_is_that_of_nettle),
		cmocka_unit_test(the_permutation_of_zeros_is_the_published_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
