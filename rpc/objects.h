#ifndef RPC_OBJECTS_H
#define RPC_OBJECTS_H

/* Blocks, transactions, receipts and logs as Ethereum's JSON-RPC shows them.  Keys
 * and their order are those of the execution-apis schemas: nothing more, nothing less. */

#include "rpc/rpc.h"

/* Where a transaction stands; block NULL: it is still queued. */
struct tx_place {
	const struct stored_block *block;
	u32 index;
};

/* What newHeads sends: a block without what is in it. */
void header_object(struct json_writer *w, const char *key, const struct header *h, const struct hash *hash);
/* full: transactions as objects instead of hashes. */
void block_object(struct json_writer *w, const char *key, const struct stored_block *b, bool full);
void tx_object(struct json_writer *w, const char *key, const struct tx *tx, struct tx_place place);
/* One that is still to be signed, as go-ethereum shows it: fees of another type are null. */
void tx_draft_object(struct json_writer *w, const char *key, const struct tx *tx);
/* tx: one of b's, which stands at index in the real block (b may hold only that one). */
void receipt_object(struct json_writer *w, const char *key, const struct stored_block *b,
		    const struct stored_tx *tx, u32 index);

/* One log with where it stands. */
struct log_place {
	const struct header *header;
	const struct hash *block_hash;
	const struct hash *tx_hash;
	u32 tx_index, log_index;
	bool is_removed; /* the block was taken back */
};
void log_object(struct json_writer *w, const char *key, const struct log *log, const struct log_place *place);

#endif
