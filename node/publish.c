#include "node/publish.h"

void publish_init(struct publish *p)
{
	(void)pthread_mutex_init(&p->lock, NULL);
	p->next = 0;
}

void publish_free(struct publish *p)
{
	(void)pthread_mutex_destroy(&p->lock);
}

void publish_add(struct publish *p, const struct hash *tx)
{
	(void)pthread_mutex_lock(&p->lock);
	p->ring[p->next++ % PUBLISH_KEPT] = *tx;
	(void)pthread_mutex_unlock(&p->lock);
}

u64 publish_next(struct publish *p)
{
	u64 next;

	(void)pthread_mutex_lock(&p->lock);
	next = p->next;
	(void)pthread_mutex_unlock(&p->lock);
	return next;
}

u32 publish_read(struct publish *p, struct hash *out, u32 capacity, u64 *next, u64 *missed)
{
	u32 count = 0;

	*missed = 0;
	(void)pthread_mutex_lock(&p->lock);
	if (p->next > PUBLISH_KEPT && *next < p->next - PUBLISH_KEPT) {
		*missed = p->next - PUBLISH_KEPT - *next;
		*next = p->next - PUBLISH_KEPT;
	}
	while (count < capacity && *next < p->next)
		out[count++] = p->ring[(*next)++ % PUBLISH_KEPT];
	(void)pthread_mutex_unlock(&p->lock);
	return count;
}
