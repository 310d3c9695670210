#include "cmd/plimsoll-feeder/source.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "oracle/feeder/decimal.h"

#define ONE ((u128)1000000000000000000u) /* 10^18 */

/* -- candles ------------------------------------------------------------------------ */

/* The feed a --candles names by number or description; SOURCE_NONE if there is none. */
static int feed_named(const struct view *v, const char *name)
{
	u64 number;

	if (decimal_to_u64(&number, name, strlen(name)) == OK)
		return number < v->feed_count ? (int)number : SOURCE_NONE;
	for (u16 i = 0; i < v->feed_count; i++)
		if (feed_name_matches(v->feeds[i].description, name))
			return i;
	return SOURCE_NONE;
}

static enum err file_open(struct source *s, const struct options_candles *c, struct candles *out)
{
	FILE *file = fopen(c->path, "r");
	char why[CANDLES_WHY_MAX];
	enum err e;

	if (!file) {
		fprintf(stderr, "plimsoll-feeder: %s cannot be opened\n", c->path);
		return ERR_NOT_FOUND;
	}
	e = candles_read(out, why, file, c->scale);
	fclose(file);
	if (e != OK) {
		fprintf(stderr, "plimsoll-feeder: %s: %s\n", c->path, why);
		return ERR_SYNTAX;
	}
	if (s->first_candle == 0 || out->at[0].time < s->first_candle)
		s->first_candle = out->at[0].time;
	return OK;
}

static enum err candles_open(struct source *s, u32 index, const struct view *v)
{
	const struct options_candles *c = &s->options->candles[index];
	const int feed = feed_named(v, c->feed);

	if (feed == SOURCE_NONE || s->candles_of[feed] != SOURCE_NONE) {
		fprintf(stderr, "plimsoll-feeder: %s is no feed of the chain, or has a price already\n", c->feed);
		return ERR_NOT_FOUND;
	}
	s->candles_of[feed] = (int)index;
	return c->path ? file_open(s, c, &s->candles[index]) : OK;
}

static u64 candle_time(const struct source *s, u64 head_time)
{
	const u64 elapsed = head_time > s->start ? head_time - s->start : 0;
	/* Below 2^128: elapsed < 2^40 in any real chain, speed <= 10^23. */
	const u128 played = (u128)elapsed * s->options->speed / ONE;

	return s->first_candle + (u64)played;
}

static u128 candles_price_now(struct source *s, u32 index, u64 head_time)
{
	const struct options_candles *c = &s->options->candles[index];
	const u64 time = candle_time(s, head_time);

	if (!c->path)
		return c->scale;
	s->ended = s->ended || candles_has_ended(&s->candles[index], time);
	return candles_price(&s->candles[index], time);
}

static void candles_sample(struct sample *out, struct source *s, const struct view *v, u16 feed)
{
	const u128 price = candles_price_now(s, (u32)s->candles_of[feed], v->head_time);
	/* Feeds of one reporter must not all move the same way. */
	const u64 seed = s->options->seed * REPORT_FEEDS_MAX + feed;

	sample_of_price(out, price, s->options->noise_bps, seed, v->head_time,
			v->feeds[feed].venues_min > 1 ? v->feeds[feed].venues_min : 1);
}

/* -- exchanges ---------------------------------------------------------------------- */

static enum err exchanges_open(struct source *s, const struct view *v)
{
	char why[WATCHLIST_WHY_MAX];
	json_error_t position;
	json_t *config = json_load_file(s->options->config, JSON_REJECT_DUPLICATES, &position);
	enum err e;

	if (!config) {
		fprintf(stderr, "plimsoll-feeder: %s:%d: %s\n", s->options->config, position.line, position.text);
		return ERR_SYNTAX;
	}
	e = watchlist_open(&s->watchlist, why, config);
	json_decref(config);
	if (e != OK) {
		fprintf(stderr, "plimsoll-feeder: %s: %s\n", s->options->config, why);
		return e;
	}
	for (u16 i = 0; i < v->feed_count; i++)
		s->watchlist_of[i] = watchlist_find(s->watchlist, v->feeds[i].description);
	return OK;
}

/* Says why a feed is halted when it comes to be. */
static void halts_print(struct source *s)
{
	for (size_t i = 0; i < s->watchlist->feed_count; i++) {
		const struct watchlist_feed *f = &s->watchlist->feeds[i];
		const bool halted = f->sample.status != FEED_TRADING;

		for (size_t j = 0; j < f->venue_count && halted && !s->halted[i]; j++)
			if (f->venues[j].why[0])
				fprintf(stderr, "%s halted: %s %s: %s\n", f->name, venue_name(f->venues[j].venue.kind),
					f->venues[j].venue.symbol, f->venues[j].why);
		if (!halted && s->halted[i])
			fprintf(stderr, "%s trades again\n", f->name);
		s->halted[i] = halted;
	}
}

/* -- both --------------------------------------------------------------------------- */

enum err source_open(struct source *s, const struct options *o, const struct view *v)
{
	memset(s, 0, sizeof *s);
	s->options = o;
	s->start = o->start_at ? o->start_at : v->head_time;
	for (size_t i = 0; i < REPORT_FEEDS_MAX; i++)
		s->candles_of[i] = SOURCE_NONE;
	if (o->config)
		return exchanges_open(s, v);
	for (u32 i = 0; i < o->candles_count; i++)
		TRY(candles_open(s, i, v));
	return OK;
}

void source_close(struct source *s)
{
	watchlist_close(s->watchlist);
	for (size_t i = 0; i < OPTIONS_CANDLES_MAX; i++)
		candles_free(&s->candles[i]);
}

void source_sample(struct sample *out, struct source *s, const struct view *v)
{
	if (s->watchlist) {
		watchlist_poll(s->watchlist, (u64)time(NULL));
		halts_print(s);
	}
	for (u16 i = 0; i < v->feed_count; i++) {
		out[i] = (struct sample){ .status = FEED_UNSUPPORTED };
		if (s->watchlist_of[i])
			out[i] = s->watchlist_of[i]->sample;
		else if (s->candles_of[i] != SOURCE_NONE)
			candles_sample(&out[i], s, v, i);
	}
}
