#include "node/head.h"

#include <errno.h>

#include "node/clock.h"

#define WAIT_MS_MAX 86400000u /* a day: so that no caller's number overflows */

void wait_init(pthread_cond_t *c)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(c, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

bool wait_until(pthread_cond_t *c, pthread_mutex_t *lock, u64 deadline_us)
{
	struct timespec at = clock_at_us(deadline_us);

	return pthread_cond_timedwait(c, lock, &at) != ETIMEDOUT;
}

void head_init(struct head *h)
{
	*h = (struct head){ .now = { .stamp = 0 } };
	(void)pthread_mutex_init(&h->lock, NULL);
	wait_init(&h->moved);
}

void head_free(struct head *h)
{
	(void)pthread_cond_destroy(&h->moved);
	(void)pthread_mutex_destroy(&h->lock);
}

void head_publish(struct head *h, const struct store_head *now)
{
	(void)pthread_mutex_lock(&h->lock);
	h->now = *now;
	(void)pthread_cond_broadcast(&h->moved);
	(void)pthread_mutex_unlock(&h->lock);
}

void head_get(struct head *h, struct store_head *out)
{
	(void)pthread_mutex_lock(&h->lock);
	*out = h->now;
	(void)pthread_mutex_unlock(&h->lock);
}

u64 head_age_seconds(const struct store_head *head)
{
	u64 now = clock_wall_ms();

	return now > head->stamp ? (now - head->stamp) / 1000 : 0;
}

u64 head_height(struct head *h)
{
	u64 height;

	(void)pthread_mutex_lock(&h->lock);
	height = h->now.header.number;
	(void)pthread_mutex_unlock(&h->lock);
	return height;
}

u64 head_wait(struct head *h, u64 height, u64 timeout_ms)
{
	u64 wait_ms = timeout_ms < WAIT_MS_MAX ? timeout_ms : WAIT_MS_MAX;
	u64 deadline = clock_monotonic_us() + wait_ms * 1000;
	u64 reached;

	(void)pthread_mutex_lock(&h->lock);
	while (h->now.header.number < height && wait_until(&h->moved, &h->lock, deadline))
		continue;
	reached = h->now.header.number;
	(void)pthread_mutex_unlock(&h->lock);
	return reached;
}
