#include "cmd/plimsoll-demo/options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/plimsoll-demo/people.h"

enum option_kind { OPTION_FLAG,
		   OPTION_TEXT,
		   OPTION_COUNT,
		   OPTION_NUMBER };

static const struct option {
	const char *name;
	enum option_kind kind;
	size_t offset;
	double least, most; /* of COUNT and NUMBER */
} rows[] = {
	{ "--bin", OPTION_TEXT, offsetof(struct options, programs), 0, 0 },
	{ "--prices", OPTION_TEXT, offsetof(struct options, prices), 0, 0 },
	{ "--once", OPTION_FLAG, offsetof(struct options, once), 0, 0 },
	{ "--keep", OPTION_FLAG, offsetof(struct options, keep), 0, 0 },
	{ "--help", OPTION_FLAG, offsetof(struct options, help), 0, 0 },
	{ "--port", OPTION_COUNT, offsetof(struct options, port), 1, 65535 },
	{ "--seed", OPTION_COUNT, offsetof(struct options, seed), 0, 9e15 },
	{ "--suppliers", OPTION_COUNT, offsetof(struct options, suppliers), PEOPLE_SUPPLIERS_MIN,
	  10000 },
	{ "--borrowers", OPTION_COUNT, offsetof(struct options, borrowers), 1, 10000 },
	{ "--seconds", OPTION_NUMBER, offsetof(struct options, seconds), 5, 1e6 },
	{ "--speed", OPTION_NUMBER, offsetof(struct options, speed), 1.001, 100000 },
};

const char *options_help(void)
{
	return "plimsoll-demo plays a lending market through a crash: a node, four price feeders, a\n"
	       "liquidator and a few hundred simulated people, here and in a temporary folder.\n"
	       "\n"
	       "  plimsoll-demo --bin FOLDER [options]\n"
	       "\n"
	       "  --bin FOLDER     where the programs are (build/gcc-O2/bin)\n"
	       "  --prices FILE    candles of ether: timestamp,open,high,low,close,volume; files of the\n"
	       "                   same name with btc and link for eth are used if they are there\n"
	       "                   (data/crash/ethusd_1m.csv)\n"
	       "  --once           end after the replay; the last line printed is a JSON object\n"
	       "  --seconds N      wall time that the replay takes (150)\n"
	       "  --speed X        chain seconds in a wall second, instead of --seconds\n"
	       "  --suppliers N    people who lend (60)\n"
	       "  --borrowers N    people who borrow (240)\n"
	       "  --seed N         another N makes other people (1)\n"
	       "  --port N         JSON-RPC port (8545, or another if that is taken)\n"
	       "  --keep           leave the folder with the chain and the logs\n"
	       "  --version        of this program\n"
	       "\n"
	       "Exit status: 0 the run was sound; 1 it was not; 2 the command line or the prices are\n"
	       "wrong; 130 interrupted.\n";
}

static enum err take_value(struct options *out, const struct option *row, const char *value,
			   char why[OPTIONS_WHY_MAX])
{
	char *at = (char *)out + row->offset, *end;
	double number;

	if (row->kind == OPTION_TEXT) {
		memcpy(at, &value, sizeof value);
		return OK;
	}
	number = strtod(value, &end);
	if (end == value || *end != '\0') {
		(void)snprintf(why, OPTIONS_WHY_MAX, "%s: %.60s is not a number", row->name, value);
		return ERR_SYNTAX;
	}
	if (!(number >= row->least && number <= row->most)) {
		(void)snprintf(why, OPTIONS_WHY_MAX, "%s must be from %.15g to %.15g", row->name,
			       row->least, row->most);
		return ERR_RANGE;
	}
	if (row->kind == OPTION_COUNT) {
		u64 count = (u64)number;

		memcpy(at, &count, sizeof count);
	} else {
		memcpy(at, &number, sizeof number);
	}
	return OK;
}

static const struct option *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

enum err options_parse(struct options *out, int count, char *const *words,
		       char why[OPTIONS_WHY_MAX])
{
	struct options o = {
		.programs = "build/gcc-O2/bin",
		.prices = "data/crash/ethusd_1m.csv",
		.seed = 1,
		.suppliers = 60,
		.borrowers = 240,
		.seconds = 150,
	};

	for (int i = 0; i < count; i++) {
		const struct option *row = find(words[i]);

		if (!row) {
			(void)snprintf(why, OPTIONS_WHY_MAX, "there is no option %.60s", words[i]);
			return ERR_NOT_FOUND;
		}
		if (row->kind == OPTION_FLAG) {
			*((bool *)((char *)&o + row->offset)) = true;
		} else if (i + 1 == count) {
			(void)snprintf(why, OPTIONS_WHY_MAX, "%s wants a value", row->name);
			return ERR_SYNTAX;
		} else {
			TRY(take_value(&o, row, words[++i], why));
		}
	}
	*out = o;
	return OK;
}
