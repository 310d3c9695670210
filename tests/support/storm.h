#ifndef TESTS_SUPPORT_STORM_H
#define TESTS_SUPPORT_STORM_H

/* A lending market and everything that people, prices and time do to it, drawn from dice.
 *
 *     storm_begin(&s, description, dice)
 *     while (!s.is_over)
 *             storm_step(&s)      draws a step, runs it, has the auditor look, commits
 *     storm_end(&s)
 *
 * The dice are a seeded generator or a fuzzer's bytes.  Most steps make sense, so that the
 * market lives; some amounts are hostile, some calldata is damaged. */

#include "tests/support/invariants.h"
#include "tests/support/market.h"

/* -- dice --------------------------------------------------------------------------- */

struct dice {
	u64 state;       /* of the generator, if there are no bytes */
	struct bytes in; /* what is left of a fuzzer's input */
	bool from_bytes;
};
struct dice dice_seeded(u64 seed);
struct dice dice_of_bytes(struct bytes in);
u64 dice_word(struct dice *d);             /* 0 once the bytes are used up */
u64 dice_below(struct dice *d, u64 limit); /* 0 .. limit - 1 */
bool dice_percent(struct dice *d, u32 chance);
bool dice_are_spent(const struct dice *d);

/* -- the storm ------------------------------------------------------------------------ */

#define STORM_ACTORS       8
#define STORM_CALLDATA_MAX 2048

struct storm {
	struct market market;
	struct invariants audit;
	struct dice dice;
	u64 time;
	u64 step_count;
	double start_price[LEDGER_ASSETS];
	struct step step; /* the last one */
	struct message message;
	u8 calldata[STORM_CALLDATA_MAX];
	u64 tried[OP_COUNT], succeeded[OP_COUNT]; /* calls; damaged ones are not counted */
	bool is_over;                             /* the auditor's book is full */
};

/* Builds the market, gives everybody tokens, and begins. */
void storm_begin(struct storm *s, const json_t *description, struct dice dice);
void storm_end(struct storm *s);
/* One step.  What is broken afterwards: s->audit.broken (invariants.h). */
void storm_step(struct storm *s);

/* Draws the next step into s->step, s->message and s->calldata (storm_draw.c). */
void storm_draw(struct storm *s);
/* The same for tokens, flash loans and prices (storm_other.c), and for governance
 * (storm_governance.c). */
void storm_draw_other(struct storm *s);
void storm_draw_governance(struct storm *s);

/* -- for drawing ------------------------------------------------------------------------ */

/* The people, by number: the actors come first, then these, then one aToken per asset. */
enum { STORM_ADMIN = STORM_ACTORS,
       STORM_TREASURY,
       STORM_UMBRELLA,
       STORM_RECEIVER,
       STORM_POOL,
       STORM_ZERO,
       STORM_ATOKENS };

u32 storm_any_actor(struct storm *s);
u32 storm_anybody(struct storm *s); /* mostly an actor */
u32 storm_any_asset(struct storm *s);
const struct address *storm_person(const struct storm *s, u32 i);

/* Calldata word by word. */
void storm_call(struct storm *s, enum op op, struct address to);
void storm_put(struct storm *s, const struct u256 *word);
void storm_put_u64(struct storm *s, u64 word);
void storm_put_address(struct storm *s, const struct address *a);
/* Something between nothing and far too much, often about as much as near. */
struct u256 storm_amount(struct storm *s, double near);
struct address storm_asset(u32 asset);

#endif
