#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client/field.h"
#include "client/units.h"
#include "cmd/plimsoll-bot/bot.h"

/* "12:34:56", UTC. */
static void stamp(char out[16])
{
	time_t now = time(NULL);
	struct tm utc;

	gmtime_r(&now, &utc);
	strftime(out, 16, "%H:%M:%S", &utc);
}

static void log_print(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
}

void log_text(const struct bot *b, const char *event, const char *format, ...)
{
	char text[FAULT_TEXT_MAX + 128], time_text[16];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (b->config.is_json) {
		log_print(json_pack("{s:s, s:I, s:s}", "event", event, "height",
				    (json_int_t)b->height, "text", text));
		return;
	}
	stamp(time_text);
	printf("%s %llu %s: %s\n", time_text, (unsigned long long)b->height, event, text);
	fflush(stdout);
}

void log_tally(struct bot *b, const struct bot_tally *t)
{
	const struct bot_tally *last = &b->tally;

	if (t->poor == last->poor && t->refused == last->refused &&
	    t->short_of_funds == last->short_of_funds)
		return;
	b->tally = *t;
	if (b->config.is_json)
		log_print(json_pack("{s:s, s:I, s:i, s:i, s:s?, s:i, s:s?}", "event", "left alone",
				    "height", (json_int_t)b->height, "tooLittleProfit",
				    (int)t->poor, "refused", (int)t->refused, "reason", t->reason,
				    "shortOfFunds", (int)t->short_of_funds, "token", t->token));
	else
		log_text(b, "left alone",
			 "%u of too little profit, %u the pool would refuse%s%s, %u for want of %s",
			 t->poor, t->refused, t->reason ? ": " : "", t->reason ? t->reason : "",
			 t->short_of_funds, t->token ? t->token : "funds");
}

static const char *address_text(char out[UNITS_TEXT_MAX], const struct address *a)
{
	json_t *text = json_of_address(a);

	snprintf(out, UNITS_TEXT_MAX, "%s", json_string_value(text));
	json_decref(text);
	return out;
}

void log_job(const struct bot *b, const char *event, const struct job *j, const struct hash *hash)
{
	char user[UNITS_TEXT_MAX], paid[UNITS_TEXT_MAX], taken[UNITS_TEXT_MAX],
		profit[UNITS_TEXT_MAX];
	json_t *object;

	if (b->config.is_json) {
		object = json_pack("{s:s, s:I, s:o, s:s, s:o, s:s, s:o, s:o}", "event", event,
				   "height", (json_int_t)b->height, "user",
				   json_of_address(&j->what.user), "debt", j->debt->symbol,
				   "debtCovered",
				   json_of_units(&j->quote.covered, j->debt->decimals),
				   "collateral", j->collateral->symbol, "collateralSeized",
				   json_of_units(&j->quote.seized, j->collateral->decimals),
				   "profitUsd", json_of_units(&j->profit, 8));
		if (hash)
			json_object_set_new(object, "hash", json_of_hash(hash));
		log_print(object);
		return;
	}
	units_brief(paid, &j->quote.covered, j->debt->decimals);
	units_brief(taken, &j->quote.seized, j->collateral->decimals);
	units_pretty(profit, &j->profit, 8, 2);
	log_text(b, event, "%s: %s %s for %s %s, expecting $%s", address_text(user, &j->what.user),
		 paid, j->debt->symbol, taken, j->collateral->symbol, profit);
}

void log_settled(const struct bot *b, const struct flight *f, const struct u256 *covered,
		 const struct u256 *seized, const struct u256 *profit, bool is_loss, u64 height)
{
	const struct market *debt = market_of_asset(&b->markets, &f->what.debt),
			    *collateral = market_of_asset(&b->markets, &f->what.collateral);
	char user[UNITS_TEXT_MAX], paid[UNITS_TEXT_MAX], taken[UNITS_TEXT_MAX],
		gain[UNITS_TEXT_MAX + 1] = "-";

	if (!debt || !collateral)
		return;
	if (b->config.is_json) {
		units_format(gain + 1, profit, 8);
		log_print(json_pack("{s:s, s:I, s:o, s:s, s:o, s:s, s:o, s:s, s:o}", "event",
				    "liquidated", "height", (json_int_t)height, "user",
				    json_of_address(&f->what.user), "debt", debt->symbol,
				    "debtCovered", json_of_units(covered, debt->decimals),
				    "collateral", collateral->symbol, "collateralSeized",
				    json_of_units(seized, collateral->decimals), "profitUsd",
				    is_loss ? gain : gain + 1, "hash", json_of_hash(&f->hash)));
		return;
	}
	units_brief(paid, covered, debt->decimals);
	units_brief(taken, seized, collateral->decimals);
	units_pretty(gain + 1, profit, 8, 2);
	log_text(b, "liquidated", "%s: %s %s for %s %s in block %llu, profit $%s",
		 address_text(user, &f->what.user), paid, debt->symbol, taken, collateral->symbol,
		 (unsigned long long)height, is_loss ? gain : gain + 1);
}
