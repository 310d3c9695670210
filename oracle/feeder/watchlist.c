#include "oracle/feeder/watchlist.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VENUES_MIN_DEFAULT     3
#define SPREAD_MAX_BPS_DEFAULT 100

bool feed_name_matches(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ')
			a++;
		while (*b == ' ')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

static int feed_index(const struct watchlist *m, const char *name)
{
	for (size_t i = 0; i < m->feed_count; i++)
		if (feed_name_matches(m->feeds[i].name, name))
			return (int)i;
	return -1;
}

const struct watchlist_feed *watchlist_find(const struct watchlist *m, const char *name)
{
	const int index = feed_index(m, name);

	return index < 0 ? NULL : &m->feeds[index];
}

/* -- configuration ------------------------------------------------------------------- */

static enum err fail(char why[WATCHLIST_WHY_MAX], const char *where, const char *what)
{
	snprintf(why, WATCHLIST_WHY_MAX, "%s: %s", where, what);
	return ERR_SYNTAX;
}

static enum err bases_load(struct watchlist *m, char why[WATCHLIST_WHY_MAX], json_t *bases)
{
	enum venue_kind kind;
	const char *name;
	json_t *base;

	for (int i = 0; i < VENUE_KIND_COUNT; i++)
		snprintf(m->bases[i], VENUE_BASE_MAX, "%s", venue_base_default((enum venue_kind)i));
	if (bases && !json_is_object(bases))
		return fail(why, "bases", "not an object");
	json_object_foreach(bases, name, base)
	{
		if (venue_kind_of(&kind, name) != OK)
			return fail(why, name, "no such venue");
		if (!json_is_string(base) || json_string_length(base) >= VENUE_BASE_MAX)
			return fail(why, name, "the base is not a URL");
		strcpy(m->bases[kind], json_string_value(base));
	}
	return OK;
}

static enum err venue_load(struct watchlist *m, struct watchlist_feed *f, char why[WATCHLIST_WHY_MAX], json_t *item)
{
	struct venue *v = &f->venues[f->venue_count].venue;
	const char *name, *symbol, *currency = NULL;
	json_error_t error;

	if (f->venue_count == SAMPLE_QUOTES_MAX)
		return fail(why, f->name, "too many venues");
	if (json_unpack_ex(item, &error, 0, "{s:s, s:s, s?s !}", "venue", &name, "symbol", &symbol, "in", &currency))
		return fail(why, f->name, error.text);
	if (venue_kind_of(&v->kind, name) != OK)
		return fail(why, name, "no such venue");
	if (strlen(symbol) >= VENUE_SYMBOL_MAX || strspn(symbol, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(symbol))
		return fail(why, symbol, "not a symbol");
	strcpy(v->symbol, symbol);
	v->quoted_in = currency ? feed_index(m, currency) : -1;
	if (currency && v->quoted_in < 0)
		return fail(why, currency, "is not the name of an earlier feed");
	f->venue_count++;
	return OK;
}

static enum err feed_load(struct watchlist *m, char why[WATCHLIST_WHY_MAX], json_t *item)
{
	struct watchlist_feed *f = &m->feeds[m->feed_count];
	int venues_min = VENUES_MIN_DEFAULT, spread = SPREAD_MAX_BPS_DEFAULT;
	json_t *venues, *venue;
	json_error_t error;
	const char *name;
	size_t i;

	if (m->feed_count == WATCHLIST_FEEDS_MAX)
		return fail(why, "feeds", "too many");
	if (json_unpack_ex(item, &error, 0, "{s:s, s?i, s?i, s:o !}", "name", &name, "venuesMin", &venues_min,
			   "spreadMaxBps", &spread, "venues", &venues))
		return fail(why, "feeds", error.text);
	if (strlen(name) >= WATCHLIST_NAME_MAX || feed_index(m, name) >= 0)
		return fail(why, name, "the name is too long or taken");
	if (venues_min < 1 || venues_min > SAMPLE_QUOTES_MAX || spread < 1 || spread > 1000)
		return fail(why, name, "venuesMin is 1 to 16, spreadMaxBps 1 to 1000");
	strcpy(f->name, name);
	f->venues_min = (u32)venues_min;
	f->spread_max_bps = (u32)spread;
	f->sample.status = FEED_HALTED;
	json_array_foreach(venues, i, venue)
		TRY(venue_load(m, f, why, venue));
	if (f->venue_count < f->venues_min)
		return fail(why, name, "has fewer venues than venuesMin");
	m->feed_count++;
	return OK;
}

static enum err config_load(struct watchlist *m, char why[WATCHLIST_WHY_MAX], json_t *config)
{
	json_t *bases = NULL, *feeds, *feed;
	json_error_t error;
	size_t i;

	if (json_unpack_ex(config, &error, 0, "{s?o, s:o !}", "bases", &bases, "feeds", &feeds))
		return fail(why, "configuration", error.text);
	TRY(bases_load(m, why, bases));
	json_array_foreach(feeds, i, feed)
		TRY(feed_load(m, why, feed));
	return m->feed_count > 0 ? OK : fail(why, "feeds", "there are none");
}

static size_t venues_total(const struct watchlist *m)
{
	size_t total = 0;

	for (size_t i = 0; i < m->feed_count; i++)
		total += m->feeds[i].venue_count;
	return total;
}

static enum err memory_take(struct watchlist *m)
{
	const size_t total = venues_total(m);

	m->fetcher = fetcher_open();
	m->fetches = calloc(total, sizeof *m->fetches);
	m->bodies = calloc(total, FETCH_BODY_MAX);
	if (!m->fetcher || !m->fetches || !m->bodies)
		return ERR_FULL;
	for (size_t i = 0; i < total; i++)
		m->fetches[i].body = m->bodies + i * FETCH_BODY_MAX;
	return OK;
}

enum err watchlist_open(struct watchlist **out, char why[WATCHLIST_WHY_MAX], json_t *config)
{
	struct watchlist *m = calloc(1, sizeof *m);
	enum err e;

	snprintf(why, WATCHLIST_WHY_MAX, "out of memory");
	if (!m)
		return ERR_FULL;
	e = config_load(m, why, config);
	if (e == OK)
		e = memory_take(m);
	if (e == OK)
		*out = m;
	else
		watchlist_close(m);
	return e;
}

void watchlist_close(struct watchlist *m)
{
	if (!m)
		return;
	fetcher_close(m->fetcher);
	free(m->fetches);
	free(m->bodies);
	free(m);
}

/* -- polling ------------------------------------------------------------------------- */

/* Turns one response into a quote in dollars; false: it does not count, and why is noted. */
static bool quote_take(struct quote *out, struct watchlist *m, struct watchlist_feed *f, struct watchlist_venue *v,
		       const struct fetch *fetch, u64 now)
{
	const char *why = fetch->why;
	bool taken = fetch->ok;

	if (taken)
		taken = venue_parse(out, &why, v->venue.kind, fetch->body, fetch->body_size) == OK;
	if (taken)
		taken = venue_admit(&v->venue, out, &why, f->spread_max_bps, now) == OK;
	if (taken && v->venue.quoted_in >= 0) {
		const struct sample *currency = &m->feeds[v->venue.quoted_in].sample;

		taken = currency->status == FEED_TRADING && quote_convert(out, currency->price) == OK;
		why = "its currency has no price";
	}
	snprintf(v->why, sizeof v->why, "%s", taken ? "" : why);
	return taken;
}

void watchlist_poll(struct watchlist *m, u64 now)
{
	struct fetch *fetch = m->fetches;

	for (size_t i = 0; i < m->feed_count; i++)
		for (size_t j = 0; j < m->feeds[i].venue_count; j++, fetch++)
			venue_url(fetch->url, &m->feeds[i].venues[j].venue,
				  m->bases[m->feeds[i].venues[j].venue.kind]);
	fetch_all(m->fetcher, m->fetches, venues_total(m));

	fetch = m->fetches;
	for (size_t i = 0; i < m->feed_count; i++) {
		struct watchlist_feed *f = &m->feeds[i];
		struct quote quotes[SAMPLE_QUOTES_MAX];
		size_t count = 0;

		for (size_t j = 0; j < f->venue_count; j++, fetch++)
			count += quote_take(&quotes[count], m, f, &f->venues[j], fetch, now);
		sample_of_quotes(&f->sample, quotes, count, f->venues_min);
	}
}
