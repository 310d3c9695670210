#include "node/dev_clock.h"

void dev_clock_init(struct dev_clock *c)
{
	*c = (struct dev_clock){ .times = { .offset = 0 } };
	(void)pthread_mutex_init(&c->lock, NULL);
}

void dev_clock_free(struct dev_clock *c)
{
	(void)pthread_mutex_destroy(&c->lock);
}

struct dev_times dev_clock_times(struct dev_clock *c)
{
	struct dev_times times;

	(void)pthread_mutex_lock(&c->lock);
	times = c->times;
	(void)pthread_mutex_unlock(&c->lock);
	return times;
}

void dev_clock_restore(struct dev_clock *c, const struct dev_times *times)
{
	(void)pthread_mutex_lock(&c->lock);
	c->times = *times;
	(void)pthread_mutex_unlock(&c->lock);
}

/* now and offset are below 2^41 each way. */
static u64 shown(const struct dev_times *t, u64 now)
{
	int64_t time = (int64_t)now + t->offset;

	return time > 0 ? (u64)time : 0;
}

static u64 next_time(const struct dev_times *t, u64 now, u64 head)
{
	u64 time;

	if (t->has_next)
		time = t->next;
	else if (t->has_interval)
		time = head + t->interval;
	else
		time = shown(t, now);
	return time > head ? time : head;
}

u64 dev_clock_time(struct dev_clock *c, u64 now, u64 head)
{
	struct dev_times times = dev_clock_times(c);

	return next_time(&times, now, head);
}

u64 dev_clock_take(struct dev_clock *c, u64 now, u64 head)
{
	u64 time;

	(void)pthread_mutex_lock(&c->lock);
	time = next_time(&c->times, now, head);
	if (c->times.has_next || c->times.has_interval)
		c->times.offset = (int64_t)time - (int64_t)now;
	c->times.has_next = false;
	(void)pthread_mutex_unlock(&c->lock);
	return time;
}

enum err dev_clock_increase(struct dev_clock *c, int64_t *offset, u64 seconds)
{
	enum err e = ERR_RANGE;

	(void)pthread_mutex_lock(&c->lock);
	if (seconds <= DEV_TIME_MAX && c->times.offset <= (int64_t)(DEV_TIME_MAX - seconds)) {
		c->times.offset += (int64_t)seconds;
		*offset = c->times.offset;
		e = OK;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return e;
}

enum err dev_clock_set(struct dev_clock *c, u64 now, u64 time)
{
	if (time > DEV_TIME_MAX)
		return ERR_RANGE;
	(void)pthread_mutex_lock(&c->lock);
	c->times.offset = (int64_t)time - (int64_t)now;
	c->times.has_next = false;
	(void)pthread_mutex_unlock(&c->lock);
	return OK;
}

enum err dev_clock_set_next(struct dev_clock *c, u64 head, u64 time)
{
	if (time < head || time > DEV_TIME_MAX)
		return ERR_RANGE;
	(void)pthread_mutex_lock(&c->lock);
	c->times.next = time;
	c->times.has_next = true;
	(void)pthread_mutex_unlock(&c->lock);
	return OK;
}

void dev_clock_set_interval(struct dev_clock *c, bool has_interval, u64 seconds)
{
	(void)pthread_mutex_lock(&c->lock);
	c->times.has_interval = has_interval;
	c->times.interval = seconds;
	(void)pthread_mutex_unlock(&c->lock);
}
