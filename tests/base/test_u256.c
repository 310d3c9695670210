#include "base/u256.h"

#include "base/hex.h"
#include "tests/base/u256_vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct u256 hex(const char *text)
{
	struct u256 x;

	assert_int_equal(hex_to_u256(&x, text, strlen(text)), OK);
	return x;
}

static void assert_hex(struct u256 x, const char *expected)
{
	char text[HEX_QUANTITY_MAX];

	hex_from_u256(text, &x);
	assert_string_equal(text, expected);
}

static enum err apply_add(struct u256 *out, const struct u256 *in)
{
	return u256_add(out, &in[0], &in[1]);
}

static enum err apply_sub(struct u256 *out, const struct u256 *in)
{
	return u256_sub(out, &in[0], &in[1]);
}

static enum err apply_mul(struct u256 *out, const struct u256 *in)
{
	return u256_mul(out, &in[0], &in[1]);
}

static enum err apply_quotient(struct u256 *out, const struct u256 *in)
{
	return u256_div(out, NULL, &in[0], &in[1]);
}

static enum err apply_remainder(struct u256 *out, const struct u256 *in)
{
	return u256_div(NULL, out, &in[0], &in[1]);
}

static enum err apply_mul_div_down(struct u256 *out, const struct u256 *in)
{
	return u256_mul_div_down(out, &in[0], &in[1], &in[2]);
}

static enum err apply_mul_div_up(struct u256 *out, const struct u256 *in)
{
	return u256_mul_div_up(out, &in[0], &in[1], &in[2]);
}

static const struct {
	const char *name;
	enum err (*apply)(struct u256 *out, const struct u256 *in);
	size_t operands;
	const struct vector *rows;
	size_t count;
} functions[] = {
#define ROW(name, operands) \
	{ \
#name, apply_##name, operands, name##_rows, ARRAY_COUNT(name##_rows) \
	}
	ROW(add, 2),
	ROW(sub, 2),
	ROW(mul, 2),
	ROW(quotient, 2),
	ROW(remainder, 2),
	ROW(mul_div_down, 3),
	ROW(mul_div_up, 3),
#undef ROW
};

static struct u256 listed(u16 index)
{
	assert_true(index < ARRAY_COUNT(numbers));
	return hex(numbers[index]);
}

static void check_row(size_t function, size_t index)
{
	const struct vector *row = &functions[function].rows[index];
	struct u256 before = u256_from_u64(0xdecaf);
	struct u256 in[3], again[3], out = before;
	struct u256 expected = row->err == OK ? listed(row->out) : before;
	enum err e;

	for (size_t i = 0; i < ARRAY_COUNT(in); i++)
		in[i] = listed(row->in[i]);
	e = functions[function].apply(&out, in);
	if (e != row->err || !u256_equal(&out, &expected))
		fail_msg("%s, row %zu: %s instead of %s, or another result",
			 functions[function].name, index, err_name(e),
			 err_name((enum err)row->err));
	/* The same with the result written over each operand. */
	for (size_t i = 0; i < functions[function].operands; i++) {
		memcpy(again, in, sizeof again);
		assert_int_equal(functions[function].apply(&again[i], again), row->err);
		if (row->err == OK)
			assert_true(u256_equal(&again[i], &expected));
		else
			assert_memory_equal(again, in, sizeof again);
	}
}

static void arithmetic_agrees_with_a_second_implementation(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(functions); i++)
		for (size_t j = 0; j < functions[i].count; j++)
			check_row(i, j);
}

/* A 64-bit linear congruential generator: the same numbers in every run. */
static u64 random_u64(u64 *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33 | (*seed << 31 & 0xffffffff00000000);
}

/* Below 2^bits, in long runs of zeros and ones. */
static struct u256 random_runs(u64 *seed, unsigned bits)
{
	struct u256 x = U256_ZERO;
	unsigned at = 0;

	while (at < bits) {
		u64 random = random_u64(seed);
		unsigned run = 1 + (unsigned)(random % 8 * (random >> 8 & 7));

		for (unsigned end = at + run; at < end && at < bits; at++)
			u256_set_bit(&x, at, random >> 16 & 1);
	}
	return x;
}

/* Of any length, ending in any number of zeros: each case of the division. */
static struct u256 random_divisor(u64 *seed)
{
	unsigned bits = 1 + (unsigned)(random_u64(seed) % 256);
	struct u256 x = random_runs(seed, bits);

	u256_set_bit(&x, bits - 1, true);
	if (random_u64(seed) % 4 == 0)
		return u256_pow10((unsigned)(random_u64(seed) % 78));
	return u256_shl(&x, (unsigned)(random_u64(seed) % (257 - bits)));
}

static void division_takes_multiplication_apart(void **state)
{
	static const char *const nearly[] = { "0x0", "0x1", "0x7ffffff", "0x8000000" };
	u64 seed = 20250601;

	(void)state;
	for (unsigned i = 0; i < 40000; i++) {
		struct u256 b = random_divisor(&seed), whole, left, a, quotient, remainder;

		whole = random_runs(&seed, 256 - u256_bits(&b));
		left = i % 3 == 0 ? hex(nearly[i % ARRAY_COUNT(nearly)]) : random_runs(&seed, 256);
		if (i % 5 == 0)
			assert_int_equal(u256_sub(&left, &b, &U256_ONE), OK);
		while (u256_cmp(&left, &b) >= 0)
			left = u256_shr(&left, 1);
		assert_int_equal(u256_mul(&a, &whole, &b), OK);
		assert_int_equal(u256_add(&a, &a, &left), OK);
		assert_int_equal(u256_div(&quotient, &remainder, &a, &b), OK);
		if (!u256_equal(&quotient, &whole) || !u256_equal(&remainder, &left))
			fail_msg("division %u is wrong", i);
	}
}

static void division_writes_both_results_over_its_operands(void **state)
{
	struct u256 a = hex("0x123456789abcdef0123456789abcdef0123456789"), b = hex("0x10001");
	struct u256 quotient = a, remainder = b, product;

	(void)state;
	assert_int_equal(u256_div(&quotient, &remainder, &quotient, &remainder), OK);
	assert_true(u256_cmp(&remainder, &b) < 0);
	assert_int_equal(u256_mul(&product, &quotient, &b), OK);
	assert_int_equal(u256_add(&product, &product, &remainder), OK);
	assert_true(u256_equal(&product, &a));
}

static void small_numbers_fill_the_low_limbs(void **state)
{
	struct u256 x = u256_from_u128((u128)0x0123456789abcdef << 64 | 0xfedcba9876543210);

	(void)state;
	assert_hex(u256_from_u64(~0ull), "0xffffffffffffffff");
	assert_hex(x, "0x123456789abcdeffedcba9876543210");
	assert_true(u256_low64(&x) == 0xfedcba9876543210);
	assert_true(u256_low128(&x) >> 64 == 0x0123456789abcdef);
	x = U256_MAX;
	assert_true(u256_low64(&x) == ~0ull);
	assert_true(u256_low128(&x) == ~(u128)0);
}

static void powers_of_ten_up_to_the_last_that_fits(void **state)
{
	char text[U256_DECIMAL_MAX];

	(void)state;
	for (unsigned i = 0; i <= 77; i++) {
		struct u256 power = u256_pow10(i);

		assert_int_equal(u256_to_decimal(text, &power), i + 1);
		assert_int_equal(text[0], '1');
		assert_int_equal(strspn(text + 1, "0"), i);
	}
}

static void comparison_looks_at_high_limbs_first(void **state)
{
	static const char *const rising[] = {
		"0x0",
		"0x1",
		"0xffffffffffffffff",
		"0x10000000000000000",
		"0x10000000000000001",
		"0x100000000000000000000000000000000",
		"0x1000000000000000000000000000000000000000000000000",
		"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rising); i++)
		for (size_t j = 0; j < ARRAY_COUNT(rising); j++) {
			struct u256 a = hex(rising[i]), b = hex(rising[j]);

			assert_int_equal(u256_cmp(&a, &b), (i > j) - (i < j));
			assert_int_equal(u256_equal(&a, &b), i == j);
			assert_int_equal(u256_is_zero(&a), i == 0);
		}
}

static void each_single_bit_is_found_and_counted(void **state)
{
	struct u256 x = U256_ZERO;

	(void)state;
	assert_int_equal(u256_bits(&x), 0);
	assert_true(u256_fits(&x, 0));
	for (unsigned i = 0; i < 256; i++) {
		struct u256 one = U256_ONE;

		u256_set_bit(&x, i, true);
		one = u256_shl(&one, i);
		assert_true(u256_equal(&x, &one));
		assert_int_equal(u256_bits(&x), i + 1);
		assert_true(u256_fits(&x, i + 1));
		assert_false(u256_fits(&x, i));
		for (unsigned j = 0; j < 256; j++)
			assert_int_equal(u256_bit(&x, j), i == j);
		one = u256_shr(&one, i);
		assert_hex(one, "0x1");
		u256_set_bit(&x, i, false);
		assert_true(u256_is_zero(&x));
	}
}

static void bits_shifted_out_are_lost(void **state)
{
	struct u256 x = hex("0x8123456789abcdef00000000000000000000000000000000fedcba9876543211");

	(void)state;
	assert_hex(u256_shl(&x, 4), "0x123456789abcdef00000000000000000000000000000000fedcba98765432110");
	assert_hex(u256_shl(&x, 64), "0xfedcba98765432110000000000000000");
	assert_hex(u256_shl(&x, 255), "0x8000000000000000000000000000000000000000000000000000000000000000");
	assert_hex(u256_shl(&x, 256), "0x0");
	assert_hex(u256_shl(&x, ~0u), "0x0");
	assert_hex(u256_shr(&x, 4), "0x8123456789abcdef00000000000000000000000000000000fedcba987654321");
	assert_hex(u256_shr(&x, 192), "0x8123456789abcdef");
	assert_hex(u256_shr(&x, 255), "0x1");
	assert_hex(u256_shr(&x, 256), "0x0");
	assert_hex(u256_shr(&x, 0), "0x8123456789abcdef00000000000000000000000000000000fedcba9876543211");
}

static void and_or_work_on_every_limb(void **state)
{
	struct u256 a = hex("0xf0000000000000000f0000000000000000f0000000000000000f000000000000");
	struct u256 b = hex("0x3000000000000000060000000000000000300000000000000006000000000001");

	(void)state;
	assert_hex(u256_and(&a, &b), "0x3000000000000000060000000000000000300000000000000006000000000000");
	assert_hex(u256_or(&a, &b), "0xf0000000000000000f0000000000000000f0000000000000000f000000000001");
}

static void fields_are_set_without_touching_their_neighbours(void **state)
{
	(void)state;
	for (unsigned bits = 1; bits <= 64; bits++)
		for (unsigned shift = 0; shift + bits <= 256; shift += 7) {
			u64 mask = ~0ull >> (64 - bits), pattern = 0xa5c3f00f1234567 & mask;
			struct u256 full = U256_MAX, x = U256_MAX, rest;

			u256_set_field(&x, shift, bits, 0);
			assert_true(u256_field(&x, shift, bits) == 0);
			rest = u256_from_u64(mask);
			rest = u256_shl(&rest, shift);
			rest = u256_or(&rest, &x);
			assert_true(u256_equal(&rest, &full));
			u256_set_field(&x, shift, bits, pattern);
			assert_true(u256_field(&x, shift, bits) == pattern);
			u256_set_field(&x, shift, bits, mask);
			assert_true(u256_equal(&x, &full));
		}
}

static void big_endian_words_have_the_highest_byte_first(void **state)
{
	u8 word[32], back[32];
	struct u256 x;

	(void)state;
	for (size_t i = 0; i < sizeof word; i++)
		word[i] = (u8)(i + 1);
	x = u256_from_be(word);
	assert_hex(x, "0x102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
	u256_to_be(back, &x);
	assert_memory_equal(back, word, sizeof word);
	/* in place */
	u256_to_be((u8 *)&x, &x);
	assert_memory_equal(&x, word, sizeof word);
}

static void short_big_endian_ranges_are_padded_and_long_ones_refused(void **state)
{
	static const u8 word[33] = { 1, 2, 3 };
	struct u256 x;

	(void)state;
	assert_int_equal(u256_from_be_bytes(&x, (struct bytes){ word, 3 }), OK);
	assert_hex(x, "0x10203");
	assert_int_equal(u256_from_be_bytes(&x, (struct bytes){ word, 33 }), ERR_RANGE);
	assert_hex(x, "0x10203");
	assert_int_equal(u256_from_be_bytes(&x, (struct bytes){ NULL, 0 }), OK);
	assert_true(u256_is_zero(&x));
	assert_int_equal(u256_from_be_bytes(&x, (struct bytes){ word, 32 }), OK);
	assert_int_equal(u256_bits(&x), 249);
}

/* Text of a number and the number, as a second implementation has them. */
static const struct {
	const char *decimal, *hex;
} decimals[] = {
	{ "0", "0x0" },
	{ "9", "0x9" },
	{ "10", "0xa" },
	{ "9999999999999999999", "0x8ac7230489e7ffff" },
	{ "10000000000000000000", "0x8ac7230489e80000" },
	{ "18446744073709551616", "0x10000000000000000" },
	{ "100000000000000000000000000000000000000", "0x4b3b4ca85a86c47a098a224000000000" },
	{ "340282366920938463463374607431768211456", "0x100000000000000000000000000000000" },
	{ "115792089237316195423570985008687907853269984665640564039457584007913129639935",
	  "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
};

static void decimal_text_is_written_and_read(void **state)
{
	char text[U256_DECIMAL_MAX];
	struct u256 x;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(decimals); i++) {
		x = hex(decimals[i].hex);
		assert_int_equal(u256_to_decimal(text, &x), strlen(decimals[i].decimal));
		assert_string_equal(text, decimals[i].decimal);
		x = U256_ONE;
		assert_int_equal(u256_from_decimal(&x, text, strlen(text)), OK);
		assert_hex(x, decimals[i].hex);
	}
	assert_int_equal(u256_from_decimal(&x, "000000000000000000000000000000000000000000000000"
					       "0000000000000000000000000000000000000000000042",
					   94),
			 OK);
	assert_hex(x, "0x2a");
}

static void decimal_text_that_is_no_number_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum err err;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "-1", ERR_SYNTAX },
		{ "+1", ERR_SYNTAX },
		{ " 1", ERR_SYNTAX },
		{ "1 ", ERR_SYNTAX },
		{ "1.0", ERR_SYNTAX },
		{ "0x1", ERR_SYNTAX },
		{ "1e3", ERR_SYNTAX },
		{ "1/", ERR_SYNTAX },
		{ "1:", ERR_SYNTAX },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639936",
		  ERR_RANGE },
		/* 2^256, which wraps to 0, and one digit more */
		{ "1157920892373161954235709850086879078532699846656405640394575840079131296399360",
		  ERR_RANGE },
		{ "115792089237316195423570985008687907853269984665640564039457584007913129639940",
		  ERR_RANGE },
		{ "1157920892373161954235709850086879078532699846656405640394575840079131296399350",
		  ERR_RANGE },
		{ "9999999999999999999999999999999999999999999999999999999999999999999999999999999"
		  "99999999999999999x",
		  ERR_SYNTAX },
	};
	struct u256 x = U256_ONE;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(u256_from_decimal(&x, rows[i].text, strlen(rows[i].text)),
				 rows[i].err);
		assert_hex(x, "0x1");
	}
	assert_int_equal(u256_from_decimal(&x, "12\0", 3), ERR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic_agrees_with_a_second_implementation),
		cmocka_unit_test(division_takes_multiplication_apart),
		cmocka_unit_test(division_writes_both_results_over_its_operands),
		cmocka_unit_test(small_numbers_fill_the_low_limbs),
		cmocka_unit_test(powers_of_ten_up_to_the_last_that_fits),
		cmocka_unit_test(comparison_looks_at_high_limbs_first),
		cmocka_unit_test(each_single_bit_is_found_and_counted),
		cmocka_unit_test(bits_shifted_out_are_lost),
		cmocka_unit_test(and_or_work_on_every_limb),
		cmocka_unit_test(fields_are_set_without_touching_their_neighbours),
		cmocka_unit_test(big_endian_words_have_the_highest_byte_first),
		cmocka_unit_test(short_big_endian_ranges_are_padded_and_long_ones_refused),
		cmocka_unit_test(decimal_text_is_written_and_read),
		cmocka_unit_test(decimal_text_that_is_no_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
