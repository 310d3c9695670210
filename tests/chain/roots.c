/* roots THREADS RESTART_AT: runs a seeded chain of busy blocks in a temporary folder and prints
 * every header hash.  The same lines must come out of every compiler, every level of
 * optimization, any number of threads, and with a restart at any block (0: none). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "node/app.h"
#include "node/genesis.h"
#include "tests/support/traffic.h"

#define BLOCKS    40u
#define BLOCK_TXS 60u
#define ACTORS    24u
#define TIME      1700000000u

struct replica {
	char path[64];
	struct genesis genesis;
	struct store *store;
	struct mempool *pool; /* empty: blocks come from elsewhere */
	struct risk *risk;
	struct head head;
	struct app *app;
};

static void must(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "%s: %s\n", what, err_text(e));
	exit(1);
}

static void no_account(void *unused, const struct address *owner, struct account *out)
{
	(void)unused, (void)owner;
	*out = (struct account){ 0 };
}

static void replica_open(struct replica *c, u32 threads)
{
	struct store_options options = { .path = c->path, .is_test = true };
	struct mempool_config pool = { .chain_id = c->genesis.chain_id, .gas_limit = c->genesis.gas_limit, .base_fee = c->genesis.base_fee, .account = no_account };
	struct app_config config = { .genesis = &c->genesis, .head = &c->head, .threads = threads };
	struct store_head head;
	char why[STORE_WHY_MAX];

	must(store_open(&c->store, &options, why), "store");
	head_init(&c->head);
	if (store_head(c->store, &head))
		head_publish(&c->head, &head);
	config.store = c->store;
	config.pool = c->pool = mempool_new(&pool);
	config.risk = c->risk = risk_new(c->store, &c->genesis);
	if (!c->pool || !c->risk)
		must(ERR_FULL, "memory");
	must(risk_rebuild(c->risk), "risk index");
	c->app = app_new(&config);
	if (!c->app)
		must(ERR_FULL, "memory");
}

static void replica_close(struct replica *c)
{
	app_free(c->app);
	risk_free(c->risk);
	mempool_free(c->pool);
	head_free(&c->head);
	store_close(c->store);
}

static void replica_begin(struct replica *c, u32 threads)
{
	char why[JSON_WHY_MAX];
	char *text = traffic_genesis(ACTORS, TIME, 1000000000);

	must(genesis_parse(&c->genesis, (struct bytes){ (const u8 *)text, strlen(text) }, why), why);
	free(text);
	strcpy(c->path, "/tmp/plimsoll-roots-XXXXXX");
	if (!mkdtemp(c->path))
		must(ERR_IO, "temporary folder");
	replica_open(c, threads);
	must(app_genesis(c->app), "genesis");
}

static void print_hash(const char *name, u64 height, const struct hash *hash)
{
	char text[67];

	hex_from_bytes(text, (struct bytes){ hash->bytes, sizeof hash->bytes });
	printf("%s %llu %s\n", name, (unsigned long long)height, text);
}

static void block_run(struct replica *c, struct traffic *t, u64 height)
{
	static u8 raws[BLOCK_TXS][TRAFFIC_TX_MAX];
	struct bytes txs[BLOCK_TXS];
	struct app_block block = { .height = height, .time = TIME + height * 3600, .txs = txs, .count = BLOCK_TXS };
	const struct app_final *final;

	for (u32 i = 0; i < BLOCK_TXS; i++)
		txs[i] = traffic_any(t, raws[i]);
	if (app_process(c->app, &block) != APP_ACCEPT)
		must(ERR_MISMATCH, "process");
	must(app_finalize(c->app, &block, &final), "finalize");
	print_hash("state", height, &final->header.state_root);
	print_hash("block", height, &final->hash);
	must(app_commit(c->app), "commit");
}

int main(int argc, char **argv)
{
	u32 threads = argc > 1 ? (u32)atoi(argv[1]) : 1;
	u64 restart_at = argc > 2 ? (u64)atoi(argv[2]) : 0;
	struct traffic traffic;
	struct replica replica;
	char command[96];

	replica_begin(&replica, threads);
	traffic_init(&traffic, replica.genesis.chain_id, ACTORS, 2026);
	for (u64 height = 1; height <= BLOCKS; height++) {
		if (height == restart_at) {
			replica_close(&replica);
			replica_open(&replica, threads);
		}
		block_run(&replica, &traffic, height);
	}
	replica_close(&replica);
	genesis_free(&replica.genesis);
	traffic_free(&traffic);
	snprintf(command, sizeof command, "rm -rf '%s'", replica.path);
	return system(command) ? 1 : 0;
}
