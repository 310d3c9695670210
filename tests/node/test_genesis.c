#include "tests/node/node_fixture.h"

#include "node/file.h"

static struct bytes text_of(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

/* The devnet's document with a time, as a string to change. */
static char *devnet_text(void)
{
	char why[JSON_WHY_MAX];
	char *text = NULL;

	assert_int_equal(genesis_settle(&text, genesis_devnet(), 1700000000, why), OK);
	return text;
}

/* The first from in text replaced by to; free() it. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t size = strlen(text) + strlen(to) + 1;
	char *out = malloc(size);

	assert_non_null(at);
	assert_non_null(out);
	(void)snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

static void the_devnet_is_a_market(void **unused)
{
	struct genesis g;
	char why[JSON_WHY_MAX] = "";
	char *text = devnet_text();

	(void)unused;
	if (genesis_parse(&g, text_of(text), why) != OK)
		fail_msg("%s", why);
	assert_int_equal(g.chain_id, 20260);
	assert_int_equal(g.time, 1700000000);
	assert_int_equal(g.gas_limit, 30000000);
	assert_int_equal(u256_low64(&g.base_fee), 1000000000);
	assert_true(g.devnet);
	assert_int_equal(g.token_count, 5);
	assert_int_equal(g.feed_count, 5);
	assert_int_equal(g.reserve_count, 5);
	assert_int_equal(g.reporter_count, 4);
	assert_string_equal(g.tokens[1].symbol, "WBTC");
	assert_int_equal(g.tokens[1].decimals, 8);
	assert_string_equal(g.feeds[g.reserves[1].feed].name, "BTC/USD:spot:1");
	assert_int_equal(g.reserves[0].ltv, 8050);
	assert_int_equal(g.reserves[0].slope2, 8000);
	/* USDC and DAI are reserves 3 and 4. */
	assert_int_equal(g.emodes[0].collateral.limb[0], 0x18);
	genesis_free(&g);
	free(text);
}

static void the_devnet_file_is_compiled_in(void **unused)
{
	u8 *text;
	size_t size;

	(void)unused;
	assert_int_equal(file_read(&text, &size, "genesis/devnet.json", GENESIS_SIZE_MAX), OK);
	assert_int_equal(size, genesis_devnet().size);
	assert_memory_equal(text, genesis_devnet().at, size);
	free(text);
}

static void the_devnet_funds_its_keys(void **unused)
{
	struct genesis g;
	char why[JSON_WHY_MAX];
	char *text = devnet_text();
	u8 key[32];
	struct hash relay;
	struct address owner;
	bool has_relay = false;

	(void)unused;
	assert_int_equal(genesis_parse(&g, text_of(text), why), OK);
	for (u32 i = 0; i < FIXTURE_ACCOUNTS; i++) {
		fixture_key(key, i);
		assert_int_equal(address_of_key(&owner, key), OK);
		assert_int_equal(address_cmp(&owner, &dev_accounts[i]), 0);
	}
	for (u8 i = 0; i < 4; i++) {
		char name[16];
		struct hash secret;

		(void)snprintf(name, sizeof name, "reporter-%u", i);
		keccak256(&secret, text_of(name));
		assert_int_equal(address_of_key(&owner, secret.bytes), OK);
		assert_int_equal(address_cmp(&owner, &g.reporters[i]), 0);
	}
	keccak256(&relay, text_of("relay"));
	assert_int_equal(address_of_key(&owner, relay.bytes), OK);
	for (u32 i = 0; i < g.balance_count; i++)
		has_relay |= g.balances[i].is_native && address_cmp(&g.balances[i].owner, &owner) == 0;
	assert_true(has_relay);
	genesis_free(&g);
	free(text);
}

static void the_dev_accounts_are_those_that_tools_print(void **unused)
{
	static const struct {
		u32 i;
		const char *text;
	} known[] = {
		{ 0, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" },
		{ 3, "0x90F79bf6EB2c4f870365E785982E1f101E93b906" },
		{ 9, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720" },
		{ 15, "0xcd3B766CCDd6AE721141F452C550Ca635964ce71" },
		{ 19, "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199" },
	};
	char text[HEX_ADDRESS_SIZE];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
		hex_checksum_address(text, &dev_accounts[known[i].i]);
		assert_string_equal(text, known[i].text);
	}
}

static void the_id_does_not_depend_on_layout(void **unused)
{
	struct genesis a, b, c;
	char why[JSON_WHY_MAX];
	char *text = devnet_text();
	char *spaced = replaced(text, "{", "{ \n\t ");
	char *other = replaced(text, "1700000000", "1700000001");

	(void)unused;
	assert_int_equal(genesis_parse(&a, text_of(text), why), OK);
	assert_int_equal(genesis_parse(&b, text_of(spaced), why), OK);
	assert_int_equal(genesis_parse(&c, text_of(other), why), OK);
	assert_int_equal(hash_cmp(&a.id, &b.id), 0);
	assert_int_not_equal(hash_cmp(&a.id, &c.id), 0);
	genesis_free(&a);
	genesis_free(&b);
	genesis_free(&c);
	free(text);
	free(spaced);
	free(other);
}

static void the_id_is_the_keccak_of_the_canonical_text(void **unused)
{
	/* Keys sorted, no white space: the document is its own canonical text. */
	static const char text[] =
		"{\"admin\":\"0x0000000000000000000000000000000000000001\",\"balances\":{},"
		"\"baseFeePerGas\":\"0\",\"chainId\":7,"
		"\"coinbase\":\"0x0000000000000000000000000000000000000001\",\"devnet\":false,\"eModes\":[],"
		"\"feeds\":[],\"flashLoanPremium\":5,\"gasLimit\":30000000,"
		"\"oracle\":{\"period\":1,\"reporters\":[],\"setId\":1},\"reserves\":[],\"time\":1,\"tokens\":[],"
		"\"treasury\":\"0x0000000000000000000000000000000000000001\","
		"\"umbrella\":\"0x0000000000000000000000000000000000000001\"}";
	struct genesis g;
	struct hash id;
	char why[JSON_WHY_MAX] = "";

	(void)unused;
	if (genesis_parse(&g, text_of(text), why) != OK)
		fail_msg("%s", why);
	keccak256(&id, text_of(text));
	assert_int_equal(hash_cmp(&id, &g.id), 0);
	genesis_free(&g);
}

static void refusals_name_the_place(void **unused)
{
	static const struct {
		const char *from, *to, *why;
	} wrong[] = {
		{ "\"ltv\": 8050", "\"ltv\": 65536", "reserves[0].ltv: must be an integer from 0 to 65535" },
		{ "\"ltv\": 8050", "\"ltv\": 80.5", "reserves[0].ltv: must be an integer from 0 to 65535" },
		{ "\"ltv\": 8050", "\"ltv\": -1", "reserves[0].ltv: must be an integer from 0 to 65535" },
		{ "\"ltv\": 7300", "\"ltw\": 7300", "reserves[1].ltw: unknown key" },
		{ "\"slope1\": 270,", "", "reserves[0].rates.slope1: is missing" },
		{ "\"chainId\": 20260", "\"chainId\": \"20260\"",
		  "chainId: must be an integer from 0 to 9223372036854775807" },
		{ "\"time\": 1700000000", "\"time\": \"now\"",
		  "time: must be an integer from 0 to 9223372036854775807" },
		{ "\"devnet\": true", "\"devnet\": 1", "devnet: must be true or false" },
		{ "\"1000000000\"", "\"0x3b9aca00\"",
		  "baseFeePerGas: must be a decimal string below 2^256, such as \"1000000000\"" },
		{ "\"token\": \"WBTC\"", "\"token\": \"BTC\"",
		  "reserves[1].token: no token has the symbol \"BTC\"" },
		{ "\"feed\": \"BTC/USD:spot:1\"", "\"feed\": \"BTC\"",
		  "reserves[1].feed: no feed has the name \"BTC\"" },
		{ "\"symbol\": \"WETH\"", "\"symbol\": \"\"",
		  "tokens[0].symbol: must be a string of 1 to 16 characters" },
		{ "\"symbol\": \"WETH\"", "\"symbol\": \"W\\u00c9TH\"",
		  "tokens[0].symbol: must be printable ASCII" },
		{ "0x8534a5f975b28f58646a437132d1644c477072e6", "0x85",
		  "oracle.reporters[0]: must be an address: 0x and 40 hexadecimal digits" },
	};
	char *text = devnet_text();

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		struct genesis g = { 0 };
		char why[JSON_WHY_MAX] = "";
		char *bad = replaced(text, wrong[i].from, wrong[i].to);

		assert_int_equal(genesis_parse(&g, text_of(bad), why), ERR_SYNTAX);
		assert_string_equal(why, wrong[i].why);
		assert_null(g.tokens);
		free(bad);
	}
	free(text);
}

static void a_key_written_twice_is_refused(void **unused)
{
	struct genesis g;
	char why[JSON_WHY_MAX];
	char *text = devnet_text();
	char *bad = replaced(text, "\"devnet\": true", "\"devnet\": true, \"devnet\": true");

	(void)unused;
	assert_int_equal(genesis_parse(&g, text_of(bad), why), ERR_SYNTAX);
	assert_non_null(strstr(why, "line "));
	free(bad);
	free(text);
}

static void an_address_in_two_cases_is_refused(void **unused)
{
	struct genesis g;
	char why[JSON_WHY_MAX];
	char *text = devnet_text();
	char *bad = replaced(text, "\"balances\": {",
			     "\"balances\": { \"0xF39fd6e51aad88f6f4ce6ab8827279cfffb92266\": "
			     "{\"native\": \"1\"},");

	(void)unused;
	assert_int_equal(genesis_parse(&g, text_of(bad), why), ERR_SYNTAX);
	assert_string_equal(why, "balances: an address is written twice, in different case");
	free(bad);
	free(text);
}

static void numbers_that_make_no_market_are_refused(void **unused)
{
	struct genesis g;
	char why[JSON_WHY_MAX];
	char *text = devnet_text();
	char *bad = replaced(text, "\"ltv\": 8050", "\"ltv\": 8400");

	(void)unused;
	assert_int_equal(genesis_parse(&g, text_of(bad), why), ERR_RANGE);
	assert_true(strlen(why) > 0);
	free(bad);
	free(text);
}

static void text_that_is_no_document_is_refused(void **unused)
{
	static const char *const texts[] = { "", "[]", "null", "{", "{}", "{}x", "\"\\u0000\"" };
	struct genesis g;
	char why[JSON_WHY_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		assert_int_equal(genesis_parse(&g, text_of(texts[i]), why), ERR_SYNTAX);
}

static void a_document_that_begins_now_gets_a_time(void **unused)
{
	char why[JSON_WHY_MAX];
	char *text = devnet_text(), *again;

	(void)unused;
	assert_non_null(strstr(text, "\"time\": 1700000000"));
	assert_int_equal(genesis_settle(&again, text_of(text), 42, why), OK);
	assert_string_equal(text, again);
	free(again);
	free(text);
}

static void a_market_file_becomes_a_devnet(void **unused)
{
	static const char market[] =
		"{\"name\":\"m\",\"note\":\"n\",\"genesisTime\":1750000000,\"flashLoanPremium\":5,\"reserves\":["
		"{\"symbol\":\"AAA\",\"decimals\":6,\"price\":\"100000000\",\"ltv\":7500,"
		"\"liquidationThreshold\":7800,\"liquidationBonus\":10450,\"reserveFactor\":1000,"
		"\"liquidationProtocolFee\":1000,\"supplyCap\":10,\"borrowCap\":5,\"debtCeiling\":0,"
		"\"borrowingEnabled\":true,\"flashLoanEnabled\":true,\"borrowableInIsolation\":true,"
		"\"siloedBorrowing\":false,\"rates\":{\"optimal\":9200,\"base\":1,\"slope1\":550,\"slope2\":4000}}],"
		"\"eModes\":[{\"id\":1,\"label\":\"Stable\",\"ltv\":9300,\"liquidationThreshold\":9500,"
		"\"liquidationBonus\":10100,\"collateral\":[\"AAA\"],\"borrowable\":[\"AAA\"],\"ltvzero\":[]}]}";
	struct genesis g;
	char why[JSON_WHY_MAX] = "";

	(void)unused;
	if (genesis_from_market(&g, text_of(market), 31337, why) != OK)
		fail_msg("%s", why);
	assert_int_equal(g.chain_id, 31337);
	assert_int_equal(g.time, 1750000000);
	assert_true(g.devnet);
	assert_true(u256_is_zero(&g.base_fee));
	assert_string_equal(g.tokens[0].symbol, "AAA");
	assert_string_equal(g.tokens[0].name, "Mock AAA");
	assert_int_equal(u256_low64(&g.feeds[0].answer), 100000000);
	assert_int_equal(g.reserves[0].base, 1);
	assert_int_equal(g.emodes[0].borrowable.limb[0], 1);
	assert_int_equal(address_cmp(&g.admin, &dev_accounts[0]), 0);
	assert_int_equal(address_cmp(&g.umbrella, &dev_accounts[15]), 0);
	genesis_free(&g);
}

static void what_a_market_file_leaves_out_is_off(void **unused)
{
	static const char market[] =
		"{\"name\":\"m\",\"genesisTime\":1,\"flashLoanPremium\":0,\"author\":[\"unknown\"],\"reserves\":["
		"{\"symbol\":\"AAA\",\"decimals\":6,\"price\":\"1\",\"reserveFactor\":1,"
		"\"rates\":{\"optimal\":9200,\"base\":1,\"slope1\":550,\"slope2\":4000}}]}";
	struct genesis g;
	char why[JSON_WHY_MAX] = "";

	(void)unused;
	if (genesis_from_market(&g, text_of(market), 31337, why) != OK)
		fail_msg("%s", why);
	assert_int_equal(g.reserves[0].ltv, 0);
	assert_false(g.reserves[0].borrowing);
	assert_int_equal(g.reserves[0].supply_cap, 0);
	assert_int_equal(g.reserves[0].reserve_factor, 1);
	assert_int_equal(g.emode_count, 0);
	genesis_free(&g);
	assert_int_equal(genesis_from_market(&g, text_of("{}"), 31337, why), ERR_SYNTAX);
	assert_int_equal(genesis_from_market(&g, text_of("[]"), 31337, why), ERR_SYNTAX);
	assert_int_equal(genesis_from_market(&g, text_of("nothing"), 31337, why), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_devnet_is_a_market),
		cmocka_unit_test(the_devnet_file_is_compiled_in),
		cmocka_unit_test(the_devnet_funds_its_keys),
		cmocka_unit_test(the_dev_accounts_are_those_that_tools_print),
		cmocka_unit_test(the_id_does_not_depend_on_layout),
		cmocka_unit_test(the_id_is_the_keccak_of_the_canonical_text),
		cmocka_unit_test(refusals_name_the_place),
		cmocka_unit_test(a_key_written_twice_is_refused),
		cmocka_unit_test(an_address_in_two_cases_is_refused),
		cmocka_unit_test(numbers_that_make_no_market_are_refused),
		cmocka_unit_test(text_that_is_no_document_is_refused),
		cmocka_unit_test(a_document_that_begins_now_gets_a_time),
		cmocka_unit_test(a_market_file_becomes_a_devnet),
		cmocka_unit_test(what_a_market_file_leaves_out_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
