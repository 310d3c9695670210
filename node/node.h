#ifndef NODE_NODE_H
#define NODE_NODE_H

/* A running node, as the RPC sees it: head, state at a block, the way in for
 * transactions and oracle reports, accounts at risk.
 *
 * Every function here may be called from any thread.  Nothing that reads can write or
 * delay a block. */

#include "base/fixed.h"
#include "contracts-native/chain/genesis.h"
#include "node/store/store.h"

/* -- configuration ---------------------------------------------------------------------- */

struct node_config {
	const char *data_dir; /* holds db/, genesis.json, relay key */
	u64 block_time_ms;    /* 0: a block per transaction (development) */
	double clock_speed;   /* chain seconds per wall second; devnets only; 1 */
	u64 clock_until;      /* chain time at which the clock falls back to speed 1; 0 = never */
	size_t cache_bytes;
	size_t mempool_max; /* transactions; 0 = 200000 */
	bool no_sync;       /* benchmarks only */
	bool is_dev;        /* a development chain: node/dev.h; nothing is pruned or synced */
	u64 history;        /* store_options; 0 = HISTORY_BLOCKS */
};

struct node;

/* node_init writes a new data folder; genesis_path NULL: of the built-in devnet.  ERR_EXISTS: there
 * is one already; what genesis_load gives.  why: see store_open. */
MUST_CHECK enum err node_init(const char *data_dir, const char *genesis_path, char why[STORE_WHY_MAX]);
/* The same for a market file (genesis_from_market). */
MUST_CHECK enum err node_init_market(const char *data_dir, const char *market_path, char why[STORE_WHY_MAX]);
/* The account that pays for oracle rounds, of a data folder that is not open.  ERR_NOT_FOUND, ERR_IO,
 * ERR_CORRUPT. */
MUST_CHECK enum err node_relay_of(struct address *out, const char *data_dir);
/* node_open reads it and replays nothing: the head is what was last committed.
 * ERR_MISMATCH: the genesis file is of another chain than the database.  ERR_RANGE: development is
 * wanted of a chain that is not a devnet. */
MUST_CHECK enum err node_open(struct node **out, const struct node_config *config, char why[STORE_WHY_MAX]);
MUST_CHECK enum err node_start(struct node *n); /* begins to make blocks */
void node_stop(struct node *n);                 /* returns when the last block is committed */
void node_close(struct node *n);
/* Set once a write has failed; the program must exit with an error. */
bool node_has_failed(const struct node *n);

/* What a development chain can do besides; NULL if it is none. */
struct dev *node_dev(struct node *n);

const struct genesis *node_genesis(const struct node *n);
struct store *node_store(struct node *n);
void node_head(struct node *n, struct store_head *out);
/* Blocks until the head is at least height or timeout_ms passed; returns the head's height. */
u64 node_wait_height(struct node *n, u64 height, u64 timeout_ms);

/* -- reading ------------------------------------------------------------------------------ */

/* State at a block, for one thread: records, results and logs live in it until the next
 * reader_begin.  Make one per thread, reuse it, do not move it. */
struct reader {
	struct state state;
	struct block_env env; /* of the block at that height; see reader_begin */
	struct arena arena;
	struct log_list logs;
	struct store_view view;
	struct state_backing backing;
	void *memory; /* private */
};
void reader_init(struct reader *r);
/* at height; is_next: calls execute as in the block after it (eth_call "pending", estimates).
 * ERR_NOT_FOUND, ERR_PRUNED. */
MUST_CHECK enum err reader_begin(struct reader *r, struct node *n, u64 height, bool is_next);
void reader_free(struct reader *r);

/* -- transactions --------------------------------------------------------------------------- */

/* Why a transaction was refused, with the numbers that the message quotes. */
struct refusal {
	enum err code;
	u64 have, want;            /* nonce: tx / next; gas: tx / needed; chain id: tx / ours */
	struct u256 balance, cost; /* ERR_TX_FUNDS */
	struct u256 queued_cost;   /* ERR_TX_FUNDS: of the sender's pending transactions besides; 0: cost alone is too much */
};
/* node_submit decodes, recovers, checks and queues.  OK: *hash.  Else *why.  sender: who signed raw, as
 * node_senders found; NULL: not known. */
MUST_CHECK enum err node_submit(struct node *n, struct hash *hash, struct refusal *why, struct bytes raw,
				const struct address *sender);
/* Finds out who signed transactions, on so many threads, the caller's included.  is_known false: nobody, or
 * node_submit will refuse it before it looks. */
struct signed_bytes {
	struct bytes raw;
	bool is_known;
	struct address sender;
};
void node_senders(struct node *n, struct signed_bytes *list, u32 count, u32 threads);
/* The nonce after all queued transactions of owner that follow its account without a gap. */
u64 node_pending_nonce(struct node *n, const struct address *owner);
/* A queued transaction: raw bytes copied into out.  ERR_NOT_FOUND; ERR_SIZE. */
MUST_CHECK enum err node_pending_find(struct node *n, u8 *out, size_t *size, size_t capacity,
				      struct address *sender, const struct hash *hash);
/* Transactions in the order in which they became pending, numbered: see node/publish.h. */
u64 node_pending_next(struct node *n);
u32 node_pending_read(struct node *n, struct hash *out, u32 capacity, u64 *next, u64 *missed);
struct pool_counts {
	u64 pending, queued;
};
struct pool_counts node_pool_counts(struct node *n);
/* Queued transactions as they stand, sender by sender, each one's by nonce. */
struct pooled;
struct pool_item {
	const struct tx *tx;
	struct pooled *holder;
	bool is_pending; /* its turn comes without a gap, and it can be paid */
};
struct pool_list {
	u32 count;
	struct pool_item *at;
};
/* node_pool_list lists at most max of them, of one sender or (owner NULL) of all; release with
 * node_pool_list_free.  ERR_FULL. */
MUST_CHECK enum err node_pool_list(struct node *n, struct pool_list *out, const struct address *owner, u32 max);
void node_pool_list_free(struct pool_list *list);
/* Writes the pool to the data folder, for the next start; node_stop does so too.  Best called now and
 * then: what came since the last time is lost if the process is killed. */
void node_pool_save(struct node *n);

/* -- oracle ------------------------------------------------------------------------------------ */

/* node_report takes one signed report (wire form).  When a quorum of a round is there, the
 * node signs and queues the envelope transaction with its own relay key, ahead of all others.
 * Errors: report_decode's, ERR_ORACLE_*, ERR_SIGNATURE. */
MUST_CHECK enum err node_report(struct node *n, struct bytes report);
struct oracle_counts {
	u64 reports, refused, rounds, equivocations;
	u64 last_round;
};
struct oracle_counts node_oracle_counts(struct node *n);
struct address node_relay_address(const struct node *n);

/* -- accounts at risk ----------------------------------------------------------------------------- */

/* One account with debt, judged by the consensus function at a block. */
struct at_risk {
	struct address owner;
	struct wad health;
	struct value collateral, debt;
	u16 worst_debt, worst_collateral; /* reserves with the most value; 0xffff if none */
};
struct risk_page {
	u64 height;
	u64 total;          /* accounts below the bound */
	u32 count;          /* in this page */
	struct at_risk *at; /* worst first; ties by address.  free() it */
};
struct risk_change {
	/* Writes to a throw-away copy of the state, more than once and from two threads at a time: feeds and reserves
	 * only, the accounts stay as they are. */
	void (*apply)(void *context, struct state *s);
	void *context;
};
struct risk_query {
	u64 height;
	struct wad bound; /* of the health factor */
	u64 offset;
	u32 limit;
	u64 deadline_us;                  /* clock_monotonic_us; UINT64_MAX: as long as it takes */
	const struct risk_change *change; /* NULL: the block as it was */
};
/* node_at_risk lists accounts whose health factor is below bound at height, worst first.
 * ERR_NOT_FOUND, ERR_PRUNED.  ERR_TIMEOUT: the deadline is over. */
MUST_CHECK enum err node_at_risk(struct node *n, struct risk_page *out, const struct risk_query *asked);
struct risk_counts {
	u64 accounts_with_debt, below_one, below_1_1;
};
/* As of the head.  Errors: node_at_risk's. */
MUST_CHECK enum err node_risk_counts(struct node *n, struct risk_counts *out, u64 deadline_us);

/* -- figures for /metrics ---------------------------------------------------------------------------- */

struct node_figures {
	u64 blocks, transactions, failed_transactions; /* since start */
	u64 execute_us, root_us, commit_us;            /* total time spent */
	u64 signatures;                                /* recovered */
	u64 pool_refused;
};
struct node_figures node_figures(struct node *n);

#endif
