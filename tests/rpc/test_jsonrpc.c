#include "rpc/jsonrpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rpc/params.h"
#include "rpc/unsent.h"

/* The protocol, over methods that need no node. */

static u32 pings; /* how often ping ran */

static enum rpc_code ping(struct rpc *c)
{
	pings++;
	jw_text(&c->out, RESULT, "pong");
	return RPC_OK;
}

static enum rpc_code echo_data(struct rpc *c)
{
	struct bytes data;

	RPC_TRY(param_bytes(c, &data, 0));
	jw_data(&c->out, RESULT, data);
	return RPC_OK;
}

static enum rpc_code echo_number(struct rpc *c)
{
	u64 x;

	RPC_TRY(param_u64(c, &x, 0));
	jw_quantity(&c->out, RESULT, x);
	return RPC_OK;
}

static enum rpc_code echo_address(struct rpc *c)
{
	struct address a;

	RPC_TRY(param_address(c, &a, 0));
	jw_address(&c->out, RESULT, &a);
	return RPC_OK;
}

static enum rpc_code echo_wide(struct rpc *c)
{
	struct u256 x;

	RPC_TRY(value_u256(c, &x, param(c, 0), "argument 0"));
	jw_quantity_u256(&c->out, RESULT, &x);
	return RPC_OK;
}

static enum rpc_code refuse(struct rpc *c)
{
	jw_array(&c->out, RESULT);
	jw_number(&c->out, NULL, 1); /* what was written before a failure must not show */
	c->error_data = (struct bytes){ (const u8 *)"\x01\x02", 2 };
	return rpc_fail(c, RPC_REVERT, "execution reverted: \"quoted\"");
}

static enum rpc_code flood(struct rpc *c)
{
	jw_array(&c->out, RESULT);
	while (!jw_is_full(&c->out))
		jw_text(&c->out, NULL, "a line of some length, again and again");
	jw_end(&c->out);
	return RPC_OK;
}

static const struct rpc_method ROWS[] = {
	{ "address", echo_address, 1, 1, 1, "any", "" },
	{ "data", echo_data, 1, 1, 1, "any", "" },
	{ "flood", flood, 0, 0, 1, "any", "" },
	{ "number", echo_number, 1, 2, 1, "any", "" },
	{ "ping", ping, 0, 0, 1, "any", "" },
	{ "refuse", refuse, 0, 0, 1, "any", "" },
	{ "wide", echo_wide, 1, 1, 1, "any", "" },
};

static const struct rpc_config config = { .body_max = 1 << 20, .response_max = 65536, .batch_max = 5 };
static struct rpc_methods methods;
static struct rpc rpc;

static int start(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(ROWS); i++)
		methods.rows[methods.count++] = &ROWS[i];
	return rpc_init(&rpc, NULL, &config, &methods) == OK ? 0 : -1;
}

static int stop(void **unused)
{
	(void)unused;
	rpc_free(&rpc);
	return 0;
}

/* The reply to a body, NUL-terminated; valid until the next. */
static const char *serve(const char *body)
{
	static char reply[1 << 18];
	struct bytes answer = jsonrpc_serve(&rpc, (struct bytes){ (const u8 *)body, strlen(body) });

	assert_true(answer.size < sizeof reply);
	memcpy(reply, answer.size ? answer.at : (const u8 *)"", answer.size);
	reply[answer.size] = '\0';
	return reply;
}

static void assert_code(const char *body, int code)
{
	json_t *reply = json_loads(serve(body), 0, NULL);

	assert_non_null(reply);
	assert_string_equal(json_string_value(json_object_get(reply, "jsonrpc")), "2.0");
	assert_non_null(json_object_get(reply, "id"));
	assert_null(json_object_get(reply, "result"));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(reply, "error"), "code")), code);
	json_decref(reply);
}

#define PONG(id)    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":\"pong\"}"
#define INVALID(id) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":-32600,\"message\":\"invalid request\"}}"

/* -- ids ---------------------------------------------------------------------------- */

static void an_id_comes_back_byte_for_byte(void **unused)
{
	static const char *const ids[] = {
		"0",
		"1",
		"-1",
		"9007199254740993",
		"9223372036854775807",
		"1.0",
		"1.5e3",
		"1e308",
		"-0",
		"null",
		"\"\"",
		"\"abc\"",
		"\"\\u0041\\n\"",
		"\"h\xc3\xa9\"",
	};
	char body[400], expected[400];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(ids); i++) {
		snprintf(body, sizeof body, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"ping\",\"params\":[]}", ids[i]);
		snprintf(expected, sizeof expected, PONG("%s"), ids[i]);
		assert_string_equal(serve(body), expected);
	}
}

static void an_id_of_the_wrong_type_is_an_invalid_request(void **unused)
{
	(void)unused;
	assert_string_equal(serve("{\"id\":true,\"method\":\"ping\"}"), INVALID("null"));
	assert_string_equal(serve("{\"id\":[1],\"method\":\"ping\"}"), INVALID("null"));
	assert_string_equal(serve("{\"id\":{\"id\":1},\"method\":\"ping\"}"), INVALID("null"));
	assert_string_equal(serve("{\"\\u0069d\":1,\"method\":\"ping\"}"), INVALID("null"));
}

static void an_id_of_256_bytes_is_echoed_and_one_of_257_is_not(void **unused)
{
	char body[600], id[JSON_ID_MAX + 2];

	(void)unused;
	memset(id, 'x', sizeof id);
	id[JSON_ID_MAX - 2] = '\0';
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"method\":\"ping\"}", id);
	assert_non_null(strstr(serve(body), "pong"));
	id[JSON_ID_MAX - 2] = 'x';
	id[JSON_ID_MAX - 1] = '\0';
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"method\":\"ping\"}", id);
	assert_string_equal(serve(body), INVALID("null"));
}

static void a_request_without_an_id_runs_and_is_not_answered(void **unused)
{
	u32 before = pings;

	(void)unused;
	assert_string_equal(serve("{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}"), "");
	assert_int_equal(pings, before + 1);
	assert_string_equal(serve("{\"jsonrpc\":\"2.0\",\"method\":\"nothing\"}"), "");
	assert_string_equal(serve("[{\"method\":\"ping\"},{\"method\":\"ping\"}]"), "");
}

/* -- malformed input ------------------------------------------------------------------ */

static void what_is_not_json_is_a_parse_error(void **unused)
{
	static const char *const bodies[] = {
		"",
		" ",
		"{",
		"[",
		"{\"id\":1",
		"{\"id\":1,}",
		"[1,]",
		"{'id':1}",
		"{\"id\":1}}",
		"{} {}",
		"[] [{\"id\":1}]",
		"nul",
		"{\"id\":1e999,\"method\":\"ping\"}",
		"{\"id\":9223372036854775808}",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\xed\xa0\x80\"}",
		"{\"a\":\"\\u0000\"}",
		"{\"a\":\"\n\"}",
		"{\"id\":1,\"id\":2}",
		"{\"id\":NaN}",
		"{\"id\":01}",
		"{\"id\":+1}",
		"// x\n{}",
		"\xef\xbb\xbf{}",
		"[{\"id\":1},",
		"{\"id\":1,\"method\":",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++)
		assert_code(bodies[i], RPC_PARSE);
}

static void what_is_no_request_is_an_invalid_request(void **unused)
{
	static const char *const bodies[] = {
		"1",
		"\"ping\"",
		"null",
		"true",
		"{}",
		"{\"id\":1}",
		"{\"id\":1,\"method\":1}",
		"{\"foo\":\"boo\"}",
		"{\"id\":1,\"method\":null}",
		"{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}",
		"{\"jsonrpc\":2,\"id\":1,\"method\":\"ping\"}",
		"[]",
		"[1,2,3,4,5,6]",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++)
		assert_code(bodies[i], RPC_INVALID_REQUEST);
}

static void deep_nesting_is_refused_before_it_is_parsed(void **unused)
{
	static char body[200002];

	(void)unused;
	memset(body, '[', 100000);
	memset(body + 100000, ']', 100000);
	assert_code(body, RPC_INVALID_REQUEST);
	assert_non_null(strstr(serve(body), "nested too deeply"));
}

static void the_jsonrpc_member_may_be_missing(void **unused)
{
	(void)unused;
	assert_string_equal(serve("{\"id\":1,\"method\":\"ping\"}"), PONG("1"));
	assert_string_equal(serve("{\"id\":1,\"method\":\"ping\",\"params\":null,\"extra\":[]}"), PONG("1"));
}

/* -- batches ----------------------------------------------------------------------------- */

static void a_batch_is_answered_in_order_and_each_for_itself(void **unused)
{
	(void)unused;
	assert_string_equal(serve("[{\"id\":1,\"method\":\"ping\"},7,{\"id\":\"b\",\"method\":\"ping\"},[],{\"foo\":1}]"),
			    "[" PONG("1") "," INVALID("null") "," PONG("\"b\"") "," INVALID("null") ","
												    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,"
												    "\"message\":\"invalid request: no method\"}}]");
	assert_string_equal(serve("[{\"method\":\"ping\"},{\"id\":2,\"method\":\"ping\"}]"), "[" PONG("2") "]");
	assert_string_equal(serve("[[{\"id\":1,\"method\":\"ping\"}]]"), "[" INVALID("null") "]");
}

static void an_empty_batch_is_one_error(void **unused)
{
	(void)unused;
	assert_string_equal(serve("[]"), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,"
					 "\"message\":\"empty batch\"}}");
}

static void a_batch_at_its_limit_is_served_and_one_beyond_is_not(void **unused)
{
	(void)unused;
	assert_non_null(strstr(serve("[1,1,1,1,{\"id\":5,\"method\":\"ping\"}]"), "pong"));
	assert_code("[1,1,1,1,1,{\"id\":6,\"method\":\"ping\"}]", RPC_INVALID_REQUEST);
	assert_non_null(strstr(serve("[1,1,1,1,1,1]"), "batch too large"));
}

/* -- errors -------------------------------------------------------------------------------- */

static void an_unknown_method_is_told_in_the_words_clients_match(void **unused)
{
	(void)unused;
	assert_string_equal(serve("{\"id\":1,\"method\":\"eth_foo\"}"),
			    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":"
			    "\"the method eth_foo does not exist/is not available\"}}");
	assert_code("{\"id\":1,\"method\":\"\"}", RPC_NO_METHOD);
	assert_code("{\"id\":1,\"method\":\"pin\"}", RPC_NO_METHOD);
	assert_code("{\"id\":1,\"method\":\"pingg\"}", RPC_NO_METHOD);
}

static void a_failed_method_leaves_only_its_error(void **unused)
{
	(void)unused;
	assert_string_equal(serve("{\"id\":1,\"method\":\"refuse\"}"),
			    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":3,\"message\":"
			    "\"execution reverted: \\\"quoted\\\"\",\"data\":\"0x0102\"}}");
	/* The data is that request's alone. */
	assert_null(strstr(serve("{\"id\":1,\"method\":\"eth_foo\"}"), "data"));
}

static void a_result_beyond_the_limit_is_an_error_and_the_batch_goes_on(void **unused)
{
	json_t *reply;

	(void)unused;
	assert_code("{\"id\":1,\"method\":\"flood\"}", RPC_TOO_LARGE);
	reply = json_loads(serve("[{\"id\":1,\"method\":\"ping\"},{\"id\":2,\"method\":\"flood\"},{\"id\":3,\"method\":\"ping\"}]"),
			   0, NULL);
	assert_int_equal(json_array_size(reply), 3);
	assert_non_null(json_object_get(json_array_get(reply, 0), "result"));
	assert_non_null(json_object_get(json_array_get(reply, 1), "error"));
	assert_non_null(json_object_get(json_array_get(reply, 2), "result"));
	json_decref(reply);
}

/* -- parameters ---------------------------------------------------------------------------- */

static void the_number_of_parameters_is_checked(void **unused)
{
	(void)unused;
	assert_code("{\"id\":1,\"method\":\"ping\",\"params\":[1]}", RPC_INVALID_PARAMS);
	assert_code("{\"id\":1,\"method\":\"data\"}", RPC_INVALID_PARAMS);
	assert_code("{\"id\":1,\"method\":\"data\",\"params\":[]}", RPC_INVALID_PARAMS);
	assert_code("{\"id\":1,\"method\":\"data\",\"params\":[null]}", RPC_INVALID_PARAMS);
	assert_code("{\"id\":1,\"method\":\"data\",\"params\":{\"a\":1}}", RPC_INVALID_PARAMS);
	assert_code("{\"id\":1,\"method\":\"data\",\"params\":\"0x\"}", RPC_INVALID_PARAMS);
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"data\"}"), "missing value for required argument 0"));
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"ping\",\"params\":[1]}"), "too many arguments, want at most 0"));
}

static void what_clients_send_is_accepted(void **unused)
{
	(void)unused;
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"address\",\"params\":[\"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\"]}"),
			       "\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\""));
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"data\",\"params\":[\"0xAb\"]}"), "\"0xab\""));
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"data\",\"params\":[\"0x\"]}"), "\"0x\""));
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"number\",\"params\":[\"0x0\",null]}"), "\"0x0\""));
	assert_non_null(strstr(serve("{\"id\":1,\"method\":\"number\",\"params\":[\"0xffffffffffffffff\"]}"),
			       "\"0xffffffffffffffff\""));
}

static void what_hides_mistakes_is_refused_with_a_reason(void **unused)
{
	static const struct {
		const char *method, *value, *reason;
	} vectors[] = {
		{ "data", "\"ab\"", "hex string without 0x prefix" },
		{ "data", "\"\"", "empty hex string" },
		{ "data", "\"0xabc\"", "hex string of odd length" },
		{ "data", "\"0xzz\"", "invalid hex string" },
		{ "data", "5", "a hex string is wanted" },
		{ "data", "[]", "a hex string is wanted" },
		{ "number", "\"0x\"", "hex string \\\"0x\\\"" },
		{ "number", "\"0x01\"", "hex number with leading zero digits" },
		{ "number", "\"0x10000000000000000\"", "hex number > 64 bits" },
		{ "number", "\"-0x1\"", "hex string without 0x prefix" },
		{ "number", "\"1\"", "hex string without 0x prefix" },
		{ "number", "1.5", "a hex string is wanted" },
		{ "number", "\"0xg\"", "invalid hex string" },
		{ "wide", "\"0x10000000000000000000000000000000000000000000000000000000000000000\"", "hex number > 256 bits" },
		{ "address", "\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea\"", "wrong length" },
		{ "address", "\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed00\"", "wrong length" },
	};
	char body[300];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		snprintf(body, sizeof body, "{\"id\":1,\"method\":\"%s\",\"params\":[%s]}", vectors[i].method,
			 vectors[i].value);
		assert_code(body, RPC_INVALID_PARAMS);
		if (!strstr(serve(body), vectors[i].reason))
			fail_msg("%s: %s", body, serve(body));
	}
}

/* Over HTTP; a WebSocket's answers are bounded where they are written. */
static void what_has_been_done_and_waited_is_answered_whatever_is_unread(void **unused)
{
	static struct unsent unsent;
	static char body[40100];
	struct subscriber *somebody = (struct subscriber *)&unsent; /* is not looked at */
	size_t size = (size_t)sprintf(body, "{\"id\":1,\"method\":\"data\",\"params\":[\"0x");

	(void)unused;
	memset(body + size, '0', 40000);
	strcpy(body + size + 40000, "\"]}");
	unsent_init(&unsent, 1 << 20);
	rpc.unsent = &unsent;
	assert_non_null(strstr(serve(body), "\"result\""));
	unsent.size = unsent.max;
	assert_non_null(strstr(serve(body), "-32005,\"message\":\"too many answers wait to be read\""));
	assert_string_equal(serve("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"), PONG("1"));
	rpc.patience = WAIT_OVER;
	assert_non_null(strstr(serve(body), "\"result\""));
	rpc.patience = WAIT_NEVER;
	rpc.subscriber = somebody;
	assert_non_null(strstr(serve(body), "\"result\""));
	rpc.subscriber = NULL;
	rpc.unsent = NULL;
}

static void a_parameter_as_large_as_the_body_is_decoded(void **unused)
{
	size_t digits = (1 << 16) - 100;
	char *body = malloc(1 << 17);
	int head = sprintf(body, "{\"id\":1,\"method\":\"data\",\"params\":[\"0x");

	(void)unused;
	memset(body + head, 'a', digits);
	strcpy(body + head + digits, "\"]}");
	assert_non_null(strstr(serve(body), "0xaaaa"));
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_comes_back_byte_for_byte),
		cmocka_unit_test(an_id_of_the_wrong_type_is_an_invalid_request),
		cmocka_unit_test(an_id_of_256_bytes_is_echoed_and_one_of_257_is_not),
		cmocka_unit_test(a_request_without_an_id_runs_and_is_not_answered),
		cmocka_unit_test(what_is_not_json_is_a_parse_error),
		cmocka_unit_test(what_is_no_request_is_an_invalid_request),
		cmocka_unit_test(deep_nesting_is_refused_before_it_is_parsed),
		cmocka_unit_test(the_jsonrpc_member_may_be_missing),
		cmocka_unit_test(a_batch_is_answered_in_order_and_each_for_itself),
		cmocka_unit_test(an_empty_batch_is_one_error),
		cmocka_unit_test(a_batch_at_its_limit_is_served_and_one_beyond_is_not),
		cmocka_unit_test(an_unknown_method_is_told_in_the_words_clients_match),
		cmocka_unit_test(a_failed_method_leaves_only_its_error),
		cmocka_unit_test(a_result_beyond_the_limit_is_an_error_and_the_batch_goes_on),
		cmocka_unit_test(the_number_of_parameters_is_checked),
		cmocka_unit_test(what_clients_send_is_accepted),
		cmocka_unit_test(what_hides_mistakes_is_refused_with_a_reason),
		cmocka_unit_test(what_has_been_done_and_waited_is_answered_whatever_is_unread),
		cmocka_unit_test(a_parameter_as_large_as_the_body_is_decoded),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
