/* How many requests a second the node answers, and how long the slowest hundredth takes, beside an HTTP
 * server that does nothing (the same library, the same threads, the same wrk command with the same
 * bodies, in turns) and beside anvil, if it is there.
 *
 *     bench_calls [SECONDS [TURNS [NAME]]]
 *
 * The account that is asked about has two collaterals and two debts; the logs lie in a hundred
 * blocks, every other of which has a supply.  The node makes its blocks all the while.  Prints one JSON line a figure. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "base/hex.h"
#include "bench/support/anvil.h"
#include "bench/support/empty_server.h"
#include "bench/support/http.h"
#include "bench/support/measure.h"
#include "bench/support/rig.h"
#include "bench/support/send.h"
#include "bench/support/sends.h"
#include "bench/support/wrk.h"
#include "contracts-native/dispatch/call.h"
#include "node/log.h"
#include "tests/support/text_count.h"

#define ACTORS         1024u
#define SENDERS_FIRST  2u   /* the others have the account */
#define FILL_BLOCK_MS  10u  /* until the account and the logs are there */
#define BLOCK_MS       500u /* while it is measured */
#define GAS_LIMIT      30000000000u
#define CONNECTIONS    32u
#define TURNS_MAX      16u
#define BODY_SIZE      512u
#define LOG_BLOCKS     100u
#define BATCH          100u
#define SENDS_A_SECOND 40000u /* signed beforehand, for each core: more than it can recover */

enum { WETH,
       WBTC,
       LINK,
       USDC,
       DAI };

struct bench {
	struct rig rig;
	struct traffic traffic;
	struct sends sends;
	struct empty_server *empty;
	struct anvil *anvil; /* NULL: not installed */
	unsigned seconds, turns;
	double anvil_rate[TURNS_MAX], anvil_p99[TURNS_MAX];
	u64 logs_last; /* a block that has some */
};

/* One figure. */
struct row {
	const char *name;
	char *body;      /* owned; NULL: transactions that are signed before each turn */
	u32 calls;       /* in one body; 0: 1 */
	u32 connections; /* of wrk; 0: CONNECTIONS */
	const char *target;
	double rate[TURNS_MAX], p99[TURNS_MAX], empty_rate[TURNS_MAX], empty_p99[TURNS_MAX];
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

/* Supplies, no two of them in one block. */
static void make_logs(struct bench *b)
{
	struct store_head head;
	struct header header;
	struct hash hash;

	for (u32 i = 0; i < LOG_BLOCKS; i++)
		supply(b, 1, USDC, units(1, 6));
	node_head(b->rig.node, &head);
	b->logs_last = head.header.number + 1;
	do
		must(store_header(node_store(b->rig.node), &header, &hash, --b->logs_last), "header");
	while (header.gas_used == 0);
}

/* -- bodies ---------------------------------------------------------------------------------------- */

static char *body_new(const char *method, const char *params)
{
	char *body = malloc(BODY_SIZE);

	if (!body)
		give_up("out of memory");
	snprintf(body, BODY_SIZE, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}", method, params);
	return body;
}

static char *body_of_account(const struct bench *b)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	char to[HEX_ADDRESS_SIZE], data[80], params[BODY_SIZE / 2];
	u8 calldata[36] = { 0 };

	store_be32(calldata, selector_of("getUserAccountData(address)"));
	memcpy(calldata + 16, b->traffic.actors[0].bytes, 20);
	hex_from_bytes(to, (struct bytes){ pool.bytes, sizeof pool });
	hex_from_bytes(data, (struct bytes){ calldata, sizeof calldata });
	snprintf(params, sizeof params, "{\"to\":\"%s\",\"data\":\"%s\"},\"latest\"", to, data);
	return body_new("eth_call", params);
}

/* The pool's Supply events of so many blocks. */
static char *body_of_logs(const struct bench *b, u64 blocks)
{
	static const char event[] = "Supply(address,address,address,uint256,uint16)";
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct hash topic;
	char at[HEX_ADDRESS_SIZE], name[80], params[BODY_SIZE - 100];

	keccak256(&topic, (struct bytes){ (const u8 *)event, sizeof event - 1 });
	hex_from_bytes(at, (struct bytes){ pool.bytes, sizeof pool });
	hex_from_bytes(name, (struct bytes){ topic.bytes, sizeof topic });
	snprintf(params, sizeof params,
		 "{\"address\":\"%s\",\"topics\":[\"%s\"],\"fromBlock\":\"0x%llx\",\"toBlock\":\"0x%llx\"}", at, name,
		 (unsigned long long)(b->logs_last + 1 - blocks), (unsigned long long)b->logs_last);
	return body_new("eth_getLogs", params);
}

static char *body_of_batch(char *one, u32 count)
{
	size_t size = strlen(one);
	char *body = malloc(count * (size + 1) + 2);

	if (!body)
		give_up("out of memory");
	for (u32 i = 0; i < count; i++) {
		body[i * (size + 1)] = i ? ',' : '[';
		memcpy(body + i * (size + 1) + 1, one, size);
	}
	memcpy(body + count * (size + 1), "]", 2);
	free(one);
	return body;
}

/* Every answer must be one: a result, with something in it. */
static void check_answer(const struct bench *b, const struct row *r)
{
	struct bytes request = http_post((struct bytes){ (const u8 *)r->body, strlen(r->body) });
	struct http http;
	const char *result;

	http_open(&http, b->rig.port);
	http_exchange(&http, request);
	result = strstr(http.reply, "\"result\":\"0x");
	if (strstr(http.reply, "\"error\"") || text_count(http.reply, "\"result\":") != r->calls)
		give_up("%s: %.300s", r->body, http.reply);
	if (strstr(r->body, "eth_call") &&
	    (!result || strlen(result) < 12 + 6 * 64 || strspn(result + 12 + 64, "0") >= 64))
		give_up("not the account's figures: %.1000s", http.reply);
	if (strstr(r->body, "eth_getLogs") && text_count(http.reply, "\"topics\"") == 0)
		give_up("no logs: %.300s", http.reply);
	http_close(&http);
	free((void *)(uintptr_t)request.at);
}

/* -- turns ------------------------------------------------------------------------------------------ */

/* What is sent to the empty server may be sent to the node too: it has not seen it yet. */
static void turn_run(struct bench *b, struct row *r, u32 turn)
{
	struct wrk_job job = { .seconds = b->seconds, .connections = r->connections, .body = r->body, .files = b->sends.path };
	u32 files = wrk_threads(r->connections), lines = SENDS_A_SECOND * cores() * b->seconds / r->calls / files;
	struct node_figures then = node_figures(b->rig.node);
	struct wrk_load of_empty, of_node;

	if (!r->body)
		sends_write(&b->sends, files, lines, r->calls);
	of_empty = wrk_run(&job, empty_server_port(b->empty));
	of_node = wrk_run(&job, b->rig.port);
	if (!r->body) {
		sends_remove(&b->sends, files);
		if (of_node.requests > files * lines)
			give_up("more than the %u signed transactions were sent", files * lines * r->calls);
		sends_await(&b->sends, &then, of_node.requests * r->calls);
	}
	r->rate[turn] = of_node.per_second;
	r->p99[turn] = of_node.p99_us;
	r->empty_rate[turn] = of_empty.per_second;
	r->empty_p99[turn] = of_empty.p99_us;
	fprintf(stderr, "%-30s %8.0f /s of %8.0f: %.3f; p99 %.0f us of %.0f\n", r->name, of_node.per_second,
		of_empty.per_second, of_node.per_second / of_empty.per_second, of_node.p99_us, of_empty.p99_us);
}

static void anvil_turn(struct bench *b, u32 turn)
{
	struct wrk_job job = { .seconds = b->seconds, .connections = CONNECTIONS, .body = anvil_call() };
	struct wrk_load load;

	if (!b->anvil)
		return;
	load = wrk_run(&job, anvil_port(b->anvil));
	b->anvil_rate[turn] = load.per_second;
	b->anvil_p99[turn] = load.p99_us;
	fprintf(stderr, "%-30s %8.0f /s; p99 %.0f us\n", "anvil", load.per_second, load.p99_us);
}

/* -- figures ---------------------------------------------------------------------------------------- */

static double ratio_at(double *numerators, double *denominators, u32 count)
{
	double ratios[TURNS_MAX];

	for (u32 i = 0; i < count; i++)
		ratios[i] = numerators[i] / denominators[i];
	return median(ratios, count);
}

/* Two figures of a row; ratios are taken turn by turn. */
static void report(struct bench *b, struct row *r)
{
	double ratio = ratio_at(r->rate, r->empty_rate, b->turns);
	double of_anvil = b->anvil ? ratio_at(r->rate, b->anvil_rate, b->turns) * r->calls : 0;
	double p99_of_anvil = b->anvil ? ratio_at(r->p99, b->anvil_p99, b->turns) : 0;
	double p99_ratio = ratio_at(r->p99, r->empty_p99, b->turns);
	char name[64], more[160];
	int size;

	snprintf(name, sizeof name, "calls.%s", r->name);
	size = snprintf(more, sizeof more, "\"median_of_ratios\": %.3f, \"calls_each\": %u", ratio, r->calls);
	if (b->anvil)
		snprintf(more + size, sizeof more - (size_t)size, ", \"of_anvil\": %.3g", of_anvil);
	figure_print(&(struct figure){ name, median(r->rate, b->turns), "requests/s", "empty libmicrohttpd handler",
				       median(r->empty_rate, b->turns), r->target, ratio >= 0.4, more });
	snprintf(name, sizeof name, "calls.%s.p99", r->name);
	size = snprintf(more, sizeof more, "\"median_of_ratios\": %.3f", p99_ratio);
	if (b->anvil)
		snprintf(more + size, sizeof more - (size_t)size, ", \"of_anvil\": %.3g", p99_of_anvil);
	figure_print(&(struct figure){ name, median(r->p99, b->turns), "us", "empty libmicrohttpd handler",
				       median(r->empty_p99, b->turns), NULL, true, more });
}

static void rows_run(struct bench *b, struct row *rows, size_t count, const char *only)
{
	for (u32 turn = 0; turn < b->turns; turn++) {
		anvil_turn(b, turn);
		for (size_t i = 0; i < count; i++) {
			if (!only || strcmp(only, rows[i].name) == 0)
				turn_run(b, &rows[i], turn);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!only || strcmp(only, rows[i].name) == 0)
			report(b, &rows[i]);
		free(rows[i].body);
	}
	if (b->anvil)
		figure_print(&(struct figure){ "calls.anvil.eth_call", median(b->anvil_rate, b->turns), "requests/s",
					       NULL, 0, NULL, true, NULL });
}

/* The chain is filled with fast blocks, then opened again with those of the measurement. */
static void rig_up(struct bench *b)
{
	char *genesis = traffic_genesis(ACTORS, (u64)time(NULL), GAS_LIMIT);

	rig_make(&b->rig, genesis);
	free(genesis);
	rig_open(&b->rig, FILL_BLOCK_MS);
	rig_start(&b->rig);
	traffic_init(&b->traffic, node_genesis(b->rig.node)->chain_id, ACTORS, 1);
	make_account(b);
	make_logs(b);
	rig_close(&b->rig);
	rig_open(&b->rig, BLOCK_MS);
	rig_start(&b->rig);
	b->sends = (struct sends){ .node = b->rig.node, .first = SENDERS_FIRST, .count = ACTORS - SENDERS_FIRST };
	(void)snprintf(b->sends.path, sizeof b->sends.path, "%.400s/sends", b->rig.path);
}

int main(int argc, char **argv)
{
	static struct bench b;

	b.seconds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 2;
	b.turns = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 4;
	if (b.seconds == 0 || b.turns == 0 || b.turns > TURNS_MAX)
		give_up("usage: bench_calls [SECONDS [TURNS [NAME]]]");
	log_level_set(LOG_WARN);
	rig_up(&b);
	struct row rows[] = {
		{ .name = "getUserAccountData", .body = body_of_account(&b), .target = "at least 0.4" },
		{ .name = "eth_blockNumber", .body = body_new("eth_blockNumber", "") },
		{ .name = "eth_getBlockByNumber", .body = body_new("eth_getBlockByNumber", "\"latest\",false") },
		{ .name = "eth_getLogs", .body = body_of_logs(&b, 1) },
		{ .name = "eth_getLogs_100", .body = body_of_logs(&b, LOG_BLOCKS) },
		{ .name = "batch_getUserAccountData", .body = body_of_batch(body_of_account(&b), BATCH), .calls = BATCH },
		{ .name = "eth_sendRawTransaction", .body = NULL },
		{ .name = "batch_sendRawTransaction", .body = NULL, .calls = BATCH, .connections = 1 },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		rows[i].calls = rows[i].calls ? rows[i].calls : 1;
		rows[i].connections = rows[i].connections ? rows[i].connections : CONNECTIONS;
		if (rows[i].body)
			check_answer(&b, &rows[i]);
	}
	b.empty = empty_server_start();
	b.anvil = anvil_start();
	rows_run(&b, rows, ARRAY_COUNT(rows), argc > 3 ? argv[3] : NULL);
	anvil_stop(b.anvil);
	empty_server_stop(b.empty);
	traffic_free(&b.traffic);
	rig_remove(&b.rig);
	return 0;
}
