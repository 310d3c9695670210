/* rpc_discover, on the tables of every chain and on those of a chain for tests. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/version.h"
#include "rpc/jsonrpc.h"
#include "rpc/methods.h"

static const struct rpc_config config = { .body_max = 1 << 20, .response_max = 1 << 20, .batch_max = 1 };
static struct rpc_methods methods;
static json_t *document;

static int discover(bool is_dev)
{
	static const char request[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc_discover\"}";
	struct bytes answer;
	struct rpc rpc;
	json_t *reply;

	rpc_methods_init(&methods, is_dev);
	assert_int_equal(rpc_init(&rpc, NULL, &config, &methods), OK);
	answer = jsonrpc_serve(&rpc, (struct bytes){ (const u8 *)request, strlen(request) });
	reply = json_loadb((const char *)answer.at, answer.size, 0, NULL);
	document = json_incref(json_object_get(reply, "result"));
	json_decref(reply);
	rpc_free(&rpc);
	return document ? 0 : -1;
}

static int on_every_chain(void **unused)
{
	(void)unused;
	return discover(false);
}

static int on_a_chain_for_tests(void **unused)
{
	(void)unused;
	return discover(true);
}

static int forget(void **unused)
{
	(void)unused;
	json_decref(document);
	return 0;
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void the_document_says_what_it_is(void **unused)
{
	(void)unused;
	assert_string_equal(text_at(document, "openrpc"), "1.2.6");
	assert_string_equal(text_at(json_object_get(document, "info"), "version"), PLIMSOLL_VERSION);
}

static void check_params(const json_t *params, const struct rpc_method *row)
{
	size_t required = 0, i;
	json_t *param;

	if (json_array_size(params) != row->params_max)
		fail_msg("%s: %zu parameters", row->name, json_array_size(params));
	json_array_foreach(params, i, param)
	{
		assert_true(strlen(text_at(param, "name")) > 0);
		assert_true(json_is_object(json_object_get(param, "schema")));
		required += json_is_true(json_object_get(param, "required"));
	}
	assert_int_equal(required, row->params_min);
}

static void every_method_is_there_with_its_parameters_and_its_answer(void **unused)
{
	json_t *list = json_object_get(document, "methods"), *method;
	size_t i;

	(void)unused;
	assert_int_equal(json_array_size(list), methods.count);
	json_array_foreach(list, i, method)
	{
		const struct rpc_method *row = methods.rows[i];

		assert_string_equal(text_at(method, "name"), row->name);
		assert_true(strlen(text_at(method, "summary")) > 0);
		check_params(json_object_get(method, "params"), row);
		if (json_object_size(json_object_get(json_object_get(method, "result"), "schema")) == 0)
			fail_msg("%s answers anything", row->name);
	}
}

/* It is read by people, and not as the Markdown or the C it may have come from. */
static void no_help_has_an_escape(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < methods.count; i++) {
		if (strchr(methods.rows[i]->help, '\\'))
			fail_msg("%s: %s", methods.rows[i]->name, methods.rows[i]->help);
	}
}

#define ON(chain, test) \
	{ \
#test " " #chain, test, chain, forget, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(on_every_chain, the_document_says_what_it_is),
		ON(on_every_chain, every_method_is_there_with_its_parameters_and_its_answer),
		ON(on_a_chain_for_tests, every_method_is_there_with_its_parameters_and_its_answer),
		ON(on_a_chain_for_tests, no_help_has_an_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
