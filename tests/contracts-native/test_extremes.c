#include "contracts-native/lending/configuration.h"
#include "contracts-native/lending/position.h"
#include "tests/support/lending_fixture.h"

/* Numbers at their limits.  No honest history leads to most of these states; in each of them
 * every action and every question must still end in an answer or a refusal that leaves no
 * trace, never in a wrapped number or an assert.  The same for a call that runs out of gas. */

#define FULL128 ((struct u128le){ { ~0ull, ~0ull } })
#define FULL120 ((struct u128le){ { ~0ull, ~0ull >> 8 } })
#define ZERO128 ((struct u128le){ { 0, 0 } })
#define RAY128  ((struct u128le){ { 0x9fd0803ce8000000, 0x33b2e3c } })

/* -- states ---------------------------------------------------------------------------- */

/* What an extreme may change: both records of one reserve, and alice's and bob's positions. */
struct subject {
	struct reserve r;
	struct feed feed;
	struct position alice, bob, umbrella, borrower;
	struct pool pool;
};

static void flag(struct subject *s, enum config_field field, u64 value)
{
	config_set(&s->r.configuration, field, value);
}

static void full_liquidity_index(struct subject *s)
{
	s->r.liquidity_index = FULL128;
}
static void full_borrow_index(struct subject *s)
{
	s->r.borrow_index = FULL128;
}
static void no_liquidity_index(struct subject *s)
{
	s->r.liquidity_index = ZERO128;
}
static void no_borrow_index(struct subject *s)
{
	s->r.borrow_index = ZERO128;
}
static void full_liquidity_rate(struct subject *s)
{
	s->r.liquidity_rate = FULL128;
}
static void full_borrow_rate(struct subject *s)
{
	s->r.borrow_rate = FULL128;
}
static void full_treasury(struct subject *s)
{
	s->r.accrued_to_treasury = FULL128;
}
static void full_balance(struct subject *s)
{
	s->r.virtual_balance = FULL128;
}
static void no_balance(struct subject *s)
{
	s->r.virtual_balance = ZERO128;
}
static void full_deficit(struct subject *s)
{
	s->r.deficit = FULL128;
}
static void some_deficit(struct subject *s)
{
	s->r.deficit = (struct u128le){ { 7, 0 } };
}
static void full_isolated_debt(struct subject *s)
{
	s->r.isolated_debt = FULL128;
}
static void full_supply(struct subject *s)
{
	s->r.scaled_supply = U256_MAX;
}
static void full_debt(struct subject *s)
{
	s->r.scaled_debt = U256_MAX;
}
static void no_supply(struct subject *s)
{
	s->r.scaled_supply = U256_ZERO;
}
static void no_debt(struct subject *s)
{
	s->r.scaled_debt = U256_ZERO;
}
static void updated_later(struct subject *s)
{
	s->r.updated_at = RESERVE_TIME_MAX;
}
static void endless_grace(struct subject *s)
{
	s->r.grace_until = RESERVE_TIME_MAX;
}
static void dead_price(struct subject *s)
{
	s->feed.answer = U256_ZERO;
}
static void negative_price(struct subject *s)
{
	s->feed.answer = U256_MAX;
}
static void full_price(struct subject *s)
{
	s->feed.answer = u256_shr(&U256_MAX, 1);
}
static void high_price(struct subject *s)
{
	s->feed.answer = u256_shr(&U256_MAX, 90);
}
static void ceiling(struct subject *s)
{
	flag(s, CONFIG_DEBT_CEILING, 1);
}
static void high_ceiling(struct subject *s)
{
	flag(s, CONFIG_DEBT_CEILING, config_max(CONFIG_DEBT_CEILING));
}
static void odd_terms(struct subject *s)
{
	flag(s, CONFIG_LTV, 0xffff);
	flag(s, CONFIG_LIQUIDATION_THRESHOLD, 0xffff);
	flag(s, CONFIG_LIQUIDATION_BONUS, 0);
}
static void no_terms(struct subject *s)
{
	flag(s, CONFIG_LTV, 0);
	flag(s, CONFIG_LIQUIDATION_THRESHOLD, 0);
}
static void full_fee(struct subject *s)
{
	flag(s, CONFIG_LIQUIDATION_FEE, 0xffff);
}
static void all_to_treasury(struct subject *s)
{
	flag(s, CONFIG_RESERVE_FACTOR, BPS_ONE);
}
static void inactive(struct subject *s)
{
	flag(s, CONFIG_ACTIVE, 0);
}
static void paused(struct subject *s)
{
	flag(s, CONFIG_PAUSED, 1);
}
static void frozen(struct subject *s)
{
	flag(s, CONFIG_FROZEN, 1);
}
static void siloed(struct subject *s)
{
	flag(s, CONFIG_SILOED, 1);
}
static void rich_users(struct subject *s)
{
	s->alice.scaled_supply = s->bob.scaled_supply = s->umbrella.scaled_supply = FULL120;
	s->alice.supply_index = s->bob.supply_index = s->umbrella.supply_index = RAY128;
}
static void deep_debts(struct subject *s)
{
	s->alice.scaled_debt = s->bob.scaled_debt = FULL120;
	s->alice.debt_index = s->bob.debt_index = RAY128;
}
static void old_users(struct subject *s)
{
	s->alice.supply_index = s->bob.supply_index = FULL128;
}
static void old_debtors(struct subject *s)
{
	s->alice.debt_index = s->bob.debt_index = FULL128;
}
static void rich_users_at_a_full_index(struct subject *s)
{
	rich_users(s);
	full_liquidity_index(s);
}
static void deep_debts_at_a_full_index(struct subject *s)
{
	deep_debts(s);
	full_borrow_index(s);
}
static void full_premium(struct subject *s)
{
	s->pool.flash_premium = ~0u;
}

static void (*const extremes[])(struct subject *) = {
	full_liquidity_index,
	full_borrow_index,
	no_liquidity_index,
	no_borrow_index,
	full_liquidity_rate,
	full_borrow_rate,
	full_treasury,
	full_balance,
	no_balance,
	full_deficit,
	some_deficit,
	full_isolated_debt,
	full_supply,
	full_debt,
	no_supply,
	no_debt,
	updated_later,
	endless_grace,
	dead_price,
	negative_price,
	full_price,
	high_price,
	ceiling,
	high_ceiling,
	odd_terms,
	no_terms,
	full_fee,
	all_to_treasury,
	inactive,
	paused,
	frozen,
	siloed,
	rich_users,
	deep_debts,
	old_users,
	old_debtors,
	rich_users_at_a_full_index,
	deep_debts_at_a_full_index,
	full_premium,
};

static struct position *position_in(struct subject *s, u32 i)
{
	struct position *const all[] = { &s->alice, &s->bob, &s->umbrella, &s->borrower };

	return all[i];
}

static void doctor(u16 reserve, void (*extreme)(struct subject *))
{
	static const char *const owners[] = { "alice", "bob", "umbrella", "carol" };
	struct state *state = &m.world.state;
	struct subject s;

	(void)reserve_read(state, &(struct reserve_key){ reserve }, &s.r);
	(void)feed_read(state, &(struct feed_key){ s.r.feed }, &s.feed);
	(void)pool_read(state, &(struct pool_key){ 0 }, &s.pool);
	for (u32 i = 0; i < ARRAY_COUNT(owners); i++) {
		struct position_key key = { reserve, market_address(&m, owners[i]) };

		(void)position_read(state, &key, position_in(&s, i));
	}
	extreme(&s);
	for (u32 i = 0; i < ARRAY_COUNT(owners); i++) {
		struct position_key key = { reserve, market_address(&m, owners[i]) };

		position_write(state, &key, position_in(&s, i));
	}
	reserve_write(state, &(struct reserve_key){ reserve }, &s.r);
	feed_write(state, &(struct feed_key){ s.r.feed }, &s.feed);
	pool_write(state, &(struct pool_key){ 0 }, &s.pool);
}

/* -- actions and questions ------------------------------------------------------------------ */

static const char *const actions[] = {
	"{'op':'supply','from':'bob','asset':'USDC','amount':'5000000'}",
	"{'op':'supply','from':'bob','asset':'USDC','amount':'max'}",
	"{'op':'supply','from':'bob','asset':'USDC','amount':'340282366920938463463374607431768211456'}",
	"{'op':'supply','from':'carol','asset':'WETH','amount':'1000000000000000000'}",
	"{'op':'withdraw','from':'bob','asset':'USDC','amount':'1000000'}",
	"{'op':'withdraw','from':'bob','asset':'USDC','amount':'max'}",
	"{'op':'withdraw','from':'alice','asset':'WETH','amount':'max'}",
	"{'op':'borrow','from':'alice','asset':'USDC','amount':'1000000'}",
	"{'op':'borrow','from':'alice','asset':'WETH','amount':'1'}",
	"{'op':'borrow','from':'carol','asset':'USDC','amount':'1000000','onBehalfOf':'alice'}",
	"{'op':'repay','from':'alice','asset':'USDC','amount':'1000000'}",
	"{'op':'repay','from':'alice','asset':'USDC','amount':'max'}",
	"{'op':'repayWithATokens','from':'alice','asset':'USDC','amount':'1000000'}",
	"{'op':'repayWithATokens','from':'alice','asset':'USDC','amount':'max'}",
	"{'op':'setCollateral','from':'alice','asset':'WETH','use':false}",
	"{'op':'setCollateral','from':'alice','asset':'USDC','use':true}",
	"{'op':'setEMode','from':'alice','category':1}",
	"{'op':'liquidate','from':'bob','collateral':'WETH','debt':'USDC','user':'alice','amount':'max'}",
	"{'op':'liquidate','from':'bob','collateral':'WETH','debt':'USDC','user':'alice','amount':'5000000','receiveAToken':true}",
	"{'op':'liquidate','from':'bob','collateral':'USDC','debt':'USDC','user':'alice','amount':'max'}",
	"{'op':'aTransfer','from':'bob','asset':'USDC','to':'alice','amount':'1000000'}",
	"{'op':'aTransfer','from':'bob','asset':'USDC','to':'bob','amount':'1000000'}",
	"{'op':'aTransfer','from':'bob','asset':'USDC','to':'alice','amount':'max'}",
	"{'op':'aTransfer','from':'alice','asset':'WETH','to':'bob','amount':'1000000'}",
	"{'op':'aTransferFrom','from':'carol','asset':'USDC','owner':'bob','to':'alice','amount':'1000000'}",
	"{'op':'call','from':'bob','to':'aUSDC','fn':'increaseAllowance','args':['carol','max']}",
	"{'op':'call','from':'bob','to':'aUSDC','fn':'decreaseAllowance','args':['carol','max']}",
	"{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'1000000'}",
	"{'op':'flashLoanSimple','from':'carol','asset':'USDC','amount':'max'}",
	"{'op':'flashLoan','from':'alice','assets':['USDC','WETH'],'amounts':['1000000','1'],'rateModes':[0,2]}",
	"{'op':'mintToTreasury','assets':['USDC','WETH']}",
	"{'op':'eliminateDeficit','asset':'USDC','amount':'5000000'}",
	"{'op':'eliminateDeficit','asset':'USDC','amount':'max'}",
	"{'op':'setRates','asset':'USDC','optimal':9000,'base':100,'slope1':200,'slope2':300}",
	"{'op':'admin','fn':'setReserveFactor','args':['USDC','100']}",
	"{'op':'admin','fn':'setSiloedBorrowing','args':['USDC',true]}",
	"{'op':'admin','fn':'setDebtCeiling','args':['USDC','5']}",
	"{'op':'admin','fn':'setReserveActive','args':['USDC',false]}",
	"{'op':'admin','fn':'setReserveFreeze','args':['USDC',true]}",
	"{'op':'admin','fn':'setReservePause','args':['USDC',false,10]}",
	"{'op':'admin','fn':'setPoolPause','args':[false,10]}",
	"{'op':'admin','fn':'configureReserveAsCollateral','args':['USDC','0','0','0']}",
	"{'op':'admin','fn':'configureReserveAsCollateral','args':['USDC','65536','65536','10001']}",
	"{'op':'admin','fn':'configureReserveAsCollateral','args':['USDC','1','2','65536']}",
	"{'op':'admin','fn':'setAssetCollateralInEMode','args':['USDC',1,false]}",
	"{'op':'admin','fn':'dropReserve','args':['USDC']}",
	"{'op':'call','to':'pool','fn':'rescueTokens','args':['aUSDC','bob',0]}",
	"{'op':'call','to':'aWETH','fn':'rescueTokens','args':['USDC','bob',0]}",
	"{'op':'multicall','from':'bob','calls':[{'op':'supply','asset':'USDC','amount':'1000000'},{'op':'withdraw','asset':'USDC','amount':'max'}]}",
};

static const char *const questions[] = {
	"{'to':'aUSDC','fn':'totalSupply'}",
	"{'to':'vUSDC','fn':'totalSupply'}",
	"{'to':'aUSDC','fn':'balanceOf','args':['bob']}",
	"{'to':'vUSDC','fn':'balanceOf','args':['alice']}",
	"{'to':'pool','fn':'getUserAccountData','args':['alice']}",
	"{'to':'pool','fn':'getReserveNormalizedIncome','args':['USDC']}",
	"{'to':'pool','fn':'getReserveNormalizedVariableDebt','args':['USDC']}",
	"{'to':'dataProvider','fn':'getReserveData','args':['USDC']}",
	"{'to':'dataProvider','fn':'getATokenTotalSupply','args':['USDC']}",
	"{'to':'dataProvider','fn':'getTotalDebt','args':['USDC']}",
	"{'to':'dataProvider','fn':'getTotalDebt','args':['pool']}",
	"{'to':'dataProvider','fn':'getUserReserveData','args':['USDC','alice']}",
	"{'to':'dataProvider','fn':'getUserReserveData','args':['pool','alice']}",
	"{'to':'uiDataProvider','fn':'getReservesData','args':['provider']}",
	"{'to':'uiDataProvider','fn':'getUserReservesData','args':['provider','alice']}",
	"{'to':'wallets','fn':'batchBalanceOf','args':[['alice','bob'],['USDC','aUSDC','vUSDC']]}",
	"{'to':'wallets','fn':'getUserWalletBalances','args':['provider','alice']}",
	"{'to':'oracle','fn':'getAssetsPrices','args':[['USDC','WETH']]}",
	"{'to':'strategy','fn':'calculateInterestRates','args':[['max','0','0','1','0','USDC',true,'0']]}",
	"{'to':'strategy','fn':'calculateInterestRates','args':[['0','max','0','1','0','USDC',true,'1']]}",
	"{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','1','1','0','USDC',true,'0']]}",
	"{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','0','max','0','USDC',true,'1']]}",
	"{'to':'strategy','fn':'calculateInterestRates','args':[['0','0','0','max','0','USDC',true,'0']]}",
};

/* A market with a loan, an empty second lender, a category and all the allowances. */
static void prepare(void)
{
	a_loan();
	fund("flashReceiver", "USDC", "1000000000");
	fund("umbrella", "USDC", "100000000");
	DO("{'op':'supply','from':'umbrella','asset':'USDC','amount':'100000000'}", "ok");
	fund("alice", "USDC", "50000000000");
	DO("{'op':'supply','from':'alice','asset':'USDC','amount':'1000000000'}", "ok");
	fund("bob", "USDC", "90000000000");
	fund("carol", "WETH", "5000000000000000000");
	DO("{'op':'aApprove','from':'bob','asset':'USDC','spender':'carol','amount':'500000000'}", "ok");
	DO("{'op':'approveDelegation','from':'alice','asset':'USDC','to':'carol','amount':'500000000'}", "ok");
	DO("{'op':'admin','fn':'setEModeCategory','args':[1,9000,9300,10100,'x']}", "ok");
	DO("{'op':'admin','fn':'setAssetCollateralInEMode','args':['USDC',1,true]}", "ok");
	DO("{'op':'admin','fn':'setAssetBorrowableInEMode','args':['USDC',1,true]}", "ok");
	market_wait(&m, 100000);
}

static void act(const char *action)
{
	struct hash before = world_fingerprint(&m.world), after;
	bool done = strcmp(market_do(&m, action), "ok") == 0;

	after = world_fingerprint(&m.world);
	if (!done && hash_cmp(&before, &after) != 0)
		fail_msg("%s was refused and left a trace", action);
}

/* One fresh market an extreme; each action is tried upon what the ones before it left. */
static void try_extreme(size_t i, u16 reserve, bool is_cheap)
{
	market_init_small(&m);
	prepare();
	if (is_cheap) /* alice may be liquidated */
		DO("{'op':'setPrice','asset':'WETH','price':'220000000000'}", "ok");
	for (size_t j = 0; j < ARRAY_COUNT(actions); j++) {
		doctor(reserve, extremes[i]);
		act(actions[j]);
	}
	for (size_t j = 0; j < ARRAY_COUNT(questions); j++)
		(void)market_see(&m, questions[j]);
	market_free(&m);
}

static void every_extreme_is_answered_or_refused_without_a_trace(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(extremes); i++)
		for (u16 reserve = 0; reserve < 2; reserve++)
			for (int is_cheap = 0; is_cheap < 2; is_cheap++)
				try_extreme(i, reserve, is_cheap);
}

/* The same with each action first on the doctored market. */
static void every_action_meets_every_extreme_first(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(extremes); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(actions); j++) {
			market_init_small(&m);
			prepare();
			if (strstr(actions[j], "liquidate"))
				DO("{'op':'setPrice','asset':'WETH','price':'180000000000'}", "ok");
			doctor(strstr(actions[j], "'WETH'") && i % 2 ? 0 : 1, extremes[i]);
			act(actions[j]);
			market_free(&m);
		}
	}
}

/* -- gas --------------------------------------------------------------------------------------- */

static enum err run_with_gas(const char *notation, u64 gas)
{
	static struct scenario_call call;
	char text[512];
	json_t *step;
	struct message message;

	snprintf(text, sizeof text, "%s", notation);
	for (char *at = text; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	step = json_loads(text, 0, NULL);
	assert_non_null(step);
	if (!json_object_get(step, "op"))
		json_object_set_new(step, "op", json_string("view"));
	scenario_compile(&call, &m, step);
	json_decref(step);
	message = (struct message){ .caller = call.from, .to = call.to, .input = { call.input, call.input_size } };
	m.world.exec.gas_left = gas;
	m.world.exec.depth = 0;
	return call_run(&m.world.exec, &m.world.output, &message);
}

/* Gas ends wherever it can; what was begun is undone.  With enough, it is the usual answer. */
static void starve(const char *notation)
{
	for (u64 gas = 0; gas < 400000; gas += 1500) {
		struct hash before = world_fingerprint(&m.world), after;
		enum err e = run_with_gas(notation, gas);

		if (e != ERR_OUT_OF_GAS)
			return;
		after = world_fingerprint(&m.world);
		assert_int_equal(hash_cmp(&before, &after), 0);
	}
	fail_msg("%s never had enough gas", notation);
}

static void gas_may_end_anywhere_and_leaves_no_trace(void **unused)
{
	(void)unused;
	market_init_small(&m);
	prepare();
	for (size_t i = 0; i < ARRAY_COUNT(questions); i++)
		starve(questions[i]);
	for (size_t i = 0; i < ARRAY_COUNT(actions); i++)
		starve(actions[i]);
	market_free(&m);
}

/* -- memory ---------------------------------------------------------------------------------------- */

static void memory_may_end_anywhere(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(actions); i++) {
		for (size_t left = 0; left < 1 << 20; left += left / 2 + 64) {
			enum err e;

			market_init_small(&m);
			prepare();
			m.world.memory_left = left;
			m.world.exec.arena->left = left % 4096;
			e = run_with_gas(actions[i], 1 << 30);
			assert_true(e == OK || e == ERR_REVERT || e == ERR_FULL || e == ERR_BARE || e == ERR_ARITHMETIC);
			market_free(&m);
			if (left > 100000 || e != ERR_FULL)
				break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_extreme_is_answered_or_refused_without_a_trace),
		cmocka_unit_test(every_action_meets_every_extreme_first),
		cmocka_unit_test(gas_may_end_anywhere_and_leaves_no_trace),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	(void)begin;
	(void)end;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
