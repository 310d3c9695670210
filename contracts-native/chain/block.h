#ifndef CONTRACTS_CHAIN_BLOCK_H
#define CONTRACTS_CHAIN_BLOCK_H

/* The one transition: (state, block) -> (state', receipts, roots).
 *
 *     block_begin(&b, state, &env, arena)
 *     for each tx, in order: block_apply(&b, &tx, &receipt)
 *     block_end(&b)                  transactions and receipts root, bloom, gas
 *     header_hash(&hash, &header)    once the state root is known
 *
 * A transaction that cannot pay or has the wrong nonce is no part of a block:
 * block_apply refuses it and changes nothing.  A transaction whose call fails is: it
 * keeps the fee and the nonce and nothing else. */

#include "contracts-native/chain/tx.h"
#include "contracts-native/dispatch/call.h"

#define BLOOM_ITEM_BITS 3
struct bloom {
	u8 bytes[256];
};
void bloom_add(struct bloom *b, struct bytes item);
void bloom_add_log(struct bloom *b, const struct log *log);
void bloom_of_logs(struct bloom *out, const struct log *logs, u32 count);
/* The same as bloom_add_log, remembering the bits of items it has met: within a block most
 * addresses and topics come again, and a Keccak costs more than the rest of a log. */
#define BLOOM_MEMO_ENTRIES 1024
struct bloom_item {
	u64 item[4]; /* padded with zeros */
	u16 size;    /* bytes of it; 0 = free */
	u16 bits[BLOOM_ITEM_BITS];
};
struct bloom_memo {
	struct bloom_item entries[BLOOM_MEMO_ENTRIES];
};
void bloom_add_log_with(struct bloom *b, struct bloom_memo *memo, const struct log *log);
void bloom_merge(struct bloom *into, const struct bloom *from);
/* Whether an item may be in it; the question is made once and put to many blooms. */
struct bloom_question {
	u16 bits[BLOOM_ITEM_BITS];
};
void bloom_ask(struct bloom_question *out, struct bytes item);
bool bloom_may_have(const struct bloom *b, const struct bloom_question *item);

struct receipt {
	enum tx_type type;
	bool succeeded;
	enum err outcome; /* why it failed; OK if it did not */
	u64 gas_used;
	u64 cumulative_gas;    /* with all before it in the block */
	struct u256 gas_price; /* effective, wei */
	struct bloom bloom;
	struct log *logs; /* in the block's arena */
	u32 log_count;
	struct bytes output; /* result or revert data; not part of the receipts root */
};

/* The London header: 16 fields.  difficulty is 0, uncles are none, mixHash and nonce are 0. */
#define HEADER_RLP_MAX 700
struct header {
	struct hash parent;
	struct address coinbase;
	struct hash state_root;
	struct hash transactions_root;
	struct hash receipts_root;
	struct bloom bloom;
	u64 number, gas_limit, gas_used, time;
	struct u256 base_fee;
};
extern const struct hash HASH_EMPTY_UNCLES; /* 1dcc4de8... */
extern const struct hash HASH_EMPTY_TRIE;   /* 56e81f17... */
struct bytes header_encode(const struct header *h, u8 out[HEADER_RLP_MAX]);
MUST_CHECK enum err header_decode(struct header *out, struct bytes in);
void header_hash(struct hash *out, const struct header *h);

/* Merkle-Patricia root of a list keyed by RLP(index): how Ethereum commits to
 * transactions and receipts.  item(context, i) gives the i-th value, once for each i, in
 * no particular order; it must stay until item has been called TRIE_WIDTH times more.  Nothing is allocated. */
#define TRIE_WIDTH 16 /* children of a branch */
void trie_list_root(struct hash *out, u32 count, struct bytes (*item)(void *context, u32 i), void *context);

/* type || RLP([status, cumulativeGas, bloom, logs]), appended to w. */
void receipt_encode(struct rlp_writer *w, const struct receipt *r);

/* -- executing -------------------------------------------------------------------- */

struct block {
	struct state *state;
	struct block_env env;
	struct arena *arena;
	struct bytes *raws; /* of the applied transactions, borrowed */
	struct receipt **receipts;
	u32 count, capacity;
	u64 gas_used;
	struct bloom bloom;
	struct log_list logs; /* of the transaction that runs */
	struct bloom_memo memo;
};

void block_begin(struct block *b, struct state *state, const struct block_env *env, struct arena *arena);

/* block_apply executes one decoded, recovered transaction.
 * ERR_TX_*: it cannot stand here; nothing changed.  ERR_FULL: memory ran out, the state is lost.
 * OK: *out (in the arena) tells how it went. */
MUST_CHECK enum err block_apply(struct block *b, const struct tx *tx, const struct receipt **out);

/* block_end fills the header but for state_root. */
MUST_CHECK enum err block_end(struct block *b, struct header *out);

/* What block_apply checks before it executes, against any state: used for admission too.
 * ERR_TX_NONCE_LOW, _NONCE_HIGH, _FUNDS, _GAS_LOW, _GAS_BLOCK, _FEE_LOW, _TIP_HIGH, _CHAIN_ID;
 * ERR_FULL: memory ran out. */
MUST_CHECK enum err tx_check(struct state *s, const struct block_env *env, const struct tx *tx);

/* eth_call and eth_estimateGas: runs one message on state without fee or nonce.  gas_used includes
 * the intrinsic gas.  Result as call_run. */
struct simulation {
	struct message message;
	struct u256 gas_price;
	u64 gas_limit;
	u64 gas_intrinsic;
};
MUST_CHECK enum err block_simulate(struct bytes *output, u64 *gas_used, struct state *state,
				   const struct block_env *env, struct arena *arena, const struct simulation *what,
				   struct log_list *logs);

#endif
