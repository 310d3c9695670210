#include "tests/base/abi_fixture.h"

static struct hash left(const char *s)
{
	struct hash h = { { 0 } };

	memcpy(h.bytes, s, strlen(s));
	return h;
}

static const char baz[] = "45 1";
static const char bar[] = "'abc' 'def'";
static const char sam[] = "60 1 a0 4 'dave' 3 1 2 3";
static const char f[] = "123 80 '1234567890' e0 2 456 789 d 'Hello, world!'";
static const char g[] = "40 140 2 40 a0 2 1 2 1 3 3 60 a0 e0 3 'one' 3 'two' 5 'three'";

static const struct {
	const char *signature, *encoding;
} examples[] = {
	{ "baz(uint32,bool)", baz },
	{ "bar(bytes3[2])", bar },
	{ "sam(bytes,bool,uint256[])", sam },
	{ "f(uint256,uint32[],bytes10,bytes)", f },
	{ "g(uint256[][],string[])", g },
	/* ours: a static tuple in a dynamic one, and a fixed array of dynamic members */
	{ "h((uint8,(bool,address)),(string,uint8[2])[],bytes[2])",
	  "7 1 abcdef a0 180 1 20 60 1 2 2 'hi' 40 60 0 1 'x'" },
};

static void the_example_baz_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("baz(uint32,bool)", abi_words(baz), ABI_STRICT);
	struct abi_writer w;

	(void)unused;
	assert_int_equal(v.count, 2);
	assert_int_equal(abi_u64(&v, 0), 69);
	assert_true(abi_bool(&v, 1));
	assert_int_equal(number(&v, 1), 1);

	w = writer("baz(uint32,bool)", sizeof buffer);
	abi_put_u64(&w, 69);
	abi_put_u256(&w, &U256_ONE);
	assert_written(&w, abi_words(baz));
}

static void the_example_bar_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("bar(bytes3[2])", abi_words(bar), ABI_STRICT);
	struct abi_view pair = abi_at(&v, 0);
	struct hash abc = left("abc"), def = left("def"), second = abi_bytes32(&pair, 1);
	struct abi_writer w;

	(void)unused;
	assert_int_equal(pair.count, 2);
	assert_memory_equal(second.bytes, def.bytes, WORD);

	w = writer("bar(bytes3[2])", sizeof buffer);
	abi_open(&w, 2);
	abi_put_bytes32(&w, &abc);
	abi_put_bytes32(&w, &def);
	abi_close(&w);
	assert_written(&w, abi_words(bar));
}

static void the_example_sam_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("sam(bytes,bool,uint256[])", abi_words(sam), ABI_STRICT);
	struct abi_view list = abi_at(&v, 2);
	struct abi_writer w;

	(void)unused;
	assert_bytes(&v, 0, "dave");
	assert_true(abi_bool(&v, 1));
	assert_int_equal(list.count, 3);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(number(&list, i), i + 1);

	w = writer("sam(bytes,bool,uint256[])", sizeof buffer);
	abi_put_bytes(&w, text("dave"));
	abi_put_u64(&w, 1);
	abi_open(&w, 3);
	for (u64 i = 1; i <= 3; i++)
		abi_put_u64(&w, i);
	abi_close(&w);
	assert_written(&w, abi_words(sam));
}

static void the_example_f_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("f(uint256,uint32[],bytes10,bytes)", abi_words(f), ABI_STRICT);
	struct hash digits = left("1234567890"), third = abi_bytes32(&v, 2);
	struct abi_view list = abi_at(&v, 1);
	struct abi_writer w;

	(void)unused;
	assert_int_equal(number(&v, 0), 0x123);
	assert_int_equal(list.count, 2);
	assert_int_equal(abi_u64(&list, 0), 0x456);
	assert_int_equal(abi_u64(&list, 1), 0x789);
	assert_memory_equal(third.bytes, digits.bytes, WORD);
	assert_bytes(&v, 3, "Hello, world!");

	w = writer("f(uint256,uint32[],bytes10,bytes)", sizeof buffer);
	abi_put_u64(&w, 0x123);
	abi_open(&w, 2);
	abi_put_u64(&w, 0x456);
	abi_put_u64(&w, 0x789);
	abi_close(&w);
	abi_put_bytes32(&w, &digits);
	abi_put_bytes(&w, text("Hello, world!"));
	assert_written(&w, abi_words(f));
}

static void the_example_g_is_decoded_and_encoded(void **unused)
{
	static const char *const names[] = { "one", "two", "three" };
	struct abi_view v = decoded("g(uint256[][],string[])", abi_words(g), ABI_STRICT);
	struct abi_view lists = abi_at(&v, 0), strings = abi_at(&v, 1), list;
	struct abi_writer w;

	(void)unused;
	assert_int_equal(lists.count, 2);
	list = abi_at(&lists, 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(number(&list, 1), 2);
	list = abi_at(&lists, 1);
	assert_int_equal(list.count, 1);
	assert_int_equal(number(&list, 0), 3);
	assert_int_equal(strings.count, 3);
	for (u32 i = 0; i < 3; i++)
		assert_bytes(&strings, i, names[i]);

	w = writer("g(uint256[][],string[])", sizeof buffer);
	abi_open(&w, 2);
	abi_open(&w, 2);
	abi_put_u64(&w, 1);
	abi_put_u64(&w, 2);
	abi_close(&w);
	abi_open(&w, 1);
	abi_put_u64(&w, 3);
	abi_close(&w);
	abi_close(&w);
	abi_open(&w, 3);
	for (size_t i = 0; i < 3; i++)
		abi_put_bytes(&w, text(names[i]));
	abi_close(&w);
	assert_written(&w, abi_words(g));
}

static void tuples_nest_in_place_when_static_and_by_offset_when_not(void **unused)
{
	const char *signature = examples[5].signature, *encoding = examples[5].encoding;
	struct abi_view v = decoded(signature, abi_words(encoding), ABI_STRICT);
	struct abi_view inner = abi_at(&v, 0), list = abi_at(&v, 1), pair;
	struct abi_view item = abi_at(&list, 0);
	struct address a = { { [17] = 0xab, 0xcd, 0xef } }, read;
	struct abi_writer w;

	(void)unused;
	assert_int_equal(abi_u64(&inner, 0), 7);
	inner = abi_at(&inner, 1);
	assert_true(abi_bool(&inner, 0));
	read = abi_address(&inner, 1);
	assert_memory_equal(read.bytes, a.bytes, sizeof a.bytes);
	assert_bytes(&item, 0, "hi");
	pair = abi_at(&item, 1);
	assert_int_equal(abi_u64(&pair, 1), 2);
	pair = abi_at(&v, 2);
	assert_int_equal(pair.count, 2);
	assert_bytes(&pair, 0, "");
	assert_bytes(&pair, 1, "x");

	w = writer(signature, sizeof buffer);
	abi_open(&w, 2);
	abi_put_u64(&w, 7);
	abi_open(&w, 2);
	abi_put_u64(&w, 1);
	abi_put_address(&w, &a);
	abi_close(&w);
	abi_close(&w);
	abi_open(&w, 1);
	abi_open(&w, 2);
	abi_put_bytes(&w, text("hi"));
	abi_open(&w, 2);
	abi_put_u64(&w, 1);
	abi_put_u64(&w, 2);
	abi_close(&w);
	abi_close(&w);
	abi_close(&w);
	abi_open(&w, 2);
	abi_put_bytes(&w, (struct bytes){ NULL, 0 });
	abi_put_bytes(&w, text("x"));
	abi_close(&w);
	assert_written(&w, abi_words(encoding));
}

static void every_truncation_is_refused(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct bytes all = abi_words(examples[i].encoding), cut = all;
		const char *signature = examples[i].signature;

		while (cut.size-- > 0) {
			/* A copy of just that size: a sanitizer sees any excess. */
			u8 *copy = malloc(cut.size + !cut.size);
			struct bytes in = { copy, cut.size };

			memcpy(copy, all.at, cut.size);
			assert_int_equal(decode_error(signature, in, ABI_STRICT), ERR_TRUNCATED);
			/* Solidity does without the padding of the last bytes. */
			if (cut.size + WORD <= all.size)
				assert_int_equal(decode_error(signature, in, ABI_CALLDATA),
						 ERR_TRUNCATED);
			free(copy);
		}
	}
}

static void trailing_bytes_are_ignored_or_refused_by_mode(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct bytes in = abi_words(examples[i].encoding);
		const char *signature = examples[i].signature;
		size_t size = in.size;

		memcpy(buffer, in.at, size);
		memset(buffer + size, 0, WORD + 1);
		in.at = buffer;
		for (in.size = size + 1; in.size <= size + WORD + 1; in.size++) {
			assert_int_equal(decode_error(signature, in, ABI_STRICT), ERR_TRAILING);
			assert_int_equal(decode_error(signature, in, ABI_CALLDATA), OK);
		}
	}
	assert_int_equal(decode_error("f()", (struct bytes){ NULL, 0 }, ABI_STRICT), OK);
	assert_int_equal(decode_error("f()", abi_words("1"), ABI_STRICT), ERR_TRAILING);
	assert_int_equal(decode_error("f()", abi_words("1"), ABI_CALLDATA), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_baz_is_decoded_and_encoded),
		cmocka_unit_test(the_example_bar_is_decoded_and_encoded),
		cmocka_unit_test(the_example_sam_is_decoded_and_encoded),
		cmocka_unit_test(the_example_f_is_decoded_and_encoded),
		cmocka_unit_test(the_example_g_is_decoded_and_encoded),
		cmocka_unit_test(tuples_nest_in_place_when_static_and_by_offset_when_not),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(trailing_bytes_are_ignored_or_refused_by_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
