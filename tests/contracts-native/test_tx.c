#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/chain/tx.h"
#include "tests/contracts-native/tx_vectors.h"

static u8 buffer[4096], second[4096];

/* Bytes of digits without 0x. */
static struct bytes unhex(u8 *out, const char *digits)
{
	char text[8192];
	size_t size;

	assert_true(snprintf(text, sizeof text, "0x%s", digits) < (int)sizeof text);
	assert_int_equal(hex_to_bytes(out, &size, 4096, text, strlen(text)), OK);
	return (struct bytes){ out, size };
}

static void same(const void *got, const char *digits)
{
	u8 want[4096];
	struct bytes bytes = unhex(want, digits);

	assert_memory_equal(got, want, bytes.size);
}

static void same_number(const struct u256 *got, const char *decimal)
{
	struct u256 want;

	assert_int_equal(u256_from_decimal(&want, decimal, strlen(decimal)), OK);
	assert_true(u256_equal(got, &want));
}

static void transactions_decode_as_ethers_made_them(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(tx_vectors); i++) {
		const struct tx_vector *v = &tx_vectors[i];
		struct bytes raw = unhex(buffer, v->raw);
		struct hash digest;
		struct tx tx;

		assert_int_equal(tx_decode(&tx, raw, TX_VECTOR_CHAIN_ID), OK);
		assert_int_equal(tx.type, v->type);
		assert_int_equal(tx.chain_id, TX_VECTOR_CHAIN_ID);
		assert_int_equal(tx.nonce, v->nonce);
		assert_int_equal(tx.gas_limit, v->gas_limit);
		same_number(&tx.max_fee, v->max_fee);
		same_number(&tx.max_tip, v->max_tip);
		same_number(&tx.value, v->value);
		same(&tx.to, v->to);
		tx_signing_hash(&digest, &tx);
		same(&digest, v->signing);
		same(&tx.hash, v->hash);
		assert_int_equal(tx.data.size, strlen(v->data) / 2);
		same(tx.data.at, v->data);
		assert_int_equal(tx.access_addresses, v->access_addresses);
		assert_int_equal(tx.access_keys, v->access_keys);
		assert_true(bytes_equal(tx.raw, raw));
		assert_false(tx.is_recovered);
		assert_int_equal(tx_recover(&tx), OK);
		assert_true(tx.is_recovered);
		same(&tx.sender, v->sender);
	}
}

static void signing_gives_the_bytes_that_ethers_gives(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(tx_vectors); i++) {
		const struct tx_vector *v = &tx_vectors[i];
		struct bytes raw = unhex(buffer, v->raw), made;
		struct tx tx;
		u8 key[32];

		assert_int_equal(tx_decode(&tx, raw, TX_VECTOR_CHAIN_ID), OK);
		assert_int_equal(unhex(key, v->key).size, 32);
		tx.r = tx.s = U256_ZERO;
		assert_int_equal(tx_sign(&made, &tx, key, second, sizeof second), OK);
		assert_true(bytes_equal(made, raw));
		for (size_t capacity = 0; capacity < raw.size; capacity += 13)
			assert_int_equal(tx_sign(&made, &tx, key, second, capacity), ERR_FULL);
		memset(key, 0, sizeof key);
		assert_int_equal(tx_sign(&made, &tx, key, second, sizeof second), ERR_SIGNATURE);
	}
}

static void a_draft_is_what_will_be_signed_and_zeros(void **unused)
{
	static const u8 zeros[] = { 0x80, 0x80, 0x80 };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(tx_vectors); i++) {
		struct bytes raw = unhex(buffer, tx_vectors[i].raw), made;
		struct tx tx;
		size_t head;

		assert_int_equal(tx_decode(&tx, raw, TX_VECTOR_CHAIN_ID), OK);
		assert_int_equal(tx_draft(&made, &tx, second, tx.signed_fields.size + 3), ERR_FULL);
		assert_int_equal(tx_draft(&made, &tx, second, sizeof second), OK);
		head = made.size - sizeof zeros - tx.signed_fields.size;
		assert_true(head <= 1 + RLP_HEADER_MAX);
		assert_true(tx.type == TX_LEGACY ? made.at[0] >= 0xc0 : made.at[0] == (u8)tx.type);
		assert_memory_equal(made.at + head, tx.signed_fields.at, tx.signed_fields.size);
		assert_memory_equal(made.at + made.size - sizeof zeros, zeros, sizeof zeros);
		assert_int_equal(tx_decode(&tx, made, TX_VECTOR_CHAIN_ID), ERR_SIGNATURE);
	}
}

/* The example of EIP-155. */
static const char eip155[] =
	"f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a0"
	"28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb70330"
	"4b3800ccf555c9f3dc64214b297fb1966a3b6d83";

static void the_example_of_eip_155_decodes(void **unused)
{
	struct hash digest;
	struct tx tx;

	(void)unused;
	assert_int_equal(tx_decode(&tx, unhex(buffer, eip155), 1), OK);
	assert_int_equal(tx_recover(&tx), OK);
	same(&tx.sender, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
	tx_signing_hash(&digest, &tx);
	same(&digest, "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
	same(&tx.hash, "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788");
	assert_int_equal(tx_gas_intrinsic(&tx), 21000);
}

/* A type 2 transaction field by field, each replaceable by ready RLP. */
/* clang-format off */
enum field { CHAIN, NONCE, TIP, FEE, GAS, TO, VALUE, DATA, LIST, PARITY, R, S, FIELDS };

static const char *const good[FIELDS] = {
	"827a69", "80", "80", "01", "825208", "943535353535353535353535353535353535353535",
	"80", "80", "c0", "80", "01", "01"
};
/* clang-format on */

static enum err decoded_with(enum field replaced, const char *rlp)
{
	struct rlp_writer w;
	struct bytes raw;
	struct tx tx, before;
	u8 piece[4096];
	size_t mark;
	enum err e;

	rlp_writer_init(&w, buffer, sizeof buffer);
	rlp_write_raw(&w, (struct bytes){ (const u8 *)"\x02", 1 });
	mark = rlp_list_open(&w);
	for (u32 i = 0; i < FIELDS; i++)
		rlp_write_raw(&w, unhex(piece, i == replaced ? rlp : good[i]));
	rlp_list_close(&w, mark);
	assert_int_equal(rlp_writer_end(&w, &raw), OK);
	memset(&tx, 0x5a, sizeof tx);
	before = tx;
	e = tx_decode(&tx, raw, 31337);
	if (e != OK)
		assert_memory_equal(&tx, &before, sizeof tx);
	return e;
}

/* clang-format off */
static void each_field_is_checked(void **unused)
{
	static const struct {
		enum field field;
		const char *rlp;
		enum err outcome;
	} vectors[] = {
		{ CHAIN, "827a69", OK },
		{ CHAIN, "827a6a", ERR_TX_CHAIN_ID },
		{ CHAIN, "80", ERR_TX_CHAIN_ID },
		{ CHAIN, "83007a69", ERR_CANONICAL },
		{ CHAIN, "89010000000000007a69", ERR_RANGE },
		{ CHAIN, "c0", ERR_TYPE },
		{ NONCE, "00", ERR_CANONICAL },
		{ NONCE, "8101", ERR_CANONICAL },
		{ NONCE, "88fffffffffffffffe", OK },
		{ NONCE, "88ffffffffffffffff", ERR_TX_NONCE_MAX },
		{ NONCE, "89010000000000000000", ERR_RANGE },
		{ FEE, "a0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", OK },
		{ FEE, "a101ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", ERR_RANGE },
		{ TIP, "c0", ERR_TYPE },
		{ GAS, "89010000000000000000", ERR_RANGE },
		{ TO, "80", ERR_TX_CREATION },
		{ TO, "9335353535353535353535353535353535353535", ERR_RANGE },
		{ TO, "95353535353535353535353535353535353535353535", ERR_RANGE },
		{ TO, "c0", ERR_TYPE },
		{ VALUE, "a000000000000000000000000000000000000000000000000000000000000000ff", ERR_CANONICAL },
		{ DATA, "c0", ERR_TYPE },
		{ DATA, "7f", OK },
		{ DATA, "817f", ERR_CANONICAL },
		{ LIST, "80", ERR_TYPE },
		{ LIST, "c1c0", ERR_TRUNCATED },
		{ LIST, "d7d6943535353535353535353535353535353535353535c0", OK },
		{ LIST, "d7d6943535353535353535353535353535353535353535" "80", ERR_TYPE },
		{ LIST, "d8d7943535353535353535353535353535353535353535c0c0", ERR_TRAILING },
		{ LIST, "d8d7943535353535353535353535353535353535353535c101", ERR_RANGE },
		{ PARITY, "01", OK },
		{ PARITY, "02", ERR_SIGNATURE },
		{ PARITY, "1b", ERR_SIGNATURE },
		{ R, "80", ERR_SIGNATURE },
		{ R, "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", OK },
		{ R, "a0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", ERR_SIGNATURE },
		{ S, "80", ERR_SIGNATURE },
		{ S, "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0", OK },
		{ S, "a07fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1", ERR_SIGNATURE },
		{ S, "0101", ERR_TRAILING },
		{ S, "", ERR_TRUNCATED },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		enum err e = decoded_with(vectors[i].field, vectors[i].rlp);

		if (e != vectors[i].outcome)
			fail_msg("field %d as %s: %s", (int)vectors[i].field, vectors[i].rlp, err_name(e));
	}
}

static void a_legacy_v_names_the_chain_or_is_refused(void **unused)
{
	static const struct {
		u8 v;
		u64 chain_id;
		enum err outcome;
	} vectors[] = {
		{ 0x25, 1, OK }, { 0x26, 1, OK }, { 0x25, 2, ERR_TX_CHAIN_ID },
		{ 0x27, 2, OK }, { 0x23, 0, OK }, { 0x23, 1, ERR_TX_CHAIN_ID },
		{ 27, 1, ERR_TX_UNPROTECTED }, { 28, 1, ERR_TX_UNPROTECTED },
		{ 1, 1, ERR_SIGNATURE }, { 26, 1, ERR_SIGNATURE }, { 29, 1, ERR_SIGNATURE },
		{ 34, 1, ERR_SIGNATURE }, { 0x80, 1, ERR_SIGNATURE } /* 0x80 is the number 0 */
	};
	struct bytes raw = unhex(buffer, eip155);
	struct tx tx;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		buffer[raw.size - 67] = vectors[i].v; /* before two 33-byte numbers */
		assert_int_equal(tx_decode(&tx, raw, vectors[i].chain_id), vectors[i].outcome);
	}
}

static void other_types_and_shapes_are_refused(void **unused)
{
	static const struct {
		const char *raw;
		enum err outcome;
	} vectors[] = {
		{ "", ERR_TRUNCATED }, { "00", ERR_TX_TYPE }, { "00c0", ERR_TX_TYPE },
		{ "03c0", ERR_TX_TYPE }, { "04c0", ERR_TX_TYPE }, { "7f", ERR_TX_TYPE },
		{ "01", ERR_TRUNCATED }, { "02", ERR_TRUNCATED }, { "01c0", ERR_TRUNCATED },
		{ "0280", ERR_TYPE }, { "80", ERR_TYPE }, { "b800", ERR_CANONICAL },
		{ "c0", ERR_TRUNCATED }, { "f8ff", ERR_TRUNCATED }
	};
	struct tx tx;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		enum err e = tx_decode(&tx, unhex(buffer, vectors[i].raw), 1);

		if (e != vectors[i].outcome)
			fail_msg("%s: %s", vectors[i].raw, err_name(e));
	}
}
/* clang-format on */

static void no_byte_may_be_missing_or_added(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(tx_vectors); i += 5) {
		struct bytes raw = unhex(buffer, tx_vectors[i].raw);
		struct tx tx;

		buffer[raw.size] = 0x80;
		assert_int_equal(tx_decode(&tx, (struct bytes){ buffer, raw.size + 1 }, 31337), ERR_TRAILING);
		for (size_t size = 0; size < raw.size; size += 1 + raw.size / 40)
			assert_int_equal(tx_decode(&tx, (struct bytes){ buffer, size }, 31337), ERR_TRUNCATED);
	}
}

static void size_is_limited(void **unused)
{
	static u8 large[TX_SIZE_MAX + 1] = { 0xf9 };
	struct tx tx;

	(void)unused;
	assert_int_equal(tx_decode(&tx, (struct bytes){ large, sizeof large }, 1), ERR_TX_SIZE);
	assert_int_not_equal(tx_decode(&tx, (struct bytes){ large, sizeof large - 1 }, 1), ERR_TX_SIZE);
}

static void a_signature_of_nobody_has_no_sender(void **unused)
{
	struct tx tx = { .r = u256_from_u64(5), .s = U256_ONE }; /* 5 is no x of the curve */

	(void)unused;
	assert_int_equal(tx_recover(&tx), ERR_TX_SENDER);
	assert_false(tx.is_recovered);
}

static void gas_counts_bytes_and_access_list(void **unused)
{
	static const u8 data[] = { 0, 0, 1, 0, 255 };
	struct tx tx = { .data = { data, sizeof data }, .access_addresses = 2, .access_keys = 3 };

	(void)unused;
	assert_int_equal(tx_gas_intrinsic(&tx), 21000 + 3 * 4 + 2 * 16 + 2 * 2400 + 3 * 1900);
}

static void gas_counts_zeros_in_data_of_any_length(void **unused)
{
	static const u8 kinds[] = { 0, 1, 0x7f, 0x80, 0x81, 0xff, 0, 0 };
	u8 data[200];
	u64 seed = 1;

	(void)unused;
	for (size_t size = 0; size <= sizeof data; size++) {
		struct tx tx = { .data = { data, size } };
		u64 want = 21000;

		for (size_t i = 0; i < size; i++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			data[i] = kinds[seed >> 61];
			want += data[i] == 0 ? 4 : 16;
		}
		assert_int_equal(tx_gas_intrinsic(&tx), want);
	}
}

static void the_price_is_the_base_fee_and_the_tip_up_to_the_cap(void **unused)
{
	struct tx tx = { .max_fee = u256_from_u64(100), .max_tip = u256_from_u64(10) };
	struct u256 base = u256_from_u64(80), price;

	(void)unused;
	price = tx_gas_price(&tx, &base);
	assert_int_equal(u256_low64(&price), 90);
	base = u256_from_u64(95);
	price = tx_gas_price(&tx, &base);
	assert_int_equal(u256_low64(&price), 100);
	tx.max_fee = tx.max_tip = U256_MAX;
	price = tx_gas_price(&tx, &base);
	assert_true(u256_equal(&price, &U256_MAX));
}

static void the_most_a_transaction_costs_is_checked(void **unused)
{
	struct tx tx = { .max_fee = u256_from_u64(100), .gas_limit = 21000, .value = u256_from_u64(5) };
	struct u256 cost;

	(void)unused;
	assert_int_equal(tx_cost_max(&cost, &tx), OK);
	assert_int_equal(u256_low64(&cost), 2100005);
	tx.value = U256_MAX;
	assert_int_equal(tx_cost_max(&cost, &tx), ERR_ARITHMETIC);
	tx.value = U256_ZERO;
	tx.max_fee = U256_MAX;
	assert_int_equal(tx_cost_max(&cost, &tx), ERR_ARITHMETIC);
	assert_int_equal(u256_low64(&cost), 2100005);
}

static void what_nobody_signed_says_so(void **unused)
{
	struct address alice = { { [0] = 0xaa, [19] = 1 } }, bob = { { [19] = 2 } };
	struct tx tx = { .type = TX_LEGACY, .chain_id = 31337, .nonce = 7, .gas_limit = 50000, .to = bob, .value = u256_from_u64(5) };
	struct tx got;
	struct bytes raw, other;
	u8 first[300], again[300];

	(void)unused;
	assert_int_equal(tx_unsigned(&raw, &tx, &alice, first, sizeof first), OK);
	assert_int_equal(tx_decode(&got, raw, 31337), ERR_SIGNATURE);
	assert_int_equal(tx_decode_stored(&got, raw, 31337), OK);
	assert_true(got.is_recovered && got.type == TX_DYNAMIC_FEE);
	assert_int_equal(address_cmp(&got.sender, &alice), 0);
	assert_int_equal(got.nonce, 7);
	assert_int_equal(tx_decode_stored(&got, raw, 1), ERR_TX_CHAIN_ID);
	/* The same of another sender is another transaction. */
	assert_int_equal(tx_unsigned(&other, &tx, &bob, again, sizeof again), OK);
	assert_false(bytes_equal(raw, other));
	assert_int_equal(tx_unsigned(&other, &tx, &bob, again, 20), ERR_FULL);
	/* Only r = 0 with an address in s will do. */
	first[raw.size - 22] = 1;                                 /* r */
	assert_int_equal(tx_decode_stored(&got, raw, 31337), OK); /* a signature, if of nobody known */
	assert_false(got.is_recovered);
	first[raw.size - 22] = 0x80;
	first[raw.size - 23] = 1; /* v */
	assert_int_equal(tx_decode_stored(&got, raw, 31337), ERR_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transactions_decode_as_ethers_made_them),
		cmocka_unit_test(signing_gives_the_bytes_that_ethers_gives),
		cmocka_unit_test(the_example_of_eip_155_decodes),
		cmocka_unit_test(each_field_is_checked),
		cmocka_unit_test(a_legacy_v_names_the_chain_or_is_refused),
		cmocka_unit_test(other_types_and_shapes_are_refused),
		cmocka_unit_test(no_byte_may_be_missing_or_added),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(a_signature_of_nobody_has_no_sender),
		cmocka_unit_test(gas_counts_bytes_and_access_list),
		cmocka_unit_test(gas_counts_zeros_in_data_of_any_length),
		cmocka_unit_test(the_price_is_the_base_fee_and_the_tip_up_to_the_cap),
		cmocka_unit_test(the_most_a_transaction_costs_is_checked),
		cmocka_unit_test(a_draft_is_what_will_be_signed_and_zeros),
		cmocka_unit_test(what_nobody_signed_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
