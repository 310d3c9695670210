#ifndef NODE_MEMORY_H
#define NODE_MEMORY_H

/* Memory for what lives as long as a block or a request: taken piece by piece, given back
 * all at once, kept for the next time.  A limit makes running out an answer instead of
 * a crash.  One thread at a time. */

#include "base/types.h"

struct memory_block;

struct memory {
	struct memory_block **blocks; /* [0, used) are taken, the rest are free */
	size_t used, count, capacity;
	size_t held, limit;           /* bytes */
};

void memory_init(struct memory *m, size_t limit);
/* At least size bytes, aligned to 16, not zeroed; NULL at the limit or when there is no more. */
void *memory_take(struct memory *m, size_t size);
void memory_rewind(struct memory *m); /* everything taken is free again */
void memory_free(struct memory *m);

#endif
