#ifndef NODE_STORE_BLOCK_LAYOUT_H
#define NODE_STORE_BLOCK_LAYOUT_H

/* How blocks lie in their column, for blocks.c, which writes them and reads what stands in front, and block_load.c,
 * which reads the rest.
 *
 * Two kinds of entries in the blocks column, so that neither a header nor one transaction
 * costs the reading of a whole block:
 *
 *     height, 0          stamp, hash, sizes, header as RLP
 *     height, 1, index   a group of transactions, the first of which has this index: sizes,
 *                        then packed for each: sender, raw transaction, receipt with logs
 *
 * Transactions of a block have much in common, so a group packs to a quarter. */

#include "node/store/internal.h"

#define HEADER_KEY_SIZE 9
#define GROUP_KEY_SIZE  13
#define KIND_HEADER     0
#define KIND_GROUP      1
#define GROUP_COUNT     16u

/* What a block's entry says before its header. */
struct block_info {
	u64 stamp;
	struct hash hash;
	u32 count;
	u64 size;        /* of the block's RLP */
	u64 log_count;   /* of all its receipts */
	u64 stored_size; /* of all its groups, unpacked */
};

static inline struct bytes header_key(u8 out[HEADER_KEY_SIZE], u64 height)
{
	store_be64(out, height);
	out[8] = KIND_HEADER;
	return (struct bytes){ out, HEADER_KEY_SIZE };
}

/* Of the group that a transaction is in. */
static inline struct bytes group_key(u8 out[GROUP_KEY_SIZE], u64 height, u32 index)
{
	store_be64(out, height);
	out[8] = KIND_GROUP;
	store_be32(out + 9, index - index % GROUP_COUNT);
	return (struct bytes){ out, GROUP_KEY_SIZE };
}

/* What a header's entry holds.  false: damaged. */
bool block_info_read(struct block_info *out, struct header *header, struct bytes entry);
/* The same of a height that readers may not know of yet.  ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
MUST_CHECK enum err block_info_load(struct store *s, struct block_info *out, struct header *header, u64 height,
				    char why[DATABASE_WHY_MAX]);
/* A whole block, likewise; store_block_free. */
MUST_CHECK enum err block_load(struct store *s, struct stored_block **out, u64 height, char why[DATABASE_WHY_MAX]);
/* ERR_CORRUPT, with why. */
enum err block_damaged(u64 height, char why[DATABASE_WHY_MAX]);

#endif
