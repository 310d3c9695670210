#include "rpc/market.h"

#include <string.h>

#include "contracts-native/feeds/feed.h"
#include "contracts-native/lending/narrow.h"

bool market_read(struct rpc *c, struct market *out, u16 id)
{
	struct state *s = &c->reader.state;

	if (!reserve_read(s, &(struct reserve_key){ id }, &out->reserve) || !out->reserve.listed)
		return false;
	(void)token_read(s, &(struct token_key){ out->reserve.token }, &out->token);
	(void)feed_read(s, &(struct feed_key){ out->reserve.feed }, &out->feed);
	out->id = id;
	out->asset = contract_address(CONTRACT_TOKEN, out->reserve.token);
	out->atoken = contract_address(CONTRACT_ATOKEN, id);
	out->debt_token = contract_address(CONTRACT_DEBT_TOKEN, id);
	out->unit = amount_from(u256_pow10((unsigned)out->token.decimals));
	out->price = price_from(out->feed.answer);
	out->is_stale = !(feed_status(&out->feed, c->reader.env.time) & FEED_FRESH);
	return true;
}

u16 market_count(struct rpc *c)
{
	struct chain chain;

	(void)chain_read(&c->reader.state, &(struct chain_key){ 0 }, &chain);
	return chain.reserve_count;
}

bool market_find(struct rpc *c, struct market *out, const struct address *asset)
{
	struct contract_id id = contract_of(asset);
	struct listing listing;

	return id.kind == CONTRACT_TOKEN &&
	       listing_read(&c->reader.state, &(struct listing_key){ id.index }, &listing) &&
	       listing.reserve_plus_one > 0 && market_read(c, out, (u16)(listing.reserve_plus_one - 1));
}

void market_symbol(struct json_writer *w, const char *key, const struct market *m)
{
	jw_text_size(w, key, m->token.symbol, strnlen(m->token.symbol, sizeof m->token.symbol));
}

enum rpc_code contract_ask_number(struct rpc *c, struct u256 *out, const struct address *to,
				  const char *signature, const struct u256 *words, u32 count)
{
	struct abi_view view;

	RPC_TRY(contract_ask(c, &view, to, signature, words, count));
	*out = abi_u256(&view, 0);
	return RPC_OK;
}

/* A position that was emptied leaves a record, with the index of that time. */
bool market_is_used(struct rpc *c, u16 id, const struct address *owner)
{
	struct position p;

	return position_read(&c->reader.state, &(struct position_key){ id, *owner }, &p) &&
	       !(scaled_is_zero(scaled_of(p.scaled_supply)) && scaled_is_zero(scaled_of(p.scaled_debt)));
}

enum rpc_code account_totals_ask(struct rpc *c, struct account_totals *out, const struct address *owner)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct u256 word = word_of_address(owner);
	struct abi_view view;

	RPC_TRY(contract_ask(c, &view, &pool, "getUserAccountData(address)", &word, 1));
	out->collateral = abi_u256(&view, 0);
	out->debt = abi_u256(&view, 1);
	out->available = abi_u256(&view, 2);
	out->threshold = abi_u256(&view, 3);
	out->ltv = abi_u256(&view, 4);
	out->health = abi_u256(&view, 5);
	return RPC_OK;
}

void health_write_wad(struct json_writer *w, const char *key, const struct u256 *health)
{
	jw_scaled_or_null(w, key, health && u256_equal(health, &U256_MAX) ? NULL : health, 18);
}
