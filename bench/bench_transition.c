/* What a lending operation costs inside the transition, signature already recovered, beside
 * what the recovery costs on the same core in the same run.  Prints one JSON line a figure. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/support/measure.h"
#include "contracts-native/chain/block.h"
#include "contracts-native/chain/genesis.h"
#include "node/genesis.h"
#include "node/pile.h"
#include "tests/support/traffic.h"
#include "tests/support/world.h"

#define ACTORS      250u
#define BLOCK_TXS   1000u
#define WARM_BLOCKS 4u
#define BLOCKS      12u

struct bench {
	struct world world;
	struct pile pile; /* of results and logs, reused from block to block as the node does */
	struct state_backing pile_backing;
	struct genesis genesis;
	struct traffic traffic;
	u64 height;
	u8 raws[BLOCK_TXS][TRAFFIC_TX_MAX];
	struct tx txs[BLOCK_TXS];
	u64 recover_ns, recovered;
};

struct result {
	u64 ns, applied, succeeded, grown; /* grown: bytes that the system had to give */
};

static void *pile_more(void *context, size_t size)
{
	struct bench *b = context;

	return pile_take(&b->pile, size);
}

static void bench_begin(struct bench *b)
{
	char why[JSON_WHY_MAX];
	char *text = traffic_genesis(ACTORS, 1700000000, 10000000000);

	must(genesis_parse(&b->genesis, (struct bytes){ (const u8 *)text, strlen(text) }, why), why);
	free(text);
	world_init(&b->world);
	pile_init(&b->pile, (size_t)1 << 30);
	b->pile_backing = (struct state_backing){ .more = pile_more, .context = b };
	must(genesis_apply(&b->world.state, &b->genesis), "genesis");
	world_commit(&b->world);
	traffic_init(&b->traffic, b->genesis.chain_id, ACTORS, 7);
}

/* Transactions of one kind, each by another actor, decoded and recovered. */
static void bench_sign(struct bench *b, enum traffic_kind kind)
{
	struct bytes raw;
	u64 start;

	for (u32 i = 0; i < BLOCK_TXS; i++) {
		raw = traffic_sign(&b->traffic, b->raws[i], i % ACTORS, kind);
		must(tx_decode(&b->txs[i], raw, b->genesis.chain_id), "decode");
		start = now_ns();
		must(tx_recover(&b->txs[i]), "recover");
		b->recover_ns += now_ns() - start;
		b->recovered++;
	}
}

static void bench_block(struct bench *b, struct result *out)
{
	struct block_env env = { .chain_id = b->genesis.chain_id, .height = ++b->height, .time = 1700000000 + b->height, .gas_limit = b->genesis.gas_limit, .base_fee = b->genesis.base_fee, .devnet = true };
	const struct receipt *receipt;
	struct block block;
	struct header header;
	struct arena arena;
	u64 start, held = b->pile.held, left = b->world.memory_left;

	pile_rewind(&b->pile);
	arena_init(&arena, &b->pile_backing);
	block_begin(&block, &b->world.state, &env, &arena);
	start = now_ns();
	for (u32 i = 0; i < BLOCK_TXS; i++) {
		must(block_apply(&block, &b->txs[i], &receipt), "apply");
		out->succeeded += receipt->succeeded;
	}
	out->ns += now_ns() - start;
	out->applied += BLOCK_TXS;
	out->grown += b->pile.held - held + left - b->world.memory_left;
	must(block_end(&block, &header), "end");
	world_commit(&b->world);
}

static void bench_kind(struct bench *b, const char *name, enum traffic_kind kind, bool is_lending)
{
	struct result result = { 0 };
	double ns, recover;

	for (u32 i = 0; i < BLOCKS; i++) {
		bench_sign(b, kind);
		bench_block(b, &result);
	}
	ns = (double)result.ns / (double)result.applied;
	recover = (double)b->recover_ns / (double)b->recovered;
	printf("{\"name\": \"transition.%s\", \"value\": %.0f, \"unit\": \"ns\", \"baseline\": \"signature recovery\", "
	       "\"baseline_value\": %.0f, \"ratio\": %.3f, \"succeeded\": %.2f, \"allocated_bytes_each\": %.1f, \"target\": \"%s\", \"met\": %s}\n",
	       name, ns, recover, ns / recover, (double)result.succeeded / (double)result.applied,
	       (double)result.grown / (double)result.applied, is_lending ? "5000 ns or less" : "",
	       !is_lending || ns <= 5000 ? "true" : "false");
}

int main(void)
{
	static struct bench b;
	struct result warm = { 0 };

	bench_begin(&b);
	for (u32 i = 0; i < 5; i++) { /* each actor approves the pool for all five tokens */
		bench_sign(&b, TRAFFIC_APPROVE);
		bench_block(&b, &warm);
	}
	for (u32 i = 0; i < WARM_BLOCKS; i++) {
		bench_sign(&b, TRAFFIC_SUPPLY);
		bench_block(&b, &warm);
	}
	bench_kind(&b, "transfer", TRAFFIC_TRANSFER, false);
	bench_kind(&b, "token_transfer", TRAFFIC_TOKEN_TRANSFER, false);
	bench_kind(&b, "supply", TRAFFIC_SUPPLY, true);
	bench_kind(&b, "borrow", TRAFFIC_BORROW, true);
	bench_kind(&b, "repay", TRAFFIC_REPAY, true);
	bench_kind(&b, "withdraw", TRAFFIC_WITHDRAW, true);
	genesis_free(&b.genesis);
	traffic_free(&b.traffic);
	world_free(&b.world);
	pile_free(&b.pile);
	return 0;
}
