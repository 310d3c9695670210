#include "cmd/plimsoll-demo/summary.h"

#include <math.h>

#include "cmd/plimsoll-demo/market.h"
#include "cmd/plimsoll-demo/text.h"

bool summary_suppliers_whole(const struct summary *s)
{
	for (u32 i = 0; i < ASSET_COUNT; i++) {
		if (market_soundness(&s->after->reserves[i], s->terms[i].decimals,
				     s->after->transactions)
			    .missing > 0)
			return false;
	}
	return true;
}

const char *summary_unsound(const struct summary *s)
{
	const struct board *b = s->after;
	bool is_crash = s->lowest_ether < b->reserves[ASSET_WETH].first_price * (1 - SUMMARY_CRASH);

	if (!b->is_over)
		return "the replay did not reach its end";
	if (b->oracle_rounds == 0)
		return "no oracle round was accepted";
	if (s->before->accounts_with_debt == 0)
		return "nobody could borrow";
	if (is_crash && b->liquidations == 0)
		return "prices crashed and nobody was liquidated";
	if (!summary_suppliers_whole(s))
		return "claims of suppliers are not covered by assets and recorded deficits";
	return NULL;
}

/* -- for people ------------------------------------------------------------------------------- */

static void print_reserve(FILE *out, const struct summary *s, enum asset a)
{
	const struct reserve_row *before = &s->before->reserves[a], *after = &s->after->reserves[a];
	struct soundness whole = market_soundness(after, s->terms[a].decimals,
						  s->after->transactions);
	char price[2][FIGURE_MAX], supplied[2][FIGURE_MAX], borrowed[2][FIGURE_MAX],
		deficit[FIGURE_MAX];

	figure_price(price[0], after->first_price);
	figure_price(price[1], after->price);
	figure_tokens(supplied[0], before->supplied);
	figure_tokens(supplied[1], after->supplied);
	figure_tokens(borrowed[0], before->borrowed);
	figure_tokens(borrowed[1], after->borrowed);
	figure_tokens(deficit, whole.deficit);
	(void)fprintf(out, "  %-5s %9s -> %-9s %8s -> %-8s %8s -> %-8s %9s   %s\n",
		      asset_symbols[a], price[0], price[1], supplied[0], supplied[1], borrowed[0],
		      borrowed[1], deficit, whole.missing > 0 ? "NOT COVERED" : "covered");
}

static void print_market(FILE *out, const struct summary *s)
{
	char supplied[2][FIGURE_MAX], borrowed[2][FIGURE_MAX];

	(void)fprintf(out, "  %-5s %9s    %-9s %8s    %-8s %8s    %-8s %9s   %s\n", "asset",
		      "price", "", "supplied", "", "borrowed", "", "deficit", "claims");
	for (enum asset a = 0; a < ASSET_COUNT; a++)
		print_reserve(out, s, a);
	figure_dollars(supplied[0], board_supplied_usd(s->before));
	figure_dollars(supplied[1], board_supplied_usd(s->after));
	figure_dollars(borrowed[0], board_borrowed_usd(s->before));
	figure_dollars(borrowed[1], board_borrowed_usd(s->after));
	(void)fprintf(out, "  %-5s %9s    %-9s %8s -> %-8s %8s -> %-8s\n\n", "all", "", "",
		      supplied[0], supplied[1], borrowed[0], borrowed[1]);
}

static void print_tally(FILE *out, const struct tally *t)
{
	for (u32 i = 0; i < t->count; i++)
		(void)fprintf(out, "  %16llu  %s\n", (unsigned long long)t->at[i].count,
			      t->at[i].text);
}

static void print_counts(FILE *out, const struct board *b)
{
	char covered[FIGURE_MAX], bonus[FIGURE_MAX], bad[FIGURE_MAX], made[FIGURE_MAX],
		treasury[FIGURE_MAX], blocks[FIGURE_MAX], txs[FIGURE_MAX];

	figure_dollars(covered, b->covered_usd);
	figure_dollars(bonus, b->seized_usd - b->covered_usd);
	figure_dollars(bad, board_deficit_usd(b));
	figure_dollars(made, b->bad_debt_usd);
	figure_dollars(treasury, board_treasury_usd(b));
	figure_count(blocks, b->height);
	figure_count(txs, b->transactions);
	(void)fprintf(out, "  liquidations      %llu, repaying %s of debt; bonus paid %s\n",
		      (unsigned long long)b->liquidations, covered, bonus);
	(void)fprintf(out,
		      "  bad debt          %s at the end, %s when it arose, in %llu accounts\n",
		      bad, made, (unsigned long long)b->deficits_created);
	(void)fprintf(out, "  treasury          %s of interest and liquidation fees\n", treasury);
	(void)fprintf(
		out,
		"  accounts          %llu owe something; at most %llu stood below 1 at a time, %llu do now\n",
		(unsigned long long)b->accounts_with_debt, (unsigned long long)b->below_1_max,
		(unsigned long long)b->below_1);
	(void)fprintf(
		out,
		"  chain             %s blocks, %s transactions, %llu oracle rounds, %.0f s of wall time\n",
		blocks, txs, (unsigned long long)b->oracle_rounds, b->seconds);
}

void summary_print(FILE *out, const struct summary *s)
{
	const char *unsound = summary_unsound(s);
	const struct board *b = s->after;
	char from[FIGURE_MAX], to[FIGURE_MAX];

	figure_time(from, b->begins);
	figure_time(to, b->time);
	(void)fprintf(out, "\nThe market from %s to %s UTC\n\n", from, to);
	print_market(out, s);
	print_counts(out, b);
	(void)fprintf(out, "  failed            %llu transactions in blocks\n",
		      (unsigned long long)b->failed);
	print_tally(out, &b->failures);
	if (s->refusals->total > 0) {
		(void)fprintf(out, "  not accepted      %llu transactions\n",
			      (unsigned long long)s->refusals->total);
		print_tally(out, s->refusals);
	}
	(void)fprintf(out, "  suppliers         %s\n",
		      summary_suppliers_whole(s)
			      ? "claims are covered by cash, debts and recorded deficits"
			      : "CLAIMS ARE NOT COVERED");
	(void)fprintf(out, "  sound             %s\n\n", unsound ? unsound : "yes");
}

/* -- for programs -------------------------------------------------------------------------------- */

static double cents(double dollars)
{
	return round(dollars * 100) / 100;
}

json_t *summary_json(const struct summary *s)
{
	const struct board *b = s->after;
	json_t *out = json_pack("{s:I, s:I, s:I, s:f, s:f, s:I, s:I, s:f}", "blocks",
				(json_int_t)b->height, "transactions", (json_int_t)b->transactions,
				"liquidations", (json_int_t)b->liquidations, "liquidated_usd",
				cents(b->covered_usd), "bad_debt_usd", cents(board_deficit_usd(b)),
				"accounts_at_risk_max", (json_int_t)b->below_1_max, "oracle_rounds",
				(json_int_t)b->oracle_rounds, "seconds",
				round(b->seconds * 10) / 10);
	json_t *more = json_pack(
		"{s:f, s:f, s:I, s:I, s:I, s:f, s:f, s:b, s:b}", "collateral_seized_usd", cents(b->seized_usd),
		"bonus_usd", cents(b->seized_usd - b->covered_usd), "failed_transactions",
		(json_int_t)b->failed, "transactions_not_accepted", (json_int_t)b->refused,
		"accounts_with_debt", (json_int_t)b->accounts_with_debt, "supplied_usd",
		cents(board_supplied_usd(b)), "claims_counted_usd", cents(board_held_usd(b)),
		"suppliers_whole", (int)summary_suppliers_whole(s), "sound",
		(int)(summary_unsound(s) == NULL));

	if (!out || !more || json_object_update(out, more) != 0) {
		json_decref(out);
		out = NULL;
	}
	json_decref(more);
	return out;
}
