#include "tests/support/lending_fixture.h"

/* Recorded from Aave v3.6's own contracts with the same calls. */

static void only_an_empty_reserve_is_dropped(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'dropReserve','args':['zero']}", "ZeroAddressNotValid");
	DO("{'op':'admin','fn':'dropReserve','args':['alice']}", "AssetNotListed");
	DO("{'op':'admin','from':'alice','fn':'dropReserve','args':['zero']}", "CallerNotPoolAdmin");
	a_loan();
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "UnderlyingClaimableRightsNotZero");
	DO("{'op':'admin','fn':'dropReserve','args':['USDC']}", "VariableDebtSupplyNotZero");
	market_wait(&m, 1000000);
	fund("alice", "USDC", "1000000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'max'}", "ok");
	DO("{'op':'withdraw','from':'bob','asset':'USDC','amount':'max'}", "ok");
	SEE("{'to':'aUSDC','fn':'totalSupply'}", "0");
	DO("{'op':'admin','fn':'dropReserve','args':['USDC']}", "UnderlyingClaimableRightsNotZero");
	DO("{'op':'mintToTreasury','assets':['USDC']}", "ok"); /* now the treasury is a supplier */
	DO("{'op':'admin','fn':'dropReserve','args':['USDC']}", "UnderlyingClaimableRightsNotZero");
	DO("{'op':'withdraw','from':'alice','asset':'WETH','amount':'max'}", "ok");
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "ok");
	assert_int_equal(market_event_count(&m), 1);
	assert_string_equal(market_event(&m, 0), "{'c':'configurator','e':'ReserveDropped','a':['WETH']}");
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "AssetNotListed");
}

static void a_dropped_reserve_leaves_a_hole_in_the_list(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9000,9300,10100,'x']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',1,true]}", "ok");
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "ok");
	SEE("{'to':'pool','fn':'getReservesList'}", "['USDC']");
	SEE("{'to':'pool','fn':'getReservesCount'}", "2");
	SEE("{'to':'pool','fn':'getReserveAddressById','args':[0]}", "zero");
	SEE("{'to':'pool','fn':'getReserveAddressById','args':[1]}", "USDC");
	SEE("{'to':'pool','fn':'getReserveAddressById','args':[2]}", "zero");
	SEE("{'to':'pool','fn':'getEModeCategoryCollateralBitmap','args':[1]}", "1");
	SEE("{'to':'dataProvider','fn':'getAllReservesTokens'}", "[['USDC','USDC']]");
	SEE("{'to':'dataProvider','fn':'getAllATokens'}", "[['aUSDC','aUSDC']]");
	SEE("{'to':'uiDataProvider','fn':'getReservesList','args':['provider']}", "['USDC']");
	SEE("{'to':'uiDataProvider','fn':'getUserReservesData','args':['provider','bob']}",
	    "[[['USDC','0',false,'0']],'0']");
	assert_non_null(strstr(market_see(&m, "{'to':'uiDataProvider','fn':'getReservesData','args':['provider']}"),
			       "[[['USDC',"));
	DO("{'op':'admin','fn':'setPoolPause','args':[true]}", "ok");
	assert_int_equal(market_event_count(&m), 1);
}

static void a_dropped_reserve_reads_as_one_that_never_was(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "ok");
	SEE("{'to':'pool','fn':'getReserveNormalizedIncome','args':['WETH']}", "0");
	SEE("{'to':'pool','fn':'getReserveAToken','args':['WETH']}", "zero");
	SEE("{'to':'pool','fn':'getConfiguration','args':['WETH']}", "['0']");
	SEE("{'to':'dataProvider','fn':'getReserveConfigurationData','args':['WETH']}",
	    "['0','0','0','0','0',false,false,false,false,false]");
	SEE("{'to':'dataProvider','fn':'getReserveData','args':['WETH']}", "empty");
	DO("{'op':'supply','from':'bob','asset':'WETH','amount':'1'}", "empty");
	DO("{'op':'setCollateral','from':'bob','asset':'WETH','use':true}", "ReserveInactive");
	DO("{'op':'flashLoanSimple','from':'bob','asset':'WETH','amount':'1'}", "ReserveInactive");
	DO("{'op':'admin','fn':'setSupplyCap','args':['WETH','1']}", "AssetNotListed");
	DO("{'op':'mintToTreasury','assets':['WETH']}", "ok");
}

static void price_curve_and_tokens_outlive_their_reserve(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setReserveLtvzero','args':['WETH',true]}", "ok");
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "ok");
	SEE("{'to':'oracle','fn':'getAssetPrice','args':['WETH']}", "250000000000");
	SEE("{'to':'oracle','fn':'getSourceOfAsset','args':['WETH']}", "feed.WETH");
	SEE("{'to':'strategy','fn':'getInterestRateDataBps','args':['WETH']}", "['9200','0','270','8000']");
	SEE("{'to':'configurator','fn':'getPendingLtv','args':['WETH']}", "8050");
	SEE("{'to':'aWETH','fn':'symbol'}", "aWETH");
	SEE("{'to':'aWETH','fn':'decimals'}", "18");
	SEE("{'to':'aWETH','fn':'totalSupply'}", "0");
	SEE("{'to':'aWETH','fn':'balanceOf','args':['bob']}", "0");
	SEE("{'to':'vWETH','fn':'totalSupply'}", "0");
	SEE("{'to':'vWETH','fn':'balanceOf','args':['bob']}", "0");
	SEE("{'to':'aWETH','fn':'UNDERLYING_ASSET_ADDRESS'}", "WETH");
	DO("{'op':'aTransfer','from':'bob','asset':'WETH','to':'alice','amount':'0'}", "empty");
	DO("{'op':'aTransferFrom','from':'alice','asset':'WETH','owner':'bob','to':'alice','amount':'0'}", "empty");
	DO("{'op':'aApprove','from':'bob','asset':'WETH','spender':'alice','amount':'1'}", "ok");
}

static void the_others_go_on_around_the_hole(void **unused)
{
	struct address carol = market_address(&m, "carol");
	struct user u = { 0 };

	(void)unused;
	DO("{'op':'admin','fn':'dropReserve','args':['WETH']}", "ok");
	/* A bit that outlived its reserve counts for nothing. */
	u.configuration = u256_from_u64(3);
	user_write(&m.world.state, &(struct user_key){ carol }, &u);
	fund("carol", "USDC", "100000000");
	DO("{'op':'supply','from':'carol','asset':'USDC','amount':'100000000'}", "ok");
	DO("{'op':'setCollateral','from':'carol','asset':'USDC','use':true}", "ok");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'1000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['carol']}",
	    "['10000000000','100000000','7400000000','7800','7500','78000000000000000000']");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9000,9300,10100,'x']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['USDC',1,true]}", "ok");
	DO("{'op':'admin','fn':'setAssetBorrowableInEMode','args':['USDC',1,true]}", "ok");
	DO("{'op':'setEMode','from':'carol','category':1}", "ok");
}

static void code_and_listing_are_settled_by_genesis(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'initReserves','args':[[]]}", "OperationNotSupported");
	DO("{'op':'admin','fn':'initReserves','args':[[['zero','zero','WETH','a','b','c','d','0x','0x']]]}",
	   "OperationNotSupported");
	DO("{'op':'admin','fn':'updateAToken','args':[['WETH','n','s','zero','0x']]}", "OperationNotSupported");
	DO("{'op':'admin','fn':'updateVariableDebtToken','args':[['WETH','n','s','zero','0x']]}",
	   "OperationNotSupported");
	DO("{'op':'admin','fn':'initialize','args':['provider']}",
	   "Error(Contract instance has already been initialized)");
	SEE("{'to':'configurator','fn':'getConfiguratorLogic'}", "zero");
	SEE("{'to':'configurator','fn':'MAX_GRACE_PERIOD'}", "14400");
	SEE("{'to':'configurator','fn':'CONFIGURATOR_REVISION'}", "7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(only_an_empty_reserve_is_dropped),
		LENDING_TEST(a_dropped_reserve_leaves_a_hole_in_the_list),
		LENDING_TEST(a_dropped_reserve_reads_as_one_that_never_was),
		LENDING_TEST(price_curve_and_tokens_outlive_their_reserve),
		LENDING_TEST(the_others_go_on_around_the_hole),
		LENDING_TEST(code_and_listing_are_settled_by_genesis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
