#include "tests/rpc/fixture.h"

/* eth_getLogs, and what gas costs. */

static size_t logs(const char *filter)
{
	char params[1000];
	json_t *found;
	size_t count;

	(void)snprintf(params, sizeof params, "[%s]", filter);
	found = ask("eth_getLogs", params);
	count = json_array_size(found);
	json_decref(found);
	return count;
}

static void logs_are_found_by_address_and_topics(void **unused)
{
	char filter[300];

	(void)unused;
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"address\":\"" POOL "\",\"topics\":[\"" SUPPLY "\"]}"), 1);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"topics\":[\"" TRANSFER "\",[],null]}"), 2);
	assert_int_equal(logs("{\"fromBlock\":\"earliest\",\"toBlock\":\"latest\",\"topics\":[[\"" SUPPLY "\",\"" TRANSFER "\"],[],null]}"), 3);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"topics\":[\"" SUPPLY "\",null,\"0x" W_ALICE "\"]}"), 1);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"topics\":[\"" SUPPLY "\",null,\"0x" W_BOB "\"]}"), 0);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"address\":[\"" NOBODY "\"]}"), 0);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"topics\":[\"" SUPPLY "\",[\"0x" W_ZERO "\",null]]}"), 1);
	assert_int_equal(logs("{\"fromBlock\":\"0x0\",\"address\":[\"" NOBODY "\",\"" POOL "\"],\"topics\":[\"" SUPPLY "\"]}"), 1);
	(void)snprintf(filter, sizeof filter, "{\"blockHash\":\"%s\"}", text_at(fixture.supply, "blockHash"));
	assert_int_equal(logs(filter), json_array_size(json_object_get(fixture.supply, "logs")));
	(void)snprintf(filter, sizeof filter, "{\"blockHash\":\"%s\",\"fromBlock\":null,\"toBlock\":null}",
		       text_at(fixture.supply, "blockHash"));
	assert_int_equal(logs(filter), json_array_size(json_object_get(fixture.supply, "logs")));
	(void)snprintf(filter, sizeof filter, "{\"fromBlock\":\"%s\",\"toBlock\":\"%s\"}", text_at(fixture.supply, "blockNumber"),
		       text_at(fixture.supply, "blockNumber"));
	assert_int_equal(logs(filter), json_array_size(json_object_get(fixture.supply, "logs")));
}

static void a_log_is_the_one_in_the_receipt(void **unused)
{
	char params[300];
	json_t *found;

	(void)unused;
	(void)snprintf(params, sizeof params, "[{\"blockHash\":\"%s\"}]", text_at(fixture.supply, "blockHash"));
	found = ask("eth_getLogs", params);
	assert_true(json_equal(found, json_object_get(fixture.supply, "logs")));
	json_decref(found);
}

static void log_filters_that_make_no_sense_are_refused(void **unused)
{
	(void)unused;
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"0x2\",\"toBlock\":\"0x1\"}]", -32602, "invalid block range params");
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0xffffff\"}]", -32602,
		       "block range extends beyond current head block");
	assert_refused("eth_getLogs", "[{\"blockHash\":\"" TRANSFER "\",\"fromBlock\":\"0x0\"}]", -32602,
		       "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
	assert_refused("eth_getLogs", "[{\"blockHash\":\"" TRANSFER "\"}]", -32000, "unknown block");
	assert_refused("eth_getLogs", "[{\"topics\":[null,null,null,null,null]}]", -32602, "exceed max topics");
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"" TRANSFER "\"}]", -32602,
		       "invalid fromBlock: hex number > 64 bits");
	assert_refused("eth_getLogs", "[{\"fromBlock\":0}]", -32602, "invalid fromBlock: a block number or tag is wanted");
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"pending\"}]", -32602, "pending logs are not supported");
	assert_refused_as("eth_getLogs", "[{\"topics\":[\"0x12\"]}]", -32602, "invalid topic");
	assert_refused_as("eth_getLogs", "[[]]", -32602, "invalid argument 0");
}

/* Runs a test's body against a server of the same node with other limits. */
static struct rpc_client *other_client;
static struct rpc_server *other_server;

static void limits_begin(u64 blocks, u64 results)
{
	struct rpc_config config = fixture_config();
	char why[RPC_WHY_MAX], url[64];

	config.logs_blocks_max = blocks;
	config.logs_results_max = results;
	assert_int_equal(rpc_server_start(&other_server, fixture.node, &config, why), OK);
	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u", rpc_server_port(other_server));
	other_client = fixture.client;
	fixture.client = rpc_open(url);
}

static void limits_end(void)
{
	rpc_close(fixture.client);
	fixture.client = other_client;
	rpc_server_stop(other_server);
}

static void too_many_blocks_are_refused_with_a_range_that_works(void **unused)
{
	(void)unused;
	limits_begin(3, 1000); /* as indexers count: they ask for from and from + 3 */
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x4\"}]", -32602,
		       "block range too large: limited to a 3 block range, try with this block range [0x0, 0x3]");
	json_decref(ask("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x3\"}]"));
	limits_end();
}

static void too_many_logs_are_refused_with_a_range_that_works(void **unused)
{
	(void)unused;
	limits_begin(1000, 2);
	assert_refused("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x4\"}]", -32602,
		       "query exceeds max results 2, retry with the range 0-2; this block range should work: [0x0, 0x2]");
	json_decref(ask("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x2\"}]"));
	/* One block is always answered whole. */
	json_decref(ask("eth_getLogs", "[{\"fromBlock\":\"0x3\",\"toBlock\":\"0x3\"}]"));
	limits_end();
}

/* -- fees ----------------------------------------------------------------------------------- */

static void gas_costs_the_base_fee_and_a_tip_that_can_be_raised(void **unused)
{
	(void)unused;
	assert_answers("eth_gasPrice", "[]", "\"0x3baa0c40\"");
	assert_answers("eth_baseFee", "[]", "\"0x3b9aca00\"");
	assert_answers("eth_maxPriorityFeePerGas", "[]", "\"0xf4240\"");
	assert_answers("eth_blobBaseFee", "[]", "\"0x1\"");
}

static void fee_history_has_one_base_fee_more_than_blocks(void **unused)
{
	(void)unused;
	/* The empty block shows what is recommended; the other, what somebody chose to pay. */
	assert_answers("eth_feeHistory", "[\"0x2\",\"0x1\",[10,50.5]]",
		       "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[\"0x3b9aca00\",\"0x3b9aca00\",\"0x3b9aca00\"],"
		       "\"gasUsedRatio\":[0,0.00069999999999999999],\"reward\":[[\"0xf4240\",\"0xf4240\"],[\"0x0\",\"0x0\"]]}");
	assert_answers("eth_feeHistory", "[1,\"0x0\"]",
		       "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[\"0x3b9aca00\",\"0x3b9aca00\"],\"gasUsedRatio\":[0]}");
	assert_answers("eth_feeHistory", "[\"0x400\",\"0x0\",[]]",
		       "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[\"0x3b9aca00\",\"0x3b9aca00\"],\"gasUsedRatio\":[0]}");
	assert_answers("eth_feeHistory", "[\"0x0\",\"latest\",[]]",
		       "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[],\"gasUsedRatio\":[]}");
}

/* As go-ethereum's math.HexOrDecimal64. */
static void fee_history_counts_blocks_in_hex_and_in_decimal(void **unused)
{
	static const char *const ones[] = { "1", "\"1\"", "\"01\"", "\"0x1\"", "\"0X01\"" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(ones); i++) {
		char params[40];

		(void)snprintf(params, sizeof params, "[%s,\"0x0\"]", ones[i]);
		assert_answers("eth_feeHistory", params,
			       "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[\"0x3b9aca00\",\"0x3b9aca00\"],\"gasUsedRatio\":[0]}");
	}
	assert_answers("eth_feeHistory", "[\"\",\"latest\",[]]", "{\"oldestBlock\":\"0x0\",\"baseFeePerGas\":[],\"gasUsedRatio\":[]}");
}

static void fee_history_refuses_what_it_cannot_answer(void **unused)
{
	static const char *const counts[][2] = {
		{ "-1", "-1" },
		{ "1.5", "1.5" },
		{ "true", "true" },
		{ "\"0x\"", "0x" },
		{ "\"0xg\"", "0xg" },
		{ "\" 1\"", " 1" },
		{ "\"1f\"", "1f" },
		{ "\"18446744073709551616\"", "18446744073709551616" },
		{ "\"0x10000000000000000\"", "0x10000000000000000" },
	};

	(void)unused;
	assert_refused("eth_feeHistory", "[\"0x1\",\"0xffff\",[]]", -32602, "request beyond head block: requested 65535, head 4");
	assert_refused("eth_feeHistory", "[\"0x1\",null]", -32602, "missing value for required argument 1");
	assert_refused("eth_feeHistory", "[\"0x1\",\"" TRANSFER "\"]", -32602, "invalid argument 1: hex number > 64 bits");
	assert_refused_as("eth_feeHistory", "[\"0x1\",\"latest\",[50,10]]", -32602, "invalid reward percentile");
	assert_refused_as("eth_feeHistory", "[\"0x1\",\"latest\",[-1]]", -32602, "invalid reward percentile");
	assert_refused_as("eth_feeHistory", "[\"0x1\",\"latest\",[100.1]]", -32602, "invalid reward percentile");
	assert_refused_as("eth_feeHistory", "[\"0x1\",\"latest\",[\"10\"]]", -32602, "invalid reward percentile");
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		char params[80], why[100];

		(void)snprintf(params, sizeof params, "[%s,\"latest\"]", counts[i][0]);
		(void)snprintf(why, sizeof why, "invalid argument 0: invalid hex or decimal integer \"%s\"", counts[i][1]);
		assert_refused("eth_feeHistory", params, -32602, why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_are_found_by_address_and_topics),
		cmocka_unit_test(a_log_is_the_one_in_the_receipt),
		cmocka_unit_test(log_filters_that_make_no_sense_are_refused),
		cmocka_unit_test(too_many_blocks_are_refused_with_a_range_that_works),
		cmocka_unit_test(too_many_logs_are_refused_with_a_range_that_works),
		cmocka_unit_test(gas_costs_the_base_fee_and_a_tip_that_can_be_raised),
		cmocka_unit_test(fee_history_has_one_base_fee_more_than_blocks),
		cmocka_unit_test(fee_history_counts_blocks_in_hex_and_in_decimal),
		cmocka_unit_test(fee_history_refuses_what_it_cannot_answer),
	};

	return cmocka_run_group_tests(tests, fixture_history, fixture_stop);
}
