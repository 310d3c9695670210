#include "bench/support/rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/support/measure.h"

void rig_make(struct rig *r, const char *genesis)
{
	const char *base = getenv("BENCH_FOLDER");
	char why[STORE_WHY_MAX] = "", file[RIG_PATH_SIZE + 16];
	FILE *out;

	*r = (struct rig){ .node = NULL };
	base = base ? base : "build";
	if (mkdir(base, 0777) != 0 && errno != EEXIST)
		give_up("%s: %s", base, strerror(errno));
	(void)snprintf(r->path, sizeof r->path, "%.400s/bench-chain-XXXXXX", base);
	if (!mkdtemp(r->path))
		give_up("%s: %s", r->path, strerror(errno));
	(void)snprintf(file, sizeof file, "%s/start.json", r->path);
	out = fopen(file, "w");
	if (!out || fputs(genesis, out) < 0 || fclose(out) != 0)
		give_up("%s: %s", file, strerror(errno));
	must(node_init(r->path, file, why), why);
}

void rig_open(struct rig *r, u64 block_time_ms)
{
	struct node_config config = { .data_dir = r->path, .block_time_ms = block_time_ms, .clock_speed = 1 };
	char why[STORE_WHY_MAX] = "";

	must(node_open(&r->node, &config, why), why);
}

void rig_start(struct rig *r)
{
	struct rpc_config config = rpc_config_default();
	char why[RPC_WHY_MAX] = "";

	config.port = 0;
	if (r->connections_max)
		config.connections_max = r->connections_max;
	must(node_start(r->node), "node");
	must(rpc_server_start(&r->server, r->node, &config, why), why);
	r->port = rpc_server_port(r->server);
}

void rig_close(struct rig *r)
{
	if (r->server)
		rpc_server_stop(r->server);
	if (r->node) {
		node_stop(r->node);
		node_close(r->node);
	}
	r->server = NULL;
	r->node = NULL;
}

void rig_remove(struct rig *r)
{
	char command[RIG_PATH_SIZE + 16];

	rig_close(r);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", r->path);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", r->path);
}
