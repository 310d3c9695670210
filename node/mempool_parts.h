#ifndef NODE_MEMPOOL_PARTS_H
#define NODE_MEMPOOL_PARTS_H

/* The inside of the pool, for node/mempool*.c.  Everything below needs the lock. */

#include <pthread.h>

#include "node/index.h"
#include "node/mempool.h"

/* One account with transactions in the pool; at[i] has nonce account.nonce + i or is NULL. */
struct sender {
	struct address owner;
	struct account account; /* as of the head */
	struct pooled **at;
	u32 size, capacity;     /* at[size - 1] is not NULL */
	u32 ready;              /* at[0 .. ready) are all there, and the account can pay for all of them */
	struct u256 ready_cost; /* of at[0 .. ready) together: at most account.balance */
	u32 count;              /* not NULL */
	u32 list_index;         /* in mempool.senders */
	u64 digest;
};

struct mempool {
	struct mempool_config config;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct index by_hash, by_owner;
	struct sender **senders; /* all, in no order; while is_heap, first whose last transaction leaves first */
	bool is_heap;            /* since there was no room for somebody, until half of it is free or somebody expires */
	size_t sender_count, sender_capacity;
	size_t count, ready; /* transactions; of them pending */
	size_t bytes;        /* of them all, signed */
	u64 arrivals;
	u64 commits;    /* tells whether an account was read before the last commit */
	u64 expired_us; /* when queued transactions were last looked over for their age */
	bool is_woken;
	atomic_ullong recovered, refused;
};

struct sender *pool_sender(struct mempool *m, const struct address *owner);
/* The sender's entry, made if there is none.  NULL: out of memory. */
struct sender *pool_sender_make(struct mempool *m, const struct address *owner, const struct account *account);
/* Puts p (or NULL) at at[i], keeps every count; takes over the caller's reference and
 * releases what was there.  false: out of memory, nothing changed. */
bool pool_put(struct mempool *m, struct sender *s, u32 i, struct pooled *p);
/* The entry goes away once it is empty. */
void pool_sender_settle(struct mempool *m, struct sender *s);
/* Once a minute: queued transactions that have waited too long leave. */
void pool_expire(struct mempool *m);
u64 pool_now_us(const struct mempool *m);

/* -- eviction: node/mempool_evict.c ----------------------------------------------------------- */

/* The sender is senders[i]. */
void pool_place(struct mempool *m, size_t i, struct sender *s);
/* Where its transactions have changed, or its place: it finds the right one. */
void pool_replace(struct mempool *m, struct sender *s);
/* The least tip of p and of what it has to wait for below at[i]. */
struct u256 pool_rank(const struct sender *s, u32 i, const struct pooled *p);

/* Who leaves for a new transaction; they are others'. */
struct leaving {
	struct pooled *at[MEMPOOL_EVICTED_MAX];
	u32 count;
};
/* Finds room for p, of s, which may be paid (is_payable) together with what is pending: changes no transaction.
 * false: it is worth less than who would have to leave, or too many would. */
bool pool_room(struct mempool *m, struct leaving *out, const struct sender *s, const struct pooled *p,
	       bool is_payable);
/* They leave. */
void pool_evict(struct mempool *m, const struct leaving *leaving);

#endif
