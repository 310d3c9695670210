#include <stdlib.h>

#include "base/hash.h"
#include "node/app_parts.h"
#include "node/recover.h"

void candidate_clear(struct app *a)
{
	struct candidate *c = &a->candidate;

	for (u32 i = 0; i < c->count; i++) {
		if (c->txs[i].pooled)
			pooled_release(c->txs[i].pooled);
	}
	c->count = 0;
	c->is_set = false;
}

static bool reserve_txs(struct candidate *c, u32 count)
{
	struct candidate_tx *grown;

	if (count <= c->capacity)
		return true;
	grown = realloc(c->txs, count * sizeof *grown);
	if (!grown)
		return false;
	c->txs = grown;
	c->capacity = count;
	return true;
}

/* This node's own proposal, as app_prepare made it: already decoded, recovered and held. */
static bool is_own(const struct app *a, const struct app_block *block)
{
	return block->txs == a->proposal_txs && block->count == a->proposal_count;
}

static void take_own(const struct app *a, struct candidate_tx *t, u32 i)
{
	*t = (struct candidate_tx){ .tx = &a->proposal[i]->tx, .pooled = a->proposal[i], .form = OK };
	atomic_fetch_add(&t->pooled->references, 1);
}

/* From the pool if it is there, decoded otherwise. */
static void find_or_decode(struct app *a, struct candidate_tx *t, struct bytes raw)
{
	struct hash hash;

	keccak256(&hash, raw);
	*t = (struct candidate_tx){ .pooled = mempool_find(a->config.pool, &hash), .form = OK };
	if (t->pooled) {
		t->tx = &t->pooled->tx;
		return;
	}
	t->tx = &t->own;
	t->form = tx_decode(&t->own, raw, a->config.genesis->chain_id);
}

/* Recovers on all cores what did not come from the pool. */
static enum err recover_rest(struct app *a)
{
	struct candidate *c = &a->candidate;
	struct tx **list = malloc((c->count + 1) * sizeof(*list));
	u32 count = 0;

	if (!list)
		return ERR_FULL;
	for (u32 i = 0; i < c->count; i++) {
		if (c->txs[i].form == OK && !c->txs[i].tx->is_recovered)
			list[count++] = c->txs[i].tx;
	}
	recover_all(list, count, a->config.threads);
	atomic_fetch_add(&a->recovered, count);
	for (u32 i = 0; i < c->count; i++) {
		if (c->txs[i].form == OK && !c->txs[i].tx->is_recovered)
			c->txs[i].form = ERR_TX_SENDER;
	}
	free(list);
	return OK;
}

enum err candidate_load(struct app *a, const struct app_block *block)
{
	struct candidate *c = &a->candidate;

	if (c->is_set && c->height == block->height && c->count == block->count &&
	    hash_cmp(&c->hash, &block->hash) == 0)
		return OK;
	candidate_clear(a);
	if (!reserve_txs(c, block->count))
		return ERR_FULL;
	for (u32 i = 0; i < block->count; i++) {
		if (is_own(a, block))
			take_own(a, &c->txs[i], i);
		else
			find_or_decode(a, &c->txs[i], block->txs[i]);
	}
	c->count = block->count;
	TRY(recover_rest(a));
	c->hash = block->hash;
	c->height = block->height;
	c->is_set = true;
	return OK;
}
