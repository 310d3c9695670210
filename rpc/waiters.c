#include "rpc/waiters.h"

#include <pthread.h>
#include <stdlib.h>

#include "node/clock.h"

#define LOOK_MS 100 /* between looks while no block comes */

struct waiters {
	struct node *node;
	void (*wake)(void *connection);
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct waiter *first;
	bool is_stopping;
};

static u64 now_ms(void)
{
	return clock_monotonic_us() / 1000;
}

static bool is_over(const struct waiters *w, const struct waiter *waiter, u64 now)
{
	u64 height;
	u32 index;

	return w->is_stopping || now >= waiter->deadline_ms ||
	       store_tx_find(node_store(w->node), &height, &index, &waiter->hash) == OK;
}

/* Wakes all whose wait is over.  Requires the lock. */
static void look(struct waiters *w)
{
	struct waiter **link = &w->first;
	u64 now = now_ms();

	while (*link) {
		struct waiter *waiter = *link;
		void *connection = waiter->connection;

		if (!is_over(w, waiter, now)) {
			link = &waiter->next;
			continue;
		}
		*link = waiter->next;
		w->wake(connection); /* and the waiter may be gone */
	}
}

static void *run(void *context)
{
	struct waiters *w = context;
	u64 height = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->is_stopping) {
		if (!w->first) {
			pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		height = node_wait_height(w->node, height + 1, LOOK_MS);
		pthread_mutex_lock(&w->lock);
		look(w);
	}
	look(w);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct waiters *waiters_start(struct node *node, void (*wake)(void *connection))
{
	struct waiters *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->node = node;
	w->wake = wake;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		free(w);
		return NULL;
	}
	return w;
}

bool waiters_add(struct waiters *w, struct waiter *waiter)
{
	bool taken;

	waiter->deadline_ms = now_ms() + WAIT_SECONDS_MAX * 1000;
	pthread_mutex_lock(&w->lock);
	taken = !w->is_stopping;
	if (taken) {
		waiter->next = w->first;
		w->first = waiter;
		pthread_cond_signal(&w->changed);
	}
	pthread_mutex_unlock(&w->lock);
	return taken;
}

void waiters_stop(struct waiters *w)
{
	pthread_mutex_lock(&w->lock);
	w->is_stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
}

void waiters_free(struct waiters *w)
{
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
}
