#include "rpc/methods.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct rpc_table *const TABLES_OF_METHODS[] = {
	&ETH_CHAIN_TABLE,
	&ETH_STATE_TABLE,
	&ETH_CALL_TABLE,
	&ETH_TX_TABLE,
	&ETH_SEND_TABLE,
	&ETH_LOGS_TABLE,
	&ETH_FILTER_TABLE,
	&ETH_SUBSCRIBE_TABLE,
	&ETH_FEE_TABLE,
	&NET_WEB3_TABLE,
	&TXPOOL_TABLE,
	&DEBUG_TABLE,
	&PLIMSOLL_TABLE,
	&PLIMSOLL_ACCOUNT_TABLE,
	&PLIMSOLL_MARKET_TABLE,
	&PLIMSOLL_LIQUIDATION_TABLE,
	&PLIMSOLL_ORACLE_TABLE,
	&PLIMSOLL_SIMULATE_TABLE,
	&PLIMSOLL_QUOTE_MAX_TABLE,
	&PLIMSOLL_WHAT_IF_TABLE,
	&PLIMSOLL_PROOF_TABLE,
	&DISCOVER_TABLE,
};

static const struct rpc_table *const TABLES_OF_DEV[] = {
	&DEV_TIME_TABLE,
	&DEV_STATE_TABLE,
};

static int by_name(const void *a, const void *b)
{
	const struct rpc_method *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void tables_add(struct rpc_methods *out, const struct rpc_table *const *tables, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < tables[i]->count; j++) {
			assert(out->count < RPC_METHODS_MAX);
			out->rows[out->count++] = &tables[i]->rows[j];
		}
	}
}

void rpc_methods_init(struct rpc_methods *out, bool is_dev)
{
	out->count = 0;
	tables_add(out, TABLES_OF_METHODS, ARRAY_COUNT(TABLES_OF_METHODS));
	if (is_dev)
		tables_add(out, TABLES_OF_DEV, ARRAY_COUNT(TABLES_OF_DEV));
	qsort(out->rows, out->count, sizeof out->rows[0], by_name);
	for (size_t i = 0; i < out->count; i++) {
		assert(out->rows[i]->cost > 0);
		assert(i == 0 || strcmp(out->rows[i - 1]->name, out->rows[i]->name) < 0);
	}
}

const struct rpc_method *rpc_methods_find(const struct rpc_methods *m, size_t *index, const char *name)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, m->rows[middle]->name);

		if (order == 0) {
			*index = middle;
			return m->rows[middle];
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool rpc_method_is_bound(const struct rpc_method *method)
{
	for (size_t i = 0; i < ETH_SUBSCRIBE_TABLE.count; i++) {
		if (method == &ETH_SUBSCRIBE_TABLE.rows[i])
			return true;
	}
	return false;
}
