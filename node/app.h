#ifndef NODE_APP_H
#define NODE_APP_H

/* The chain as a consensus engine drives it, shaped after ABCI 2.0 on plain structs:
 *
 *     prepare   what this node would propose           no writes
 *     process   whether a proposed block may stand     no writes, same answer everywhere
 *     extend    what goes along with this node's vote  no writes
 *     verify    whether another's extension may stand  no writes, same answer everywhere
 *     finalize  executes a decided block in memory     same roots everywhere
 *     commit    makes it durable and the new head
 *
 * Solo and any other engine call the same functions.  finalize may be called for a height
 * that prepare and process never saw, and again for one that was not committed: the second
 * replaces the first.
 *
 * A decided block may hold transactions that cannot stand where they are: undecodable, of an
 * unknown signer, with a wrong nonce or unpayable.  finalize gives them a result with their
 * error and leaves no other trace of them: the block that Ethereum clients see lists the
 * applied ones only.
 *
 * One thread at a time. */

#include "node/head.h"
#include "node/mempool.h"
#include "node/risk.h"

#define APP_EXTENSION_MAX  4096        /* bytes of a vote extension */
#define APP_BLOCK_SIZE_MAX (16u << 20) /* bytes of a solo block's transactions */
#define APP_BLOCK_TXS_MAX  200000u

struct app_config {
	struct store *store;
	const struct genesis *genesis;
	struct mempool *pool;
	struct risk *risk;
	struct head *head;
	u32 threads; /* for recovery; at least 1 */
};

struct app;
/* NULL: out of memory. */
struct app *app_new(const struct app_config *config);
void app_free(struct app *a);

/* app_genesis commits block 0.  Requires an empty store.  ERR_FULL, ERR_ARITHMETIC, ERR_IO. */
MUST_CHECK enum err app_genesis(struct app *a);

/* A proposed or decided block.  txs are borrowed until commit or the next call with a block. */
struct app_block {
	u64 height;
	u64 time;         /* unix seconds */
	struct hash hash; /* the engine's name for it */
	const struct bytes *txs;
	u32 count;
};

/* app_prepare fills txs and count of block, whose height and time are set: aggregator calls first.
 * size_max bounds the sum of their sizes.  What it returns lives until the next app_prepare.
 * ERR_FULL. */
MUST_CHECK enum err app_prepare(struct app *a, struct app_block *block, size_t size_max);

enum app_verdict { APP_ACCEPT,
		   APP_REJECT };
/* Rejects: a height that is not the next, a time before its parent's, a transaction that does not
 * decode or recover, an aggregator call behind another transaction. */
enum app_verdict app_process(struct app *a, const struct app_block *block);

/* The extension of this node's vote: empty, there is nothing a solo vote adds. */
struct bytes app_extend(struct app *a, const struct app_block *block);
enum app_verdict app_verify(struct app *a, struct bytes extension);

/* One for each transaction of the decided block, in order. */
struct app_result {
	enum err refused; /* OK: applied */
	enum err outcome; /* of the call, if applied */
	u64 gas_wanted, gas_used;
};
struct app_final {
	struct header header;
	struct hash hash; /* of the header */
	const struct app_result *results;
	u32 count; /* as in the block */
	u32 applied;
};
/* ERR_RANGE: not the next height, or a time before its parent's.  ERR_FULL, ERR_IO, ERR_CORRUPT: this
 * node cannot go on.  *out lives until the next call with a block. */
MUST_CHECK enum err app_finalize(struct app *a, const struct app_block *block, const struct app_final **out);

/* What a development chain changes by hand.  apply writes to the state that a block without
 * transactions begins with; anything but OK: the block is not made. */
struct app_edit {
	enum err (*apply)(void *context, struct state *s);
	void *context;
};
/* app_finalize of such a block, which has no transactions.  Also what apply gives. */
MUST_CHECK enum err app_finalize_edit(struct app *a, const struct app_block *block, const struct app_edit *edit,
				      const struct app_final **out);

/* app_commit writes what finalize made, tells pool and risk index, and publishes the head.
 * Requires a successful app_finalize since the last commit.  ERR_IO, ERR_FULL: the node must stop. */
MUST_CHECK enum err app_commit(struct app *a);

/* app_rollback makes an earlier block the head again: later blocks are gone, the pool is empty, the
 * risk index as of that block.  Nobody may read meanwhile.  ERR_NOT_FOUND, ERR_PRUNED: nothing has
 * changed.  ERR_IO, ERR_CORRUPT, ERR_FULL: the node must stop. */
MUST_CHECK enum err app_rollback(struct app *a, u64 height);

struct app_figures {
	u64 blocks, transactions, failed_transactions, execute_us, root_us, commit_us, recovered;
};
struct app_figures app_figures(struct app *a);

#endif
