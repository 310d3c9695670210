#ifndef TESTS_RPC_DEV_FIXTURE_H
#define TESTS_RPC_DEV_FIXTURE_H

/* A development chain, over the wire. */

#include "tests/rpc/fixture.h"

#define MULTICALL "0xcA11bde05977b3631167028862bE2a173976CA11"
#define NOW_CALL  "{\"to\":\"" MULTICALL "\",\"data\":\"0x0f28c97d\"}" /* getCurrentBlockTimestamp() */
#define RICH      "0x00000000000000000000000000000000000000ee"
#define PARAMS    512

/* -- asking ------------------------------------------------------------------------------- */

static inline u64 quantity(const char *method, const char *params)
{
	json_t *result = ask(method, params);
	u64 x;

	assert_true(json_is_string(result));
	assert_int_equal(hex_to_u64(&x, json_string_value(result), json_string_length(result)), OK);
	json_decref(result);
	return x;
}

static inline u64 height(void)
{
	return quantity("eth_blockNumber", "[]");
}

static inline u64 head_time(void)
{
	json_t *block = ask("eth_getBlockByNumber", "[\"latest\",false]");
	u64 time = number_at(block, "timestamp");

	json_decref(block);
	return time;
}

static inline u64 call_time(const char *tag)
{
	char params[PARAMS];
	json_t *result;
	u64 time = 0;

	(void)snprintf(params, sizeof params, "[" NOW_CALL ",\"%s\"]", tag);
	result = ask("eth_call", params);
	for (const char *at = json_string_value(result) + 2; *at; at++)
		time = time << 4 | (u64)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
	json_decref(result);
	return time;
}

/* A method with one number. */
static inline void tell(const char *method, u64 x, const char *answer)
{
	char params[40];

	(void)snprintf(params, sizeof params, "[%llu]", (unsigned long long)x);
	assert_answers(method, params, answer);
}

static inline void assert_balance(const char *owner, u64 wei)
{
	char params[100];

	(void)snprintf(params, sizeof params, "[\"%s\",\"latest\"]", owner);
	assert_int_equal(quantity("eth_getBalance", params), wei);
}

/* Sends without waiting; returns the hash. */
static inline json_t *queue_from(u32 account, u64 wei)
{
	struct tx tx = tx_to(NOBODY, wei, (struct bytes){ NULL, 0 }, fixture.nonces[account]++);
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];

	sign(raw, &tx, account);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	return ask("eth_sendRawTransaction", params);
}

/* Every test begins at genesis, with blocks for whatever waits. */
static inline int rewind_chain(void **unused)
{
	(void)unused;
	assert_answers("anvil_reset", "[]", "null");
	assert_answers("evm_setAutomine", "[true]", "null");
	memset(fixture.nonces, 0, sizeof fixture.nonces);
	return 0;
}

#define AT_GENESIS(test) cmocka_unit_test_setup(test, rewind_chain)

#endif
