#include "node/env.h"

void env_at(struct block_env *out, const struct genesis *g, const struct header *h)
{
	*out = (struct block_env){
		.chain_id = g->chain_id,
		.height = h->number,
		.time = h->time,
		.gas_limit = h->gas_limit,
		.base_fee = h->base_fee,
		.coinbase = h->coinbase,
		.parent = h->parent,
		.devnet = g->devnet,
	};
}

/* Of a block to come, whose header has from genesis what never changes. */
static void env_to_come(struct block_env *out, const struct genesis *g, struct header h)
{
	h.gas_limit = g->gas_limit;
	h.base_fee = g->base_fee;
	h.coinbase = g->coinbase;
	env_at(out, g, &h);
}

void env_first(struct block_env *out, const struct genesis *g)
{
	env_to_come(out, g, (struct header){ .time = g->time });
}

void env_next(struct block_env *out, const struct genesis *g, const struct store_head *parent, u64 time)
{
	env_to_come(out, g,
		    (struct header){ .parent = parent->hash, .number = parent->header.number + 1, .time = time });
}
