/* A node that has forgotten, and one whose disk has failed, as clients see them: blocks one after the
 * other, a transaction in each, until the first states are pruned. */

#include "tests/rpc/fixture.h"

#include <curl/curl.h>
#include <signal.h>
#include <sys/resource.h>

#include "node/store/store.h"

#define PAST 76 /* blocks beyond the history */

static u64 head;

/* 1 wei to nobody, in a block of its own. */
static void make_block(void)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[0]++);

	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	json_decref(ask("eth_sendRawTransactionSync", params));
}

/* Its parameters with a block's number instead of the %. */
static const char *at_block(const char *params, u64 height)
{
	static char out[300];
	const char *mark = strchr(params, '%');

	assert_non_null(mark);
	(void)snprintf(out, sizeof out, "%.*s\"0x%llx\"%s", (int)(mark - params), params, (unsigned long long)height, mark + 1);
	return out;
}

static void a_state_of_too_long_ago_is_refused_with_4444(void **unused)
{
	static const char *const asked[][2] = {
		{ "eth_getBalance", "[\"" ALICE "\",%]" },
		{ "eth_getTransactionCount", "[\"" ALICE "\",%]" },
		{ "eth_getCode", "[\"" WETH "\",%]" },
		{ "eth_getStorageAt", "[\"" WETH "\",\"0x0\",%]" },
		{ "eth_call", "[{\"to\":\"" WETH "\",\"data\":\"0x18160ddd\"},%]" },
		{ "eth_estimateGas", "[{\"from\":\"" ALICE "\",\"to\":\"" NOBODY "\"},%]" },
		{ "plimsoll_getHealth", "[\"" ALICE "\",%]" },
		{ "plimsoll_markets", "[%]" },
		{ "plimsoll_getProof", "[{\"account\":\"" ALICE "\"},%]" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(asked); i++) {
		assert_refused(asked[i][0], at_block(asked[i][1], 1), 4444, "pruned history unavailable");
		assert_refused(asked[i][0], at_block(asked[i][1], head - HISTORY_BLOCKS - 1), 4444, "pruned history unavailable");
		json_decref(ask(asked[i][0], at_block(asked[i][1], head - HISTORY_BLOCKS)));
	}
	assert_answers("eth_getTransactionCount", at_block("[\"" ALICE "\",%]", head - HISTORY_BLOCKS), "\"0x4c\"");
}

static void blocks_and_logs_of_that_time_are_still_there(void **unused)
{
	json_t *block = ask("eth_getBlockByNumber", "[\"0x1\",true]");

	(void)unused;
	assert_int_equal(json_array_size(json_object_get(block, "transactions")), 1);
	json_decref(block);
	json_decref(ask("eth_getBlockReceipts", "[\"0x1\"]"));
	json_decref(ask("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x10\"}]"));
}

static u64 oldest_of(const json_t *capabilities, const char *resource)
{
	const json_t *entry = json_object_get(capabilities, resource);

	assert_true(json_is_false(json_object_get(entry, "disabled")));
	return number_at(entry, "oldestBlock");
}

static void capabilities_tell_how_far_back_one_may_ask(void **unused)
{
	json_t *all = ask("eth_capabilities", "[]");

	(void)unused;
	assert_keys(all, "head,state,tx,logs,receipts,blocks,stateproofs");
	assert_int_equal(number_at(json_object_get(all, "head"), "number"), head);
	assert_int_equal(oldest_of(all, "state"), head - HISTORY_BLOCKS);
	assert_int_equal(oldest_of(all, "blocks"), 0);
	assert_int_equal(oldest_of(all, "receipts"), 0);
	assert_true(json_is_true(json_object_get(json_object_get(all, "stateproofs"), "disabled")));
	json_decref(all);
}

static void a_proof_of_another_tree_is_refused_and_ours_named(void **unused)
{
	(void)unused;
	assert_refused("eth_getProof", "[\"" ALICE "\",[],\"latest\"]", -32601,
		       "the method eth_getProof does not exist/is not available: "
		       "the state is no Merkle-Patricia trie, plimsoll_getProof has its proofs");
}

/* -- a disk that fails ------------------------------------------------------------------------ */

static size_t take_body(char *at, size_t size, size_t count, void *into)
{
	(void)snprintf(into, 300, "%.*s", (int)(size * count), at);
	return size * count;
}

static long get_health(char body[300])
{
	CURL *curl = curl_easy_init();
	char url[100];
	long status = 0;

	(void)snprintf(url, sizeof url, "%s/healthz", fixture.url);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	return status;
}

/* The last test: no file may grow any more, and the node cannot write a block. */
static void a_node_that_cannot_write_is_unhealthy(void **unused)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8], body[300];
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[0]++);
	struct rlimit before, none;

	(void)unused;
	assert_int_equal(get_health(body), 200);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	sign(raw, &tx, 0);
	(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
	json_decref(ask("eth_sendRawTransaction", params));
	for (int i = 0; i < 6000 && !node_has_failed(fixture.node); i++)
		(void)usleep(10000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(get_health(body), 503);
	assert_non_null(strstr(body, "\"status\":\"failed\",\"height\":1100,"));
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	if (fixture_start(&config) != 0)
		return -1;
	head = HISTORY_BLOCKS + PAST;
	for (u64 i = 0; i < head; i++)
		make_block();
	return 0;
}

/* The node stays open: RocksDB asserts when it closes a log whose last write failed. */
static int stop(void **unused)
{
	char command[100];

	(void)unused;
	rpc_close(fixture.client);
	rpc_server_stop(fixture.server);
	node_stop(fixture.node);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", fixture.folder);
	return system(command) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_of_too_long_ago_is_refused_with_4444),
		cmocka_unit_test(blocks_and_logs_of_that_time_are_still_there),
		cmocka_unit_test(capabilities_tell_how_far_back_one_may_ask),
		cmocka_unit_test(a_proof_of_another_tree_is_refused_and_ours_named),
		cmocka_unit_test(a_node_that_cannot_write_is_unhealthy),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
