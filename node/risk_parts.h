#ifndef NODE_RISK_PARTS_H
#define NODE_RISK_PARTS_H

/* The inside of the risk index, for node/risk*.c. */

#include <pthread.h>

#include "node/index.h"
#include "node/pile.h"
#include "node/risk.h"

#define RISK_RESERVES GENESIS_RESERVES_MAX
#define RISK_THREADS  2
#define RISK_CHUNK    4096 /* entries allocated at a time */
#define RISK_TURN     256  /* entries a query looks at before it lets the index move on, and looks at the clock */
#define LEGS_INLINE   3
#define LEGS_MAX      (2 * RISK_RESERVES)

/* One balance that counts: pledged collateral or debt. */
struct leg {
	u64 scaled[2];
	u16 reserve;
	u16 is_debt;
	u32 padding;
};

/* One account. */
struct entry {
	struct address owner;
	u16 leg_count;
	u8 emode;
	bool has_debt;
	u64 changed_at; /* height of the last change; for blocks before it, ask the store */
	struct u256 configuration;
	struct leg *more; /* all legs if there are more than LEGS_INLINE; owned */
	struct leg few[LEGS_INLINE];
};
_Static_assert(sizeof(struct entry) <= 152, "an account stays small");

/* A change of one account, on its way into the index. */
struct update {
	struct address owner;
	struct user user;
	u64 height;
	u32 leg_count;
	struct leg *legs; /* owned */
};

struct closing {
	struct address owner;
	u64 height;
};

struct risk {
	struct store *store;
	const struct genesis *genesis;
	pthread_mutex_t walk_lock;   /* one query at a time; never a block's */
	pthread_rwlock_t index_lock; /* entries: shared for a turn of a query, claimed to apply updates */
	struct entry **chunks;
	size_t chunk_count, chunk_capacity;
	size_t count;
	struct index by_owner;
	struct closing *closings; /* oldest first, from closing_first */
	size_t closing_first, closing_count, closing_capacity;
	pthread_mutex_t pending_lock; /* updates not yet applied: held for an append only */
	struct update *pending;
	size_t pending_count, pending_capacity;
	u64 pending_height; /* of the newest commit */
	bool is_broken;     /* memory ran out, or the store failed a rebuild: the index is incomplete */
};

/* What a unit of every reserve weighs at one block; dollars have 8 decimals. */
struct weights {
	double supply[RISK_RESERVES]; /* of one scaled unit */
	double debt[RISK_RESERVES];
	double dust[RISK_RESERVES];      /* most that rounding can take: one base unit and one cent's cent */
	bool is_dead[RISK_RESERVES];     /* no price: nobody in it can be judged */
	double threshold[RISK_RESERVES]; /* bps outside e-modes */
	double emode_threshold[256];
	struct u128le emode_collateral[256];
	double bound; /* health factors below it are looked for */
};

static inline const struct leg *legs_of(const struct entry *e)
{
	return e->more ? e->more : e->few;
}

static inline struct entry *entry_at(const struct risk *r, size_t i)
{
	return &r->chunks[i / RISK_CHUNK][i % RISK_CHUNK];
}

/* -- entries and closings: with index_lock claimed ---------------------------------------- */

struct entry *entry_find(const struct risk *r, const struct address *owner); /* NULL: not there */
struct entry *entry_add(struct risk *r, const struct address *owner);        /* NULL: out of memory */
/* The last entry moves into the gap. */
void entry_remove(struct risk *r, struct entry *e);
/* Puts count legs into the entry.  ERR_FULL: it is as before. */
MUST_CHECK enum err entry_set(struct entry *e, const struct user *user, const struct leg *legs, u32 count);
/* One leg more: in place while it fits, else all move to memory of their own.  ERR_FULL. */
MUST_CHECK enum err entry_append(struct entry *e, const struct leg *leg);
/* So that he is forgotten in time.  The oldest must come first: whoever adds in another order sorts them.  ERR_FULL. */
MUST_CHECK enum err closing_add(struct risk *r, const struct address *owner, u64 height);

/* -- legs ------------------------------------------------------------------------------------ */

/* The legs of one position: at most two more. */
void legs_add(struct leg *out, u32 *count, const struct position *p, u16 reserve, const struct u256 *configuration);
/* The legs of an account by its user record, read through s.  Returns how many; at most
 * 2 * RISK_RESERVES. */
u32 legs_read(struct leg *out, struct state *s, const struct address *owner, const struct user *user);

/* -- weights --------------------------------------------------------------------------------- */

/* As of s and now. */
void risk_weigh(struct weights *out, struct state *s, u64 now, struct wad bound);
/* Whether the exact health of an account might be below the bound. */
bool risk_may_be_below(const struct weights *w, const struct entry *e);
/* The reserves with the most value on either side: for people, so doubles will do. */
void risk_find_worst(const struct weights *w, struct at_risk *out, const struct leg *legs, u32 count);

/* With index_lock claimed: takes over everything pending.  ERR_FULL. */
MUST_CHECK enum err risk_catch_up(struct risk *r);

#endif
