#include "node/app.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/app_parts.h"
#include "node/array.h"
#include "node/clock.h"
#include "node/env.h"

#define STATE_MEMORY_MAX ((size_t)8 << 30)
#define ARENA_MEMORY_MAX ((size_t)4 << 30)

struct app *app_new(const struct app_config *config)
{
	struct app *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->config = *config;
	source_init(&a->state_source, STATE_MEMORY_MAX);
	source_init(&a->arena_source, ARENA_MEMORY_MAX);
	state_init(&a->state, &a->state_source.backing);
	a->proposal = malloc(APP_BLOCK_TXS_MAX * sizeof(*a->proposal));
	a->proposal_txs = malloc(APP_BLOCK_TXS_MAX * sizeof *a->proposal_txs);
	if (!a->proposal || !a->proposal_txs) {
		app_free(a);
		return NULL;
	}
	return a;
}

static void drop_proposal(struct app *a)
{
	for (u32 i = 0; i < a->proposal_count; i++)
		pooled_release(a->proposal[i]);
	a->proposal_count = 0;
}

void app_free(struct app *a)
{
	if (!a)
		return;
	candidate_clear(a);
	drop_proposal(a);
	free(a->candidate.txs);
	free(a->proposal);
	free(a->proposal_txs);
	free(a->results);
	free(a->hashes);
	free(a->senders);
	free(a->changes);
	source_free(&a->state_source);
	source_free(&a->arena_source);
	free(a);
}

/* -- proposals ------------------------------------------------------------------------------ */

enum err app_prepare(struct app *a, struct app_block *block, size_t size_max)
{
	drop_proposal(a);
	a->proposal_count = mempool_choose(a->config.pool, a->proposal, APP_BLOCK_TXS_MAX,
					   a->config.genesis->gas_limit, size_max);
	for (u32 i = 0; i < a->proposal_count; i++)
		a->proposal_txs[i] = a->proposal[i]->tx.raw;
	block->txs = a->proposal_txs;
	block->count = a->proposal_count;
	return OK;
}

static bool is_next(struct app *a, const struct app_block *block)
{
	struct store_head head;

	head_get(a->config.head, &head);
	return block->height == head.header.number + 1 && block->time >= head.header.time;
}

enum app_verdict app_process(struct app *a, const struct app_block *block)
{
	bool is_front = true;

	if (!is_next(a, block))
		return APP_REJECT;
	a->is_final = false;
	if (candidate_load(a, block) != OK)
		return APP_REJECT;
	for (u32 i = 0; i < block->count; i++) {
		const struct candidate_tx *t = &a->candidate.txs[i];
		bool is_oracle;

		if (t->form != OK)
			return APP_REJECT;
		is_oracle = tx_is_oracle(t->tx);
		if (is_oracle && !is_front)
			return APP_REJECT;
		is_front = is_oracle;
	}
	return APP_ACCEPT;
}

struct bytes app_extend(struct app *a, const struct app_block *block)
{
	(void)a;
	(void)block;
	return (struct bytes){ 0 };
}

enum app_verdict app_verify(struct app *a, struct bytes extension)
{
	(void)a;
	return extension.size <= APP_EXTENSION_MAX ? APP_ACCEPT : APP_REJECT;
}

/* -- execution ------------------------------------------------------------------------------- */

/* Memory as before the first transaction of a block over the head (or over nothing). */
static enum err begin(struct app *a, const struct block_env *env, bool has_head)
{
	a->is_final = false;
	a->state_source.view.store = NULL;
	if (has_head)
		TRY(store_view_at(&a->state_source.view, a->config.store, env->height - 1));
	state_clear(&a->state, &a->state_source.backing);
	pile_rewind(&a->arena_source.memory);
	arena_init(&a->arena, &a->arena_source.backing);
	block_begin(&a->block, &a->state, env, &a->arena);
	return OK;
}

static enum err stage(struct app *a)
{
	u64 start = clock_monotonic_us();
	struct header *header = &a->final.header;

	TRY(block_end(&a->block, header));
	if (state_is_full(&a->state))
		return ERR_FULL;
	TRY(store_stage(a->config.store, &header->state_root, header->number, &a->state));
	header_hash(&a->final.hash, header);
	atomic_fetch_add(&a->root_us, clock_monotonic_us() - start);
	a->is_final = true;
	return OK;
}

static bool reserve_results(struct app *a, u32 count)
{
	struct app_result *results;
	struct hash *hashes;
	struct address *senders;

	if (count <= a->result_capacity)
		return true;
	results = realloc(a->results, count * sizeof *results);
	if (results)
		a->results = results;
	hashes = realloc(a->hashes, count * sizeof *hashes);
	if (hashes)
		a->hashes = hashes;
	senders = realloc(a->senders, count * sizeof *senders);
	if (senders)
		a->senders = senders;
	if (!results || !hashes || !senders)
		return false;
	a->result_capacity = count;
	return true;
}

/* Applies one transaction or notes why it cannot stand. */
static enum err apply(struct app *a, u32 i)
{
	const struct candidate_tx *t = &a->candidate.txs[i];
	struct app_result *result = &a->results[i];
	const struct receipt *receipt;

	*result = (struct app_result){ .refused = t->form };
	if (t->form != OK)
		return OK;
	result->gas_wanted = t->tx->gas_limit;
	result->refused = block_apply(&a->block, t->tx, &receipt);
	if (result->refused == ERR_FULL)
		return ERR_FULL;
	if (result->refused != OK)
		return OK;
	result->outcome = receipt->outcome;
	result->gas_used = receipt->gas_used;
	a->hashes[a->final.applied] = t->tx->hash;
	a->senders[a->final.applied++] = t->tx->sender;
	return OK;
}

enum err app_finalize_edit(struct app *a, const struct app_block *block, const struct app_edit *edit,
			   const struct app_final **out)
{
	u64 start = clock_monotonic_us();
	struct store_head head;
	struct block_env env;

	if (!is_next(a, block))
		return ERR_RANGE;
	head_get(a->config.head, &head);
	env_next(&env, a->config.genesis, &head, block->time);
	a->is_final = false;
	TRY(candidate_load(a, block));
	if (!reserve_results(a, block->count))
		return ERR_FULL;
	TRY(begin(a, &env, true));
	a->final = (struct app_final){ .results = a->results, .count = block->count };
	if (edit)
		TRY(edit->apply(edit->context, &a->state));
	for (u32 i = 0; i < block->count; i++)
		TRY(apply(a, i));
	atomic_fetch_add(&a->execute_us, clock_monotonic_us() - start);
	TRY(stage(a));
	*out = &a->final;
	return OK;
}

enum err app_finalize(struct app *a, const struct app_block *block, const struct app_final **out)
{
	return app_finalize_edit(a, block, NULL, out);
}

/* -- commit ------------------------------------------------------------------------------------ */

/* Keeps what the pool must know of a changed record. */
static void note_change(void *context, const struct state_change *change)
{
	struct app *a = context;
	struct account_change *room, *c;

	if (change->key.at[0] != TABLE_account)
		return;
	room = array_room(a->changes, a->change_count, &a->change_capacity, sizeof *room);
	if (!room) {
		a->changes_failed = true;
		return;
	}
	a->changes = room;
	c = &a->changes[a->change_count++];
	memcpy(&c->owner, change->key.at + 1, sizeof c->owner);
	memset(&c->account, 0, sizeof c->account);
	if (change->value.at)
		memcpy(&c->account, change->value.at, sizeof c->account);
}

/* What a block refused would only be refused again, unless there was no room or it came too early. */
static bool is_lasting(enum err refused)
{
	return refused != OK && refused != ERR_TX_GAS_BLOCK && refused != ERR_TX_NONCE_HIGH;
}

static void drop_refused(struct app *a)
{
	for (u32 i = 0; i < a->final.count; i++) {
		if (is_lasting(a->results[i].refused) && a->candidate.txs[i].pooled)
			mempool_drop(a->config.pool, &a->candidate.txs[i].tx->hash);
	}
}

static enum err tell_everyone(struct app *a)
{
	struct store_head head;
	bool is_there = store_head(a->config.store, &head);

	assert(is_there);
	a->change_count = 0;
	state_changes(&a->state, note_change, a);
	if (a->changes_failed)
		return ERR_FULL;
	TRY(risk_committed(a->config.risk, &a->state, head.header.number));
	mempool_committed(a->config.pool, a->changes, a->change_count);
	drop_refused(a);
	head_publish(a->config.head, &head);
	return OK;
}

static void count_block(struct app *a)
{
	u64 failed = 0;

	for (u32 i = 0; i < a->final.count; i++)
		failed += a->results[i].refused == OK && a->results[i].outcome != OK;
	atomic_fetch_add(&a->blocks, 1);
	atomic_fetch_add(&a->transactions, a->final.applied);
	atomic_fetch_add(&a->failed, failed);
}

enum err app_commit(struct app *a)
{
	u64 start = clock_monotonic_us();
	struct store_block block = {
		.header = &a->final.header,
		.hash = a->final.hash,
		.raws = a->block.raws,
		.tx_hashes = a->hashes,
		.senders = a->senders,
		.receipts = (const struct receipt *const *)a->block.receipts,
		.count = a->final.applied,
	};

	assert(a->is_final);
	assert(a->block.count == a->final.applied);
	a->is_final = false;
	TRY(store_commit(a->config.store, &block));
	TRY(tell_everyone(a));
	count_block(a);
	candidate_clear(a);
	drop_proposal(a);
	atomic_fetch_add(&a->commit_us, clock_monotonic_us() - start);
	return OK;
}

enum err app_rollback(struct app *a, u64 height)
{
	struct store_head head;
	bool is_there;

	a->is_final = false;
	candidate_clear(a);
	drop_proposal(a);
	TRY(store_rollback(a->config.store, height));
	is_there = store_head(a->config.store, &head);
	assert(is_there);
	mempool_clear(a->config.pool);
	TRY(risk_rebuild(a->config.risk));
	head_publish(a->config.head, &head);
	return OK;
}

enum err app_genesis(struct app *a)
{
	const struct genesis *g = a->config.genesis;
	struct block_env env;

	env_first(&env, g);
	TRY(begin(a, &env, false));
	a->final = (struct app_final){ .count = 0 };
	TRY(genesis_apply(&a->state, g));
	TRY(stage(a));
	return app_commit(a);
}

struct app_figures app_figures(struct app *a)
{
	return (struct app_figures){
		.blocks = atomic_load(&a->blocks),
		.transactions = atomic_load(&a->transactions),
		.failed_transactions = atomic_load(&a->failed),
		.execute_us = atomic_load(&a->execute_us),
		.root_us = atomic_load(&a->root_us),
		.commit_us = atomic_load(&a->commit_us),
		.recovered = atomic_load(&a->recovered),
	};
}
