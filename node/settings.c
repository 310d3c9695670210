#include "node/settings.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "node/file.h"
#include "node/log.h"
#include "node/store/store.h"

enum setting_kind { SET_TEXT,
		    SET_COUNT,
		    SET_DURATION,
		    SET_HISTORY,
		    SET_SPEED,
		    SET_LEVEL,
		    SET_SWITCH };

struct setting {
	const char *name;
	const char *argument; /* what the help calls its value; NULL: a switch */
	enum setting_kind kind;
	size_t offset;
	u64 max; /* counts and durations (milliseconds) */
	const char *initial;
	const char *help;
};

#define AT(member) offsetof(struct settings, member)

/* name, argument, kind, where, max, default, help */
static const struct setting rows[] = {
	{ "data", "FOLDER", SET_TEXT, AT(data), 0, "plimsoll-data",
	  "where the chain lives: genesis.json, relay.key, db/" },
	{ "config", "FILE", SET_TEXT, AT(file), 0, "", "settings as name = value lines; flags win" },
	{ "genesis", "FILE", SET_TEXT, AT(genesis), 0, "", "init: begin this chain" },
	{ "devnet", NULL, SET_SWITCH, AT(devnet), 0, "false",
	  "init: begin the built-in development chain (also without --genesis)" },
	{ "market", "FILE", SET_TEXT, AT(market), 0, "", "init: begin a development chain with this market" },
	{ "dev", NULL, SET_SWITCH, AT(dev), 0, "false",
	  "start: with evm_* and anvil_* methods; block-time is then 0 unless set; devnets only" },
	{ "rpc-addr", "IP", SET_TEXT, AT(rpc_addr), 0, "127.0.0.1",
	  "address of the JSON-RPC server; it has no passwords, keep it local" },
	{ "rpc-port", "PORT", SET_COUNT, AT(rpc_port), 65535, "8545", "its port; 0 = any free one" },
	{ "threads", "N", SET_COUNT, AT(rpc_threads), 256, "0", "RPC threads; 0 = one a core" },
	{ "rpc-cors", "ORIGIN", SET_TEXT, AT(rpc_cors), 0, "", "web origin that may call, or *" },
	{ "rpc-hosts", "LIST", SET_TEXT, AT(rpc_hosts), 0, "",
	  "host names, comma-separated, that may be asked for besides localhost; * = any" },
	{ "rpc-connections", "N", SET_COUNT, AT(rpc_connections), 100000, "1024",
	  "HTTP connections at a time, and as many WebSockets; a new one closes the stalest" },
	{ "rpc-connections-per-ip", "N", SET_COUNT, AT(rpc_connections_per_ip), 100000, "256",
	  "of them from one address, loopback apart; 0 = no limit" },
	{ "rpc-rate", "N", SET_COUNT, AT(rpc_rate), 1000000000, "2000",
	  "requests a second from one address, batched ones each; 0 = no limit" },
	{ "rpc-burst", "N", SET_COUNT, AT(rpc_burst), 1000000000, "4000", "requests at once before rpc-rate holds" },
	{ "rpc-rate-loopback", NULL, SET_SWITCH, AT(rpc_rate_loopback), 0, "false",
	  "rpc-rate holds for loopback addresses too" },
	{ "rpc-time", "TIME", SET_DURATION, AT(rpc_time_ms), 3600000, "5s",
	  "for one body: what it has not begun by then times out; 0 = no limit" },
	{ "rpc-idle", "TIME", SET_DURATION, AT(rpc_idle_ms), 3600000, "60s",
	  "a connection may take for one request; then it is closed" },
	{ "rpc-body-kb", "N", SET_COUNT, AT(rpc_body_kb), 1u << 20, "1024", "size of a request's body, in KiB" },
	{ "rpc-reply-mb", "N", SET_COUNT, AT(rpc_reply_mb), 1u << 10, "25", "size of a reply, in MiB" },
	{ "rpc-unsent-mb", "N", SET_COUNT, AT(rpc_unsent_mb), 1u << 20, "256",
	  "replies that wait to be read, of all connections together, in MiB" },
	{ "rpc-batch", "N", SET_COUNT, AT(rpc_batch), 10000, "1000", "requests in one batch" },
	{ "block-time", "TIME", SET_DURATION, AT(block_time_ms), 3600000, "1s",
	  "time between blocks: 1s, 250ms; 0 = a block whenever a transaction waits" },
	{ "history", "N", SET_HISTORY, AT(history), 0, "1024",
	  "blocks before the newest whose state can be read, at least 256; all = prune none, as with --dev" },
	{ "cache-mb", "N", SET_COUNT, AT(cache_mb), 1u << 20, "256", "memory for records and tree nodes" },
	{ "mempool", "N", SET_COUNT, AT(mempool), 10000000, "200000", "transactions that may wait" },
	{ "clock-speed", "X", SET_SPEED, AT(clock_speed), 0, "1",
	  "chain seconds per second, 0.001 to 1000000; devnets only" },
	{ "clock-until", "UNIX", SET_COUNT, AT(clock_until), 1ull << 40, "0",
	  "chain time at which --clock-speed falls back to 1; 0 = never" },
	{ "log-level", "LEVEL", SET_LEVEL, AT(log_level), 0, "info", "error, warn, info or debug" },
};

static const struct setting *setting_find(const char *name, size_t size)
{
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (strlen(rows[i].name) == size && memcmp(rows[i].name, name, size) == 0)
			return &rows[i];
	}
	return NULL;
}

/* -- values ----------------------------------------------------------------------------- */

/* Digits only, and what follows them. */
static enum err read_count(u64 *out, const char **rest, const char *text)
{
	u64 x = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		u64 digit = (u64)(*at - '0');

		if (x > (UINT64_MAX - digit) / 10)
			return ERR_RANGE;
		x = 10 * x + digit;
	}
	if (at == text)
		return ERR_SYNTAX;
	*out = x;
	*rest = at;
	return OK;
}

static enum err read_duration(u64 *out, const char *text)
{
	static const struct {
		const char *unit;
		u64 ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60000 },
		{ "h", 3600000 },
	};
	const char *unit;
	u64 x;

	TRY(read_count(&x, &unit, text));
	if (x == 0 && *unit == '\0') {
		*out = 0;
		return OK;
	}
	for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		if (x > UINT64_MAX / units[i].ms)
			return ERR_RANGE;
		*out = x * units[i].ms;
		return OK;
	}
	return ERR_SYNTAX;
}

static enum err read_history(u64 *out, const char *text)
{
	const char *rest = "";
	u64 x = HISTORY_ALL;

	if (strcmp(text, "all") != 0)
		TRY(read_count(&x, &rest, text));
	if (*rest != '\0')
		return ERR_SYNTAX;
	if (x < HISTORY_MIN)
		return ERR_RANGE;
	*out = x;
	return OK;
}

static enum err read_speed(double *out, const char *text)
{
	char *end;
	double x = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(x))
		return ERR_SYNTAX;
	if (x < 0.001 || x > 1e6)
		return ERR_RANGE;
	*out = x;
	return OK;
}

static enum err read_switch(bool *out, const char *text)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return ERR_SYNTAX;
	*out = text[0] == 't';
	return OK;
}

static enum err read_level(u64 *out, const char *text)
{
	enum log_level level;

	if (!log_level_find(&level, text))
		return ERR_SYNTAX;
	*out = level;
	return OK;
}

static enum err read_text(char *out, const char *text)
{
	if (strlen(text) >= SETTINGS_TEXT_MAX)
		return ERR_RANGE;
	memset(out, 0, SETTINGS_TEXT_MAX);
	memcpy(out, text, strlen(text));
	return OK;
}

static enum err read_value(void *out, const struct setting *s, const char *value)
{
	const char *rest = "";
	u64 x = 0;
	enum err e = OK;

	switch (s->kind) {
	case SET_TEXT:
		return read_text(out, value);
	case SET_HISTORY:
		return read_history(out, value);
	case SET_SPEED:
		return read_speed(out, value);
	case SET_SWITCH:
		return read_switch(out, value);
	case SET_LEVEL:
		return read_level(out, value);
	case SET_COUNT:
		e = read_count(&x, &rest, value);
		break;
	case SET_DURATION:
		e = read_duration(&x, value);
		break;
	}
	if (e == OK && *rest != '\0')
		e = ERR_SYNTAX;
	if (e == OK && x > s->max)
		e = ERR_RANGE;
	if (e == OK)
		memcpy(out, &x, sizeof x);
	return e;
}

enum err settings_set(struct settings *c, const char *name, const char *value, char why[SETTINGS_WHY_MAX])
{
	const struct setting *s = setting_find(name, strlen(name));
	enum err e;

	if (!s) {
		(void)snprintf(why, SETTINGS_WHY_MAX, "there is no setting \"%.60s\"", name);
		return ERR_NOT_FOUND;
	}
	e = read_value((u8 *)c + s->offset, s, value);
	if (e != OK)
		(void)snprintf(why, SETTINGS_WHY_MAX, "%s: \"%.60s\" is %s (%s)", s->name, value,
			       e == ERR_RANGE ? "out of range" : "not understood", s->help);
	c->has_block_time |= e == OK && s->offset == AT(block_time_ms);
	return e;
}

void settings_default(struct settings *c)
{
	char why[SETTINGS_WHY_MAX];

	*c = (struct settings){ .rpc_port = 0 };
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		if (settings_set(c, rows[i].name, rows[i].initial, why) != OK)
			abort(); /* a row whose default is not a value of its kind */
	}
	c->has_block_time = false;
}

/* -- the file -------------------------------------------------------------------------------- */

static char *trim(char *text)
{
	size_t size;

	while (*text == ' ' || *text == '\t')
		text++;
	size = strlen(text);
	while (size > 0 && strchr(" \t\r", text[size - 1]))
		text[--size] = '\0';
	return text;
}

static enum err read_line(struct settings *c, char *line, u64 *seen, char why[SETTINGS_WHY_MAX])
{
	char *comment = strchr(line, '#'), *equals;
	const struct setting *s;
	char *name;
	u64 bit;

	if (comment)
		*comment = '\0';
	name = trim(line);
	if (*name == '\0')
		return OK;
	equals = strchr(name, '=');
	if (!equals) {
		(void)snprintf(why, SETTINGS_WHY_MAX, "expected name = value");
		return ERR_SYNTAX;
	}
	*equals = '\0';
	name = trim(name);
	s = setting_find(name, strlen(name));
	bit = s ? 1ull << (s - rows) : 0;
	if (*seen & bit) {
		(void)snprintf(why, SETTINGS_WHY_MAX, "%s is set twice", name);
		return ERR_SYNTAX;
	}
	*seen |= bit;
	return settings_set(c, name, trim(equals + 1), why);
}

enum err settings_read(struct settings *c, struct bytes text, char why[SETTINGS_WHY_MAX])
{
	char inner[SETTINGS_WHY_MAX], line[2 * SETTINGS_TEXT_MAX];
	u64 seen = 0;
	u32 number = 0;
	size_t at = 0;

	_Static_assert(ARRAY_COUNT(rows) <= 64, "seen has a bit for each");
	while (at < text.size) {
		const u8 *end = memchr(text.at + at, '\n', text.size - at);
		size_t size = end ? (size_t)(end - text.at) - at : text.size - at;
		enum err e = ERR_SIZE;

		number++;
		(void)snprintf(inner, sizeof inner, "too long");
		if (size < sizeof line) {
			memcpy(line, text.at + at, size);
			line[size] = '\0';
			e = read_line(c, line, &seen, inner);
		}
		if (e != OK) {
			(void)snprintf(why, SETTINGS_WHY_MAX, "line %u: %.480s", number, inner);
			return e;
		}
		at += size + 1;
	}
	return OK;
}

static enum err read_file(struct settings *c, const char *path, char why[SETTINGS_WHY_MAX])
{
	char inner[SETTINGS_WHY_MAX];
	u8 *text;
	size_t size;
	enum err e = file_read(&text, &size, path, SETTINGS_FILE_MAX);

	if (e != OK) {
		(void)snprintf(why, SETTINGS_WHY_MAX, "%.300s: %s", path, err_text(e));
		return e;
	}
	e = settings_read(c, (struct bytes){ text, size }, inner);
	if (e != OK)
		(void)snprintf(why, SETTINGS_WHY_MAX, "%.200s: %.300s", path, inner);
	free(text);
	return e;
}

/* -- flags ---------------------------------------------------------------------------------------- */

/* The setting and value of the flag at i; *i moves past both. */
static enum err read_flag(const struct setting **s, const char **value, int *i, int count,
			  char *const *flags, char why[SETTINGS_WHY_MAX])
{
	const char *flag = flags[(*i)++];
	const char *name = strncmp(flag, "--", 2) == 0 ? flag + 2 : flag;
	const char *equals = strchr(name, '=');

	*s = name == flag ? NULL : setting_find(name, equals ? (size_t)(equals - name) : strlen(name));
	if (!*s) {
		(void)snprintf(why, SETTINGS_WHY_MAX, "there is no flag %.60s", flag);
		return ERR_NOT_FOUND;
	}
	if (equals) {
		*value = equals + 1;
	} else if (!(*s)->argument) {
		*value = "true";
	} else if (*i < count) {
		*value = flags[(*i)++];
	} else {
		(void)snprintf(why, SETTINGS_WHY_MAX, "%.60s needs a value: %s", flag, (*s)->argument);
		return ERR_SYNTAX;
	}
	return OK;
}

enum err settings_flags(struct settings *c, int count, char *const *flags, char why[SETTINGS_WHY_MAX])
{
	const struct setting *s;
	const char *value;

	for (int i = 0; i < count;) {
		TRY(read_flag(&s, &value, &i, count, flags, why));
		if (s->offset == AT(file))
			TRY(read_file(c, value, why));
	}
	for (int i = 0; i < count;) {
		TRY(read_flag(&s, &value, &i, count, flags, why));
		TRY(settings_set(c, s->name, value, why));
	}
	return OK;
}

void settings_print(FILE *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const struct setting *s = &rows[i];
		char flag[40];

		(void)snprintf(flag, sizeof flag, "--%s%s%s", s->name, s->argument ? " " : "",
			       s->argument ? s->argument : "");
		(void)fprintf(out, "  %-22s %s", flag, s->help);
		if (s->argument && s->initial[0] != '\0')
			(void)fprintf(out, " [%s]", s->initial);
		(void)fprintf(out, "\n");
	}
}
