/* A batch of transactions whose signatures other cores recover: the same answers, each signature once. */

#include "node/clock.h"
#include "rpc/ahead.h"
#include "rpc/jsonrpc.h"
#include "rpc/methods.h"
#include "rpc/quota.h"
#include "tests/rpc/fixture.h"
#include "tests/support/text_count.h"

#define SENDS 300u
#define CREW  3

static struct rpc_methods methods;
static struct rpc_config config;

/* A body: transfers of both accounts in turn, from nonce 0 on.  free() it. */
static char *batch_of(u32 count, const char *between)
{
	char *body = malloc(count * (RAW_TEXT_MAX + 400) + 2), raw[RAW_TEXT_MAX];
	size_t size = 0;

	assert_non_null(body);
	for (u32 i = 0; i < count; i++) {
		struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, i / 2);

		sign(raw, &tx, i % 2);
		size += (size_t)sprintf(body + size,
					"%c{\"id\":%u,\"method\":\"eth_sendRawTransaction\",\"params\":[\"%s\"]}%s",
					i ? ',' : '[', i, raw, i % 10 == 5 ? between : "");
	}
	(void)strcpy(body + size, "]");
	return body;
}

/* Serves it on a chain of its own, which makes no block meanwhile; the answer is to be free()d. */
static char *serve_with(const char *body, struct crew *crew, struct quota *quota, u64 *signatures)
{
	struct bytes answer;
	struct rpc c;
	char *copy;

	fixture_block_ms = 3600000;
	assert_int_equal(fixture_start(&config), 0);
	assert_int_equal(rpc_init(&c, fixture.node, &config, &methods), OK);
	c.crew = crew;
	c.quota = quota;
	c.client = quota ? 7 : 0;
	answer = jsonrpc_serve(&c, (struct bytes){ (const u8 *)body, strlen(body) });
	copy = calloc(1, answer.size + 1);
	assert_non_null(copy);
	memcpy(copy, answer.at, answer.size);
	*signatures = node_figures(fixture.node).signatures;
	rpc_free(&c);
	assert_int_equal(fixture_stop(NULL), 0);
	return copy;
}

static void each_signature_is_recovered_once(void **unused)
{
	struct crew crew = { CREW };
	char *body = batch_of(SENDS, ""), *answer;
	u64 signatures;

	(void)unused;
	answer = serve_with(body, &crew, NULL, &signatures);
	assert_int_equal(text_count(answer, "\"result\""), SENDS);
	assert_int_equal(signatures, SENDS);
	assert_int_equal(crew.idle, CREW);
	free(answer);
	free(body);
}

/* Other methods, damaged transactions and those that came before stand between. */
static void answers_are_those_of_one_core(void **unused)
{
	static char between[2 * RAW_TEXT_MAX], raw[RAW_TEXT_MAX];
	struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, 2);
	struct crew crew = { CREW }, busy = { 1 };
	char *body, *helped, *alone;
	u64 signatures;

	(void)unused;
	sign(raw, &tx, 0);
	(void)snprintf(between, sizeof between,
		       ",{\"id\":\"a\",\"method\":\"eth_chainId\"}"
		       ",{\"id\":\"b\",\"method\":\"eth_sendRawTransaction\",\"params\":[\"0x02c0\"]}"
		       ",{\"id\":\"c\",\"method\":\"eth_sendRawTransaction\",\"params\":[]}"
		       ",{\"id\":\"d\",\"method\":\"eth_sendRawTransaction\",\"params\":[\"%s\"]}",
		       raw);
	body = batch_of(SENDS, between);
	helped = serve_with(body, &crew, NULL, &signatures);
	alone = serve_with(body, &busy, NULL, &signatures);
	assert_string_equal(helped, alone);
	assert_int_equal(signatures, SENDS);
	assert_int_equal(text_count(alone, "already known"), SENDS / 10);
	assert_int_equal(crew.idle, CREW);
	assert_int_equal(busy.idle, 1);
	free(helped);
	free(alone);
	free(body);
}

static void no_more_is_recovered_than_the_client_may_ask(void **unused)
{
	struct quota *quota = quota_new(1, 10, true);
	struct crew crew = { CREW };
	char *body = batch_of(SENDS, ""), *answer;
	u64 signatures, sent, begin = clock_monotonic_us();

	(void)unused;
	answer = serve_with(body, &crew, quota, &signatures);
	sent = text_count(answer, "\"result\"");
	/* Ten, and one for each second that it took. */
	assert_in_range(sent, 10, 10 + (clock_monotonic_us() - begin) / 1000000 + 1);
	assert_int_equal(signatures, sent);
	assert_int_equal(text_count(answer, "limit exceeded"), SENDS - sent);
	free(answer);
	free(body);
	quota_free(quota);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signature_is_recovered_once),
		cmocka_unit_test(answers_are_those_of_one_core),
		cmocka_unit_test(no_more_is_recovered_than_the_client_may_ask),
	};

	config = fixture_config();
	rpc_methods_init(&methods, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
