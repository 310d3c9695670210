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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
