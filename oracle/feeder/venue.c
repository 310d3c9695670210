#include "oracle/feeder/venue.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "oracle/feeder/decimal.h"

static enum err coinbase_parse(struct quote *out, json_t *root);
static enum err kraken_parse(struct quote *out, json_t *root);
static enum err binance_parse(struct quote *out, json_t *root);

/* name, scheme and host, path in front of the symbol, path after it, parser */
static const struct {
	const char *name, *base, *before, *after;
	enum err (*parse)(struct quote *out, json_t *root);
} kinds[VENUE_KIND_COUNT] = {
	[VENUE_COINBASE] = { "coinbase", "https://api.exchange.coinbase.com", "/products/", "/ticker", coinbase_parse },
	[VENUE_KRAKEN] = { "kraken", "https://api.kraken.com", "/0/public/Ticker?pair=", "", kraken_parse },
	[VENUE_BINANCE] = { "binance", "https://api.binance.com", "/api/v3/ticker/bookTicker?symbol=", "", binance_parse },
};

const char *venue_name(enum venue_kind kind)
{
	return kinds[kind].name;
}

const char *venue_base_default(enum venue_kind kind)
{
	return kinds[kind].base;
}

enum err venue_kind_of(enum venue_kind *out, const char *name)
{
	for (int i = 0; i < VENUE_KIND_COUNT; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*out = (enum venue_kind)i;
			return OK;
		}
	}
	return ERR_NOT_FOUND;
}

void venue_url(char out[FETCH_URL_MAX], const struct venue *v, const char *base)
{
	snprintf(out, FETCH_URL_MAX, "%s%s%s%s", base, kinds[v->kind].before, v->symbol, kinds[v->kind].after);
}

/* -- reading tickers ------------------------------------------------------------------ */

static u64 mix(u64 fingerprint, u64 x)
{
	return (fingerprint ^ x) * 1099511628211u; /* FNV-1a, a word at a time */
}

static u64 mix_u128(u64 fingerprint, u128 x)
{
	return mix(mix(fingerprint, (u64)x), (u64)(x >> 64));
}

static enum err price_of(u128 *out, const json_t *text)
{
	if (!json_is_string(text))
		return ERR_SYNTAX;
	return decimal_to_e18(out, json_string_value(text), json_string_length(text)) == OK ? OK : ERR_SYNTAX;
}

static enum err count_of(u64 *out, const json_t *number)
{
	if (!json_is_integer(number) || json_integer_value(number) < 0)
		return ERR_SYNTAX;
	*out = (u64)json_integer_value(number);
	return OK;
}

/* "2026-06-19T16:43:33.016274911Z", any number of fractional digits. */
static enum err time_of(u64 *out, const json_t *text)
{
	struct tm tm = { 0 };
	const char *rest;
	time_t t;

	if (!json_is_string(text))
		return ERR_SYNTAX;
	rest = strptime(json_string_value(text), "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest)
		return ERR_SYNTAX;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	t = timegm(&tm);
	if (strcmp(rest, "Z") != 0 || t < 0)
		return ERR_SYNTAX;
	*out = (u64)t;
	return OK;
}

static enum err coinbase_parse(struct quote *out, json_t *root)
{
	u64 trade;

	TRY(price_of(&out->bid, json_object_get(root, "bid")));
	TRY(price_of(&out->ask, json_object_get(root, "ask")));
	TRY(count_of(&trade, json_object_get(root, "trade_id")));
	TRY(time_of(&out->trade_time, json_object_get(root, "time")));
	out->fingerprint = mix(out->fingerprint, trade);
	return OK;
}

/* The result's only key need not be the pair that was asked for. */
static enum err kraken_parse(struct quote *out, json_t *root)
{
	json_t *result = json_object_get(root, "result"), *errors = json_object_get(root, "error"), *pair;
	u64 trades;

	if (!json_is_array(errors) || json_array_size(errors) != 0 || json_object_size(result) != 1)
		return ERR_SYNTAX;
	pair = json_object_iter_value(json_object_iter(result));
	TRY(price_of(&out->bid, json_array_get(json_object_get(pair, "b"), 0)));
	TRY(price_of(&out->ask, json_array_get(json_object_get(pair, "a"), 0)));
	TRY(count_of(&trades, json_array_get(json_object_get(pair, "t"), 0)));
	out->fingerprint = mix(out->fingerprint, trades);
	return OK;
}

static enum err binance_parse(struct quote *out, json_t *root)
{
	u128 bid_size, ask_size;

	TRY(price_of(&out->bid, json_object_get(root, "bidPrice")));
	TRY(price_of(&out->ask, json_object_get(root, "askPrice")));
	TRY(price_of(&bid_size, json_object_get(root, "bidQty")));
	TRY(price_of(&ask_size, json_object_get(root, "askQty")));
	out->fingerprint = mix_u128(mix_u128(out->fingerprint, bid_size), ask_size);
	return OK;
}

enum err venue_parse(struct quote *out, const char **why, enum venue_kind kind, const char *body, size_t size)
{
	struct quote q = { .fingerprint = 14695981039346656037u };
	json_error_t position;
	json_t *root = json_loadb(body, size, JSON_REJECT_DUPLICATES, &position);
	enum err e;

	if (!root) {
		*why = "not JSON";
		return ERR_SYNTAX;
	}
	e = kinds[kind].parse(&q, root);
	json_decref(root);
	if (e != OK) {
		*why = "not the ticker it is known to send";
		return ERR_SYNTAX;
	}
	q.fingerprint = mix_u128(mix_u128(q.fingerprint, q.bid), q.ask);
	*out = q;
	return OK;
}

/* -- judging them ------------------------------------------------------------------- */

static enum err spread_check(const struct quote *q, const char **why, u32 spread_max_bps)
{
	const u128 middle = q->bid + (q->ask - q->bid) / 2;

	if (q->bid == 0) {
		*why = "no bid";
		return ERR_RANGE;
	}
	if (q->bid > q->ask) {
		*why = "bid above ask";
		return ERR_RANGE;
	}
	/* Divided before multiplied: a cap of 10^4 bps times a large price would not fit. */
	if (q->ask - q->bid > middle / 10000 * spread_max_bps + middle % 10000 * spread_max_bps / 10000) {
		*why = "spread too wide";
		return ERR_RANGE;
	}
	return OK;
}

enum err venue_admit(struct venue *v, struct quote *q, const char **why, u32 spread_max_bps, u64 now)
{
	/* A clock that was set back would hold an answer fresh for as long. */
	if (v->changed_at == 0 || q->fingerprint != v->fingerprint || now < v->changed_at) {
		v->fingerprint = q->fingerprint;
		v->changed_at = now;
	}
	TRY(spread_check(q, why, spread_max_bps));
	if (now - v->changed_at > VENUE_SILENCE_MAX) {
		*why = "nothing new for more than a minute";
		return ERR_ORACLE_STALE;
	}
	if (q->trade_time == 0)
		q->trade_time = v->changed_at;
	return OK;
}
