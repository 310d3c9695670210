#include "base/types.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void addresses_order_as_big_endian_numbers(void **state)
{
	struct address low = { { 0 } }, high = { { 0 } };

	(void)state;
	low.bytes[19] = 0xff;
	high.bytes[0] = 0x80; /* above 0x7f: bytes compare unsigned */
	assert_true(address_cmp(&low, &high) < 0);
	assert_true(address_cmp(&high, &low) > 0);
	assert_int_equal(address_cmp(&high, &high), 0);
}

static void only_twenty_zero_bytes_are_the_zero_address(void **state)
{
	struct address a = { { 0 } };

	(void)state;
	assert_true(address_is_zero(&a));
	for (size_t i = 0; i < sizeof a.bytes; i++) {
		a.bytes[i] = 1;
		assert_false(address_is_zero(&a));
		a.bytes[i] = 0;
	}
}

static void hashes_order_as_big_endian_numbers(void **state)
{
	struct hash low = { { 0 } }, high = { { 0 } };

	(void)state;
	low.bytes[31] = 0xff;
	high.bytes[0] = 0x80;
	assert_true(hash_cmp(&low, &high) < 0);
	assert_true(hash_cmp(&high, &low) > 0);
	high = low;
	assert_int_equal(hash_cmp(&low, &high), 0);
	high.bytes[31] = 0xfe;
	assert_true(hash_cmp(&low, &high) > 0);
}

static void ranges_are_equal_when_size_and_content_are(void **state)
{
	static const u8 abc[] = "abc", abd[] = "abd", copy[] = "abc";

	(void)state;
	assert_true(bytes_equal((struct bytes){ abc, 3 }, (struct bytes){ copy, 3 }));
	assert_false(bytes_equal((struct bytes){ abc, 3 }, (struct bytes){ abd, 3 }));
	assert_false(bytes_equal((struct bytes){ abc, 3 }, (struct bytes){ copy, 2 }));
	assert_true(bytes_equal((struct bytes){ abc, 2 }, (struct bytes){ abd, 2 }));
}

static void empty_ranges_are_equal_without_an_address(void **state)
{
	static const u8 one[] = { 1 };

	(void)state;
	assert_true(bytes_equal((struct bytes){ NULL, 0 }, (struct bytes){ NULL, 0 }));
	assert_true(bytes_equal((struct bytes){ NULL, 0 }, (struct bytes){ one, 0 }));
	assert_false(bytes_equal((struct bytes){ NULL, 0 }, (struct bytes){ one, 1 }));
}

static void loads_read_the_first_byte_as_the_highest(void **state)
{
	static const u8 at[] = { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 };

	(void)state;
	assert_int_equal(load_be16(at), 0xfedc);
	assert_true(load_be32(at) == 0xfedcba98);
	assert_true(load_be64(at) == 0xfedcba9876543210);
}

static void stores_write_what_loads_read_and_no_more(void **state)
{
	u8 at[10] = { 0 };

	(void)state;
	store_be16(at + 1, 0xfedc);
	assert_memory_equal(at, "\0\xfe\xdc\0\0\0\0\0\0\0", 10);
	store_be32(at + 1, 0x89abcdef);
	assert_memory_equal(at, "\0\x89\xab\xcd\xef\0\0\0\0\0", 10);
	store_be64(at + 1, 0x89abcdef01234567);
	assert_memory_equal(at, "\0\x89\xab\xcd\xef\x01\x23\x45\x67\0", 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_order_as_big_endian_numbers),
		cmocka_unit_test(only_twenty_zero_bytes_are_the_zero_address),
		cmocka_unit_test(hashes_order_as_big_endian_numbers),
		cmocka_unit_test(ranges_are_equal_when_size_and_content_are),
		cmocka_unit_test(empty_ranges_are_equal_without_an_address),
		cmocka_unit_test(loads_read_the_first_byte_as_the_highest),
		cmocka_unit_test(stores_write_what_loads_read_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
