/* Everybody watches everything, and blocks keep their time. */

#include "node/clock.h"
#include "tests/rpc/ws_client.h"

#define BLOCK_MS    100
#define CONNECTIONS 60
#define BLOCKS      15
#define TEST_MS_MAX 60000 /* a block in four seconds: a busy machine may take most of the time, the flood little */

static u64 height(void)
{
	struct store_head head;

	node_head(fixture.node, &head);
	return head.header.number;
}

static void subscribe(struct ws_client *w, int count, const char *method, const char *params)
{
	for (int i = 0; i < count; i++) {
		json_decref(ws_ask(w, method, params));
		ws_forget(w);
	}
}

static void subscribe_all(struct ws_client *w)
{
	subscribe(w, 40, "eth_subscribe", "[\"newHeads\"]");
	subscribe(w, 40, "eth_subscribe", "[\"logs\",{\"address\":\"" WETH "\"}]");
	subscribe(w, 4, "plimsoll_subscribe", "[\"healthBands\",{\"bands\":[\"2\"],\"fromBlock\":\"0x1\"}]");
	subscribe(w, 20, "plimsoll_subscribe", "[\"markets\",{\"fromBlock\":\"0x1\"}]");
	subscribe(w, 20, "eth_subscribe", "[\"newPendingTransactions\"]");
}

/* What the server sends is read and dropped, or left where it is. */
static void drain(struct ws_client *const *all, int count)
{
	static char nothing[1 << 16];

	for (int i = 0; i < count; i++) {
		while (recv(all[i]->fd, nothing, sizeof nothing, MSG_DONTWAIT) > 0)
			continue;
	}
}

static void floods_do_not_delay_blocks(void **unused)
{
	static struct ws_client *all[CONNECTIONS];
	u64 first, end;

	(void)unused;
	for (int i = 0; i < CONNECTIONS; i++) {
		all[i] = ws_open(i % 3 == 0 ? 2048 : 0);
		subscribe_all(all[i]);
	}
	first = height();
	end = clock_monotonic_us() + TEST_MS_MAX * 1000;
	while (height() < first + BLOCKS && clock_monotonic_us() < end) {
		for (int i = 0; i < CONNECTIONS; i++) {
			if (i % 3 != 0) /* every third never reads */
				drain(&all[i], 1);
		}
		(void)ws_text(all[1], "{\"id\":1,\"method\":\"plimsoll_markets\"}");
		(void)usleep(2000);
	}
	assert_true(height() >= first + BLOCKS);
	for (int i = 0; i < CONNECTIONS; i++)
		ws_close(all[i]);
	json_decref(ask("eth_blockNumber", "[]"));
}

static int start(void **unused)
{
	struct rpc_config config = fixture_config();

	(void)unused;
	config.ws_queue_max = 256 << 10;
	fixture_block_ms = BLOCK_MS;
	if (fixture_start(&config) != 0)
		return -1;
	do_from(0, WETH, "0x095ea7b3" W_POOL W_MAX);
	do_from(0, POOL, "0x617ba037" W_WETH W_TEN W_ALICE W_ZERO);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floods_do_not_delay_blocks),
	};

	return cmocka_run_group_tests(tests, start, fixture_stop);
}
