#include "client/market.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "client/field.h"
#include "client/units.h"

static enum err market_parse(struct market *out, const json_t *json)
{
	struct market m = { .json = json };
	u64 decimals;

	snprintf(m.symbol, sizeof m.symbol, "%s", field_text(json, "symbol"));
	TRY(field_address(&m.asset, json, "asset"));
	TRY(field_address(&m.atoken, json, "aToken"));
	TRY(field_address(&m.debt_token, json, "debtToken"));
	TRY(field_u64(&decimals, json, "decimals"));
	if (!*m.symbol || decimals > UNITS_DECIMALS_MAX)
		return ERR_RANGE;
	m.decimals = (unsigned)decimals;
	TRY(units_parse(&m.price, field_text(json, "price"), MARKET_PRICE_DECIMALS));
	m.is_stale = field_is_true(json, "stale");
	*out = m;
	return OK;
}

enum err market_list_read(struct market_list *out, struct rpc_client *rpc, struct fault *why)
{
	json_t *error, *json = rpc_call(rpc, &error, "plimsoll_markets", NULL);
	size_t count = json_array_size(json);

	if (!json)
		return fault_take(why, error);
	out->count = 0;
	for (size_t i = 0; i < count && i < MARKETS_MAX; i++) {
		if (market_parse(&out->at[out->count], json_array_get(json, i)) == OK)
			out->count++;
	}
	if (out->count == 0) {
		json_decref(json);
		return fault_set(why, ERR_NOT_FOUND, FAULT_UNREACHABLE, "the node lists no market");
	}
	out->json = json;
	return OK;
}

void market_list_free(struct market_list *l)
{
	json_decref(l->json);
	*l = (struct market_list){ 0 };
}

const struct market *market_of_asset(const struct market_list *l, const struct address *asset)
{
	for (size_t i = 0; i < l->count; i++) {
		if (address_cmp(&l->at[i].asset, asset) == 0)
			return &l->at[i];
	}
	return NULL;
}

const struct market *market_named(const struct market_list *l, const char *who)
{
	struct address asset;

	if (address_parse(&asset, who) == OK)
		return market_of_asset(l, &asset);
	for (size_t i = 0; i < l->count; i++) {
		if (strcasecmp(l->at[i].symbol, who) == 0)
			return &l->at[i];
	}
	return NULL;
}

struct market market_alone(const struct market *m)
{
	struct market copy = *m;

	copy.json = NULL;
	return copy;
}

struct u256 market_value(const struct market *m, const struct u256 *amount)
{
	struct u256 unit = u256_pow10(m->decimals), value;

	return u256_mul_div_down(&value, amount, &m->price, &unit) ? U256_MAX : value;
}

/* A token that only its address is known of. */
static enum err erc20_ask(struct erc20 *out, struct rpc_client *rpc, struct fault *why,
			  const struct address *at)
{
	struct contract_result symbol;
	struct erc20 t = { .at = *at };
	struct u256 decimals;
	struct bytes text;

	TRY(contract_number(&decimals, rpc, why, at, "decimals()", NULL, 0));
	if (u256_bits(&decimals) > 8 || u256_low64(&decimals) > UNITS_DECIMALS_MAX)
		return fault_set(why, ERR_RANGE, FAULT_REFUSED,
				 "the token's decimals cannot be right");
	TRY(contract_call(&symbol, rpc, why, at, "symbol()", NULL, 0, "(string)"));
	text = abi_bytes(&symbol.view, 0);
	snprintf(t.symbol, sizeof t.symbol, "%.*s", (int)(text.size < 32 ? text.size : 32),
		 (const char *)text.at);
	t.decimals = (unsigned)u256_low64(&decimals);
	contract_result_free(&symbol);
	*out = t;
	return OK;
}

enum err erc20_find(struct erc20 *out, struct rpc_client *rpc, struct fault *why, const char *who)
{
	struct market_list list;
	const struct market *m;
	struct address at;
	bool is_deposit;

	if (address_parse(&at, who) == OK)
		return erc20_ask(out, rpc, why, &at);
	if (strncmp(who, "0x", 2) == 0)
		return fault_set(why, ERR_SYNTAX, FAULT_LOCAL,
				 "%.60s is not an address: 40 hexadecimal digits, capitals as EIP-55 "
				 "has them or none",
				 who);
	TRY(market_list_read(&list, rpc, why));
	m = market_named(&list, who);
	is_deposit = !m && (*who == 'a' || *who == 'A');
	if (is_deposit)
		m = market_named(&list, who + 1);
	if (m) {
		*out = (struct erc20){ .at = is_deposit ? m->atoken : m->asset,
				       .decimals = m->decimals };
		snprintf(out->symbol, sizeof out->symbol, "%s%.31s", is_deposit ? "a" : "",
			 m->symbol);
	}
	market_list_free(&list);
	return m ? OK
		 : fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL,
			     "no token %.40s; `plimsoll markets` lists them", who);
}
