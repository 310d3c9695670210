#include "tests/base/abi_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

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
		assert_written(&w, abi_words("60 1 a0 4 'dave' 3 1 2 3"));
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
	assert_written(&w, abi_words("40 0 0"));
	v = decoded("(uint8[],bool)", abi_words("40 0 0"), ABI_STRICT);
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
	struct abi_view v = decoded("(bool)", abi_words("1"), ABI_STRICT);

	(void)abi_bool(&v, 1);
}

static void read_address_as_number(void)
{
	struct abi_view v = decoded("(address)", abi_words("1"), ABI_STRICT);

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
		cmocka_unit_test(a_buffer_too_small_by_any_amount_is_reported),
		cmocka_unit_test(bytes_of_every_length_are_padded_with_zeros),
		cmocka_unit_test(negative_numbers_come_back),
		cmocka_unit_test(an_array_may_be_empty),
		cmocka_unit_test(a_mistake_of_the_caller_stops_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
