#include "tests/support/lending_fixture.h"

/* What Aave's contracts say to each other, and what nobody else may say to them. */

static void call_each(const char *to, const char *const *calls, size_t count, const char *outcome)
{
	static const char *const callers[] = { "alice", "admin", "pool", "configurator" };
	struct hash before = world_fingerprint(&m.world), after;
	char step[256];

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < ARRAY_COUNT(callers); j++) {
			snprintf(step, sizeof step, "{'op':'call','to':'%s','from':'%s',%s}", to, callers[j], calls[i]);
			DO(step, outcome);
		}
	}
	after = world_fingerprint(&m.world);
	assert_int_equal(hash_cmp(&before, &after), 0);
}

static void the_pool_obeys_its_configurator_alone(void **unused)
{
	static const char *const calls[] = {
		"'fn':'initReserve','args':['WETH','bob','bob']",
		"'fn':'dropReserve','args':['WETH']",
		"'fn':'syncIndexesState','args':['WETH']",
		"'fn':'syncRatesState','args':['WETH']",
		"'fn':'setConfiguration','args':['WETH',[1]]",
		"'fn':'updateFlashloanPremium','args':[1]",
		"'fn':'configureEModeCategory','args':[1,[1,2,3,'x']]",
		"'fn':'configureEModeCategoryCollateralBitmap','args':[1,1]",
		"'fn':'configureEModeCategoryBorrowableBitmap','args':[1,1]",
		"'fn':'configureEModeCategoryLtvzeroBitmap','args':[1,1]",
		"'fn':'resetIsolationModeTotalDebt','args':['WETH']",
		"'fn':'setLiquidationGracePeriod','args':['WETH',1]",
	};

	(void)unused;
	call_each("pool", calls, ARRAY_COUNT(calls), "CallerNotPoolConfigurator");
}

static void tokens_obey_the_pool_alone(void **unused)
{
	static const char *const atoken[] = {
		"'fn':'mint','args':['bob','bob',1,1]",
		"'fn':'burn','args':['bob','bob',1,1,1]",
		"'fn':'mintToTreasury','args':[1,1]",
		"'fn':'transferOnLiquidation','args':['bob','bob',1,1,1]",
		"'fn':'transferUnderlyingTo','args':['bob',1]",
	};
	static const char *const debt_token[] = {
		"'fn':'mint','args':['bob','bob',1,1,1]",
		"'fn':'burn','args':['bob',1,1]",
	};

	(void)unused;
	call_each("aWETH", atoken, ARRAY_COUNT(atoken), "CallerMustBePool");
	call_each("vWETH", debt_token, ARRAY_COUNT(debt_token), "CallerMustBePool");
}

static void nothing_is_initialized_twice(void **unused)
{
	static const char *const contract[] = { "'fn':'initialize','args':['provider']" };
	static const char *const token[] = {
		"'fn':'initialize','args':['pool','WETH',18,'n','s','0x']"
	};
	static const char text[] = "Error(Contract instance has already been initialized)";

	(void)unused;
	call_each("pool", contract, 1, text);
	call_each("configurator", contract, 1, text);
	call_each("aWETH", token, 1, text);
	call_each("vWETH", token, 1, text);
}

static void nobody_but_an_atoken_reports_transfers(void **unused)
{
	static const char *const calls[] = { "'fn':'finalizeTransfer','args':['WETH','bob','alice',1,1]" };

	(void)unused;
	call_each("pool", calls, 1, "CallerNotAToken");
}

static void there_are_no_libraries_behind_the_pool(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'getBorrowLogic'}", "zero");
	SEE("{'to':'pool','fn':'getFlashLoanLogic'}", "zero");
	SEE("{'to':'pool','fn':'getLiquidationLogic'}", "zero");
	SEE("{'to':'pool','fn':'getPoolLogic'}", "zero");
	SEE("{'to':'pool','fn':'getSupplyLogic'}", "zero");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(the_pool_obeys_its_configurator_alone),
		LENDING_TEST(tokens_obey_the_pool_alone),
		LENDING_TEST(nothing_is_initialized_twice),
		LENDING_TEST(nobody_but_an_atoken_reports_transfers),
		LENDING_TEST(there_are_no_libraries_behind_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
