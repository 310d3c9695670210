#include "tests/oracle/oracle_fixture.h"

#include "oracle/median.h"

#define MAX (~(u128)0)

static u64 random_state;

static u64 random_next(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return random_state >> 20;
}

static struct median_input an_input(u128 price, u8 reporter)
{
	return (struct median_input){ price, 0, 1000, reporter };
}

static struct median median_of_prices(const u128 *prices, size_t count)
{
	struct median_input inputs[MEDIAN_INPUTS_MAX];
	struct median out;

	for (size_t i = 0; i < count; i++)
		inputs[i] = an_input(prices[i], (u8)i);
	median_of(&out, inputs, count);
	return out;
}

static void the_middle_of_an_even_count_is_half_way_and_the_gap_is_doubt(void **unused)
{
	static const u128 prices[] = { 400, 100, 200, 301 };
	struct median m = median_of_prices(prices, 4);

	(void)unused;
	assert_true(m.price == 250);
	/* distances 150, 150, 50, 51: lower median 51, half as much again 76 */
	assert_true(m.confidence == 76);
	m = median_of_prices((const u128[]){ 10, 13 }, 2);
	assert_true(m.price == 11);
	assert_true(m.confidence == 2); /* ceil(3 / 2) */
}

static void one_input_is_its_own_median(void **unused)
{
	struct median_input one = { 2000 * E18, 3 * E18, 77, 5 };
	struct median m;

	(void)unused;
	median_of(&m, &one, 1);
	assert_true(m.price == 2000 * E18);
	assert_true(m.confidence == 3 * E18);
	assert_int_equal(m.observed_at, 77);
}

static void agreement_leaves_the_floor(void **unused)
{
	static const u128 prices[] = { 2000 * E18, 2000 * E18, 2000 * E18 };
	struct median m = median_of_prices(prices, 3);

	(void)unused;
	assert_true(m.confidence == 2000 * E18 / 10000 * MEDIAN_FLOOR_BPS);
}

static void the_time_is_the_lower_median_of_times(void **unused)
{
	struct median_input inputs[] = { { 1, 0, 40, 0 }, { 2, 0, 10, 1 }, { 3, 0, 30, 2 }, { 4, 0, 20, 3 } };
	struct median m;

	(void)unused;
	median_of(&m, inputs, 4);
	assert_int_equal(m.observed_at, 20);
}

static void sums_near_the_top_of_the_range_do_not_wrap(void **unused)
{
	struct median m = median_of_prices((const u128[]){ MAX, MAX - 2 }, 2);

	(void)unused;
	assert_true(m.price == MAX - 1);
	m = median_of_prices((const u128[]){ MAX, MAX, MAX }, 3);
	assert_true(m.price == MAX);
	m = median_of_prices((const u128[]){ 0, MAX }, 2);
	assert_true(m.price == MAX / 2);
	assert_true(m.confidence == MAX / 2 + MAX / 4); /* 3/2 of MAX / 2 */
	m = median_of_prices((const u128[]){ 0, 0, 0, MAX, MAX, MAX }, 6);
	assert_true(m.price == MAX / 2);
	m = median_of_prices((const u128[]){ 0, 1, MAX }, 3);
	assert_true(m.price == 1 && m.confidence == 1); /* 3/2 of a distance of 1, rounded down */
}

/* With f of m >= 2f+1 at the extremes, in every placement, mid stays among the honest. */
static void faulty_reporters_cannot_move_the_median_out_of_the_honest_range(void **unused)
{
	(void)unused;
	for (size_t m = 1; m <= 10; m++) {
		for (u32 faulty = 0; faulty < 1u << m; faulty++) {
			size_t f = (size_t)__builtin_popcount(faulty);
			u128 prices[10];

			if (m < 2 * f + 1)
				continue;
			for (size_t i = 0; i < m; i++)
				prices[i] = faulty >> i & 1 ? (i % 3 == 0 ? 1 : MAX) : 1000 + 10 * i;
			struct median got = median_of_prices(prices, m);
			u128 low = MAX, high = 0;

			for (size_t i = 0; i < m; i++) {
				if (faulty >> i & 1)
					continue;
				low = prices[i] < low ? prices[i] : low;
				high = prices[i] > high ? prices[i] : high;
			}
			assert_true(got.price >= low && got.price <= high);
		}
	}
}

static void absurd_confidences_of_f_reporters_do_not_count(void **unused)
{
	(void)unused;
	for (size_t f = 1; f <= 21; f++) {
		struct median_input inputs[MEDIAN_INPUTS_MAX];
		size_t count = 2 * f + 1;
		struct median m;

		for (size_t i = 0; i < count; i++)
			inputs[i] = (struct median_input){ 1000000 + i, i < f ? MAX : 500, 1, (u8)i };
		median_of(&m, inputs, count);
		assert_true(m.confidence == 500);
	}
}

static void the_order_of_the_inputs_does_not_matter(void **unused)
{
	(void)unused;
	random_state = 42;
	for (int round = 0; round < 500; round++) {
		struct median_input inputs[MEDIAN_INPUTS_MAX];
		size_t count = 1 + random_next() % MEDIAN_INPUTS_MAX;
		struct median first, second;

		for (size_t i = 0; i < count; i++)
			inputs[i] = (struct median_input){ random_next() % 50, random_next() % 9,
							   random_next() % 7, (u8)i };
		median_of(&first, inputs, count);
		for (size_t i = count - 1; i > 0; i--) {
			size_t j = random_next() % (i + 1);
			struct median_input moved = inputs[i];

			inputs[i] = inputs[j];
			inputs[j] = moved;
		}
		median_of(&second, inputs, count);
		assert_true(first.price == second.price);
		assert_true(first.confidence == second.confidence);
		assert_true(first.observed_at == second.observed_at);
	}
}

/* Leaving one report out turns an even count odd and picks one of the two middles. */
static void flipping_the_parity_moves_the_price_by_no_more_than_the_confidence(void **unused)
{
	(void)unused;
	random_state = 7;
	for (int round = 0; round < 500; round++) {
		u128 prices[12];
		size_t count = 2 * (1 + random_next() % 6);
		struct median all;

		for (size_t i = 0; i < count; i++)
			prices[i] = 1000000 + random_next() % 100000;
		all = median_of_prices(prices, count);
		for (size_t out = 0; out < count; out++) {
			u128 left[12];
			struct median fewer;
			u128 moved;

			for (size_t i = 0, n = 0; i < count; i++)
				if (i != out)
					left[n++] = prices[i];
			fewer = median_of_prices(left, count - 1);
			moved = fewer.price > all.price ? fewer.price - all.price : all.price - fewer.price;
			assert_true(moved <= all.confidence);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_middle_of_an_even_count_is_half_way_and_the_gap_is_doubt),
		cmocka_unit_test(one_input_is_its_own_median),
		cmocka_unit_test(agreement_leaves_the_floor),
		cmocka_unit_test(the_time_is_the_lower_median_of_times),
		cmocka_unit_test(sums_near_the_top_of_the_range_do_not_wrap),
		cmocka_unit_test(faulty_reporters_cannot_move_the_median_out_of_the_honest_range),
		cmocka_unit_test(absurd_confidences_of_f_reporters_do_not_count),
		cmocka_unit_test(the_order_of_the_inputs_does_not_matter),
		cmocka_unit_test(flipping_the_parity_moves_the_price_by_no_more_than_the_confidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
