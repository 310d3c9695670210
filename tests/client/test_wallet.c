#include "client/wallet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hex.h"
#include "client/contract.h"
#include "client/field.h"
#include "tests/support/canned_rpc.h"

static const u8 KEY[32] = { [31] = 1 }; /* of 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf */
static const struct address TOKEN = { { [19] = 0x99 } };

/* A node of few words.  Tests set what it says; it records what it was sent. */
static struct node {
	const char *estimate_error; /* JSON of an error; NULL: 50000 gas */
	const char *call_error;
	const char *call_result;
	const char *status; /* of the receipt; NULL: none yet */
	u32 polls_without;  /* receipts asked for before there is one */
	u64 nonce;
	u32 asked; /* requests, batched ones too */
	u8 raw[1024];
	size_t raw_size;
	char call[256];         /* data of the last eth_call */
	const char *send_error; /* JSON of an error */
} node;

static json_t *node_error(const char *text)
{
	return json_pack("{s:o}", "error", json_loads(text, 0, NULL));
}

static json_t *node_answer(void *context, const char *method, const json_t *params)
{
	const char *text;

	(void)context;
	node.asked++;
	if (strcmp(method, "eth_chainId") == 0)
		return json_string("0x4f24"); /* 20260 */
	if (strcmp(method, "eth_baseFee") == 0)
		return json_string("0x3b9aca00");
	if (strcmp(method, "eth_maxPriorityFeePerGas") == 0)
		return json_string("0xf4240");
	if (strcmp(method, "eth_getTransactionCount") == 0)
		return json_sprintf("0x%llx", (unsigned long long)node.nonce);
	if (strcmp(method, "eth_estimateGas") == 0)
		return node.estimate_error ? node_error(node.estimate_error) : json_string("0xc350");
	if (strcmp(method, "eth_call") == 0) {
		snprintf(node.call, sizeof node.call, "%s", field_text(json_array_get(params, 0), "data"));
		return node.call_error ? node_error(node.call_error) : json_string(node.call_result);
	}
	if (strcmp(method, "eth_sendRawTransaction") == 0) {
		text = json_string_value(json_array_get(params, 0));
		if (node.send_error)
			return node_error(node.send_error);
		if (hex_to_bytes(node.raw, &node.raw_size, sizeof node.raw, text, strlen(text)))
			return node_error("{\"code\":-32602,\"message\":\"bad hex\"}");
		return json_string("0x1111111111111111111111111111111111111111111111111111111111111111");
	}
	if (strcmp(method, "eth_getTransactionReceipt") == 0) {
		if (!node.status || node.polls_without-- > 0)
			return json_null();
		node.polls_without = 0;
		return json_pack("{s:s, s:s, s:s, s:s}", "status", node.status, "blockNumber", "0x10", "gasUsed", "0x5208", "effectiveGasPrice", "0x3b9aca00");
	}
	return node_error("{\"code\":-32601,\"message\":\"the method x does not exist/is not available\"}");
}

struct setting {
	struct canned_rpc *server;
	struct rpc_client *rpc;
	struct wallet wallet;
};

static int set_up(void **state)
{
	struct setting *s = calloc(1, sizeof *s);
	struct fault why;

	node = (struct node){ .nonce = 7, .status = "0x1", .call_result = "0x" };
	s->server = canned_rpc_start(node_answer, NULL);
	s->rpc = rpc_open(canned_rpc_url(s->server));
	assert_int_equal(wallet_open(&s->wallet, s->rpc, &why, KEY, NULL), OK);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	wallet_close(&s->wallet);
	rpc_close(s->rpc);
	canned_rpc_stop(s->server);
	free(s);
	return 0;
}

static void a_transaction_asks_signs_and_waits(void **state)
{
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ (const u8 *)"\x01\x02\x03\x04\x05", 5 });
	struct tx_result receipt;
	struct fault why;
	struct tx tx;

	node.polls_without = 2;
	r.value = u256_from_u64(1);
	r.tip = u256_from_u64(5);
	assert_int_equal(wallet_run(&receipt, &s->wallet, &why, &r), OK);
	assert_true(receipt.is_success);
	assert_int_equal(receipt.height, 16);
	assert_int_equal(receipt.gas_used, 21000);
	json_decref(receipt.json);
	/* The node's own decoder finds what was asked for, signed by the wallet's owner. */
	assert_int_equal(tx_decode(&tx, (struct bytes){ node.raw, node.raw_size }, 20260), OK);
	assert_int_equal(tx_recover(&tx), OK);
	assert_int_equal(address_cmp(&tx.sender, &s->wallet.owner), 0);
	assert_int_equal(tx.type, TX_DYNAMIC_FEE);
	assert_int_equal(tx.nonce, 7);
	assert_int_equal(tx.gas_limit, 60000); /* a fifth above the estimate */
	assert_int_equal(u256_low64(&tx.max_fee), 1000000005);
	assert_int_equal(u256_low64(&tx.max_tip), 5);
	assert_int_equal(u256_low64(&tx.value), 1);
	assert_int_equal(tx.data.size, 5);
	assert_int_equal(address_cmp(&tx.to, &TOKEN), 0);
}

static void what_is_known_is_not_asked_for(void **state)
{
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	u32 before = node.asked;
	struct fault why;
	struct hash hash;
	struct tx tx;

	r.nonce = 99;
	r.gas = 30000;
	r.fee = u256_from_u64(2000000000);
	r.tip = u256_from_u64(1);
	assert_int_equal(wallet_send(&hash, &s->wallet, &why, &r), OK);
	assert_int_equal(node.asked, before + 1);
	assert_int_equal(tx_decode(&tx, (struct bytes){ node.raw, node.raw_size }, 20260), OK);
	assert_int_equal(tx.nonce, 99);
	assert_int_equal(tx.gas_limit, 30000);
	assert_int_equal(hash_cmp(&hash, &tx.hash), 0);
}

/* The fee said, the tip said: what is asked for is the base fee, 10^9, and the tip, 10^6. */
static void the_tip_is_the_recommended_one_unless_it_is_said(void **state)
{
	static const struct {
		u64 fee, tip, max_fee, max_tip;
	} vectors[] = {
		{ 0, 0, 1001000000, 1000000 },
		{ 0, 5, 1000000005, 5 },
		{ 2000000000, 0, 2000000000, 1000000 },
		{ 3000, 0, 3000, 3000 }, /* no more than the fee that it is a part of */
	};
	struct setting *s = *state;

	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
		struct fault why;

		r.fee = u256_from_u64(vectors[i].fee);
		r.tip = u256_from_u64(vectors[i].tip);
		assert_int_equal(wallet_prepare(&s->wallet, &why, &r), OK);
		assert_int_equal(u256_low64(&r.fee), vectors[i].max_fee);
		assert_int_equal(u256_low64(&r.tip), vectors[i].max_tip);
	}
}

static void refusals_of_the_pool_are_told_apart(void **state)
{
	static const struct {
		const char *error;
		enum err e;
	} vectors[] = {
		{ "{\"code\":-32000,\"message\":\"already known\"}", ERR_EXISTS },
		{ "{\"code\":-32000,\"message\":\"nonce too low: next nonce 8, tx nonce 7\"}", ERR_ORDER },
		{ "{\"code\":-32000,\"message\":\"replacement transaction underpriced\"}", ERR_ORDER },
		{ "{\"code\":-32000,\"message\":\"txpool is full\"}", ERR_RANGE },
	};
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	struct fault why;
	struct hash hash;

	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		node.send_error = vectors[i].error;
		assert_int_equal(wallet_send(&hash, &s->wallet, &why, &r), vectors[i].e);
		assert_int_equal(why.kind, FAULT_REFUSED);
	}
}

static void a_refusal_before_sending_names_the_custom_error(void **state)
{
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	struct tx_result receipt;
	struct fault why;

	node.estimate_error = "{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x911ceb81\"}";
	assert_int_equal(wallet_run(&receipt, &s->wallet, &why, &r), ERR_REVERT);
	assert_int_equal(why.kind, FAULT_REVERT);
	assert_string_equal(why.name, "CollateralCannotCoverNewBorrow");
	assert_non_null(fault_advice(&why));
	assert_int_equal(node.raw_size, 0);
}

static void a_failure_in_a_block_is_explained_by_running_it_again(void **state)
{
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	struct tx_result receipt;
	struct fault why;

	node.status = "0x0";
	node.call_error = "{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x930bb771\"}";
	assert_int_equal(wallet_run(&receipt, &s->wallet, &why, &r), ERR_REVERT);
	assert_string_equal(why.name, "HealthFactorNotBelowThreshold");
	node.call_error = NULL;
	assert_int_equal(wallet_run(&receipt, &s->wallet, &why, &r), ERR_REVERT);
	assert_string_equal(why.name, "");
	assert_non_null(strstr(why.text, "another one came first"));
}

static void a_receipt_that_does_not_come_is_a_timeout(void **state)
{
	static const struct hash hash = { { 1 } };
	struct setting *s = *state;
	struct tx_result receipt;
	struct fault why;

	node.status = NULL;
	assert_int_equal(wallet_wait(&receipt, &s->wallet, &why, &hash, 60), ERR_NOT_FOUND);
	assert_int_equal(why.kind, FAULT_TIMEOUT);
}

static void a_wallet_without_a_key_only_watches(void **state)
{
	struct setting *s = *state;
	struct request r = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	struct wallet watcher;
	struct fault why;
	struct hash hash;

	assert_int_equal(wallet_open(&watcher, s->rpc, &why, NULL, &TOKEN), OK);
	assert_int_equal(wallet_send(&hash, &watcher, &why, &r), ERR_NOT_FOUND);
	assert_int_equal(why.kind, FAULT_LOCAL);
	assert_int_equal(wallet_open(&watcher, s->rpc, &why, (const u8[32]){ 0 }, NULL), ERR_SIGNATURE);
}

static void what_is_no_node_is_said_to_be_none(void **state)
{
	struct setting *s = *state;
	struct wallet w;
	struct fault why;

	canned_rpc_say(s->server, "<html>");
	assert_int_equal(wallet_open(&w, s->rpc, &why, KEY, NULL), ERR_IO);
	assert_int_equal(why.kind, FAULT_UNREACHABLE);
	assert_non_null(strstr(why.text, "is this a JSON-RPC port?"));
	canned_rpc_say(s->server, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"what\"}");
	assert_int_equal(wallet_open(&w, s->rpc, &why, KEY, NULL), ERR_SYNTAX);
	canned_rpc_say(s->server, NULL);
}

static void a_number_comes_out_of_a_contract(void **state)
{
	struct setting *s = *state;
	struct u256 x;
	struct fault why;

	node.call_result = "0x000000000000000000000000000000000000000000000000000000000000002a";
	assert_int_equal(contract_number(&x, s->rpc, &why, &TOKEN, "balanceOf(address)",
					 (const char *[]){ "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf" }, 1),
			 OK);
	assert_int_equal(u256_low64(&x), 42);
	assert_string_equal(node.call, "0x70a082310000000000000000000000007e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

static void an_account_without_code_is_no_contract(void **state)
{
	struct setting *s = *state;
	struct fault why;
	struct u256 x;

	assert_int_equal(contract_number(&x, s->rpc, &why, &TOKEN, "totalSupply()", NULL, 0), ERR_TRUNCATED);
	assert_string_equal(why.text, "no contract answers totalSupply() there");
}

static void a_wallet_without_a_node_signs_for_the_chain_it_is_told(void **unused)
{
	u8 buffer[WALLET_RAW_MAX];
	struct request request = request_to(&TOKEN, (struct bytes){ NULL, 0 });
	struct bytes raw;
	struct wallet w;
	struct fault why;
	struct tx tx;
	u64 chain_id;

	(void)unused;
	request.nonce = 3;
	request.gas = 21000;
	request.fee = U256_ONE;
	assert_int_equal(wallet_open_offline(&w, &why, KEY, 20260), OK);
	assert_int_equal(wallet_sign(&raw, &w, &why, &request, buffer), OK);
	assert_int_equal(raw_chain_id(&chain_id, raw), OK);
	assert_int_equal(chain_id, 20260);
	assert_int_equal(tx_decode(&tx, raw, chain_id), OK);
	assert_int_equal(tx_recover(&tx), OK);
	assert_int_equal(address_cmp(&tx.sender, &w.owner), 0);
	wallet_close(&w);
	assert_int_equal(wallet_sign(&raw, &w, &why, &request, buffer), ERR_NOT_FOUND);
	assert_int_equal(wallet_open_offline(&w, &why, (const u8[32]){ 0 }, 1), ERR_SIGNATURE);
}

static void raw_bytes_that_name_no_chain_are_refused(void **unused)
{
	static const struct {
		const char *raw;
		enum err e;
	} rows[] = {
		{ "0x", ERR_TRUNCATED },
		{ "0x02", ERR_TRUNCATED },
		{ "0x02c0", ERR_TRUNCATED },
		{ "0xc0", ERR_TRUNCATED },
		{ "0x02c101", OK },
		{ "0x0205", ERR_TYPE },
		{ "0xc780808080808025", OK },
		{ "0xc78080808080801b", ERR_TX_UNPROTECTED },
		{ "0xc7c0808080808025", ERR_TYPE },
	};
	u8 bytes[16];
	size_t size;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		u64 chain_id = 99;

		assert_int_equal(hex_to_bytes(bytes, &size, sizeof bytes, rows[i].raw, strlen(rows[i].raw)), OK);
		assert_int_equal(raw_chain_id(&chain_id, (struct bytes){ bytes, size }), rows[i].e);
		assert_int_equal(chain_id, rows[i].e ? 99 : 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wallet_without_a_node_signs_for_the_chain_it_is_told),
		cmocka_unit_test(raw_bytes_that_name_no_chain_are_refused),
#define WITH_NODE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		WITH_NODE(a_transaction_asks_signs_and_waits),
		WITH_NODE(what_is_known_is_not_asked_for),
		WITH_NODE(the_tip_is_the_recommended_one_unless_it_is_said),
		WITH_NODE(refusals_of_the_pool_are_told_apart),
		WITH_NODE(a_refusal_before_sending_names_the_custom_error),
		WITH_NODE(a_failure_in_a_block_is_explained_by_running_it_again),
		WITH_NODE(a_receipt_that_does_not_come_is_a_timeout),
		WITH_NODE(a_wallet_without_a_key_only_watches),
		WITH_NODE(what_is_no_node_is_said_to_be_none),
		WITH_NODE(a_number_comes_out_of_a_contract),
		WITH_NODE(an_account_without_code_is_no_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
