#include <stdlib.h>

#include "node/mempool_parts.h"
#include "node/node_parts.h"

/* Looking at what waits. */

static u32 list_sender(struct pool_item *out, u32 capacity, const struct sender *s)
{
	u32 count = 0;

	for (u32 i = 0; i < s->size && count < capacity; i++) {
		struct pooled *p = s->at[i];

		if (!p)
			continue;
		atomic_fetch_add(&p->references, 1);
		out[count++] = (struct pool_item){ .tx = &p->tx, .holder = p, .is_pending = i < s->ready };
	}
	return count;
}

u32 mempool_list(struct mempool *m, struct pool_item *out, u32 capacity, const struct address *owner)
{
	const struct sender *s;
	u32 count = 0;

	(void)pthread_mutex_lock(&m->lock);
	if (owner) {
		s = pool_sender(m, owner);
		count = s ? list_sender(out, capacity, s) : 0;
	}
	for (size_t i = 0; !owner && i < m->sender_count && count < capacity; i++)
		count += list_sender(out + count, capacity - count, m->senders[i]);
	(void)pthread_mutex_unlock(&m->lock);
	return count;
}

enum err node_pool_list(struct node *n, struct pool_list *out, const struct address *owner, u32 max)
{
	struct pool_counts counts = mempool_counts(n->pool);
	u64 there = counts.pending + counts.queued;
	u32 capacity = there < max ? (u32)there : max;
	struct pool_item *at = calloc((size_t)capacity + 1, sizeof *at);

	if (!at)
		return ERR_FULL;
	*out = (struct pool_list){ mempool_list(n->pool, at, capacity, owner), at };
	return OK;
}

void node_pool_list_free(struct pool_list *list)
{
	for (u32 i = 0; i < list->count; i++)
		pooled_release(list->at[i].holder);
	free(list->at);
	*list = (struct pool_list){ 0 };
}
