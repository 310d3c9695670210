#include "client/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"

#define WORD_0     "0000000000000000000000000000000000000000000000000000000000000000"
#define ALICE      "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define ALICE_WORD "0000000000000000000000007e5f4552091a69125d5dfcb7b8c2659029395bdf"

static void text_becomes_calldata(void **unused)
{
	static const struct {
		const char *signature;
		const char *args[4];
		size_t count;
		const char *input;
	} vectors[] = {
		{ "totalSupply()", { NULL }, 0, "0x18160ddd" },
		{ "transfer(address,uint256)", { ALICE, "1000" }, 2, "0xa9059cbb" ALICE_WORD "00000000000000000000000000000000000000000000000000000000000003e8" },
		{ "supply(address,uint256,address,uint16)", { ALICE, "0xff", ALICE, "0" }, 4, "0x617ba037" ALICE_WORD "00000000000000000000000000000000000000000000000000000000000000ff" ALICE_WORD WORD_0 },
		{ "setName(string)", { "dave" }, 1, "0xc47f0027"
						    "0000000000000000000000000000000000000000000000000000000000000020"
						    "0000000000000000000000000000000000000000000000000000000000000004"
						    "6461766500000000000000000000000000000000000000000000000000000000" },
	};
	char text[2 * CONTRACT_INPUT_MAX + 3];
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes input;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(contract_encode(&input, buffer, sizeof buffer, vectors[i].signature, vectors[i].args, vectors[i].count), OK);
		hex_from_bytes(text, input);
		assert_string_equal(text, vectors[i].input);
	}
}

static void arguments_that_do_not_fit_are_refused(void **unused)
{
	static const struct {
		const char *signature, *arg;
		enum err e;
	} vectors[] = {
		{ "f(uint8)", "256", ERR_RANGE },
		{ "f(uint8)", "-1", ERR_SYNTAX },
		{ "f(uint8)", "1.5", ERR_SYNTAX },
		{ "f(uint8)", "", ERR_SYNTAX },
		{ "f(int8)", "128", ERR_RANGE },
		{ "f(bool)", "yes", ERR_SYNTAX },
		{ "f(address)", "0x12", ERR_SIZE },
		{ "f(address)", "alice", ERR_SYNTAX },
		{ "f(address)", "0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266", ERR_CANONICAL },
		{ "f(bytes4)", "0x01020304ff", ERR_SIZE },
		{ "f(bytes)", "0x1", ERR_SYNTAX },
		{ "f(uint256[])", "1", ERR_TYPE },
		{ "f(", "1", ERR_SYNTAX },
	};
	u8 buffer[CONTRACT_INPUT_MAX];
	struct bytes input;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++)
		assert_int_equal(contract_encode(&input, buffer, sizeof buffer, vectors[i].signature, &vectors[i].arg, 1), vectors[i].e);
	assert_int_equal(contract_encode(&input, buffer, sizeof buffer, "f(bool)", NULL, 0), ERR_SYNTAX);
	assert_int_equal(contract_encode(&input, buffer, 35, "f(bool)", (const char *[]){ "true" }, 1), ERR_FULL);
}

static void every_form_of_revert_reads_as_a_sentence(void **unused)
{
	static const struct {
		const char *data, *name, *text;
	} vectors[] = {
		{ "0x930bb771", "HealthFactorNotBelowThreshold", "the contract refused: HealthFactorNotBelowThreshold" },
		{ "0xe450d38c" ALICE_WORD "0000000000000000000000000000000000000000000000000000000000000007"
		  "0000000000000000000000000000000000000000000000000000000000000064",
		  "ERC20InsufficientBalance", "the contract refused: ERC20InsufficientBalance(" ALICE ", 7, 100)" },
		{ "0x08c379a0"
		  "0000000000000000000000000000000000000000000000000000000000000020"
		  "0000000000000000000000000000000000000000000000000000000000000003"
		  "6e6f740000000000000000000000000000000000000000000000000000000000",
		  "Error", "the contract refused: not" },
		{ "0x4e487b710000000000000000000000000000000000000000000000000000000000000011", "Panic",
		  "the contract refused: arithmetic overflow or underflow (Panic 0x11)" },
		{ "0xdeadbeef", "", "the contract refused with an unknown error 0xdeadbeef" },
		{ "0x", "", "the contract refused without saying why" },
		{ "0x930bb7", "", "the contract refused without saying why" },
		{ "0x08c379a0", "Error", "the contract refused with" }, /* cut short */
		{ "0x4e487b71", "Panic", "the contract refused with" },
	};
	struct fault f;
	size_t size;
	u8 data[256];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(hex_to_bytes(data, &size, sizeof data, vectors[i].data, strlen(vectors[i].data)), OK);
		assert_int_equal(fault_from_revert(&f, (struct bytes){ data, size }), ERR_REVERT);
		assert_string_equal(f.name, vectors[i].name);
		assert_memory_equal(f.text, vectors[i].text, strlen(vectors[i].text));
	}
}

static void errors_of_the_node_keep_their_words(void **unused)
{
	struct fault f;

	(void)unused;
	assert_int_equal(fault_take(&f, json_pack("{s:i, s:s}", "code", -32000, "message", "nonce too low: next nonce 5, tx nonce 4")), ERR_RANGE);
	assert_int_equal(f.kind, FAULT_REFUSED);
	assert_string_equal(f.text, "the node refused: nonce too low: next nonce 5, tx nonce 4");
	assert_int_equal(fault_take(&f, json_pack("{s:i, s:s}", "code", -32601, "message", "the method x does not exist/is not available")), ERR_NOT_FOUND);
	assert_int_equal(fault_take(&f, json_pack("{s:i, s:s}", "code", 3, "message", "execution reverted")), ERR_REVERT);
	assert_int_equal(fault_take(&f, NULL), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_calldata),
		cmocka_unit_test(arguments_that_do_not_fit_are_refused),
		cmocka_unit_test(every_form_of_revert_reads_as_a_sentence),
		cmocka_unit_test(errors_of_the_node_keep_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
