#ifndef NODE_NODE_PARTS_H
#define NODE_NODE_PARTS_H

/* The inside of a node, for node/node*.c and node/reader.c. */

#include "node/consensus/solo.h"
#include "node/file.h"
#include "node/reports.h"

struct node {
	struct node_config config;
	struct genesis genesis;
	struct store *store;
	struct head head;
	struct mempool *pool;
	struct risk *risk;
	struct app *app;
	struct reports *reports;
	struct solo *solo;
};

/* Files of a data folder. */
#define NODE_GENESIS_FILE "genesis.json"
#define NODE_RELAY_FILE   "relay.key"
#define NODE_STORE_FOLDER "db"
/* The relay key of a data folder.  ERR_NOT_FOUND, ERR_IO, ERR_CORRUPT: not 32 bytes. */
MUST_CHECK enum err relay_key_load(u8 out[32], const char *data_dir);

#endif
