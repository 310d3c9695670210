#include "tests/support/lending_fixture.h"

static void the_addresses_provider_names_the_market(void **unused)
{
	struct address provider = market_address(&m, "provider");
	u8 id[32] = "POOL_CONFIGURATOR";
	struct address found, expected = market_address(&m, "configurator");

	(void)unused;
	SEE("{'to':'provider','fn':'getPool'}", "pool");
	SEE("{'to':'provider','fn':'getPriceOracle'}", "oracle");
	SEE("{'to':'provider','fn':'getPoolConfigurator'}", "configurator");
	SEE("{'to':'provider','fn':'getPoolDataProvider'}", "dataProvider");
	SEE("{'to':'provider','fn':'getACLAdmin'}", "admin");
	SEE("{'to':'provider','fn':'getPriceOracleSentinel'}", "zero");
	SEE("{'to':'provider','fn':'getMarketId'}", "Plimsoll");
	assert_int_equal(world_view(&m.world, &provider, "getAddress(bytes32)",
				    (struct u256[]){ u256_from_be(id) }, 1),
			 OK);
	found = world_word_address(&m.world, 0);
	assert_int_equal(address_cmp(&found, &expected), 0);
	id[0] = 'Q';
	assert_int_equal(world_view(&m.world, &provider, "getAddress(bytes32)",
				    (struct u256[]){ u256_from_be(id) }, 1),
			 OK);
	found = world_word_address(&m.world, 0);
	assert_true(address_is_zero(&found));
}

static void genesis_wired_the_market_for_good(void **unused)
{
	static const char *const setters[] = {
		"'fn':'setMarketId','args':['x']",
		"'fn':'setAddress','args':['POOL','bob']",
		"'fn':'setAddressAsProxy','args':['POOL','bob']",
		"'fn':'setPoolImpl','args':['bob']",
		"'fn':'setPoolConfiguratorImpl','args':['bob']",
		"'fn':'setPriceOracle','args':['bob']",
		"'fn':'setPriceOracleSentinel','args':['bob']",
		"'fn':'setACLManager','args':['bob']",
		"'fn':'setACLAdmin','args':['bob']",
		"'fn':'setPoolDataProvider','args':['bob']",
		"'fn':'transferOwnership','args':['bob']",
		"'fn':'renounceOwnership','args':[]",
	};
	char step[160];

	(void)unused;
	SEE("{'to':'provider','fn':'owner'}", "admin");
	for (size_t i = 0; i < ARRAY_COUNT(setters); i++) {
		snprintf(step, sizeof step, "{'op':'call','to':'provider','from':'bob',%s}", setters[i]);
		DO(step, "Error(Ownable: caller is not the owner)");
		snprintf(step, sizeof step, "{'op':'call','to':'provider','from':'admin',%s}", setters[i]);
		DO(step, "OperationNotSupported");
	}
	DO("{'op':'call','to':'oracle','fn':'setAssetSources','args':[['WETH'],['bob']]}", "OperationNotSupported");
	DO("{'op':'call','to':'oracle','fn':'setFallbackOracle','args':['bob']}", "OperationNotSupported");
	DO("{'op':'call','to':'strategy','fn':'setInterestRateParams','args':['WETH','0x']}",
	   "CallerNotPoolConfigurator");
	DO("{'op':'call','to':'strategy','fn':'setInterestRateParams(address,(uint16,uint32,uint32,uint32))',"
	   "'args':['WETH',[9000,1,2,3]]}",
	   "CallerNotPoolConfigurator");
}

static void every_id_names_its_contract(void **unused)
{
	(void)unused;
	SEE("{'to':'provider','fn':'getAddress','args':['POOL']}", "pool");
	SEE("{'to':'provider','fn':'getAddress','args':['PRICE_ORACLE']}", "oracle");
	SEE("{'to':'provider','fn':'getAddress','args':['ACL_MANAGER']}", "acl");
	SEE("{'to':'provider','fn':'getAddress','args':['ACL_ADMIN']}", "admin");
	SEE("{'to':'provider','fn':'getAddress','args':['DATA_PROVIDER']}", "dataProvider");
	SEE("{'to':'provider','fn':'getAddress','args':['UMBRELLA']}", "umbrella");
	SEE("{'to':'provider','fn':'getAddress','args':['PRICE_ORACLE_SENTINEL']}", "zero");
	SEE("{'to':'provider','fn':'getACLManager'}", "acl");
	SEE("{'to':'strategy','fn':'ADDRESSES_PROVIDER'}", "provider");
	SEE("{'to':'oracle','fn':'ADDRESSES_PROVIDER'}", "provider");
	SEE("{'to':'dataProvider','fn':'ADDRESSES_PROVIDER'}", "provider");
	SEE("{'to':'dataProvider','fn':'POOL'}", "pool");
}

static void prices_come_from_the_feeds(void **unused)
{
	(void)unused;
	SEE("{'to':'oracle','fn':'getAssetPrice','args':['WETH']}", "250000000000");
	SEE("{'to':'oracle','fn':'getAssetsPrices','args':[['USDC','WETH']]}", "['100000000','250000000000']");
	SEE("{'to':'oracle','fn':'getAssetsPrices','args':[['USDC','pool']]}", "empty");
	SEE("{'to':'oracle','fn':'getSourceOfAsset','args':['USDC']}", "feed.USDC");
	SEE("{'to':'oracle','fn':'BASE_CURRENCY'}", "zero");
	SEE("{'to':'oracle','fn':'BASE_CURRENCY_UNIT'}", "100000000");
	SEE("{'to':'oracle','fn':'getFallbackOracle'}", "zero");
}

static void the_strategy_answers_for_any_numbers(void **unused)
{
	(void)unused;
	SEE("{'to':'strategy','fn':'getInterestRateDataBps','args':['USDC']}", "['9200','0','550','4000']");
	SEE("{'to':'strategy','fn':'getMaxVariableBorrowRate','args':['USDC']}", "455000000000000000000000000");
	SEE("{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','20000000000','20000000000','1000',"
	    "'USDC',true,'100000000000']]}",
	    "['2152173913043478260869565','11956521739130434782608696']");
	SEE("{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','0','1','10001','USDC',true,'5']]}",
	    "Panic(0x11)");
	SEE("{'to':'strategy','fn':'getInterestRateDataBps','args':['pool']}", "['0','0','0','0']");
}

static void the_data_provider_splits_the_word(void **unused)
{
	(void)unused;
	a_loan();
	SEE("{'to':'dataProvider','fn':'getAllReservesTokens'}", "[['WETH','WETH'],['USDC','USDC']]");
	SEE("{'to':'dataProvider','fn':'getAllATokens'}", "[['aWETH','aWETH'],['aUSDC','aUSDC']]");
	SEE("{'to':'dataProvider','fn':'getReserveConfigurationData','args':['USDC']}",
	    "['6','7500','7800','10450','1000',true,true,false,true,false]");
	SEE("{'to':'dataProvider','fn':'getReserveCaps','args':['USDC']}", "['2000000000','2250000000']");
	SEE("{'to':'dataProvider','fn':'getUserReserveData','args':['USDC','alice']}",
	    "['0','0','20000000000','0','20000000000','0','2152173913043478260869565','0',false]");
	SEE("{'to':'dataProvider','fn':'getReserveTokensAddresses','args':['USDC']}", "['aUSDC','zero','vUSDC']");
	SEE("{'to':'dataProvider','fn':'getTotalDebt','args':['USDC']}", "20000000000");
	SEE("{'to':'dataProvider','fn':'getIsVirtualAccActive','args':['pool']}", "true");
	SEE("{'to':'dataProvider','fn':'getUnbackedMintCap','args':['USDC']}", "0");
	SEE("{'to':'dataProvider','fn':'getATokenTotalSupply','args':['pool']}", "empty");
}

static void a_front_end_gets_everything_at_once(void **unused)
{
	(void)unused;
	a_loan();
	DO("{'op':'transfer','from':'alice','token':'USDC','to':'aUSDC','amount':'5'}", "ok"); /* a donation */
	SEE("{'to':'uiDataProvider','fn':'getReservesList','args':['provider']}", "['WETH','USDC']");
	SEE("{'to':'uiDataProvider','fn':'getUserReservesData','args':['provider','alice']}",
	    "[[['WETH','10000000000000000000',true,'0'],['USDC','0',false,'20000000000']],'0']");
	assert_non_null(strstr(market_see(&m, "{'to':'uiDataProvider','fn':'getReservesData','args':['provider']}"),
			       "'80000000005'")); /* cash as the token sees it */
	DO("{'op':'setPrice','asset':'WETH','price':'0'}", "ok");
	SEE("{'to':'uiDataProvider','fn':'getReservesData','args':['provider']}", "empty");
}

static enum err view_words(enum contract_kind kind, const char *signature, const char *first, const char *second)
{
	struct address to = contract_address(kind, 0), a = market_address(&m, first), b = market_address(&m, second);

	return world_view(&m.world, &to, signature, (struct u256[]){ word_of_address(&a), word_of_address(&b) }, 2);
}

static void a_wallet_is_read_in_one_call(void **unused)
{
	struct address alice = market_address(&m, "alice");
	struct abi_types types;
	struct abi_view result, balances;
	struct u256 x;

	(void)unused;
	fund("alice", "USDC", "77");
	world_set_wei(&m.world, &alice, 5);
	assert_int_equal(view_words(CONTRACT_WALLET_BALANCES, "balanceOf(address,address)", "alice", "USDC"), OK);
	assert_int_equal(world_word_u64(&m.world, 0), 77);
	assert_int_equal(view_words(CONTRACT_WALLET_BALANCES, "balanceOf(address,address)", "alice", "bob"), ERR_REVERT);
	assert_true(world_reverted_text(&m.world, "INVALID_TOKEN"));
	assert_int_equal(view_words(CONTRACT_WALLET_BALANCES, "getUserWalletBalances(address,address)", "provider",
				    "alice"),
			 OK);
	result = world_result(&m.world, &types, "(address[],uint256[])");
	balances = abi_at(&result, 1);
	assert_int_equal(balances.count, 3);
	x = abi_u256(&balances, 1);
	assert_int_equal(u256_low64(&x), 77);
	x = abi_u256(&balances, 2); /* the gas coin */
	assert_int_equal(u256_low64(&x), 5);
}

static void a_wallet_asks_any_token(void **unused)
{
	struct address alice = market_address(&m, "alice");
	char many[512] = "'alice'", step[2048];

	(void)unused;
	fund("alice", "USDC", "77");
	world_set_wei(&m.world, &alice, 5);
	SEE("{'to':'wallets','fn':'balanceOf','args':['alice','aUSDC']}", "0");
	SEE("{'to':'wallets','fn':'balanceOf','args':['alice','oracle']}", "empty"); /* no token */
	SEE("{'to':'wallets','fn':'batchBalanceOf','args':[['alice','bob'],['USDC','WETH']]}", "['77','0','0','0']");
	SEE("{'to':'wallets','fn':'batchBalanceOf','args':[[],['USDC']]}", "[]");
	SEE("{'to':'wallets','fn':'batchBalanceOf','args':[['alice'],['USDC','bob']]}", "Error(INVALID_TOKEN)");
	for (u32 i = 1; i < 40; i++)
		strcat(many, ",'alice'");
	snprintf(step, sizeof step, "{'to':'wallets','fn':'batchBalanceOf','args':[[%s],[%s]]}", many, many);
	SEE(step, "empty"); /* more than an array may hold */
	DO("{'op':'admin','fn':'setReserveActive','args':['USDC',false]}", "ok");
	SEE("{'to':'wallets','fn':'getUserWalletBalances','args':['provider','alice']}",
	    "[['WETH','USDC','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'],['0','0','5']]");
}

static void a_scan_for_categories_ends_at_the_last_id(void **unused)
{
	char step[160];

	(void)unused;
	for (u32 id = 2; id <= 255; id += id < 253 ? 3 : 2) {
		snprintf(step, sizeof step, "{'op':'admin','fn':'setEModeCategory','args':[%u,1,2,10100,'']}", id);
		DO(step, "ok");
	}
	assert_non_null(strstr(market_see(&m, "{'to':'uiDataProvider','fn':'getEModes','args':['provider']}"), "['254',"));
}

static void a_chain_without_a_market_shows_none(void **unused)
{
	struct address ui = contract_address(CONTRACT_UI_DATA_PROVIDER, 0);
	struct address receiver = contract_address(CONTRACT_FLASH_RECEIVER, 0);
	struct u256 provider = U256_ZERO;
	struct world w;

	(void)unused;
	world_init(&w);
	assert_int_equal(world_view(&w, &ui, "getReservesData(address)", &provider, 1), OK);
	assert_int_equal(world_word_u64(&w, 3), 0);                               /* price of the network's coin */
	assert_int_equal(world_word_u64(&w, (u32)world_word_u64(&w, 0) / 32), 0); /* reserves */
	assert_false(call_has_code(&w.state, &receiver));
	world_free(&w);
}

static void a_strategy_without_debt_pays_nothing(void **unused)
{
	(void)unused;
	SEE("{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','5','0','1000','USDC',true,'0']]}",
	    "['0','0']");
}

static void there_are_no_incentives(void **unused)
{
	struct address to = contract_address(CONTRACT_UI_INCENTIVES, 0), a = market_address(&m, "provider");
	struct u256 word = word_of_address(&a);

	(void)unused;
	assert_int_equal(world_view(&m.world, &to, "getReservesIncentivesData(address)", &word, 1), OK);
	assert_int_equal(world_word_u64(&m.world, 0), 32);
	assert_int_equal(world_word_u64(&m.world, 1), 0);
	assert_int_equal(view_words(CONTRACT_UI_INCENTIVES, "getUserReservesIncentivesData(address,address)",
				    "provider", "alice"),
			 OK);
	assert_int_equal(world_word_u64(&m.world, 1), 0);
	SEE("{'to':'uiIncentives','fn':'getFullReservesIncentiveData','args':['provider','alice']}", "[[],[]]");
	SEE("{'to':'aUSDC','fn':'getIncentivesController'}", "zero");
	SEE("{'to':'vUSDC','fn':'REWARDS_CONTROLLER'}", "zero");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(the_addresses_provider_names_the_market),
		LENDING_TEST(every_id_names_its_contract),
		LENDING_TEST(genesis_wired_the_market_for_good),
		LENDING_TEST(prices_come_from_the_feeds),
		LENDING_TEST(the_strategy_answers_for_any_numbers),
		LENDING_TEST(the_data_provider_splits_the_word),
		LENDING_TEST(a_front_end_gets_everything_at_once),
		LENDING_TEST(a_wallet_is_read_in_one_call),
		LENDING_TEST(there_are_no_incentives),
		LENDING_TEST(a_wallet_asks_any_token),
		LENDING_TEST(a_scan_for_categories_ends_at_the_last_id),
		LENDING_TEST(a_strategy_without_debt_pays_nothing),
		LENDING_TEST(a_chain_without_a_market_shows_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
