#include "cmd/plimsoll-demo/market.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/dispatch/address.h"

#define DATA_PROVIDER_WORDS 12
#define WORD_ACCRUED        1 /* getReserveData: scaled share of the treasury */
#define WORD_INDEX          9 /* and the liquidity index */
#define RAY                 1e27
#define NEAR                1.1
#define BOUND               "100" /* of the health factors asked for: of nearly all who owe */
#define ROUNDING            1e-9  /* of a double of this size, and then some */
#define CLAIMS_BATCH        500   /* calls in one request */
#define LEADING_CALLS       3     /* then two for each asset */

/* -- asking ----------------------------------------------------------------------------------- */

/* eth_call of a function of one address, or of none. */
static json_t *view_call(struct address to, const char *signature, const struct address *argument,
			 const char *height)
{
	char target[HEX_ADDRESS_SIZE], input[3 + 2 * 36];
	u8 bytes[36] = { 0 };

	store_be32(bytes, selector_of(signature));
	memcpy(bytes + 16, argument->bytes, sizeof argument->bytes);
	(void)hex_from_bytes(target, (struct bytes){ to.bytes, sizeof to.bytes });
	(void)hex_from_bytes(input, (struct bytes){ bytes, sizeof bytes });
	return json_pack("[s, [{s:s, s:s}, s]]", "eth_call", "to", target, "data", input, height);
}

static json_t *request(const struct market *m, const struct board *b)
{
	json_t *calls = json_array();
	char height[HEX_QUANTITY_MAX];

	(void)hex_from_u64(height, b->height);
	json_array_append_new(calls, json_pack("[s, []]", "plimsoll_status"));
	json_array_append_new(calls, json_pack("[s, [s]]", "plimsoll_markets", height));
	json_array_append_new(calls, json_pack("[s, [s, {s:s, s:i}]]", "plimsoll_liquidatable",
					       height, "below", BOUND, "limit", MARKET_WORST_MAX));
	for (u16 i = 0; i < ASSET_COUNT; i++) {
		struct address token = contract_address(CONTRACT_TOKEN, i);

		json_array_append_new(calls, view_call(contract_address(CONTRACT_DATA_PROVIDER, 0),
						       "getReserveData(address)", &token, height));
		json_array_append_new(calls, view_call(contract_address(CONTRACT_ATOKEN, i),
						       "balanceOf(address)", &m->treasury, height));
	}
	return calls;
}

/* -- reading ------------------------------------------------------------------------------------- */

/* A decimal number in a string. */
static bool get_number(double *out, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	char *end;

	if (!text)
		return false;
	*out = strtod(text, &end);
	return end != text && *end == '\0';
}

static bool get_count(u64 *out, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (u64)json_integer_value(value);
	return true;
}

static bool read_reserve(struct reserve_row *row, const json_t *market, unsigned decimals)
{
	double unit = pow(10, decimals);

	if (!get_number(&row->price, market, "price") ||
	    !get_number(&row->supplied, market, "supplied") ||
	    !get_number(&row->borrowed, market, "borrowed") ||
	    !get_number(&row->cash, market, "available") ||
	    !get_number(&row->deficit, market, "deficit") ||
	    !get_number(&row->utilization, market, "utilization") ||
	    !get_number(&row->supply_apr, market, "supplyRate") ||
	    !get_number(&row->borrow_apr, market, "borrowRate"))
		return false;
	row->supplied /= unit;
	row->borrowed /= unit;
	row->cash /= unit;
	row->deficit /= unit;
	return true;
}

/* The 32-byte words that a call answered. */
static bool get_words(u8 *out, u32 count, const json_t *answer)
{
	return json_is_string(answer) &&
	       hex_to_fixed(out, 32 * (size_t)count, json_string_value(answer),
			    json_string_length(answer)) == OK;
}

/* From getReserveData what the treasury has earned, from balanceOf what it holds. */
static bool read_treasury(struct reserve_row *row, const json_t *answer, const json_t *balance,
			  unsigned decimals)
{
	u8 words[32 * DATA_PROVIDER_WORDS];
	struct u256 accrued, index, held;

	if (!get_words(words, DATA_PROVIDER_WORDS, answer))
		return false;
	accrued = u256_from_be(words + 32 * WORD_ACCRUED);
	index = u256_from_be(words + 32 * WORD_INDEX);
	row->accrued = token_count(&accrued, decimals) * u256_to_double(&index) / RAY;
	if (!get_words(words, 1, balance))
		return false;
	held = u256_from_be(words);
	row->treasury = token_count(&held, decimals);
	return true;
}

static bool read_status(struct board *b, const json_t *status)
{
	const json_t *risk = json_object_get(status, "risk");

	if (!get_count(&b->accounts_with_debt, risk, "accountsWithDebt") ||
	    !get_count(&b->below_1, risk, "belowOne") ||
	    !get_count(&b->below_1_1, risk, "below1.1"))
		return false;
	if (b->below_1 > b->below_1_max)
		b->below_1_max = b->below_1;
	return true;
}

static bool read_near(struct market *m, struct board *b, const json_t *page)
{
	const json_t *accounts = json_object_get(page, "accounts"), *account;
	size_t i;

	if (!json_is_array(accounts))
		return false;
	m->near_count = b->lowest_count = 0;
	json_array_foreach(accounts, i, account)
	{
		const json_t *owner = json_object_get(account, "address");
		struct risk_row row;

		if (i == MARKET_WORST_MAX)
			break;
		if (!json_is_string(owner) ||
		    hex_to_address(&row.owner, json_string_value(owner),
				   json_string_length(owner)) != OK ||
		    !get_number(&row.health, account, "healthFactor") ||
		    !get_number(&row.collateral_usd, account, "collateral") ||
		    !get_number(&row.debt_usd, account, "debt"))
			return false;
		if (row.health < NEAR)
			m->near[m->near_count++] = row.owner;
		if (b->lowest_count < BOARD_LOWEST)
			b->lowest[b->lowest_count++] = row;
	}
	return true;
}

static bool read_answers(struct market *m, struct board *b, const json_t *answers)
{
	const json_t *markets = json_array_get(answers, 1);

	if (json_array_size(answers) != LEADING_CALLS + 2 * ASSET_COUNT ||
	    json_array_size(markets) != ASSET_COUNT)
		return false;
	for (size_t i = 0; i < ASSET_COUNT; i++) {
		if (!read_reserve(&b->reserves[i], json_array_get(markets, i),
				  m->terms[i].decimals) ||
		    !read_treasury(&b->reserves[i], json_array_get(answers, LEADING_CALLS + 2 * i),
				   json_array_get(answers, LEADING_CALLS + 2 * i + 1),
				   m->terms[i].decimals))
			return false;
	}
	return read_status(b, json_array_get(answers, 0)) &&
	       read_near(m, b, json_array_get(answers, 2));
}

enum err market_read(struct market *m, struct board *b)
{
	json_t *calls = request(m, b);
	json_t *answers = rpc_batch(m->rpc, NULL, calls);
	bool ok = answers && read_answers(m, b, answers);

	json_decref(calls);
	json_decref(answers);
	return ok ? OK : ERR_IO;
}

/* -- claims, one by one --------------------------------------------------------------------- */

/* Adds up what the supply tokens say each of them owns. */
static bool add_claims(double sums[ASSET_COUNT], const struct market *m, const json_t *answers)
{
	struct u256 units;
	json_t *answer;
	u8 word[32];
	size_t i;

	json_array_foreach(answers, i, answer)
	{
		if (!get_words(word, 1, answer))
			return false;
		units = u256_from_be(word);
		sums[i % ASSET_COUNT] += token_count(&units, m->terms[i % ASSET_COUNT].decimals);
	}
	return true;
}

enum err market_count_claims(struct market *m, struct board *b, const struct people *people)
{
	double sums[ASSET_COUNT] = { 0 };
	char height[HEX_QUANTITY_MAX];
	json_t *calls = json_array(), *answers;
	bool ok = true;

	(void)hex_from_u64(height, b->height);
	for (u32 i = 0; ok && i <= people->count; i++) {
		const struct address *owner = i < people->count ? &people->at[i].address
								: &m->treasury;

		for (u16 a = 0; a < ASSET_COUNT; a++)
			json_array_append_new(calls,
					      view_call(contract_address(CONTRACT_ATOKEN, a),
							"balanceOf(address)", owner, height));
		if (json_array_size(calls) < CLAIMS_BATCH && i < people->count)
			continue;
		answers = rpc_batch(m->rpc, NULL, calls);
		ok = json_array_size(answers) == json_array_size(calls) &&
		     add_claims(sums, m, answers);
		json_array_clear(calls);
		json_decref(answers);
	}
	json_decref(calls);
	for (u32 a = 0; ok && a < ASSET_COUNT; a++)
		b->reserves[a].held = sums[a];
	return ok ? OK : ERR_IO;
}

struct soundness market_soundness(const struct reserve_row *r, unsigned decimals, u64 operations)
{
	struct soundness s = {
		.claims = fmax(r->supplied, r->held) + r->accrued,
		.assets = r->cash + r->borrowed,
		.deficit = r->deficit,
	};
	double missing = s.claims - s.assets - s.deficit;
	double rounding = fmax((double)operations / pow(10, decimals), s.claims * ROUNDING);

	s.missing = missing > rounding ? missing : 0;
	return s;
}
