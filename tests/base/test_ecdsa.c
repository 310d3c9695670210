#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "base/hex.h"

static const struct {
	const char *key, *address;
} known[] = {
	{ "0x0000000000000000000000000000000000000000000000000000000000000001",
	  "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf" },
	{ "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
	  "0x80c0dbf239224071c59dd8970ab9d542e3414ab2" }, /* order - 1 */
	{ "0x4646464646464646464646464646464646464646464646464646464646464646",
	  "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f" }, /* EIP-155 */
	{ "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
	  "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" },
};

static void key_read(u8 out[32], const char *text)
{
	assert_int_equal(hex_to_fixed(out, 32, text, strlen(text)), OK);
}

static struct hash digest_of(const char *text)
{
	struct hash digest;

	keccak256(&digest, (struct bytes){ (const u8 *)text, strlen(text) });
	return digest;
}

static void keys_have_their_known_addresses(void **unused)
{
	struct address got, want;
	u8 key[32];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(known); i++) {
		key_read(key, known[i].key);
		assert_int_equal(hex_to_address(&want, known[i].address, 42), OK);
		assert_int_equal(address_of_key(&got, key), OK);
		assert_memory_equal(&got, &want, sizeof want);
	}
}

static void the_public_key_of_one_is_the_generator(void **unused)
{
	static const char generator[] =
		"0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
		"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
	u8 key[32], got[64], want[64];

	(void)unused;
	key_read(key, known[0].key);
	assert_int_equal(hex_to_fixed(want, 64, generator, strlen(generator)), OK);
	assert_int_equal(public_of_key(got, key), OK);
	assert_memory_equal(got, want, 64);
}

/* RFC 6979: the signature is a function of key and digest (EIP-155's example). */
static void signatures_are_deterministic(void **unused)
{
	static const char hash[] = "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53";
	static const char r[] = "0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276";
	static const char s[] = "0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
	struct u256 want_r, want_s;
	struct signature sig;
	struct hash digest;
	u8 key[32];

	(void)unused;
	key_read(key, known[2].key);
	assert_int_equal(hex_to_hash(&digest, hash, strlen(hash)), OK);
	assert_int_equal(hex_to_u256(&want_r, r, strlen(r)), OK);
	assert_int_equal(hex_to_u256(&want_s, s, strlen(s)), OK);
	assert_int_equal(signature_sign(&sig, key, &digest), OK);
	assert_true(u256_equal(&sig.r, &want_r));
	assert_true(u256_equal(&sig.s, &want_s));
	assert_int_equal(sig.y_parity, 0);
}

static void a_signature_names_its_signer(void **unused)
{
	struct address signer, got;
	struct signature sig;
	struct hash digest;
	char text[2] = "a";
	u8 key[32];

	(void)unused;
	for (u32 i = 0; i < 40; i++) {
		key_read(key, known[i % ARRAY_COUNT(known)].key);
		text[0] = (char)('A' + i);
		digest = digest_of(text);
		assert_int_equal(address_of_key(&signer, key), OK);
		assert_int_equal(signature_sign(&sig, key, &digest), OK);
		assert_true(signature_is_canonical(&sig));
		assert_int_equal(signature_recover(&got, &sig, &digest), OK);
		assert_memory_equal(&got, &signer, sizeof got);

		sig.y_parity ^= 1;
		if (signature_recover(&got, &sig, &digest) == OK)
			assert_memory_not_equal(&got, &signer, sizeof got);
	}
}

static struct u256 number(const char *hex)
{
	struct u256 x;

	assert_int_equal(hex_to_u256(&x, hex, strlen(hex)), OK);
	return x;
}

static void a_signature_that_is_not_canonical_is_refused(void **unused)
{
	const struct u256 order = number("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
	const struct u256 half = number("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
	const struct u256 half_up = number("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1");
	const struct u256 order_less = number("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140");
	const struct {
		struct signature sig;
		bool is_canonical;
	} vectors[] = {
		{ { U256_ONE, U256_ONE, 0 }, true },
		{ { order_less, half, 1 }, true },
		{ { U256_ZERO, U256_ONE, 0 }, false },
		{ { U256_ONE, U256_ZERO, 0 }, false },
		{ { order, U256_ONE, 0 }, false },
		{ { U256_MAX, U256_ONE, 0 }, false },
		{ { U256_ONE, half_up, 0 }, false },
		{ { U256_ONE, order_less, 0 }, false },
		{ { U256_ONE, U256_ONE, 2 }, false },
		{ { U256_ONE, U256_ONE, 27 }, false },
	};
	struct address out, before;
	struct hash digest = digest_of("x");

	(void)unused;
	memset(&before, 7, sizeof before);
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(signature_is_canonical(&vectors[i].sig), vectors[i].is_canonical);
		if (vectors[i].is_canonical)
			continue;
		out = before;
		assert_int_equal(signature_recover(&out, &vectors[i].sig, &digest), ERR_SIGNATURE);
		assert_memory_equal(&out, &before, sizeof out);
	}
}

/* 5 is no x-coordinate of the curve. */
static void a_signature_of_nobody_is_refused(void **unused)
{
	struct signature sig = { u256_from_u64(5), U256_ONE, 0 };
	struct hash digest = digest_of("x");
	struct address out;

	(void)unused;
	assert_true(signature_is_canonical(&sig));
	assert_int_equal(signature_recover(&out, &sig, &digest), ERR_SIGNATURE);
}

static void a_key_outside_the_group_is_refused(void **unused)
{
	static const char *const keys[] = {
		"0x0000000000000000000000000000000000000000000000000000000000000000",
		"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
		"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	};
	struct hash digest = digest_of("x");
	struct signature sig;
	struct address a;
	u8 key[32], public[64];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
		key_read(key, keys[i]);
		assert_int_equal(signature_sign(&sig, key, &digest), ERR_SIGNATURE);
		assert_int_equal(address_of_key(&a, key), ERR_SIGNATURE);
		assert_int_equal(public_of_key(public, key), ERR_SIGNATURE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_their_known_addresses),
		cmocka_unit_test(the_public_key_of_one_is_the_generator),
		cmocka_unit_test(signatures_are_deterministic),
		cmocka_unit_test(a_signature_names_its_signer),
		cmocka_unit_test(a_signature_that_is_not_canonical_is_refused),
		cmocka_unit_test(a_signature_of_nobody_is_refused),
		cmocka_unit_test(a_key_outside_the_group_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
