#include "tests/support/lending_fixture.h"

static void a_flash_loan_leaves_its_premium_to_the_treasury(void **unused)
{
	(void)unused;
	a_loan();
	fund("flashReceiver", "USDC", "1000000");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000000','referral':3}", "ok");
	assert_string_equal(market_event(&m, market_event_count(&m) - 1),
			    "{'c':'pool','e':'FlashLoan','a':['flashReceiver','carol','USDC','1000000000','0','500000','3']}");
	SEE("{'to':'USDC','fn':'balanceOf','args':['flashReceiver']}", "500000");
	DO("{'op':'mintToTreasury','assets':['USDC','WETH','pool']}", "ok");
	SEE("{'to':'aUSDC','fn':'balanceOf','args':['treasury']}", "500000");
}

static void a_receiver_that_does_not_pay_is_refused(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000000'}",
	   "ERC20InsufficientBalance(flashReceiver,1000000000,1000500000)");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000000','mode':1}",
	   "InvalidFlashloanExecutorReturn");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000000','mode':2}",
	   "ERC20InsufficientAllowance(pool,0,1000500000)");
	DO("{'op':'flashLoanSimple','from':'carol','receiver':'bob','asset':'USDC','amount':'1'}", "empty");
	DO("{'op':'flashLoanSimple','from':'carol','receiver':'USDC','asset':'USDC','amount':'1'}", "empty");
	SEE("{'to':'USDC','fn':'balanceOf','args':['aUSDC']}", "80000000000");
}

static void flash_loans_are_refused_in_the_order_of_their_conditions(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'flashLoan','from':'carol','assets':['USDC','USDC'],'amounts':['1','1'],'rateModes':[0,0]}",
	   "InconsistentFlashloanParams");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':[],'rateModes':[0]}",
	   "InconsistentFlashloanParams");
	DO("{'op':'flashLoan','from':'carol','assets':['pool'],'amounts':['1'],'rateModes':[0]}", "ReserveInactive");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':['1'],'rateModes':[]}", "Panic(0x32)");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':['1'],'rateModes':[3]}", "Panic(0x21)");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'100000000001'}", "InvalidAmount");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'80000000001'}", "Panic(0x11)");
	DO("{'op':'admin','fn':'setReserveFlashLoaning','args':['USDC',false]}", "ok");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1'}", "FlashloanDisabled");
	DO("{'op':'admin','fn':'setReservePause','args':['USDC',true]}", "ok");
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1'}", "ReservePaused");
}

static void a_flash_loan_may_become_a_debt(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'flashLoan','from':'alice','assets':['USDC'],'amounts':['100000000'],'rateModes':[2]}", "ok");
	SEE("{'to':'vUSDC','fn':'balanceOf','args':['alice']}", "20100000000");
	SEE("{'to':'pool','fn':'getVirtualUnderlyingBalance','args':['USDC']}", "79900000000");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':['100000000'],'rateModes':[2]}",
	   "LtvValidationFailed");
}

static void a_flash_borrower_pays_no_premium(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'call','to':'acl','fn':'addFlashBorrower','args':['carol']}", "ok");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':['1000000000'],'rateModes':[0]}", "ok");
	assert_string_equal(market_event(&m, market_event_count(&m) - 1),
			    "{'c':'pool','e':'FlashLoan','a':['flashReceiver','carol','USDC','1000000000','0','0','0']}");
	/* The simple kind knows no such favour. */
	DO("{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000000'}",
	   "ERC20InsufficientBalance(flashReceiver,1000000000,1000500000)");
	DO("{'op':'call','to':'acl','fn':'removeFlashBorrower','args':['carol']}", "ok");
	DO("{'op':'flashLoan','from':'carol','assets':['USDC'],'amounts':['1000000000'],'rateModes':[0]}",
	   "ERC20InsufficientBalance(flashReceiver,1000000000,1000500000)");
}

static void the_devnets_receiver_can_be_called_by_anybody(void **unused)
{
	(void)unused;
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation','args':['WETH','5','1','bob','0x00']}",
	   "empty"); /* a behaviour has 32 bytes */
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation','args':['pool','5','1','bob','0x']}",
	   "empty"); /* no token */
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation','args':['WETH','max','1','bob','0x']}",
	   "Panic(0x11)");
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation(address[],uint256[],uint256[],address,bytes)',"
	   "'args':[['WETH'],['5'],['1'],'bob','0x00']}",
	   "empty");
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation(address[],uint256[],uint256[],address,bytes)',"
	   "'args':[['WETH'],[],['1'],'bob','0x']}",
	   "Panic(0x32)");
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation(address[],uint256[],uint256[],address,bytes)',"
	   "'args':[['WETH'],['5'],[],'bob','0x']}",
	   "Panic(0x32)");
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation(address[],uint256[],uint256[],address,bytes)',"
	   "'args':[['pool'],['5'],['1'],'bob','0x']}",
	   "empty");
	m.labels[m.label_count++] = (struct market_label){ "ghost", contract_address(CONTRACT_TOKEN, 99) };
	DO("{'op':'call','from':'bob','to':'flashReceiver','fn':'executeOperation','args':['ghost','5','1','bob','0x']}",
	   "empty");
	SEE("{'to':'WETH','fn':'allowance','args':['flashReceiver','pool']}", "0");
}

static void off_a_devnet_there_is_no_receiver(void **unused)
{
	struct address receiver = market_address(&m, "flashReceiver");
	struct address second = contract_address(CONTRACT_FLASH_RECEIVER, 1);
	struct chain chain;

	(void)unused;
	assert_true(call_has_code(&m.world.state, &receiver));
	assert_false(call_has_code(&m.world.state, &second));
	(void)chain_read(&m.world.state, &(struct chain_key){ 0 }, &chain);
	chain.devnet = 0;
	chain_write(&m.world.state, &(struct chain_key){ 0 }, &chain);
	assert_false(call_has_code(&m.world.state, &receiver));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_flash_loan_leaves_its_premium_to_the_treasury),
		LENDING_TEST(a_receiver_that_does_not_pay_is_refused),
		LENDING_TEST(flash_loans_are_refused_in_the_order_of_their_conditions),
		LENDING_TEST(a_flash_loan_may_become_a_debt),
		LENDING_TEST(a_flash_borrower_pays_no_premium),
		LENDING_TEST(the_devnets_receiver_can_be_called_by_anybody),
		LENDING_TEST(off_a_devnet_there_is_no_receiver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
