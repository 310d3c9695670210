#include "tests/support/lending_fixture.h"

static void nobody_but_the_admin_may_set_anything(void **unused)
{
	(void)unused;
	DO("{'op':'admin','from':'alice','fn':'setSupplyCap','args':['pool','max']}", "CallerNotRiskOrPoolAdmin");
	DO("{'op':'admin','from':'alice','fn':'setReserveActive','args':['WETH',false]}", "CallerNotPoolAdmin");
	DO("{'op':'admin','from':'alice','fn':'setPoolPause','args':[true]}", "CallerNotPoolOrEmergencyAdmin");
	DO("{'op':'admin','from':'alice','fn':'setReserveFreeze','args':['WETH',true]}",
	   "CallerNotRiskOrPoolOrEmergencyAdmin");
	DO("{'op':'admin','from':'alice','fn':'updateFlashloanPremium','args':[1]}", "CallerNotPoolAdmin");
	DO("{'op':'admin','from':'alice','fn':'setEModeCategory','args':[0,0,0,0,'']}", "CallerNotRiskOrPoolAdmin");
}

static void numbers_have_their_limits(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setSupplyCap','args':['WETH','68719476736']}", "InvalidSupplyCap");
	DO("{'op':'admin','fn':'setSupplyCap','args':['WETH','68719476735']}", "ok");
	assert_string_equal(market_event(&m, 0),
			    "{'c':'configurator','e':'SupplyCapChanged','a':['WETH','1800000','68719476735']}");
	DO("{'op':'admin','fn':'setBorrowCap','args':['pool','1']}", "AssetNotListed");
	DO("{'op':'admin','fn':'setReserveFactor','args':['WETH','10001']}", "InvalidReserveFactor");
	DO("{'op':'admin','fn':'setReserveFactor','args':['pool','1']}", "empty");
	DO("{'op':'admin','fn':'setLiquidationProtocolFee','args':['WETH','10001']}",
	   "InvalidLiquidationProtocolFee");
	DO("{'op':'admin','fn':'updateFlashloanPremium','args':['10001']}", "FlashloanPremiumInvalid");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','1099511627776']}", "InvalidDebtCeiling");
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',false,14401]}", "InvalidGracePeriod");
}

static void a_rate_curve_has_a_shape(void **unused)
{
	(void)unused;
	DO("{'op':'setRates','asset':'WETH','optimal':99,'base':0,'slope1':1,'slope2':1}", "InvalidOptimalUsageRatio");
	DO("{'op':'setRates','asset':'WETH','optimal':9901,'base':0,'slope1':1,'slope2':1}", "InvalidOptimalUsageRatio");
	DO("{'op':'setRates','asset':'WETH','optimal':9000,'base':0,'slope1':2,'slope2':1}", "Slope2MustBeGteSlope1");
	DO("{'op':'setRates','asset':'WETH','optimal':9000,'base':99999,'slope1':1,'slope2':1}", "InvalidMaxRate");
	DO("{'op':'admin','fn':'setReserveInterestRateData','args':['WETH','0x00']}", "empty");
	DO("{'op':'setRates','asset':'WETH','optimal':9000,'base':100,'slope1':2,'slope2':3}", "ok");
	SEE("{'to':'strategy','fn':'getInterestRateDataBps','args':['WETH']}", "['9000','100','2','3']");
	SEE("{'to':'strategy','fn':'getBaseVariableBorrowRate','args':['WETH']}", "10000000000000000000000000");
}

static void collateral_parameters_must_make_sense(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','2','1','10500']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','9600','10500']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','9000','10000']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','0','0','1']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','max','max']}", "empty");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','7000','7500','11000']}", "ok");
	assert_string_equal(market_event(&m, 0),
			    "{'c':'configurator','e':'CollateralConfigurationChanged','a':['WETH','7000','7500','11000']}");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['USDC','0','0','0']}", "ReserveLiquidityNotZero");
	DO("{'op':'admin','fn':'setReserveActive','args':['USDC',false]}", "ReserveLiquidityNotZero");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['USDC','1']}", "ReserveLiquidityNotZero");
}

static void freezing_puts_the_ltv_aside_and_thawing_does_not_bring_it_back(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',false]}", "InvalidFreezeState");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',true]}", "ok");
	SEE("{'to':'configurator','fn':'getPendingLtv','args':['WETH']}", "8050");
	DO("{'op':'admin','fn':'setReserveLtvzero','args':['WETH',false]}", "ReserveFrozen");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',false]}", "ok");
	SEE("{'to':'dataProvider','fn':'getReserveConfigurationData','args':['WETH']}",
	    "['18','0','8300','10500','1500',true,true,false,true,false]");
	DO("{'op':'admin','fn':'setReserveLtvzero','args':['WETH',true]}", "InvalidLtvzeroState");
	DO("{'op':'admin','fn':'setReserveLtvzero','args':['WETH',false]}", "ok");
	SEE("{'to':'configurator','fn':'getPendingLtv','args':['WETH']}", "0");
	DO("{'op':'admin','fn':'setReserveLtvzero','args':['WETH',false]}", "InvalidLtvzeroState");
}

static void categories_must_make_sense(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,0,9500,10100,'x']}", "InvalidEmodeCategoryParams");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9501,9500,10100,'x']}", "InvalidEmodeCategoryParams");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9300,9500,10600,'x']}", "InvalidEmodeCategoryParams");
	DO("{'op':'admin','fn':'setEModeCategory','args':[0,9300,9500,10100,'x']}", "EModeCategoryReserved");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9300,9500,10100,"
	   "'a label that is longer than the sixty-four bytes of a record of ours']}",
	   "InvalidEmodeCategoryParams");
	DO("{'op':'admin','fn':'setAssetLtvzeroInEMode','args':['WETH',1,true]}", "MustBeEmodeCollateral(WETH,1)");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',0,true]}", "EModeCategoryReserved");
	DO("{'op':'admin','fn':'setAssetBorrowableInEMode','args':['pool',1,true]}", "AssetNotListed");
}

static void a_paused_pool_stands_still(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'admin','fn':'setPoolPause','args':[true]}", "ok");
	assert_int_equal(market_event_count(&m), 2);
	DO("{'op':'supply','from':'bob','asset':'USDC','amount':'1'}", "ReservePaused");
	DO("{'op':'admin','fn':'setPoolPause','args':[false,10]}", "ok");
	SEE("{'to':'pool','fn':'getLiquidationGracePeriod','args':['USDC']}", "1750000010");
	DO("{'op':'admin','fn':'disableLiquidationGracePeriod','args':['USDC']}", "ok");
	SEE("{'to':'pool','fn':'getLiquidationGracePeriod','args':['USDC']}", "0");
}

static void every_setter_wants_a_listed_asset(void **unused)
{
	static const struct {
		const char *call, *outcome;
	} calls[] = {
		{ "'fn':'setReserveBorrowing','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'setSupplyCap','args':['pool','1']", "AssetNotListed" },
		{ "'fn':'setSiloedBorrowing','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'setDebtCeiling','args':['pool','1']", "AssetNotListed" },
		{ "'fn':'setReservePause','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'disableLiquidationGracePeriod','args':['pool']", "AssetNotListed" },
		{ "'fn':'setReserveLtvzero','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'setReserveFreeze','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'setReserveFreeze','args':['pool',false]", "InvalidFreezeState" },
		{ "'fn':'configureReserveAsCollateral','args':['pool','1','2','11000']", "AssetNotListed" },
		{ "'fn':'setAssetCollateralInEMode','args':['pool',1,true]", "AssetNotListed" },
		{ "'fn':'setAssetLtvzeroInEMode','args':['pool',1,true]", "AssetNotListed" },
		{ "'fn':'setReserveActive','args':['pool',true]", "AssetNotListed" },
		{ "'fn':'setReserveActive','args':['pool',false]", "empty" },
		{ "'fn':'configureReserveAsCollateral','args':['pool','0','0','0']", "empty" },
		{ "'fn':'setReserveInterestRateData','args':['pool','0x']", "empty" },
		{ "'fn':'setPoolPause','args':[false,14401]", "InvalidGracePeriod" },
	};
	char step[160];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		snprintf(step, sizeof step, "{'op':'admin',%s}", calls[i].call);
		DO(step, calls[i].outcome);
	}
	SEE("{'to':'configurator','fn':'getPendingLtv','args':['pool']}", "0");
}

static void a_percentage_has_16_bits(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',true]}", "ok");
	/* While frozen the ltv is only put aside. */
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','8000','8300','10500']}", "ok");
	SEE("{'to':'configurator','fn':'getPendingLtv','args':['WETH']}", "8000");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',false]}", "ok");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','2','65536']}", "InvalidLiquidationBonus");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','3','33335000']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','1','65536','10001']}", "InvalidReserveParams");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','7000','8300','10500']}", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'configurator','e':'PendingLtvChanged','a':['WETH','0']}");
}

static void a_category_may_be_all_that_makes_collateral(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9000,0,10100,'x']}", "InvalidEmodeCategoryParams");
	DO("{'op':'admin','fn':'setEModeCategory','args':[200,9000,9300,10100,'x']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',200,true]}", "ok");
	DO("{'op':'admin','fn':'setAssetLtvzeroInEMode','args':['WETH',200,true]}", "ok");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',true]}", "ok");
	DO("{'op':'admin','fn':'setAssetLtvzeroInEMode','args':['WETH',200,false]}", "ReserveFrozen");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',3,true]}", "ReserveFrozen");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['WETH',false]}", "ok");
	DO("{'op':'admin','fn':'setAssetLtvzeroInEMode','args':['WETH',200,false]}", "ok");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','1']}", "ReserveLiquidityNotZero");
}

static void an_asset_without_suppliers_may_change_its_nature(void **unused)
{
	(void)unused;
	/* Not collateral by itself, but in a category: suppliers would matter, there are none. */
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','0','0','0']}", "ok");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','1']}", "ok");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','2']}", "ok");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','0']}", "ok");
	DO("{'op':'admin','fn':'setEModeCategory','args':[200,9000,9300,10100,'x']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',200,true]}", "ok");
	fund("bob", "WETH", "5");
	DO("{'op':'supply','from':'bob','asset':'WETH','amount':'5'}", "ok");
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH','1']}", "ReserveLiquidityNotZero");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',200,false]}", "ReserveLiquidityNotZero");
}

static void what_the_treasury_has_coming_counts_as_supplied(void **unused)
{
	struct reserve r;

	(void)unused;
	(void)reserve_read(&m.world.state, &(struct reserve_key){ 0 }, &r);
	r.accrued_to_treasury.limb[0] = 1;
	reserve_write(&m.world.state, &(struct reserve_key){ 0 }, &r);
	DO("{'op':'admin','fn':'setReserveActive','args':['WETH',false]}", "ReserveLiquidityNotZero");
	DO("{'op':'admin','fn':'configureReserveAsCollateral','args':['WETH','0','0','0']}", "ReserveLiquidityNotZero");
}

static void clocks_have_40_bits(void **unused)
{
	(void)unused;
	m.world.env.time = ((u64)1 << 40) - 5;
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',false,4]}", "ok");
	DO("{'op':'admin','fn':'setReservePause','args':['WETH',false,5]}", "Panic(0x11)");
	DO("{'op':'admin','fn':'setPoolPause','args':[false,5]}", "Panic(0x11)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(nobody_but_the_admin_may_set_anything),
		LENDING_TEST(numbers_have_their_limits),
		LENDING_TEST(a_rate_curve_has_a_shape),
		LENDING_TEST(collateral_parameters_must_make_sense),
		LENDING_TEST(freezing_puts_the_ltv_aside_and_thawing_does_not_bring_it_back),
		LENDING_TEST(categories_must_make_sense),
		LENDING_TEST(a_paused_pool_stands_still),
		LENDING_TEST(every_setter_wants_a_listed_asset),
		LENDING_TEST(a_percentage_has_16_bits),
		LENDING_TEST(a_category_may_be_all_that_makes_collateral),
		LENDING_TEST(an_asset_without_suppliers_may_change_its_nature),
		LENDING_TEST(what_the_treasury_has_coming_counts_as_supplied),
		LENDING_TEST(clocks_have_40_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
