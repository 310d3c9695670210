#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hex.h"
#include "contracts-native/dispatch/address.h"

static struct address parsed(const char *text)
{
	struct address a;

	assert_int_equal(hex_to_address(&a, text, strlen(text)), OK);
	return a;
}

static void addresses_are_readable(void **unused)
{
	static const struct {
		enum contract_kind kind;
		u16 index;
		const char *text;
	} vectors[] = {
		{ CONTRACT_TOKEN, 0, "0x506c696d736f6c6c000000000000000000010000" },
		{ CONTRACT_TOKEN, 0x1234, "0x506c696d736f6c6c000000000000000000011234" },
		{ CONTRACT_POOL, 0, "0x506c696d736f6c6c000000000000000000050000" },
		{ CONTRACT_FLASH_RECEIVER, 65535, "0x506c696d736f6c6c00000000000000000012ffff" },
		{ CONTRACT_MULTICALL, 0, "0xcA11bde05977b3631167028862bE2a173976CA11" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct address want = parsed(vectors[i].text);
		struct address got = contract_address(vectors[i].kind, vectors[i].index);
		struct contract_id id = contract_of(&want);

		assert_memory_equal(&got, &want, sizeof want);
		assert_int_equal(id.kind, vectors[i].kind);
		assert_int_equal(id.index, vectors[i].index);
	}
}

static void every_kind_has_an_address_and_a_label(void **unused)
{
	(void)unused;
#define X(name, number, label) \
	{ \
		struct address a = contract_address(CONTRACT_##name, 0); \
		assert_int_equal(contract_of(&a).kind, number); \
		assert_string_equal(contract_label(CONTRACT_##name), label); \
	}
	CONTRACT_KINDS(X)
#undef X
	assert_string_equal(contract_label(CONTRACT_NONE), "");
}

static void other_addresses_are_no_contracts(void **unused)
{
	static const char *const texts[] = {
		"0x0000000000000000000000000000000000000000",
		"0x506c696d736f6c6c000000000000000000000000", /* kind 0 */
		"0x506c696d736f6c6c000000000000000000130000", /* no such kind */
		"0x506c696d736f6c6c000000000000000001010000",
		"0x506c696d736f6c6c0000000000000000ffff0000",
		"0x506c696d736f6c6c0000000000000000000f0000", /* Multicall3 lives elsewhere */
		"0x506c696d736f6c6c000000000000000100010000", /* gap not zero */
		"0x506c696d736f6c6c010000000000000000010000",
		"0x506c696d736f6c6d000000000000000000010000", /* prefix */
		"0xcA11bde05977b3631167028862bE2a173976CA12",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		struct address a = parsed(texts[i]);

		assert_int_equal(contract_of(&a).kind, CONTRACT_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_readable),
		cmocka_unit_test(every_kind_has_an_address_and_a_label),
		cmocka_unit_test(other_addresses_are_no_contracts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
