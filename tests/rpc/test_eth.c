#include "tests/rpc/fixture.h"

#include <pthread.h>

#include "base/hash.h"
#include "contracts-native/chain/block.h"

/* Ethereum's methods on a small chain: a fixture.transfer, a fixture.supply, a borrow, a failed call. */

/* -- the chain ------------------------------------------------------------------------- */

static void the_chain_tells_who_it_is(void **unused)
{
	(void)unused;
	assert_answers("eth_chainId", "[]", "\"0x4f24\"");
	assert_answers("net_version", "[]", "\"20260\"");
	assert_answers("net_listening", "[]", "true");
	assert_answers("net_peerCount", "[]", "\"0x0\"");
	assert_answers("web3_clientVersion", "[]", "\"plimsoll/v0.1.0/linux-amd64/c\"");
	assert_answers("web3_sha3", "[\"0x68656c6c6f\"]",
		       "\"0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8\"");
	assert_answers("eth_syncing", "[]", "false");
	assert_answers("eth_accounts", "[]", "[]");
	assert_answers("eth_mining", "[]", "false");
	assert_answers("eth_hashrate", "[]", "\"0x0\"");
	assert_answers("eth_coinbase", "[]", "\"0x00000000000000000000000000000000c0ffee00\"");
	assert_answers("txpool_status", "[]", "{\"pending\":\"0x0\",\"queued\":\"0x0\"}");
}

static void what_is_not_here_is_told_in_the_words_clients_match(void **unused)
{
	static const char *const methods[] = { "eth_getWork", "eth_sign", "anvil_nodeInfo" };
	char text[100];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(methods); i++) {
		(void)snprintf(text, sizeof text, "the method %s does not exist/is not available", methods[i]);
		assert_refused(methods[i], "[]", -32601, text);
	}
}

#define BLOCK_KEYS \
	"hash,parentHash,sha3Uncles,miner,stateRoot,transactionsRoot,receiptsRoot,logsBloom,difficulty," \
	"number,gasLimit,gasUsed,timestamp,extraData,mixHash,nonce,baseFeePerGas,size,uncles,transactions"

static void a_block_has_its_header_and_its_transactions(void **unused)
{
	char params[100];
	json_t *block, *same;

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\",false]", text_at(fixture.transfer, "blockNumber"));
	block = ask("eth_getBlockByNumber", params);
	assert_keys(block, BLOCK_KEYS);
	assert_string_equal(text_at(block, "hash"), text_at(fixture.transfer, "blockHash"));
	assert_string_equal(text_at(block, "gasUsed"), "0x5208");
	assert_string_equal(json_string_value(json_array_get(json_object_get(block, "transactions"), 0)),
			    text_at(fixture.transfer, "transactionHash"));
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(block, "hash"));
	same = ask("eth_getBlockByHash", params);
	assert_true(json_equal(block, same));
	json_decref(same);
	json_decref(block);
	(void)snprintf(params, sizeof params, "[\"%s\",true]", text_at(fixture.transfer, "blockNumber"));
	block = ask("eth_getBlockByNumber", params);
	same = json_array_get(json_object_get(block, "transactions"), 0);
	assert_string_equal(text_at(same, "hash"), text_at(fixture.transfer, "transactionHash"));
	json_decref(block);
}

/* go-ethereum ignores the hash it is told and recomputes it from the header. */
static void a_block_hash_is_that_of_its_raw_header(void **unused)
{
	static u8 raw[4096];
	char params[100], text[67];
	struct hash hash;
	json_t *hex;
	size_t size;

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(fixture.supply, "blockNumber"));
	hex = ask("debug_getRawHeader", params);
	assert_int_equal(hex_to_bytes(raw, &size, sizeof raw, json_string_value(hex), json_string_length(hex)), OK);
	keccak256(&hash, (struct bytes){ raw, size });
	(void)hex_from_bytes(text, (struct bytes){ hash.bytes, 32 });
	assert_string_equal(text, text_at(fixture.supply, "blockHash"));
	json_decref(hex);
	json_decref(ask("debug_getRawBlock", params));
	json_decref(ask("debug_getRawReceipts", params));
}

static void a_block_that_is_not_there_is_null(void **unused)
{
	(void)unused;
	assert_answers("eth_getBlockByNumber", "[\"0xffffff\",false]", "null");
	assert_answers("eth_getBlockByHash", "[\"" TRANSFER "\",false]", "null");
	assert_answers("eth_getBlockReceipts", "[\"0xffffff\"]", "null");
	assert_answers("eth_getBlockTransactionCountByNumber", "[\"0xffffff\"]", "null");
	assert_answers("eth_getBlockTransactionCountByHash", "[\"" TRANSFER "\"]", "null");
	assert_answers("eth_getUncleCountByBlockNumber", "[\"0xffffff\"]", "null");
	assert_answers("eth_getTransactionByBlockNumberAndIndex", "[\"0xffffff\",\"0x0\"]", "null");
}

static void blocks_are_found_by_tag(void **unused)
{
	static const char *const tags[] = { "latest", "pending", "safe", "finalized" };
	char params[40];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(tags); i++) {
		json_t *block, *height = ask("eth_blockNumber", "[]");

		(void)snprintf(params, sizeof params, "[\"%s\",false]", tags[i]);
		block = ask("eth_getBlockByNumber", params);
		assert_string_equal(text_at(block, "number"), json_string_value(height));
		json_decref(block);
		json_decref(height);
	}
	assert_answers("eth_getBlockTransactionCountByNumber", "[\"earliest\"]", "\"0x0\"");
	assert_answers("eth_getUncleCountByBlockNumber", "[\"latest\"]", "\"0x0\"");
	assert_answers("eth_getUncleByBlockNumberAndIndex", "[\"latest\",\"0x0\"]", "null");
	assert_refused_as("eth_getBlockByNumber", "[\"newest\",false]", -32602, "invalid argument 0");
	assert_refused_as("eth_getBlockByNumber", "[\"0x01\",false]", -32602,
			  "invalid argument 0: hex number with leading zero digits");
	assert_refused_as("eth_getBlockByNumber", "[\"0x1\",\"true\"]", -32602, "invalid argument 1");
	assert_refused_as("eth_getBlockByHash", "[\"0x1234\",false]", -32602, "invalid argument 0");
}

static void a_hash_is_no_number(void **unused)
{
	static const char *const methods[][2] = {
		{ "eth_getBlockByNumber", "false" },
		{ "eth_getBlockTransactionCountByNumber", NULL },
		{ "eth_getTransactionByBlockNumberAndIndex", "\"0x0\"" },
		{ "eth_getUncleCountByBlockNumber", NULL },
		{ "eth_getUncleByBlockNumberAndIndex", "\"0x0\"" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(methods); i++) {
		const char *more = methods[i][1];
		char params[120];

		(void)snprintf(params, sizeof params, "[\"" TRANSFER "\"%s%s]", more ? "," : "", more ? more : "");
		assert_refused(methods[i][0], params, -32602, "invalid argument 0: hex number > 64 bits");
	}
	assert_refused("eth_getUncleByBlockHashAndIndex", "[\"0x1234\",\"0x0\"]", -32602,
		       "invalid argument 0: hex string has the wrong length");
}

/* -- accounts ------------------------------------------------------------------------------ */

/* For an EVM: PUSH1 132, PUSH1 12, PUSH1 0, CODECOPY, PUSH1 132, PUSH1 0, REVERT, and what that reverts
 * with, Error("native contract: only a Plimsoll node can execute it, no EVM"). */
#define NATIVE_CODE "\"0x6084600c600039" \
		    "60846000fd" \
		    "08c379a0" \
		    "0000000000000000000000000000000000000000000000000000000000000020" \
		    "000000000000000000000000000000000000000000000000000000000000003c" \
		    "6e617469766520636f6e74726163743a206f6e6c79206120506c696d736f6c6c" \
		    "206e6f64652063616e20657865637574652069742c206e6f2045564d00000000\""

static void an_account_is_read_at_the_block_that_is_asked_for(void **unused)
{
	char params[200];

	(void)unused;
	assert_answers("eth_getBalance", "[\"" NOBODY "\"]", "\"0x7b\"");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",\"latest\"]", "\"0x7b\"");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",\"earliest\"]", "\"0x0\"");
	assert_answers("eth_getBalance", "[\"0x00000000000000000000000000000000000000AB\",null]", "\"0x7b\"");
	(void)snprintf(params, sizeof params, "[\"" NOBODY "\",{\"blockHash\":\"%s\",\"requireCanonical\":true}]",
		       text_at(fixture.transfer, "blockHash"));
	assert_answers("eth_getBalance", params, "\"0x7b\"");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",{\"blockNumber\":\"0x0\"}]", "\"0x0\"");
	assert_answers("eth_getBalance", "[\"" NOBODY "\",{\"blockNumber\":\"0x0\",\"blockHash\":null,\"requireCanonical\":null}]",
		       "\"0x0\"");
	assert_refused("eth_getBalance", "[\"" NOBODY "\",{\"blockNumber\":\"" TRANSFER "\"}]", -32602,
		       "invalid blockNumber: hex number > 64 bits");
	assert_refused("eth_getBalance", "[\"" NOBODY "\",\"0X0\"]", -32602, "invalid argument 1: hex string without 0x prefix");
	assert_refused("eth_getBlockByNumber", "[null,false]", -32602, "missing value for required argument 0");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"latest\"]", "\"0x4\"");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"pending\"]", "\"0x4\"");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"earliest\"]", "\"0x0\"");
	assert_answers("eth_getCode", "[\"" POOL "\",\"latest\"]", NATIVE_CODE);
	assert_answers("eth_getCode", "[\"" ALICE "\",\"latest\"]", "\"0x\"");
	assert_answers("eth_getStorageAt", "[\"" POOL "\",\"0x5\",\"latest\"]", "\"0x" W_ZERO "\"");
	assert_answers("eth_getStorageAt", "[\"" POOL "\",\"0x" W_ZERO "\"]", "\"0x" W_ZERO "\"");
}

static void state_of_an_unknown_block_is_refused(void **unused)
{
	(void)unused;
	assert_refused("eth_getBalance", "[\"" ALICE "\",\"0xffffff\"]", -32000, "header not found");
	assert_refused("eth_call", "[{\"to\":\"" POOL "\"},\"0xffffff\"]", -32000, "header not found");
	assert_refused("eth_getBalance", "[\"" ALICE "\",{\"blockHash\":\"" TRANSFER "\"}]", -32000, "header not found");
	assert_refused("eth_getBalance", "[\"" ALICE "\",{\"blockHash\":\"" TRANSFER "\",\"blockNumber\":\"0x1\"}]", -32602,
		       "cannot specify both BlockHash and BlockNumber, choose one or the other");
	assert_refused_as("eth_getBalance", "[\"" ALICE "\",{}]", -32602, "a block needs");
	assert_refused_as("eth_getBalance", "[\"" ALICE "\",5]", -32602, "invalid argument 1");
	assert_refused_as("eth_getStorageAt", "[\"" POOL "\",\"5\"]", -32602, "invalid argument 1");
	assert_refused_as("eth_getStorageAt", "[\"" POOL "\",\"0x" W_ZERO "00\"]", -32602, "storage key too long");
}

/* -- transactions ------------------------------------------------------------------------------ */

#define TX_KEYS \
	"blockHash,blockNumber,blockTimestamp,transactionIndex,hash,from,to,type,chainId,nonce,gas," \
	"gasPrice,maxFeePerGas,maxPriorityFeePerGas,value,input,accessList,v,yParity,r,s"
#define RECEIPT_KEYS \
	"type,status,transactionHash,transactionIndex,blockHash,blockNumber,from,to,cumulativeGasUsed," \
	"gasUsed,contractAddress,effectiveGasPrice,logsBloom,logs"
#define LOG_KEYS \
	"address,topics,data,blockHash,blockNumber,blockTimestamp,transactionHash,transactionIndex," \
	"logIndex,removed"

static void a_transaction_is_found_by_hash_and_by_place(void **unused)
{
	char params[100];
	json_t *tx, *same;

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(fixture.transfer, "transactionHash"));
	tx = ask("eth_getTransactionByHash", params);
	assert_keys(tx, TX_KEYS);
	assert_string_equal(text_at(tx, "from"), ALICE);
	assert_string_equal(text_at(tx, "to"), NOBODY);
	assert_string_equal(text_at(tx, "type"), "0x2");
	assert_string_equal(text_at(tx, "value"), "0x7b");
	assert_string_equal(text_at(tx, "nonce"), "0x0");
	assert_string_equal(text_at(tx, "gasPrice"), "0x3b9aca00");
	assert_string_equal(text_at(tx, "maxFeePerGas"), "0x77359400");
	assert_string_equal(text_at(tx, "v"), text_at(tx, "yParity"));
	(void)snprintf(params, sizeof params, "[\"%s\",\"0x0\"]", text_at(fixture.transfer, "blockHash"));
	same = ask("eth_getTransactionByBlockHashAndIndex", params);
	assert_true(json_equal(tx, same));
	json_decref(same);
	json_decref(tx);
	(void)snprintf(params, sizeof params, "[\"%s\",\"0x1\"]", text_at(fixture.transfer, "blockHash"));
	assert_answers("eth_getTransactionByBlockHashAndIndex", params, "null");
}

static void a_receipt_has_what_the_specification_lists(void **unused)
{
	json_t *log;

	(void)unused;
	assert_keys(fixture.transfer, RECEIPT_KEYS);
	assert_keys(fixture.supply, RECEIPT_KEYS);
	assert_string_equal(text_at(fixture.transfer, "gasUsed"), "0x5208");
	assert_string_equal(text_at(fixture.transfer, "effectiveGasPrice"), "0x3b9aca00");
	assert_true(json_is_null(json_object_get(fixture.supply, "contractAddress")));
	assert_true(json_array_size(json_object_get(fixture.supply, "logs")) >= 3);
	for (size_t i = 0; i < json_array_size(json_object_get(fixture.supply, "logs")); i++) {
		log = json_array_get(json_object_get(fixture.supply, "logs"), i);
		assert_keys(log, LOG_KEYS);
		assert_int_equal(number_at(log, "logIndex"), i);
		assert_string_equal(text_at(log, "blockHash"), text_at(fixture.supply, "blockHash"));
		assert_string_equal(text_at(log, "transactionHash"), text_at(fixture.supply, "transactionHash"));
	}
}

static void a_failed_transaction_pays_and_logs_nothing(void **unused)
{
	(void)unused;
	assert_string_equal(text_at(fixture.failed, "status"), "0x0");
	assert_int_equal(json_array_size(json_object_get(fixture.failed, "logs")), 0);
	assert_true(number_at(fixture.failed, "gasUsed") > 21000);
}

static void receipts_of_a_block_are_those_of_its_transactions(void **unused)
{
	char params[100];
	json_t *receipts;

	(void)unused;
	(void)snprintf(params, sizeof params, "[\"%s\"]", text_at(fixture.supply, "blockNumber"));
	receipts = ask("eth_getBlockReceipts", params);
	assert_int_equal(json_array_size(receipts), 1);
	assert_true(json_equal(json_array_get(receipts, 0), fixture.supply));
	json_decref(receipts);
	(void)snprintf(params, sizeof params, "[{\"blockHash\":\"%s\"}]", text_at(fixture.supply, "blockHash"));
	receipts = ask("eth_getBlockReceipts", params);
	assert_true(json_equal(json_array_get(receipts, 0), fixture.supply));
	json_decref(receipts);
	assert_answers("eth_getBlockReceipts", "[\"0x0\"]", "[]");
}

static void an_unknown_transaction_is_null(void **unused)
{
	(void)unused;
	assert_answers("eth_getTransactionByHash", "[\"" TRANSFER "\"]", "null");
	assert_answers("eth_getTransactionReceipt", "[\"" TRANSFER "\"]", "null");
	assert_answers("debug_getRawTransaction", "[\"" TRANSFER "\"]", "\"0x\"");
}

/* -- sending -------------------------------------------------------------------------------------- */

static void refuse_raw(const struct tx *tx, const char *message)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];

	sign(raw, tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	assert_refused_as("eth_sendRawTransaction", params, -32000, message);
}

static void refused_transactions_say_what_wallets_look_for(void **unused)
{
	struct bytes none = { (const u8 *)"", 0 };
	struct tx tx = tx_to(BOB, 1, none, 0);

	(void)unused;
	refuse_raw(&tx, "nonce too low: next nonce 4, tx nonce 0");
	tx = tx_to(BOB, 1, none, 4);
	tx.gas_limit = 20000;
	refuse_raw(&tx, "intrinsic gas too low: gas 20000, minimum needed 21000");
	tx = tx_to(BOB, 1, none, 4);
	tx.gas_limit = 30000001;
	refuse_raw(&tx, "exceeds block gas limit");
	tx = tx_to(BOB, 1, none, 4);
	tx.max_fee = u256_from_u64(999999999);
	refuse_raw(&tx, "max fee per gas less than block base fee");
	tx = tx_to(BOB, 1, none, 4);
	tx.max_tip = u256_from_u64(2000000001);
	refuse_raw(&tx, "max priority fee per gas higher than max fee per gas");
	tx = tx_to(BOB, 1, none, 4);
	tx.value = u256_pow10(30);
	refuse_raw(&tx, "insufficient funds for gas * price + value: balance ");
	tx = tx_to(BOB, 1, none, 4);
	tx.chain_id = 1;
	refuse_raw(&tx, "invalid chain id for signer: have 1 want 20260");
	tx.type = TX_LEGACY;
	refuse_raw(&tx, "invalid chain id for signer: have 1 want 20260");
	assert_refused_as("eth_sendRawTransaction", "[\"0x03c0\"]", -32000, "transaction type not supported");
	assert_refused_as("eth_sendRawTransaction", "[\"0x02c0\"]", -32000, "rlp: ");
	assert_refused_as("eth_sendRawTransaction", "[\"0x\"]", -32000, "rlp: ");
	assert_refused_as("eth_sendRawTransaction", "[\"02c0\"]", -32602, "invalid argument 0: hex string without 0x prefix");
}

static void a_receipt_can_be_waited_for(void **unused)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct tx tx = tx_to(BOB, 1, (struct bytes){ (const u8 *)"", 0 }, fixture.nonces[0]++);
	json_t *receipt, *calls, *results;

	(void)unused;
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	receipt = ask("eth_sendRawTransactionSync", params);
	assert_keys(receipt, RECEIPT_KEYS);
	assert_string_equal(text_at(receipt, "status"), "0x1");
	json_decref(receipt);
	assert_refused_as("eth_sendRawTransactionSync", params, -32000, "nonce too low: next nonce 5, tx nonce 4");
	calls = json_pack("[[s,[s]]]", "eth_sendRawTransactionSync", raw);
	results = rpc_batch(fixture.client, NULL, calls);
	assert_string_equal(text_at(json_object_get(json_array_get(results, 0), "error"), "message"),
			    "eth_sendRawTransactionSync cannot stand in a batch");
	json_decref(results);
	json_decref(calls);
}

/* A queued transaction that cannot run keeps its connection waiting; stopping answers it. */
static void *wait_for_a_receipt(void *params)
{
	struct rpc_client *client = rpc_open(fixture.url);
	json_t *error = NULL, *result;

	result = rpc_call(client, &error, "eth_sendRawTransactionSync", json_loads(params, 0, NULL));
	json_decref(result);
	rpc_close(client);
	return error;
}

static void a_queued_transaction_is_found_with_null_block_fields(void **unused)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct tx tx = tx_to(BOB, 1, (struct bytes){ (const u8 *)"", 0 }, 6); /* one nonce ahead */
	json_t *hash, *found;

	(void)unused;
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	hash = ask("eth_sendRawTransaction", params);
	assert_refused_as("eth_sendRawTransaction", params, -32000, "already known");
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(hash));
	found = ask("eth_getTransactionByHash", params);
	assert_true(json_is_null(json_object_get(found, "blockHash")));
	assert_true(json_is_null(json_object_get(found, "blockNumber")));
	assert_true(json_is_null(json_object_get(found, "transactionIndex")));
	assert_string_equal(text_at(found, "from"), ALICE);
	assert_string_equal(text_at(found, "gasPrice"), "0x77359400");
	assert_answers("eth_getTransactionReceipt", params, "null");
	assert_answers("txpool_status", "[]", "{\"pending\":\"0x0\",\"queued\":\"0x1\"}");
	assert_answers("eth_getTransactionCount", "[\"" ALICE "\",\"pending\"]", "\"0x5\"");
	json_decref(found);
	json_decref(hash);
}

static void a_server_that_stops_answers_who_waits(void **unused)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8], url[64];
	struct tx tx = tx_to(BOB, 1, (struct bytes){ (const u8 *)"", 0 }, 9); /* nonces ahead */
	struct rpc_config config = fixture_config();
	struct rpc_server *other;
	char why[RPC_WHY_MAX];
	pthread_t thread;
	void *error;

	(void)unused;
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	assert_int_equal(rpc_server_start(&other, fixture.node, &config, why), OK);
	strcpy(url, fixture.url);
	(void)snprintf(fixture.url, sizeof fixture.url, "http://127.0.0.1:%u", rpc_server_port(other));
	assert_int_equal(pthread_create(&thread, NULL, wait_for_a_receipt, params), 0);
	while (node_pool_counts(fixture.node).queued < 2)
		(void)usleep(1000);
	(void)usleep(50000);
	rpc_server_stop(other);
	assert_int_equal(pthread_join(thread, &error), 0);
	strcpy(fixture.url, url);
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 4);
	assert_int_equal(strlen(text_at(error, "data")), 66);
	json_decref(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chain_tells_who_it_is),
		cmocka_unit_test(what_is_not_here_is_told_in_the_words_clients_match),
		cmocka_unit_test(a_block_has_its_header_and_its_transactions),
		cmocka_unit_test(a_block_hash_is_that_of_its_raw_header),
		cmocka_unit_test(a_block_that_is_not_there_is_null),
		cmocka_unit_test(blocks_are_found_by_tag),
		cmocka_unit_test(a_hash_is_no_number),
		cmocka_unit_test(an_account_is_read_at_the_block_that_is_asked_for),
		cmocka_unit_test(state_of_an_unknown_block_is_refused),
		cmocka_unit_test(a_transaction_is_found_by_hash_and_by_place),
		cmocka_unit_test(a_receipt_has_what_the_specification_lists),
		cmocka_unit_test(a_failed_transaction_pays_and_logs_nothing),
		cmocka_unit_test(receipts_of_a_block_are_those_of_its_transactions),
		cmocka_unit_test(an_unknown_transaction_is_null),
		cmocka_unit_test(refused_transactions_say_what_wallets_look_for),
		cmocka_unit_test(a_receipt_can_be_waited_for),
		cmocka_unit_test(a_queued_transaction_is_found_with_null_block_fields),
		cmocka_unit_test(a_server_that_stops_answers_who_waits),
	};

	return cmocka_run_group_tests(tests, fixture_history, fixture_stop);
}
