#include "client/hd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/ecdsa.h"
#include "base/hex.h"
#include "client/mnemonic.h"

static void hex_equals(const u8 at[32], const char *expected)
{
	char text[67];

	hex_from_bytes(text, (struct bytes){ at, 32 });
	assert_string_equal(text + 2, expected);
}

static struct hd_path path_of(const char *text)
{
	struct hd_path path;

	assert_int_equal(hd_path_parse(&path, text), OK);
	return path;
}

/* Test vector 1 of BIP-32: secret keys and chain codes of its extended keys. */
static void the_first_vector_of_bip_32_holds(void **unused)
{
	static const struct {
		u32 step;
		const char *key, *chain_code;
	} rows[] = {
		{ HD_HARDENED, "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea",
		  "47fdacbd0f1097043b78c63c20c34ef4ed9a111d980047ad16282c7ae6236141" },
		{ 1, "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368",
		  "2a7857631386ba23dacac34180dd1983734e444fdbf774041578e9b6adb37c19" },
		{ 2 | HD_HARDENED, "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca",
		  "04466b9cc8e161e966409ca52986c584f07e9dc81f735db683c3ff6ec7b1503f" },
		{ 2, "0f479245fb19a38a1954c5c7c0ebab2f9bdfd96a17563ef28a6a4b1a2a764ef4",
		  "cfb71883f01676f587d023cc53a35bc7f88f724b1f8c2892ac1275ac822a3edd" },
		{ 1000000000, "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8",
		  "c783e67b921d2beb8f6b389cc646d7263b4145701dadd2161548a8b078e65e9e" },
	};
	struct hd_node node;
	u8 seed[16];

	(void)unused;
	for (u8 i = 0; i < 16; i++)
		seed[i] = i;
	assert_int_equal(hd_master(&node, (struct bytes){ seed, sizeof seed }), OK);
	hex_equals(node.key, "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35");
	hex_equals(node.chain_code, "873dff81c02f525623fd1fe5167eac3a55a049de3d314bb42ee227ffed37d508");
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(hd_child(&node, &node, rows[i].step), OK);
		hex_equals(node.key, rows[i].key);
		hex_equals(node.chain_code, rows[i].chain_code);
	}
}

static void accounts_are_those_of_other_wallets(void **unused)
{
	static const struct {
		const char *path, *owner;
	} rows[] = {
		{ HD_PATH_DEFAULT, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" },
		{ "m/44'/60'/0'/0/1", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" },
		{ "m/44h/60h/1h/0/0", "0x8C8d35429F74ec245F8Ef2f4Fd1e551cFF97d650" },
		{ "m/44'/60'/0'/0", "0x1e59ce931B4CFea3fe4B875411e280e173cB7A9C" },
		{ "m/44'/60'/0'/0/2147483647", "0x9d90537E6c8631CF4cBf3F3049519844027a3d68" },
		{ "m/0'/1/2'/2/1000000000", "0x92C4B1a512787dD5958E3b81C52d673aEaA2b87C" },
		{ "m", "0xF5a6EAD936fb47f342Bb63E676479bDdf26EbE1d" },
	};
	u8 seed[MNEMONIC_SEED_SIZE], key[32];
	char why[MNEMONIC_WHY_MAX], text[HEX_ADDRESS_SIZE];

	(void)unused;
	assert_int_equal(mnemonic_seed(seed, "test test test test test test test test test test test junk",
				       "", why),
			 OK);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct hd_path path = path_of(rows[i].path);
		struct address owner;

		assert_int_equal(hd_key(key, (struct bytes){ seed, sizeof seed }, &path), OK);
		assert_int_equal(address_of_key(&owner, key), OK);
		hex_checksum_address(text, &owner);
		assert_string_equal(text, rows[i].owner);
	}
}

static void paths_are_written_as_they_are_read(void **unused)
{
#define STEP "/2147483647'"
	static const char *const rows[] = {
		"m",
		"m/0",
		"m/44'/60'/0'/0/0",
		"m/2147483647'/2147483647",
		"m/1'/2147483647'/2147483647'/2147483647'/2147483647'/2147483647'/2147483647'/2'/3/4",
	};
	static const char LONGEST[] = "m" STEP STEP STEP STEP STEP STEP STEP STEP STEP STEP;
	struct hd_path longest;
	char text[HD_PATH_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct hd_path path = path_of(rows[i]);

		hd_path_format(text, &path);
		assert_string_equal(text, rows[i]);
	}
	longest = path_of(LONGEST);
	hd_path_format(text, &longest);
	assert_string_equal(text, LONGEST);
#undef STEP
}

static void a_step_is_replaced_and_stays_as_hard_as_it_was(void **unused)
{
	struct hd_path path = path_of(HD_PATH_DEFAULT);
	char text[HD_PATH_MAX];

	(void)unused;
	assert_int_equal(hd_path_set(&path, 4, 7), OK);
	assert_int_equal(hd_path_set(&path, HD_LEDGER_STEP, 3), OK);
	assert_int_equal(hd_path_set(&path, 5, 1), ERR_RANGE);
	assert_int_equal(hd_path_set(&path, 4, HD_HARDENED), ERR_RANGE);
	hd_path_format(text, &path);
	assert_string_equal(text, "m/44'/60'/3'/0/7");
}

static void malformed_paths_are_refused(void **unused)
{
	static const struct {
		const char *text;
		enum err e;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "44'/60'", ERR_SYNTAX },
		{ "M/1", ERR_SYNTAX },
		{ "m/", ERR_SYNTAX },
		{ "m1", ERR_SYNTAX },
		{ "m//1", ERR_SYNTAX },
		{ "m/1/", ERR_SYNTAX },
		{ "m/-1", ERR_SYNTAX },
		{ "m/1''", ERR_SYNTAX },
		{ "m/1x", ERR_SYNTAX },
		{ "m/ 1", ERR_SYNTAX },
		{ "m/2147483648", ERR_RANGE },
		{ "m/99999999999999999999999", ERR_RANGE },
		{ "m/0/0/0/0/0/0/0/0/0/0/0", ERR_DEPTH },
	};
	struct hd_path path = { .depth = 3 };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_int_equal(hd_path_parse(&path, rows[i].text), rows[i].e);
	assert_int_equal(path.depth, 3);
}

static void seeds_that_are_too_short_or_too_long_are_refused(void **unused)
{
	static const u8 seed[65];
	struct hd_node node;

	(void)unused;
	assert_int_equal(hd_master(&node, (struct bytes){ seed, 15 }), ERR_SIZE);
	assert_int_equal(hd_master(&node, (struct bytes){ seed, 65 }), ERR_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_vector_of_bip_32_holds),
		cmocka_unit_test(accounts_are_those_of_other_wallets),
		cmocka_unit_test(paths_are_written_as_they_are_read),
		cmocka_unit_test(a_step_is_replaced_and_stays_as_hard_as_it_was),
		cmocka_unit_test(malformed_paths_are_refused),
		cmocka_unit_test(seeds_that_are_too_short_or_too_long_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
