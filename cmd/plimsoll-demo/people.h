#ifndef DEMO_PEOPLE_H
#define DEMO_PEOPLE_H

/* The simulated people: suppliers who lend, and borrowers who pledge one asset and owe
 * another.  Who they are, what they own and how near the edge they begin follows from a
 * seed and the first prices alone; no node is involved here. */

#include "cmd/plimsoll-demo/replay.h"
#include "base/u256.h"

/* SplitMix64: the same sequence everywhere. */
struct chance {
	u64 state;
};
u64 chance_next(struct chance *c);
double chance_unit(struct chance *c); /* in [0, 1) */
double chance_between(struct chance *c, double low, double high);
u32 chance_below(struct chance *c, u32 bound); /* Requires bound > 0. */

/* What the market demands of an asset. */
struct terms {
	double ltv, threshold; /* ratios */
	unsigned decimals;
};

struct person {
	u8 key[32];
	struct address address;
	bool is_borrower;
	bool is_attentive; /* reacts when the account comes near 1 */
	enum asset supplied, borrowed;
	double supply, debt;        /* tokens, as far as we know; suppliers owe nothing */
	bool is_stale;              /* a liquidation has changed them */
	double health;              /* to begin with, at the first prices */
	double wallet[ASSET_COUNT]; /* tokens in hand, as far as we know */
	u64 nonce;                  /* of the next transaction */
	u32 waiting;                /* sent, not in a block yet */
	u64 waiting_since;          /* height of the last sending */
};

struct people {
	struct person *at; /* suppliers first */
	u32 *by_address;   /* indexes in order of address */
	u32 count, suppliers;
	struct chance chance;
};

#define PEOPLE_SUPPLIERS_MIN 4 /* one of each asset that is lent out */

/* people_make.  Requires suppliers >= PEOPLE_SUPPLIERS_MIN and borrowers > 0.  ERR_FULL: out of memory. */
MUST_CHECK enum err people_make(struct people *out, u64 seed, u32 suppliers, u32 borrowers,
				const struct terms terms[ASSET_COUNT],
				const double prices[ASSET_COUNT]);
void people_free(struct people *p);
struct person *people_find(struct people *p, const struct address *address);

/* keccak256("<name>-<number>-<seed>"), as every key of the demo is made. */
void demo_key(u8 key[32], struct address *address, const char *name, u32 number, u64 seed);

/* Tokens as base units, to six decimals as far as a double holds them.
 * Requires 0 <= tokens < 10^15 and decimals >= 6. */
struct u256 token_units(double tokens, unsigned decimals);
double token_count(const struct u256 *units, unsigned decimals);

#endif
