#include "client/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/canned_rpc.h"

/* echo gives its parameters back, null gives null, fail fails; anything else ends the connection. */
static json_t *node_answer(void *context, const char *method, const json_t *params)
{
	(void)context;
	if (strcmp(method, "echo") == 0)
		return json_deep_copy(params);
	if (strcmp(method, "null") == 0)
		return json_null();
	if (strcmp(method, "fail") == 0)
		return json_pack("{s:{s:i, s:s, s:s}}", "error", "code", 3, "message", "execution reverted", "data", "0x01");
	return NULL;
}

struct setting {
	struct canned_rpc *server;
	struct rpc_client *rpc;
};

static int set_up(void **state)
{
	struct setting *s = calloc(1, sizeof *s);

	s->server = canned_rpc_start(node_answer, NULL);
	s->rpc = rpc_open(canned_rpc_url(s->server));
	assert_non_null(s->rpc);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	rpc_close(s->rpc);
	canned_rpc_stop(s->server);
	free(s);
	return 0;
}

static void a_call_brings_its_result(void **state)
{
	struct setting *s = *state;
	json_t *error, *answer = rpc_call(s->rpc, &error, "echo", json_pack("[i, s]", 1, "two"));

	assert_non_null(answer);
	assert_null(error);
	assert_int_equal(json_array_size(answer), 2);
	json_decref(answer);
	answer = rpc_call(s->rpc, NULL, "echo", NULL);
	assert_int_equal(json_array_size(answer), 0);
	json_decref(answer);
	answer = rpc_call(s->rpc, &error, "null", NULL);
	assert_true(json_is_null(answer));
}

static void an_error_of_the_node_comes_whole(void **state)
{
	struct setting *s = *state;
	json_t *error;

	assert_null(rpc_call(s->rpc, &error, "fail", NULL));
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	assert_string_equal(json_string_value(json_object_get(error, "data")), "0x01");
	json_decref(error);
	assert_null(rpc_call(s->rpc, NULL, "fail", NULL));
}

static void a_batch_answers_in_the_order_of_its_calls(void **state)
{
	struct setting *s = *state;
	json_t *calls = json_pack("[[s, [i]], [s, []], [s, []], [s, [i]]]", "echo", 10, "fail", "null", "echo", 40), *error;
	json_t *answers = rpc_batch(s->rpc, &error, calls);

	assert_int_equal(json_array_size(answers), 4);
	assert_int_equal(json_integer_value(json_array_get(json_array_get(answers, 0), 0)), 10);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(json_array_get(answers, 1), "error"), "code")), 3);
	assert_true(json_is_null(json_array_get(answers, 2)));
	assert_int_equal(json_integer_value(json_array_get(json_array_get(answers, 3), 0)), 40);
	json_decref(answers);
	json_decref(calls);
}

static void an_answer_missing_from_a_batch_is_a_failure_of_its_own(void **state)
{
	struct setting *s = *state;
	json_t *calls = json_pack("[[s, [i]], [s, []]]", "echo", 1, "vanish"), *error;
	json_t *answers = rpc_batch(s->rpc, &error, calls);

	assert_int_equal(json_array_size(answers), 2);
	assert_true(json_is_array(json_array_get(answers, 0)));
	assert_true(json_is_object(json_array_get(answers, 1)));
	json_decref(answers);
	json_decref(calls);
}

static void a_batch_refused_as_a_whole_is_an_error(void **state)
{
	struct setting *s = *state;
	json_t *calls = json_pack("[[s, []]]", "echo"), *error;

	canned_rpc_say(s->server, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}");
	assert_null(rpc_batch(s->rpc, &error, calls));
	assert_int_equal(json_integer_value(json_object_get(error, "code")), -32600);
	json_decref(error);
	json_decref(calls);
}

static void what_is_no_answer_is_said_to_be_none(void **state)
{
	static const struct {
		const char *text, *words;
	} vectors[] = {
		{ "<html>", "not JSON" },
		{ "", "not JSON" },
		{ "{\"id\":1,\"id\":1}", "not JSON" },
		{ "{}", "neither result nor error" },
		{ "[]", "neither result nor error" },
	};
	struct setting *s = *state;
	json_t *error;

	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		canned_rpc_say(s->server, vectors[i].text);
		assert_null(rpc_call(s->rpc, &error, "echo", NULL));
		assert_int_equal(json_integer_value(json_object_get(error, "code")), 0);
		assert_non_null(strstr(json_string_value(json_object_get(error, "message")), vectors[i].words));
		json_decref(error);
	}
}

static void a_client_outlives_its_server(void **state)
{
	struct setting *s = *state;
	json_t *error;

	json_decref(rpc_call(s->rpc, NULL, "echo", NULL));
	assert_null(rpc_call(s->rpc, &error, "vanish", NULL)); /* the connection ends */
	json_decref(error);
	json_decref(rpc_call(s->rpc, &error, "echo", NULL));
	assert_null(error);
}

static void nothing_at_the_address_is_said_so(void **unused)
{
	static const char *const urls[] = { "http://127.0.0.1:1", "file:///etc/hostname", "nonsense://x" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(urls); i++) {
		struct rpc_client *rpc = rpc_open(urls[i]);
		json_t *error;

		assert_null(rpc_call(rpc, &error, "echo", NULL));
		assert_int_equal(json_integer_value(json_object_get(error, "code")), 0);
		assert_non_null(strstr(json_string_value(json_object_get(error, "message")), urls[i]));
		json_decref(error);
		rpc_close(rpc);
	}
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a_call_brings_its_result),
		WITH_SERVER(an_error_of_the_node_comes_whole),
		WITH_SERVER(a_batch_answers_in_the_order_of_its_calls),
		WITH_SERVER(an_answer_missing_from_a_batch_is_a_failure_of_its_own),
		WITH_SERVER(a_batch_refused_as_a_whole_is_an_error),
		WITH_SERVER(what_is_no_answer_is_said_to_be_none),
		WITH_SERVER(a_client_outlives_its_server),
		cmocka_unit_test(nothing_at_the_address_is_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
