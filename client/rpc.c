#include "client/rpc.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define RPC_RESPONSE_MAX   (64u << 20) /* bytes */
#define RPC_CONNECT_MS_MAX 5000
#define RPC_CALL_MS_MAX    60000

struct rpc_client {
	CURL *curl;
	struct curl_slist *headers;
	char *url;
	char *body; /* of the last response */
	size_t size, capacity;
	bool too_large;
	u64 next_id;
};

struct rpc_client *rpc_open(const char *url)
{
	struct rpc_client *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->url = strdup(url);
	c->curl = curl_easy_init();
	c->headers = curl_slist_append(NULL, "content-type: application/json");
	c->headers = curl_slist_append(c->headers, "expect:"); /* no 100-continue round trip */
	if (!c->url || !c->curl || !c->headers) {
		rpc_close(c);
		return NULL;
	}
	return c;
}

void rpc_close(struct rpc_client *c)
{
	if (!c)
		return;
	if (c->curl)
		curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->headers);
	free(c->url);
	free(c->body);
	free(c);
}

static size_t rpc_receive(char *at, size_t one, size_t size, void *context)
{
	struct rpc_client *c = context;
	size_t wanted = c->size + size;
	char *larger;

	(void)one; /* always 1 */
	if (wanted > RPC_RESPONSE_MAX) {
		c->too_large = true;
		return 0;
	}
	if (wanted > c->capacity) {
		larger = realloc(c->body, wanted * 2);
		if (!larger)
			return 0;
		c->body = larger;
		c->capacity = wanted * 2;
	}
	memcpy(c->body + c->size, at, size);
	c->size = wanted;
	return size;
}

static json_t *rpc_failure(const struct rpc_client *c, const char *what)
{
	return json_pack("{s:i, s:o}", "code", 0, "message",
			 json_sprintf("%s: %s", c->url, what));
}

/* A proxy of the environment cannot reach this machine's own node. */
static bool is_loopback(const char *url)
{
	return strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://localhost", 16) == 0 || strncmp(url, "http://[::1]", 12) == 0;
}

/* Sends text and parses the answer.  NULL: *error is set. */
static json_t *rpc_exchange(struct rpc_client *c, json_t **error, const char *text)
{
	char detail[CURL_ERROR_SIZE] = "";
	json_error_t syntax;
	CURLcode status;
	json_t *answer;

	c->size = 0;
	c->too_large = false;
	curl_easy_setopt(c->curl, CURLOPT_URL, c->url);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, c->headers);
	curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, rpc_receive);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)RPC_CONNECT_MS_MAX);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT_MS, (long)RPC_CALL_MS_MAX);
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (is_loopback(c->url))
		curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c->curl, CURLOPT_TCP_NODELAY, 1L);
	status = curl_easy_perform(c->curl);
	if (c->too_large)
		*error = rpc_failure(c, "the answer is larger than 64 MiB");
	else if (status == CURLE_COULDNT_CONNECT)
		*error = rpc_failure(c, "nothing answers there; is plimsolld running?");
	else if (status != CURLE_OK)
		*error = rpc_failure(c, *detail ? detail : curl_easy_strerror(status));
	if (status != CURLE_OK)
		return NULL;
	answer = json_loadb(c->body, c->size, JSON_REJECT_DUPLICATES, &syntax);
	if (!answer)
		*error = rpc_failure(c, "the answer is not JSON; is this a JSON-RPC port?");
	return answer;
}

/* A request object; takes params. */
static json_t *rpc_request(struct rpc_client *c, const char *method, json_t *params)
{
	return json_pack("{s:s, s:I, s:s, s:o}", "jsonrpc", "2.0", "id", (json_int_t)++c->next_id,
			 "method", method, "params", params ? params : json_array());
}

/* Takes the request; NULL: *error is set. */
static json_t *rpc_post(struct rpc_client *c, json_t **error, json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT);
	json_t *answer = NULL;

	json_decref(request);
	if (text)
		answer = rpc_exchange(c, error, text);
	else
		*error = rpc_failure(c, "the request cannot be written as JSON");
	free(text);
	return answer;
}

json_t *rpc_call(struct rpc_client *c, json_t **error, const char *method, json_t *params)
{
	json_t *unwanted = NULL;
	json_t *answer, *result, *failure;

	if (!error)
		error = &unwanted;
	*error = NULL;
	answer = rpc_post(c, error, rpc_request(c, method, params));
	result = json_incref(json_object_get(answer, "result"));
	failure = json_object_get(answer, "error");
	if (failure) {
		json_decref(result);
		result = NULL;
		*error = json_incref(failure);
	} else if (answer && !result) {
		*error = rpc_failure(c, "the answer has neither result nor error");
	}
	json_decref(answer);
	json_decref(unwanted);
	return result;
}

/* The answer to the request with this id, in an array of answers of any order. */
static json_t *rpc_answer_of(const json_t *answers, json_int_t id)
{
	size_t i;
	json_t *answer;

	json_array_foreach(answers, i, answer)
	{
		if (json_integer_value(json_object_get(answer, "id")) == id)
			return answer;
	}
	return NULL;
}

json_t *rpc_batch(struct rpc_client *c, json_t **error, json_t *calls)
{
	json_int_t first = (json_int_t)c->next_id + 1;
	json_t *requests = json_array();
	json_t *unwanted = NULL;
	json_t *answers, *answer, *call, *results;
	size_t i;

	if (!error)
		error = &unwanted;
	*error = NULL;
	json_array_foreach(calls, i, call)
		json_array_append_new(requests, rpc_request(c, json_string_value(json_array_get(call, 0)),
							    json_incref(json_array_get(call, 1))));
	answers = rpc_post(c, error, requests);
	results = answers ? json_array() : NULL;
	if (answers && !json_is_array(answers)) {
		*error = json_incref(json_object_get(answers, "error"));
		json_decref(results);
		results = NULL;
	}
	for (i = 0; results && i < json_array_size(calls); i++) {
		answer = rpc_answer_of(answers, first + (json_int_t)i);
		if (json_object_get(answer, "result"))
			json_array_append(results, json_object_get(answer, "result"));
		else
			json_array_append_new(results, json_pack("{s:O?}", "error", json_object_get(answer, "error")));
	}
	json_decref(answers);
	json_decref(unwanted);
	return results;
}
