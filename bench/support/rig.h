#ifndef BENCH_SUPPORT_RIG_H
#define BENCH_SUPPORT_RIG_H

/* A node of our own to measure: real disk, real fsync, JSON-RPC on a free port, in a folder
 * below build/ (or below BENCH_FOLDER) that is removed at the end. */

#include "node/node.h"
#include "rpc/server.h"

#define RIG_PATH_SIZE 512

struct rig {
	char path[RIG_PATH_SIZE];
	struct node *node;
	struct rpc_server *server;
	u16 port;
	u32 connections_max; /* 0: as any node's; set it before rig_start */
};

/* An empty folder, for a chain that begins with genesis (JSON text). */
void rig_make(struct rig *r, const char *genesis);
/* Opens it; block_time_ms as in node_config. */
void rig_open(struct rig *r, u64 block_time_ms);
/* Starts to make blocks and to serve. */
void rig_start(struct rig *r);
/* Stops and closes what is open. */
void rig_close(struct rig *r);
void rig_remove(struct rig *r);

#endif
