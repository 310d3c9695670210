#include "rpc/log_filter.h"
#include "rpc/methods.h"

#include <string.h>

/* eth_getLogs: a walk over blocks whose bloom says that something may be there. */

static enum rpc_code eth_get_logs(struct rpc *c)
{
	struct log_filter f;

	memset(&f, 0, sizeof f);
	RPC_TRY(log_filter_read(c, &f, param(c, 0)));
	return log_filter_write(c, &f);
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_getLogs", eth_get_logs, 1, 1, 20, "[log]",
	  "({fromBlock, toBlock | blockHash, address, topics}) matching logs" },
};

const struct rpc_table ETH_LOGS_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
