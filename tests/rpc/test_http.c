#include "tests/rpc/fixture.h"

#include <curl/curl.h>

/* HTTP, as clients that know nothing of JSON-RPC see it. */

#define BODY_MAX 4096

static const char *const hosts[] = { "node.example" };
static CURL *curl;

/* What a server said. */
struct answer {
	long status;
	char body[1 << 16], head[4096];
	size_t body_size, head_size;
};
static struct answer answer;

static size_t take_body(char *at, size_t size, size_t count, void *unused)
{
	size_t n = size * count;

	(void)unused;
	assert_true(answer.body_size + n < sizeof answer.body);
	memcpy(answer.body + answer.body_size, at, n);
	answer.body_size += n;
	answer.body[answer.body_size] = '\0';
	return n;
}

static size_t take_head(char *at, size_t size, size_t count, void *unused)
{
	size_t n = size * count;

	(void)unused;
	assert_true(answer.head_size + n < sizeof answer.head);
	memcpy(answer.head + answer.head_size, at, n);
	answer.head_size += n;
	answer.head[answer.head_size] = '\0';
	return n;
}

/* Sends a request with one or two headers of its own; body NULL: none. */
static void request(const char *method, const char *path, const char *body, const char *header, const char *second)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char url[200];

	memset(&answer, 0, sizeof answer);
	(void)snprintf(url, sizeof url, "%s%s", fixture.url, path);
	if (header)
		headers = curl_slist_append(headers, header);
	if (second)
		headers = curl_slist_append(headers, second);
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(curl, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
	if (body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_slist_free_all(headers);
}

#define JSON_TYPE        "Content-Type: application/json"
#define UPGRADE          "Upgrade: websocket"
#define CHAIN_ID_REQUEST "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}"
#define CHAIN_ID_REPLY   "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x4f24\"}"

static void a_request_is_answered_as_json(void **unused)
{
	(void)unused;
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, CHAIN_ID_REPLY);
	assert_non_null(strcasestr(answer.head, "content-type: application/json\r\n"));
	assert_null(strcasestr(answer.head, "access-control"));
}

static void every_json_rpc_error_is_http_200(void **unused)
{
	static const char *const bodies[] = { "{", "[]", "1", "{\"id\":1,\"method\":\"x\"}", "" };

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		request("POST", "/", bodies[i], JSON_TYPE, NULL);
		assert_int_equal(answer.status, 200);
		assert_non_null(strstr(answer.body, "\"error\""));
	}
}

static void a_notification_is_an_empty_200(void **unused)
{
	(void)unused;
	request("POST", "/", "{\"method\":\"eth_chainId\"}", JSON_TYPE, NULL);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body_size, 0);
}

static void a_connection_serves_many_requests(void **unused)
{
	long connects;

	(void)unused;
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
	for (int i = 0; i < 20; i++) {
		request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
		curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
		assert_int_equal(connects, 0);
		assert_string_equal(answer.body, CHAIN_ID_REPLY);
	}
}

/* A page is a dozen files. */
static void what_is_asked_without_a_body_shares_a_connection_too(void **unused)
{
	static const char *const asked[][2] = { { "GET", "/web/app.js" }, { "HEAD", "/" }, { "GET", "/healthz" }, { "OPTIONS", "/" }, { "PUT", "/" } };
	long connects;

	(void)unused;
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
	for (size_t i = 0; i < ARRAY_COUNT(asked); i++) {
		request(asked[i][0], asked[i][1], NULL, NULL, NULL);
		curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connects);
		assert_int_equal(connects, 0);
		assert_null(strcasestr(answer.head, "connection: close"));
	}
}

/* Its body is not read. */
static void a_body_that_nobody_wants_ends_the_connection(void **unused)
{
	(void)unused;
	request("GET", "/healthz", "{}", JSON_TYPE, NULL);
	assert_int_equal(answer.status, 200);
	assert_non_null(strcasestr(answer.head, "connection: close"));
}

static void other_content_types_are_refused(void **unused)
{
	(void)unused;
	request("POST", "/", CHAIN_ID_REQUEST, "Content-Type: text/plain", NULL);
	assert_int_equal(answer.status, 415);
	request("POST", "/", CHAIN_ID_REQUEST, "Content-Type:", NULL);
	assert_int_equal(answer.status, 415);
	request("POST", "/", CHAIN_ID_REQUEST, "Content-Type: application/json-rpc", NULL);
	assert_int_equal(answer.status, 200);
	request("POST", "/", CHAIN_ID_REQUEST, "Content-Type: application/json; charset=utf-8", NULL);
	assert_int_equal(answer.status, 200);
}

static void a_body_at_its_limit_is_served_and_one_beyond_is_not(void **unused)
{
	static char body[BODY_MAX * 3];

	(void)unused;
	memset(body, ' ', BODY_MAX);
	memcpy(body, CHAIN_ID_REQUEST, strlen(CHAIN_ID_REQUEST));
	request("POST", "/", body, JSON_TYPE, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, CHAIN_ID_REPLY);
	body[BODY_MAX] = ' ';
	request("POST", "/", body, JSON_TYPE, NULL);
	assert_int_equal(answer.status, 413);
	request("POST", "/", body, JSON_TYPE, "Transfer-Encoding: chunked");
	assert_int_equal(answer.status, 413);
	body[BODY_MAX] = '\0';
	request("POST", "/", body, JSON_TYPE, "Transfer-Encoding: chunked");
	assert_string_equal(answer.body, CHAIN_ID_REPLY);
}

static void a_foreign_host_is_refused(void **unused)
{
	(void)unused;
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, "Host: evil.example:8545");
	assert_int_equal(answer.status, 403);
	assert_string_equal(answer.body, "invalid host specified\n");
	request("GET", "/metrics", NULL, "Host: evil.example", NULL);
	assert_int_equal(answer.status, 403);
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, "Host: node.example");
	assert_int_equal(answer.status, 200);
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, "Host: localhost");
	assert_int_equal(answer.status, 200);
}

static void health_and_metrics_are_there_to_get(void **unused)
{
	(void)unused;
	request("GET", "/", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	request("HEAD", "/", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	request("GET", "/healthz", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, "\"status\":\"ok\",\"height\":"));
	request("GET", "/metrics", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.body, "\nplimsoll_height "));
	assert_non_null(strstr(answer.body, "\nplimsoll_oldest_state 0\n"));
	assert_non_null(strstr(answer.body, "\nplimsoll_failed 0\n"));
	assert_non_null(strstr(answer.body, "\nplimsoll_rpc_requests_total{method=\"eth_chainId\"} "));
	assert_non_null(strstr(answer.body, "\nplimsoll_http_replies_total{status=\"4xx\"} "));
}

static void a_browser_gets_the_dashboard_and_others_a_line(void **unused)
{
	(void)unused;
	request("GET", "/", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "plimsoll: JSON-RPC is POSTed here\n");
	request("GET", "/", NULL, "Accept: text/html", NULL);
	assert_int_equal(answer.status, 200);
	assert_memory_equal(answer.body, "<!doctype html>", 15);
	assert_non_null(strcasestr(answer.head, "content-security-policy: default-src 'none';"));
	request("GET", "/web/app.js", NULL, NULL, NULL);
	assert_int_equal(answer.status, 200);
	assert_non_null(strcasestr(answer.head, "content-type: text/javascript; charset=utf-8\r\n"));
	request("GET", "/web/app.js", NULL, "Host: evil.example", NULL);
	assert_int_equal(answer.status, 403);
	request("GET", "/web/", NULL, "Accept: text/html", NULL);
	assert_int_equal(answer.status, 404);
}

static void what_is_not_there_is_told(void **unused)
{
	(void)unused;
	request("GET", "/other", NULL, NULL, NULL);
	assert_int_equal(answer.status, 404);
	request("POST", "/other", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
	assert_int_equal(answer.status, 404);
	request("PUT", "/", CHAIN_ID_REQUEST, JSON_TYPE, NULL);
	assert_int_equal(answer.status, 405);
	request("OPTIONS", "/", NULL, NULL, NULL);
	assert_int_equal(answer.status, 405);
}

/* Word for word: clients show it, and some look for it. */
static void a_refusal_says_why(void **unused)
{
	static const struct {
		const char *method, *path, *body, *header, *second;
		long status;
		const char *text;
	} rows[] = {
		{ "POST", "/", "{}", JSON_TYPE, "Host: evil.example", 403, "invalid host specified\n" },
		{ "POST", "/other", "{}", JSON_TYPE, NULL, 404, "not found\n" },
		{ "POST", "/", "{}", "Content-Type: text/plain", NULL, 415,
		  "invalid content type, only application/json is supported\n" },
		{ "PUT", "/", "{}", JSON_TYPE, NULL, 405, "method not allowed\n" },
		{ "GET", "/", NULL, "Host: evil.example", NULL, 403, "invalid host specified\n" },
		{ "GET", "/other", NULL, NULL, NULL, 404, "not found\n" },
		{ "GET", "/", NULL, UPGRADE, "Host: evil.example", 403, "invalid host specified\n" },
		{ "GET", "/", NULL, UPGRADE, "Origin: https://evil.example", 403,
		  "invalid host or origin specified\n" },
		{ "GET", "/other", NULL, UPGRADE, "Connection: Upgrade", 404, "not found\n" },
		{ "GET", "/", NULL, UPGRADE, "Connection: close", 400, "not a WebSocket handshake\n" },
		{ "GET", "/", NULL, UPGRADE, "Connection: Upgrade", 426, "WebSocket version 13 is supported\n" },
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		request(rows[i].method, rows[i].path, rows[i].body, rows[i].header, rows[i].second);
		assert_int_equal(answer.status, rows[i].status);
		assert_string_equal(answer.body, rows[i].text);
		assert_non_null(strcasestr(answer.head, "content-type: text/plain; charset=utf-8\r\n"));
	}
}

static void cors_is_answered_once_it_is_configured(void **unused)
{
	struct rpc_server *other;
	struct rpc_config config = fixture_config();
	char why[RPC_WHY_MAX], url[64];

	(void)unused;
	config.cors_origin = "https://app.example";
	assert_int_equal(rpc_server_start(&other, fixture.node, &config, why), OK);
	strcpy(url, fixture.url);
	(void)snprintf(fixture.url, sizeof fixture.url, "http://127.0.0.1:%u", rpc_server_port(other));
	request("OPTIONS", "/", NULL, "Origin: https://app.example", NULL);
	assert_int_equal(answer.status, 204);
	assert_non_null(strcasestr(answer.head, "access-control-allow-origin: https://app.example\r\n"));
	assert_non_null(strcasestr(answer.head, "access-control-allow-methods: POST\r\n"));
	assert_non_null(strcasestr(answer.head, "access-control-allow-headers: content-type\r\n"));
	assert_non_null(strcasestr(answer.head, "access-control-max-age: 600\r\n"));
	request("POST", "/", CHAIN_ID_REQUEST, JSON_TYPE, "Origin: https://app.example");
	assert_non_null(strcasestr(answer.head, "access-control-allow-origin: https://app.example\r\n"));
	strcpy(fixture.url, url);
	rpc_server_stop(other);
}

static void a_port_that_is_taken_is_told(void **unused)
{
	struct rpc_server *other;
	struct rpc_config config = fixture_config();
	char why[RPC_WHY_MAX] = "";

	(void)unused;
	config.port = rpc_server_port(fixture.server);
	assert_int_equal(rpc_server_start(&other, fixture.node, &config, why), ERR_BUSY);
	assert_non_null(strstr(why, "cannot listen on 127.0.0.1 port"));
	config.address = "not an address";
	assert_int_equal(rpc_server_start(&other, fixture.node, &config, why), ERR_IO);
	assert_string_equal(why, "not an address is not an IP address");
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	config.body_max = BODY_MAX;
	config.hosts = hosts;
	config.host_count = ARRAY_COUNT(hosts);
	curl = curl_easy_init();
	return curl ? fixture_start(&config) : -1;
}

static int stop(void **state)
{
	curl_easy_cleanup(curl);
	return fixture_stop(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_answered_as_json),
		cmocka_unit_test(every_json_rpc_error_is_http_200),
		cmocka_unit_test(a_notification_is_an_empty_200),
		cmocka_unit_test(a_connection_serves_many_requests),
		cmocka_unit_test(what_is_asked_without_a_body_shares_a_connection_too),
		cmocka_unit_test(a_body_that_nobody_wants_ends_the_connection),
		cmocka_unit_test(other_content_types_are_refused),
		cmocka_unit_test(a_body_at_its_limit_is_served_and_one_beyond_is_not),
		cmocka_unit_test(a_foreign_host_is_refused),
		cmocka_unit_test(health_and_metrics_are_there_to_get),
		cmocka_unit_test(a_browser_gets_the_dashboard_and_others_a_line),
		cmocka_unit_test(what_is_not_there_is_told),
		cmocka_unit_test(a_refusal_says_why),
		cmocka_unit_test(cors_is_answered_once_it_is_configured),
		cmocka_unit_test(a_port_that_is_taken_is_told),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
