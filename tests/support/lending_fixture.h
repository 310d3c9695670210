#ifndef TESTS_SUPPORT_LENDING_FIXTURE_H
#define TESTS_SUPPORT_LENDING_FIXTURE_H

/* For tests of the lending contracts: a small market before each test, and steps in the
 * notation of scenario.h. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/scenario.h"

static struct market m;

static inline int begin(void **unused)
{
	(void)unused;
	market_init_small(&m);
	return 0;
}

static inline int end(void **unused)
{
	(void)unused;
	market_free(&m);
	return 0;
}

#define LENDING_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* A step ends like this; a view answers this. */
#define DO(step, outcome)  assert_string_equal(market_do(&m, step), outcome)
#define SEE(view, outcome) assert_string_equal(market_see(&m, view), outcome)

/* Gives tokens to an actor who lets the pool take them. */
static inline void fund(const char *actor, const char *symbol, const char *amount)
{
	char step[256];

	snprintf(step, sizeof step, "{'op':'mint','token':'%s','to':'%s','amount':'%s'}", symbol, actor, amount);
	DO(step, "ok");
	snprintf(step, sizeof step, "{'op':'approve','from':'%s','token':'%s','amount':'max'}", actor, symbol);
	DO(step, "ok");
}

/* bob supplies 100,000 USDC; alice supplies 10 WETH (25,000 dollars) and borrows 20,000 USDC. */
static inline void a_loan(void)
{
	fund("bob", "USDC", "100000000000");
	DO("{'op':'supply','from':'bob','asset':'USDC','amount':'100000000000'}", "ok");
	fund("alice", "WETH", "10000000000000000000");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'10000000000000000000'}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'20000000000'}", "ok");
}

#endif
