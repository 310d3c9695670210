#ifndef TESTS_RPC_FIXTURE_H
#define TESTS_RPC_FIXTURE_H

/* A development chain in a folder of its own, served on a free port, and short ways to
 * ask it.  Blocks come when transactions wait. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hex.h"
#include "client/rpc.h"
#include "contracts-native/chain/tx.h"
#include "rpc/server.h"

#define CHAIN_ID 20260
#define POOL     "0x506c696d736f6c6c000000000000000000050000"
#define WETH     "0x506c696d736f6c6c000000000000000000010000"
#define USDC     "0x506c696d736f6c6c000000000000000000010003"
#define DAI      "0x506c696d736f6c6c000000000000000000010004"
#define ALICE    "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" /* dev account 0 */
#define BOB      "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" /* dev account 1 */
#define NOBODY   "0x00000000000000000000000000000000000000ab"

/* Words of calldata. */
#define W_WETH   "000000000000000000000000506c696d736f6c6c000000000000000000010000"
#define W_USDC   "000000000000000000000000506c696d736f6c6c000000000000000000010003"
#define W_DAI    "000000000000000000000000506c696d736f6c6c000000000000000000010004"
#define W_POOL   "000000000000000000000000506c696d736f6c6c000000000000000000050000"
#define W_ALICE  "000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
#define W_BOB    "00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8"
#define W_ZERO   "0000000000000000000000000000000000000000000000000000000000000000"
#define W_TWO    "0000000000000000000000000000000000000000000000000000000000000002"
#define W_TEN    "0000000000000000000000000000000000000000000000008ac7230489e80000" /* 10^19 */
#define W_MAX    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define TRANSFER "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
#define SUPPLY   "0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61"

static const char *const KEYS[] = {
	"0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
	"0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
};

struct fixture {
	char folder[64], data[80];
	struct node *node;
	struct rpc_server *server;
	char url[64];
	struct rpc_client *client;
	u64 nonces[2];
	json_t *transfer, *supply, *failed; /* receipts: see fixture_history */
};
static struct fixture fixture;

/* -- lifecycle ------------------------------------------------------------------------ */

static inline struct rpc_config fixture_config(void)
{
	struct rpc_config config = rpc_config_default();

	config.port = 0;
	config.threads = 2;
	return config;
}

static u64 fixture_block_ms; /* 0: a block when a transaction waits */
static u64 fixture_states;   /* blocks whose state is kept; 0: as many as unless set */

static inline int fixture_open(const struct rpc_config *config, bool is_dev)
{
	char why[STORE_WHY_MAX] = "", why_rpc[RPC_WHY_MAX] = "";
	const struct node_config node = {
		.data_dir = fixture.data,
		.block_time_ms = fixture_block_ms,
		.clock_speed = 1,
		.history = fixture_states,
		.cache_bytes = 16 << 20,
		.no_sync = true,
		.is_dev = is_dev,
	};

	if (node_open(&fixture.node, &node, why) != OK || node_start(fixture.node) != OK ||
	    rpc_server_start(&fixture.server, fixture.node, config, why_rpc) != OK) {
		(void)fprintf(stderr, "%s %s\n", why, why_rpc);
		return -1;
	}
	(void)snprintf(fixture.url, sizeof fixture.url, "http://127.0.0.1:%u", rpc_server_port(fixture.server));
	fixture.client = rpc_open(fixture.url);
	return fixture.client ? 0 : -1;
}

static inline int fixture_start_as(const struct rpc_config *config, bool is_dev)
{
	char why[STORE_WHY_MAX] = "";

	memset(&fixture, 0, sizeof fixture);
	strcpy(fixture.folder, "/tmp/plimsoll-rpc-XXXXXX");
	if (!mkdtemp(fixture.folder))
		return -1;
	(void)snprintf(fixture.data, sizeof fixture.data, "%s/data", fixture.folder);
	if (node_init(fixture.data, NULL, why) != OK) {
		(void)fprintf(stderr, "%s\n", why);
		return -1;
	}
	return fixture_open(config, is_dev);
}

static inline int fixture_start(const struct rpc_config *config)
{
	return fixture_start_as(config, false);
}

/* A chain with blocks, and one for tests. */
static inline int fixture_plain(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start(&config);
}

static inline int fixture_dev(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start_as(&config, true);
}

static inline void fixture_close(void)
{
	rpc_close(fixture.client);
	rpc_server_stop(fixture.server);
	node_stop(fixture.node);
	node_close(fixture.node);
}

static inline int fixture_stop(void **unused)
{
	char command[100];

	(void)unused;
	json_decref(fixture.transfer);
	json_decref(fixture.supply);
	json_decref(fixture.failed);
	fixture_close();
	(void)snprintf(command, sizeof command, "rm -rf '%s'", fixture.folder);
	return system(command) == 0 ? 0 : -1;
}

/* -- asking ----------------------------------------------------------------------------- */

/* The result of a method; params as JSON text.  An error fails the test. */
static inline json_t *ask(const char *method, const char *params)
{
	json_t *array = json_loads(params, 0, NULL), *error = NULL, *result;
	char *text;

	assert_non_null(array);
	result = rpc_call(fixture.client, &error, method, array);
	if (!result) {
		text = json_dumps(error, 0);
		fail_msg("%s %s: %s", method, params, text);
	}
	return result;
}

/* The error of a method; a result fails the test. */
static inline json_t *ask_error(const char *method, const char *params)
{
	json_t *array = json_loads(params, 0, NULL), *error = NULL, *result;

	assert_non_null(array);
	result = rpc_call(fixture.client, &error, method, array);
	if (result)
		fail_msg("%s %s: %s", method, params, json_dumps(result, JSON_ENCODE_ANY));
	return error;
}

static inline void assert_refused(const char *method, const char *params, int code, const char *message)
{
	json_t *error = ask_error(method, params);

	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	assert_string_equal(json_string_value(json_object_get(error, "message")), message);
	json_decref(error);
}

/* Like assert_refused, but the message may go on. */
static inline void assert_refused_as(const char *method, const char *params, int code, const char *start)
{
	json_t *error = ask_error(method, params);
	const char *message = json_string_value(json_object_get(error, "message"));

	assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
	if (strncmp(message, start, strlen(start)) != 0)
		fail_msg("%s", message);
	json_decref(error);
}

/* The result as compact JSON text; free() it. */
static inline char *ask_text(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	char *text = json_dumps(result, JSON_ENCODE_ANY | JSON_COMPACT);

	json_decref(result);
	return text;
}

static inline void assert_answers(const char *method, const char *params, const char *json)
{
	char *text = ask_text(method, params);

	assert_string_equal(text, json);
	free(text);
}

/* -- members ------------------------------------------------------------------------------ */

static inline const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		fail_msg("no text at %s", key);
	return text;
}

static inline u64 number_at(const json_t *object, const char *key)
{
	const char *text = text_at(object, key);
	u64 x;

	assert_int_equal(hex_to_u64(&x, text, strlen(text)), OK);
	return x;
}

/* Every one of the comma-separated keys is there, and no other. */
static inline void assert_keys(const json_t *object, const char *keys)
{
	char text[512], *rest = NULL;
	size_t count = 0;

	assert_true(json_is_object(object));
	assert_true(strlen(keys) < sizeof text);
	strcpy(text, keys);
	for (const char *key = strtok_r(text, ",", &rest); key; key = strtok_r(NULL, ",", &rest), count++) {
		if (!json_object_get(object, key))
			fail_msg("no %s", key);
	}
	assert_int_equal(json_object_size(object), count);
}

/* -- sending ------------------------------------------------------------------------------- */

#define RAW_TEXT_MAX 2048

/* A signed transaction as "0x..." text. */
static inline void sign(char out[RAW_TEXT_MAX], const struct tx *tx, u32 account)
{
	struct bytes raw;
	u8 key[32], buffer[1000];

	assert_int_equal(hex_to_fixed(key, 32, KEYS[account], 66), OK);
	assert_int_equal(tx_sign(&raw, tx, key, buffer, sizeof buffer), OK);
	(void)hex_from_bytes(out, raw);
}

static inline struct tx tx_to(const char *to, u64 wei, struct bytes data, u64 nonce)
{
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = CHAIN_ID,
		.nonce = nonce,
		.gas_limit = 1000000,
		.max_fee = u256_from_u64(2000000000),
		.max_tip = U256_ZERO,
		.value = u256_from_u64(wei),
		.data = data,
	};

	assert_int_equal(hex_to_address(&tx.to, to, 42), OK);
	return tx;
}

/* Waits until a transaction is in a block; returns its receipt. */
static inline json_t *receipt_of(const char *hash)
{
	char params[80];

	(void)snprintf(params, sizeof params, "[\"%s\"]", hash);
	for (int i = 0; i < 6000; i++) {
		json_t *receipt = ask("eth_getTransactionReceipt", params);

		if (json_is_object(receipt))
			return receipt;
		json_decref(receipt);
		(void)usleep(10000);
	}
	fail_msg("%s is in no block", hash);
	return NULL;
}

/* Signs, sends, waits; calldata as hex text.  Returns the receipt. */
static inline json_t *send_from(u32 account, const char *to, u64 wei, const char *data)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	u8 bytes[600];
	size_t size;
	struct tx tx;
	json_t *hash, *receipt;

	assert_int_equal(hex_to_bytes(bytes, &size, sizeof bytes, data, strlen(data)), OK);
	tx = tx_to(to, wei, (struct bytes){ bytes, size }, fixture.nonces[account]++);
	sign(raw, &tx, account);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	hash = ask("eth_sendRawTransaction", params);
	receipt = receipt_of(json_string_value(hash));
	json_decref(hash);
	return receipt;
}

/* The same, for calls that have to succeed. */
static inline void do_from(u32 account, const char *to, const char *data)
{
	json_t *receipt = send_from(account, to, 0, data);

	assert_string_equal(text_at(receipt, "status"), "0x1");
	json_decref(receipt);
}

/* Four transactions of Alice, each in a block of its own: 123 wei to nobody, an approval, ten WETH
 * supplied, and a withdrawal that fails. */
static inline int fixture_history(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	if (fixture_start(&config) != 0)
		return -1;
	fixture.transfer = send_from(0, NOBODY, 123, "0x");
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	fixture.supply = send_from(0, POOL, 0, "0x617ba037" W_WETH W_TEN W_ALICE W_ZERO);
	fixture.failed = send_from(0, POOL, 0, "0x69328dec" W_USDC W_TEN W_ALICE);
	return 0;
}

#endif
