/* How long a filter lives that nobody polls. */

#include "rpc/filters.h"
#include "rpc/jsonrpc.h"
#include "rpc/methods.h"
#include "tests/rpc/fixture.h"
#include "tests/support/own_clock.h"

#define SECOND 1000000ull
#define IDLE   5 /* seconds */
#define BEGIN  (1000 * SECOND)

static struct rpc_methods methods;
static struct rpc_config config;
static struct rpc context;

/* At a time.  The result, or the error; json_decref() it. */
static json_t *call_at(u64 us, const char *method, const char *params)
{
	char body[256];
	int size = snprintf(body, sizeof body, "{\"id\":1,\"method\":\"%s\",\"params\":%s}", method, params);
	struct bytes answer;
	json_t *reply, *result;

	own_monotonic_us = us;
	answer = jsonrpc_serve(&context, (struct bytes){ (const u8 *)body, (size_t)size });
	own_monotonic_us = 0;
	reply = json_loadb((const char *)answer.at, answer.size, 0, NULL);
	result = json_object_get(reply, "result");
	result = json_incref(result ? result : json_object_get(reply, "error"));
	json_decref(reply);
	return result;
}

/* As parameters. */
static void make_at(u64 us, char id[64])
{
	json_t *made = call_at(us, "eth_newBlockFilter", "[]");

	assert_true(json_is_string(made));
	(void)snprintf(id, 64, "[\"%s\"]", json_string_value(made));
	json_decref(made);
}

static bool is_there_at(u64 us, const char *id)
{
	json_t *changes = call_at(us, "eth_getFilterChanges", id);
	bool is_there = json_is_array(changes);

	if (!is_there)
		assert_string_equal(text_at(changes, "message"), "filter not found");
	json_decref(changes);
	return is_there;
}

static void a_filter_that_nobody_polls_is_gone(void **unused)
{
	char idle[64], polled[64];

	(void)unused;
	make_at(BEGIN, idle);
	make_at(BEGIN, polled);
	assert_true(is_there_at(BEGIN + IDLE * SECOND, polled));
	assert_true(is_there_at(BEGIN + (IDLE + 1) * SECOND, polled));
	assert_false(is_there_at(BEGIN + (IDLE + 1) * SECOND, idle));
	assert_true(is_there_at(BEGIN + (2 * IDLE + 1) * SECOND, polled));
	assert_false(is_there_at(BEGIN + (3 * IDLE + 2) * SECOND, polled));
}

/* Another thread has read the clock a moment before, and gets its turn a moment after. */
static void an_older_time_is_no_reason_to_go(void **unused)
{
	char first[64], second[64];

	(void)unused;
	make_at(BEGIN, first);
	make_at(BEGIN - 1, second);
	assert_true(is_there_at(BEGIN - 1, first));
	assert_true(is_there_at(BEGIN + 1, second));
	assert_true(is_there_at(BEGIN, first));
}

static int start(void **unused)
{
	(void)unused;
	if (fixture_start(&config) != 0 || rpc_init(&context, fixture.node, &config, &methods) != OK)
		return -1;
	context.filters = filters_new(config.filters_max);
	return context.filters ? 0 : -1;
}

static int stop(void **unused)
{
	filters_free(context.filters);
	rpc_free(&context);
	return fixture_stop(unused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_that_nobody_polls_is_gone),
		cmocka_unit_test(an_older_time_is_no_reason_to_go),
	};

	config = fixture_config();
	config.filter_idle_seconds = IDLE;
	rpc_methods_init(&methods, false);
	return cmocka_run_group_tests(tests, start, stop);
}
