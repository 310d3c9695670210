/* How many reads a second the node answers, beside an HTTP server that does nothing: the same
 * library, the same threads, the same wrk command with the same body, in turns.
 *
 *     bench_calls [SECONDS [TURNS]]
 *
 * The account that is asked about has two collaterals and two debts.  The node makes its blocks
 * all the while.  Prints one JSON line a figure. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/hex.h"
#include "bench/support/empty_server.h"
#include "bench/support/http.h"
#include "bench/support/measure.h"
#include "bench/support/rig.h"
#include "bench/support/send.h"
#include "contracts-native/dispatch/call.h"
#include "node/log.h"

#define ACTORS      4u
#define BLOCK_MS    500u
#define CONNECTIONS 32u
#define TURNS_MAX   16u
#define BODY_SIZE   512u

enum { WETH,
       WBTC,
       LINK,
       USDC,
       DAI };

struct bench {
	struct rig rig;
	struct traffic traffic;
	struct empty_server *empty;
	unsigned seconds, turns;
};

/* What one run of wrk found. */
struct load {
	double per_second, p99_us;
};

/* -- the account ---------------------------------------------------------------------------------- */

static struct u256 units(u64 count, unsigned decimals)
{
	struct u256 unit = u256_pow10(decimals), n = u256_from_u64(count), out;

	must(u256_mul(&out, &unit, &n), "units");
	return out;
}

static void supply(struct bench *b, u32 actor, u16 token, struct u256 amount)
{
	struct address asset = contract_address(CONTRACT_TOKEN, token), pool = contract_address(CONTRACT_POOL, 0);

	send_call(b->rig.node, &b->traffic, actor, &asset, "approve(address,uint256)",
		  (struct u256[]){ word_of_address(&pool), U256_MAX }, 2);
	send_call(b->rig.node, &b->traffic, actor, &pool, "supply(address,uint256,address,uint16)",
		  (struct u256[]){ word_of_address(&asset), amount, word_of_address(&b->traffic.actors[actor]), U256_ZERO }, 4);
}

static void borrow(struct bench *b, u32 actor, u16 token, struct u256 amount)
{
	struct address asset = contract_address(CONTRACT_TOKEN, token), pool = contract_address(CONTRACT_POOL, 0);

	send_call(b->rig.node, &b->traffic, actor, &pool, "borrow(address,uint256,uint256,uint16,address)",
		  (struct u256[]){ word_of_address(&asset), amount, u256_from_u64(2), U256_ZERO, word_of_address(&b->traffic.actors[actor]) }, 5);
}

static void make_account(struct bench *b)
{
	supply(b, 1, USDC, units(100000, 6));
	supply(b, 1, DAI, units(100000, 18));
	supply(b, 0, WETH, units(10, 18));
	supply(b, 0, LINK, units(100, 18));
	borrow(b, 0, USDC, units(5000, 6));
	borrow(b, 0, DAI, units(3000, 18));
}

static void body_of_account(const struct bench *b, char out[BODY_SIZE])
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	char to[HEX_ADDRESS_SIZE], data[80];
	u8 calldata[36] = { 0 };

	store_be32(calldata, selector_of("getUserAccountData(address)"));
	memcpy(calldata + 16, b->traffic.actors[0].bytes, 20);
	hex_from_bytes(to, (struct bytes){ pool.bytes, sizeof pool });
	hex_from_bytes(data, (struct bytes){ calldata, sizeof calldata });
	snprintf(out, BODY_SIZE,
		 "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_call\",\"params\":[{\"to\":\"%s\",\"data\":\"%s\"},\"latest\"]}",
		 to, data);
}

/* The answer must be one: a result, and for the account six words with a debt in the second. */
static void check_answer(const struct bench *b, const char *body, bool is_account)
{
	struct bytes request = http_post((struct bytes){ (const u8 *)body, strlen(body) });
	struct http http;
	const char *result;

	http_open(&http, b->rig.port);
	http_exchange(&http, request);
	result = strstr(http.reply, "\"result\":\"0x");
	if (strstr(http.reply, "\"error\"") || !strstr(http.reply, "\"result\":"))
		give_up("%s: %s", body, http.reply);
	if (is_account && (!result || strlen(result) < 12 + 6 * 64 || strspn(result + 12 + 64, "0") >= 64))
		give_up("not the account's figures: %s", http.reply);
	http_close(&http);
	free((void *)(uintptr_t)request.at);
}

/* -- wrk -------------------------------------------------------------------------------------------- */

/* "1.23ms" in microseconds. */
static double microseconds(const char *text)
{
	char *unit;
	double x = strtod(text, &unit);

	if (strncmp(unit, "us", 2) == 0)
		return x;
	return strncmp(unit, "ms", 2) == 0 ? x * 1e3 : x * 1e6;
}

static struct load wrk_run(const struct bench *b, u16 port, const char *body)
{
	char command[256], line[256];
	struct load load = { 0, 0 };
	FILE *in;

	setenv("BENCH_BODY", body, 1);
	snprintf(command, sizeof command, "wrk -t%u -c%u -d%us --latency -s bench/call.lua http://127.0.0.1:%u/ 2>&1",
		 cores(), CONNECTIONS, b->seconds, port);
	in = popen(command, "r");
	if (!in)
		give_up("wrk does not start");
	while (fgets(line, sizeof line, in)) {
		if (strstr(line, "Non-2xx") || strstr(line, "Socket errors"))
			give_up("wrk: %s", line);
		if (strncmp(line, "Requests/sec:", 13) == 0)
			load.per_second = strtod(line + 13, NULL);
		if (strstr(line, " 99%"))
			load.p99_us = microseconds(strstr(line, "99%") + 3);
	}
	if (pclose(in) != 0 || load.per_second <= 0)
		give_up("wrk failed; is it installed, and is this the top of the source tree?");
	return load;
}

static void figure_run(struct bench *b, const char *name, const char *body, const char *target)
{
	double ours[TURNS_MAX], ours_p99[TURNS_MAX], empty[TURNS_MAX], empty_p99[TURNS_MAX], ratios[TURNS_MAX];
	char more[200], full[64];
	double per_second, baseline;

	for (u32 i = 0; i < b->turns; i++) {
		struct load of_empty = wrk_run(b, empty_server_port(b->empty), body);
		struct load of_node = wrk_run(b, b->rig.port, body);

		ours[i] = of_node.per_second;
		ours_p99[i] = of_node.p99_us;
		empty[i] = of_empty.per_second;
		empty_p99[i] = of_empty.p99_us;
		ratios[i] = ours[i] / empty[i];
		fprintf(stderr, "%-20s %8.0f /s of %8.0f: %.3f; p99 %.0f us of %.0f\n", name, ours[i], empty[i],
			ratios[i], ours_p99[i], empty_p99[i]);
	}
	per_second = median(ours, b->turns);
	baseline = median(empty, b->turns);
	snprintf(full, sizeof full, "calls.%s", name);
	snprintf(more, sizeof more, "\"median_of_ratios\": %.3f, \"p99_us\": %.0f, \"baseline_p99_us\": %.0f",
		 median(ratios, b->turns), median(ours_p99, b->turns), median(empty_p99, b->turns));
	figure_print(&(struct figure){ full, per_second, "requests/s", "empty libmicrohttpd handler", baseline,
				       target, per_second >= 0.4 * baseline, more });
}

int main(int argc, char **argv)
{
	static struct bench b;
	char *genesis = traffic_genesis(ACTORS, (u64)time(NULL), 30000000), account[BODY_SIZE];
	static const char number[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}";
	static const char block[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\"latest\",false]}";

	b.seconds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;
	b.turns = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 4;
	if (b.seconds == 0 || b.turns == 0 || b.turns > TURNS_MAX)
		give_up("usage: bench_calls [SECONDS [TURNS]]");
	log_level_set(LOG_WARN);
	rig_make(&b.rig, genesis);
	free(genesis);
	rig_open(&b.rig, BLOCK_MS);
	rig_start(&b.rig);
	traffic_init(&b.traffic, node_genesis(b.rig.node)->chain_id, ACTORS, 1);
	make_account(&b);
	b.empty = empty_server_start();
	body_of_account(&b, account);
	check_answer(&b, account, true);
	check_answer(&b, number, false);
	check_answer(&b, block, false);
	figure_run(&b, "getUserAccountData", account, "at least 0.4");
	figure_run(&b, "eth_blockNumber", number, NULL);
	figure_run(&b, "eth_getBlockByNumber", block, NULL);
	empty_server_stop(b.empty);
	traffic_free(&b.traffic);
	rig_remove(&b.rig);
	return 0;
}
