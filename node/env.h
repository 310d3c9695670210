#ifndef NODE_ENV_H
#define NODE_ENV_H

/* What a block executes under: what its header says, and what genesis says for good. */

#include "contracts-native/chain/block.h"
#include "contracts-native/chain/genesis.h"
#include "node/store/store.h"

/* Of a block that is there. */
void env_at(struct block_env *out, const struct genesis *g, const struct header *h);
/* Of the first block. */
void env_first(struct block_env *out, const struct genesis *g);
/* Of the block after parent. */
void env_next(struct block_env *out, const struct genesis *g, const struct store_head *parent, u64 time);

#endif
