#include "tests/base/abi_fixture.h"

/* Inputs that are changed, or too large to be spelt. */
static u8 input[(4 << 10) * WORD];

static const char f[] = "f(uint256,uint32[],bytes10,bytes)";

static void calldata_may_end_in_bytes_without_their_padding(void **unused)
{
	struct bytes in = abi_words("123 80 '1234567890' e0 2 456 789 d 'Hello, world!'");
	struct abi_view v;

	(void)unused;
	in.size -= WORD - strlen("Hello, world!");
	v = decoded(f, in, ABI_CALLDATA);
	assert_bytes(&v, 3, "Hello, world!");
	in.size--;
	assert_int_equal(decode_error(f, in, ABI_CALLDATA), ERR_TRUNCATED);
}

static void a_value_outside_its_type_is_refused(void **unused)
{
	static const struct {
		const char *signature, *good, *bad;
	} rows[] = {
		{ "(uint8)", "ff", "100" },
		{ "(uint16)", "ffff", "10000" },
		{ "(uint64)", "ffffffffffffffff", "10000000000000000" },
		{ "(uint248)", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "~" },
		{ "(int8)", "7f", "80" },
		{ "(int8)", "~80", "~7f" },
		{ "(int16)", "~8000", "ff8000" },
		{ "(int16)", "~", "ffff" },
		{ "(int248)", "~80000000000000000000000000000000000000000000000000000000000000",
		  "80000000000000000000000000000000000000000000000000000000000000" },
		{ "(address)", "ffffffffffffffffffffffffffffffffffffffff", "~" },
		{ "(address)", "1", "10000000000000000000000000000000000000000" },
		{ "(bool)", "1", "2" },
		{ "(bool)", "0", "101" },
		{ "(bytes1)", "'a'", "'ab'" },
		{ "(bytes31)", "'abcdefghijklmnopqrstuvwxyz01234'", "1" },
		{ "(uint8[2])", "1 ff", "1 100" },
		{ "(bool[])", "20 2 0 1", "20 2 0 3" },
		{ "((bool,uint8)[])", "20 1 1 9", "20 1 2 9" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bytes in = abi_words(rows[i].good);

		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), OK);
		assert_int_equal(decode_error(rows[i].signature, in, ABI_STRICT), OK);
		in = abi_words(rows[i].bad);
		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), ERR_RANGE);
		assert_int_equal(decode_error(rows[i].signature, in, ABI_STRICT), ERR_RANGE);
	}
}

static void a_full_word_may_hold_anything(void **unused)
{
	struct abi_view v = decoded("(uint256,int256,bytes32)", abi_words("~ ~00 ~"), ABI_STRICT);
	struct u256 x = abi_u256(&v, 0), y = abi_u256(&v, 1);

	(void)unused;
	assert_true(u256_equal(&x, &U256_MAX));
	assert_true(y.limb[0] == ~0xffull && y.limb[3] == ~0ull);
}

static void an_offset_or_length_beyond_64_bits_is_refused(void **unused)
{
	static const struct {
		const char *signature, *encoding;
	} rows[] = {
		{ "(bytes)", "10000000000000020 0" },
		{ "(bytes)", "20 10000000000000000" },
		{ "(bool[])", "20 10000000000000000" },
		{ "(bytes)", "~20 0" },
		{ "(bytes)", "1000000000000000000000000000000000000000000000000000000000000020 0" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bytes in = abi_words(rows[i].encoding);

		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), ERR_RANGE);
	}
}

static void an_offset_or_length_outside_the_input_is_refused(void **unused)
{
	static const struct {
		const char *signature, *encoding;
	} rows[] = {
		{ "(bytes)", "21 0" },
		{ "(bytes)", "40 0" },
		{ "(bytes)", "41 0" },
		{ "(bytes)", "ffffffffffffffff 0" },
		{ "(bytes)", "ffffffffffffffe0 0" },
		{ "(bytes)", "20 1" },
		{ "(bytes)", "20 ffffffffffffffff" },
		{ "(bytes)", "20 ffffffffffffffe0" },
		{ "(bytes)", "20 21 0" },
		{ "(bool[])", "20 1" },
		{ "(bool[])", "20 3 0 0" },
		{ "(bool[])", "20 400 0" },
		{ "(bytes[])", "20 1 ffffffffffffffe0 0" },
		{ "((bytes))", "20 ffffffffffffffff 0" },
		{ "(bytes[2])", "20 40" },
		{ "((bytes,bytes))", "20 40" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bytes in = abi_words(rows[i].encoding);

		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), ERR_TRUNCATED);
	}
}

static void calldata_may_lay_tails_out_as_it_likes_but_strict_may_not(void **unused)
{
	static const struct {
		const char *signature, *encoding;
	} rows[] = {
		{ "(bytes,bytes)", "80 40 1 'b' 1 'a'" }, /* swapped */
		{ "(bytes,bytes)", "40 40 1 'a'" },       /* shared */
		{ "(bytes)", "40 0 1 'a'" },              /* a gap */
		{ "(bytes)", "0" },                       /* its own head is its length */
		{ "(bytes)", "20 1 'ab'" },               /* padding is not zero */
		{ "(uint8[],uint8[])", "60 40 0 1 5" },
		{ "(uint8[][])", "20 2 40 40 0" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bytes in = abi_words(rows[i].encoding);

		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), OK);
		assert_int_equal(decode_error(rows[i].signature, in, ABI_STRICT), ERR_CANONICAL);
	}
}

static void swapped_and_unaligned_tails_are_read_where_they_are(void **unused)
{
	struct bytes in = abi_words("81 40 1 'b' 1 'a' 0");
	struct abi_view v;

	(void)unused;
	memcpy(input, in.at, in.size);
	memmove(input + 0x81, input + 0x80, 0x40);
	v = decoded("(bytes,bytes)", (struct bytes){ input, in.size }, ABI_CALLDATA);
	assert_bytes(&v, 0, "a");
	assert_bytes(&v, 1, "b");
}

static void an_array_beyond_the_limit_is_refused(void **unused)
{
	struct bytes in = { input, (2 + ABI_ITEMS_MAX + 1) * WORD };
	struct abi_view v, list;

	(void)unused;
	memset(input, 0, sizeof input);
	memcpy(input, abi_words("20 400").at, 2 * WORD);
	v = decoded("(uint256[])", in, ABI_CALLDATA);
	list = abi_at(&v, 0);
	assert_int_equal(list.count, ABI_ITEMS_MAX);
	assert_int_equal(number(&list, ABI_ITEMS_MAX - 1), 0);
	input[2 * WORD - 1] = 1; /* 0x401 */
	assert_int_equal(decode_error("(uint256[])", in, ABI_CALLDATA), ERR_RANGE);
}

static void arrays_that_share_their_elements_cannot_multiply_the_work(void **unused)
{
	size_t at = WORD;
	struct bytes in;

	(void)unused;
	/* Three arrays of 1024; each element of one is the whole next: 2^30 values. */
	memset(input, 0, sizeof input);
	input[WORD - 1] = 0x20;
	for (int level = 0; level < 3; level++) {
		store_be64(input + at + WORD - 8, ABI_ITEMS_MAX);
		at += WORD;
		for (size_t i = 0; i < ABI_ITEMS_MAX; i++)
			store_be64(input + at + (i + 1) * WORD - 8, ABI_ITEMS_MAX * WORD);
		at += ABI_ITEMS_MAX * WORD;
	}
	assert_true(at <= sizeof input);
	in = (struct bytes){ input, at };
	assert_int_equal(decode_error("(uint256[][][])", in, ABI_CALLDATA), ERR_RANGE);
	/* One level fewer is 2^20 values: still too many; a single level is fine. */
	assert_int_equal(decode_error("(uint256[][])", in, ABI_CALLDATA), ERR_RANGE);
	assert_int_equal(decode_error("(uint256[])", in, ABI_CALLDATA), OK);
}

static void a_refused_decode_leaves_the_view_as_it_was(void **unused)
{
	const struct abi_types *types = abi_types_of("(uint8)");
	struct bytes bad = abi_words("1ff");
	struct abi_view v, before;

	(void)unused;
	memset(&v, 0x5a, sizeof v);
	memset(&before, 0x5a, sizeof before);
	assert_int_equal(abi_decode(&v, types, bad, ABI_STRICT), ERR_RANGE);
	assert_memory_equal(&v, &before, sizeof v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calldata_may_end_in_bytes_without_their_padding),
		cmocka_unit_test(a_value_outside_its_type_is_refused),
		cmocka_unit_test(a_full_word_may_hold_anything),
		cmocka_unit_test(an_offset_or_length_beyond_64_bits_is_refused),
		cmocka_unit_test(an_offset_or_length_outside_the_input_is_refused),
		cmocka_unit_test(calldata_may_lay_tails_out_as_it_likes_but_strict_may_not),
		cmocka_unit_test(swapped_and_unaligned_tails_are_read_where_they_are),
		cmocka_unit_test(an_array_beyond_the_limit_is_refused),
		cmocka_unit_test(arrays_that_share_their_elements_cannot_multiply_the_work),
		cmocka_unit_test(a_refused_decode_leaves_the_view_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
