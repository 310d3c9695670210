#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/people.c"

static const struct terms terms[ASSET_COUNT] = {
	{ 0.805, 0.83, 18 },
	{ 0.73, 0.78, 8 },
	{ 0.66, 0.71, 18 },
	{ 0.75, 0.78, 6 },
	{ 0.63, 0.77, 18 },
};
static const double prices[ASSET_COUNT] = { 194.5, 7940, 3.75, 1, 1 };

static void the_same_seed_makes_the_same_people(void **unused)
{
	struct people a, b, other;

	(void)unused;
	assert_int_equal(people_make(&a, 7, 10, 40, terms, prices), OK);
	assert_int_equal(people_make(&b, 7, 10, 40, terms, prices), OK);
	assert_int_equal(people_make(&other, 8, 10, 40, terms, prices), OK);
	assert_int_equal(a.count, 50);
	assert_memory_equal(a.at, b.at, a.count * sizeof *a.at);
	assert_int_not_equal(address_cmp(&a.at[0].address, &other.at[0].address), 0);
	people_free(&a);
	people_free(&b);
	people_free(&other);
}

static void borrowers_begin_within_their_means(void **unused)
{
	struct people p;
	u32 near = 0;

	(void)unused;
	assert_int_equal(people_make(&p, 1, 60, 240, terms, prices), OK);
	for (u32 i = 60; i < p.count; i++) {
		const struct person *one = &p.at[i];
		double collateral = one->supply * prices[one->supplied],
		       debt = one->debt * prices[one->borrowed];

		assert_true(one->is_borrower);
		assert_int_not_equal(one->supplied, one->borrowed);
		assert_true(one->health >= 1.03 && one->health <= 2.51);
		assert_true(debt <= collateral * terms[one->supplied].ltv);
		assert_true(fabs(collateral * terms[one->supplied].threshold / debt - one->health) <
			    1e-9);
		assert_true(one->wallet[one->supplied] >= one->supply);
		near += one->health < 1.3;
	}
	assert_in_range(near, 20, 160);
	people_free(&p);
}

static void suppliers_bring_what_borrowers_need(void **unused)
{
	static const u32 counts[] = { PEOPLE_SUPPLIERS_MIN, 5, 60 };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
		double brought[ASSET_COUNT] = { 0 }, needed[ASSET_COUNT] = { 0 };
		struct people p;

		assert_int_equal(people_make(&p, 3, counts[i], 240, terms, prices), OK);
		for (u32 j = 0; j < p.count; j++) {
			if (p.at[j].is_borrower)
				needed[p.at[j].borrowed] += p.at[j].debt;
			else
				brought[p.at[j].supplied] += p.at[j].supply;
		}
		for (u32 a = 0; a < ASSET_COUNT; a++)
			assert_true(brought[a] >= needed[a]);
		people_free(&p);
	}
}

static void everybody_is_found_by_address_and_nobody_else(void **unused)
{
	struct address nobody = { { 1, 2, 3 } };
	struct people p;

	(void)unused;
	assert_int_equal(people_make(&p, 2, 4, 33, terms, prices), OK);
	for (u32 i = 0; i < p.count; i++)
		assert_ptr_equal(people_find(&p, &p.at[i].address), &p.at[i]);
	assert_null(people_find(&p, &nobody));
	people_free(&p);
}

static void tokens_become_base_units_and_back(void **unused)
{
	static const struct {
		double tokens;
		unsigned decimals;
		const char *units;
	} rows[] = {
		{ 0, 6, "0" },
		{ 1, 6, "1000000" },
		{ 1.5, 18, "1500000000000000000" },
		{ 0.0000009, 6, "0" },
		{ 123456.789, 8, "12345678900000" },
		{ 99999999.25, 18, "99999999250000000000000000" },
	};
	char text[U256_DECIMAL_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct u256 units = token_units(rows[i].tokens, rows[i].decimals);

		(void)u256_to_decimal(text, &units);
		assert_string_equal(text, rows[i].units);
		assert_true(fabs(token_count(&units, rows[i].decimals) - rows[i].tokens) <=
			    1e-6 * (1 + rows[i].tokens));
	}
}

static void chance_stays_within_its_bounds(void **unused)
{
	struct chance c = { 1234567 };
	double sum = 0;

	(void)unused;
	/* The first number of SplitMix64 for this seed, from its published test. */
	assert_true(chance_next(&c) == 6457827717110365317u);
	for (int i = 0; i < 10000; i++) {
		double x = chance_between(&c, 2, 4);

		assert_true(x >= 2 && x < 4);
		assert_true(chance_below(&c, 3) < 3);
		sum += x;
	}
	assert_true(fabs(sum / 10000 - 3) < 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_makes_the_same_people),
		cmocka_unit_test(borrowers_begin_within_their_means),
		cmocka_unit_test(suppliers_bring_what_borrowers_need),
		cmocka_unit_test(everybody_is_found_by_address_and_nobody_else),
		cmocka_unit_test(tokens_become_base_units_and_back),
		cmocka_unit_test(chance_stays_within_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
