#ifndef RPC_METHODS_H
#define RPC_METHODS_H

/* The tables of methods, one per theme; rpc_methods_init joins them. */

#include "rpc/rpc.h"

struct rpc_table {
	const struct rpc_method *rows;
	size_t count;
};

extern const struct rpc_table ETH_CHAIN_TABLE;
extern const struct rpc_table ETH_STATE_TABLE;
extern const struct rpc_table ETH_CALL_TABLE;
extern const struct rpc_table ETH_TX_TABLE;
extern const struct rpc_table ETH_SEND_TABLE;
extern const struct rpc_table ETH_LOGS_TABLE;
extern const struct rpc_table ETH_FILTER_TABLE;
extern const struct rpc_table ETH_SUBSCRIBE_TABLE;
extern const struct rpc_table ETH_FEE_TABLE;
extern const struct rpc_table NET_WEB3_TABLE;
extern const struct rpc_table TXPOOL_TABLE;
extern const struct rpc_table DEBUG_TABLE;
extern const struct rpc_table PLIMSOLL_TABLE;
extern const struct rpc_table PLIMSOLL_ACCOUNT_TABLE;
extern const struct rpc_table PLIMSOLL_MARKET_TABLE;
extern const struct rpc_table PLIMSOLL_LIQUIDATION_TABLE;
extern const struct rpc_table PLIMSOLL_ORACLE_TABLE;
extern const struct rpc_table PLIMSOLL_SIMULATE_TABLE;
extern const struct rpc_table PLIMSOLL_QUOTE_MAX_TABLE;
extern const struct rpc_table PLIMSOLL_WHAT_IF_TABLE;
extern const struct rpc_table PLIMSOLL_PROOF_TABLE;
extern const struct rpc_table DISCOVER_TABLE;

extern const struct rpc_table DEV_TIME_TABLE;
extern const struct rpc_table DEV_STATE_TABLE;

/* Joins and sorts all tables, those of development if is_dev.  Requires that no two rows share a
 * name, and that each costs something (assert). */
void rpc_methods_init(struct rpc_methods *out, bool is_dev);
/* The row of that name and its place; NULL if there is none. */
const struct rpc_method *rpc_methods_find(const struct rpc_methods *m, size_t *index, const char *name);

/* Whether it is of a connection that can be notified, and runs on its thread only. */
bool rpc_method_is_bound(const struct rpc_method *method);

#endif
