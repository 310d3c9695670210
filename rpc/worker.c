#include "rpc/worker.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define BODIES_KEPT     64 /* buffers a thread keeps for its next requests */
#define BODY_FIRST_SIZE 2048u
#define BODY_KEEP_MAX   (64u << 10) /* bytes of a buffer worth keeping */

bool workers_init(struct workers *w)
{
	return pthread_key_create(&w->key, NULL) == 0;
}

struct worker *worker_if_any(struct workers *w)
{
	return pthread_getspecific(w->key);
}

struct worker *worker_here(struct workers *all)
{
	struct worker *w = worker_if_any(all);
	struct rpc *first;

	if (w)
		return w;
	w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	if (rpc_init(&w->rpc, all->node, all->config, all->methods) != OK ||
	    pthread_setspecific(all->key, w) != 0) {
		free(w);
		return NULL;
	}
	w->rpc.filters = all->filters;
	w->rpc.quota = all->quota;
	w->rpc.unsent = all->unsent;
	w->rpc.crew = all->crew;
	first = atomic_load(&all->all);
	do {
		w->rpc.next = first;
	} while (!atomic_compare_exchange_weak(&all->all, &first, &w->rpc));
	return w;
}

static void worker_free(struct worker *w)
{
	while (w->spare) {
		struct body *b = w->spare;

		w->spare = b->next;
		free(b->at);
		free(b);
	}
	rpc_free(&w->rpc);
	free(w);
}

void workers_free(struct workers *w)
{
	struct rpc *c, *next;

	static_assert(offsetof(struct worker, rpc) == 0, "workers are found by their context");
	for (c = atomic_load(&w->all); c; c = next) {
		next = c->next;
		worker_free((struct worker *)c);
	}
	(void)pthread_key_delete(w->key);
}

/* -- bodies ------------------------------------------------------------------- */

struct body *body_take(struct worker *w)
{
	struct body *b = w->spare;

	if (!b)
		return calloc(1, sizeof *b);
	w->spare = b->next;
	w->spare_count--;
	b->size = b->discarded = 0;
	b->refusal = REFUSED_NOT;
	b->history = BODY_NEW;
	return b;
}

void body_give(struct worker *w, struct body *b)
{
	if (!w || w->spare_count == BODIES_KEPT || b->capacity > BODY_KEEP_MAX) {
		free(b->at);
		free(b);
		return;
	}
	b->next = w->spare;
	w->spare = b;
	w->spare_count++;
}

bool body_add(struct body *b, const struct rpc_config *config, const char *at, size_t size)
{
	size_t capacity = b->capacity ? b->capacity : BODY_FIRST_SIZE;
	u8 *grown;

	if (b->refusal == REFUSED_NOT && size > config->body_max - b->size)
		b->refusal = REFUSED_SIZE;
	if (b->refusal != REFUSED_NOT) {
		b->discarded += size;
		return b->discarded <= DISCARD_BODIES * config->body_max;
	}
	while (capacity < b->size + size)
		capacity *= 2;
	if (capacity > b->capacity) {
		grown = realloc(b->at, capacity);
		if (!grown)
			return false;
		b->at = grown;
		b->capacity = capacity;
	}
	memcpy(b->at + b->size, at, size);
	b->size += size;
	return true;
}
