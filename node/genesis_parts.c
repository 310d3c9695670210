#include "node/genesis_parts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define AT(member) offsetof(struct reserve_text, member)

#define RESERVE_FIELDS \
	{ "ltv", JSON_U16, AT(reserve.ltv), 0, false }, \
		{ "liquidationThreshold", JSON_U16, AT(reserve.liquidation_threshold), 0, false }, \
		{ "liquidationBonus", JSON_U16, AT(reserve.liquidation_bonus), 0, false }, \
		{ "reserveFactor", JSON_U16, AT(reserve.reserve_factor), 0, false }, \
		{ "liquidationProtocolFee", JSON_U16, AT(reserve.liquidation_protocol_fee), 0, false }, \
		{ "supplyCap", JSON_U64, AT(reserve.supply_cap), 0, false }, \
		{ "borrowCap", JSON_U64, AT(reserve.borrow_cap), 0, false }, \
		{ "debtCeiling", JSON_U64, AT(reserve.debt_ceiling), 0, false }, \
		{ "borrowingEnabled", JSON_FLAG, AT(reserve.borrowing), 0, false }, \
		{ "flashLoanEnabled", JSON_FLAG, AT(reserve.flash_loans), 0, false }, \
		{ "borrowableInIsolation", JSON_FLAG, AT(reserve.borrowable_in_isolation), 0, false }, \
		{ "siloedBorrowing", JSON_FLAG, AT(reserve.siloed), 0, false }, \
	{ \
		"rates", JSON_OTHER, 0, 0, false \
	}

static const struct json_field chain_fields[] = {
	{ "token", JSON_TEXT, AT(token), sizeof((struct reserve_text *)0)->token, false },
	{ "feed", JSON_TEXT, AT(feed), sizeof((struct reserve_text *)0)->feed, false },
	RESERVE_FIELDS,
};

static const struct json_field market_fields[] = {
	{ "symbol", JSON_TEXT, AT(token), sizeof((struct reserve_text *)0)->token, false },
	{ "decimals", JSON_U8, AT(decimals), 0, false },
	{ "price", JSON_DECIMAL, AT(price), 0, false },
	RESERVE_FIELDS,
};

#undef AT
#define AT(member) offsetof(struct genesis_reserve, member)

static const struct json_field rate_fields[] = {
	{ "optimal", JSON_U32, AT(optimal), 0, false },
	{ "base", JSON_U32, AT(base), 0, false },
	{ "slope1", JSON_U32, AT(slope1), 0, false },
	{ "slope2", JSON_U32, AT(slope2), 0, false },
};

#undef AT
#define AT(member) offsetof(struct genesis_emode, member)

static const struct json_field emode_fields[] = {
	{ "id", JSON_U8, AT(id), 0, false },
	{ "label", JSON_TEXT, AT(label), sizeof((struct genesis_emode *)0)->label, false },
	{ "ltv", JSON_U16, AT(ltv), 0, false },
	{ "liquidationThreshold", JSON_U16, AT(liquidation_threshold), 0, false },
	{ "liquidationBonus", JSON_U16, AT(liquidation_bonus), 0, false },
	{ "collateral", JSON_OTHER, 0, 0, false },
	{ "borrowable", JSON_OTHER, 0, 0, false },
	{ "ltvzero", JSON_OTHER, 0, 0, false },
};

#undef AT

void genesis_read_reserve(struct json_reader *r, const json_t *object, bool is_market,
			  struct reserve_text *out)
{
	size_t mark;

	if (is_market)
		json_read_object(r, object, market_fields, ARRAY_COUNT(market_fields), out);
	else
		json_read_object(r, object, chain_fields, ARRAY_COUNT(chain_fields), out);
	mark = json_enter(r, "rates");
	json_read_object(r, json_object_get(object, "rates"), rate_fields, ARRAY_COUNT(rate_fields),
			 &out->reserve);
	json_leave(r, mark);
}

u16 genesis_token_index(struct json_reader *r, const struct genesis *g, const char *symbol)
{
	for (u32 i = 0; i < g->token_count; i++) {
		if (strcmp(g->tokens[i].symbol, symbol) == 0)
			return (u16)i;
	}
	json_fail(r, "no token has the symbol \"%.16s\"", symbol);
	return 0;
}

static void set_reserve_bit(struct json_reader *r, const struct genesis *g, struct u128le *set,
			    const char *symbol)
{
	u16 token = genesis_token_index(r, g, symbol);

	for (u32 i = 0; i < g->reserve_count && !r->failed; i++) {
		if (g->reserves[i].token != token)
			continue;
		set->limb[i / 64] |= 1ull << (i % 64);
		return;
	}
	json_fail(r, "the token \"%.16s\" has no reserve", symbol);
}

/* An array of token symbols as a set of reserves. */
static void read_reserve_set(struct json_reader *r, const json_t *object, const char *key,
			     const struct genesis *g, struct u128le *out)
{
	static const struct json_field symbol = { "", JSON_TEXT, 0, 17, false };
	const json_t *names = json_read_array(r, object, key, GENESIS_RESERVES_MAX);
	size_t mark = json_enter(r, key);

	for (size_t i = 0; names && i < json_array_size(names) && !r->failed; i++) {
		size_t element = json_enter_index(r, i);
		char text[17] = { 0 };

		json_read_value(r, json_array_get(names, i), &symbol, text);
		if (!r->failed)
			set_reserve_bit(r, g, out, text);
		json_leave(r, element);
	}
	json_leave(r, mark);
}

void genesis_read_emodes(struct json_reader *r, const json_t *root, struct genesis *g)
{
	const json_t *emodes = json_read_array(r, root, "eModes", GENESIS_EMODES_MAX);
	size_t mark = json_enter(r, "eModes");

	g->emode_count = (u32)json_array_size(emodes);
	g->emodes = genesis_array(r, g->emode_count, sizeof *g->emodes);
	for (size_t i = 0; i < g->emode_count && !r->failed; i++) {
		const json_t *object = json_array_get(emodes, i);
		size_t element = json_enter_index(r, i);

		json_read_object(r, object, emode_fields, ARRAY_COUNT(emode_fields), &g->emodes[i]);
		read_reserve_set(r, object, "collateral", g, &g->emodes[i].collateral);
		read_reserve_set(r, object, "borrowable", g, &g->emodes[i].borrowable);
		read_reserve_set(r, object, "ltvzero", g, &g->emodes[i].ltvzero);
		json_leave(r, element);
	}
	json_leave(r, mark);
}

/* -- the document ------------------------------------------------------------------------ */

void *genesis_array(struct json_reader *r, size_t count, size_t size)
{
	void *at = calloc(count > 0 ? count : 1, size);

	if (!at)
		json_fail(r, "out of memory");
	return at;
}

json_t *genesis_document(struct json_reader *r, struct bytes text)
{
	json_error_t error;
	json_t *root = json_loadb((const char *)text.at, text.size, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		json_fail(r, "line %d, column %d: %s", error.line, error.column, error.text);
	return root;
}

enum err genesis_id(struct hash *out, const json_t *root)
{
	char *text = json_dumps(root, JSON_SORT_KEYS | JSON_COMPACT);

	if (!text)
		return ERR_FULL;
	keccak256(out, (struct bytes){ (const u8 *)text, strlen(text) });
	free(text);
	return OK;
}

enum err genesis_finish(struct genesis *out, struct genesis *g, struct json_reader *r)
{
	const char *why = "";
	enum err e = r->failed ? ERR_SYNTAX : genesis_check(g, &why);

	if (e != OK) {
		json_fail(r, "%s", why);
		genesis_free(g);
		return e;
	}
	*out = *g;
	return OK;
}
