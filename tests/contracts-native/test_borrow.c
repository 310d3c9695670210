#include "tests/support/lending_fixture.h"

static void a_loan_ends_in_the_borrowers_wallet(void **unused)
{
	(void)unused;
	a_loan();
	assert_int_equal(market_event_count(&m), 5);
	assert_string_equal(market_event(&m, 0), "{'c':'vUSDC','e':'Transfer','a':['zero','alice','20000000000']}");
	assert_string_equal(market_event(&m, 3), "{'c':'USDC','e':'Transfer','a':['aUSDC','alice','20000000000']}");
	assert_string_equal(market_event(&m, 4), "{'c':'pool','e':'Borrow','a':['USDC','alice','alice','20000000000','2',"
						 "'11956521739130434782608696','0']}");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['alice']}", "['6']");
}

static void borrow_is_refused_in_the_order_of_its_conditions(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'borrow','from':'carol','asset':'pool','amount':'0','rateMode':3}", "Panic(0x21)");
	DO("{'op':'borrow','from':'carol','asset':'pool','amount':'0'}", "empty");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'0','rateMode':1}", "InvalidAmount");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'100000000001','rateMode':1}", "InvalidAmount");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'1','rateMode':1}", "InvalidInterestRateModeSelected");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'80000000001'}", "Panic(0x11)");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'1'}", "LtvValidationFailed");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'126000000'}", "CollateralCannotCoverNewBorrow");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'1000000000'}",
	   "HealthFactorLowerThanLiquidationThreshold");
	DO("{'op':'admin','fn':'setBorrowCap','args':['USDC',20000]}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'1'}", "BorrowCapExceeded");
	DO("{'op':'admin','fn':'setReserveBorrowing','args':['USDC',false]}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'1'}", "BorrowingNotEnabled");
	DO("{'op':'admin','fn':'setReserveFreeze','args':['USDC',true]}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'1'}", "ReserveFrozen");
}

static void a_repayment_never_takes_more_than_the_debt(void **unused)
{
	(void)unused;
	a_loan();
	fund("alice", "USDC", "5000000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'30000000000'}", "ok");
	SEE("{'to':'USDC','fn':'balanceOf','args':['alice']}", "5000000000");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['alice']}", "['2']");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'1'}", "NoDebtOfSelectedType");
}

static void repay_is_refused_in_the_order_of_its_conditions(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'repay','from':'bob','asset':'USDC','amount':'0','rateMode':1,'onBehalfOf':'alice'}", "InvalidAmount");
	DO("{'op':'repay','from':'bob','asset':'USDC','amount':'max','rateMode':1,'onBehalfOf':'alice'}",
	   "InvalidInterestRateModeSelected");
	DO("{'op':'repay','from':'bob','asset':'USDC','amount':'max','onBehalfOf':'alice'}",
	   "NoExplicitAmountToRepayOnBehalf");
	DO("{'op':'repay','from':'bob','asset':'USDC','amount':'5'}", "NoDebtOfSelectedType");
	DO("{'op':'repay','from':'carol','asset':'USDC','amount':'5','onBehalfOf':'alice'}",
	   "ERC20InsufficientAllowance(pool,0,5)");
}

static void a_debt_can_be_paid_with_supply(void **unused)
{
	(void)unused;
	a_loan();
	fund("alice", "USDC", "5000000000");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'25000000000'}", "ok");
	DO("{'op':'repayWithATokens','from':'alice','asset':'USDC','amount':'max'}", "ok");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "0");
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['alice']}", "5000000000");
}

static void a_delegate_borrows_on_anothers_account(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'repay','from':'bob','asset':'USDC','amount':'1','onBehalfOf':'alice'}",
	   "ERC20InsufficientBalance(bob,0,1)");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'5','onBehalfOf':'alice'}",
	   "InsufficientBorrowAllowance(carol,0,5)");
	DO("{'op':'approveDelegation','from':'alice','asset':'USDC','to':'carol','amount':'7'}", "ok");
	DO("{'op':'borrow','from':'carol','asset':'USDC','amount':'5','onBehalfOf':'alice'}", "ok");
	SEE("{'to':'USDC','fn':'balanceOf','args':['carol']}", "5");
	SEE("{'to':'vUSDC','fn':'borrowAllowance','args':['alice','carol']}", "2");
	DO("{'from':'carol','to':'vUSDC','fn':'renounceDelegation','args':['alice']}", "ok");
	SEE("{'to':'vUSDC','fn':'borrowAllowance','args':['alice','carol']}", "0");
	DO("{'from':'carol','to':'vUSDC','fn':'transfer','args':['bob','1']}", "OperationNotSupported");
}

static void a_category_changes_what_collateral_is_worth(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'setEMode','from':'alice','category':1}", "InconsistentEModeCategory");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9300,9500,10100,'ETH and dollars']}", "ok");
	DO("{'op':'setEMode','from':'alice','category':1}", "InvalidDebtInEmode(USDC,1)");
	DO("{'op':'admin','fn':'setAssetBorrowableInEMode','args':['USDC',1,true]}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['WETH',1,true]}", "ok");
	DO("{'op':'setEMode','from':'alice','category':1}", "ok");
	SEE("{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	    "['2500000000000','2000000000000','325000000000','9500','9300','1187500000000000000']");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'3000000000'}", "ok");
	DO("{'op':'setEMode','from':'alice','category':0}", "HealthFactorLowerThanLiquidationThreshold");
	DO("{'op':'borrow','from':'alice','asset':'WETH','amount':'1'}", "NotBorrowableInEMode");
}

static void isolated_collateral_counts_its_debt_in_cents(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setDebtCeiling','args':['WETH',1000000]}", "ok"); /* 10,000 dollars */
	fund("bob", "USDC", "100000000000");
	DO("{'op':'supply','from':'bob','asset':'USDC','amount':'100000000000'}", "ok");
	fund("alice", "WETH", "10000000000000000000");
	DO("{'op':'supply','from':'alice','asset':'WETH','amount':'10000000000000000000'}", "ok");
	SEE("{'to':'pool','fn':'getUserConfiguration','args':['alice']}", "['0']"); /* never by itself */
	DO("{'op':'setCollateral','from':'alice','asset':'WETH','use':true}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'10000010000'}", "DebtCeilingExceeded");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'10000009999'}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'WETH','amount':'1'}", "AssetNotBorrowableInIsolation");
	fund("alice", "USDC", "1");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'9999'}", "ok");
	assert_string_equal(market_event(&m, 3),
			    "{'c':'pool','e':'IsolationModeTotalDebtUpdated','a':['WETH','1000000']}");
}

/* The collateral is what is borrowed: one record, seen from two sides. */
static void isolated_collateral_can_be_borrowed_against_itself(void **unused)
{
	(void)unused;
	DO("{'op':'admin','fn':'setDebtCeiling','args':['USDC',100000]}", "ok");
	fund("alice", "USDC", "100000000000");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'50000000000'}", "ok");
	DO("{'op':'setCollateral','from':'alice','asset':'USDC','use':true}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'100000000'}", "ok");
	market_wait(&m, 1000);
	DO("{'op':'borrow','from':'alice','asset':'USDC','amount':'100000000'}", "ok");
	SEE("{'to':'vUSDC','fn':'scaledTotalSupply'}", "200000000");
	SEE("{'to':'pool','fn':'getVirtualUnderlyingBalance','args':['USDC']}", "49800000000");
	DO("{'op':'repay','from':'alice','asset':'USDC','amount':'50000000'}", "ok");
	assert_string_equal(market_event(&m, 3),
			    "{'c':'pool','e':'IsolationModeTotalDebtUpdated','a':['USDC','15000']}");
	SEE("{'to':'pool','fn':'getVirtualUnderlyingBalance','args':['USDC']}", "49850000000");
}

static void a_siloed_debt_stands_alone(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'admin','fn':'setSiloedBorrowing','args':['WETH',true]}", "ok");
	DO("{'op':'borrow','from':'alice','asset':'WETH','amount':'1'}", "SiloedBorrowingViolation");
	DO("{'op':'admin','fn':'setSiloedBorrowing','args':['USDC',true]}", "ReserveDebtNotZero");
	DO("{'op':'borrow','from':'bob','asset':'WETH','amount':'1'}", "ok");
	DO("{'op':'borrow','from':'bob','asset':'USDC','amount':'1'}", "SiloedBorrowingViolation");
	DO("{'op':'borrow','from':'bob','asset':'WETH','amount':'1'}", "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_loan_ends_in_the_borrowers_wallet),
		LENDING_TEST(borrow_is_refused_in_the_order_of_its_conditions),
		LENDING_TEST(a_repayment_never_takes_more_than_the_debt),
		LENDING_TEST(repay_is_refused_in_the_order_of_its_conditions),
		LENDING_TEST(a_debt_can_be_paid_with_supply),
		LENDING_TEST(a_delegate_borrows_on_anothers_account),
		LENDING_TEST(a_category_changes_what_collateral_is_worth),
		LENDING_TEST(isolated_collateral_counts_its_debt_in_cents),
		LENDING_TEST(isolated_collateral_can_be_borrowed_against_itself),
		LENDING_TEST(a_siloed_debt_stands_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
