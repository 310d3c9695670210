#include "contracts-native/chain/genesis.h"

#include <string.h>

#include "base/fixed.h"
#include "contracts-native/chain/tx.h"
#include "contracts-native/lending/configuration.h"
#include "contracts-native/lending/rates.h"
#include "oracle/report.h"

#define CHAIN_ID_MAX        0x7fffffffu /* 35 + 2 * id fits 32 bits, as old signers need */
#define TIME_MAX            ((1ull << 40) - 1)
#define GAS_LIMIT_MAX       (1ull << 53)
#define DECIMALS_MAX        36u
#define LISTED_DECIMALS_MIN 6u /* Aave lists nothing coarser */

static_assert(GENESIS_REPORTERS_MAX <= REPORT_REPORTERS_MAX, "an envelope names every reporter");
static_assert(GENESIS_FEEDS_MAX <= REPORT_FEEDS_MAX, "a report holds every feed");

/* The first rule that is broken ends the check and says so. */
static enum err rule(bool holds, const char **why, const char *text)
{
	if (holds)
		return OK;
	*why = text;
	return ERR_RANGE;
}

/* Up to its terminator; capacity if it has none. */
static struct bytes text_of(const char *text, size_t capacity)
{
	return (struct bytes){ (const u8 *)text, strnlen(text, capacity) };
}

static bool text_fits(const char *text, size_t capacity)
{
	return text[0] != '\0' && text_of(text, capacity).size < capacity;
}

static enum err chain_check(const struct genesis *g, const char **why)
{
	TRY(rule(g->chain_id > 0 && g->chain_id <= CHAIN_ID_MAX, why, "chain id is not in [1, 2^31-1]"));
	TRY(rule(g->time > 0 && g->time <= TIME_MAX, why, "time is not in [1, 2^40-1]"));
	TRY(rule(g->gas_limit >= TX_GAS_BASE && g->gas_limit <= GAS_LIMIT_MAX, why,
		 "gas limit is not in [21000, 2^53]"));
	TRY(rule(u256_fits(&g->base_fee, 128), why, "base fee is 2^128 or more"));
	TRY(rule(g->flash_premium <= BPS_ONE, why, "flash premium is above 10000"));
	TRY(rule(g->token_count <= GENESIS_TOKENS_MAX, why, "too many tokens"));
	TRY(rule(g->feed_count <= GENESIS_FEEDS_MAX, why, "too many feeds"));
	TRY(rule(g->reserve_count <= GENESIS_RESERVES_MAX, why, "too many reserves"));
	TRY(rule(g->emode_count <= GENESIS_EMODES_MAX, why, "too many eMode categories"));
	TRY(rule(g->reporter_count <= GENESIS_REPORTERS_MAX, why, "too many reporters"));
	if (g->reserve_count == 0)
		return OK;
	TRY(rule(!address_is_zero(&g->admin), why, "admin is the zero address"));
	return rule(!address_is_zero(&g->treasury), why, "treasury is the zero address");
}

static enum err token_check(const struct genesis_token *t, const char **why)
{
	TRY(rule(text_fits(t->name, sizeof t->name), why, "token name is empty or too long"));
	TRY(rule(text_fits(t->symbol, sizeof t->symbol), why, "token symbol is empty or too long"));
	return rule(t->decimals <= DECIMALS_MAX, why, "token decimals are above 36");
}

static enum err feed_check(const struct genesis *g, u32 index, const char **why)
{
	const struct genesis_feed *f = &g->feeds[index];

	TRY(rule(text_fits(f->name, sizeof f->name), why, "feed name is empty or too long"));
	TRY(rule(text_fits(f->description, sizeof f->description), why,
		 "feed description is empty or too long"));
	TRY(rule(f->max_age > 0, why, "feed max age is 0"));
	TRY(rule(f->venues_min > 0 && f->venues_min <= UINT8_MAX, why, "feed venues are not in [1, 255]"));
	TRY(rule(u256_fits(&f->answer, 128), why, "feed answer is 2^128 or more"));
	for (u32 i = 0; i < index; i++)
		TRY(rule(!bytes_equal(text_of(g->feeds[i].name, sizeof f->name), text_of(f->name, sizeof f->name)),
			 why, "two feeds have one name"));
	return OK;
}

/* lt * bonus, half up: what a liquidation at the threshold pays out of 10000. */
static u32 payout(u16 threshold, u16 bonus)
{
	return ((u32)threshold * bonus + BPS_ONE / 2) / BPS_ONE;
}

static enum err curve_check(const struct genesis_reserve *r, const char **why)
{
	u64 top = (u64)r->base + r->slope1 + r->slope2;

	TRY(rule(r->optimal >= RATES_OPTIMAL_MIN && r->optimal <= RATES_OPTIMAL_MAX, why,
		 "reserve optimal usage is not in [100, 9900]"));
	TRY(rule(r->slope1 <= r->slope2, why, "reserve slope1 is above slope2"));
	return rule(top <= RATES_MAX, why, "reserve base + slope1 + slope2 is above 100000");
}

static enum err collateral_check(const struct genesis_reserve *r, const char **why)
{
	TRY(rule(r->ltv <= r->liquidation_threshold, why, "reserve ltv is above its liquidation threshold"));
	if (r->liquidation_threshold == 0)
		return rule(r->liquidation_bonus == 0, why, "reserve has a bonus but no threshold");
	TRY(rule(r->liquidation_bonus > BPS_ONE, why, "reserve liquidation bonus is not above 10000"));
	return rule(payout(r->liquidation_threshold, r->liquidation_bonus) <= BPS_ONE, why,
		    "reserve threshold * bonus is above 10000");
}

static enum err reserve_check(const struct genesis *g, u32 id, const char **why)
{
	const struct genesis_reserve *r = &g->reserves[id];

	TRY(rule(r->token < g->token_count, why, "reserve token is unknown"));
	TRY(rule(r->feed < g->feed_count, why, "reserve feed is unknown"));
	TRY(rule(g->tokens[r->token].decimals >= LISTED_DECIMALS_MIN, why,
		 "reserve token has fewer than 6 decimals"));
	for (u32 i = 0; i < id; i++)
		TRY(rule(g->reserves[i].token != r->token, why, "a token is listed twice"));
	TRY(collateral_check(r, why));
	TRY(curve_check(r, why));
	TRY(rule(r->reserve_factor <= BPS_ONE, why, "reserve factor is above 10000"));
	TRY(rule(r->liquidation_protocol_fee <= BPS_ONE, why,
		 "reserve liquidation protocol fee is above 10000"));
	TRY(rule(r->supply_cap <= config_max(CONFIG_SUPPLY_CAP), why, "reserve supply cap is 2^36 or more"));
	TRY(rule(r->borrow_cap <= config_max(CONFIG_BORROW_CAP), why, "reserve borrow cap is 2^36 or more"));
	return rule(r->debt_ceiling <= config_max(CONFIG_DEBT_CEILING), why,
		    "reserve debt ceiling is 2^40 or more");
}

/* Whether all bits stand for reserves. */
static bool bits_fit(const struct u128le *bits, u32 reserve_count)
{
	const struct u256 wide = { { bits->limb[0], bits->limb[1], 0, 0 } };

	return u256_fits(&wide, reserve_count);
}

static bool bits_within(const struct u128le *inner, const struct u128le *outer)
{
	return !(inner->limb[0] & ~outer->limb[0]) && !(inner->limb[1] & ~outer->limb[1]);
}

static enum err emode_check(const struct genesis *g, u32 index, const char **why)
{
	const struct genesis_emode *e = &g->emodes[index];

	TRY(rule(e->id != 0, why, "eMode category 0 is reserved"));
	for (u32 i = 0; i < index; i++)
		TRY(rule(g->emodes[i].id != e->id, why, "two eMode categories have one id"));
	TRY(rule(text_of(e->label, sizeof e->label).size < sizeof e->label, why, "eMode label is too long"));
	TRY(rule(e->ltv > 0 && e->ltv <= e->liquidation_threshold, why,
		 "eMode ltv is 0 or above its liquidation threshold"));
	TRY(rule(e->liquidation_bonus > BPS_ONE, why, "eMode liquidation bonus is not above 10000"));
	TRY(rule(payout(e->liquidation_threshold, e->liquidation_bonus) <= BPS_ONE, why,
		 "eMode threshold * bonus is above 10000"));
	TRY(rule(bits_fit(&e->collateral, g->reserve_count) && bits_fit(&e->borrowable, g->reserve_count),
		 why, "eMode names an unknown reserve"));
	return rule(bits_within(&e->ltvzero, &e->collateral), why,
		    "eMode ltvzero reserve is no collateral of it");
}

static enum err reporters_check(const struct genesis *g, const char **why)
{
	if (g->reporter_count == 0)
		return OK;
	TRY(rule(g->reporter_count % 3 == 1, why, "reporters are not 3f+1"));
	TRY(rule(g->oracle_period > 0, why, "oracle period is 0"));
	for (u32 i = 0; i < g->reporter_count; i++) {
		TRY(rule(!address_is_zero(&g->reporters[i]), why, "a reporter is the zero address"));
		for (u32 j = 0; j < i; j++)
			TRY(rule(address_cmp(&g->reporters[i], &g->reporters[j]) != 0, why,
				 "a reporter stands twice"));
	}
	return OK;
}

static enum err balance_check(const struct genesis *g, const struct genesis_balance *b, const char **why)
{
	TRY(rule(b->is_native || b->token < g->token_count, why, "balance of an unknown token"));
	return rule(!address_is_zero(&b->owner), why, "balance of the zero address");
}

enum err genesis_check(const struct genesis *g, const char **why)
{
	TRY(chain_check(g, why));
	for (u32 i = 0; i < g->token_count; i++)
		TRY(token_check(&g->tokens[i], why));
	for (u32 i = 0; i < g->feed_count; i++)
		TRY(feed_check(g, i, why));
	for (u32 i = 0; i < g->reserve_count; i++)
		TRY(reserve_check(g, i, why));
	for (u32 i = 0; i < g->emode_count; i++)
		TRY(emode_check(g, i, why));
	TRY(reporters_check(g, why));
	for (u32 i = 0; i < g->balance_count; i++)
		TRY(balance_check(g, &g->balances[i], why));
	return OK;
}
