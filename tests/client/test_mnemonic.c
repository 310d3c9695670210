#include "client/mnemonic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/hex.h"
#include "tests/client/mnemonic_vectors.h"

#define JUNK "test test test test test test test test test test test junk"

static char why[MNEMONIC_WHY_MAX];

static size_t bytes_of(u8 *out, size_t capacity, const char *digits)
{
	char text[2 + 2 * MNEMONIC_SEED_SIZE + 1];
	size_t size = 0;

	snprintf(text, sizeof text, "0x%s", digits);
	assert_int_equal(hex_to_bytes(out, &size, capacity, text, strlen(text)), OK);
	return size;
}

static void the_list_is_that_of_the_standard(void **unused)
{
	char text[67];
	struct hash sum;

	(void)unused;
	sha256(&sum, mnemonic_list());
	hex_from_bytes(text, (struct bytes){ sum.bytes, sizeof sum.bytes });
	assert_string_equal(text, "0x2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
}

static void phrases_and_seeds_are_those_of_other_wallets(void **unused)
{
	u8 entropy[MNEMONIC_ENTROPY_MAX], back[MNEMONIC_ENTROPY_MAX];
	u8 seed[MNEMONIC_SEED_SIZE], expected[MNEMONIC_SEED_SIZE];
	char phrase[MNEMONIC_TEXT_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(phrases); i++) {
		size_t size = bytes_of(entropy, sizeof entropy, phrases[i].entropy), back_size = 0;

		assert_int_equal(mnemonic_from_entropy(phrase, (struct bytes){ entropy, size }), OK);
		assert_string_equal(phrase, phrases[i].phrase);
		assert_int_equal(mnemonic_to_entropy(back, &back_size, phrase, why), OK);
		assert_int_equal(back_size, size);
		assert_memory_equal(back, entropy, size);
		assert_int_equal(mnemonic_seed(seed, phrase, phrases[i].passphrase, why), OK);
		bytes_of(expected, sizeof expected, phrases[i].seed);
		assert_memory_equal(seed, expected, sizeof seed);
	}
}

static void a_passphrase_is_the_same_however_its_accents_are_typed(void **unused)
{
	u8 seed[MNEMONIC_SEED_SIZE], expected[MNEMONIC_SEED_SIZE];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(accents); i++) {
		bytes_of(expected, sizeof expected, accents[i].seed);
		assert_int_equal(mnemonic_stretch(seed, accents[i].phrase, accents[i].passphrase), OK);
		assert_memory_equal(seed, expected, sizeof seed);
		if ((u8)accents[i].phrase[0] >= 0x80)
			continue;
		memset(seed, 0, sizeof seed);
		assert_int_equal(mnemonic_seed(seed, accents[i].phrase, accents[i].passphrase, why), OK);
		assert_memory_equal(seed, expected, sizeof seed);
	}
}

static void capitals_and_space_do_not_matter(void **unused)
{
	u8 seed[MNEMONIC_SEED_SIZE], expected[MNEMONIC_SEED_SIZE];

	(void)unused;
	bytes_of(expected, sizeof expected,
		 "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185"
		 "d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0");
	assert_int_equal(mnemonic_seed(seed, JUNK, "", why), OK);
	assert_memory_equal(seed, expected, sizeof seed);
	assert_int_equal(mnemonic_seed(seed, "  Test test\ttest test test test\r\n"
					     "test TEST test test test  junk \n",
				       "", why),
			 OK);
	assert_memory_equal(seed, expected, sizeof seed);
}

static void wrong_phrases_are_refused_with_the_reason(void **unused)
{
	static const struct {
		const char *phrase;
		enum err e;
		const char *says;
	} rows[] = {
		{ "", ERR_SIZE, "not 0" },
		{ "test", ERR_SIZE, "not 1" },
		{ "test test test", ERR_SIZE, "not 3" },
		{ JUNK " junk", ERR_SIZE, "not 13" },
		{ JUNK " " JUNK " test", ERR_SIZE, "more than 24" },
		{ JUNK " " JUNK " " JUNK, ERR_SIZE, "more than 24" },
		{ "test test test test test test test test test test test test", ERR_CANONICAL,
		  "checksum" },
		{ "junk test test test test test test test test test test test", ERR_CANONICAL,
		  "checksum" },
		{ "test test test test testt test test test test test test junk", ERR_NOT_FOUND,
		  "word 5 is" },
		{ "test test test test test test test test test test test jun", ERR_NOT_FOUND,
		  "word 12 is" },
		{ "incomprehensibilities", ERR_NOT_FOUND, "word 1 is" },
	};
	u8 entropy[MNEMONIC_ENTROPY_MAX] = { 0 }, seed[MNEMONIC_SEED_SIZE];
	size_t size = 99;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(mnemonic_to_entropy(entropy, &size, rows[i].phrase, why), rows[i].e);
		assert_non_null(strstr(why, rows[i].says));
		assert_int_equal(mnemonic_seed(seed, rows[i].phrase, "", why), rows[i].e);
	}
	assert_int_equal(size, 99);
}

static void no_single_swapped_word_passes_unless_its_checksum_does(void **unused)
{
	u8 entropy[MNEMONIC_ENTROPY_MAX];
	size_t size, fits = 0;
	char phrase[MNEMONIC_TEXT_MAX];
	struct bytes list = mnemonic_list();

	(void)unused;
	for (const u8 *at = list.at; at < list.at + list.size;) {
		int length = (int)strcspn((const char *)at, "\n");

		snprintf(phrase, sizeof phrase, "test test test test test test test test test test test %.*s",
			 length, (const char *)at);
		fits += mnemonic_to_entropy(entropy, &size, phrase, why) == OK;
		at += length + 1;
	}
	assert_int_equal(fits, 128); /* 2048 words, 4 bits of checksum */
}

static void entropy_of_odd_sizes_is_refused(void **unused)
{
	u8 entropy[40] = { 0 };
	char phrase[MNEMONIC_TEXT_MAX];

	(void)unused;
	for (size_t size = 0; size <= sizeof entropy; size++)
		assert_int_equal(mnemonic_from_entropy(phrase, (struct bytes){ entropy, size }),
				 size >= 16 && size <= 32 && size % 4 == 0 ? OK : ERR_SIZE);
}

static void a_passphrase_that_is_no_text_is_refused(void **unused)
{
	u8 seed[MNEMONIC_SEED_SIZE];

	(void)unused;
	assert_int_equal(mnemonic_seed(seed, JUNK, "caf\xe9", why), ERR_TYPE);
	assert_non_null(strstr(why, "not UTF-8"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_that_of_the_standard),
		cmocka_unit_test(phrases_and_seeds_are_those_of_other_wallets),
		cmocka_unit_test(a_passphrase_is_the_same_however_its_accents_are_typed),
		cmocka_unit_test(capitals_and_space_do_not_matter),
		cmocka_unit_test(wrong_phrases_are_refused_with_the_reason),
		cmocka_unit_test(no_single_swapped_word_passes_unless_its_checksum_does),
		cmocka_unit_test(entropy_of_odd_sizes_is_refused),
		cmocka_unit_test(a_passphrase_that_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
