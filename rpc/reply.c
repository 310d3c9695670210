#include "rpc/reply.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_TEXT "text/plain; charset=utf-8"

/* By enum http_refusal. */
static const struct {
	unsigned status;
	const char *text;
} REFUSALS[] = {
#define X(name, status, text) [REFUSED_##name] = { status, text },
	HTTP_REFUSALS(X)
#undef X
};

static void add_cors(const char *origin, struct MHD_Response *r)
{
	if (!origin)
		return;
	MHD_add_response_header(r, "Access-Control-Allow-Origin", origin);
	if (strcmp(origin, "*") != 0)
		MHD_add_response_header(r, "Vary", "Origin");
}

enum MHD_Result reply(struct worker *w, struct MHD_Connection *connection,
		      unsigned status, const char *type, struct MHD_Response *r)
{
	enum MHD_Result queued;

	if (!r)
		return MHD_NO;
	if (type)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_BAD_REQUEST) /* where the next request begins is a matter of opinion */
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	add_cors(w->rpc.config->cors_origin, r);
	queued = MHD_queue_response(connection, status, r);
	MHD_destroy_response(r);
	atomic_fetch_add_explicit(&w->rpc.counts.http[status / 100], 1, memory_order_relaxed);
	return queued;
}

/* Of a constant.  NULL: out of memory. */
static struct MHD_Response *text_response(const char *text)
{
	return MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result reply_text(struct worker *w, struct MHD_Connection *connection,
			   unsigned status, const char *text)
{
	return reply(w, connection, status, PLAIN_TEXT, text_response(text));
}

enum MHD_Result reply_refusal(struct worker *w, struct MHD_Connection *connection, enum http_refusal why)
{
	struct MHD_Response *r;

	assert(why != REFUSED_NOT);
	r = text_response(REFUSALS[why].text);
	if (r && why == REFUSED_VERSION)
		MHD_add_response_header(r, MHD_HTTP_HEADER_SEC_WEBSOCKET_VERSION, "13");
	return reply(w, connection, REFUSALS[why].status, PLAIN_TEXT, r);
}

enum MHD_Result reply_made(struct worker *w, struct MHD_Connection *connection,
			   unsigned status, const char *type, struct text *made)
{
	if (made->full) {
		free(made->at);
		return MHD_NO;
	}
	return reply(w, connection, status, type,
		     MHD_create_response_from_buffer(made->size, made->at, MHD_RESPMEM_MUST_FREE));
}

enum MHD_Result reply_preflight(struct worker *w, struct MHD_Connection *connection)
{
	static char nothing[1];
	struct MHD_Response *r;

	if (!w->rpc.config->cors_origin)
		return reply_refusal(w, connection, REFUSED_METHOD);
	r = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Access-Control-Allow-Methods", "POST");
	MHD_add_response_header(r, "Access-Control-Allow-Headers", "content-type");
	MHD_add_response_header(r, "Access-Control-Max-Age", "600");
	return reply(w, connection, MHD_HTTP_NO_CONTENT, NULL, r);
}
