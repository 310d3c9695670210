#ifndef NODE_SOURCE_H
#define NODE_SOURCE_H

/* Where a state reads committed records and gets its memory: a view of the store and a
 * pile of memory of its own. */

#include "contracts-native/dispatch/call.h"
#include "node/pile.h"
#include "node/store/store.h"

struct source {
	struct state_backing backing; /* context is this struct: it must not move */
	struct store_view view;       /* store NULL: nothing is committed yet */
	struct pile memory;
};
void source_init(struct source *s, size_t memory_max);
void source_free(struct source *s);

#endif
