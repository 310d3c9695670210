#include "oracle/median.h"

#include <assert.h>

static_assert(MEDIAN_FLOOR_BPS <= 10000, "the floor must not overflow");

static bool input_is_before(const struct median_input *a, const struct median_input *b)
{
	return a->price != b->price ? a->price < b->price : a->reporter < b->reporter;
}

static void inputs_sort(struct median_input *inputs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct median_input moving = inputs[i];
		size_t at = i;

		for (; at > 0 && input_is_before(&moving, &inputs[at - 1]); at--)
			inputs[at] = inputs[at - 1];
		inputs[at] = moving;
	}
}

u128 median_lower(u128 *numbers, size_t count)
{
	assert(count >= 1);
	for (size_t i = 1; i < count; i++) {
		u128 moving = numbers[i];
		size_t at = i;

		for (; at > 0 && moving < numbers[at - 1]; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = moving;
	}
	return numbers[(count - 1) / 2];
}

static u128 max_u128(u128 a, u128 b)
{
	return a > b ? a : b;
}

/* floor(3x / 2), or 2^128-1 when that is too wide. */
static u128 three_halves(u128 x)
{
	u128 sum = x + x / 2;

	return sum < x ? ~(u128)0 : sum;
}

/* x * MEDIAN_FLOOR_BPS / 10^4, rounded down, without a product above 2^128. */
static u128 floor_of(u128 x)
{
	return x / 10000 * MEDIAN_FLOOR_BPS + x % 10000 * MEDIAN_FLOOR_BPS / 10000;
}

void median_of(struct median *out, struct median_input *inputs, size_t count)
{
	u128 numbers[MEDIAN_INPUTS_MAX];
	u128 low, gap, mid, confidence;

	assert(count >= 1);
	assert(count <= MEDIAN_INPUTS_MAX);
	inputs_sort(inputs, count);
	low = inputs[(count - 1) / 2].price;
	gap = inputs[count / 2].price - low;
	mid = low + gap / 2;

	confidence = max_u128(gap / 2 + gap % 2, floor_of(mid));
	for (size_t i = 0; i < count; i++)
		numbers[i] = inputs[i].confidence;
	confidence = max_u128(confidence, median_lower(numbers, count));
	for (size_t i = 0; i < count; i++)
		numbers[i] = inputs[i].price > mid ? inputs[i].price - mid : mid - inputs[i].price;
	confidence = max_u128(confidence, three_halves(median_lower(numbers, count)));
	for (size_t i = 0; i < count; i++)
		numbers[i] = inputs[i].observed_at;

	out->price = mid;
	out->confidence = confidence;
	out->observed_at = (u64)median_lower(numbers, count);
}
