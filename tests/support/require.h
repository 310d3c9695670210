#ifndef TESTS_SUPPORT_REQUIRE_H
#define TESTS_SUPPORT_REQUIRE_H

/* What must hold for a test to make sense, in programs with cmocka and without. */

#include <stdbool.h>
#include <stdlib.h>

static inline void require(bool condition)
{
	if (!condition)
		abort();
}

#endif
