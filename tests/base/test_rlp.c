#include "base/rlp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BIG_SIZE ((size_t)3 << 20)

static u8 buffer[BIG_SIZE + 64];
static u8 big[BIG_SIZE];

static struct bytes text(const char *s)
{
	return (struct bytes){ (const u8 *)s, strlen(s) };
}

/* "83 64 6f 67" as bytes; the result lives until the next call. */
static struct bytes hex(const char *digits)
{
	static u8 out[512];
	size_t size = 0;
	unsigned byte;
	int used;

	while (sscanf(digits, " %2x%n", &byte, &used) == 1) {
		assert_true(size < sizeof out);
		out[size++] = (u8)byte;
		digits += used;
	}
	return (struct bytes){ out, size };
}

static struct rlp reader(struct bytes in)
{
	struct rlp r;

	rlp_init(&r, in);
	return r;
}

static struct rlp_writer writer(size_t capacity)
{
	struct rlp_writer w;

	assert_true(capacity <= sizeof buffer);
	rlp_writer_init(&w, buffer, capacity);
	return w;
}

static void assert_written(const struct rlp_writer *w, struct bytes want)
{
	struct bytes out;

	assert_int_equal(rlp_writer_end(w, &out), OK);
	assert_int_equal(out.size, want.size);
	assert_memory_equal(out.at, want.at, want.size);
}

static void strings_have_the_published_encodings(void **unused)
{
	static const struct {
		const char *value, *encoding;
	} vectors[] = {
		{ "", "80" },
		{ "\x01", "01" },
		{ "\x7f", "7f" },
		{ "\x80", "81 80" },
		{ "dog", "83 64 6f 67" },
		{ "Lorem ipsum dolor sit amet, consectetur adipisicing eli", /* 55 bytes */
		  "b7 4c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e73656374"
		  "65747572206164697069736963696e6720656c69" },
		{ "Lorem ipsum dolor sit amet, consectetur adipisicing elit", /* 56 bytes */
		  "b838 4c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e73656374"
		  "65747572206164697069736963696e6720656c6974" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct rlp_writer w = writer(sizeof buffer);
		struct bytes out, value = text(vectors[i].value);
		struct rlp r = reader(hex(vectors[i].encoding));

		rlp_write_string(&w, value);
		assert_written(&w, r.rest);
		assert_false(rlp_is_list(&r));
		assert_int_equal(rlp_read_string(&r, &out), OK);
		assert_true(bytes_equal(out, value));
		assert_int_equal(rlp_read_end(&r), OK);
		assert_true(rlp_is_done(&r));
	}
}

static void a_zero_byte_is_a_string_that_stands_for_itself(void **unused)
{
	struct rlp r = reader(hex("00"));
	struct bytes out;

	(void)unused;
	assert_int_equal(rlp_read_string(&r, &out), OK);
	assert_int_equal(out.size, 1);
	assert_int_equal(out.at[0], 0);
}

static void numbers_have_the_published_encodings(void **unused)
{
	static const struct {
		u64 value;
		const char *encoding;
	} vectors[] = {
		{ 0, "80" },
		{ 1, "01" },
		{ 16, "10" },
		{ 79, "4f" },
		{ 127, "7f" },
		{ 128, "81 80" },
		{ 255, "81 ff" },
		{ 256, "82 01 00" },
		{ 1000, "82 03 e8" },
		{ 100000, "83 01 86 a0" },
		{ 1ull << 56, "88 01 00 00 00 00 00 00 00" },
		{ ~0ull, "88 ff ff ff ff ff ff ff ff" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct rlp_writer w = writer(sizeof buffer);
		struct rlp r = reader(hex(vectors[i].encoding));
		u64 x = 99;

		rlp_write_u64(&w, vectors[i].value);
		assert_written(&w, r.rest);
		assert_int_equal(rlp_read_u64(&r, &x), OK);
		assert_int_equal(x, vectors[i].value);
		assert_true(rlp_is_done(&r));
	}
}

static void wide_numbers_have_the_published_encodings(void **unused)
{
	static const struct {
		struct u256 value;
		const char *encoding;
	} vectors[] = {
		{ { { 0, 0, 0, 0 } }, "80" },
		{ { { 128, 0, 0, 0 } }, "81 80" },
		{ { { 0xe1e2e3e4e5e6e7e8, 0xa1a2a3a4a5a6a7a8, 0x8081828384858687, 0 } },
		  "98 8081828384858687 a1a2a3a4a5a6a7a8 e1e2e3e4e5e6e7e8" },
		{ { { 0, 0, 0, 1ull << 56 } }, /* 2^248 */
		  "a0 0100000000000000 0000000000000000 0000000000000000 0000000000000000" },
		{ { { ~0ull, ~0ull, ~0ull, ~0ull } },
		  "a0 ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(vectors); i++) {
		struct rlp_writer w = writer(sizeof buffer);
		struct rlp r = reader(hex(vectors[i].encoding));
		struct u256 x = U256_ONE;

		rlp_write_u256(&w, &vectors[i].value);
		assert_written(&w, r.rest);
		assert_int_equal(rlp_read_u256(&r, &x), OK);
		assert_true(u256_equal(&x, &vectors[i].value));
		assert_true(rlp_is_done(&r));
	}
}

static void lists_nest(void **unused)
{
	/* [ [], [[]], [ [], [[]] ] ] */
	static const u8 want[] = { 0xc7, 0xc0, 0xc1, 0xc0, 0xc3, 0xc0, 0xc1, 0xc0 };
	struct rlp_writer w = writer(sizeof buffer);
	size_t outer = rlp_list_open(&w), middle, inner;
	struct rlp r, list, sub;

	(void)unused;
	rlp_list_close(&w, rlp_list_open(&w));
	middle = rlp_list_open(&w);
	rlp_list_close(&w, rlp_list_open(&w));
	rlp_list_close(&w, middle);
	middle = rlp_list_open(&w);
	rlp_list_close(&w, rlp_list_open(&w));
	inner = rlp_list_open(&w);
	rlp_list_close(&w, rlp_list_open(&w));
	rlp_list_close(&w, inner);
	rlp_list_close(&w, middle);
	rlp_list_close(&w, outer);
	assert_written(&w, (struct bytes){ want, sizeof want });

	r = reader((struct bytes){ want, sizeof want });
	assert_true(rlp_is_list(&r));
	assert_int_equal(rlp_read_list(&r, &list), OK);
	assert_int_equal(rlp_read_end(&r), OK);
	assert_int_equal(rlp_read_list(&list, &sub), OK);
	assert_true(rlp_is_done(&sub));
	assert_int_equal(rlp_read_list(&list, &sub), OK);
	assert_int_equal(sub.rest.size, 1);
	assert_int_equal(rlp_read_list(&list, &sub), OK);
	assert_int_equal(sub.rest.size, 3);
	assert_true(rlp_is_done(&list));
}

static void a_list_of_words_has_the_published_encoding(void **unused)
{
	struct rlp_writer w = writer(sizeof buffer);
	size_t mark = rlp_list_open(&w);
	struct rlp r, list;
	struct bytes word;

	(void)unused;
	rlp_write_string(&w, text("dog"));
	rlp_write_string(&w, text("god"));
	rlp_write_string(&w, text("cat"));
	rlp_list_close(&w, mark);
	assert_written(&w, hex("cc 83 64 6f 67 83 67 6f 64 83 63 61 74"));

	r = reader(hex("cc 83 64 6f 67 83 67 6f 64 83 63 61 74"));
	assert_int_equal(rlp_read_list(&r, &list), OK);
	assert_int_equal(rlp_read_string(&list, &word), OK);
	assert_true(bytes_equal(word, text("dog")));
	assert_int_equal(rlp_read_end(&list), ERR_TRAILING);
}

static void payloads_around_every_header_size_come_back(void **unused)
{
	static const struct {
		size_t payload, header;
	} sizes[] = {
		{ 2, 1 },
		{ 55, 1 },
		{ 56, 2 },
		{ 255, 2 },
		{ 256, 3 },
		{ 65535, 3 },
		{ 65536, 4 },
		{ BIG_SIZE, 4 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (u8)(i * 7 >> 3);
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct bytes in = { big, sizes[i].payload }, all, out;
		struct rlp_writer w = writer(sizeof buffer);
		size_t mark;
		struct rlp r, list;

		rlp_write_string(&w, in);
		assert_int_equal(rlp_writer_end(&w, &all), OK);
		assert_int_equal(all.size, sizes[i].header + sizes[i].payload);
		r = reader(all);
		assert_int_equal(rlp_read_string(&r, &out), OK);
		assert_true(bytes_equal(out, in));

		w = writer(sizeof buffer);
		mark = rlp_list_open(&w);
		rlp_write_raw(&w, in);
		rlp_list_close(&w, mark);
		assert_int_equal(rlp_writer_end(&w, &all), OK);
		assert_int_equal(all.size, sizes[i].header + sizes[i].payload);
		r = reader(all);
		assert_int_equal(rlp_read_list(&r, &list), OK);
		assert_true(bytes_equal(list.rest, in));
	}
}

static void an_item_that_is_not_canonical_is_refused(void **unused)
{
	static const char *const refused[] = {
		"81 00",
		"81 01",
		"81 7f", /* single bytes with a header */
		"b8 00",
		"b8 01 ff",
		"b8 37", /* short payload, long length */
		"b9 00 38",
		"ba 00 00 38", /* length with a leading zero */
		"bf 00 ff ff ff ff ff ff ff",
		"f8 00",
		"f8 01 80",
		"f8 37", /* the same for lists */
		"f9 00 38",
		"ff 00 00 00 00 00 00 00 01",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
		struct rlp r = reader(hex(refused[i])), list;
		struct bytes out;

		if (rlp_is_list(&r))
			assert_int_equal(rlp_read_list(&r, &list), ERR_CANONICAL);
		else
			assert_int_equal(rlp_read_string(&r, &out), ERR_CANONICAL);
	}
}

static void an_item_that_reaches_beyond_its_input_is_refused(void **unused)
{
	static const char *const refused[] = {
		"",
		"81",
		"83 64 6f",
		"b7",
		"b8",
		"b9 01",
		"b8 38 61",
		"bf",
		"bf ff ff ff ff ff ff ff",
		"bf ff ff ff ff ff ff ff ff",
		"bf ff ff ff ff ff ff ff f6 61", /* wraps past 2^64 */
		"bf 7f ff ff ff ff ff ff ff",
		"c1",
		"f7",
		"f8",
		"f8 38 61",
		"ff ff ff ff ff ff ff ff ff",
		"ff ff ff ff ff ff ff ff f6 61",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
		struct rlp r = reader(hex(refused[i])), list;
		struct bytes out;

		if (rlp_is_list(&r))
			assert_int_equal(rlp_read_list(&r, &list), ERR_TRUNCATED);
		else
			assert_int_equal(rlp_read_string(&r, &out), ERR_TRUNCATED);
	}
}

static void an_item_is_held_inside_its_list(void **unused)
{
	struct rlp r = reader(hex("c1 83 64 6f 67")), list; /* the string leaves the list */
	struct bytes out;

	(void)unused;
	assert_int_equal(rlp_read_list(&r, &list), OK);
	assert_int_equal(rlp_read_string(&list, &out), ERR_TRUNCATED);
}

static void every_truncation_of_a_list_is_refused(void **unused)
{
	struct rlp_writer w = writer(sizeof buffer);
	size_t mark = rlp_list_open(&w);
	struct bytes all;

	(void)unused;
	memset(big, 0xaa, 300);
	rlp_write_string(&w, (struct bytes){ big, 300 });
	rlp_write_u64(&w, 1234567);
	rlp_list_close(&w, mark);
	assert_int_equal(rlp_writer_end(&w, &all), OK);
	for (size_t size = 0; size < all.size; size++) {
		struct rlp r = reader((struct bytes){ all.at, size }), list;

		assert_int_not_equal(rlp_read_list(&r, &list), OK);
	}
}

static void a_list_is_not_a_string_nor_the_other_way_round(void **unused)
{
	struct rlp list = reader(hex("c1 80")), string, out;
	struct bytes bytes;
	struct u256 wide;
	u64 x;
	u8 fixed[1];

	(void)unused;
	assert_int_equal(rlp_read_string(&list, &bytes), ERR_TYPE);
	assert_int_equal(rlp_read_u64(&list, &x), ERR_TYPE);
	assert_int_equal(rlp_read_u256(&list, &wide), ERR_TYPE);
	assert_int_equal(rlp_read_fixed(&list, fixed, sizeof fixed), ERR_TYPE);
	string = reader(hex("80"));
	assert_int_equal(rlp_read_list(&string, &out), ERR_TYPE);
}

static void a_number_that_is_padded_or_too_wide_is_refused(void **unused)
{
	struct u256 wide = U256_ONE;
	u64 x = 7;
	struct rlp r;

	(void)unused;
	r = reader(hex("00"));
	assert_int_equal(rlp_read_u64(&r, &x), ERR_CANONICAL);
	assert_int_equal(rlp_read_u256(&r, &wide), ERR_CANONICAL);
	r = reader(hex("82 00 ff"));
	assert_int_equal(rlp_read_u64(&r, &x), ERR_CANONICAL);
	assert_int_equal(rlp_read_u256(&r, &wide), ERR_CANONICAL);
	r = reader(hex("89 01 00 00 00 00 00 00 00 00"));
	assert_int_equal(rlp_read_u64(&r, &x), ERR_RANGE);
	r = reader(hex("a1 01 0000000000000000 0000000000000000 0000000000000000 0000000000000000"));
	assert_int_equal(rlp_read_u256(&r, &wide), ERR_RANGE);
	assert_int_equal(x, 7);
	assert_true(u256_equal(&wide, &U256_ONE));
}

static void a_fixed_string_has_exactly_its_size(void **unused)
{
	u8 out[4] = { 9, 9, 9, 9 };
	struct rlp r = reader(hex("83 64 6f 67"));

	(void)unused;
	assert_int_equal(rlp_read_fixed(&r, out, 4), ERR_RANGE);
	assert_int_equal(rlp_read_fixed(&r, out, 2), ERR_RANGE);
	assert_int_equal(out[0], 9);
	assert_int_equal(rlp_read_fixed(&r, out, 3), OK);
	assert_memory_equal(out, "dog\x09", 4);
	assert_true(rlp_is_done(&r));
	r = reader(hex("80"));
	assert_int_equal(rlp_read_fixed(&r, out, 0), OK);
}

static void a_refused_read_leaves_the_cursor_where_it_was(void **unused)
{
	struct rlp r = reader(hex("82 00 ff 01")), list;
	struct bytes out;
	u64 x;

	(void)unused;
	assert_int_equal(rlp_read_u64(&r, &x), ERR_CANONICAL);
	assert_int_equal(rlp_read_list(&r, &list), ERR_TYPE);
	assert_int_equal(r.rest.size, 4);
	assert_int_equal(rlp_read_string(&r, &out), OK);
	assert_int_equal(rlp_read_u64(&r, &x), OK);
	assert_int_equal(x, 1);
}

static void an_empty_input_is_done_and_not_a_list(void **unused)
{
	struct rlp r = reader((struct bytes){ NULL, 0 });
	struct bytes out;

	(void)unused;
	assert_true(rlp_is_done(&r));
	assert_false(rlp_is_list(&r));
	assert_int_equal(rlp_read_end(&r), OK);
	assert_int_equal(rlp_read_string(&r, &out), ERR_TRUNCATED);
}

static void a_buffer_too_small_by_any_amount_is_reported(void **unused)
{
	for (size_t capacity = 0; capacity < 66; capacity++) {
		struct rlp_writer w = writer(capacity);
		size_t mark = rlp_list_open(&w);
		struct bytes out;

		memset(buffer, 0xee, 128);
		rlp_write_raw(&w, hex("02"));
		rlp_write_u64(&w, 300);
		rlp_write_string(&w, (struct bytes){ big, 58 }); /* 60 bytes; 64 so far */
		rlp_list_close(&w, mark);                        /* 66 in all */
		assert_int_equal(rlp_writer_end(&w, &out), ERR_FULL);
		for (size_t i = capacity; i < 128; i++)
			assert_int_equal(buffer[i], 0xee);
	}
	(void)unused;
}

static void a_buffer_of_exactly_the_size_suffices(void **unused)
{
	struct rlp_writer w = writer(66);
	size_t mark = rlp_list_open(&w);
	struct bytes out;

	(void)unused;
	rlp_write_raw(&w, hex("02"));
	rlp_write_u64(&w, 300);
	rlp_write_string(&w, (struct bytes){ big, 58 });
	rlp_list_close(&w, mark);
	assert_int_equal(rlp_writer_end(&w, &out), OK);
	assert_int_equal(out.size, 66);
}

static void running_out_of_room_is_sticky(void **unused)
{
	struct rlp_writer w = writer(4);
	struct bytes out;

	(void)unused;
	rlp_write_string(&w, text("doggy"));
	rlp_write_u64(&w, 1);
	assert_int_equal(rlp_writer_end(&w, &out), ERR_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_have_the_published_encodings),
		cmocka_unit_test(a_zero_byte_is_a_string_that_stands_for_itself),
		cmocka_unit_test(numbers_have_the_published_encodings),
		cmocka_unit_test(wide_numbers_have_the_published_encodings),
		cmocka_unit_test(lists_nest),
		cmocka_unit_test(a_list_of_words_has_the_published_encoding),
		cmocka_unit_test(payloads_around_every_header_size_come_back),
		cmocka_unit_test(an_item_that_is_not_canonical_is_refused),
		cmocka_unit_test(an_item_that_reaches_beyond_its_input_is_refused),
		cmocka_unit_test(an_item_is_held_inside_its_list),
		cmocka_unit_test(every_truncation_of_a_list_is_refused),
		cmocka_unit_test(a_list_is_not_a_string_nor_the_other_way_round),
		cmocka_unit_test(a_number_that_is_padded_or_too_wide_is_refused),
		cmocka_unit_test(a_fixed_string_has_exactly_its_size),
		cmocka_unit_test(a_refused_read_leaves_the_cursor_where_it_was),
		cmocka_unit_test(an_empty_input_is_done_and_not_a_list),
		cmocka_unit_test(a_buffer_too_small_by_any_amount_is_reported),
		cmocka_unit_test(a_buffer_of_exactly_the_size_suffices),
		cmocka_unit_test(running_out_of_room_is_sticky),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
