#include "client/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "client/field.h"
#include "tests/client/typed_vectors.h"

#define OWNER "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

static void messages_are_signed_as_ethers_signs_them(void **unused)
{
	u8 key[32];

	(void)unused;
	(void)typed_vectors; /* of the other test */
	assert_int_equal(hex_to_fixed(key, 32, "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", 66), OK);
	for (size_t i = 0; i < ARRAY_COUNT(message_vectors); i++) {
		const char *text = message_vectors[i].message;
		char digest[67], signed_[SIGNATURE_TEXT_MAX], owner[HEX_ADDRESS_SIZE];
		struct signature signature, back;
		struct address signer;
		struct hash h;

		message_digest(&h, (struct bytes){ (const u8 *)text, strlen(text) });
		hex_from_bytes(digest, (struct bytes){ h.bytes, sizeof h.bytes });
		assert_string_equal(digest, message_vectors[i].digest);
		assert_int_equal(signature_sign(&signature, key, &h), OK);
		signature_format(signed_, &signature);
		assert_string_equal(signed_, message_vectors[i].signature);
		assert_int_equal(signature_parse(&back, signed_), OK);
		assert_int_equal(signature_recover(&signer, &back, &h), OK);
		hex_checksum_address(owner, &signer);
		assert_string_equal(owner, OWNER);
	}
}

#define R "0x0000000000000000000000000000000000000000000000000000000000000005"

static void signatures_of_every_form_are_read(void **unused)
{
	static const struct {
		const char *text;
		enum err e;
		u8 parity;
	} rows[] = {
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "1b",
		  OK, 0 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "1c",
		  OK, 1 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "00",
		  OK, 0 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "01",
		  OK, 1 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "02",
		  ERR_RANGE, 0 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "1d",
		  ERR_RANGE, 0 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007", OK, 0 },
		{ R "8000000000000000000000000000000000000000000000000000000000000007", OK, 1 },
		{ R "0000000000000000000000000000000000000000000000000000000000000007"
		    "1b00",
		  ERR_SIZE, 0 },
		{ R, ERR_SIZE, 0 },
		{ R "0000000000000000000000000000000000000000000000000000000000000000"
		    "1b",
		  ERR_SIGNATURE, 0 },
		{ R "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"
		    "1b",
		  ERR_SIGNATURE, 0 },
		{ "0x", ERR_SIZE, 0 },
		{ "", ERR_SYNTAX, 0 },
		{ "hello", ERR_SYNTAX, 0 },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct signature s = { .y_parity = 9 };

		assert_int_equal(signature_parse(&s, rows[i].text), rows[i].e);
		assert_int_equal(s.y_parity, rows[i].e ? 9 : rows[i].parity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_signed_as_ethers_signs_them),
		cmocka_unit_test(signatures_of_every_form_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
