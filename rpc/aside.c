#include "rpc/aside.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct aside {
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct aside_task *first, **end;
	bool is_stopping;
	_Atomic u32 waiting;
	u32 thread_count;
	pthread_t threads[];
};

/* Requires the lock, and that there is one. */
static struct aside_task *take(struct aside *a)
{
	struct aside_task *task = a->first;

	a->first = task->next;
	if (!a->first)
		a->end = &a->first;
	atomic_fetch_sub(&a->waiting, 1);
	return task;
}

static void *run(void *context)
{
	struct aside *a = context;

	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), ASIDE_NICE); /* of this thread alone, on Linux */
	(void)pthread_mutex_lock(&a->lock);
	for (;;) {
		struct aside_task *task;
		bool is_stopping;

		while (!a->first && !a->is_stopping)
			(void)pthread_cond_wait(&a->changed, &a->lock);
		if (!a->first)
			break;
		task = take(a);
		is_stopping = a->is_stopping;
		(void)pthread_mutex_unlock(&a->lock);
		task->serve(task->context, task, is_stopping);
		(void)pthread_mutex_lock(&a->lock);
	}
	(void)pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct aside *aside_start(u32 threads)
{
	struct aside *a = calloc(1, sizeof *a + threads * sizeof a->threads[0]);

	if (!a)
		return NULL;
	a->end = &a->first;
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->changed, NULL);
	for (u32 i = 0; i < threads; i++) {
		if (pthread_create(&a->threads[i], NULL, run, a) != 0)
			break;
		a->thread_count++;
	}
	if (a->thread_count > 0)
		return a;
	aside_free(a);
	return NULL;
}

bool aside_add(struct aside *a, struct aside_task *task)
{
	bool is_taken;

	(void)pthread_mutex_lock(&a->lock);
	is_taken = !a->is_stopping;
	if (is_taken) {
		task->next = NULL;
		*a->end = task;
		a->end = &task->next;
		atomic_fetch_add(&a->waiting, 1);
		(void)pthread_cond_signal(&a->changed);
	}
	(void)pthread_mutex_unlock(&a->lock);
	return is_taken;
}

void aside_stop(struct aside *a)
{
	(void)pthread_mutex_lock(&a->lock);
	a->is_stopping = true;
	(void)pthread_cond_broadcast(&a->changed);
	(void)pthread_mutex_unlock(&a->lock);
	for (u32 i = 0; i < a->thread_count; i++)
		(void)pthread_join(a->threads[i], NULL);
}

void aside_free(struct aside *a)
{
	(void)pthread_mutex_destroy(&a->lock);
	(void)pthread_cond_destroy(&a->changed);
	free(a);
}

u32 aside_waiting(const struct aside *a)
{
	return atomic_load(&a->waiting);
}
