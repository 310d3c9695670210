#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/board.c"
#include "cmd/plimsoll-demo/text.c"
#include "cmd/plimsoll-demo/view.c"

const char *const asset_symbols[ASSET_COUNT] = { "WETH", "WBTC", "LINK", "USDC", "DAI" };

/* As wide as numbers get. */
static void fill(struct board *b)
{
	struct liquidation_row l = {
		.collateral = ASSET_WETH,
		.debt = ASSET_USDC,
		.seized = 123456.78,
		.covered = 87654321.09,
		.seized_usd = 92345678.9,
		.covered_usd = 87654321.09,
		.height = 123456,
	};

	memset(b, 0, sizeof *b);
	b->begins = 1583971200;
	b->ends = b->begins + 172800;
	b->time = b->price_time = b->begins + 86400;
	b->height = 123456;
	b->transactions = 98765432;
	b->oracle_rounds = 123456;
	b->tps = 12345;
	b->seconds = 12345;
	for (u32 i = 0; i < ASSET_COUNT; i++)
		b->reserves[i] = (struct reserve_row){
			.price = 123456.7,
			.first_price = 234567.8,
			.supplied = 987654321,
			.borrowed = 876543210,
			.supply_apr = 1.2345,
			.borrow_apr = 2.3456,
			.utilization = 1,
			.deficit = 12345,
		};
	b->accounts_with_debt = 123456;
	b->below_1 = b->below_1_1 = b->below_1_max = 12345;
	for (b->lowest_count = 0; b->lowest_count < BOARD_LOWEST; b->lowest_count++)
		b->lowest[b->lowest_count] = (struct risk_row){
			.health = 0.9876,
			.collateral_usd = 98765432,
			.debt_usd = 98765431,
		};
	for (int i = 0; i < 7; i++)
		board_add_liquidation(b, &l);
	b->suppliers = b->borrowers = 10000;
	b->sent = b->refused = 98765432;
}

static void what_is_drawn_fits_the_terminal(void **unused)
{
	char buffer[TEXT_MAX];
	struct board b;
	struct text t;
	int lines = 0;

	(void)unused;
	fill(&b);
	text_init(&t, buffer, sizeof buffer, false);
	view_draw(&t, &b);
	for (char *line = buffer; *line; lines++) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_true(end - line >= 3 && memcmp(end - 3, "\033[K", 3) == 0);
		assert_true(end - 3 - line <= VIEW_COLUMNS);
		line = end + 1;
	}
	assert_true(lines > 20 && lines < VIEW_ROWS);
	assert_non_null(strstr(buffer, "2020-03-13 00:00:00 UTC    50 %"));
	assert_non_null(strstr(buffer, "liquidations 7"));
	assert_non_null(strstr(buffer, "bonus 5.4 %"));
}

static void colours_add_nothing_but_escapes(void **unused)
{
	static char plain[TEXT_MAX], coloured[TEXT_MAX], stripped[TEXT_MAX];
	struct text t;
	struct board b;
	size_t used = 0;

	(void)unused;
	fill(&b);
	text_init(&t, plain, sizeof plain, false);
	view_draw(&t, &b);
	text_init(&t, coloured, sizeof coloured, true);
	view_draw(&t, &b);
	assert_true(strlen(coloured) > strlen(plain));
	for (const char *at = coloured; *at; at++) {
		if (*at == '\033') {
			const char *end = at + strcspn(at, "mK");

			if (*end == 'm') {
				at = end;
				continue;
			}
		}
		stripped[used++] = *at;
	}
	assert_string_equal(stripped, plain);
}

static void an_empty_board_is_drawn_too(void **unused)
{
	char buffer[TEXT_MAX];
	struct board b = { .height = 0 };
	struct text t;

	(void)unused;
	text_init(&t, buffer, sizeof buffer, false);
	view_draw(&t, &b);
	assert_non_null(strstr(buffer, "liquidations 0"));
	text_init(&t, buffer, sizeof buffer, false);
	view_line(&t, &b);
	assert_null(strchr(buffer, '\n'));
}

static void the_newest_liquidations_stay(void **unused)
{
	struct board b = { .height = 0 };

	(void)unused;
	for (u64 i = 1; i <= 8; i++) {
		struct liquidation_row l = { .height = i, .covered_usd = 100, .seized_usd = 105 };

		board_add_liquidation(&b, &l);
	}
	assert_true(b.liquidations == 8 && b.last_count == BOARD_LAST_LIQUIDATIONS);
	assert_true(b.last[0].height == 8 && b.last[BOARD_LAST_LIQUIDATIONS - 1].height == 4);
	assert_true(b.covered_usd > 799 && b.covered_usd < 801 && b.seized_usd > 839 &&
		    b.seized_usd < 841);
}

static void figures_are_short(void **unused)
{
	static const struct {
		double x;
		const char *dollars, *price;
	} rows[] = {
		{ 0, "$0.00", "0.000000" },
		{ 12.345, "$12.35", "12.3450" },
		{ 999.994, "$999.99", "999.99" },
		{ 6543.2, "$6,543", "6,543" },
		{ 45600, "$45.6K", "45,600" },
		{ 789000, "$789K", "789,000" },
		{ 1234567, "$1.23M", "1,234,567" },
		{ 9.87e9, "$9.87B", "9,870,000,000" },
	};
	char out[FIGURE_MAX];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		figure_dollars(out, rows[i].x);
		assert_string_equal(out, rows[i].dollars);
		figure_price(out, rows[i].x);
		assert_string_equal(out, rows[i].price);
	}
	figure_count(out, 1234567);
	assert_string_equal(out, "1,234,567");
	figure_count(out, 12);
	assert_string_equal(out, "12");
	figure_time(out, 1583971200);
	assert_string_equal(out, "2020-03-12 00:00:00");
}

static void text_that_does_not_fit_is_cut(void **unused)
{
	char buffer[8];
	struct text t;

	(void)unused;
	text_init(&t, buffer, sizeof buffer, false);
	text_add(&t, "%s", "abc");
	text_add(&t, "%s", "defghijkl");
	text_add(&t, "%s", "m");
	assert_string_equal(buffer, "abcdefg");
	assert_true(t.size == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_drawn_fits_the_terminal),
		cmocka_unit_test(colours_add_nothing_but_escapes),
		cmocka_unit_test(an_empty_board_is_drawn_too),
		cmocka_unit_test(the_newest_liquidations_stay),
		cmocka_unit_test(figures_are_short),
		cmocka_unit_test(text_that_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
