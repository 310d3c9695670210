#include "rpc/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const hosts[] = { "node.example" };

static void hosts_that_name_this_machine_or_are_listed_are_allowed(void **unused)
{
	static const char *const allowed[] = {
		"localhost",
		"LOCALHOST:8545",
		"127.0.0.1",
		"127.0.0.1:8545",
		"[::1]",
		"[::1]:8545",
		"10.1.2.3:1",
		"node.example",
		"Node.Example:443",
		"",
		"[fe80::1]:9",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(allowed); i++)
		assert_true(host_is_allowed(allowed[i], hosts, 1));
	assert_true(host_is_allowed(NULL, hosts, 1));
}

static void every_other_host_is_refused(void **unused)
{
	static const char *const refused[] = {
		"evil.example",
		"evil.example:8545",
		"localhost.evil.example",
		"xlocalhost",
		"127.0.0.1.evil.example",
		"[::1",
		"[::1]x",
		"[node.example",
		"node.example.",
		"999.1.1.1",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		assert_false(host_is_allowed(refused[i], hosts, 1));
	assert_false(host_is_allowed("node.example", NULL, 0));
}

static void a_star_allows_every_host(void **unused)
{
	static const char *const any[] = { "*" };

	(void)unused;
	assert_true(host_is_allowed("evil.example", any, 1));
}

static void json_content_types_are_told_from_others(void **unused)
{
	(void)unused;
	assert_true(content_type_is_json("application/json"));
	assert_true(content_type_is_json("Application/JSON; charset=utf-8"));
	assert_true(content_type_is_json("application/json-rpc"));
	assert_true(content_type_is_json("application/jsonrequest"));
	assert_false(content_type_is_json("text/plain"));
	assert_false(content_type_is_json("application/jsonx"));
	assert_false(content_type_is_json("application/json,text/plain"));
	assert_false(content_type_is_json(""));
	assert_false(content_type_is_json(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_that_name_this_machine_or_are_listed_are_allowed),
		cmocka_unit_test(every_other_host_is_refused),
		cmocka_unit_test(a_star_allows_every_host),
		cmocka_unit_test(json_content_types_are_told_from_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
