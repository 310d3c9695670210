#include "base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void data_is_written_in_lowercase_pairs(void **state)
{
	static const u8 in[] = { 0x00, 0x0f, 0xf0, 0xab, 0x19 };
	char text[3 + 2 * sizeof in];

	(void)state;
	assert_int_equal(hex_from_bytes(text, (struct bytes){ in, sizeof in }), 12);
	assert_string_equal(text, "0x000ff0ab19");
	assert_int_equal(hex_from_bytes(text, (struct bytes){ NULL, 0 }), 2);
	assert_string_equal(text, "0x");
}

static void quantities_are_written_without_leading_zeros(void **state)
{
	static const struct {
		u64 x;
		const char *text;
	} rows[] = {
		{ 0, "0x0" },
		{ 1, "0x1" },
		{ 15, "0xf" },
		{ 16, "0x10" },
		{ 255, "0xff" },
		{ 0x100, "0x100" },
		{ ~0ull, "0xffffffffffffffff" },
	};
	char text[HEX_QUANTITY_MAX];
	struct u256 max = U256_MAX;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(hex_from_u64(text, rows[i].x), strlen(rows[i].text));
		assert_string_equal(text, rows[i].text);
	}
	assert_int_equal(hex_from_u256(text, &max), HEX_QUANTITY_MAX - 1);
	assert_string_equal(text, "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
}

static void data_of_any_case_is_read(void **state)
{
	u8 out[4] = { 0 };
	size_t size;

	(void)state;
	assert_int_equal(hex_to_bytes(out, &size, 4, "0xaBcDeF09", 10), OK);
	assert_int_equal(size, 4);
	assert_memory_equal(out, "\xab\xcd\xef\x09", 4);
	assert_int_equal(hex_to_bytes(NULL, &size, 0, "0x", 2), OK);
	assert_int_equal(size, 0);
}

static void malformed_data_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum err err;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "0", ERR_SYNTAX },
		{ "x0", ERR_SYNTAX },
		{ "00", ERR_SYNTAX },
		{ "0X00", ERR_SYNTAX },
		{ "1x00", ERR_SYNTAX },
		{ "0x0", ERR_SYNTAX },
		{ "0x000", ERR_SYNTAX },
		{ "0xg0", ERR_SYNTAX },
		{ "0x0G", ERR_SYNTAX },
		{ "0x0/", ERR_SYNTAX },
		{ "0x0:", ERR_SYNTAX },
		{ "0x0@", ERR_SYNTAX },
		{ "0x0`", ERR_SYNTAX },
		{ "0x 1", ERR_SYNTAX },
		{ "0x1 ", ERR_SYNTAX },
		{ "0x0\x80", ERR_SYNTAX },
		{ "0x0102030405", ERR_SIZE },
		{ "0x010203040z", ERR_SYNTAX },
	};
	u8 out[4] = { 9, 9, 9, 9 };
	size_t size = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(hex_to_bytes(out, &size, 4, rows[i].text, strlen(rows[i].text)),
				 rows[i].err);
		assert_int_equal(size, 77);
		assert_memory_equal(out, "\x9\x9\x9\x9", 4);
	}
	assert_int_equal(hex_to_bytes(out, &size, 4, "0x\0\0", 4), ERR_SYNTAX);
}

static void text_ends_where_its_size_says(void **state)
{
	u8 out[4];
	size_t size;

	(void)state;
	assert_int_equal(hex_to_bytes(out, &size, 4, "0xabcdzz", 6), OK);
	assert_int_equal(size, 2);
}

static void fixed_sizes_are_exact(void **state)
{
	u8 out[2] = { 9, 9 };

	(void)state;
	assert_int_equal(hex_to_fixed(out, 2, "0x01", 4), ERR_SIZE);
	assert_int_equal(hex_to_fixed(out, 2, "0x010203", 8), ERR_SIZE);
	assert_int_equal(hex_to_fixed(out, 2, "0x", 2), ERR_SIZE);
	assert_int_equal(hex_to_fixed(out, 2, "0x010", 5), ERR_SYNTAX);
	assert_int_equal(hex_to_fixed(out, 2, "0x0q", 4), ERR_SYNTAX);
	assert_int_equal(hex_to_fixed(out, 2, "0102", 4), ERR_SYNTAX);
	assert_int_equal(hex_to_fixed(out, 2, "0x01020", 7), ERR_SYNTAX);
	assert_memory_equal(out, "\x9\x9", 2);
	assert_int_equal(hex_to_fixed(out, 2, "0x0102", 6), OK);
	assert_memory_equal(out, "\x1\x2", 2);
}

static void addresses_and_hashes_are_read(void **state)
{
	static const char text[] =
		"0x00000000000000000000000000000000000000000000000000000000000000ff";
	struct address a;
	struct hash h;

	(void)state;
	assert_int_equal(hex_to_hash(&h, text, 66), OK);
	assert_int_equal(h.bytes[31], 0xff);
	assert_int_equal(h.bytes[0], 0);
	assert_int_equal(hex_to_hash(&h, text, 42), ERR_SIZE);
	assert_int_equal(hex_to_address(&a, text, 66), ERR_SIZE);
	assert_int_equal(hex_to_address(&a, text, 42), OK);
	assert_true(address_is_zero(&a));
}

static void quantities_are_read(void **state)
{
	struct u256 x, max = U256_MAX;
	u64 small;

	(void)state;
	assert_int_equal(hex_to_u256(&x, "0x0", 3), OK);
	assert_true(u256_is_zero(&x));
	assert_int_equal(hex_to_u256(&x, "0xffffffffffffffffffffffffffffffff"
					 "ffffffffffffffffffffffffffffffff",
				     66),
			 OK);
	assert_true(u256_equal(&x, &max));
	assert_int_equal(hex_to_u256(&x, "0x123456789AbcdeF0123456789", 27), OK);
	assert_true(x.limb[0] == 0xabcdef0123456789);
	assert_true(x.limb[1] == 0x123456789);
	assert_int_equal(hex_to_u64(&small, "0xfedcba9876543210", 18), OK);
	assert_true(small == 0xfedcba9876543210);
}

static void malformed_quantities_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum err err;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "0", ERR_SYNTAX },
		{ "10", ERR_SYNTAX },
		{ "0x", ERR_SYNTAX },
		{ "0X1", ERR_SYNTAX },
		{ "0xg", ERR_SYNTAX },
		{ "0x1 ", ERR_SYNTAX },
		{ "-0x1", ERR_SYNTAX },
		{ "0x-1", ERR_SYNTAX },
		{ "0x0g", ERR_SYNTAX },
		{ "0x00", ERR_CANONICAL },
		{ "0x01", ERR_CANONICAL },
		{ "0x0000000000000000000000000000000000000000000000000000000000000000001",
		  ERR_CANONICAL },
		{ "0x10000000000000000000000000000000000000000000000000000000000000000",
		  ERR_RANGE },
	};
	struct u256 x = U256_ONE;
	u64 small = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		size_t size = strlen(rows[i].text);

		assert_int_equal(hex_to_u256(&x, rows[i].text, size), rows[i].err);
		assert_int_equal(hex_to_u64(&small, rows[i].text, size), rows[i].err);
	}
	assert_int_equal(hex_to_u64(&small, "0x10000000000000000", 19), ERR_RANGE);
	assert_true(u256_low64(&x) == 1 && u256_fits(&x, 1));
	assert_true(small == 7);
}

static void checksummed_addresses_of_the_eip(void **state)
{
	static const char *const rows[] = {
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
		"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
		"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
		"0x0000000000000000000000000000000000000000",
	};
	char text[HEX_ADDRESS_SIZE];
	struct address a;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		assert_int_equal(hex_to_address(&a, rows[i], strlen(rows[i])), OK);
		hex_checksum_address(text, &a);
		assert_string_equal(text, rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_is_written_in_lowercase_pairs),
		cmocka_unit_test(quantities_are_written_without_leading_zeros),
		cmocka_unit_test(data_of_any_case_is_read),
		cmocka_unit_test(malformed_data_is_refused),
		cmocka_unit_test(text_ends_where_its_size_says),
		cmocka_unit_test(fixed_sizes_are_exact),
		cmocka_unit_test(addresses_and_hashes_are_read),
		cmocka_unit_test(quantities_are_read),
		cmocka_unit_test(malformed_quantities_are_refused),
		cmocka_unit_test(checksummed_addresses_of_the_eip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
