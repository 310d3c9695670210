#include "tests/oracle/oracle_fixture.h"

#include "oracle/envelope.h"

#define REPORT_SIZE (REPORT_HEAD_SIZE + 2 * REPORT_FEED_SIZE + REPORT_SIGNATURE_SIZE)
#define ROOM        4096

/* An envelope of count reports by reporters 1, 3, 5, ... */
static size_t an_envelope(u8 out[ROOM], size_t count)
{
	static u8 wires[4][REPORT_SIZE_MAX];
	struct bytes reports[4];
	u8 reporters[4];

	for (size_t i = 0; i < count; i++) {
		struct report r = a_report();

		r.set_id = 4;
		r.reporter = reporters[i] = (u8)(2 * i + 1);
		report_sign(&r);
		reports[i] = (struct bytes){ wires[i], report_encode(wires[i], &r) };
	}
	return envelope_encode(out, ROOM, 4, 340000000, reports, reporters, count);
}

static enum err decode(const u8 *at, size_t size)
{
	struct envelope e;

	return envelope_decode(&e, (struct bytes){ at, size });
}

static void what_was_encoded_is_decoded(void **unused)
{
	u8 wire[ROOM];
	size_t size = an_envelope(wire, 3);
	struct envelope e;

	(void)unused;
	assert_int_equal(size, ENVELOPE_HEAD_SIZE + 3 * REPORT_SIZE);
	assert_int_equal(envelope_decode(&e, (struct bytes){ wire, size }), OK);
	assert_int_equal(e.set_id, 4);
	assert_int_equal(e.round, 340000000);
	assert_int_equal(e.bitmap, 0x2a);
	assert_int_equal(e.count, 3);
	for (u32 i = 0; i < 3; i++) {
		assert_ptr_equal(e.reports[i].at, wire + ENVELOPE_HEAD_SIZE + i * REPORT_SIZE);
		assert_int_equal(e.reports[i].size, REPORT_SIZE);
	}
}

static void an_envelope_cut_at_any_byte_is_refused(void **unused)
{
	u8 wire[ROOM];
	size_t size = an_envelope(wire, 2);

	(void)unused;
	for (size_t i = 0; i < size; i++)
		assert_int_equal(decode(wire, i), ERR_TRUNCATED);
}

static void trailing_bytes_are_refused(void **unused)
{
	u8 wire[ROOM] = { 0 };
	size_t size = an_envelope(wire, 2);

	(void)unused;
	assert_int_equal(decode(wire, size + 1), ERR_TRAILING);
	assert_int_equal(decode(wire, size + REPORT_SIZE), ERR_TRAILING);
}

static void the_bitmap_names_exactly_the_reports(void **unused)
{
	static const struct {
		u64 bitmap;
		enum err expected;
	} cases[] = {
		{ 0x0a, OK },
		{ 0x00, ERR_RANGE },
		{ 0x02, ERR_TRAILING },
		{ 0x08, ERR_ORDER },
		{ 0x09, ERR_ORDER },
		{ 0x0b, ERR_ORDER },
		{ 0x12, ERR_ORDER },
		{ 0x2a, ERR_TRUNCATED },
		{ 0x800000000000000a, ERR_TRUNCATED },
	};
	u8 wire[ROOM];
	size_t size = an_envelope(wire, 2);

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		store_be64(wire + 20, cases[i].bitmap);
		assert_int_equal(decode(wire, size), cases[i].expected);
	}
}

static void reports_out_of_order_or_twice_are_refused(void **unused)
{
	u8 wire[ROOM], swapped[ROOM];
	size_t size = an_envelope(wire, 2);
	u8 *first = swapped + ENVELOPE_HEAD_SIZE, *second = first + REPORT_SIZE;

	(void)unused;
	memcpy(swapped, wire, size);
	memcpy(first, wire + ENVELOPE_HEAD_SIZE + REPORT_SIZE, REPORT_SIZE);
	memcpy(second, wire + ENVELOPE_HEAD_SIZE, REPORT_SIZE);
	assert_int_equal(decode(swapped, size), ERR_ORDER);
	memcpy(first, wire + ENVELOPE_HEAD_SIZE, REPORT_SIZE);
	assert_int_equal(decode(swapped, size), ERR_ORDER);
}

static void mixed_sets_and_rounds_are_refused(void **unused)
{
	u8 wire[ROOM];
	size_t size = an_envelope(wire, 3);
	u8 *second = wire + ENVELOPE_HEAD_SIZE + REPORT_SIZE;

	(void)unused;
	second[15] ^= 1;
	assert_int_equal(decode(wire, size), ERR_ORACLE_SET);
	second[15] ^= 1;
	second[23] ^= 1;
	assert_int_equal(decode(wire, size), ERR_ORACLE_ROUND);
	second[23] ^= 1;
	wire[11] ^= 1;
	assert_int_equal(decode(wire, size), ERR_ORACLE_SET);
}

static void a_wrong_magic_and_a_malformed_report_are_refused(void **unused)
{
	u8 wire[ROOM];
	size_t size = an_envelope(wire, 2);

	(void)unused;
	wire[3] = '2';
	assert_int_equal(decode(wire, size), ERR_SYNTAX);
	wire[3] = '1';
	wire[ENVELOPE_HEAD_SIZE + 7] = 1;
	assert_int_equal(decode(wire, size), ERR_CANONICAL);
	wire[ENVELOPE_HEAD_SIZE + 7] = 0;
	wire[size - 1] = 27;
	assert_int_equal(decode(wire, size), ERR_SIGNATURE);
}

static void all_sixty_four_reporters_fit(void **unused)
{
	static u8 wires[64][REPORT_SIZE], wire[64 * REPORT_SIZE + ENVELOPE_HEAD_SIZE];
	static u8 room[REPORT_SIZE_MAX];
	struct bytes reports[64];
	u8 reporters[64];
	struct envelope e;
	size_t size;

	(void)unused;
	for (u8 i = 0; i < 64; i++) {
		struct report r = a_report();

		r.reporter = reporters[i] = i;
		r.signature = (struct signature){ U256_ONE, U256_ONE, 0 };
		assert_int_equal(report_encode(room, &r), REPORT_SIZE);
		memcpy(wires[i], room, REPORT_SIZE);
		reports[i] = (struct bytes){ wires[i], REPORT_SIZE };
	}
	assert_int_equal(envelope_encode(wire, sizeof wire - 1, 0, 340000000, reports, reporters, 64), 0);
	size = envelope_encode(wire, sizeof wire, 0, 340000000, reports, reporters, 64);
	assert_int_equal(size, sizeof wire);
	assert_int_equal(envelope_decode(&e, (struct bytes){ wire, size }), OK);
	assert_int_equal(e.count, 64);
	assert_true(e.bitmap == ~(u64)0);
}

static void a_refused_envelope_leaves_the_result_alone(void **unused)
{
	u8 wire[ROOM] = { 0 };
	size_t size = an_envelope(wire, 2);
	struct envelope e, before;

	(void)unused;
	memset(&e, 0x5a, sizeof e);
	memcpy(&before, &e, sizeof e);
	assert_int_equal(envelope_decode(&e, (struct bytes){ wire, size + 1 }), ERR_TRAILING);
	assert_memory_equal(&e, &before, sizeof e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_encoded_is_decoded),
		cmocka_unit_test(an_envelope_cut_at_any_byte_is_refused),
		cmocka_unit_test(trailing_bytes_are_refused),
		cmocka_unit_test(the_bitmap_names_exactly_the_reports),
		cmocka_unit_test(reports_out_of_order_or_twice_are_refused),
		cmocka_unit_test(mixed_sets_and_rounds_are_refused),
		cmocka_unit_test(a_wrong_magic_and_a_malformed_report_are_refused),
		cmocka_unit_test(all_sixty_four_reporters_fit),
		cmocka_unit_test(a_refused_envelope_leaves_the_result_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
