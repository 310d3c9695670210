#ifndef NODE_PILE_H
#define NODE_PILE_H

/* Memory for what lives as long as a block or a request: taken piece by piece, given back
 * all at once, kept for the next time.  A limit makes running out an answer instead of
 * a crash.  One thread at a time. */

#include "base/types.h"

struct pile_block;

struct pile {
	struct pile_block **blocks; /* [0, used) are taken, the rest are free */
	size_t used, count, capacity;
	size_t held, limit; /* bytes */
};

void pile_init(struct pile *m, size_t limit);
/* At least size bytes, aligned to 16, not zeroed; NULL at the limit or when there is no more. */
void *pile_take(struct pile *m, size_t size);
void pile_rewind(struct pile *m); /* everything taken is free again */
void pile_free(struct pile *m);

#endif
