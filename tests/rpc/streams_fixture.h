#ifndef TESTS_RPC_STREAMS_FIXTURE_H
#define TESTS_RPC_STREAMS_FIXTURE_H

/* What the kinds of plimsoll_subscribe have to tell of: Alice lends USDC, Bob borrows it against WETH, the price of ETH
 * falls, Alice liquidates half of it.  And a bot that hears of it. */

#include "tests/rpc/ws_client.h"

#define ETH_FEED  "0x506c696d736f6c6c000000000000000000040000"
#define W_LENT    "00000000000000000000000000000000000000000000000000000002540be400" /* 10000 USDC */
#define W_LOAN    "00000000000000000000000000000000000000000000000000000004a817c800" /* 20000 USDC */
#define W_DEPOSIT "000000000000000000000000000000000000000000000000000000174876e800" /* 100000 USDC */
#define W_CRASH   "00000000000000000000000000000000000000000000000000000035458af000" /* 2288.00000000 */

static inline void lend_and_borrow(void)
{
	do_from(0, USDC, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_USDC W_DEPOSIT W_ALICE W_ZERO);
	do_from(1, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(1, POOL, "0x617ba037" W_WETH W_TEN W_BOB W_ZERO);
	do_from(1, POOL, "0xa415bcad" W_USDC W_LOAN W_TWO W_ZERO W_BOB);
}

static inline void price_falls(void)
{
	do_from(0, ETH_FEED, "0x99213cd8" W_CRASH);
}

/* Returns the receipt. */
static inline json_t *liquidate(void)
{
	return send_from(0, POOL, 0, "0x00a718a9" W_WETH W_USDC W_BOB W_LENT W_ZERO);
}

/* One transaction a block. */
static inline void blocks_pass(u64 count)
{
	char raw[RAW_TEXT_MAX], params[RAW_TEXT_MAX + 8];

	for (u64 height = node_wait_height(fixture.node, 0, 0), end = height + count; height < end;) {
		struct tx tx = tx_to(NOBODY, 1, (struct bytes){ NULL, 0 }, fixture.nonces[0]++);

		sign(raw, &tx, 0);
		(void)snprintf(params, sizeof params, "[\"%s\"]", raw);
		json_decref(ask("eth_sendRawTransaction", params));
		height = node_wait_height(fixture.node, height + 1, 5000);
	}
}

/* -- hearing of it ---------------------------------------------------------------------- */

static struct ws_client *bot;

/* The next result of one subscription; those of others wait. */
static inline json_t *next_of(const json_t *id)
{
	for (;;) {
		for (size_t i = 0; i < bot->note_count; i++) {
			json_t **slot = &bot->notes[(bot->note_first + i) % WS_NOTES_MAX], *m = *slot, *result;

			if (!json_equal(json_object_get(json_object_get(m, "params"), "subscription"), id))
				continue;
			assert_string_equal(text_at(m, "method"), "plimsoll_subscription");
			result = json_incref(json_object_get(json_object_get(m, "params"), "result"));
			json_decref(m);
			for (; i + 1 < bot->note_count; i++) {
				json_t **next = &bot->notes[(bot->note_first + i + 1) % WS_NOTES_MAX];

				*slot = *next;
				slot = next;
			}
			bot->note_count--;
			return result;
		}
		assert_true(bot->note_count < WS_NOTES_MAX);
		bot->notes[(bot->note_first + bot->note_count) % WS_NOTES_MAX] = ws_json(bot);
		bot->note_count++;
	}
}

static inline double decimal_at(const json_t *object, const char *key)
{
	return strtod(text_at(object, key), NULL);
}

static inline void assert_same(json_t *a, json_t *b)
{
	char *left = json_dumps(a, JSON_SORT_KEYS), *right = json_dumps(b, JSON_SORT_KEYS);

	assert_string_equal(left, right);
	free(left);
	free(right);
	json_decref(a);
	json_decref(b);
}

/* What a replay from the first block on tells first. */
static inline json_t *first_of(const char *kind)
{
	char params[80];
	json_t *id, *note;

	(void)snprintf(params, sizeof params, "[\"%s\",{\"fromBlock\":\"0x1\"}]", kind);
	id = ws_ask(bot, "plimsoll_subscribe", params);
	note = next_of(id);
	json_decref(id);
	return note;
}

#endif
