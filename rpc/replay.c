#include "rpc/bands.h"
#include "rpc/params.h"

#include <inttypes.h>

/* How far back a subscription may begin: as far as what its kind tells of can be read, to the end of the replay. */

/* The first block that can be told of with its state and those it is compared with, though some are pruned meanwhile. */
static u64 first_with_states(struct rpc *c, u64 head)
{
	struct store_oldest oldest = store_oldest(node_store(c->node));
	u64 history = store_history(node_store(c->node)), soon = head + REPLAY_SPARE;
	u64 pruned = oldest.state > oldest.block ? oldest.state + BAND_EMPTY_BLOCKS : oldest.block;

	soon = soon > history ? soon - history : 0;
	return (pruned > soon ? pruned : soon) + 1;
}

static enum rpc_code check_replay(struct rpc *c, const struct subscription *s, u64 from)
{
	bool needs_states = s->stream->replay == REPLAY_STATES;
	u64 head = rpc_head(c), most = REPLAY_LOG_RANGES * c->config->logs_blocks_max;
	u64 oldest = first_with_states(c, head), with_logs = head > most ? head - most + 1 : 1;

	if (!needs_states && oldest > with_logs)
		oldest = with_logs;
	if (from > head + 1)
		return rpc_fail(c, RPC_INVALID_PARAMS, "fromBlock is beyond the block to come");
	if (from < oldest && needs_states)
		return rpc_fail(c, RPC_PRUNED, "pruned history unavailable: %s needs states, fromBlock is at least 0x%" PRIx64,
				s->stream->name, oldest);
	if (from < oldest)
		return rpc_fail(c, RPC_INVALID_PARAMS, "a replay is of at most %" PRIu64 " blocks: fromBlock is at least 0x%" PRIx64,
				head + 1 - oldest, oldest);
	return RPC_OK;
}

enum rpc_code replay_begin(struct rpc *c, struct subscription *s)
{
	const json_t *from = json_object_get(param(c, 1), "fromBlock");
	struct block_ref ref;

	if (!from || json_is_null(from))
		return RPC_OK;
	RPC_TRY(value_block(c, &ref, from, "fromBlock"));
	if (ref.height == 0) /* in which nothing happens */
		ref.height = 1;
	RPC_TRY(check_replay(c, s, ref.height));
	s->at = ref.height;
	return RPC_OK;
}
