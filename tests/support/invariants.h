#ifndef TESTS_SUPPORT_INVARIANTS_H
#define TESTS_SUPPORT_INVARIANTS_H

/* What must be true of the lending market after every step, whoever did what.
 *
 *     invariants_begin(&v, world)            once, over a committed market
 *     invariants_before(&v, &step)           what the call is about to be
 *     ... the call ...
 *     invariants_after(&v, outcome)          looks at what changed; then commit
 *     invariants_probe(&v)                   now and then: what must be possible is tried
 *     invariants_recount(&v)                 now and then: every record again
 *
 * Each property is one row of the table: a name, a sentence, a function that says whether it
 * holds of the step.  The properties do not compute what the contracts compute: they compare
 * before with after, exactly where it is a matter of whole numbers, within bounds where it is
 * a matter of prices.  docs/invariants.md is printed from the table. */

#include "tests/support/invariant_rows.h"
#include "tests/support/ledger.h"
#include "tests/support/step.h"

/* -- what the step did --------------------------------------------------------------------- */

#define TOUCHED_MAX 128

struct touched_position {
	u32 asset, person;
	struct position before;
};
struct touched_balance {
	u32 asset, person;
	struct u256 before;
};
struct touched_allowance {
	struct allowance_key key;
	struct u256 before, after;
};

/* What the auditor remembers of a reserve beyond its records. */
struct memory {
	double leak;                                    /* units that rounding may have given away so far */
	struct u256 deficit;                            /* created less covered, by the events */
	struct u256 scaled_supply, scaled_debt, tokens; /* sums over people */
	bool emptied[LEDGER_PEOPLE];                    /* whose collateral bit outlived the supply, by rounding */
	u32 vault;                                      /* the aToken, as a person */
};

struct invariants {
	struct world *world;
	struct ledger now;
	struct memory memory[LEDGER_ASSETS];
	struct step step;
	enum err outcome;
	/* before the step, for everything it touched */
	u32 asset_mask;
	struct ledger_asset assets[LEDGER_ASSETS];
	struct touched_position positions[TOUCHED_MAX];
	struct touched_balance balances[TOUCHED_MAX];
	struct touched_allowance allowances[TOUCHED_MAX];
	u32 position_count, balance_count, allowance_count;
	u32 people[LEDGER_PEOPLE]; /* whose account it touched */
	struct user users[LEDGER_PEOPLE];
	struct worth worths[LEDGER_PEOPLE];
	u32 person_count;
	bool is_touched[LEDGER_PEOPLE];
	bool categories_changed, pool_changed;
	struct role_key roles[TOUCHED_MAX]; /* that were given or taken */
	u32 role_count;
	size_t change_count;
	/* what is wrong */
	u128 broken;      /* bit i: row i of the table */
	u128 ignored;     /* rows that are not looked at */
	char detail[256]; /* of the row that broke last */
	u32 probe_count;  /* attempts that were possible so far */
	u64 dice;         /* of a probe */
};

enum when { EVERY_STEP,
	    PROBE,
	    RECOUNT };

struct invariant {
	const char *name;
	const char *statement;
	enum when when;
	bool (*holds)(struct invariants *v);
};
/* Every property; at most 128. */
const struct invariant *invariants_all(u32 *count);

/* Reads what is committed.  v is zeroed memory, but for people who are to have certain numbers
 * (v->now.people). */
void invariants_begin(struct invariants *v, struct world *w);
void invariants_before(struct invariants *v, const struct step *step);
/* False, with bits in v->broken, if a property does not hold. */
bool invariants_after(struct invariants *v, enum err outcome);
/* dice picks whom and what. */
bool invariants_probe(struct invariants *v, u64 dice);
bool invariants_recount(struct invariants *v);

/* -- for the properties ---------------------------------------------------------------------- */

/* Whether the step was done, and is what its op says. */
static inline bool was(const struct invariants *v, enum op op)
{
	return v->outcome == OK && v->step.is_plain && v->step.op == op;
}
/* false, after saying why. */
bool broken(struct invariants *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Before the step. */
struct position position_before(const struct invariants *v, u32 asset, u32 person);
struct user user_before(const struct invariants *v, u32 person);
struct u256 balance_before(const struct invariants *v, u32 asset, u32 person);
const struct ledger_asset *asset_before(const struct invariants *v, u32 asset);
/* NULL if the step did not touch the account. */
const struct worth *worth_before(const struct invariants *v, u32 person);
struct u256 allowance_before(const struct invariants *v, enum contract_kind kind, u32 asset,
			     u32 owner, u32 spender);
bool is_manager_before(const struct invariants *v, u32 user, u32 manager);
/* Whether somebody had the role of this name ("POOL_ADMIN"; "": the default admin). */
bool had_role(const struct invariants *v, u32 person, const char *name);
int u128_cmp(struct u128le a, struct u128le b); /* -1, 0, 1 */
static inline bool u128_is_zero(struct u128le a)
{
	return (a.limb[0] | a.limb[1]) == 0;
}
/* The first event of this name since the last commit, from index *at on; NULL if there is none. */
const struct log *event_next(const struct invariants *v, u32 *at, enum event_name name);
/* Word i of an event's plain data, and the asset in a topic. */
struct u256 event_word(const struct log *log, u32 i);
u32 event_asset(const struct log *log, u32 topic);

/* holds_NAME for every row. */
#define X(name, when, statement) bool holds_##name(struct invariants *v);
INVARIANTS(X)
#undef X

#endif
