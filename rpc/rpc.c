#include "rpc/rpc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/dev.h"
#include "rpc/ahead.h"
#include "rpc/bands.h"
#include "rpc/subscribe.h"

/* What fixed-size helpers take beside the decoded body. */
#define SCRATCH_SPARE (64u << 10)
#define AWAIT_MS      5000 /* far more than a block takes to become the newest */

struct rpc_config rpc_config_default(void)
{
	return (struct rpc_config){
		.address = "127.0.0.1",
		.port = 8545,
		.body_max = 1 << 20,
		.response_max = 25 << 20,
		.unsent_max = 256 << 20,
		.batch_max = 1000,
		.connections_max = 1024,
		.connections_per_client_max = 256,
		.idle_seconds = 60,
		.time_max_ms = 5000,
		.rate = 2000,
		.burst = 4000,
		.logs_blocks_max = 10000,
		.logs_results_max = 20000,
		.filter_idle_seconds = 300,
		.filters_max = 1024,
		.ws_queue_max = 4 << 20,
		.ws_queue_all_max = 256 << 20,
		.ws_ping_seconds = 30,
	};
}

enum err rpc_init(struct rpc *c, struct node *node, const struct rpc_config *config,
		  const struct rpc_methods *methods)
{
	memset(c, 0, sizeof *c);
	c->node = node;
	c->dev = node ? node_dev(node) : NULL;
	c->config = config;
	c->methods = methods;
	c->scan.capacity = config->batch_max ? config->batch_max : 1;
	c->scan.ids = calloc(c->scan.capacity, sizeof *c->scan.ids);
	c->scratch_capacity = config->body_max + SCRATCH_SPARE;
	c->scratch = malloc(c->scratch_capacity);
	if (!c->scan.ids || !c->scratch) {
		free(c->scan.ids);
		free(c->scratch);
		return ERR_FULL;
	}
	jw_init(&c->out, config->response_max);
	jw_init(&c->last_block.json, config->response_max);
	reader_init(&c->reader);
	return OK;
}

void rpc_free(struct rpc *c)
{
	reader_free(&c->reader);
	jw_free(&c->out);
	free(c->scan.ids);
	free(c->scratch);
	jw_free(&c->last_block.json);
	store_block_free(c->logs_block);
	ahead_free(c->ahead);
	risk_lists_free(c->risk_lists);
	told_free(c->told);
}

void rpc_hold(struct rpc *c)
{
	if (!c->dev)
		return;
	dev_share(c->dev);
	if (c->dev_reverts == dev_reverts(c->dev))
		return;
	c->dev_reverts = dev_reverts(c->dev);
	c->last_block.is_set = c->last_header.is_set = false;
	risk_lists_free(c->risk_lists);
	c->risk_lists = NULL;
}

void rpc_release(struct rpc *c)
{
	if (c->dev)
		dev_release(c->dev);
}

enum rpc_code rpc_fail(struct rpc *c, enum rpc_code code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(c->error_text, sizeof c->error_text, format, arguments);
	va_end(arguments);
	return code;
}

u64 rpc_deadline(const struct rpc_config *config)
{
	return config->time_max_ms ? clock_monotonic_us() + (u64)config->time_max_ms * 1000 : UINT64_MAX;
}

enum rpc_code rpc_check_time(struct rpc *c)
{
	return clock_monotonic_us() > c->deadline_us ? rpc_fail_err(c, ERR_TIMEOUT) : RPC_OK;
}

enum rpc_code rpc_fail_err(struct rpc *c, enum err e)
{
	if (e == ERR_NOT_FOUND)
		return rpc_fail(c, RPC_SERVER, "header not found");
	if (e == ERR_PRUNED)
		return rpc_fail(c, RPC_PRUNED, "pruned history unavailable");
	if (e == ERR_FULL)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	if (e == ERR_TIMEOUT)
		return rpc_fail(c, RPC_TIMEOUT, "%s", err_text(e));
	return rpc_fail(c, RPC_INTERNAL, "%s", err_text(e));
}

void *rpc_take(struct rpc *c, size_t size)
{
	size_t first = (c->scratch_size + 15) & ~(size_t)15;

	if (first > c->scratch_capacity || size > c->scratch_capacity - first)
		return NULL;
	c->scratch_size = first + size;
	return c->scratch + first;
}

u64 rpc_head(struct rpc *c)
{
	return node_wait_height(c->node, 0, 0);
}

enum err rpc_header(struct rpc *c, u64 height)
{
	enum err e;

	if (c->last_header.is_set && c->last_header.height == height)
		return OK;
	e = store_header(node_store(c->node), &c->last_header.header, &c->last_header.hash, height);
	c->last_header.is_set = e == OK;
	c->last_header.height = height;
	return e;
}

void rpc_await(struct rpc *c, u64 height)
{
	(void)node_wait_height(c->node, height, AWAIT_MS);
}
