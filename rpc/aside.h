#ifndef RPC_ASIDE_H
#define RPC_ASIDE_H

/* Bodies that take long are served aside, so that nobody who asks little waits behind them.
 *
 *     a server's thread -> suspended connection -> [ | | | ] -> a thread of these -> resumed: its answer is there
 *
 * Whoever came first is served first.  These threads yield to those that make blocks and serve the others: they
 * are niced. */

#include <stdbool.h>

#include "base/types.h"

#define ASIDE_NICE 5

struct aside_task;

/* Is called once for every task, from a thread of aside; the task may be gone when it returns.  is_stopping:
 * the server ends, the task is only to be let go. */
typedef void aside_serve(void *context, struct aside_task *task, bool is_stopping);

/* One body; its owner embeds it. */
struct aside_task {
	struct aside_task *next;
	aside_serve *serve;
	void *context;
};

struct aside;

/* NULL: out of memory, or no threads. */
struct aside *aside_start(u32 threads);
/* Takes a task with serve and context set, which must stay where it is until it is served.  false: the server is
 * stopping, it will not be. */
bool aside_add(struct aside *a, struct aside_task *task);
/* Finishes the tasks at hand, lets go of those that wait, and ends the threads; aside_add may still be called,
 * and refuses. */
void aside_stop(struct aside *a);
/* Requires aside_stop. */
void aside_free(struct aside *a);
/* Tasks that wait for a thread. */
u32 aside_waiting(const struct aside *a);

#endif
