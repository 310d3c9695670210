#include "base/abi.h"
#include "tests/support/abi_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_signature_becomes_a_tree(void **unused)
{
	const struct abi_types *t = abi_types_of("aggregate3((address,bool,bytes)[],uint8[2][3],int)");
	const struct abi_type *array, *tuple, *matrix, *row, *last;

	(void)unused;
	assert_int_equal(t->nodes[0].kind, ABI_TUPLE);
	assert_int_equal(t->nodes[0].count, 3);
	assert_true(t->nodes[0].dynamic);
	array = &t->nodes[t->nodes[0].first];
	assert_int_equal(array->kind, ABI_ARRAY);
	assert_int_equal(array->head_words, 1);
	tuple = &t->nodes[array->first];
	assert_int_equal(tuple->kind, ABI_TUPLE);
	assert_int_equal(tuple->count, 3);
	assert_true(tuple->dynamic);
	assert_int_equal(t->nodes[tuple->first].kind, ABI_ADDRESS);
	matrix = &t->nodes[array->next]; /* three rows of two */
	assert_int_equal(matrix->kind, ABI_FIXED_ARRAY);
	assert_int_equal(matrix->bits, 3);
	assert_int_equal(matrix->head_words, 6);
	assert_false(matrix->dynamic);
	row = &t->nodes[matrix->first];
	assert_int_equal(row->bits, 2);
	assert_int_equal(t->nodes[row->first].bits, 8);
	last = &t->nodes[matrix->next];
	assert_int_equal(last->kind, ABI_INT);
	assert_int_equal(last->bits, 256);
	assert_int_equal(last->next, 0);
}

static void every_grammatical_signature_is_accepted(void **unused)
{
	static const char *const accepted[] = {
		"()",
		"f()",
		"_$9z()",
		"(uint)",
		"(uint8,uint256,int8,int256)",
		"(bytes1,bytes32,bytes)",
		"(string,bool,address)",
		"(uint256[1024])",
		"(((((((uint8)))))))",
		"(uint8[][][][][][])",
		"((uint8[])[],(bool,(bool))[2])",
		"(uint8[1024][63])",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(accepted); i++)
		abi_types_of(accepted[i]);
}

static void a_malformed_signature_is_refused(void **unused)
{
	static const char *const refused[] = {
		"",
		"f",
		"f(",
		"f(uint",
		"f)",
		"9f()",
		"f(uint))",
		"f(uint) ",
		" f(uint)",
		"f()()",
		"f g()",
		"f(uint,)",
		"f(,uint)",
		"f(uint,,uint)",
		"f(uint uint)",
		"f(uint, uint)",
		"f(uint256 a)",
		"f(uint7)",
		"f(uint0)",
		"f(uint08)",
		"f(uint264)",
		"f(uint65544)",
		"f(uint4294967304)",
		"f(int1)",
		"f(bytes0)",
		"f(bytes33)",
		"f(bytes01)",
		"f(address20)",
		"f(bool8)",
		"f(string1)",
		"f(Uint)",
		"f(uinT8)",
		"f(unsigned)",
		"f(function)",
		"f(fixed)",
		"f(8)",
		"f([])",
		"f(uint[)",
		"f(uint])",
		"f(uint[0])",
		"f(uint[01])",
		"f(uint[-1])",
		"f(uint[ ])",
		"f(uint[1)",
		"f(())",
		"f(()[])",
		"f((uint,()))",
		"f((uint)",
		"f((uint)uint)",
		"f(uint[]8)",
	};
	struct abi_types types;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		assert_int_equal(abi_parse(&types, refused[i]), ERR_SYNTAX);
}

static void a_signature_nested_too_deeply_is_refused(void **unused)
{
	static const char *const refused[] = {
		"((((((((uint8))))))))",
		"(uint8[][][][][][][])",
		"(((((((uint8[])))))))",
		"((((((uint8[])[]))))[])",
	};
	struct abi_types types;
	char many[4096];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		assert_int_equal(abi_parse(&types, refused[i]), ERR_DEPTH);
	memset(many, '(', sizeof many);
	many[sizeof many - 1] = '\0';
	assert_int_equal(abi_parse(&types, many), ERR_DEPTH);
}

static void a_signature_that_is_too_large_is_refused(void **unused)
{
	struct abi_types types;
	char many[1024] = "(bool";

	(void)unused;
	assert_int_equal(abi_parse(&types, "(uint8[1025])"), ERR_SIZE);
	assert_int_equal(abi_parse(&types, "(uint8[99999999999999999999])"), ERR_SIZE);
	assert_int_equal(abi_parse(&types, "(uint8[1024][64])"), ERR_SIZE); /* 2^16 words */
	assert_int_equal(abi_parse(&types, "(uint8[1024][63],uint8[1024])"), ERR_SIZE);
	for (size_t i = 2; i < ABI_TYPES_MAX; i++) /* with the tuple: exactly the limit */
		strcat(many, ",bool");
	strcat(many, ")");
	assert_int_equal(abi_parse(&types, many), OK);
	assert_int_equal(types.count, ABI_TYPES_MAX);
	many[strlen(many) - 1] = '\0';
	strcat(many, ",bool)");
	assert_int_equal(abi_parse(&types, many), ERR_SIZE);
	assert_int_equal(types.count, ABI_TYPES_MAX); /* as it was */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_becomes_a_tree),
		cmocka_unit_test(every_grammatical_signature_is_accepted),
		cmocka_unit_test(a_malformed_signature_is_refused),
		cmocka_unit_test(a_signature_nested_too_deeply_is_refused),
		cmocka_unit_test(a_signature_that_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
