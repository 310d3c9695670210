#include "cmd/plimsoll-demo/world.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "node/genesis.h"

#define BPS             10000.0
#define PRICE_DECIMALS  8
#define COINS_OF_PERSON "100000000000000000000" /* gas for a long run */
#define COINS_OF_SIGNER "10000000000000000000000"
#define BLOCK_GAS       120000000  /* everybody settles in within a few blocks */
#define BOT_DOLLARS     20000000.0 /* of each asset: it never lacks what it repays */

static const char *const feed_names[ASSET_COUNT] = {
	"ETH/USD:spot:1",
	"BTC/USD:spot:1",
	"LINK/USD:spot:1",
	"USDC/USD:spot:1",
	"DAI/USD:spot:1",
};

static enum err world_terms(struct world *w, const struct genesis *g, char why[WORLD_WHY_MAX])
{
	bool fits = g->token_count == ASSET_COUNT && g->reserve_count == ASSET_COUNT &&
		    g->feed_count == ASSET_COUNT;

	for (u32 i = 0; fits && i < ASSET_COUNT; i++) {
		const struct genesis_reserve *r = &g->reserves[i];

		fits = strcmp(g->tokens[i].symbol, asset_symbols[i]) == 0 &&
		       strcmp(g->feeds[i].name, feed_names[i]) == 0 && r->token == i &&
		       r->feed == i && r->ltv > 0;
		w->terms[i] = (struct terms){ r->ltv / BPS, r->liquidation_threshold / BPS,
					      g->tokens[i].decimals };
	}
	if (!fits) {
		(void)snprintf(why, WORLD_WHY_MAX,
			       "the devnet's genesis lists other assets than this program knows");
		return ERR_MISMATCH;
	}
	w->chain_id = g->chain_id;
	w->base_fee = g->base_fee;
	w->treasury = g->treasury;
	return OK;
}

enum err world_init(struct world *w, const struct replay *replay, u64 seed, char why[WORLD_WHY_MAX])
{
	char problem[JSON_WHY_MAX] = "out of memory";
	char *text = NULL;
	struct genesis g;
	enum err e;

	e = genesis_settle(&text, genesis_devnet(), replay->begins, problem);
	if (e == OK)
		e = genesis_parse(&g, (struct bytes){ (const u8 *)text, strlen(text) }, problem);
	free(text);
	if (e != OK) {
		(void)snprintf(why, WORLD_WHY_MAX, "the devnet's genesis: %.200s", problem);
		return ERR_MISMATCH;
	}
	e = world_terms(w, &g, why);
	genesis_free(&g);
	for (u32 i = 0; i < ASSET_COUNT; i++)
		w->prices[i] = replay->prices[i].first;
	for (u32 i = 0; i < WORLD_REPORTERS; i++)
		demo_key(w->reporters[i].key, &w->reporters[i].address, "reporter", i, seed);
	demo_key(w->bot.key, &w->bot.address, "bot", 0, seed);
	return e;
}

/* -- writing ------------------------------------------------------------------------------- */

static json_t *json_address(const struct address *a)
{
	char text[HEX_ADDRESS_SIZE];

	return json_stringn(text,
			    hex_from_bytes(text, (struct bytes){ a->bytes, sizeof a->bytes }));
}

static json_t *json_tokens(double tokens, unsigned decimals)
{
	struct u256 units = token_units(tokens, decimals);
	char text[U256_DECIMAL_MAX];

	return json_stringn(text, u256_to_decimal(text, &units));
}

/* Gives owner coins and, of every asset, what wallet says. */
static void add_balance(json_t *balances, const struct world *w, const struct address *owner,
			const char *coins, const double wallet[ASSET_COUNT])
{
	json_t *holding = json_pack("{s:s}", "native", coins), *name = json_address(owner);

	for (u32 i = 0; i < ASSET_COUNT; i++) {
		if (wallet[i] > 0)
			json_object_set_new(holding, asset_symbols[i],
					    json_tokens(wallet[i], w->terms[i].decimals));
	}
	json_object_set_new(balances, json_string_value(name), holding);
	json_decref(name);
}

static void set_balances(json_t *root, const struct world *w, const struct people *people)
{
	json_t *balances = json_object_get(root, "balances");
	double wallet[ASSET_COUNT] = { 0 };

	for (u32 i = 0; i < WORLD_REPORTERS; i++)
		add_balance(balances, w, &w->reporters[i].address, COINS_OF_SIGNER, wallet);
	for (u32 i = 0; i < ASSET_COUNT; i++)
		wallet[i] = BOT_DOLLARS / w->prices[i];
	add_balance(balances, w, &w->bot.address, COINS_OF_SIGNER, wallet);
	for (u32 i = 0; i < people->count; i++)
		add_balance(balances, w, &people->at[i].address, COINS_OF_PERSON,
			    people->at[i].wallet);
}

static void set_oracle(json_t *root, const struct world *w, const struct pace *pace)
{
	json_t *oracle = json_object_get(root, "oracle"), *reporters = json_array();

	for (u32 i = 0; i < WORLD_REPORTERS; i++)
		json_array_append_new(reporters, json_address(&w->reporters[i].address));
	json_object_set_new(oracle, "period", json_integer((json_int_t)pace->oracle_period));
	json_object_set_new(oracle, "reporters", reporters);
}

static void set_feeds(json_t *root, const struct world *w, const struct pace *pace)
{
	json_t *feed;
	size_t i;

	json_array_foreach(json_object_get(root, "feeds"), i, feed)
	{
		json_object_set_new(feed, "price", json_tokens(w->prices[i], PRICE_DECIMALS));
		json_object_set_new(feed, "maxAge", json_integer((json_int_t)pace->price_age_max));
		json_object_set_new(feed, "venuesMin", json_integer(1));
	}
}

enum err world_write(const struct world *w, const char *path, const struct replay *replay,
		     const struct pace *pace, const struct people *people)
{
	struct bytes text = genesis_devnet();
	json_t *root = json_loadb((const char *)text.at, text.size, 0, NULL);
	enum err e = ERR_FULL;

	if (root) {
		json_object_set_new(root, "time", json_integer((json_int_t)replay->begins));
		json_object_set_new(root, "gasLimit", json_integer(BLOCK_GAS));
		set_oracle(root, w, pace);
		set_feeds(root, w, pace);
		set_balances(root, w, people);
		e = json_dump_file(root, path, JSON_INDENT(1)) == 0 ? OK : ERR_IO;
	}
	json_decref(root);
	return e;
}
