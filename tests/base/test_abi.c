#include "base/abi.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WORD 32

static u8 buffer[8192];
static u8 input[(4 << 10) * WORD];

static struct bytes text(const char *s)
{
	return (struct bytes){ (const u8 *)s, strlen(s) };
}

static unsigned digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* One word from a token of words(); returns what follows the token. */
static const char *word_from_token(u8 *word, const char *at)
{
	const char *end = at;

	memset(word, 0, WORD);
	if (*at == '\'') {
		for (at++; *at != '\''; at++)
			*word++ = (u8)*at;
		return at + 1;
	}
	while (*end != ' ' && *end != '\0')
		end++;
	if (*at == '~')
		memset(word, 0xff, WORD);
	for (size_t i = 0; end - (ptrdiff_t)i > at && end[-1 - (ptrdiff_t)i] != '~'; i++) {
		u8 *byte = &word[WORD - 1 - i / 2];
		unsigned value = digit(end[-1 - (ptrdiff_t)i]);

		*byte = (u8)(i % 2 ? (*byte & 0x0f) | value << 4 : (*byte & 0xf0) | value);
	}
	return end;
}

/* An encoding, word by word: 1f is a number, ~80 one filled up with ones on the
 * left, 'abc' text aligned to the left.  Lives in input until the next call. */
static struct bytes words(const char *tokens)
{
	size_t size = 0;

	while (*tokens != '\0') {
		assert_true(size < sizeof input);
		tokens = word_from_token(input + size, tokens);
		size += WORD;
		while (*tokens == ' ')
			tokens++;
	}
	return (struct bytes){ input, size };
}

static const struct abi_types *types_of(const char *signature)
{
	static struct abi_types types;

	assert_int_equal(abi_parse(&types, signature), OK);
	return &types;
}

static struct abi_view decoded(const char *signature, struct bytes in, enum abi_mode mode)
{
	struct abi_view v;

	assert_int_equal(abi_decode(&v, types_of(signature), in, mode), OK);
	return v;
}

static enum err decode_error(const char *signature, struct bytes in, enum abi_mode mode)
{
	struct abi_view v;

	return abi_decode(&v, types_of(signature), in, mode);
}

static struct abi_writer writer(const char *signature, size_t capacity)
{
	struct abi_writer w;

	assert_true(capacity <= sizeof buffer);
	memset(buffer, 0xee, sizeof buffer);
	abi_writer_init(&w, types_of(signature), buffer, capacity);
	return w;
}

static void assert_written(struct abi_writer *w, struct bytes want)
{
	struct bytes out;

	assert_int_equal(abi_writer_end(w, &out), OK);
	assert_int_equal(out.size, want.size);
	assert_memory_equal(out.at, want.at, want.size);
}

static void assert_bytes(const struct abi_view *v, u32 index, const char *want)
{
	assert_true(bytes_equal(abi_bytes(v, index), text(want)));
}

static u64 number(const struct abi_view *v, u32 index)
{
	struct u256 x = abi_u256(v, index);

	assert_true(x.limb[1] == 0 && x.limb[2] == 0 && x.limb[3] == 0);
	return x.limb[0];
}

static struct hash left(const char *s)
{
	struct hash h = { { 0 } };

	memcpy(h.bytes, s, strlen(s));
	return h;
}

/* -- signatures ------------------------------------------------------------- */

static void a_signature_becomes_a_tree(void **unused)
{
	const struct abi_types *t = types_of("aggregate3((address,bool,bytes)[],uint8[2][3],int)");
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
		"()", "f()", "_$9z()", "(uint)", "(uint8,uint256,int8,int256)", "(bytes1,bytes32,bytes)",
		"(string,bool,address)", "(uint256[1024])", "(((((((uint8)))))))", "(uint8[][][][][][])",
		"((uint8[])[],(bool,(bool))[2])", "(uint8[1024][63])",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(accepted); i++)
		types_of(accepted[i]);
}

static void a_malformed_signature_is_refused(void **unused)
{
	static const char *const refused[] = {
		"", "f", "f(", "f(uint", "f)", "9f()", "f(uint))", "f(uint) ", " f(uint)", "f()()", "f g()",
		"f(uint,)", "f(,uint)", "f(uint,,uint)", "f(uint uint)", "f(uint, uint)", "f(uint256 a)",
		"f(uint7)", "f(uint0)", "f(uint08)", "f(uint264)", "f(uint65544)", "f(uint4294967304)", "f(int1)",
		"f(bytes0)", "f(bytes33)", "f(bytes01)", "f(address20)", "f(bool8)", "f(string1)",
		"f(Uint)", "f(uinT8)", "f(unsigned)", "f(function)", "f(fixed)", "f(8)", "f([])",
		"f(uint[)", "f(uint])", "f(uint[0])", "f(uint[01])", "f(uint[-1])", "f(uint[ ])", "f(uint[1)",
		"f(())", "f(()[])", "f((uint,()))", "f((uint)", "f((uint)uint)", "f(uint[]8)",
	};
	struct abi_types types;

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
		assert_int_equal(abi_parse(&types, refused[i]), ERR_SYNTAX);
}

static void a_signature_nested_too_deeply_is_refused(void **unused)
{
	static const char *const refused[] = {
		"((((((((uint8))))))))", "(uint8[][][][][][][])", "(((((((uint8[])))))))",
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

/* -- the examples of Solidity's ABI specification ---------------------------- */

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
	struct abi_view v = decoded("baz(uint32,bool)", words(baz), ABI_STRICT);
	struct abi_writer w;

	(void)unused;
	assert_int_equal(v.count, 2);
	assert_int_equal(abi_u64(&v, 0), 69);
	assert_true(abi_bool(&v, 1));
	assert_int_equal(number(&v, 1), 1);

	w = writer("baz(uint32,bool)", sizeof buffer);
	abi_put_u64(&w, 69);
	abi_put_u256(&w, &U256_ONE);
	assert_written(&w, words(baz));
}

static void the_example_bar_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("bar(bytes3[2])", words(bar), ABI_STRICT), pair = abi_at(&v, 0);
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
	assert_written(&w, words(bar));
}

static void the_example_sam_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("sam(bytes,bool,uint256[])", words(sam), ABI_STRICT);
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
	assert_written(&w, words(sam));
}

static void the_example_f_is_decoded_and_encoded(void **unused)
{
	struct abi_view v = decoded("f(uint256,uint32[],bytes10,bytes)", words(f), ABI_STRICT);
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
	assert_written(&w, words(f));
}

static void the_example_g_is_decoded_and_encoded(void **unused)
{
	static const char *const names[] = { "one", "two", "three" };
	struct abi_view v = decoded("g(uint256[][],string[])", words(g), ABI_STRICT);
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
	assert_written(&w, words(g));
}

static void tuples_nest_in_place_when_static_and_by_offset_when_not(void **unused)
{
	const char *signature = examples[5].signature, *encoding = examples[5].encoding;
	struct abi_view v = decoded(signature, words(encoding), ABI_STRICT);
	struct abi_view inner = abi_at(&v, 0), list = abi_at(&v, 1), item = abi_at(&list, 0), pair;
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
	assert_written(&w, words(encoding));
}

/* -- what is refused -------------------------------------------------------- */

static void every_truncation_is_refused(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct bytes all = words(examples[i].encoding), cut = all;

		while (cut.size-- > 0) {
			/* A copy of just that size, so that a sanitizer sees any excess. */
			u8 *copy = malloc(cut.size + !cut.size);
			struct bytes in = { copy, cut.size };
			enum err lenient;

			memcpy(copy, all.at, cut.size);
			assert_int_equal(decode_error(examples[i].signature, in, ABI_STRICT),
					 ERR_TRUNCATED);
			lenient = decode_error(examples[i].signature, in, ABI_CALLDATA);
			/* Solidity does without the padding of the last bytes or string. */
			if (cut.size + WORD <= all.size)
				assert_int_equal(lenient, ERR_TRUNCATED);
			free(copy);
		}
	}
}

static void calldata_may_end_in_bytes_without_their_padding(void **unused)
{
	struct bytes in = words(f);
	struct abi_view v;

	(void)unused;
	in.size -= WORD - strlen("Hello, world!");
	v = decoded("f(uint256,uint32[],bytes10,bytes)", in, ABI_CALLDATA);
	assert_bytes(&v, 3, "Hello, world!");
	in.size--;
	assert_int_equal(decode_error("f(uint256,uint32[],bytes10,bytes)", in, ABI_CALLDATA),
			 ERR_TRUNCATED);
}

static void trailing_bytes_are_ignored_or_refused_by_mode(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(examples); i++) {
		struct bytes in = words(examples[i].encoding);
		size_t size = in.size;

		memset(input + size, 0, WORD + 1);
		for (in.size = size + 1; in.size <= size + WORD + 1; in.size++) {
			assert_int_equal(decode_error(examples[i].signature, in, ABI_STRICT), ERR_TRAILING);
			assert_int_equal(decode_error(examples[i].signature, in, ABI_CALLDATA), OK);
		}
	}
	assert_int_equal(decode_error("f()", (struct bytes){ NULL, 0 }, ABI_STRICT), OK);
	assert_int_equal(decode_error("f()", words("1"), ABI_STRICT), ERR_TRAILING);
	assert_int_equal(decode_error("f()", words("1"), ABI_CALLDATA), OK);
}

static void a_value_outside_its_type_is_refused(void **unused)
{
	static const struct { const char *signature, *good, *bad; } rows[] = {
		{ "(uint8)", "ff", "100" },
		{ "(uint16)", "ffff", "10000" },
		{ "(uint64)", "ffffffffffffffff", "10000000000000000" },
		{ "(uint248)", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "~" },
		{ "(int8)", "7f", "80" },
		{ "(int8)", "~80", "~7f" },
		{ "(int16)", "~8000", "ff8000" },
		{ "(int16)", "~", "ffff" },
		{ "(int248)", "~80000000000000000000000000000000000000000000000000000000000000",
		  "80000000000000000000000000000000000000000000000000000000000000" },
		{ "(address)", "ffffffffffffffffffffffffffffffffffffffff", "~" },
		{ "(address)", "1", "10000000000000000000000000000000000000000" },
		{ "(bool)", "1", "2" },
		{ "(bool)", "0", "101" },
		{ "(bytes1)", "'a'", "'ab'" },
		{ "(bytes31)", "'abcdefghijklmnopqrstuvwxyz01234'", "1" },
		{ "(uint8[2])", "1 ff", "1 100" },
		{ "(bool[])", "20 2 0 1", "20 2 0 3" },
		{ "((bool,uint8)[])", "20 1 1 9", "20 1 2 9" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		for (int mode = ABI_CALLDATA; mode <= ABI_STRICT; mode++) {
			struct bytes good = words(rows[i].good);

			assert_int_equal(decode_error(rows[i].signature, good, (enum abi_mode)mode), OK);
			assert_int_equal(decode_error(rows[i].signature, words(rows[i].bad),
						      (enum abi_mode)mode), ERR_RANGE);
		}
	}
}

static void a_full_word_may_hold_anything(void **unused)
{
	struct abi_view v = decoded("(uint256,int256,bytes32)", words("~ ~00 ~"), ABI_STRICT);
	struct u256 x = abi_u256(&v, 0), y = abi_u256(&v, 1);

	(void)unused;
	assert_true(u256_equal(&x, &U256_MAX));
	assert_true(y.limb[0] == ~0xffull && y.limb[3] == ~0ull);
}

static void an_offset_or_length_beyond_64_bits_is_refused(void **unused)
{
	(void)unused;
	assert_int_equal(decode_error("(bytes)", words("10000000000000020 0"), ABI_CALLDATA), ERR_RANGE);
	assert_int_equal(decode_error("(bytes)", words("20 10000000000000000"), ABI_CALLDATA), ERR_RANGE);
	assert_int_equal(decode_error("(bool[])", words("20 10000000000000000"), ABI_CALLDATA), ERR_RANGE);
	assert_int_equal(decode_error("(bytes)", words("~20 0"), ABI_CALLDATA), ERR_RANGE);
}

static void an_offset_or_length_outside_the_input_is_refused(void **unused)
{
	static const struct { const char *signature, *encoding; } rows[] = {
		{ "(bytes)", "21 0" }, { "(bytes)", "40 0" }, { "(bytes)", "41 0" },
		{ "(bytes)", "ffffffffffffffff 0" }, { "(bytes)", "ffffffffffffffe0 0" },
		{ "(bytes)", "20 1" }, { "(bytes)", "20 ffffffffffffffff" },
		{ "(bytes)", "20 ffffffffffffffe0" }, { "(bytes)", "20 21 0" },
		{ "(bool[])", "20 1" }, { "(bool[])", "20 3 0 0" }, { "(bool[])", "20 400 0" },
		{ "(bytes[])", "20 1 ffffffffffffffe0 0" }, { "((bytes))", "20 ffffffffffffffff 0" },
		{ "(bytes[2])", "20 40" }, { "((bytes,bytes))", "20 40" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		assert_int_equal(decode_error(rows[i].signature, words(rows[i].encoding), ABI_CALLDATA),
				 ERR_TRUNCATED);
}

static void calldata_may_lay_tails_out_as_it_likes_but_strict_may_not(void **unused)
{
	static const struct { const char *signature, *encoding; } rows[] = {
		{ "(bytes,bytes)", "80 40 1 'b' 1 'a'" },       /* swapped */
		{ "(bytes,bytes)", "40 40 1 'a'" },             /* shared */
		{ "(bytes)", "40 0 1 'a'" },                    /* a gap */
		{ "(bytes)", "0" },                             /* its own head is its length */
		{ "(bytes)", "20 1 'ab'" },                     /* padding is not zero */
		{ "(uint8[],uint8[])", "60 40 0 1 5" },
		{ "(uint8[][])", "20 2 40 40 0" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct bytes in = words(rows[i].encoding);

		assert_int_equal(decode_error(rows[i].signature, in, ABI_CALLDATA), OK);
		assert_int_equal(decode_error(rows[i].signature, in, ABI_STRICT), ERR_CANONICAL);
	}
}

static void swapped_and_unaligned_tails_are_read_where_they_are(void **unused)
{
	struct bytes in = words("81 40 1 'b' 1 'a' 0");
	struct abi_view v;

	(void)unused;
	memmove(input + 0x81, input + 0x80, 0x40);
	v = decoded("(bytes,bytes)", in, ABI_CALLDATA);
	assert_bytes(&v, 0, "a");
	assert_bytes(&v, 1, "b");
}

static void an_array_beyond_the_limit_is_refused(void **unused)
{
	struct bytes in = words("20 400");
	struct abi_view v, list;

	(void)unused;
	memset(input + in.size, 0, sizeof input - in.size);
	in.size += (ABI_ITEMS_MAX + 1) * WORD;
	v = decoded("(uint256[])", in, ABI_CALLDATA);
	list = abi_at(&v, 0);
	assert_int_equal(list.count, ABI_ITEMS_MAX);
	assert_int_equal(number(&list, ABI_ITEMS_MAX - 1), 0);
	input[2 * WORD - 1] = 1; /* 0x401 */
	assert_int_equal(decode_error("(uint256[])", in, ABI_CALLDATA), ERR_RANGE);
}

static void arrays_that_share_their_elements_cannot_multiply_the_work(void **unused)
{
	size_t at = WORD;

	(void)unused;
	/* Three arrays of 1024, each element of one pointing at the whole next: 2^30 values. */
	memset(input, 0, sizeof input);
	input[WORD - 1] = 0x20;
	for (int level = 0; level < 3; level++) {
		store_be64(input + at + WORD - 8, ABI_ITEMS_MAX);
		at += WORD;
		for (size_t i = 0; i < ABI_ITEMS_MAX; i++)
			store_be64(input + at + (i + 1) * WORD - 8, ABI_ITEMS_MAX * WORD);
		at += ABI_ITEMS_MAX * WORD;
	}
	assert_true(at <= sizeof input);
	assert_int_equal(decode_error("(uint256[][][])", (struct bytes){ input, at }, ABI_CALLDATA),
			 ERR_RANGE);
	/* One level fewer is 2^20 values: still too many; a single level is fine. */
	assert_int_equal(decode_error("(uint256[][])", (struct bytes){ input, at }, ABI_CALLDATA),
			 ERR_RANGE);
	assert_int_equal(decode_error("(uint256[])", (struct bytes){ input, at }, ABI_CALLDATA), OK);
}

static void a_refused_decode_leaves_the_view_as_it_was(void **unused)
{
	struct abi_view v = decoded("(uint8)", words("1"), ABI_STRICT), before = v;
	struct bytes bad = words("1ff");

	(void)unused;
	assert_int_equal(abi_decode(&v, types_of("(uint8)"), bad, ABI_STRICT), ERR_RANGE);
	assert_memory_equal(&v, &before, sizeof v);
}

/* -- the writer ------------------------------------------------------------- */

static void write_sam(struct abi_writer *w)
{
	abi_put_bytes(w, text("dave"));
	abi_put_u64(w, 1);
	abi_open(w, 3);
	for (u64 i = 1; i <= 3; i++)
		abi_put_u64(w, i);
	abi_close(w);
}

static void a_buffer_too_small_by_any_amount_is_reported(void **unused)
{
	struct bytes out;

	(void)unused;
	for (size_t capacity = 0; capacity < 9 * WORD; capacity++) {
		struct abi_writer w = writer("sam(bytes,bool,uint256[])", capacity);

		write_sam(&w);
		assert_int_equal(abi_writer_end(&w, &out), ERR_FULL);
		for (size_t i = capacity; i < 10 * WORD; i++)
			assert_int_equal(buffer[i], 0xee);
	}
	for (size_t capacity = 9 * WORD; capacity < 9 * WORD + 2; capacity++) {
		struct abi_writer w = writer("sam(bytes,bool,uint256[])", capacity);

		write_sam(&w);
		assert_written(&w, words(sam));
	}
}

static void bytes_of_every_length_are_padded_with_zeros(void **unused)
{
	u8 all[2 * WORD + 1];

	(void)unused;
	memset(all, 0x55, sizeof all);
	for (size_t size = 0; size <= sizeof all; size++) {
		struct abi_writer w = writer("(string)", sizeof buffer);
		struct abi_view v;
		struct bytes out;

		abi_put_bytes(&w, (struct bytes){ all, size });
		assert_int_equal(abi_writer_end(&w, &out), OK);
		assert_int_equal(out.size, 2 * WORD + (size + WORD - 1) / WORD * WORD);
		v = decoded("(string)", out, ABI_STRICT);
		assert_true(bytes_equal(abi_bytes(&v, 0), (struct bytes){ all, size }));
	}
}

static void negative_numbers_come_back(void **unused)
{
	struct u256 minus_two = { { ~1ull, ~0ull, ~0ull, ~0ull } }, x;
	struct abi_writer w = writer("(int24,int256)", sizeof buffer);
	struct bytes out;
	struct abi_view v;

	(void)unused;
	abi_put_u256(&w, &minus_two);
	abi_put_u256(&w, &minus_two);
	assert_int_equal(abi_writer_end(&w, &out), OK);
	v = decoded("(int24,int256)", out, ABI_STRICT);
	x = abi_u256(&v, 0);
	assert_true(u256_equal(&x, &minus_two));
	x = abi_u256(&v, 1);
	assert_true(u256_equal(&x, &minus_two));
}

static void an_array_may_be_empty(void **unused)
{
	struct abi_writer w = writer("(uint8[],bool)", sizeof buffer);
	struct abi_view v, list;

	(void)unused;
	abi_open(&w, 0);
	abi_close(&w);
	abi_put_u64(&w, 0);
	assert_written(&w, words("40 0 0"));
	v = decoded("(uint8[],bool)", words("40 0 0"), ABI_STRICT);
	list = abi_at(&v, 0);
	assert_int_equal(list.count, 0);
}

/* Whether mistake() ends in a failed assertion. */
static bool is_caught(void (*mistake)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		mistake();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void put_number_for_address(void)
{
	struct abi_writer w = writer("(address)", sizeof buffer);

	abi_put_u64(&w, 1);
}

static void put_number_too_wide(void)
{
	struct abi_writer w = writer("(uint8)", sizeof buffer);

	abi_put_u64(&w, 256);
}

static void put_one_value_too_many(void)
{
	struct abi_writer w = writer("(bool)", sizeof buffer);

	abi_put_u64(&w, 1);
	abi_put_u64(&w, 1);
}

static void end_one_value_early(void)
{
	struct abi_writer w = writer("(bool,bool)", sizeof buffer);
	struct bytes out;

	abi_put_u64(&w, 1);
	if (abi_writer_end(&w, &out) != OK)
		_exit(0);
}

static void open_fixed_array_of_other_size(void)
{
	struct abi_writer w = writer("(bool[2])", sizeof buffer);

	abi_open(&w, 3);
}

static void read_beyond_the_last_member(void)
{
	struct abi_view v = decoded("(bool)", words("1"), ABI_STRICT);

	(void)abi_bool(&v, 1);
}

static void read_address_as_number(void)
{
	struct abi_view v = decoded("(address)", words("1"), ABI_STRICT);

	(void)abi_u256(&v, 0);
}

static void a_mistake_of_the_caller_stops_the_program(void **unused)
{
	(void)unused;
	assert_true(is_caught(put_number_for_address));
	assert_true(is_caught(put_number_too_wide));
	assert_true(is_caught(put_one_value_too_many));
	assert_true(is_caught(end_one_value_early));
	assert_true(is_caught(open_fixed_array_of_other_size));
	assert_true(is_caught(read_beyond_the_last_member));
	assert_true(is_caught(read_address_as_number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_becomes_a_tree),
		cmocka_unit_test(every_grammatical_signature_is_accepted),
		cmocka_unit_test(a_malformed_signature_is_refused),
		cmocka_unit_test(a_signature_nested_too_deeply_is_refused),
		cmocka_unit_test(a_signature_that_is_too_large_is_refused),
		cmocka_unit_test(the_example_baz_is_decoded_and_encoded),
		cmocka_unit_test(the_example_bar_is_decoded_and_encoded),
		cmocka_unit_test(the_example_sam_is_decoded_and_encoded),
		cmocka_unit_test(the_example_f_is_decoded_and_encoded),
		cmocka_unit_test(the_example_g_is_decoded_and_encoded),
		cmocka_unit_test(tuples_nest_in_place_when_static_and_by_offset_when_not),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(calldata_may_end_in_bytes_without_their_padding),
		cmocka_unit_test(trailing_bytes_are_ignored_or_refused_by_mode),
		cmocka_unit_test(a_value_outside_its_type_is_refused),
		cmocka_unit_test(a_full_word_may_hold_anything),
		cmocka_unit_test(an_offset_or_length_beyond_64_bits_is_refused),
		cmocka_unit_test(an_offset_or_length_outside_the_input_is_refused),
		cmocka_unit_test(calldata_may_lay_tails_out_as_it_likes_but_strict_may_not),
		cmocka_unit_test(swapped_and_unaligned_tails_are_read_where_they_are),
		cmocka_unit_test(an_array_beyond_the_limit_is_refused),
		cmocka_unit_test(arrays_that_share_their_elements_cannot_multiply_the_work),
		cmocka_unit_test(a_refused_decode_leaves_the_view_as_it_was),
		cmocka_unit_test(a_buffer_too_small_by_any_amount_is_reported),
		cmocka_unit_test(bytes_of_every_length_are_padded_with_zeros),
		cmocka_unit_test(negative_numbers_come_back),
		cmocka_unit_test(an_array_may_be_empty),
		cmocka_unit_test(a_mistake_of_the_caller_stops_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
