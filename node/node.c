#include "node/node.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/genesis.h"
#include "node/log.h"
#include "node/node_parts.h"

static_assert(STORE_WHY_MAX == JSON_WHY_MAX, "one buffer tells why");

/* -- opening ------------------------------------------------------------------------------- */

static void read_account(void *context, const struct address *owner, struct account *out)
{
	struct node *n = context;
	u8 key[1 + sizeof *owner] = { TABLE_account };
	struct store_head newest;
	struct store_view view;

	memcpy(key + 1, owner, sizeof *owner);
	*out = (struct account){ 0 };
	/* The store's head, not the published one: that moves only after the pool has heard of the
	 * block, and what the pool reads in between must not be older than the block. */
	if (!store_head(n->store, &newest) || store_view_at(&view, n->store, newest.header.number) != OK ||
	    !store_view_read(&view, (struct bytes){ key, sizeof key }, out, sizeof *out))
		*out = (struct account){ 0 };
}

static void reports_tick_of(void *context)
{
	struct node *n = context;

	reports_tick(n->reports);
}

static void publish_of(void *context, const struct hash *tx)
{
	struct node *n = context;

	publish_add(&n->publish, tx);
}

static bool make_parts(struct node *n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	n->pool = mempool_new(&(struct mempool_config){
		.chain_id = n->genesis.chain_id,
		.gas_limit = n->genesis.gas_limit,
		.base_fee = n->genesis.base_fee,
		.max = n->config.mempool_max,
		.account = read_account,
		.pending = publish_of,
		.context = n,
	});
	n->risk = risk_new(n->store, &n->genesis);
	n->app = app_new(&(struct app_config){
		.store = n->store,
		.genesis = &n->genesis,
		.pool = n->pool,
		.risk = n->risk,
		.head = &n->head,
		.threads = cores > 0 ? (u32)cores : 1,
	});
	return n->pool && n->risk && n->app;
}

/* The head, made from genesis if nothing has been committed. */
static enum err find_head(struct node *n, char why[STORE_WHY_MAX])
{
	struct store_head head;
	enum err e = OK;

	if (!store_head(n->store, &head))
		e = app_genesis(n->app);
	else
		head_publish(&n->head, &head);
	if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "cannot make the genesis block: %s", err_text(e));
	return e;
}

/* The genesis file must be that of the chain in the database. */
static enum err check_chain(struct node *n, char why[STORE_WHY_MAX])
{
	static const u8 key[2] = { TABLE_chain, 0 };
	struct store_view view;
	struct chain chain;

	TRY(store_view_at(&view, n->store, head_height(&n->head)));
	if (!store_view_read(&view, (struct bytes){ key, sizeof key }, &chain, sizeof chain)) {
		(void)snprintf(why, STORE_WHY_MAX, "the database has no chain record");
		return ERR_CORRUPT;
	}
	if (hash_cmp(&chain.genesis, &n->genesis.id) != 0) {
		(void)snprintf(why, STORE_WHY_MAX,
			       "%.300s/" NODE_GENESIS_FILE " is not the genesis of the chain in " NODE_STORE_FOLDER "/", n->config.data_dir);
		return ERR_MISMATCH;
	}
	return OK;
}

static enum err make_relay(struct node *n, char why[STORE_WHY_MAX])
{
	struct reports_config config = { .node = n, .pool = n->pool, .genesis = &n->genesis };
	enum err e = relay_key_load(config.relay_key, n->config.data_dir);

	if (e == OK) {
		n->reports = reports_new(&config);
		e = n->reports ? OK : ERR_CORRUPT;
	}
	sodium_memzero(config.relay_key, sizeof config.relay_key);
	if (e != OK)
		(void)snprintf(why, STORE_WHY_MAX, "%.300s/" NODE_RELAY_FILE ": %s", n->config.data_dir,
			       err_text(e));
	return e;
}

static enum err open_store(struct node *n, char why[STORE_WHY_MAX])
{
	char path[PATH_SIZE];
	struct store_options options = {
		.path = path,
		.cache_bytes = n->config.cache_bytes,
		.is_test = n->config.no_sync || n->config.is_dev,
		.history = n->config.is_dev ? HISTORY_ALL : n->config.history,
	};

	TRY(node_genesis_load(&n->genesis, n->config.data_dir, why));
	if (n->config.is_dev && !n->genesis.devnet) {
		(void)snprintf(why, STORE_WHY_MAX, "development is for devnets: the genesis of the chain in %.300s "
						   "does not say \"devnet\": true",
			       n->config.data_dir);
		return ERR_RANGE;
	}
	TRY(path_join(path, n->config.data_dir, NODE_STORE_FOLDER));
	return store_open(&n->store, &options, why);
}

static enum err open_parts(struct node *n, char why[STORE_WHY_MAX])
{
	TRY(open_store(n, why));
	if (!make_parts(n)) {
		(void)snprintf(why, STORE_WHY_MAX, "out of memory");
		return ERR_FULL;
	}
	TRY(find_head(n, why));
	TRY(check_chain(n, why));
	TRY(make_relay(n, why));
	TRY(risk_rebuild(n->risk));
	if (n->config.is_dev) {
		n->dev = dev_new(n);
		if (!n->dev)
			return ERR_FULL;
	}
	n->solo = solo_new(&(struct solo_config){
		.app = n->app,
		.pool = n->pool,
		.head = &n->head,
		.block_time_ms = n->config.block_time_ms,
		.may_drive = n->genesis.devnet,
		.clock_speed = n->config.clock_speed > 0 ? n->config.clock_speed : 1.0,
		.clock_until = n->config.clock_until,
		.dev_clock = n->dev ? dev_clock(n->dev) : NULL,
		.tick = reports_tick_of,
		.context = n,
	});
	return n->solo ? OK : ERR_FULL;
}

enum err node_open(struct node **out, const struct node_config *config, char why[STORE_WHY_MAX])
{
	struct node *n;
	enum err e;

	why[0] = '\0';
	n = sodium_init() < 0 ? NULL : calloc(1, sizeof *n);
	if (!n)
		return ERR_FULL;
	n->config = *config;
	head_init(&n->head);
	publish_init(&n->publish);
	e = open_parts(n, why);
	if (e != OK) {
		if (why[0] == '\0')
			(void)snprintf(why, STORE_WHY_MAX, "%s", err_text(e));
		node_close(n);
		return e;
	}
	*out = n;
	return OK;
}

void node_close(struct node *n)
{
	if (!n)
		return;
	solo_free(n->solo);
	dev_free(n->dev);
	reports_free(n->reports);
	app_free(n->app);
	risk_free(n->risk);
	mempool_free(n->pool);
	if (n->store)
		store_close(n->store);
	head_free(&n->head);
	publish_free(&n->publish);
	genesis_free(&n->genesis);
	free(n);
}

enum err node_start(struct node *n)
{
	pool_restore(n);
	return solo_start(n->solo);
}

void node_stop(struct node *n)
{
	solo_stop(n->solo);
	node_pool_save(n);
}

bool node_has_failed(const struct node *n)
{
	return solo_has_failed(n->solo);
}

/* -- asking ----------------------------------------------------------------------------------- */

struct dev *node_dev(struct node *n)
{
	return n->dev;
}

const struct genesis *node_genesis(const struct node *n)
{
	return &n->genesis;
}

struct store *node_store(struct node *n)
{
	return n->store;
}

void node_head(struct node *n, struct store_head *out)
{
	head_get(&n->head, out);
}

u64 node_wait_height(struct node *n, u64 height, u64 timeout_ms)
{
	return head_wait(&n->head, height, timeout_ms);
}

enum err node_submit(struct node *n, struct hash *hash, struct refusal *why, struct bytes raw,
		     const struct address *sender)
{
	return mempool_add(n->pool, hash, why, raw, sender);
}

void node_senders(struct node *n, struct signed_bytes *list, u32 count, u32 threads)
{
	mempool_senders(n->pool, list, count, threads);
}

u64 node_pending_nonce(struct node *n, const struct address *owner)
{
	return mempool_nonce(n->pool, owner);
}

enum err node_pending_find(struct node *n, u8 *out, size_t *size, size_t capacity,
			   struct address *sender, const struct hash *hash)
{
	struct pooled *p = mempool_find(n->pool, hash);
	enum err e = OK;

	if (!p)
		return ERR_NOT_FOUND;
	if (p->tx.raw.size > capacity) {
		e = ERR_SIZE;
	} else {
		memcpy(out, p->tx.raw.at, p->tx.raw.size);
		*size = p->tx.raw.size;
		*sender = p->tx.sender;
	}
	pooled_release(p);
	return e;
}

u64 node_pending_next(struct node *n)
{
	return publish_next(&n->publish);
}

u32 node_pending_read(struct node *n, struct hash *out, u32 capacity, u64 *next, u64 *missed)
{
	return publish_read(&n->publish, out, capacity, next, missed);
}

struct pool_counts node_pool_counts(struct node *n)
{
	return mempool_counts(n->pool);
}

enum err node_report(struct node *n, struct bytes report)
{
	return reports_add(n->reports, report);
}

struct oracle_counts node_oracle_counts(struct node *n)
{
	return reports_counts(n->reports);
}

struct address node_relay_address(const struct node *n)
{
	return reports_relay(n->reports);
}

enum err node_at_risk(struct node *n, struct risk_page *out, const struct risk_query *asked)
{
	return risk_list(n->risk, out, asked);
}

enum err node_risk_counts(struct node *n, struct risk_counts *out, u64 deadline_us)
{
	return risk_counts(n->risk, out, deadline_us);
}

struct node_figures node_figures(struct node *n)
{
	struct app_figures app = app_figures(n->app);
	struct mempool_figures pool = mempool_figures(n->pool);

	return (struct node_figures){
		.blocks = app.blocks,
		.transactions = app.transactions,
		.failed_transactions = app.failed_transactions,
		.execute_us = app.execute_us,
		.root_us = app.root_us,
		.commit_us = app.commit_us,
		.signatures = app.recovered + pool.recovered,
		.pool_refused = pool.refused,
	};
}
