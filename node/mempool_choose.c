#include <stdlib.h>

#include "node/mempool_parts.h"

/* Choosing a block: a heap of senders by their next transaction. */

struct turn {
	const struct sender *sender;
	const struct pooled *next;
	u32 taken;
};

struct choice {
	struct pooled **out;
	u32 count, capacity;
	u64 gas_left;
	size_t size_left;
};

static bool is_before(const struct turn *a, const struct turn *b)
{
	int order = u256_cmp(&a->next->tip, &b->next->tip);

	return order != 0 ? order > 0 : a->next->arrival < b->next->arrival;
}

static void sift_down(struct turn *heap, size_t count, size_t i)
{
	for (;;) {
		size_t best = i, left = 2 * i + 1;

		if (left < count && is_before(&heap[left], &heap[best]))
			best = left;
		if (left + 1 < count && is_before(&heap[left + 1], &heap[best]))
			best = left + 1;
		if (best == i)
			return;
		struct turn moved = heap[i];

		heap[i] = heap[best];
		heap[best] = moved;
		i = best;
	}
}

/* false: it does not fit. */
static bool take(struct choice *c, struct pooled *p)
{
	if (c->count == c->capacity || p->tx.gas_limit > c->gas_left || p->tx.raw.size > c->size_left)
		return false;
	c->gas_left -= p->tx.gas_limit;
	c->size_left -= p->tx.raw.size;
	atomic_fetch_add(&p->references, 1);
	c->out[c->count++] = p;
	return true;
}

/* Aggregator calls that are their senders' next transactions. */
static void take_oracle(struct choice *c, struct turn *t)
{
	while (t->taken < t->sender->ready && t->sender->at[t->taken]->is_oracle) {
		if (!take(c, t->sender->at[t->taken]))
			return;
		t->taken++;
	}
}

/* Whether the sender has another turn.  An aggregator call behind another transaction waits
 * for the next block: in this one it would not stand in front. */
static bool has_turn(struct turn *t)
{
	if (t->taken >= t->sender->ready)
		return false;
	t->next = t->sender->at[t->taken];
	return !t->next->is_oracle;
}

static size_t fill_heap(struct mempool *m, struct turn *heap, struct choice *c)
{
	size_t count = 0;

	for (size_t i = 0; i < m->sender_count; i++) {
		struct turn t = { .sender = m->senders[i] };

		take_oracle(c, &t);
		if (has_turn(&t))
			heap[count++] = t;
	}
	for (size_t i = count / 2; i-- > 0;)
		sift_down(heap, count, i);
	return count;
}

u32 mempool_choose(struct mempool *m, struct pooled **out, u32 capacity, u64 gas_max, size_t size_max)
{
	struct choice c = { .out = out, .capacity = capacity, .gas_left = gas_max, .size_left = size_max };
	struct turn *heap;
	size_t count;

	(void)pthread_mutex_lock(&m->lock);
	heap = malloc((m->sender_count + 1) * sizeof *heap);
	count = heap ? fill_heap(m, heap, &c) : 0;
	while (count > 0 && c.count < capacity && c.gas_left >= TX_GAS_BASE) {
		struct turn *top = &heap[0];

		/* What does not fit ends its sender's turn: later nonces need it. */
		if (take(&c, top->sender->at[top->taken])) {
			top->taken++;
			if (has_turn(top)) {
				sift_down(heap, count, 0);
				continue;
			}
		}
		heap[0] = heap[--count];
		sift_down(heap, count, 0);
	}
	free(heap);
	(void)pthread_mutex_unlock(&m->lock);
	return c.count;
}
