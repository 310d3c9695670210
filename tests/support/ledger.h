#ifndef TESTS_SUPPORT_LEDGER_H
#define TESTS_SUPPORT_LEDGER_H

/* What an auditor writes down about a lending market: every record of the tables that
 * matter, kept beside the state and changed only by what the state says has changed.
 *
 * Its valuations are in floating point, with bounds for all the rounding that the contracts
 * do: where the bounds are clear of 1, an account is healthy or not beyond doubt. */

#include "tests/support/world.h"

#define LEDGER_ASSETS 16
#define LEDGER_PEOPLE 96
#define LEDGER_EMODES 256
#define NOBODY        LEDGER_PEOPLE

/* The reserve's packed word, taken apart. */
struct settings {
	u32 ltv, threshold, bonus, factor, fee;
	u64 borrow_cap, supply_cap; /* whole tokens */
	u64 ceiling;
	u32 decimals;
	bool active, frozen, borrowing, paused, isolation, siloed, flash;
};

/* Token, feed and reserve have one number here. */
struct ledger_asset {
	struct reserve record;
	struct settings settings;
	double unit;              /* 10^decimals */
	double price;             /* dollars, 8 decimals; 0: dead */
	struct u256 token_supply; /* of the ERC-20 */
};

struct ledger {
	struct ledger_asset assets[LEDGER_ASSETS];
	u32 asset_count;
	struct address people[LEDGER_PEOPLE];
	u32 people_count;
	bool overflow; /* somebody did not fit: the ledger is of no use any more */
	struct user users[LEDGER_PEOPLE];
	struct position positions[LEDGER_ASSETS][LEDGER_PEOPLE];
	struct u256 balances[LEDGER_ASSETS][LEDGER_PEOPLE];
	struct emode emodes[LEDGER_EMODES];
	struct pool pool;
};

/* The number of an address; a new one for a new address. */
u32 ledger_person(struct ledger *l, const struct address *a);
/* NOBODY if there is none. */
u32 ledger_find(const struct ledger *l, const struct address *a);
/* Takes a change over. */
void ledger_apply(struct ledger *l, const struct state_change *change);

static inline struct u256 ledger_wide(struct u128le x)
{
	return (struct u256){ { x.limb[0], x.limb[1], 0, 0 } };
}
double ledger_number(struct u128le x);
struct settings settings_of(const struct u256 *word);

static inline bool ledger_borrows(const struct user *u, u32 asset)
{
	return u256_bit(&u->configuration, 2 * asset);
}
static inline bool ledger_pledges(const struct user *u, u32 asset)
{
	return u256_bit(&u->configuration, 2 * asset + 1);
}
u32 ledger_debts(const struct ledger *l, u32 person);   /* how many reserves are borrowed */
u32 ledger_pledged(const struct ledger *l, u32 person); /* and pledged */

/* Loan-to-value, threshold and bonus (bps) of an asset for a user, efficiency mode included. */
struct terms {
	u32 ltv, threshold, bonus;
};
struct terms ledger_terms(const struct ledger *l, const struct user *u, u32 asset);
bool ledger_in(struct u128le bitmap, u32 asset);

/* Balances in token units and dollars at a time, without any rounding. */
double ledger_supply_index(const struct ledger_asset *a, u64 now);
double ledger_debt_index(const struct ledger_asset *a, u64 now);
double ledger_supplied(const struct ledger *l, u32 asset, u32 person, u64 now);
double ledger_owed(const struct ledger *l, u32 asset, u32 person, u64 now);
double ledger_dollars(const struct ledger_asset *a, double amount);

/* An account between the least and the most that it can be worth, 8 decimals. */
struct worth {
	double collateral_low, collateral_high;
	double debt_low, debt_high;
	double by_ltv_high; /* collateral * ltv, in bps */
	double by_threshold_low, by_threshold_high;
	bool has_zero_ltv;
	bool alive; /* every price that matters is positive */
};
struct worth ledger_worth(const struct ledger *l, u32 person, u64 now);
bool worth_is_healthy(const struct worth *w);   /* beyond doubt */
bool worth_is_unhealthy(const struct worth *w); /* beyond doubt */
/* Whether health is below limit beyond doubt. */
bool worth_is_below(const struct worth *w, double limit);
bool worth_is_above(const struct worth *w, double limit);

#endif
