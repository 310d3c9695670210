#include "cmd/plimsoll-feeder/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "oracle/feeder/candles.h"
#include "oracle/feeder/decimal.h"
#include "oracle/report.h"

#define ONE ((u128)1000000000000000000u) /* 10^18 */

enum choice {
	HELP = 'h',
	RPC = 256,
	KEY_FILE,
	KEY_VARIABLE,
	REPORTER,
	CONFIG,
	CANDLES,
	FIXED,
	SPEED,
	START_AT,
	NOISE,
	SEED,
	POLL,
	PRINT,
	ONCE,
};

/* name, value as --help shows it (NULL: none), what it does */
static const struct {
	const char *name, *value, *help;
	enum choice choice;
} rows[] = {
	{ "rpc", "URL", "the node (http://127.0.0.1:8545)", RPC },
	{ "reporter", "N", "number of this reporter in the set", REPORTER },
	{ "key", "FILE", "file with its private key in hexadecimal", KEY_FILE },
	{ "key-hex-env", "VAR", "or the environment variable that holds it", KEY_VARIABLE },
	{ "config", "FILE.json", "take prices from exchanges: feeds and venues (data/feeds.json)", CONFIG },
	{ "candles", "FEED=FILE.csv[:SCALE]", "or play them back, prices times SCALE; may be repeated", CANDLES },
	{ "fixed", "FEED=PRICE", "a price that does not move, beside --candles; may be repeated", FIXED },
	{ "speed", "X", "candle seconds for one second of chain time (1)", SPEED },
	{ "start-at", "TIME", "chain time of the first candle (now); equal for all reporters", START_AT },
	{ "noise-bps", "N", "move played prices by up to N basis points, as venues differ (0)", NOISE },
	{ "seed", "N", "of that noise (the reporter's number)", SEED },
	{ "poll-ms", "N", "how often to ask the node for a new round (100)", POLL },
	{ "print-every", "N", "print one line in N rounds (1)", PRINT },
	{ "once", NULL, "stop after one report was taken", ONCE },
	{ "help", NULL, "this", HELP },
};

static void help_print(void)
{
	puts("plimsoll-feeder: one reporter of the price oracle.\n"
	     "\n"
	     "Once a round it observes every feed of the chain, signs a report and hands it to a node.\n");
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char left[64];

		snprintf(left, sizeof left, "--%s %s", rows[i].name, rows[i].value ? rows[i].value : "");
		printf("  %-34s %s\n", left, rows[i].help);
	}
}

__attribute__((format(printf, 1, 2))) static enum err complain(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("plimsoll-feeder: ", stderr);
	vfprintf(stderr, format, list);
	fputs("; see --help\n", stderr);
	va_end(list);
	return ERR_SYNTAX;
}

static enum err number_read(u64 *out, const char *name, const char *text, u64 max)
{
	u64 x;

	if (decimal_to_u64(&x, text, strlen(text)) != OK || x > max)
		return complain("--%s is a number up to %llu, not %s", name, (unsigned long long)max, text);
	*out = x;
	return OK;
}

static enum err number32_read(u32 *out, const char *name, const char *text, u32 max)
{
	u64 x = 0;

	TRY(number_read(&x, name, text, max));
	*out = (u32)x;
	return OK;
}

/* 64 hexadecimal digits, with or without 0x.  Never printed. */
static enum err key_parse(u8 key[32], const char *text, size_t size)
{
	char prefixed[67] = "0x";

	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
		size--;
	if (size == 66 && memcmp(text, "0x", 2) == 0)
		return hex_to_fixed(key, 32, text, size);
	if (size != 64)
		return ERR_SIZE;
	memcpy(prefixed + 2, text, 64);
	return hex_to_fixed(key, 32, prefixed, 66);
}

static enum err key_file_read(u8 key[32], const char *path)
{
	FILE *file = fopen(path, "r");
	char text[128];
	size_t size;

	if (!file)
		return complain("%s cannot be opened", path);
	size = fread(text, 1, sizeof text, file);
	fclose(file);
	return key_parse(key, text, size) == OK ? OK : complain("%s does not hold a key of 64 hexadecimal digits", path);
}

static enum err key_variable_read(u8 key[32], const char *name)
{
	const char *text = getenv(name);

	if (!text)
		return complain("the environment has no %s", name);
	return key_parse(key, text, strlen(text)) == OK ? OK : complain("%s is not a key of 64 hexadecimal digits", name);
}

/* FEED=FILE.csv[:SCALE]; cuts text into its parts. */
static enum err candles_option_read(struct options *o, char *text)
{
	struct options_candles *c = &o->candles[o->candles_count];
	char *path = strchr(text, '='), *scale;

	if (o->candles_count == OPTIONS_CANDLES_MAX)
		return complain("more than %d --candles", OPTIONS_CANDLES_MAX);
	if (!path || path == text || path[1] == 0)
		return complain("--candles is FEED=FILE.csv[:SCALE], not %s", text);
	*path++ = 0;
	c->feed = text;
	c->path = path;
	c->scale = ONE;
	scale = strrchr(path, ':');
	if (scale) {
		if (decimal_to_e18(&c->scale, scale + 1, strlen(scale + 1)) != OK || c->scale == 0)
			return complain("the scale of %s is a positive decimal number, not %s", text, scale + 1);
		*scale = 0;
	}
	o->candles_count++;
	return OK;
}

/* FEED=PRICE; cuts text into its parts. */
static enum err fixed_option_read(struct options *o, char *text)
{
	struct options_candles *c = &o->candles[o->candles_count];
	char *price = strchr(text, '=');

	if (o->candles_count == OPTIONS_CANDLES_MAX)
		return complain("more than %d feeds", OPTIONS_CANDLES_MAX);
	if (!price || price == text || decimal_to_e18(&c->scale, price + 1, strlen(price + 1)) != OK ||
	    c->scale == 0 || c->scale > CANDLES_PRICE_MAX)
		return complain("--fixed is FEED=PRICE, the price a positive decimal number, not %s", text);
	*price = 0;
	c->feed = text;
	c->path = NULL;
	o->candles_count++;
	return OK;
}

static enum err speed_read(u128 *out, const char *text)
{
	if (decimal_to_e18(out, text, strlen(text)) != OK || *out > 100000 * ONE)
		return complain("--speed is a decimal number up to 100000, not %s", text);
	return OK;
}

struct reading {
	struct options *o;
	bool has_key, has_reporter, has_seed;
};

static enum err option_take(struct reading *r, enum choice choice, char *value)
{
	struct options *o = r->o;
	u32 reporter;

	switch (choice) {
	case RPC:
		o->rpc_url = value;
		return OK;
	case CONFIG:
		o->config = value;
		return OK;
	case ONCE:
		o->once = true;
		return OK;
	case KEY_FILE:
		r->has_key = true;
		return key_file_read(o->key, value);
	case KEY_VARIABLE:
		r->has_key = true;
		return key_variable_read(o->key, value);
	case CANDLES:
		return candles_option_read(o, value);
	case FIXED:
		return fixed_option_read(o, value);
	case SPEED:
		return speed_read(&o->speed, value);
	case START_AT:
		return number_read(&o->start_at, "start-at", value, ~(u64)0);
	case NOISE:
		return number32_read(&o->noise_bps, "noise-bps", value, 1000);
	case SEED:
		r->has_seed = true;
		return number_read(&o->seed, "seed", value, ~(u64)0);
	case POLL:
		return number32_read(&o->poll_ms, "poll-ms", value, 60000);
	case PRINT:
		return number32_read(&o->print_every, "print-every", value, 1000000);
	case REPORTER:
		TRY(number32_read(&reporter, "reporter", value, REPORT_REPORTERS_MAX - 1));
		o->reporter = (u8)reporter;
		r->has_reporter = true;
		return OK;
	case HELP:
		help_print();
		return ERR_NOT_FOUND;
	}
	return ERR_SYNTAX; /* '?': getopt has said why */
}

static enum err options_check(const struct reading *r)
{
	if (!r->has_reporter || !r->has_key)
		return complain("--reporter and its --key are needed");
	if (!r->o->config == (r->o->candles_count == 0))
		return complain("prices come from either --config or --candles and --fixed");
	return OK;
}

enum err options_read(struct options *out, int argc, char **argv)
{
	struct options o = { .rpc_url = "http://127.0.0.1:8545", .speed = ONE, .poll_ms = 100, .print_every = 1 };
	struct option longs[ARRAY_COUNT(rows) + 1] = { 0 };
	struct reading r = { .o = &o };
	int choice;

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		longs[i] = (struct option){ rows[i].name, rows[i].value ? required_argument : no_argument, NULL,
					    (int)rows[i].choice };
	while ((choice = getopt_long(argc, argv, "h", longs, NULL)) != -1)
		TRY(option_take(&r, (enum choice)choice, optarg));
	if (optind < argc)
		return complain("%s is not an option", argv[optind]);
	TRY(options_check(&r));
	if (!r.has_seed)
		o.seed = o.reporter;
	*out = o;
	return OK;
}
