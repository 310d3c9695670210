/* WebSocket frames: any bytes behind a handshake, at once and in pieces.
 *
 *  - Nothing that comes crashes the connection or makes it queue without bound.
 *  - What it sends back is frames of a server: whole, unmasked, no reserved bit. */

#include "rpc/ws_connection.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/methods.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TURNS_MAX 64

static char folder[] = "/tmp/plimsoll-fuzz-XXXXXX";
static struct rpc_config config;
static struct rpc_methods methods;
static struct node *node;
static struct rpc rpc;

static void finish(void)
{
	char command[64];

	rpc_free(&rpc);
	node_close(node);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s stays\n", folder);
}

static void begin(void)
{
	char where[64], why[STORE_WHY_MAX];
	struct node_config options = { .data_dir = where, .clock_speed = 1, .cache_bytes = 16 << 20, .no_sync = true };
	char *made = mkdtemp(folder);
	enum err e;

	assert(made);
	(void)snprintf(where, sizeof where, "%s/data", folder);
	e = node_init(where, NULL, why);
	if (e == OK)
		e = node_open(&node, &options, why);
	assert(e == OK);
	config = rpc_config_default();
	config.body_max = 1 << 14;
	config.response_max = 1 << 16;
	config.ws_queue_max = 1 << 16;
	rpc_methods_init(&methods, false);
	e = rpc_init(&rpc, node, &config, &methods);
	assert(e == OK);
	(void)atexit(finish);
}

static void release(void *handle)
{
	(void)close(*(int *)handle);
}

/* Walks the frames that were sent; the last may be cut off by the end of the connection. */
static void check_frames(const u8 *at, size_t size)
{
	while (size >= 2) {
		size_t length = at[1], head = 2;

		assert((at[0] & 0x70) == 0 && (at[1] & 0x80) == 0);
		if (length >= 126) {
			size_t wide = length == 126 ? 2 : 8;

			if (size < 2 + wide)
				return;
			length = 0;
			for (size_t i = 0; i < wide; i++)
				length = length << 8 | at[2 + i];
			head += wide;
		}
		if (size - head < length)
			return;
		at += head + length;
		size -= head + length;
	}
}

/* The first byte says how many bytes came with the handshake and how large the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static u8 answers[1 << 20];
	size_t piece, early, sent = 0, got = 0;
	struct connection *n;
	int pair[2], made;

	if (!node)
		begin();
	if (size == 0 || size > 1 << 15)
		return 0;
	piece = 1 + (size_t)(data[0] >> 4) * 97;
	early = size - 1 < (data[0] & 15u) ? size - 1 : data[0] & 15u;
	made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
	assert(made == 0);
	n = connection_new(pair[0], (struct bytes){ data + 1, early }, config.body_max, NULL);
	assert(n);
	n->release = release;
	n->handle = &pair[0];
	sent = 1 + early;
	for (int i = 0; i < TURNS_MAX && !connection_is_over(n); i++) {
		ssize_t wrote = sent < size ? send(pair[1], data + sent, i + 1 < TURNS_MAX && size - sent > piece ? piece : size - sent, MSG_NOSIGNAL) : 0;
		ssize_t read;

		sent += wrote > 0 ? (size_t)wrote : 0;
		connection_turn(n, &rpc);
		connection_follow(n, &rpc);
		assert(connection_queued(n) <= config.ws_queue_max / 4 + config.response_max + 4096);
		read = recv(pair[1], answers + got, sizeof answers - got, 0);
		got += read > 0 ? (size_t)read : 0;
	}
	check_frames(answers, got);
	connection_free(n);
	(void)close(pair[1]);
	return 0;
}
