#include "tests/rpc/fixture.h"

#include "base/hash.h"

/* Plimsoll's own methods: Alice lends USDC, Bob borrows it against WETH, and the price of ETH
 * falls. */

#define ETH_FEED  "0x506c696d736f6c6c000000000000000000040000"
#define W_LENT    "00000000000000000000000000000000000000000000000000000002540be400" /* 10000 USDC */
#define W_LOAN    "00000000000000000000000000000000000000000000000000000004a817c800" /* 20000 USDC */
#define W_DEPOSIT "000000000000000000000000000000000000000000000000000000174876e800" /* 100000 USDC */
#define W_CRASH   "00000000000000000000000000000000000000000000000000000035458af000" /* 2288.00000000 */

static int begin(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	if (fixture_start(&config) != 0)
		return -1;
	do_from(0, USDC, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_USDC W_DEPOSIT W_ALICE W_ZERO);
	do_from(1, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(1, POOL, "0x617ba037" W_WETH W_TEN W_BOB W_ZERO);
	do_from(1, POOL, "0xa415bcad" W_USDC W_LOAN W_TWO W_ZERO W_BOB);
	return 0;
}

static void crash(void)
{
	static bool done;

	if (!done)
		do_from(0, ETH_FEED, "0x99213cd8" W_CRASH);
	done = true;
}

#define USDC_FEED  "0x506c696d736f6c6c000000000000000000040003"
#define W_CHEAP    "00000000000000000000000000000000000000000000000000000000055d4a80" /* 0.90000000 */
#define W_DAI_LENT "00000000000000000000000000000000000000000000152d02c7e14af6800000" /* 100000 DAI */
#define W_DAI_LOAN "00000000000000000000000000000000000000000000130ee8e7179044400000" /* 90000 DAI */
#define W_STABLES  "0000000000000000000000000000000000000000000000000000000000000001" /* category 1 */

/* The value of a decimal text, for comparing. */
static double decimal_at(const json_t *object, const char *key)
{
	return strtod(text_at(object, key), NULL);
}

static void health_is_told_with_every_position(void **unused)
{
	json_t *health = ask("plimsoll_getHealth", "[\"" BOB "\"]"), *positions, *one;

	(void)unused;
	assert_keys(health, "address,height,healthFactor,liquidatable,collateral,debt,availableBorrows,ltv,"
			    "liquidationThreshold,eMode,positions");
	assert_string_equal(text_at(health, "collateral"), "25000");
	assert_true(decimal_at(health, "debt") >= 20000 && decimal_at(health, "debt") < 20001);
	assert_true(decimal_at(health, "healthFactor") > 1.037 && decimal_at(health, "healthFactor") < 1.0376);
	assert_string_equal(text_at(health, "ltv"), "0.805");
	assert_string_equal(text_at(health, "liquidationThreshold"), "0.83");
	assert_false(json_is_true(json_object_get(health, "liquidatable")));
	positions = json_object_get(health, "positions");
	assert_int_equal(json_array_size(positions), 2);
	one = json_array_get(positions, 0);
	assert_keys(one, "symbol,asset,decimals,supplied,borrowed,isCollateral,price,stale");
	assert_string_equal(text_at(one, "symbol"), "WETH");
	assert_string_equal(text_at(one, "supplied"), "10000000000000000000");
	assert_string_equal(text_at(one, "borrowed"), "0");
	assert_string_equal(text_at(one, "price"), "2500");
	assert_true(json_is_true(json_object_get(one, "isCollateral")));
	one = json_array_get(positions, 1);
	assert_string_equal(text_at(one, "symbol"), "USDC");
	assert_false(json_is_true(json_object_get(one, "isCollateral")));
	json_decref(health);
}

static size_t count_positions(const char *who)
{
	json_t *health = ask("plimsoll_getHealth", who);
	size_t count = json_array_size(json_object_get(health, "positions"));

	json_decref(health);
	return count;
}

static void a_position_that_was_emptied_is_listed_no_more(void **unused)
{
	size_t before = count_positions("[\"" ALICE "\"]");

	(void)unused;
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_WETH W_TEN W_ALICE W_ZERO);
	assert_int_equal(count_positions("[\"" ALICE "\"]"), before + 1);
	do_from(0, POOL, "0x69328dec" W_WETH W_MAX W_ALICE);
	assert_int_equal(count_positions("[\"" ALICE "\"]"), before);
}

static void health_is_null_while_nothing_is_owed(void **unused)
{
	json_t *health = ask("plimsoll_getHealth", "[\"" ALICE "\",\"latest\"]");

	(void)unused;
	assert_true(json_is_null(json_object_get(health, "healthFactor")));
	json_decref(health);
	health = ask("plimsoll_getHealth", "[\"" BOB "\",\"earliest\"]");
	assert_int_equal(json_array_size(json_object_get(health, "positions")), 0);
	json_decref(health);
	assert_refused("plimsoll_getHealth", "[\"" BOB "\",\"0xffffff\"]", -32000, "header not found");
}

static void markets_tell_price_balances_and_rates(void **unused)
{
	json_t *markets = ask("plimsoll_markets", "[]"), *usdc = json_array_get(markets, 3);

	(void)unused;
	assert_int_equal(json_array_size(markets), 5);
	assert_string_equal(text_at(usdc, "symbol"), "USDC");
	assert_string_equal(text_at(usdc, "asset"), USDC);
	assert_string_equal(text_at(usdc, "available"), "80000000000");
	assert_true(decimal_at(usdc, "supplied") >= 1e11 && decimal_at(usdc, "borrowed") >= 2e10);
	assert_true(decimal_at(usdc, "utilization") > 0.1999 && decimal_at(usdc, "utilization") < 0.2001);
	/* 0.2 of the way to 0.92 at 5.5 %; suppliers get 0.2 of that less a tenth. */
	assert_true(decimal_at(usdc, "borrowRate") > 0.01195 && decimal_at(usdc, "borrowRate") < 0.01196);
	assert_true(decimal_at(usdc, "supplyRate") > 0.00215 && decimal_at(usdc, "supplyRate") < 0.00216);
	assert_string_equal(text_at(usdc, "liquidationBonus"), "1.045");
	json_decref(markets);
}

#define QUOTE "[\"" WETH "\",\"" USDC "\",\"" BOB "\",\"max\",false]"

static void a_quote_for_a_healthy_account_names_the_refusal(void **unused)
{
	json_t *quote = ask("plimsoll_quoteLiquidation", QUOTE);

	(void)unused;
	assert_string_equal(text_at(quote, "reverts"), "HealthFactorNotBelowThreshold");
	assert_string_equal(text_at(quote, "data"), "0x930bb771");
	json_decref(quote);
	quote = ask("plimsoll_quoteLiquidation", "[\"" WETH "\",\"" USDC "\",\"" BOB "\",\"1\",false,\"latest\",\"" BOB "\"]");
	assert_string_equal(text_at(quote, "reverts"), "SelfLiquidation");
	json_decref(quote);
	assert_refused_as("plimsoll_quoteLiquidation", "[\"" NOBODY "\",\"" USDC "\",\"" BOB "\",\"1\"]", -32602,
			  "invalid argument 0: not the underlying token of a reserve");
	assert_refused_as("plimsoll_quoteLiquidation", "[\"" WETH "\",\"" USDC "\",\"" BOB "\",\"-1\"]", -32602,
			  "invalid argument 3");
}

static void an_account_at_risk_is_listed_below_the_bound_only(void **unused)
{
	json_t *page = ask("plimsoll_liquidatable", "[\"latest\",{\"below\":\"1.05\"}]"), *one;

	(void)unused;
	assert_int_equal(json_integer_value(json_object_get(page, "total")), 1);
	one = json_array_get(json_object_get(page, "accounts"), 0);
	assert_keys(one, "address,healthFactor,collateral,debt,collateralAsset,debtAsset");
	assert_string_equal(text_at(one, "address"), BOB);
	assert_string_equal(text_at(one, "collateralAsset"), WETH);
	assert_string_equal(text_at(one, "debtAsset"), USDC);
	json_decref(page);
	page = ask("plimsoll_liquidatable", "[null,{\"below\":\"1.02\"}]");
	assert_int_equal(json_integer_value(json_object_get(page, "total")), 0);
	json_decref(page);
	page = ask("plimsoll_liquidatable", "[\"latest\",{\"below\":\"2\",\"offset\":1,\"limit\":5}]");
	assert_int_equal(json_integer_value(json_object_get(page, "total")), 1);
	assert_int_equal(json_array_size(json_object_get(page, "accounts")), 0);
	json_decref(page);
}

static void bounds_and_pages_that_make_no_sense_are_refused(void **unused)
{
	static const char *const bounds[] = { "\"\"", "\".5\"", "\"1.\"", "\"1.2.3\"", "\"-1\"", "\"1e3\"", "1.5",
					      "\"0.0000000000000000001\"" };
	char params[100];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(bounds); i++) {
		(void)snprintf(params, sizeof params, "[\"latest\",{\"below\":%s}]", bounds[i]);
		assert_refused("plimsoll_liquidatable", params, -32602, "invalid below: a decimal string is wanted");
	}
	assert_refused_as("plimsoll_liquidatable", "[\"latest\",{\"limit\":1001}]", -32602, "limit is at most 1000");
	assert_refused_as("plimsoll_liquidatable", "[\"latest\",{\"offset\":-1}]", -32602, "offset and limit");
	assert_refused("plimsoll_liquidatable", "[\"latest\",{\"offse\":1}]", -32602,
		       "there is no \"offse\" here; known: below offset limit");
	json_decref(ask("plimsoll_liquidatable", "[\"latest\",{\"below\":null,\"offset\":null,\"limit\":null}]"));
	assert_refused_as("plimsoll_liquidatable", "[\"latest\",5]", -32602, "invalid argument 1");
}

/* -- after the crash ------------------------------------------------------------------------- */

static void after_the_crash_the_account_can_be_liquidated(void **unused)
{
	json_t *page, *health;

	(void)unused;
	crash();
	page = ask("plimsoll_liquidatable", "[]");
	assert_int_equal(json_integer_value(json_object_get(page, "total")), 1);
	json_decref(page);
	health = ask("plimsoll_getHealth", "[\"" BOB "\"]");
	assert_true(json_is_true(json_object_get(health, "liquidatable")));
	assert_string_equal(text_at(health, "collateral"), "22880");
	json_decref(health);
}

static void a_quote_is_what_the_liquidation_then_does(void **unused)
{
	json_t *quote, *receipt, *log = NULL;
	char expected[2 + 2 * 64 + 1];
	struct u256 covered, seized;
	u8 words[64];

	(void)unused;
	crash();
	quote = ask("plimsoll_quoteLiquidation", "[\"" WETH "\",\"" USDC "\",\"" BOB "\",\"10000000000\",false]");
	assert_true(json_is_null(json_object_get(quote, "reverts")));
	assert_string_equal(text_at(quote, "debtCovered"), "10000000000");
	assert_string_equal(text_at(quote, "debtValueUsd"), "10000");
	assert_true(decimal_at(quote, "protocolFee") > 0);
	assert_true(decimal_at(quote, "bonusValueUsd") > 449.99 && decimal_at(quote, "bonusValueUsd") < 450.01);
	assert_true(decimal_at(quote, "healthBefore") < 1 && decimal_at(quote, "healthAfter") != 0);
	receipt = send_from(0, POOL, 0, "0x00a718a9" W_WETH W_USDC W_BOB W_LENT W_ZERO);
	assert_string_equal(text_at(receipt, "status"), "0x1");
	assert_string_equal(text_at(receipt, "gasUsed"), text_at(quote, "gasUsed"));
	/* LiquidationCall is the last event: its data begins with what was paid and seized. */
	for (size_t i = 0; i < json_array_size(json_object_get(receipt, "logs")); i++) {
		json_t *one = json_array_get(json_object_get(receipt, "logs"), i);

		if (strcmp(text_at(one, "address"), POOL) == 0 && json_array_size(json_object_get(one, "topics")) == 4)
			log = one;
	}
	assert_non_null(log);
	assert_int_equal(u256_from_decimal(&covered, text_at(quote, "debtCovered"), strlen(text_at(quote, "debtCovered"))), OK);
	assert_int_equal(u256_from_decimal(&seized, text_at(quote, "collateralSeized"), strlen(text_at(quote, "collateralSeized"))), OK);
	u256_to_be(words, &covered);
	u256_to_be(words + 32, &seized);
	(void)hex_from_bytes(expected, (struct bytes){ words, 64 });
	assert_memory_equal(text_at(log, "data"), expected, strlen(expected));
	json_decref(receipt);
	json_decref(quote);
}

/* -- oracle, proofs, status -------------------------------------------------------------------- */

static void the_oracle_tells_what_reporters_sign_for(void **unused)
{
	json_t *oracle = ask("plimsoll_oracleInfo", "[]"), *feed;

	(void)unused;
	assert_int_equal(json_integer_value(json_object_get(oracle, "chainId")), CHAIN_ID);
	assert_string_equal(text_at(oracle, "aggregator"), "0x506c696d736f6c6c0000000000000000000d0000");
	assert_int_equal(json_integer_value(json_object_get(oracle, "f")), 1);
	assert_int_equal(json_array_size(json_object_get(oracle, "reporters")), 4);
	assert_int_equal(json_array_size(json_object_get(oracle, "feeds")), 5);
	feed = json_array_get(json_object_get(oracle, "feeds"), 0);
	assert_string_equal(text_at(feed, "description"), "ETH / USD");
	assert_string_equal(text_at(feed, "id"), "0xe817771ce9a920bedb186aa7e06e11a7d2e030cee3a8380f588f5ba037d4b9ae");
	json_decref(oracle);
}

static void a_report_that_is_none_is_refused(void **unused)
{
	(void)unused;
	assert_refused_as("plimsoll_submitReport", "[\"0x\"]", -32000, "report refused: ");
	assert_refused_as("plimsoll_submitReport", "[\"0x4f5250310101\"]", -32000, "report refused: ");
	assert_refused_as("plimsoll_submitReport", "[5]", -32602, "invalid argument 0");
}

/* Hex text at a key, decoded. */
static struct bytes bytes_at(const json_t *object, const char *key, u8 *out, size_t capacity)
{
	const char *text = text_at(object, key);
	size_t size;

	assert_int_equal(hex_to_bytes(out, &size, capacity, text, strlen(text)), OK);
	return (struct bytes){ out, size };
}

/* A proof as a client would check it, from the JSON alone. */
static void assert_proof_holds(const json_t *proof, const struct hash *root)
{
	const json_t *leaf = json_object_get(proof, "leaf"), *siblings = json_object_get(proof, "siblings");
	static struct state_proof p;
	u8 key[64], value[400], hash[32];
	bool exists = json_is_true(json_object_get(proof, "exists"));
	struct bytes value_bytes = { NULL, 0 };

	memset(&p, 0, sizeof p);
	p.root = *root;
	p.exists = exists;
	p.has_leaf = json_is_object(leaf);
	if (p.has_leaf) {
		memcpy(p.leaf_key.bytes, bytes_at(leaf, "keyHash", hash, 32).at, 32);
		memcpy(p.leaf_value.bytes, bytes_at(leaf, "valueHash", hash, 32).at, 32);
	}
	p.depth = (u32)json_array_size(siblings);
	for (u32 i = 0; i < p.depth; i++)
		assert_int_equal(hex_to_hash(&p.siblings[i], json_string_value(json_array_get(siblings, i)), 66), OK);
	if (exists)
		value_bytes = bytes_at(proof, "value", value, sizeof value);
	assert_true(state_proof_verify(&p, bytes_at(proof, "key", key, sizeof key), value_bytes));
}

static void a_proof_holds_against_the_root_in_the_header(void **unused)
{
	json_t *answer = ask("plimsoll_getProof", "[[{\"account\":\"" ALICE "\"},{\"account\":\"" NOBODY "\"},"
						  "{\"table\":\"reserve\",\"key\":\"0x0000\"}]]");
	json_t *block, *proofs = json_object_get(answer, "proofs");
	static u8 proof[1 << 15];
	char params[100];
	struct hash root;

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\",false]", text_at(answer, "blockHash"));
	block = ask("eth_getBlockByHash", params);
	assert_string_equal(text_at(block, "stateRoot"), text_at(answer, "root"));
	assert_int_equal(hex_to_hash(&root, text_at(block, "stateRoot"), 66), OK);
	assert_int_equal(json_array_size(proofs), 3);
	for (size_t i = 0; i < 3; i++)
		assert_proof_holds(json_array_get(proofs, i), &root);
	assert_true(json_is_true(json_object_get(json_array_get(proofs, 0), "exists")));
	assert_false(json_is_true(json_object_get(json_array_get(proofs, 1), "exists")));
	assert_true(json_is_null(json_object_get(json_array_get(proofs, 1), "value")));
	/* CommitmentProof: field 1 is presence, field 2 absence. */
	assert_int_equal(bytes_at(json_array_get(proofs, 0), "ics23", proof, sizeof proof).at[0], 0x0a);
	assert_int_equal(bytes_at(json_array_get(proofs, 1), "ics23", proof, sizeof proof).at[0], 0x12);
	assert_int_equal(bytes_at(json_array_get(proofs, 2), "ics23", proof, sizeof proof).at[0], 0x0a);
	json_decref(block);
	json_decref(answer);
}

static void proofs_of_nothing_are_refused(void **unused)
{
	(void)unused;
	assert_refused_as("plimsoll_getProof", "[{\"table\":\"nothing\",\"key\":\"0x00\"}]", -32602, "a proof needs");
	assert_refused("plimsoll_getProof", "[{\"table\":\"reserve\",\"key\":\"0x00\"}]", -32602,
		       "invalid key: a key of table reserve has 2 bytes");
	assert_refused("plimsoll_getProof", "[{\"account\":\"" ALICE "\",\"key\":\"0x\"}]", -32602,
		       "there is no \"key\" here; known: account");
	assert_refused_as("plimsoll_getProof", "[{}]", -32602, "a proof needs");
	assert_refused_as("plimsoll_getProof", "[5]", -32602, "invalid argument 0");
	assert_refused("plimsoll_getProof", "[{\"account\":\"" ALICE "\"},\"0xffffff\"]", -32000, "header not found");
}

static void status_and_help_tell_about_the_node(void **unused)
{
	json_t *status = ask("plimsoll_status", "[]"), *help = ask("plimsoll_help", "[]");

	(void)unused;
	assert_keys(status, "clientVersion,chainId,devnet,failed,height,headHash,headTime,headAge,pool,risk,oracle,figures");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(status, "risk"), "accountsWithDebt")), 1);
	assert_true(json_object_size(help) > 50);
	assert_non_null(strstr(text_at(help, "eth_call"), "what the call returns"));
	json_decref(help);
	json_decref(status);
}

/* The manual has a row for every method.  Run from the top of the tree. */
static void every_method_is_in_the_manual(void **unused)
{
	static char text[1 << 16];
	json_t *help = ask("plimsoll_help", "[]"), *line;
	FILE *file = fopen("docs/rpc.md", "r");
	const char *name;
	char row[80];
	size_t size;

	(void)unused;
	assert_non_null(file);
	size = fread(text, 1, sizeof text - 1, file);
	assert_true(size > 0 && size < sizeof text - 1);
	(void)fclose(file);
	json_object_foreach(help, name, line)
	{
		(void)snprintf(row, sizeof row, "| `%s` |", name);
		if (!strstr(text, row))
			fail_msg("docs/rpc.md has no row %s", row);
	}
	json_decref(help);
}

/* USDC's own bonus is 1.045; whoever is in the category of stablecoins loses less. */
static void a_quote_tells_the_bonus_of_the_users_category(void **unused)
{
	json_t *quote;

	(void)unused;
	do_from(1, DAI, "0x095ea7b3" W_POOL W_MAX);
	do_from(1, POOL, "0x617ba037" W_DAI W_DAI_LENT W_BOB W_ZERO);
	do_from(0, POOL, "0x28530a47" W_STABLES);
	do_from(0, POOL, "0xa415bcad" W_DAI W_DAI_LOAN W_TWO W_ZERO W_ALICE);
	do_from(0, USDC_FEED, "0x99213cd8" W_CHEAP);
	quote = ask("plimsoll_quoteLiquidation", "[\"" USDC "\",\"" DAI "\",\"" ALICE "\",\"1000000000000000000000\",false,null,\"" BOB "\"]");
	assert_true(json_is_null(json_object_get(quote, "reverts")));
	assert_string_equal(text_at(quote, "liquidationBonus"), "1.01");
	assert_string_equal(text_at(quote, "liquidationProtocolFee"), "0.1");
	assert_true(decimal_at(quote, "bonusValueUsd") < 10); /* of some 1000 dollars */
	json_decref(quote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(health_is_told_with_every_position),
		cmocka_unit_test(health_is_null_while_nothing_is_owed),
		cmocka_unit_test(a_position_that_was_emptied_is_listed_no_more),
		cmocka_unit_test(markets_tell_price_balances_and_rates),
		cmocka_unit_test(a_quote_for_a_healthy_account_names_the_refusal),
		cmocka_unit_test(an_account_at_risk_is_listed_below_the_bound_only),
		cmocka_unit_test(bounds_and_pages_that_make_no_sense_are_refused),
		cmocka_unit_test(after_the_crash_the_account_can_be_liquidated),
		cmocka_unit_test(a_quote_is_what_the_liquidation_then_does),
		cmocka_unit_test(the_oracle_tells_what_reporters_sign_for),
		cmocka_unit_test(a_report_that_is_none_is_refused),
		cmocka_unit_test(a_proof_holds_against_the_root_in_the_header),
		cmocka_unit_test(proofs_of_nothing_are_refused),
		cmocka_unit_test(status_and_help_tell_about_the_node),
		cmocka_unit_test(every_method_is_in_the_manual),
		cmocka_unit_test(a_quote_tells_the_bonus_of_the_users_category),
	};

	return cmocka_run_group_tests(tests, begin, fixture_stop);
}
