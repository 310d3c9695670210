#include "bench/support/empty_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/measure.h"

#define BODY_MAX        (1u << 20)
#define CONNECTIONS_MAX 1024u
#define IDLE_SECONDS    60u

struct empty_server {
	struct MHD_Daemon *daemon;
};

struct body {
	size_t size, capacity;
	char *at;
};

static bool body_add(struct body *b, const char *at, size_t size)
{
	size_t capacity = b->capacity ? b->capacity : 2048;
	char *grown;

	if (size > BODY_MAX - b->size)
		return false;
	while (capacity < b->size + size)
		capacity *= 2;
	if (capacity > b->capacity) {
		grown = realloc(b->at, capacity);
		if (!grown)
			return false;
		b->at = grown;
		b->capacity = capacity;
	}
	memcpy(b->at + b->size, at, size);
	b->size += size;
	return true;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **state)
{
	static char answer[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x0\"}";
	struct body *b = *state;
	struct MHD_Response *r;
	enum MHD_Result queued;
	size_t size = *upload_size;

	(void)context;
	(void)url;
	(void)method;
	(void)version;
	if (!b) {
		*state = calloc(1, sizeof *b);
		return *state ? MHD_YES : MHD_NO;
	}
	if (size > 0) {
		*upload_size = 0;
		return body_add(b, upload, size) ? MHD_YES : MHD_NO;
	}
	r = MHD_create_response_from_buffer(sizeof answer - 1, answer, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	queued = MHD_queue_response(connection, MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	return queued;
}

static void on_end(void *context, struct MHD_Connection *connection, void **state,
		   enum MHD_RequestTerminationCode how)
{
	struct body *b = *state;

	(void)context;
	(void)connection;
	(void)how;
	if (b)
		free(b->at);
	free(b);
	*state = NULL;
}

struct empty_server *empty_server_start(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct empty_server *s = calloc(1, sizeof *s);

	if (!s)
		give_up("out of memory");
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, NULL, NULL, on_request, s,
				     MHD_OPTION_SOCK_ADDR, &address,
				     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)cores(),
				     MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
				     MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
				     MHD_OPTION_NOTIFY_COMPLETED, on_end, s,
				     MHD_OPTION_END);
	if (!s->daemon)
		give_up("the empty server does not start");
	return s;
}

void empty_server_stop(struct empty_server *s)
{
	MHD_stop_daemon(s->daemon);
	free(s);
}

u16 empty_server_port(const struct empty_server *s)
{
	return MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}
