#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/chain/block.h"
#include "tests/contracts-native/chain_vectors.h"

/* The rule of make_chain_vectors.mjs. */
static void fill(u8 *out, u32 size, u32 seed)
{
	for (u32 i = 0; i < size; i++)
		out[i] = (u8)(i * 7 + seed * 31 + (i >> 8));
}

static struct header header_of(const struct header_vector *v)
{
	struct header h = {
		.number = v->number,
		.gas_limit = v->gas_limit,
		.gas_used = v->gas_used,
		.time = v->time,
	};

	fill(h.parent.bytes, 32, v->seed);
	fill(h.coinbase.bytes, 20, v->seed + 1);
	fill(h.state_root.bytes, 32, v->seed + 2);
	fill(h.transactions_root.bytes, 32, v->seed + 3);
	fill(h.receipts_root.bytes, 32, v->seed + 4);
	fill(h.bloom.bytes, 256, v->seed + 5);
	assert_int_equal(u256_from_decimal(&h.base_fee, v->base_fee, strlen(v->base_fee)), OK);
	return h;
}

static void headers_hash_as_ethers_encodes_them(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(header_vectors); i++) {
		struct header h = header_of(&header_vectors[i]);
		u8 buffer[HEADER_RLP_MAX];
		char text[67];
		struct hash hash;

		header_hash(&hash, &h);
		hex_from_bytes(text, (struct bytes){ hash.bytes, 32 });
		assert_string_equal(text + 2, header_vectors[i].hash);
		assert_int_equal(header_encode(&h, buffer).size, header_vectors[i].size);
	}
}

static void a_header_decodes_to_itself(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(header_vectors); i++) {
		struct header h = header_of(&header_vectors[i]), got;
		u8 buffer[HEADER_RLP_MAX], again[HEADER_RLP_MAX];
		struct bytes encoded = header_encode(&h, buffer);

		assert_int_equal(header_decode(&got, encoded), OK);
		assert_true(bytes_equal(header_encode(&got, again), encoded));
		assert_int_equal(got.gas_used, h.gas_used);
		assert_true(u256_equal(&got.base_fee, &h.base_fee));
	}
}

static void the_largest_header_fits(void **unused)
{
	struct header h;
	u8 buffer[HEADER_RLP_MAX];

	(void)unused;
	memset(&h, 0xff, sizeof h);
	assert_true(header_encode(&h, buffer).size < HEADER_RLP_MAX);
}

static void a_header_of_another_shape_is_refused(void **unused)
{
	struct header h = header_of(&header_vectors[1]), got, before;
	u8 buffer[HEADER_RLP_MAX + 1];
	struct bytes encoded = header_encode(&h, buffer);
	size_t uncles = 3 + 33 + 1;
	size_t difficulty = 3 + 2 * 33 + 21 + 3 * 33 + 259;

	(void)unused;
	memset(&got, 0x77, sizeof got);
	before = got;
	for (size_t size = 0; size < encoded.size; size++)
		assert_int_equal(header_decode(&got, (struct bytes){ buffer, size }), ERR_TRUNCATED);
	buffer[encoded.size] = 0;
	assert_int_equal(header_decode(&got, (struct bytes){ buffer, encoded.size + 1 }), ERR_TRAILING);

	buffer[uncles] ^= 1;
	assert_int_equal(header_decode(&got, encoded), ERR_RANGE);
	buffer[uncles] ^= 1;
	assert_int_equal(buffer[difficulty], 0x80);
	buffer[difficulty] = 1;
	assert_int_equal(header_decode(&got, encoded), ERR_RANGE);
	buffer[difficulty] = 0x80;
	assert_int_equal(buffer[encoded.size - 6], 0);
	buffer[encoded.size - 6] = 1; /* the last byte of nonce */
	assert_int_equal(header_decode(&got, encoded), ERR_RANGE);
	assert_memory_equal(&got, &before, sizeof got);
	buffer[encoded.size - 6] = 0;
	assert_int_equal(header_decode(&got, encoded), OK);
}

static void the_constants_are_what_they_are_called(void **unused)
{
	struct hash hash;

	(void)unused;
	keccak256(&hash, (struct bytes){ (const u8 *)"\xc0", 1 });
	assert_memory_equal(&hash, &HASH_EMPTY_UNCLES, sizeof hash);
	keccak256(&hash, (struct bytes){ (const u8 *)"\x80", 1 });
	assert_memory_equal(&hash, &HASH_EMPTY_TRIE, sizeof hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_hash_as_ethers_encodes_them),
		cmocka_unit_test(a_header_decodes_to_itself),
		cmocka_unit_test(the_largest_header_fits),
		cmocka_unit_test(a_header_of_another_shape_is_refused),
		cmocka_unit_test(the_constants_are_what_they_are_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
