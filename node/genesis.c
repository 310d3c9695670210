#include "node/genesis.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "node/file.h"
#include "node/genesis_parts.h"

/* -- sections ---------------------------------------------------------------------------- */

static const struct json_field root_fields[] = {
	{ "chainId", JSON_U64, offsetof(struct genesis, chain_id), 0, false },
	{ "time", JSON_U64, offsetof(struct genesis, time), 0, false },
	{ "gasLimit", JSON_U64, offsetof(struct genesis, gas_limit), 0, false },
	{ "baseFeePerGas", JSON_DECIMAL, offsetof(struct genesis, base_fee), 0, false },
	{ "devnet", JSON_FLAG, offsetof(struct genesis, devnet), 0, false },
	{ "coinbase", JSON_ADDRESS, offsetof(struct genesis, coinbase), 0, false },
	{ "admin", JSON_ADDRESS, offsetof(struct genesis, admin), 0, false },
	{ "treasury", JSON_ADDRESS, offsetof(struct genesis, treasury), 0, false },
	{ "umbrella", JSON_ADDRESS, offsetof(struct genesis, umbrella), 0, false },
	{ "flashLoanPremium", JSON_U32, offsetof(struct genesis, flash_premium), 10000, false },
	{ "oracle", JSON_OTHER, 0, 0, false },
	{ "tokens", JSON_OTHER, 0, 0, false },
	{ "feeds", JSON_OTHER, 0, 0, false },
	{ "reserves", JSON_OTHER, 0, 0, false },
	{ "eModes", JSON_OTHER, 0, 0, false },
	{ "balances", JSON_OTHER, 0, 0, false },
};

static const struct json_field oracle_fields[] = {
	{ "setId", JSON_U64, offsetof(struct genesis, oracle_set_id), 0, false },
	{ "period", JSON_U64, offsetof(struct genesis, oracle_period), 0, false },
	{ "reporters", JSON_OTHER, 0, 0, false },
};

static const struct json_field token_fields[] = {
	{ "symbol", JSON_TEXT, offsetof(struct genesis_token, symbol), 17, false },
	{ "name", JSON_TEXT, offsetof(struct genesis_token, name), 33, false },
	{ "decimals", JSON_U8, offsetof(struct genesis_token, decimals), 0, false },
	{ "drip", JSON_DECIMAL, offsetof(struct genesis_token, drip), 0, true },
};

static const struct json_field feed_fields[] = {
	{ "name", JSON_TEXT, offsetof(struct genesis_feed, name), 48, false },
	{ "description", JSON_TEXT, offsetof(struct genesis_feed, description), 33, false },
	{ "maxAge", JSON_U32, offsetof(struct genesis_feed, max_age), 0, false },
	{ "venuesMin", JSON_U32, offsetof(struct genesis_feed, venues_min), 0, false },
	{ "price", JSON_DECIMAL, offsetof(struct genesis_feed, answer), 0, true },
};

static void read_oracle(struct json_reader *r, const json_t *root, struct genesis *g)
{
	static const struct json_field reporter = { "", JSON_ADDRESS, 0, 0, false };
	const json_t *oracle = json_object_get(root, "oracle");
	size_t mark = json_enter(r, "oracle");
	const json_t *reporters;

	json_read_object(r, oracle, oracle_fields, ARRAY_COUNT(oracle_fields), g);
	reporters = json_read_array(r, oracle, "reporters", GENESIS_REPORTERS_MAX);
	g->reporter_count = (u32)json_array_size(reporters);
	g->reporters = genesis_array(r, g->reporter_count, sizeof *g->reporters);
	for (size_t i = 0; i < g->reporter_count && !r->failed; i++) {
		size_t member = json_enter(r, "reporters");

		(void)json_enter_index(r, i);
		json_read_value(r, json_array_get(reporters, i), &reporter, &g->reporters[i]);
		json_leave(r, member);
	}
	json_leave(r, mark);
}

/* An array of flat objects: every element by the table into out, stride bytes apart. */
static void read_rows(struct json_reader *r, const json_t *array, const char *key,
		      const struct json_field *fields, size_t field_count, void *out, size_t stride)
{
	size_t mark = json_enter(r, key);

	for (size_t i = 0; i < json_array_size(array) && !r->failed; i++) {
		size_t element = json_enter_index(r, i);

		json_read_object(r, json_array_get(array, i), fields, field_count, (u8 *)out + i * stride);
		json_leave(r, element);
	}
	json_leave(r, mark);
}

static void read_tokens(struct json_reader *r, const json_t *root, struct genesis *g)
{
	const json_t *array = json_read_array(r, root, "tokens", GENESIS_TOKENS_MAX);

	g->token_count = (u32)json_array_size(array);
	g->tokens = genesis_array(r, g->token_count, sizeof *g->tokens);
	if (!r->failed)
		read_rows(r, array, "tokens", token_fields, ARRAY_COUNT(token_fields), g->tokens,
			  sizeof *g->tokens);
}

static void read_feeds(struct json_reader *r, const json_t *root, struct genesis *g)
{
	const json_t *array = json_read_array(r, root, "feeds", GENESIS_FEEDS_MAX);

	g->feed_count = (u32)json_array_size(array);
	g->feeds = genesis_array(r, g->feed_count, sizeof *g->feeds);
	if (!r->failed)
		read_rows(r, array, "feeds", feed_fields, ARRAY_COUNT(feed_fields), g->feeds,
			  sizeof *g->feeds);
}

static u16 feed_index(struct json_reader *r, const struct genesis *g, const char *name)
{
	for (u32 i = 0; i < g->feed_count; i++) {
		if (strcmp(g->feeds[i].name, name) == 0)
			return (u16)i;
	}
	json_fail(r, "no feed has the name \"%.47s\"", name);
	return 0;
}

static void read_reserves(struct json_reader *r, const json_t *root, struct genesis *g)
{
	const json_t *array = json_read_array(r, root, "reserves", GENESIS_RESERVES_MAX);
	size_t mark = json_enter(r, "reserves");

	g->reserve_count = (u32)json_array_size(array);
	g->reserves = genesis_array(r, g->reserve_count, sizeof *g->reserves);
	for (size_t i = 0; i < g->reserve_count && !r->failed; i++) {
		size_t element = json_enter_index(r, i);
		struct reserve_text text = { 0 };
		size_t member;

		genesis_read_reserve(r, json_array_get(array, i), false, &text);
		g->reserves[i] = text.reserve;
		member = json_enter(r, "token");
		g->reserves[i].token = genesis_token_index(r, g, text.token);
		json_leave(r, member);
		member = json_enter(r, "feed");
		g->reserves[i].feed = feed_index(r, g, text.feed);
		json_leave(r, member);
		json_leave(r, element);
	}
	json_leave(r, mark);
}

/* -- balances ---------------------------------------------------------------------------- */

static size_t count_balances(const json_t *balances)
{
	json_t *all = (json_t *)(uintptr_t)balances;
	const char *owner;
	json_t *assets;
	size_t count = 0;

	json_object_foreach(all, owner, assets)
		count += json_object_size(assets);
	return count;
}

static void read_owner(struct json_reader *r, json_t *assets, const struct address *owner,
		       struct genesis *g)
{
	static const struct json_field amount = { "", JSON_DECIMAL, 0, 0, false };
	const char *symbol;
	json_t *value;

	if (!json_is_object(assets)) {
		json_fail(r, "must be an object of amounts by token symbol");
		return;
	}
	json_object_foreach(assets, symbol, value)
	{
		struct genesis_balance *b = &g->balances[g->balance_count];
		size_t mark = json_enter(r, symbol);

		b->owner = *owner;
		b->is_native = strcmp(symbol, "native") == 0;
		if (!b->is_native)
			b->token = genesis_token_index(r, g, symbol);
		json_read_value(r, value, &amount, &b->amount);
		json_leave(r, mark);
		if (r->failed)
			return;
		g->balance_count++;
	}
}

static int by_owner_then_asset(const void *a, const void *b)
{
	const struct genesis_balance *x = a, *y = b;
	int order = address_cmp(&x->owner, &y->owner);

	if (order != 0)
		return order;
	if (x->is_native != y->is_native)
		return x->is_native ? -1 : 1;
	return (x->token > y->token) - (x->token < y->token);
}

/* JSON keys tell 0xAB and 0xab apart, addresses do not: sorted, twins are neighbours. */
static void sort_balances(struct json_reader *r, struct genesis *g)
{
	qsort(g->balances, g->balance_count, sizeof *g->balances, by_owner_then_asset);
	for (u32 i = 1; i < g->balance_count; i++) {
		if (by_owner_then_asset(&g->balances[i - 1], &g->balances[i]) == 0)
			json_fail(r, "an address is written twice, in different case");
	}
}

static void read_balances(struct json_reader *r, const json_t *root, struct genesis *g)
{
	json_t *balances = json_object_get(root, "balances");
	size_t mark = json_enter(r, "balances");
	size_t count = count_balances(balances);
	const char *key;
	json_t *assets;

	if (!json_is_object(balances))
		json_fail(r, "must be an object by address");
	if (count > GENESIS_BALANCES_MAX)
		json_fail(r, "has %zu amounts; at most %u are allowed", count, GENESIS_BALANCES_MAX);
	if (r->failed)
		return;
	g->balances = genesis_array(r, count, sizeof *g->balances);
	json_object_foreach(balances, key, assets)
	{
		size_t member = json_enter(r, key);
		struct address owner = { { 0 } };

		if (hex_to_address(&owner, key, strlen(key)) != OK)
			json_fail(r, "must be an address: 0x and 40 hexadecimal digits");
		if (!r->failed)
			read_owner(r, assets, &owner, g);
		json_leave(r, member);
		if (r->failed)
			return;
	}
	sort_balances(r, g);
	json_leave(r, mark);
}

/* -- the document -------------------------------------------------------------------------- */

enum err genesis_parse(struct genesis *out, struct bytes text, char why[JSON_WHY_MAX])
{
	struct genesis g = { 0 };
	struct json_reader r;
	json_t *root;

	json_reader_init(&r, why);
	root = genesis_document(&r, text);
	json_read_object(&r, root, root_fields, ARRAY_COUNT(root_fields), &g);
	if (!r.failed)
		read_oracle(&r, root, &g);
	if (!r.failed)
		read_tokens(&r, root, &g);
	if (!r.failed)
		read_feeds(&r, root, &g);
	if (!r.failed)
		read_reserves(&r, root, &g);
	if (!r.failed)
		genesis_read_emodes(&r, root, &g);
	if (!r.failed)
		read_balances(&r, root, &g);
	if (!r.failed && genesis_id(&g.id, root) != OK)
		json_fail(&r, "out of memory");
	json_decref(root);
	return genesis_finish(out, &g, &r);
}

void genesis_free(struct genesis *g)
{
	free(g->tokens);
	free(g->feeds);
	free(g->reserves);
	free(g->emodes);
	free(g->reporters);
	free(g->balances);
	*g = (struct genesis){ 0 };
}

enum err genesis_load(struct genesis *out, const char *path, char why[JSON_WHY_MAX])
{
	char inner[JSON_WHY_MAX] = "";
	u8 *text = NULL;
	size_t size;
	enum err e = file_read(&text, &size, path, GENESIS_SIZE_MAX);

	if (e == OK)
		e = genesis_parse(out, (struct bytes){ text, size }, inner);
	free(text);
	if (e != OK)
		(void)snprintf(why, JSON_WHY_MAX, "%.200s: %.300s", path,
			       inner[0] != '\0' ? inner : err_text(e));
	return e;
}

enum err genesis_settle(char **out, struct bytes text, u64 now, char why[JSON_WHY_MAX])
{
	struct json_reader r;
	json_t *root, *time;
	char *settled;

	json_reader_init(&r, why);
	root = genesis_document(&r, text);
	if (!root)
		return ERR_SYNTAX;
	time = json_object_get(root, "time");
	if (json_is_string(time) && strcmp(json_string_value(time), "now") == 0 &&
	    json_object_set_new(root, "time", json_integer((json_int_t)now)) != 0) {
		json_decref(root);
		return ERR_FULL;
	}
	settled = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(root);
	if (!settled)
		return ERR_FULL;
	*out = settled;
	return OK;
}
