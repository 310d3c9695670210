#include "tests/support/canned_rpc.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct canned_rpc {
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;
	canned_answer *answer;
	void *context;
	const char *text;
	char url[64];
};

/* A request's body as it arrives. */
struct body {
	char *at;
	size_t size;
};

static json_t *reply_to(struct canned_rpc *s, const json_t *request)
{
	json_t *answer = s->answer(s->context, json_string_value(json_object_get(request, "method")), json_object_get(request, "params"));
	json_t *error = json_object_size(answer) == 1 ? json_object_get(answer, "error") : NULL;
	json_t *reply;

	if (!answer)
		return NULL;
	reply = json_pack("{s:s, s:O, s:O}", "jsonrpc", "2.0", "id", json_object_get(request, "id"), error ? "error" : "result", error ? error : answer);
	json_decref(answer);
	return reply;
}

static json_t *replies_to(struct canned_rpc *s, const json_t *request)
{
	json_t *replies, *one;
	size_t i;

	if (!json_is_array(request))
		return reply_to(s, request);
	replies = json_array();
	/* Last first: a client must not count on the order. */
	for (i = json_array_size(request); i > 0; i--) {
		one = reply_to(s, json_array_get(request, i - 1));
		if (one)
			json_array_append_new(replies, one);
	}
	return replies;
}

/* What is said to a body; free() it.  NULL: nothing. */
static char *text_for(struct canned_rpc *s, const struct body *body)
{
	json_t *request = json_loadb(body->at ? body->at : "", body->size, 0, NULL), *reply;
	char *text;

	canned_rpc_lock(s);
	reply = replies_to(s, request);
	text = s->text ? strdup(s->text) : reply ? json_dumps(reply, JSON_COMPACT)
						 : NULL;
	canned_rpc_unlock(s);
	json_decref(reply);
	json_decref(request);
	return text;
}

static enum MHD_Result serve(void *context, struct MHD_Connection *connection, const char *url, const char *method,
			     const char *version, const char *upload, size_t *upload_size, void **memory)
{
	struct canned_rpc *s = context;
	struct MHD_Response *response;
	struct body *body = *memory;
	enum MHD_Result result;
	char *text;

	(void)url, (void)method, (void)version;
	if (!body) {
		*memory = calloc(1, sizeof *body);
		return *memory ? MHD_YES : MHD_NO;
	}
	if (*upload_size > 0) {
		body->at = realloc(body->at, body->size + *upload_size);
		memcpy(body->at + body->size, upload, *upload_size);
		body->size += *upload_size;
		*upload_size = 0;
		return MHD_YES;
	}
	text = text_for(s, body);
	if (!text)
		return MHD_NO;
	response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static void forget(void *context, struct MHD_Connection *connection, void **memory, enum MHD_RequestTerminationCode code)
{
	struct body *body = *memory;

	(void)context, (void)connection, (void)code;
	if (body)
		free(body->at);
	free(body);
}

struct canned_rpc *canned_rpc_start(canned_answer *answer, void *context)
{
	struct canned_rpc *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->answer = answer;
	s->context = context;
	pthread_mutex_init(&s->lock, NULL);
	s->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, serve, s,
				     MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_END);
	if (!s->daemon) {
		pthread_mutex_destroy(&s->lock);
		free(s);
		return NULL;
	}
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u", MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	return s;
}

void canned_rpc_stop(struct canned_rpc *s)
{
	MHD_stop_daemon(s->daemon);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

const char *canned_rpc_url(const struct canned_rpc *s)
{
	return s->url;
}

void canned_rpc_lock(struct canned_rpc *s)
{
	pthread_mutex_lock(&s->lock);
}

void canned_rpc_unlock(struct canned_rpc *s)
{
	pthread_mutex_unlock(&s->lock);
}

void canned_rpc_say(struct canned_rpc *s, const char *text)
{
	canned_rpc_lock(s);
	s->text = text;
	canned_rpc_unlock(s);
}
