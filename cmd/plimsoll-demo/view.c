#include "cmd/plimsoll-demo/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TEXT_MAX      16384
#define LIVE_INTERVAL 0.2 /* seconds */
#define LINE_INTERVAL 5.0
#define BAR_WIDTH     98
#define NEAR          1.1 /* a health factor to be worried about */

/* Every line ends here: what an older drawing left to its right is erased. */
static void end_line(struct text *t)
{
	text_add(t, t->has_color ? "\033[0m\033[K\n" : "\033[K\n");
}

static double progress(const struct board *b)
{
	if (b->time <= b->begins || b->ends <= b->begins)
		return 0;
	return b->time >= b->ends ? 1
				  : (double)(b->time - b->begins) / (double)(b->ends - b->begins);
}

static double change(const struct reserve_row *r)
{
	return r->first_price > 0 ? r->price / r->first_price - 1 : 0;
}

static void draw_head(struct text *t, const struct board *b)
{
	char time[FIGURE_MAX], blocks[FIGURE_MAX], txs[FIGURE_MAX], rounds[FIGURE_MAX];
	int filled = (int)(progress(b) * BAR_WIDTH);
	u64 lag = b->time > b->price_time ? b->time - b->price_time : 0;

	figure_time(time, b->time);
	figure_count(blocks, b->height);
	figure_count(txs, b->transactions);
	figure_count(rounds, b->oracle_rounds);
	text_ink(t, "1");
	text_add(t, " PLIMSOLL");
	text_ink(t, "0");
	text_add(t, "  a lending market through a crash %23s %s UTC   %3.0f %%", "", time,
		 100 * progress(b));
	end_line(t);
	text_add(t, " ");
	text_ink(t, "36");
	for (int i = 0; i < BAR_WIDTH; i++)
		text_add(t, i < filled ? "=" : i == filled ? ">"
							   : ".");
	end_line(t);
	text_add(
		t,
		" block %s   tx %s (%.0f/s, %llu failed)   oracle rounds %s, %llu s old   wall %.0f s",
		blocks, txs, b->tps, (unsigned long long)b->failed, rounds, (unsigned long long)lag,
		b->seconds);
	end_line(t);
	end_line(t);
}

static void draw_reserve(struct text *t, enum asset a, const struct reserve_row *r)
{
	char price[FIGURE_MAX], supplied[FIGURE_MAX], borrowed[FIGURE_MAX], deficit[FIGURE_MAX];
	double moved = change(r);

	figure_price(price, r->price);
	figure_tokens(supplied, r->supplied);
	figure_tokens(borrowed, r->borrowed);
	figure_dollars(deficit, r->deficit * r->price);
	text_add(t, " %-5s %12s ", asset_symbols[a], price);
	text_ink(t, moved < -0.0005 ? "31" : moved > 0.0005 ? "32"
							    : "2");
	text_add(t, "%+7.1f %%", 100 * moved);
	text_ink(t, "0");
	text_add(t, " %11s %11s  %6.1f %% %8.2f %% %8.2f %% ", supplied, borrowed,
		 100 * r->utilization, 100 * r->supply_apr, 100 * r->borrow_apr);
	text_ink(t, r->deficit > 0 ? "31" : "2");
	text_add(t, "%11s", deficit);
	end_line(t);
}

static void draw_market(struct text *t, const struct board *b)
{
	char supplied[FIGURE_MAX], borrowed[FIGURE_MAX], treasury[FIGURE_MAX];

	text_ink(t, "2");
	text_add(t, " %-5s %12s %9s %11s %11s  %8s %10s %10s %11s", "asset", "price $", "change",
		 "supplied", "borrowed", "used", "supply APR", "borrow APR", "deficit");
	end_line(t);
	for (enum asset a = 0; a < ASSET_COUNT; a++)
		draw_reserve(t, a, &b->reserves[a]);
	figure_dollars(supplied, board_supplied_usd(b));
	figure_dollars(borrowed, board_borrowed_usd(b));
	figure_dollars(treasury, board_treasury_usd(b));
	text_add(t, " all %35s %11s   treasury %s", supplied, borrowed, treasury);
	end_line(t);
	end_line(t);
}

static void draw_risk(struct text *t, const struct board *b)
{
	char owner[FIGURE_MAX], collateral[FIGURE_MAX], debt[FIGURE_MAX];

	text_add(t, " accounts with debt %llu   ", (unsigned long long)b->accounts_with_debt);
	text_ink(t, b->below_1_1 ? "33" : "2");
	text_add(t, "below 1.1: %llu   ", (unsigned long long)b->below_1_1);
	text_ink(t, b->below_1 ? "31" : "2");
	text_add(t, "below 1.0: %llu (most %llu)", (unsigned long long)b->below_1,
		 (unsigned long long)b->below_1_max);
	end_line(t);
	text_ink(t, "2");
	text_add(t, " lowest health     factor   collateral         debt");
	end_line(t);
	for (u32 i = 0; i < BOARD_LOWEST; i++) {
		const struct risk_row *row = &b->lowest[i];

		if (i < b->lowest_count) {
			figure_address(owner, &row->owner);
			figure_dollars(collateral, row->collateral_usd);
			figure_dollars(debt, row->debt_usd);
			text_add(t, " %-16s ", owner);
			text_ink(t, row->health < 1 ? "31" : row->health < NEAR ? "33"
										: "0");
			text_add(t, "%7.4f", row->health);
			text_ink(t, "0");
			text_add(t, " %12s %12s", collateral, debt);
		}
		end_line(t);
	}
	end_line(t);
}

static void draw_liquidation(struct text *t, const struct liquidation_row *l)
{
	char owner[FIGURE_MAX], covered[FIGURE_MAX], seized[FIGURE_MAX], usd[FIGURE_MAX];

	figure_address(owner, &l->borrower);
	figure_tokens(covered, l->covered);
	figure_tokens(seized, l->seized);
	figure_dollars(usd, l->covered_usd);
	text_add(t, " %-16s block %-6llu %9s %-4s paid, %9s %-4s taken %10s", owner,
		 (unsigned long long)l->height, covered, asset_symbols[l->debt], seized,
		 asset_symbols[l->collateral], usd);
	if (l->covered_usd > 0)
		text_add(t, "  bonus %.1f %%", 100 * (l->seized_usd / l->covered_usd - 1));
}

static void draw_liquidations(struct text *t, const struct board *b)
{
	char covered[FIGURE_MAX], bonus[FIGURE_MAX], bad[FIGURE_MAX];

	figure_dollars(covered, b->covered_usd);
	figure_dollars(bonus, b->seized_usd - b->covered_usd);
	figure_dollars(bad, board_deficit_usd(b));
	text_ink(t, "1");
	text_add(t, " liquidations %llu", (unsigned long long)b->liquidations);
	text_ink(t, "0");
	text_add(t, "   debt repaid %s   bonus paid %s   ", covered, bonus);
	text_ink(t, b->deficits_created ? "31" : "2");
	text_add(t, "bad debt %s", bad);
	end_line(t);
	for (u32 i = 0; i < BOARD_LAST_LIQUIDATIONS; i++) {
		if (i < b->last_count)
			draw_liquidation(t, &b->last[i]);
		end_line(t);
	}
}

void view_draw(struct text *t, const struct board *b)
{
	draw_head(t, b);
	draw_market(t, b);
	draw_risk(t, b);
	draw_liquidations(t, b);
	end_line(t);
	text_ink(t, "2");
	text_add(
		t,
		" %u suppliers, %u borrowers: %llu transactions sent, %llu not accepted   Ctrl-C ends",
		b->suppliers, b->borrowers, (unsigned long long)b->sent,
		(unsigned long long)b->refused);
	end_line(t);
}

void view_line(struct text *t, const struct board *b)
{
	char time[FIGURE_MAX], price[FIGURE_MAX], borrowed[FIGURE_MAX], covered[FIGURE_MAX],
		bad[FIGURE_MAX];

	figure_time(time, b->time);
	figure_dollars(borrowed, board_borrowed_usd(b));
	figure_dollars(covered, b->covered_usd);
	figure_dollars(bad, board_deficit_usd(b));
	text_add(t, "%3.0f %%  %.16s  block %llu", 100 * progress(b), time,
		 (unsigned long long)b->height);
	for (enum asset a = ASSET_WETH; a <= ASSET_LINK; a++) {
		figure_price(price, b->reserves[a].price);
		text_add(t, "  %s %s (%+.0f %%)", asset_symbols[a], price,
			 100 * change(&b->reserves[a]));
	}
	text_add(t, "  debt %s  below 1: %llu  liquidated %llu (%s)  bad debt %s  %.0f tx/s",
		 borrowed, (unsigned long long)b->below_1, (unsigned long long)b->liquidations,
		 covered, bad, b->tps);
}

/* -- the terminal ------------------------------------------------------------------------------ */

void view_init(struct view *v)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;

	*v = (struct view){ .is_live = false };
	if (!isatty(STDOUT_FILENO) || (term && strcmp(term, "dumb") == 0))
		return;
	v->is_live = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= VIEW_COLUMNS &&
		     size.ws_row >= VIEW_ROWS;
	v->has_color = !no_color || !*no_color;
}

void view_show(struct view *v, const struct board *b, double wall)
{
	static char buffer[TEXT_MAX];
	struct text t;

	if (v->drawn_at > 0 && wall - v->drawn_at < (v->is_live ? LIVE_INTERVAL : LINE_INTERVAL))
		return;
	v->drawn_at = wall;
	text_init(&t, buffer, sizeof buffer, v->has_color);
	if (v->is_live) {
		/* Hidden cursor; the whole screen is cleared once only, so that nothing flickers. */
		text_add(&t, v->is_drawn ? "\033[H" : "\033[?25l\033[2J\033[H");
		view_draw(&t, b);
		text_add(&t, "\033[J");
		v->is_drawn = true;
	} else {
		view_line(&t, b);
		text_add(&t, "\n");
	}
	(void)fwrite(buffer, 1, t.size, stdout);
	(void)fflush(stdout);
}

void view_say(struct view *v, const char *format, ...)
{
	va_list arguments;

	if (v->is_drawn)
		return;
	va_start(arguments, format);
	(void)vprintf(format, arguments);
	va_end(arguments);
	(void)printf("\n");
	(void)fflush(stdout);
}

void view_end(struct view *v)
{
	if (v->is_drawn)
		(void)printf("\033[?25h\n");
	(void)fflush(stdout);
	v->is_drawn = false;
}
