#ifndef NODE_APP_PARTS_H
#define NODE_APP_PARTS_H

/* The inside of the application, for node/app*.c. */

#include "node/app.h"
#include "node/source.h"

/* One transaction of a block under consideration. */
struct candidate_tx {
	struct tx *tx; /* the pool's, or own */
	struct tx own;
	struct pooled *pooled; /* a reference; NULL: not from the pool */
	enum err form;         /* OK: decoded and recovered */
};

/* The block that process saw last, decoded: finalize of the same hash need not do it again. */
struct candidate {
	struct candidate_tx *txs;
	u32 count, capacity;
	struct hash hash;
	u64 height;
	bool is_set;
};

struct app {
	struct app_config config;
	struct source state_source, arena_source;
	struct state state;
	struct arena arena;
	struct block block;
	struct pooled **proposal; /* references, until the next prepare */
	struct bytes *proposal_txs;
	u32 proposal_count;
	struct candidate candidate;
	struct app_result *results;
	struct hash *hashes; /* of the applied transactions */
	struct address *senders;
	u32 result_capacity;
	struct app_final final;
	bool is_final; /* finalized, not committed */
	struct account_change *changes;
	size_t change_count, change_capacity;
	bool changes_failed;
	atomic_ullong blocks, transactions, failed, execute_us, root_us, commit_us, recovered;
};

/* Decodes and recovers a block into a->candidate, unless it is there.  ERR_FULL. */
MUST_CHECK enum err candidate_load(struct app *a, const struct app_block *block);
void candidate_clear(struct app *a);

#endif
