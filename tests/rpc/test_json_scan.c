#include "rpc/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CAPACITY 8

static struct bytes ids[CAPACITY];

static enum err scan(struct json_scan *out, const char *text)
{
	*out = (struct json_scan){ .ids = ids, .capacity = CAPACITY };
	return json_scan_run(out, (struct bytes){ (const u8 *)text, strlen(text) });
}

static void assert_id(const struct json_scan *s, size_t index, const char *text)
{
	assert_true(index < s->count);
	assert_int_equal(s->ids[index].size, strlen(text));
	if (*text)
		assert_memory_equal(s->ids[index].at, text, strlen(text));
}

static void an_id_is_found_as_it_was_written(void **unused)
{
	static const struct {
		const char *text, *id;
	} vectors[] = {
		{ "{\"id\":1}", "1" },
		{ "{ \"id\" : 9007199254740993 , \"method\":\"x\"}", "9007199254740993" },
		{ "{\"method\":\"x\",\"id\":\"a\\\"b\"}", "\"a\\\"b\"" },
		{ "{\"id\":1.0e3}", "1.0e3" },
		{ "{\"id\":null}", "null" },
		{ "{\"id\":\"id\",\"x\":2}", "\"id\"" },
		{ "{\"x\":\"id\",\"y\":[\"id\",1]}", "" },
		{ "{\"params\":{\"id\":5}}", "" },
		{ "{\"params\":[{\"id\":5}],\"id\":6}", "6" },
		{ "{\"id\":{\"a\":1}}", "" },
		{ "{\"id\":", "" },
		{ "{\"id\"", "" },
		{ "", "" },
		{ "\"id\":1", "" },
	};
	struct json_scan s;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		assert_int_equal(scan(&s, vectors[i].text), OK);
		assert_false(s.is_batch);
		assert_id(&s, 0, vectors[i].id);
	}
}

static void each_element_of_a_batch_has_its_own_id(void **unused)
{
	struct json_scan s;

	(void)unused;
	assert_int_equal(scan(&s, " [ {\"id\":1}, 2, {\"x\":{\"id\":3}}, [{\"id\":4}], {\"id\":\"five\"} ] "), OK);
	assert_true(s.is_batch);
	assert_int_equal(s.count, 5);
	assert_id(&s, 0, "1");
	assert_id(&s, 1, "");
	assert_id(&s, 2, "");
	assert_id(&s, 3, "");
	assert_id(&s, 4, "\"five\"");
}

static void an_empty_batch_has_no_elements(void **unused)
{
	struct json_scan s;

	(void)unused;
	assert_int_equal(scan(&s, "[]"), OK);
	assert_int_equal(s.count, 0);
	assert_int_equal(scan(&s, "[ ]"), OK);
	assert_int_equal(s.count, 0);
	assert_int_equal(scan(&s, "["), OK);
	assert_int_equal(s.count, 0);
}

static void a_batch_beyond_capacity_is_refused(void **unused)
{
	struct json_scan s;

	(void)unused;
	assert_int_equal(scan(&s, "[1,2,3,4,5,6,7,8]"), OK);
	assert_int_equal(s.count, CAPACITY);
	assert_int_equal(scan(&s, "[1,2,3,4,5,6,7,8,9]"), ERR_SIZE);
	assert_int_equal(scan(&s, "[,,,,,,,,"), ERR_SIZE);
}

static void nesting_beyond_the_limit_is_refused(void **unused)
{
	char text[2 * JSON_DEPTH_MAX + 3];
	struct json_scan s;

	(void)unused;
	memset(text, '[', JSON_DEPTH_MAX);
	text[JSON_DEPTH_MAX] = '\0';
	assert_int_equal(scan(&s, text), OK);
	text[JSON_DEPTH_MAX] = '[';
	text[JSON_DEPTH_MAX + 1] = '\0';
	assert_int_equal(scan(&s, text), ERR_DEPTH);
}

static void what_follows_the_root_is_not_looked_at(void **unused)
{
	struct json_scan s;

	(void)unused;
	assert_int_equal(scan(&s, "[] [{\"id\":1}]"), OK);
	assert_int_equal(s.count, 0);
	assert_int_equal(scan(&s, "{\"id\":1} {\"id\":2}"), OK);
	assert_id(&s, 0, "1");
	assert_int_equal(scan(&s, "] {\"id\":2}"), OK);
	assert_id(&s, 0, "");
}

static void brackets_inside_strings_do_not_nest(void **unused)
{
	struct json_scan s;

	(void)unused;
	assert_int_equal(scan(&s, "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\",\"id\":7}"), OK);
	assert_id(&s, 0, "7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_found_as_it_was_written),
		cmocka_unit_test(each_element_of_a_batch_has_its_own_id),
		cmocka_unit_test(an_empty_batch_has_no_elements),
		cmocka_unit_test(a_batch_beyond_capacity_is_refused),
		cmocka_unit_test(nesting_beyond_the_limit_is_refused),
		cmocka_unit_test(what_follows_the_root_is_not_looked_at),
		cmocka_unit_test(brackets_inside_strings_do_not_nest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
