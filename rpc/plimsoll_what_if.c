#include "rpc/account_list.h"
#include "rpc/methods.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "contracts-native/feeds/feed.h"

/* plimsoll_whatIf: who could be liquidated at other prices, or how one account would stand.  The answers
 * of feeds are written over on a throw-away copy of the state, and the consensus function judges there. */

#define SHOCK_SIZE_MAX  40
#define PRICE_RISE_MAX  1000 /* no liquidation price is looked for above so many times the price asked about */
#define ANSWER_DECIMALS 10   /* between an answer's 8 decimals and a price's 18 */

struct what_if {
	u64 time; /* of the block */
	u16 feed_count;
	bool has_account;
	struct address account;
	bool is_set[GENESIS_FEEDS_MAX];
	struct u256 answers[GENESIS_FEEDS_MAX]; /* 8 decimals */
};

/* -- reading -------------------------------------------------------------------- */

static enum rpc_code set_answer(struct rpc *c, struct what_if *w, u16 feed, const struct u256 *answer)
{
	if (u256_is_zero(answer) || !u256_fits(answer, 90))
		return rpc_fail(c, RPC_INVALID_PARAMS, "a price must stay above 0 and below 2^90 / 10^8");
	w->answers[feed] = *answer;
	w->is_set[feed] = true;
	return RPC_OK;
}

static bool is_text(struct bytes text, const char *name)
{
	return text.size == strlen(name) && memcmp(text.at, name, text.size) == 0;
}

/* {"ETH / USD": "1500"}: by the feed's description. */
static enum rpc_code read_price(struct rpc *c, struct what_if *w, const char *name, const json_t *v)
{
	struct u256 unit = u256_pow10(ANSWER_DECIMALS), answer;
	struct wad price;
	struct feed f;

	RPC_TRY(value_wad(c, &price, v, "price"));
	answer = wad_raw(price);
	if (u256_div(&answer, NULL, &answer, &unit) != OK)
		return rpc_fail(c, RPC_INTERNAL, "a price cannot be scaled");
	for (u16 i = 0; i < w->feed_count; i++) {
		if (feed_read(&c->reader.state, &(struct feed_key){ i }, &f) && is_text(feed_description(&f), name))
			return set_answer(c, w, i, &answer);
	}
	return rpc_fail(c, RPC_INVALID_PARAMS, "no feed is called \"%.40s\"", name);
}

/* "-30%", "+12.5%": what a price becomes, of 100 %, in wads. */
static enum rpc_code read_shock(struct rpc *c, struct u256 *factor, const json_t *v)
{
	const char *text = json_is_string(v) ? json_string_value(v) : "";
	size_t size = strlen(text);
	struct u256 whole = u256_pow10(20), raw;
	enum rpc_code code;
	json_t *number;
	struct wad part;

	if (size < 3 || size > SHOCK_SIZE_MAX || (text[0] != '-' && text[0] != '+') || text[size - 1] != '%')
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid shock: \"-30%%\" or \"+30%%\" is wanted");
	number = json_stringn(text + 1, size - 2);
	code = value_wad(c, &part, number, "shock");
	json_decref(number);
	RPC_TRY(code);
	raw = wad_raw(part);
	if ((text[0] == '-' ? u256_sub(factor, &whole, &raw) : u256_add(factor, &whole, &raw)) != OK)
		return rpc_fail(c, RPC_INVALID_PARAMS, "a price must stay above 0 and below 2^90 / 10^8");
	return RPC_OK;
}

static bool is_called(const struct market *m, const char *name)
{
	struct address address;

	return is_text((struct bytes){ (const u8 *)m->token.symbol, strnlen(m->token.symbol, sizeof m->token.symbol) },
		       name) ||
	       (hex_to_address(&address, name, strlen(name)) == OK && address_cmp(&address, &m->asset) == 0);
}

/* {"WETH": "-30%"}: by symbol or address of a reserve's token. */
static enum rpc_code apply_shock(struct rpc *c, struct what_if *w, const char *name, const json_t *v)
{
	struct u256 whole = u256_pow10(20), factor, answer;
	u16 count = market_count(c);
	struct market m;

	RPC_TRY(read_shock(c, &factor, v));
	for (u16 i = 0; i < count; i++) {
		if (!market_read(c, &m, i) || !is_called(&m, name))
			continue;
		if (u256_mul_div_down(&answer, &m.feed.answer, &factor, &whole) != OK)
			answer = U256_ZERO;
		return set_answer(c, w, m.reserve.feed, &answer);
	}
	return rpc_fail(c, RPC_INVALID_PARAMS, "no reserve is called \"%.40s\"", name);
}

static enum rpc_code read_change(struct rpc *c, struct what_if *w, const json_t *v)
{
	const json_t *prices = json_object_get(v, "prices"), *shocks = json_object_get(v, "shocks");
	const json_t *chosen = prices ? prices : shocks;
	const char *name;
	json_t *value;

	if (w->has_account && !chosen)
		return RPC_OK; /* at the prices of the block */
	if (!json_is_object(chosen) || (prices && shocks) || json_object_size(chosen) == 0)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: {prices} or {shocks} is wanted");
	json_object_foreach((json_t *)(uintptr_t)chosen, name, value)
		RPC_TRY(prices ? read_price(c, w, name, value) : apply_shock(c, w, name, value));
	return RPC_OK;
}

/* -- judging ------------------------------------------------------------------------- */

/* As if the feed had just been told so. */
static void apply(void *context, struct state *s)
{
	const struct what_if *w = context;

	for (u16 i = 0; i < w->feed_count; i++) {
		struct feed_key key = { i };
		struct u256 price, unit = u256_pow10(ANSWER_DECIMALS);
		struct feed f;

		if (!w->is_set[i] || !feed_read(s, &key, &f) || u256_mul(&price, &w->answers[i], &unit) != OK)
			continue;
		f.answer = w->answers[i];
		f.observed_at = f.updated_at = w->time;
		feed_set_price(&f, u256_low128(&price), 0);
		feed_write(s, &key, &f);
	}
}

/* What is owed beyond all that can be seized. */
static void add_totals(struct u256 *debt, struct u256 *collateral, struct u256 *shortfall, const struct at_risk *a)
{
	struct u256 owed = value_raw(a->debt), held = value_raw(a->collateral), missing;

	if (u256_add(debt, debt, &owed) != OK || u256_add(collateral, collateral, &held) != OK)
		return; /* dollars of all accounts are far below 2^256 */
	if (u256_sub(&missing, &owed, &held) == OK && u256_add(shortfall, shortfall, &missing) != OK)
		*shortfall = U256_MAX;
}

#define EVERYONE_TYPE \
	"{height:quantity liquidatableNow:number liquidatable:number debt:decimal collateral:decimal " \
	"shortfall:decimal accounts:[" AT_RISK_TYPE "]}"

static void write_page(struct rpc *c, const struct risk_page *page, u64 were, u64 limit)
{
	struct u256 debt = U256_ZERO, collateral = U256_ZERO, shortfall = U256_ZERO;

	for (u32 i = 0; i < page->count; i++)
		add_totals(&debt, &collateral, &shortfall, &page->at[i]);
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", page->height);
	jw_number(&c->out, "liquidatableNow", were);
	jw_number(&c->out, "liquidatable", page->total);
	jw_scaled(&c->out, "debt", &debt, 8);
	jw_scaled(&c->out, "collateral", &collateral, 8);
	jw_scaled(&c->out, "shortfall", &shortfall, 8);
	jw_array(&c->out, "accounts");
	for (u32 i = 0; i < page->count && i < limit && !jw_is_full(&c->out); i++)
		at_risk_write(c, &page->at[i]);
	jw_end(&c->out);
	jw_end(&c->out);
}

static enum rpc_code read_limit(struct rpc *c, u64 *out, const json_t *v)
{
	*out = ACCOUNTS_LISTED;
	if (!v || json_is_null(v))
		return RPC_OK;
	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > ACCOUNTS_LISTED_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "limit is a whole number, at most %d", ACCOUNTS_LISTED_MAX);
	*out = (u64)json_integer_value(v);
	return RPC_OK;
}

static enum rpc_code answer_everyone(struct rpc *c, struct what_if *w, u64 height, u64 limit)
{
	struct risk_change change = { apply, w };
	struct risk_query asked = { .height = height, .bound = wad_one(), .deadline_us = c->deadline_us };
	struct risk_page page;
	u64 were;
	enum err e = node_at_risk(c->node, &page, &asked);

	if (e != OK)
		return rpc_fail_err(c, e);
	were = page.total;
	free(page.at);
	asked.limit = UINT32_MAX;
	asked.change = &change;
	e = node_at_risk(c->node, &page, &asked);
	if (e != OK)
		return rpc_fail_err(c, e);
	write_page(c, &page, were, limit);
	free(page.at);
	return RPC_OK;
}

/* -- one account ------------------------------------------------------------------------ */

/* How the account stands once the feeds have said so.  Leaves no trace. */
static enum rpc_code judge(struct rpc *c, struct account_totals *out, struct what_if *w)
{
	size_t checkpoint = state_checkpoint(&c->reader.state), scratch = c->scratch_size;

	apply(w, &c->reader.state);
	RPC_TRY(account_totals_ask(c, out, &w->account));
	state_rollback(&c->reader.state, checkpoint);
	c->scratch_size = scratch;
	return RPC_OK;
}

static enum rpc_code judge_at(struct rpc *c, bool *is_liquidatable, struct what_if *w, u16 feed, const struct u256 *answer)
{
	struct u256 one = wad_raw(wad_one());
	struct account_totals totals;

	w->answers[feed] = *answer;
	w->is_set[feed] = true;
	RPC_TRY(judge(c, &totals, w));
	*is_liquidatable = u256_cmp(&totals.health, &one) < 0;
	return RPC_OK;
}

/* The last answer of one feed, the others as they are, at which the account can be liquidated: the highest or the
 * lowest one, since more of it either helps or harms.  out 0: it can at every price, or at none. */
static enum rpc_code search_price(struct rpc *c, struct u256 *out, struct what_if *w, u16 feed, const struct u256 *now)
{
	struct u256 low = U256_ONE, high, rise = u256_from_u64(PRICE_RISE_MAX), sum, middle;
	bool is_low, is_high, is_middle;

	*out = U256_ZERO;
	if (u256_is_zero(now))
		return RPC_OK;
	if (u256_mul(&high, now, &rise) != OK || !u256_fits(&high, 90))
		high = *now;
	RPC_TRY(judge_at(c, &is_low, w, feed, &low));
	RPC_TRY(judge_at(c, &is_high, w, feed, &high));
	if (is_low == is_high)
		return RPC_OK;
	for (;;) {
		if (u256_add(&sum, &low, &high) != OK)
			return rpc_fail(c, RPC_INTERNAL, "prices overflow");
		middle = u256_shr(&sum, 1);
		if (u256_cmp(&middle, &low) == 0)
			break;
		RPC_TRY(judge_at(c, &is_middle, w, feed, &middle));
		*(is_middle == is_low ? &low : &high) = middle;
	}
	*out = is_low ? low : high;
	return RPC_OK;
}

#define PRICE_TYPE "{symbol:text asset:address before:decimal after:decimal liquidationPrice:decimal|null}"

static enum rpc_code write_price(struct rpc *c, struct what_if *w, const struct market *m, bool has_debt)
{
	u16 feed = m->reserve.feed;
	struct u256 was = w->answers[feed], then = w->is_set[feed] ? was : m->feed.answer, fatal = U256_ZERO;
	bool was_set = w->is_set[feed];

	if (has_debt)
		RPC_TRY(search_price(c, &fatal, w, feed, &then));
	w->answers[feed] = was;
	w->is_set[feed] = was_set;
	jw_object(&c->out, NULL);
	market_symbol(&c->out, "symbol", m);
	jw_address(&c->out, "asset", &m->asset);
	jw_scaled(&c->out, "before", &m->feed.answer, 8);
	jw_scaled(&c->out, "after", &then, 8);
	jw_scaled_or_null(&c->out, "liquidationPrice", u256_is_zero(&fatal) ? NULL : &fatal, 8);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code write_prices(struct rpc *c, struct what_if *w, bool has_debt)
{
	u16 count = market_count(c);
	struct market m;

	jw_array(&c->out, "prices");
	for (u16 i = 0; i < count; i++) {
		if (market_is_used(c, i, &w->account) && market_read(c, &m, i))
			RPC_TRY(write_price(c, w, &m, has_debt));
	}
	jw_end(&c->out);
	return RPC_OK;
}

#define ACCOUNT_TYPE \
	"{address:address height:quantity healthBefore:decimal|null healthAfter:decimal|null liquidatable:bool " \
	"collateral:decimal debt:decimal availableBorrows:decimal prices:[" PRICE_TYPE "]}"

static enum rpc_code answer_account(struct rpc *c, struct what_if *w)
{
	struct account_totals before, after;
	struct u256 one = wad_raw(wad_one());

	RPC_TRY(account_totals_ask(c, &before, &w->account));
	RPC_TRY(judge(c, &after, w));
	jw_object(&c->out, RESULT);
	jw_address(&c->out, "address", &w->account);
	jw_quantity(&c->out, "height", c->reader.view.height);
	health_write_wad(&c->out, "healthBefore", &before.health);
	health_write_wad(&c->out, "healthAfter", &after.health);
	jw_bool(&c->out, "liquidatable", u256_cmp(&after.health, &one) < 0);
	jw_scaled(&c->out, "collateral", &after.collateral, 8);
	jw_scaled(&c->out, "debt", &after.debt, 8);
	jw_scaled(&c->out, "availableBorrows", &after.available, 8);
	RPC_TRY(write_prices(c, w, !u256_is_zero(&after.debt)));
	jw_end(&c->out);
	return RPC_OK;
}

/* -- the method -------------------------------------------------------------------------- */

static enum rpc_code read_account(struct rpc *c, struct what_if *w, const json_t *request)
{
	const json_t *account = json_object_get(request, "account");

	if (!account || json_is_null(account))
		return RPC_OK;
	if (json_object_get(request, "limit"))
		return rpc_fail(c, RPC_INVALID_PARAMS, "limit is for all accounts: leave it out beside an account");
	w->has_account = true;
	return value_address(c, &w->account, account, "account");
}

static enum rpc_code what_if(struct rpc *c)
{
	struct what_if *w = rpc_take(c, sizeof *w);
	struct block_ref ref;
	struct chain chain;
	u64 limit;

	if (!w)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	memset(w, 0, sizeof *w);
	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, false));
	(void)chain_read(&c->reader.state, &(struct chain_key){ 0 }, &chain);
	w->time = c->reader.env.time;
	w->feed_count = chain.feed_count;
	RPC_TRY(value_members(c, param(c, 0), "prices shocks limit account"));
	RPC_TRY(read_account(c, w, param(c, 0)));
	RPC_TRY(read_change(c, w, param(c, 0)));
	RPC_TRY(read_limit(c, &limit, json_object_get(param(c, 0), "limit")));
	return w->has_account ? answer_account(c, w) : answer_everyone(c, w, ref.height, limit);
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_whatIf", what_if, 1, 2, 50, EVERYONE_TYPE "|" ACCOUNT_TYPE,
	  "({prices | shocks, limit | account}, block) who could be liquidated at other prices, or how one account would stand" },
};

const struct rpc_table PLIMSOLL_WHAT_IF_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
