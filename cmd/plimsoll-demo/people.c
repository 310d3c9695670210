#include "cmd/plimsoll-demo/people.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ecdsa.h"
#include "base/hash.h"

#define HEALTH_MIN      1.05
#define HEALTH_MAX      2.5
#define HEALTH_SKEW     1.3   /* above 1: more of them near the edge */
#define LTV_ROOM        1.015 /* prices move before the loan is taken */
#define USD_MIN         3000.0
#define USD_MAX         400000.0
#define UTILIZATION     0.72 /* of what suppliers lend, to begin with */
#define WALLET_SPARE    0.5  /* of the supply, kept in hand */
#define WALLET_REPAY    0.25 /* of the debt, kept in hand */
#define ATTENTIVE_SHARE 0.35

u64 chance_next(struct chance *c)
{
	u64 x = c->state += 0x9e3779b97f4a7c15u;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

double chance_unit(struct chance *c)
{
	return (double)(chance_next(c) >> 11) / 9007199254740992.0; /* 2^53 */
}

double chance_between(struct chance *c, double low, double high)
{
	return low + (high - low) * chance_unit(c);
}

u32 chance_below(struct chance *c, u32 bound)
{
	assert(bound > 0);
	return (u32)(chance_next(c) % bound);
}

void demo_key(u8 key[32], struct address *address, const char *name, u32 number, u64 seed)
{
	char text[64];
	struct hash hash;
	enum err e;

	(void)snprintf(text, sizeof text, "%s-%u-%llu", name, number, (unsigned long long)seed);
	keccak256(&hash, (struct bytes){ (const u8 *)text, strlen(text) });
	memcpy(key, hash.bytes, sizeof hash.bytes);
	e = address_of_key(address, key);
	assert(e == OK); /* no Keccak hash known is 0 or above the group's order */
}

struct u256 token_units(double tokens, unsigned decimals)
{
	struct u256 micro, scale = u256_pow10(decimals - 6), units;
	enum err e;

	assert(decimals >= 6 && tokens >= 0 && tokens < 1e15);
	micro = u256_from_u128((u128)(tokens * 1e6));
	e = u256_mul(&units, &micro, &scale);
	assert(e == OK); /* < 10^21 * 10^71 */
	return units;
}

double token_count(const struct u256 *units, unsigned decimals)
{
	return u256_to_double(units) / pow(10, decimals);
}

/* -- making ----------------------------------------------------------------------------- */

/* What is pledged and borrowed, with a share of the borrowers each. */
static const struct {
	double share;
	enum asset supplied, borrowed;
} habits[] = {
	{ 0.34, ASSET_WETH, ASSET_USDC },
	{ 0.16, ASSET_WETH, ASSET_DAI },
	{ 0.18, ASSET_WBTC, ASSET_USDC },
	{ 0.08, ASSET_WBTC, ASSET_DAI },
	{ 0.12, ASSET_LINK, ASSET_USDC },
	{ 0.05, ASSET_USDC, ASSET_WETH },
	{ 0.03, ASSET_USDC, ASSET_WBTC },
	{ 0.04, ASSET_DAI, ASSET_WETH },
};

/* The assets that suppliers bring, in turn: the first of each are there whatever their number. */
static const enum asset lent[] = {
	ASSET_USDC,
	ASSET_DAI,
	ASSET_WETH,
	ASSET_WBTC,
	ASSET_USDC,
	ASSET_USDC,
	ASSET_DAI,
	ASSET_USDC,
};
static_assert(PEOPLE_SUPPLIERS_MIN >= 4, "USDC, DAI, WETH and WBTC are borrowed");

static double dollars(struct chance *c)
{
	return USD_MIN * pow(USD_MAX / USD_MIN, chance_unit(c));
}

static void borrower_make(struct person *p, struct chance *c, const struct terms terms[ASSET_COUNT],
			  const double prices[ASSET_COUNT])
{
	double at = chance_unit(c), usd = dollars(c), closest;
	size_t i = 0;

	while (i + 1 < ARRAY_COUNT(habits) && at >= habits[i].share)
		at -= habits[i++].share;
	p->is_borrower = true;
	p->is_attentive = chance_unit(c) < ATTENTIVE_SHARE;
	p->supplied = habits[i].supplied;
	p->borrowed = habits[i].borrowed;
	closest = terms[p->supplied].threshold / terms[p->supplied].ltv * LTV_ROOM;
	p->health = HEALTH_MIN + (HEALTH_MAX - HEALTH_MIN) * pow(chance_unit(c), HEALTH_SKEW);
	p->health = fmax(p->health, closest);
	p->supply = usd / prices[p->supplied];
	p->debt = usd * terms[p->supplied].threshold / p->health / prices[p->borrowed];
	p->wallet[p->supplied] = p->supply * (1 + WALLET_SPARE);
	p->wallet[p->borrowed] = p->debt * WALLET_REPAY;
}

/* Suppliers of an asset share what its borrowers need; of others, they bring what they like. */
static void suppliers_make(struct people *p, const double prices[ASSET_COUNT])
{
	double needed[ASSET_COUNT] = { 0 }, weights[ASSET_COUNT] = { 0 };

	for (u32 i = p->suppliers; i < p->count; i++)
		needed[p->at[i].borrowed] += p->at[i].debt;
	for (u32 i = 0; i < p->suppliers; i++) {
		struct person *one = &p->at[i];

		one->supplied = one->borrowed = lent[i % ARRAY_COUNT(lent)];
		one->supply = dollars(&p->chance) / prices[one->supplied];
		weights[one->supplied] += one->supply;
	}
	for (u32 i = 0; i < p->suppliers; i++) {
		struct person *one = &p->at[i];

		if (needed[one->supplied] > 0)
			one->supply *= needed[one->supplied] / UTILIZATION / weights[one->supplied];
		one->wallet[one->supplied] = one->supply * (1 + WALLET_SPARE);
	}
}

static int compare_people(const void *a, const void *b, void *context)
{
	const struct person *people = context;

	return address_cmp(&people[*(const u32 *)a].address, &people[*(const u32 *)b].address);
}

enum err people_make(struct people *out, u64 seed, u32 suppliers, u32 borrowers,
		     const struct terms terms[ASSET_COUNT], const double prices[ASSET_COUNT])
{
	struct people p = {
		.count = suppliers + borrowers,
		.suppliers = suppliers,
		.chance = { seed },
	};

	assert(suppliers >= PEOPLE_SUPPLIERS_MIN && borrowers > 0);
	p.at = calloc(p.count, sizeof *p.at);
	p.by_address = calloc(p.count, sizeof *p.by_address);
	if (!p.at || !p.by_address) {
		people_free(&p);
		return ERR_FULL;
	}
	for (u32 i = 0; i < p.count; i++) {
		demo_key(p.at[i].key, &p.at[i].address, "actor", i, seed);
		p.by_address[i] = i;
		if (i >= suppliers)
			borrower_make(&p.at[i], &p.chance, terms, prices);
	}
	suppliers_make(&p, prices);
	qsort_r(p.by_address, p.count, sizeof *p.by_address, compare_people, p.at);
	*out = p;
	return OK;
}

void people_free(struct people *p)
{
	free(p->at);
	free(p->by_address);
	*p = (struct people){ .at = NULL };
}

struct person *people_find(struct people *p, const struct address *address)
{
	u32 low = 0, high = p->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		struct person *one = &p->at[p->by_address[middle]];
		int order = address_cmp(&one->address, address);

		if (order == 0)
			return one;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
