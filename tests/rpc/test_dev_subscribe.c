/* Subscriptions and filters on a chain that goes back. */

#include "tests/rpc/ws_client.h"

static void heads_are_told_again_after_the_chain_went_back(void **unused)
{
	struct ws_client *w = ws_open(0);
	json_t *id = ws_ask(w, "eth_subscribe", "[\"newHeads\"]"), *filter = ask("eth_newBlockFilter", "[]"), *head, *hashes;
	json_t *snapshot = ask("evm_snapshot", "[]");
	char params[80];
	u64 first;

	(void)unused;
	json_decref(ask("anvil_mine", "[\"0x2\"]"));
	head = ws_note(w, id);
	first = number_at(head, "number");
	json_decref(head);
	json_decref(ws_note(w, id));
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(filter));
	hashes = ask("eth_getFilterChanges", params);
	assert_int_equal(json_array_size(hashes), 2);
	json_decref(hashes);
	(void)snprintf(params, sizeof params, "[\"%s\"]", json_string_value(snapshot));
	assert_answers("evm_revert", params, "true");
	(void)usleep(400000); /* time to see that the head is lower */
	json_decref(ask("anvil_mine", "[\"0x1\"]"));
	head = ws_note(w, id);
	assert_int_equal(number_at(head, "number"), first);
	json_decref(head);
	json_decref(snapshot);
	json_decref(filter);
	json_decref(id);
	ws_close(w);
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	return fixture_start_as(&config, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_told_again_after_the_chain_went_back),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
