#ifndef NODE_STORE_STORE_H
#define NODE_STORE_STORE_H

/* What the node keeps on disk, in one RocksDB: state, its commitment, blocks, indexes.
 *
 *     stage (memory only)          commit (one atomic, fsynced batch)
 *     changes -> state root        state + tree + header + block + receipts + indexes
 *
 * One thread stages and commits; any number of threads read.  Readers see the head
 * and the states of so many blocks before it as the store was opened with, through views that never
 * wait for a block in progress.  A failed write closes the store for writing: the caller must exit.
 *
 * Column families: docs/storage.md. */

#include "contracts-native/chain/block.h"
#include "contracts-native/state/state.h"

/* Heights before the head whose state can be read. */
#define HISTORY_BLOCKS 1024       /* unless set */
#define HISTORY_MIN    256        /* what settings may ask for: streams compare states that are 64 blocks apart */
#define HISTORY_ALL    UINT64_MAX /* nothing is pruned */

struct store;

struct store_options {
	const char *path;
	size_t cache_bytes; /* records and tree nodes kept in memory; 0 = 256 MiB */
	bool is_test;       /* no fsync: only for benchmarks and tests that say so */
	u64 history;        /* 0 = HISTORY_BLOCKS; another than last time: see store_oldest */
};

/* store_open opens or creates the database.  ERR_BUSY: another process has it.
 * ERR_CORRUPT, ERR_IO: why (NUL-terminated) tells what and where. */
#define STORE_WHY_MAX 512
MUST_CHECK enum err store_open(struct store **out, const struct store_options *options, char why[STORE_WHY_MAX]);
void store_close(struct store *s);
/* Why the store takes no more blocks; NULL while all is well.  A state read that fails counts:
 * what was executed on it cannot be committed. */
const char *store_failure(struct store *s);

struct store_head {
	struct header header;
	struct hash hash;
	u64 stamp; /* when it was committed: wall clock, milliseconds */
};
/* The newest committed block.  false: nothing has been committed yet. */
bool store_head(const struct store *s, struct store_head *out);

/* -- writing ----------------------------------------------------------------------- */

/* store_stage computes the state root after changes, in memory.  Staging again before a
 * commit replaces what was staged.  ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err store_stage(struct store *s, struct hash *state_root, u64 height, const struct state *changes);

/* store_commit writes the block whose state was staged at header->number, durably, then
 * makes it the head.  raws and receipts are in order.  ERR_IO, ERR_FULL (disk): nothing of it is
 * visible, the store accepts no more. */
struct store_block {
	const struct header *header;
	struct hash hash;
	const struct bytes *raws;
	const struct hash *tx_hashes;
	const struct address *senders;
	const struct receipt *const *receipts;
	u32 count;
};
MUST_CHECK enum err store_commit(struct store *s, const struct store_block *block);

/* store_rollback makes the block at height the head again: later blocks, their records and
 * indexes are gone, in one atomic, fsynced write.  Whatever was staged is dropped; views of later
 * blocks must not be used any more.  The writer's thread only.
 * ERR_NOT_FOUND: above the head or before the first block.  ERR_PRUNED: its state is gone.
 * ERR_IO, ERR_CORRUPT, ERR_FULL: the store accepts no more. */
MUST_CHECK enum err store_rollback(struct store *s, u64 height);

/* A named blob beside the chain (genesis text, node keys).  ERR_NOT_FOUND. */
MUST_CHECK enum err store_meta_put(struct store *s, const char *name, struct bytes value);
MUST_CHECK enum err store_meta_get(struct store *s, const char *name, u8 **value, size_t *size); /* free() it */

/* -- reading state ------------------------------------------------------------------- */

/* The lowest heights that can be read: of a block, of a state.  A history that is shorter than it was holds at
 * once, and what is beyond it is deleted as blocks come; a longer one reaches back only as far as states are there. */
struct store_oldest {
	u64 block, state;
};
struct store_oldest store_oldest(struct store *s);
/* Heights before the head whose state is kept: as it was opened. */
u64 store_history(const struct store *s);

struct store_view {
	struct store *store;
	u64 height;
};
/* ERR_NOT_FOUND: above the head or before the first block.  ERR_PRUNED: too far below the head.
 * A view outlives that limit by 64 blocks; whoever holds one for longer asks again. */
MUST_CHECK enum err store_view_at(struct store_view *out, struct store *s, u64 height);
/* For struct state_backing: context is the view. */
bool store_view_read(void *view, struct bytes key, void *value, size_t value_size);

/* A record as it was written, until a later block wrote or removed it. */
struct store_version {
	struct bytes key, value;
	u64 from, until; /* as of blocks from <= b < until; the newest has UINT64_MAX */
};
typedef bool store_visit(void *context, const struct store_version *version);

/* Calls visit for every record of a table as of the head, in key order, until it returns false. */
MUST_CHECK enum err store_scan(struct store *s, enum table table, store_visit *visit, void *context);
/* The same for versions that are over: all which a state that can be read still has, and perhaps older ones.
 * Those of a record follow each other as they did. */
MUST_CHECK enum err store_scan_past(struct store *s, enum table table, store_visit *visit, void *context);

/* -- proofs ---------------------------------------------------------------------------- */

/* A path in the state tree, root at the end: an ICS-23 proof under the JMT spec.
 *     leaf  = SHA-256("JMT::LeafNode" || SHA-256(key) || SHA-256(value))
 *     inner = SHA-256("JMT::IntrnalNode" || left || right)
 *     empty = "SPARSE_MERKLE_PLACEHOLDER_HASH__" */
#define PROOF_DEPTH_MAX 256
struct state_proof {
	struct hash root;
	bool exists;          /* the record is there */
	bool has_leaf;        /* a leaf ends the path: the record's own, or another that proves absence */
	struct hash leaf_key; /* SHA-256(key) and SHA-256(value) of that leaf */
	struct hash leaf_value;
	u32 depth; /* siblings, deepest first */
	struct hash siblings[PROOF_DEPTH_MAX];
};
/* ERR_NOT_FOUND, ERR_PRUNED as above. */
MUST_CHECK enum err store_proof(struct state_proof *out, struct store *s, u64 height, struct bytes key);
/* Recomputes the root from the proof: whether it holds for key and value (value.at NULL: absence). */
bool state_proof_verify(const struct state_proof *proof, struct bytes key, struct bytes value);

/* The records next to a key that has none, in the tree's order, by SHA-256(key): nothing is between
 * them.  ICS-23 proves absence by these (node/store/ics23.h). */
struct absence_neighbor {
	bool is_there; /* left: false if the key comes before all others; right: after them */
	u8 key[TABLE_KEY_MAX], value[TABLE_VALUE_MAX];
	u16 key_size, value_size;
	struct state_proof proof;
};
struct absence_proof {
	struct absence_neighbor left, right; /* neither is there: the state is empty */
};
/* ERR_EXISTS: the key has a record.  ERR_NOT_FOUND, ERR_PRUNED as above. */
MUST_CHECK enum err store_absence(struct absence_proof *out, struct store *s, u64 height, struct bytes key);

/* -- reading blocks --------------------------------------------------------------------- */

MUST_CHECK enum err store_header(struct store *s, struct header *out, struct hash *hash, u64 height);
/* How many transactions a block has. */
MUST_CHECK enum err store_tx_count(struct store *s, u32 *count, u64 height);
MUST_CHECK enum err store_height_of(struct store *s, u64 *height, const struct hash *block_hash);
MUST_CHECK enum err store_tx_find(struct store *s, u64 *height, u32 *index, const struct hash *tx_hash);

/* A whole block, decoded.  Free with store_block_free. */
struct stored_tx {
	struct tx tx;           /* recovered */
	struct receipt receipt; /* without its bloom, which bloom_of_logs tells */
	u32 first_log;          /* index of its first log in the block */
};
struct stored_block {
	struct header header;
	struct hash hash;
	u32 count;
	size_t size; /* bytes of the block's RLP */
	struct stored_tx *txs;
	void *memory; /* owns everything above */
};
MUST_CHECK enum err store_block_load(struct store *s, struct stored_block **out, u64 height);
void store_block_free(struct stored_block *b);

/* The blocks of a range in order, for whoever wants the headers of all and few of them whole: a fraction of what
 * reading them one by one costs.  It sees the chain as it was when it was opened.  ERR_NOT_FOUND: not all are there. */
struct block_walk;
MUST_CHECK enum err store_walk_open(struct block_walk **out, struct store *s, u64 from, u64 to);
/* The next block's header, good until the next call.  ERR_NOT_FOUND: that was the last; ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err store_walk_next(struct block_walk *w, const struct header **header, const struct hash **hash);
/* That block, at most once.  A transaction is only decoded if its receipt is wanted; wants NULL: all are.
 * The others are zeros beside their receipts.  ERR_IO, ERR_CORRUPT. */
typedef bool store_wants(const void *context, const struct receipt *receipt);
MUST_CHECK enum err store_walk_load(struct block_walk *w, struct stored_block **out, store_wants *wants,
				    const void *context);
void store_walk_close(struct block_walk *w);

/* One transaction with its receipt: a stored_block with only that one (txs[0]; index in *index). */
MUST_CHECK enum err store_tx_load(struct store *s, struct stored_block **out, u32 *index, const struct hash *tx_hash);
/* The same by its place.  ERR_NOT_FOUND: no such block, or it is shorter. */
MUST_CHECK enum err store_tx_load_at(struct store *s, struct stored_block **out, u64 height, u64 index);

#endif
