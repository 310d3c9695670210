/* JSON-RPC: any bytes, sent to every method of a real node that stands at its genesis block.
 *
 *  - What comes back is nothing, one reply, or an array of them; each is JSON-RPC.
 *  - No input is the node's own mistake: the code is never "internal error". */

#include "rpc/jsonrpc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/methods.h"
#include "rpc/subscribe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/plimsoll-fuzz-XXXXXX";
static struct rpc_config config;
static struct rpc_methods methods;
static struct node *node;
static struct rpc rpc;
static struct subscriber subscriber; /* one that hears and says nothing */

static void finish(void)
{
	char command[64];

	subscriber_free(&subscriber);
	filters_free(rpc.filters);
	rpc_free(&rpc);
	node_close(node);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s stays\n", folder);
}

static void drop(struct subscriber *s, struct bytes text)
{
	(void)s;
	(void)text;
}

static size_t nothing_queued(struct subscriber *s)
{
	(void)s;
	return 0;
}

static void begin(void)
{
	char data[64], why[STORE_WHY_MAX];
	struct node_config options = { .data_dir = data, .clock_speed = 1, .cache_bytes = 16 << 20, .no_sync = true };
	char *made = mkdtemp(folder);
	enum err e;

	assert(made);
	(void)snprintf(data, sizeof data, "%s/data", folder);
	e = node_init(data, NULL, why);
	if (e == OK)
		e = node_open(&node, &options, why);
	assert(e == OK);
	config = rpc_config_default();
	config.batch_max = 16;
	config.response_max = 1 << 20;
	rpc_methods_init(&methods, false);
	e = rpc_init(&rpc, node, &config, &methods);
	assert(e == OK);
	rpc.filters = filters_new(16);
	assert(rpc.filters);
	subscriber.send = drop;
	subscriber.queued = nothing_queued;
	rpc.subscriber = &subscriber;
	(void)atexit(finish);
}

static void check(const json_t *reply)
{
	const json_t *error = json_object_get(reply, "error"), *code = json_object_get(error, "code");
	const json_t *id = json_object_get(reply, "id");

	assert(json_is_object(reply) && json_object_size(reply) == 3);
	assert(strcmp(json_string_value(json_object_get(reply, "jsonrpc")), "2.0") == 0);
	assert(json_is_null(id) || json_is_string(id) || json_is_number(id));
	if (!error) {
		assert(json_object_get(reply, "result"));
		return;
	}
	assert(json_is_integer(code) && json_integer_value(code) != 0);
	assert(json_integer_value(code) != RPC_INTERNAL);
	assert(json_is_string(json_object_get(error, "message")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes reply;
	json_t *parsed;

	if (!node)
		begin();
	if (size > config.body_max)
		return 0;
	subscriber_free(&subscriber);
	reply = jsonrpc_serve(&rpc, (struct bytes){ data, size });
	for (struct subscription *s = subscriber.first; s; s = s->next)
		s->at = s->stream->is_pending ? s->at : 0;
	if (reply.size == 0)
		return 0;
	parsed = json_loadb((const char *)reply.at, reply.size, 0, NULL);
	assert(parsed);
	if (!json_is_array(parsed))
		check(parsed);
	assert(!json_is_array(parsed) || json_array_size(parsed) > 0);
	for (size_t i = 0; i < json_array_size(parsed); i++)
		check(json_array_get(parsed, i));
	json_decref(parsed);
	(void)subscriber_advance(&rpc, &subscriber, 0);
	return 0;
}
