#include "tests/rpc/fixture.h"

/* eth_fillTransaction.  What the raw bytes and their hashes must be was encoded by ethers 6. */

#define KEY_WORD "\"0x" W_TEN "\""
#define LIST     "\"accessList\":[{\"address\":\"" WETH "\",\"storageKeys\":[" KEY_WORD "]}]"
#define RAW_LIST "f838f794506c696d736f6c6c000000000000000000010000e1a0" W_TEN
#define TO       "94" \
	   "00000000000000000000000000000000000000ab"
#define SEND "\"from\":\"" ALICE "\",\"to\":\"" NOBODY "\",\"value\":\"0x1\""

/* What stands of each transaction besides fees. */
#define BODY(type, nonce, gas) "\"to\":\"" NOBODY "\",\"type\":\"" type "\",\"chainId\":\"0x4f24\",\"nonce\":\"" nonce "\",\"gas\":\"" gas "\",\"value\":\"0x1\",\"input\":\"0x\","
#define UNSIGNED               "\"v\":\"0x0\",\"yParity\":\"0x0\",\"r\":\"0x0\",\"s\":\"0x0\"}}"
#define DYNAMIC_FEES           "\"gasPrice\":null,\"maxFeePerGas\":\"0x3baa0c40\",\"maxPriorityFeePerGas\":\"0xf4240\","
#define PRICE                  "\"gasPrice\":\"0x3baa0c40\",\"maxFeePerGas\":null,\"maxPriorityFeePerGas\":null,"

static void a_transaction_of_each_type_is_encoded_with_zeros_for_a_signature(void **unused)
{
	(void)unused;
	assert_answers("eth_fillTransaction", "[{" SEND "}]",
		       "{\"raw\":\"0x02eb824f2480830f4240843baa0c40825208" TO "0180c0808080\","
		       "\"tx\":{\"hash\":\"0xa096d2b273f963a71340b080f453a1026dc11c0afee4034103db57ee81dcbf61\"," DYNAMIC_FEES
			       BODY("0x2", "0x0", "0x5208") "\"accessList\":[]," UNSIGNED);
	assert_answers("eth_fillTransaction", "[{" SEND ",\"type\":\"0x0\"}]",
		       "{\"raw\":\"0xe380843baa0c40825208" TO "0180808080\","
		       "\"tx\":{\"hash\":\"0x94cc00bb9274c65903532d1f69783539441267398b6b7201926c2a3308c00885\"," PRICE
			       BODY("0x0", "0x0", "0x5208") "\"v\":\"0x0\",\"r\":\"0x0\",\"s\":\"0x0\"}}");
	assert_answers("eth_fillTransaction", "[{" SEND ",\"gasPrice\":\"0x3baa0c40\",\"nonce\":\"0x7\"," LIST "}]",
		       "{\"raw\":\"0x01f860824f2407843baa0c408262d4" TO "0180" RAW_LIST "808080\","
		       "\"tx\":{\"hash\":\"0x6a86d99c834b88438ae27773962ad4901ff7647aa80f8a553e33a18f12e56518\"," PRICE
			       BODY("0x1", "0x7", "0x62d4") LIST "," UNSIGNED);
	assert_answers("eth_fillTransaction", "[{" SEND "," LIST "}]",
		       "{\"raw\":\"0x02f864824f2480830f4240843baa0c408262d4" TO "0180" RAW_LIST "808080\","
		       "\"tx\":{\"hash\":\"0x794b08f5f4a6cf827ae23e7df46b7cf5a37acafbac2fa95663d5a39652d388c0\"," DYNAMIC_FEES
			       BODY("0x2", "0x0", "0x62d4") LIST "," UNSIGNED);
}

/* One field of what a call is filled to. */
static void assert_filled(const char *call, const char *name, const char *value)
{
	json_t *answer = ask("eth_fillTransaction", call), *tx = json_object_get(answer, "tx");

	assert_string_equal(text_at(tx, name), value);
	json_decref(answer);
}

static void what_is_given_stays(void **unused)
{
	(void)unused;
	assert_filled("[{" SEND ",\"gasPrice\":\"0x77359400\"}]", "type", "0x0");
	assert_filled("[{" SEND ",\"gasPrice\":\"0x77359400\"}]", "gasPrice", "0x77359400");
	assert_filled("[{" SEND ",\"type\":\"0x1\"}]", "type", "0x1");
	assert_filled("[{" SEND ",\"gas\":\"0x9999\"}]", "gas", "0x9999");
	assert_filled("[{" SEND ",\"nonce\":\"0x0\"}]", "nonce", "0x0");
	assert_filled("[{" SEND ",\"maxPriorityFeePerGas\":\"0x1\"}]", "maxFeePerGas", "0x3b9aca01");
	assert_filled("[{" SEND ",\"maxFeePerGas\":\"0x77359400\"}]", "maxPriorityFeePerGas", "0xf4240");
	assert_filled("[{" SEND ",\"maxFeePerGas\":\"0x77359400\",\"maxPriorityFeePerGas\":\"0x0\",\"chainId\":\"0x4f24\"}]",
		      "maxPriorityFeePerGas", "0x0");
}

static void gas_is_what_the_call_uses_and_a_revert_is_told(void **unused)
{
	static const char call[] = "{\"from\":\"" BOB "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_ALICE W_TEN "\"}";
	char params[400];
	json_t *gas;

	(void)unused;
	(void)snprintf(params, sizeof params, "[%s]", call);
	gas = ask("eth_estimateGas", params);
	assert_filled(params, "gas", json_string_value(gas));
	json_decref(gas);
	assert_refused("eth_fillTransaction", "[{\"from\":\"" BOB "\",\"to\":\"" WETH "\",\"data\":\"0xa9059cbb" W_ALICE W_MAX "\"}]",
		       3, "execution reverted");
	assert_refused("eth_fillTransaction", "[{\"from\":\"" NOBODY "\",\"to\":\"" BOB "\"}]", -32000,
		       "gas required exceeds allowance (0)");
}

static void what_no_transaction_here_can_be_is_refused(void **unused)
{
	static const struct {
		const char *more;
		int code;
		const char *message;
	} rows[] = {
		{ "\"blobs\":[]", -32000, "transaction type not supported: it has blobs" },
		{ "\"blobVersionedHashes\":[]", -32000, "transaction type not supported: it has blobVersionedHashes" },
		{ "\"maxFeePerBlobGas\":\"0x1\"", -32000, "transaction type not supported: it has maxFeePerBlobGas" },
		{ "\"authorizationList\":[]", -32000, "transaction type not supported: it has authorizationList" },
		{ "\"type\":\"0x3\"", -32000, "transaction type not supported" },
		{ "\"type\":\"0x2\",\"gasPrice\":\"0x3b9aca00\"", -32602, "type 0x2 has no gasPrice" },
		{ "\"type\":\"0x0\",\"maxFeePerGas\":\"0x3b9aca00\"", -32602, "type 0x0 has no maxFeePerGas" },
		{ "\"type\":\"0x1\",\"maxPriorityFeePerGas\":\"0x1\"", -32602, "type 0x1 has no maxPriorityFeePerGas" },
		{ "\"type\":\"0x0\",\"accessList\":[]", -32602, "type 0x0 has no accessList" },
		{ "\"maxFeePerGas\":\"0x3b9ac9ff\"", -32000, "max fee per gas less than block base fee" },
		{ "\"gasPrice\":\"0x1\",\"gas\":\"0x5208\"", -32000, "max fee per gas less than block base fee" },
		{ "\"chainId\":\"0x1\"", -32000, "chainId does not match node's (have=1, want=20260)" },
	};
	char params[400];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		(void)snprintf(params, sizeof params, "[{" SEND ",%s}]", rows[i].more);
		assert_refused("eth_fillTransaction", params, rows[i].code, rows[i].message);
	}
	assert_refused("eth_fillTransaction", "[{\"from\":\"" ALICE "\",\"data\":\"0x00\"}]", -32000, "contract creation not supported");
}

static void what_no_transaction_has_room_for_is_refused(void **unused)
{
	static char params[2 * TX_SIZE_MAX + 300];
	size_t size = (size_t)sprintf(params, "[{" SEND ",\"data\":\"0x");

	(void)unused;
	memset(params + size, '0', 2 * TX_SIZE_MAX);
	strcpy(params + size + 2 * TX_SIZE_MAX, "\"}]");
	assert_refused("eth_fillTransaction", params, -32000, "oversized data");
}

static void the_nonce_comes_after_what_is_queued(void **unused)
{
	(void)unused;
	json_decref(send_from(0, NOBODY, 1, "0x"));
	assert_filled("[{" SEND "}]", "nonce", "0x1");
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transaction_of_each_type_is_encoded_with_zeros_for_a_signature),
		cmocka_unit_test(what_is_given_stays),
		cmocka_unit_test(gas_is_what_the_call_uses_and_a_revert_is_told),
		cmocka_unit_test(what_no_transaction_here_can_be_is_refused),
		cmocka_unit_test(what_no_transaction_has_room_for_is_refused),
		cmocka_unit_test(the_nonce_comes_after_what_is_queued),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
