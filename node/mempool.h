#ifndef NODE_MEMPOOL_H
#define NODE_MEMPOOL_H

/* Transactions that wait for a block.
 *
 *     account  next nonce 7     [7] [8] [9]  .  [11]
 *                               \_pending_/     queued: 10 is missing
 *
 * Pending are those without a gap that the account can pay for all together, at the most each may cost;
 * what comes after the first that it cannot pay is queued too.
 *
 * Decoding, hashing and signature recovery run in the submitting thread before any lock
 * is taken, once for each transaction; what the lock guards is a few table look-ups.
 *
 * A block takes calls of the oracle's aggregator first, then the highest tip, then who came
 * first; nonces of one sender stay in order.
 *
 * When the pool is full, others' last transactions leave for a new one: the queued before the pending, then
 * those of the least tip, where a tip counts for no more than the least of the sender's before it, then the
 * newest.  Whoever stays is worth more than who leaves; a refusal changes nothing. */

#include <stdatomic.h>

#include "node/node.h"

#define MEMPOOL_MAX_DEFAULT  200000u
#define MEMPOOL_PENDING_MAX  4096u       /* transactions of one sender without a gap */
#define MEMPOOL_QUEUED_MAX   64u         /* nonces past the first that is not pending */
#define MEMPOOL_BYTES_MAX    (64u << 20) /* of all signed transactions together */
#define MEMPOOL_EVICTED_MAX  16u         /* that leave a full pool for a new one */
#define MEMPOOL_ORACLE_SPARE 64u         /* aggregator calls that a full pool still takes, of any size */
#define MEMPOOL_BUMP_PERCENT 10u         /* what a replacement must add to both fees */
#define MEMPOOL_TIP          1000000u    /* recommended, wei a gas: enough that a tenth of it can be added */
#define MEMPOOL_LIFETIME_S   10800u      /* a queued transaction waits so long for what it needs */
#define MEMPOOL_EXPIRE_S     60u         /* between looks for such */

/* One transaction with its bytes.  Shared: whoever keeps one holds a reference. */
struct pooled {
	struct tx tx; /* decoded and recovered; borrows raw below */
	atomic_uint references;
	bool is_oracle;   /* calls submit of the aggregator */
	u64 arrival;      /* order of admission */
	u64 admitted_us;  /* when */
	struct u256 tip;  /* effective, wei a gas */
	struct u256 cost; /* what the sender must own */
	/* The pool's, under its lock: */
	struct u256 rank; /* the least tip of this and the sender's before it */
	bool is_front;    /* this and the sender's before it are aggregator calls without a gap */
	bool is_told;     /* config.pending has heard of it */
	u8 raw[];
};
void pooled_release(struct pooled *p);

struct mempool;

struct mempool_config {
	u64 chain_id, gas_limit;
	struct u256 base_fee;
	size_t max;       /* 0: MEMPOOL_MAX_DEFAULT */
	size_t bytes_max; /* 0: MEMPOOL_BYTES_MAX */
	/* The committed account of an owner; zeros if there is none.  Any thread. */
	void (*account)(void *context, const struct address *owner, struct account *out);
	/* Told of every transaction once, when it is pending first, with the pool's lock: it must not wait, nor
	 * ask the pool.  Any thread; NULL: nobody cares. */
	void (*pending)(void *context, const struct hash *tx);
	u64 (*now_us)(void *context); /* NULL: clock_monotonic_us */
	void *context;
};

/* NULL: out of memory. */
struct mempool *mempool_new(const struct mempool_config *config);
void mempool_free(struct mempool *m);

/* mempool_add admits one transaction.  ERR_TX_*, what tx_decode gives, ERR_FULL: out of memory.  sender: who
 * signed it, by mempool_senders; NULL: not known. */
MUST_CHECK enum err mempool_add(struct mempool *m, struct hash *hash, struct refusal *why, struct bytes raw,
				const struct address *sender);
/* See node_senders. */
void mempool_senders(struct mempool *m, struct signed_bytes *list, u32 count, u32 threads);

/* The same for one that waited when the node was stopped: it need not be payable together with the sender's
 * others, nor be among the next nonces, as what was admitted once need not either. */
MUST_CHECK enum err mempool_restore(struct mempool *m, struct bytes raw);
/* The same for a transaction that nobody signed (tx_unsigned): development chains only. */
MUST_CHECK enum err mempool_add_unsigned(struct mempool *m, struct hash *hash, struct refusal *why, struct bytes raw);

/* A pooled transaction by hash, with a reference for the caller; NULL if it is not there. */
struct pooled *mempool_find(struct mempool *m, const struct hash *hash);
u64 mempool_nonce(struct mempool *m, const struct address *owner);
/* Transactions sender by sender, each one's by nonce, with a reference for the caller; owner NULL: of all.
 * Returns how many; at most capacity. */
u32 mempool_list(struct mempool *m, struct pool_item *out, u32 capacity, const struct address *owner);
struct pool_counts mempool_counts(struct mempool *m);
struct mempool_figures {
	u64 recovered, refused;
};
struct mempool_figures mempool_figures(struct mempool *m);

/* What goes into the next block: at most gas_max gas and size_max bytes, in order, each with a
 * reference for the caller.  Returns how many; at most capacity. */
u32 mempool_choose(struct mempool *m, struct pooled **out, u32 capacity, u64 gas_max, size_t size_max);

/* After a commit: accounts whose nonce or balance changed.  Their transactions that are spent or no
 * longer affordable leave; all of them if the nonce went back. */
struct account_change {
	struct address owner;
	struct account account;
};
void mempool_committed(struct mempool *m, const struct account_change *changes, size_t count);
/* Takes out a transaction that a block refused. */
void mempool_drop(struct mempool *m, const struct hash *hash);
/* Takes out everything, or everything of one sender. */
void mempool_clear(struct mempool *m);
void mempool_forget(struct mempool *m, const struct address *owner);

/* Waits until something is pending, mempool_wake, or the deadline (clock_monotonic_us).  Returns
 * whether something is pending. */
bool mempool_wait(struct mempool *m, u64 deadline_us);
void mempool_wake(struct mempool *m);

/* Whether a transaction belongs in front: a call of submit(bytes) of the aggregator. */
bool tx_is_oracle(const struct tx *tx);

#endif
