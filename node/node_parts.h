#ifndef NODE_NODE_PARTS_H
#define NODE_NODE_PARTS_H

/* The inside of a node, for node/node*.c and node/reader.c. */

#include "node/consensus/solo.h"
#include "node/dev.h"
#include "node/file.h"
#include "node/publish.h"
#include "node/reports.h"

struct node {
	struct node_config config;
	struct genesis genesis;
	struct store *store;
	struct head head;
	struct mempool *pool;
	struct publish publish;
	struct risk *risk;
	struct app *app;
	struct reports *reports;
	struct solo *solo;
	struct dev *dev; /* NULL: no development chain */
};

/* Files of a data folder. */
#define NODE_GENESIS_FILE "genesis.json"
#define NODE_MARKET_FILE  "market.json" /* in place of it */
#define NODE_RELAY_FILE   "relay.key"
#define NODE_STORE_FOLDER "db"
/* The chain that a data folder holds, as genesis_load. */
MUST_CHECK enum err node_genesis_load(struct genesis *out, const char *data_dir, char why[STORE_WHY_MAX]);
/* Admits what the last run left in its pool. */
void pool_restore(struct node *n);
/* The relay key of a data folder.  ERR_NOT_FOUND, ERR_IO, ERR_CORRUPT: not 32 bytes. */
MUST_CHECK enum err relay_key_load(u8 out[32], const char *data_dir);

#endif
