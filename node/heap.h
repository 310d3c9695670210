#ifndef NODE_HEAP_H
#define NODE_HEAP_H

/* Memory for what lives as long as a block or a request: taken piece by piece, given back
 * all at once, kept for the next time.  A limit makes running out an answer instead of
 * a crash.  One thread at a time. */

#include "base/types.h"

struct heap_block;

struct heap {
	struct heap_block **blocks; /* [0, used) are taken, the rest are free */
	size_t used, count, capacity;
	size_t held, limit;           /* bytes */
};

void heap_init(struct heap *m, size_t limit);
/* At least size bytes, aligned to 16, not zeroed; NULL at the limit or when there is no more. */
void *heap_take(struct heap *m, size_t size);
void heap_rewind(struct heap *m); /* everything taken is free again */
void heap_free(struct heap *m);

#endif
