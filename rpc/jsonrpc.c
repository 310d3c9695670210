#include "rpc/jsonrpc.h"

#include <assert.h>
#include <string.h>

#include "node/clock.h"
#include "rpc/ahead.h"
#include "rpc/json_plain.h"
#include "rpc/methods.h"
#include "rpc/params.h"
#include "rpc/quota.h"
#include "rpc/unsent.h"

/* What an error object takes at most beside its text and data: room that is kept
 * free of results. */
#define ERROR_ROOM (RPC_ERROR_TEXT_MAX * 6 + JSON_ID_MAX + 128)

/* What changes something answers in less: there is room for it wherever the answer has come to. */
#define RESULT_SPARE 1024u
static_assert(JSON_ID_MAX + 256 <= RESULT_SPARE, "a hash in its envelope has room");

/* When there is no memory even for an error. */
static const char NO_MEMORY[] =
	"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32003,\"message\":\"response too large\"}}";

/* One element of a body, parsed. */
struct request {
	const json_t *root;
	struct bytes id; /* its text; size 0: a notification */
};

/* -- replies ------------------------------------------------------------------- */

static void reply_open(struct rpc *c, struct bytes id)
{
	jw_object(&c->out, NULL);
	jw_text(&c->out, "jsonrpc", "2.0");
	if (id.size)
		jw_raw(&c->out, "id", (const char *)id.at, id.size);
	else
		jw_null(&c->out, "id");
}

static void reply_error(struct rpc *c, struct bytes id, enum rpc_code code)
{
	char text[12];
	int n = code < 0 ? -(int)code : (int)code;
	size_t size = 0;

	reply_open(c, id);
	jw_object(&c->out, "error");
	if (code < 0)
		text[size++] = '-';
	for (int unit = 10000; unit > 0; unit /= 10) {
		if (n >= unit)
			text[size++] = (char)('0' + n / unit % 10);
	}
	jw_raw(&c->out, "code", text, size);
	jw_text(&c->out, "message", c->error_text);
	if (c->error_data.at)
		jw_data(&c->out, "data", c->error_data);
	jw_end(&c->out);
	jw_end(&c->out);
}

/* -- one request ------------------------------------------------------------------ */

/* The id is a number, a string of bounded length, or null. */
static bool id_is_valid(const struct request *r, const json_t *id)
{
	if (!id)
		return r->id.size == 0;
	if (!json_is_number(id) && !json_is_string(id) && !json_is_null(id))
		return false;
	return r->id.size > 0 && r->id.size <= JSON_ID_MAX;
}

/* Checks the envelope; *method is the row. */
static enum rpc_code request_check(struct rpc *c, const struct request *r, const struct rpc_method **method,
				   size_t *index)
{
	const json_t *version = json_object_get(r->root, "jsonrpc");
	const json_t *name = json_object_get(r->root, "method");
	const json_t *params = json_object_get(r->root, "params");

	if (version && (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0))
		return rpc_fail(c, RPC_INVALID_REQUEST, "invalid request: jsonrpc is not \"2.0\"");
	if (!json_is_string(name))
		return rpc_fail(c, RPC_INVALID_REQUEST, "invalid request: no method");
	*method = rpc_methods_find(c->methods, index, json_string_value(name));
	if (!*method)
		return rpc_fail(c, RPC_NO_METHOD, "the method %.200s does not exist/is not available",
				json_string_value(name));
	if (params && !json_is_array(params) && !json_is_null(params))
		return rpc_fail(c, RPC_INVALID_PARAMS, "non-array args");
	c->params = json_is_array(params) ? params : NULL;
	if (json_array_size(c->params) > (*method)->params_max)
		return rpc_fail(c, RPC_INVALID_PARAMS, "too many arguments, want at most %u", (*method)->params_max);
	for (size_t i = 0; i < (*method)->params_min; i++) {
		if (!param(c, i))
			return rpc_fail(c, RPC_INVALID_PARAMS, "missing value for required argument %zu", i);
	}
	return RPC_OK;
}

/* Nothing moves while a method runs, unless it is the one that claims the chain (rpc/dev.h).  Where others wait for
 * the thread, what is not done in its quick time takes long; not so in a batch, whose other requests have run. */
static enum rpc_code method_call(struct rpc *c, const struct rpc_method *method)
{
	bool may_leave = c->place == PLACE_SHARED && !c->batch && !rpc_method_is_bound(method);
	u64 whole = c->deadline_us, quick;
	enum rpc_code code;

	rpc_hold(c);
	quick = may_leave ? clock_monotonic_us() + RPC_QUICK_US : whole;
	c->deadline_us = quick < whole ? quick : whole;
	code = method->run(c);
	c->deadline_us = whole;
	rpc_release(c);
	return code == RPC_TIMEOUT && quick < whole ? RPC_ASIDE : code;
}

/* What was asked before has taken the room of the answer. */
static enum rpc_code fail_room(struct rpc *c)
{
	if (c->room < c->config->response_max)
		return rpc_fail(c, RPC_LIMIT, "too many answers wait to be read");
	return rpc_fail(c, RPC_TOO_LARGE, "response too large");
}

/* Runs a method and turns an overflowing result into an error. */
static enum rpc_code method_run(struct rpc *c, const struct rpc_method *method)
{
	u32 depth = c->out.depth;
	enum rpc_code code;

	c->scratch_size = 0;
	c->out.limit = c->room + RESULT_SPARE;
	code = method_call(c, method);
	assert(code != RPC_OK || c->out.depth == depth);
	if (code == RPC_OK && jw_is_full(&c->out))
		code = fail_room(c);
	c->out.limit += c->config->batch_max * ERROR_ROOM;
	return code;
}

static void count(struct rpc *c, size_t index, bool failed, u64 started)
{
	atomic_fetch_add_explicit(&c->counts.calls[index], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&c->counts.microseconds[index], clock_monotonic_us() - started, memory_order_relaxed);
	if (failed)
		atomic_fetch_add_explicit(&c->counts.errors[index], 1, memory_order_relaxed);
}

/* A request without an id is a notification, unless it is no request at all. */
static bool wants_reply(const struct request *r, enum rpc_code code)
{
	return code == RPC_INVALID_REQUEST || json_object_get(r->root, "id") != NULL;
}

/* Whether the client may ask this now.  What waited or went aside has been counted. */
static enum rpc_code quota_check(struct rpc *c, const struct rpc_method *method)
{
	if (c->is_counted || c->patience == WAIT_OVER ||
	    quota_take(c->quota, c->client, method->cost, clock_monotonic_us()))
		return RPC_OK;
	atomic_fetch_add_explicit(&c->counts.limited, 1, memory_order_relaxed);
	return rpc_fail(c, RPC_LIMIT, "limit exceeded");
}

static void request_serve(struct rpc *c, struct request *r)
{
	struct jw_mark start = jw_mark(&c->out);
	const struct rpc_method *method = NULL;
	u64 started = clock_monotonic_us();
	enum rpc_code code;
	size_t index = 0;

	c->error_data = (struct bytes){ NULL, 0 };
	if (!json_is_object(r->root) || !id_is_valid(r, json_object_get(r->root, "id"))) {
		r->id.size = 0;
		code = rpc_fail(c, RPC_INVALID_REQUEST, "invalid request");
	} else {
		code = rpc_check_time(c);
		if (code == RPC_OK)
			code = request_check(c, r, &method, &index);
	}
	if (code == RPC_OK && c->out.size > c->room)
		code = fail_room(c);
	if (code == RPC_OK && c->client != 0)
		code = quota_check(c, method);
	if (code == RPC_OK) {
		reply_open(c, r->id);
		code = method_run(c, method);
	}
	c->must_wait = code == RPC_WAIT;
	c->must_go_aside = c->is_counted = code == RPC_ASIDE;
	if (c->must_wait || c->must_go_aside) {
		jw_rewind(&c->out, start);
		return;
	}
	if (method)
		count(c, index, code != RPC_OK, started);
	else
		atomic_fetch_add_explicit(&c->counts.refused, 1, memory_order_relaxed);
	if (code == RPC_OK && wants_reply(r, code)) {
		jw_end(&c->out);
		return;
	}
	jw_rewind(&c->out, start);
	if (wants_reply(r, code))
		reply_error(c, r->id, code);
}

/* -- bodies ---------------------------------------------------------------------------- */

static void serve_error(struct rpc *c, enum rpc_code code, const char *text)
{
	c->error_data = (struct bytes){ NULL, 0 };
	atomic_fetch_add_explicit(&c->counts.refused, 1, memory_order_relaxed);
	reply_error(c, (struct bytes){ NULL, 0 }, rpc_fail(c, code, "%s", text));
}

static void batch_serve(struct rpc *c, const json_t *root)
{
	struct jw_mark empty;

	c->patience = WAIT_NEVER;
	jw_array(&c->out, NULL);
	empty = jw_mark(&c->out);
	ahead_batch(c, root);
	for (size_t i = 0; i < json_array_size(root); i++) {
		struct request r = { json_array_get(root, i), c->scan.ids[i] };

		c->batch_at = i;
		request_serve(c, &r);
	}
	ahead_batch(c, NULL);
	if (c->out.size == empty.size)
		jw_clear(&c->out);
	else
		jw_end(&c->out);
}

/* Whether the requests of a body are so dear that it takes long.  Those that are bound to their connection hold it. */
static bool is_dear(const struct rpc *c, const json_t *root)
{
	size_t count = json_is_array(root) ? json_array_size(root) : 1;
	size_t index;
	u32 cost = 0;

	for (size_t i = 0; i < count; i++) {
		const json_t *element = json_is_array(root) ? json_array_get(root, i) : root;
		const char *name = json_string_value(json_object_get(element, "method"));
		const struct rpc_method *method = name ? rpc_methods_find(c->methods, &index, name) : NULL;

		if (method && c->subscriber && rpc_method_is_bound(method))
			return false;
		cost += method ? method->cost : 1;
	}
	return cost > RPC_QUICK_COST;
}

static void root_serve(struct rpc *c, const json_t *root)
{
	struct request r = { root, c->scan.ids[0] };

	if (c->place == PLACE_SHARED && is_dear(c, root))
		c->must_go_aside = true;
	else if (!json_is_array(root))
		request_serve(c, &r);
	else if (json_array_size(root) == 0)
		serve_error(c, RPC_INVALID_REQUEST, "empty batch");
	else
		batch_serve(c, root);
}

/* What was done before and waited is answered in any case. */
static size_t answer_room(const struct rpc *c)
{
	bool is_counted = c->unsent && !c->subscriber && c->patience != WAIT_OVER;
	size_t room = is_counted ? unsent_room(c->unsent, c->client) : SIZE_MAX;

	return room < c->config->response_max ? room : c->config->response_max;
}

static bool is_long_batch(struct bytes body)
{
	static const char blanks[] = { ' ', '\t', '\r', '\n' };
	size_t first = 0;

	if (body.size <= RPC_QUICK_BYTES)
		return false;
	while (first < body.size && memchr(blanks, body.at[first], sizeof blanks))
		first++;
	return first < body.size && body.at[first] == '[';
}

/* Reads the body and answers it, unless it turns out to be dear. */
static void body_serve(struct rpc *c, struct bytes body)
{
	enum err e = json_scan_run(&c->scan, body);
	json_error_t error;
	json_t *root;

	if (e == ERR_DEPTH) {
		serve_error(c, RPC_INVALID_REQUEST, "nested too deeply");
	} else if (e == ERR_SIZE) {
		serve_error(c, RPC_INVALID_REQUEST, "batch too large");
	} else {
		root = json_plain_parse(body);
		if (!root)
			root = json_loadb((const char *)body.at, body.size,
					  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
		if (root)
			root_serve(c, root);
		else
			serve_error(c, RPC_PARSE, "parse error");
		json_decref(root);
	}
}

struct bytes jsonrpc_serve(struct rpc *c, struct bytes body)
{
	if (c->crew)
		atomic_fetch_sub(&c->crew->idle, 1);
	jw_clear(&c->out);
	c->must_wait = c->must_go_aside = false;
	if (c->place != PLACE_ASIDE) {
		c->deadline_us = rpc_deadline(c->config);
		c->is_counted = false;
	}
	c->room = answer_room(c);
	c->out.limit = c->config->response_max + c->config->batch_max * ERROR_ROOM;
	if (c->place == PLACE_SHARED && !c->subscriber && is_long_batch(body))
		c->must_go_aside = true;
	else
		body_serve(c, body);
	if (c->crew)
		atomic_fetch_add(&c->crew->idle, 1);
	if (jw_is_full(&c->out))
		return (struct bytes){ (const u8 *)NO_MEMORY, sizeof NO_MEMORY - 1 };
	return (struct bytes){ (const u8 *)c->out.at, c->out.size };
}

struct aside_terms jsonrpc_terms(const struct rpc *c)
{
	return (struct aside_terms){ c->client, c->deadline_us, c->is_counted };
}

struct bytes jsonrpc_serve_aside(struct rpc *c, const struct aside_terms *terms, struct bytes body)
{
	c->client = terms->client;
	c->deadline_us = terms->deadline_us;
	c->is_counted = terms->is_counted;
	c->patience = WAIT_NEVER;
	c->place = PLACE_ASIDE;
	return jsonrpc_serve(c, body);
}
