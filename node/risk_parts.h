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
#define LEGS_INLINE   3

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
	pthread_mutex_t index_lock; /* entries: held by a query or by applying updates */
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
	bool is_broken;     /* memory ran out: the index is incomplete */
};

static inline const struct leg *legs_of(const struct entry *e)
{
	return e->more ? e->more : e->few;
}

static inline struct entry *entry_at(const struct risk *r, size_t i)
{
	return &r->chunks[i / RISK_CHUNK][i % RISK_CHUNK];
}

/* The legs of an account by its user record, read through s.  Returns how many; at most
 * 2 * RISK_RESERVES. */
u32 legs_read(struct leg *out, struct state *s, const struct address *owner, const struct user *user);

/* With index_lock: takes over everything pending.  ERR_FULL. */
MUST_CHECK enum err risk_catch_up(struct risk *r);

#endif
