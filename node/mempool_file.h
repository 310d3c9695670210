#ifndef NODE_MEMPOOL_FILE_H
#define NODE_MEMPOOL_FILE_H

/* The pool between two runs of a node: one file in its data folder.
 *
 *     mempool.rlp     an RLP list of signed transactions, those without a gap first
 *
 * The file is a convenience, never a reason not to start: what cannot be read is reported and
 * ignored, and every transaction goes through admission again (mempool_restore).  Aggregator calls are left out: a
 * round that was not over is made anew. */

#include "node/mempool.h"

#define MEMPOOL_FILE          "mempool.rlp"
#define MEMPOOL_FILE_SIZE_MAX (MEMPOOL_BYTES_MAX / 8 * 9) /* bytes; what does not fit is dropped */

/* mempool_save replaces the file; an empty pool leaves none.  ERR_FULL, ERR_IO, ERR_SIZE. */
MUST_CHECK enum err mempool_save(struct mempool *m, const char *folder);

struct mempool_loaded {
	u32 admitted, refused;
};
/* mempool_load admits what the file holds.  ERR_NOT_FOUND: there is none; ERR_IO, ERR_FULL; ERR_SIZE,
 * ERR_CORRUPT: it is not such a file, nothing was admitted. */
MUST_CHECK enum err mempool_load(struct mempool *m, struct mempool_loaded *out, const char *folder);

#endif
