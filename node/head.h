#ifndef NODE_HEAD_H
#define NODE_HEAD_H

/* The newest committed block, for everyone who waits for the next one. */

#include <pthread.h>

#include "node/store/store.h"

struct head {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct store_head now;
};

void head_init(struct head *h);
void head_free(struct head *h);
void head_publish(struct head *h, const struct store_head *now);
void head_get(struct head *h, struct store_head *out);
u64 head_height(struct head *h);
/* How long ago it was made, by the wall clock; 0 if that has been set back since. */
u64 head_age_seconds(const struct store_head *head);
/* Waits until the head is at least height, or for timeout_ms, at most a day; returns its height. */
u64 head_wait(struct head *h, u64 height, u64 timeout_ms);

/* A condition that waits by the monotonic clock, and the wait: false once the time has passed. */
void wait_init(pthread_cond_t *c);
bool wait_until(pthread_cond_t *c, pthread_mutex_t *lock, u64 deadline_us);

#endif
