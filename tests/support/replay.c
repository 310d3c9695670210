#include "tests/support/replay.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/require.h"

static void differ(struct replay *r, const char *where, const char *what, const json_t *expected, const json_t *got)
{
	char *a = expected ? json_dumps(expected, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("nothing");
	char *b = got ? json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("nothing");

	if (!r->difference[0])
		snprintf(r->difference, sizeof r->difference, "%s: %s: expected %.700s, got %.700s", where, what, a, b);
	free(a);
	free(b);
}

/* -- state ------------------------------------------------------------------------- */

static struct read *add_read(struct replay *r, const char *to, u32 selector, const char *argument)
{
	struct read *read = &r->reads[r->read_count++];

	require(r->read_count <= READS_MAX);
	memset(read, 0, sizeof *read);
	read->to = market_address(&r->market, to);
	store_be32(read->input, selector);
	read->input_size = 4;
	if (argument) {
		struct address a = market_address(&r->market, argument);

		memcpy(read->input + 16, a.bytes, 20);
		read->input_size = 36;
	}
	return read;
}

static void add_key(struct replay *r, struct read *read, const char *prefix, const char *field)
{
	u32 key = r->key_count;
	int size;

	require(read->word_count < READ_WORDS_MAX && key < KEYS_MAX);
	if (!field) {
		read->keys[read->word_count++] = -1;
		return;
	}
	size = snprintf(r->keys[key], sizeof r->keys[key], "%s%s", prefix, field);
	require(size > 0 && (size_t)size < sizeof r->keys[key]);
	json_object_set_new(r->key_index, r->keys[key], json_integer(key));
	read->keys[read->word_count++] = (int)key;
	r->key_count++;
}

static void add_one(struct replay *r, const char *to, u32 selector, const char *argument, const char *prefix,
		    const char *field)
{
	add_key(r, add_read(r, to, selector, argument), prefix, field);
}

static void add_reserve(struct replay *r, const char *symbol)
{
	static const char *const data[15] = { "config", "liquidityIndex", "liquidityRate", "variableBorrowIndex",
					      "variableBorrowRate", NULL, "lastUpdate", "id", NULL, NULL, NULL, NULL, "accruedToTreasury", NULL,
					      "isolationDebt" };
	char p[32], a[24], v[24];
	struct read *read;

	snprintf(p, sizeof p, "r.%s.", symbol);
	snprintf(a, sizeof a, "a%s", symbol);
	snprintf(v, sizeof v, "v%s", symbol);
	read = add_read(r, "pool", 0x35ea6a75, symbol); /* getReserveData */
	for (size_t i = 0; i < ARRAY_COUNT(data); i++)
		add_key(r, read, p, data[i]);
	add_one(r, "pool", 0x6fb07f96, symbol, p, "virtual");
	add_one(r, "pool", 0xc952485d, symbol, p, "deficit");
	add_one(r, "pool", 0x5c9a8b18, symbol, p, "grace");
	add_one(r, a, 0x18160ddd, NULL, p, "aSupply");
	add_one(r, a, 0xb1bf962d, NULL, p, "aScaledSupply");
	add_one(r, v, 0x18160ddd, NULL, p, "vSupply");
	add_one(r, v, 0xb1bf962d, NULL, p, "vScaledSupply");
	add_one(r, symbol, 0x70a08231, a, p, "cash");
	add_one(r, "oracle", 0xb3596f07, symbol, p, "price");
}

static void add_user(struct replay *r, const char *user)
{
	static const char *const data[6] = { "collateral", "debt", "available", "lt", "ltv", "hf" };
	char p[48], a[24], v[24];
	struct read *read;

	snprintf(p, sizeof p, "u.%s.", user);
	read = add_read(r, "pool", 0xbf92857c, user); /* getUserAccountData */
	for (size_t i = 0; i < ARRAY_COUNT(data); i++)
		add_key(r, read, p, data[i]);
	add_one(r, "pool", 0x4417a583, user, p, "config");
	add_one(r, "pool", 0xeddf1b79, user, p, "emode");
	for (u32 s = 0; s < r->market.symbol_count; s++) {
		const char *symbol = r->market.symbols[s];

		snprintf(p, sizeof p, "u.%s.%s", user, symbol);
		snprintf(a, sizeof a, "a%s", symbol);
		snprintf(v, sizeof v, "v%s", symbol);
		add_one(r, a, 0x70a08231, user, p, ".a");
		add_one(r, a, 0x1da24f3e, user, p, ".aScaled");
		add_one(r, v, 0x70a08231, user, p, ".v");
		add_one(r, v, 0x1da24f3e, user, p, ".vScaled");
		add_one(r, symbol, 0x70a08231, user, p, ".wallet");
	}
}

static void expect_changes(struct replay *r, const json_t *changes)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)changes, key, value)
	{
		json_t *index = json_object_get(r->key_index, key);
		const char *text = json_string_value(value);
		struct expected *e;

		require(index != NULL);
		e = &r->expected[json_integer_value(index)];
		e->reverts = strcmp(text, "revert") == 0;
		e->value = U256_MAX;
		if (!e->reverts && strcmp(text, "max") != 0)
			require(u256_from_decimal(&e->value, text, strlen(text)) == OK);
	}
}

static void compare_word(struct replay *r, const char *where, int key, enum err outcome, const struct u256 *word)
{
	const struct expected *e = &r->expected[key];
	json_t *expected, *got;

	r->compared++;
	if (e->reverts ? outcome != OK : outcome == OK && u256_equal(word, &e->value))
		return;
	expected = e->reverts ? json_string("revert") : json_number(&e->value);
	got = outcome != OK ? json_string("revert") : json_number(word);
	differ(r, where, r->keys[key], expected, got);
	json_decref(expected);
	json_decref(got);
}

static void compare_state(struct replay *r, const char *where)
{
	for (u32 i = 0; i < r->read_count; i++) {
		const struct read *read = &r->reads[i];
		struct message m = { .to = read->to, .input = { read->input, read->input_size }, .is_static = true };
		enum err outcome = world_send(&r->market.world, &m);

		for (u32 k = 0; k < read->word_count; k++) {
			struct u256 word = U256_ZERO;

			if (outcome == OK)
				word = world_word(&r->market.world, k);
			if (read->keys[k] >= 0)
				compare_word(r, where, read->keys[k], outcome, &word);
		}
	}
}

/* -- steps ------------------------------------------------------------------------- */

static void compare_json(struct replay *r, const char *where, const char *what, const json_t *expected, json_t *got)
{
	if (!json_agrees(expected, got, &r->compared))
		differ(r, where, what, expected, got);
	json_decref(got);
}

static void compare_outcome(struct replay *r, const char *where, const json_t *record,
			    const struct scenario_call *call, enum err outcome)
{
	const struct bytes output = r->market.world.output;
	const struct method *row = call->method;
	char selector[11] = "0x";

	compare_json(r, where, "status", json_object_get(record, "status"),
		     json_string(outcome == OK ? "ok" : "revert"));
	if (outcome != OK) {
		compare_json(r, where, "error", json_object_get(record, "error"),
			     scenario_error(&r->market, output));
		if (output.size >= 4)
			snprintf(selector, sizeof selector, "0x%08x", load_be32(output.at));
		compare_json(r, where, "selector", json_object_get(record, "selector"), json_string(selector));
	} else if (strncmp(row->signature, "multicall(", 10) != 0) {
		compare_json(r, where, "result", json_object_get(record, "ret"),
			     scenario_result(&r->market, row->returns, output));
	}
}

static void compare_events(struct replay *r, const char *where, const json_t *record, u32 first)
{
	const struct log_list *logs = &r->market.world.logs;
	const json_t *events = json_object_get(record, "events");
	size_t count = json_array_size(events);

	for (size_t i = 0; i < count || first + i < logs->count; i++)
		compare_json(r, where, "event", i < count ? json_array_get(events, i) : NULL,
			     first + i < logs->count ? scenario_event(&r->market, &logs->at[first + i]) : NULL);
}

static void run_step(struct replay *r, const json_t *step, const json_t *record, size_t number)
{
	static struct scenario_call call;
	struct world *w = &r->market.world;
	const char *op = json_string_value(json_object_get(step, "op"));
	bool is_view = strcmp(op, "view") == 0;
	char where[128];
	enum err outcome;

	snprintf(where, sizeof where, "%s: step %zu (%s)", r->name, number, op);
	world_commit(w);
	w->env.time = (u64)json_integer_value(json_object_get(record, "ts"));
	if (strcmp(op, "advanceTime") != 0) {
		scenario_compile(&call, &r->market, step);
		outcome = world_send(w, &(struct message){ .caller = call.from, .to = call.to, .input = { call.input, call.input_size }, .is_static = is_view });
		compare_outcome(r, where, record, &call, outcome);
		if (!is_view)
			compare_events(r, where, record, 0);
	}
	expect_changes(r, json_object_get(record, "changes"));
	compare_state(r, where);
	r->steps++;
}

/* The aggregate views, recorded once at the end: "dp.WETH", "ui.user.alice", ... */
static void compare_final(struct replay *r, const char *key, const json_t *expected)
{
	static const struct {
		const char *prefix, *to, *fn;
		bool has_provider, has_argument;
	} views[] = {
		{ "dp.", "dataProvider", "getReserveData", false, true },
		{ "dpc.", "dataProvider", "getReserveConfigurationData", false, true },
		{ "ui.reserves", "uiDataProvider", "getReservesData", true, false },
		{ "ui.eModes", "uiDataProvider", "getEModes", true, false },
		{ "ui.user.", "uiDataProvider", "getUserReservesData", true, true },
	};
	static struct scenario_call call;
	json_t *args = json_array();
	char text[600];
	enum err outcome;

	for (size_t i = 0; i < ARRAY_COUNT(views); i++) {
		if (strncmp(key, views[i].prefix, strlen(views[i].prefix)) != 0)
			continue;
		if (views[i].has_provider)
			json_array_append_new(args, json_string("provider"));
		if (views[i].has_argument)
			json_array_append_new(args, json_string(key + strlen(views[i].prefix)));
		scenario_encode(&call, &r->market, "admin", views[i].to, views[i].fn, args);
		break;
	}
	outcome = world_send(&r->market.world, &(struct message){ .to = call.to,
								  .input = { call.input, call.input_size },
								  .is_static = true });
	if (outcome == OK) {
		compare_json(r, key, "final", expected,
			     scenario_result(&r->market, call.method->returns, r->market.world.output));
	} else {
		json_t *error = scenario_error(&r->market, r->market.world.output);

		snprintf(text, sizeof text, "revert: %s", json_string_value(error));
		json_decref(error);
		compare_json(r, key, "final", expected, json_string(text));
	}
	json_decref(args);
}

/* -- scenarios ------------------------------------------------------------------------ */

static json_t *market_file(const char *markets, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s.json", markets, name);
	return json_read(path);
}

static void replay_begin(struct replay *r, const char *markets, const json_t *scenario)
{
	const char *market = json_string_value(json_object_get(scenario, "market"));
	json_t *description = market_file(markets, market ? market : "default");
	json_t *actors = json_object_get(scenario, "actors"), *actor;
	size_t i;

	require(description != NULL);
	market_init(&r->market, description, actors);
	json_decref(description);
	r->key_index = json_object();
	for (u32 s = 0; s < r->market.symbol_count; s++)
		add_reserve(r, r->market.symbols[s]);
	json_array_foreach(actors, i, actor)
		add_user(r, json_string_value(actor));
	add_user(r, "treasury");
	add_user(r, "umbrella");
}

void replay_run(struct replay *r, const char *markets, const char *folder, const char *name)
{
	char path[512];
	json_t *scenario, *steps, *records, *final, *value;
	const char *key;

	memset(r, 0, sizeof *r);
	r->name = name;
	snprintf(path, sizeof path, "%s/%s.json", folder, name);
	scenario = json_read(path);
	snprintf(path, sizeof path, "%s/%s.trace.json.gz", folder, name);
	r->trace = json_read(path);
	require(scenario != NULL);
	require(r->trace != NULL);
	replay_begin(r, markets, scenario);
	expect_changes(r, json_object_get(r->trace, "initial"));
	compare_state(r, "initial");
	steps = json_object_get(scenario, "steps");
	records = json_object_get(r->trace, "steps");
	require(json_array_size(steps) == json_array_size(records));
	for (size_t i = 0; i < json_array_size(steps) && !r->difference[0]; i++)
		run_step(r, json_array_get(steps, i), json_array_get(records, i), i);
	final = json_object_get(r->trace, "final");
	if (!r->difference[0])
		json_object_foreach(final, key, value)
			compare_final(r, key, value);
	market_free(&r->market);
	json_decref(r->key_index);
	json_decref(r->trace);
	json_decref(scenario);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t replay_names(char names[][REPLAY_NAME_MAX], size_t max, const char *folder)
{
	static const char suffix[] = ".trace.json.gz";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir)) != NULL) {
		size_t size = strlen(entry->d_name);

		if (size < sizeof suffix || strcmp(entry->d_name + size - sizeof suffix + 1, suffix) != 0)
			continue;
		require(count < max && size < REPLAY_NAME_MAX);
		snprintf(names[count++], REPLAY_NAME_MAX, "%.*s", (int)(size - sizeof suffix + 1), entry->d_name);
	}
	if (dir)
		closedir(dir);
	qsort(names, count, sizeof *names, by_name);
	return count;
}
