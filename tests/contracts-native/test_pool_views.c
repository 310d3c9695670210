#include "tests/support/lending_fixture.h"

static void the_pool_names_its_reserves(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'getReservesList'}", "['WETH','USDC']");
	SEE("{'to':'pool','fn':'getReservesCount'}", "2");
	SEE("{'to':'pool','fn':'getReserveAddressById','args':[1]}", "USDC");
	SEE("{'to':'pool','fn':'getReserveAddressById','args':[2]}", "zero");
	SEE("{'to':'pool','fn':'getReserveAToken','args':['USDC']}", "aUSDC");
	SEE("{'to':'pool','fn':'getReserveVariableDebtToken','args':['USDC']}", "vUSDC");
	SEE("{'to':'pool','fn':'ADDRESSES_PROVIDER'}", "provider");
	SEE("{'to':'pool','fn':'FLASHLOAN_PREMIUM_TOTAL'}", "5");
	SEE("{'to':'pool','fn':'FLASHLOAN_PREMIUM_TO_PROTOCOL'}", "10000");
	SEE("{'to':'pool','fn':'MAX_NUMBER_RESERVES'}", "128");
}

static void an_unlisted_asset_reads_as_zeros(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'getReserveData','args':['alice']}",
	    "[['0'],'0','0','0','0','0','0','0','zero','zero','zero','strategy','0','0','0']");
	SEE("{'to':'pool','fn':'getConfiguration','args':['alice']}", "['0']");
	SEE("{'to':'pool','fn':'getReserveNormalizedIncome','args':['alice']}", "0");
	SEE("{'to':'pool','fn':'getReserveNormalizedVariableDebt','args':['alice']}", "0");
	SEE("{'to':'pool','fn':'getVirtualUnderlyingBalance','args':['alice']}", "0");
	SEE("{'to':'pool','fn':'getReserveAToken','args':['alice']}", "zero");
	SEE("{'to':'oracle','fn':'getAssetPrice','args':['alice']}", "empty");
	SEE("{'to':'oracle','fn':'getSourceOfAsset','args':['alice']}", "zero");
	SEE("{'to':'dataProvider','fn':'getReserveData','args':['alice']}", "empty");
	SEE("{'to':'dataProvider','fn':'getReserveCaps','args':['alice']}", "['0','0']");
}

static void categories_are_shown_as_they_were_set(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'getEModeCategoryCollateralConfig','args':[3]}", "['0','0','0']");
	DO("{'op':'admin','fn':'setEModeCategory','args':[3,9300,9500,10100,'pegged']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['USDC',3,true]}", "ok");
	SEE("{'to':'pool','fn':'getEModeCategoryCollateralConfig','args':[3]}", "['9300','9500','10100']");
	SEE("{'to':'pool','fn':'getEModeCategoryData','args':[3]}", "['9300','9500','10100','zero','pegged']");
	SEE("{'to':'pool','fn':'getEModeCategoryLabel','args':[3]}", "pegged");
	SEE("{'to':'pool','fn':'getEModeCategoryCollateralBitmap','args':[3]}", "2");
	SEE("{'to':'pool','fn':'getEModeCategoryBorrowableBitmap','args':[3]}", "0");
	SEE("{'to':'uiDataProvider','fn':'getEModes','args':['provider']}",
	    "[['3',['9300','9500','10100','2','pegged','0','0']]]");
}

static void a_manager_acts_only_while_approved(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'from':'carol','to':'pool','fn':'setUserUseReserveAsCollateralOnBehalfOf','args':['USDC',false,'bob']}",
	   "CallerNotPositionManager");
	DO("{'from':'bob','to':'pool','fn':'approvePositionManager','args':['carol',true]}", "ok");
	SEE("{'to':'pool','fn':'isApprovedPositionManager','args':['bob','carol']}", "true");
	DO("{'from':'carol','to':'pool','fn':'setUserUseReserveAsCollateralOnBehalfOf','args':['USDC',false,'bob']}", "ok");
	DO("{'from':'carol','to':'pool','fn':'renouncePositionManagerRole','args':['bob']}", "ok");
	DO("{'from':'carol','to':'pool','fn':'setUserEModeOnBehalfOf','args':[0,'bob']}", "CallerNotPositionManager");
}

static void a_multicall_is_all_or_nothing(void **unused)
{
	(void)unused;
	fund("alice", "WETH", "100");
	DO("{'op':'multicall','from':'alice','calls':[{'op':'supply','asset':'WETH','amount':'60'},"
	   "{'op':'supply','asset':'WETH','amount':'60'}]}",
	   "ERC20InsufficientBalance(alice,40,60)");
	SEE("{'to':'aWETH','fn':'balanceOf','args':['alice']}", "0");
	DO("{'op':'multicall','from':'alice','calls':[{'op':'supply','asset':'pool','amount':'60'}]}", "FailedCall");
	DO("{'op':'multicall','from':'alice','calls':[{'op':'supply','asset':'WETH','amount':'60'},"
	   "{'op':'withdraw','asset':'WETH','amount':'10'}]}",
	   "ok");
	SEE("{'to':'aWETH','fn':'balanceOf','args':['alice']}", "50");
}

static void tokens_of_a_reserve_tell_what_they_are(void **unused)
{
	(void)unused;
	SEE("{'to':'aWETH','fn':'name'}", "Plimsoll WETH");
	SEE("{'to':'vWETH','fn':'name'}", "Plimsoll Variable Debt WETH");
	SEE("{'to':'aWETH','fn':'symbol'}", "aWETH");
	SEE("{'to':'vWETH','fn':'symbol'}", "vWETH");
	SEE("{'to':'vWETH','fn':'decimals'}", "18");
	SEE("{'to':'aWETH','fn':'UNDERLYING_ASSET_ADDRESS'}", "WETH");
	SEE("{'to':'vWETH','fn':'POOL'}", "pool");
	SEE("{'to':'aWETH','fn':'RESERVE_TREASURY_ADDRESS'}", "treasury");
	SEE("{'to':'aWETH','fn':'TREASURY'}", "treasury");
	SEE("{'to':'aWETH','fn':'getScaledUserBalanceAndSupply','args':['alice']}", "['0','0']");
}

static void constants_are_those_of_aave(void **unused)
{
	(void)unused;
	SEE("{'to':'pool','fn':'POOL_REVISION'}", "10");
	SEE("{'to':'pool','fn':'MAX_NUMBER_RESERVES'}", "128");
	SEE("{'to':'pool','fn':'FLASHLOAN_PREMIUM_TOTAL'}", "5");
	SEE("{'to':'pool','fn':'FLASHLOAN_PREMIUM_TO_PROTOCOL'}", "10000");
	SEE("{'to':'pool','fn':'UMBRELLA'}", "0x554d4252454c4c41000000000000000000000000000000000000000000000000");
	SEE("{'to':'aWETH','fn':'ATOKEN_REVISION'}", "5");
	SEE("{'to':'vWETH','fn':'DEBT_TOKEN_REVISION'}", "5");
	SEE("{'to':'aWETH','fn':'EIP712_REVISION'}", "0x31");
	SEE("{'to':'vWETH','fn':'EIP712_REVISION'}", "0x31");
	SEE("{'to':'aWETH','fn':'PERMIT_TYPEHASH'}",
	    "0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9");
	SEE("{'to':'vWETH','fn':'DELEGATION_WITH_SIG_TYPEHASH'}",
	    "0x323db0410fecc107e39e2af5908671f4c8d106123b35a51501bb805c5fa36aa0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(the_pool_names_its_reserves),
		LENDING_TEST(an_unlisted_asset_reads_as_zeros),
		LENDING_TEST(categories_are_shown_as_they_were_set),
		LENDING_TEST(a_manager_acts_only_while_approved),
		LENDING_TEST(a_multicall_is_all_or_nothing),
		LENDING_TEST(tokens_of_a_reserve_tell_what_they_are),
		LENDING_TEST(constants_are_those_of_aave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
