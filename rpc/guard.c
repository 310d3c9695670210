#include "rpc/guard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "node/clock.h"
#include "node/head.h"

#define SWEEP_MS 500 /* between looks at everybody's time */

struct guest {
	struct guest *next, **link;
	int socket;
	u64 client;
	_Atomic u64 since_ns; /* may be to come */
	bool is_upgraded, is_ended;
};

struct guard {
	struct guard_limits limits;
	pthread_mutex_t lock; /* what follows, and that no socket in the list is closed */
	pthread_cond_t stopped;
	struct guest *first;
	u32 count;          /* neither upgraded nor ended */
	u32 upgraded_count; /* ended ones too */
	bool is_stopping;
	_Atomic u64 ended;
	pthread_t sweeper;
};

/* Finer than connections come: many come within a millisecond. */
static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static bool is_counted(const struct guest *guest)
{
	return !guest->is_upgraded && !guest->is_ended;
}

/* Everything below needs the lock, up to the next line. */

static void end(struct guard *g, struct guest *guest)
{
	guest->is_ended = true;
	g->count--;
	atomic_fetch_add(&g->ended, 1);
	(void)shutdown(guest->socket, SHUT_RDWR);
}

/* Who has been without a request the longest, of one client or (0) of all; *count: of how many. */
static struct guest *stalest(const struct guard *g, u64 client, u32 *count)
{
	struct guest *found = NULL;

	*count = 0;
	for (struct guest *k = g->first; k; k = k->next) {
		if (!is_counted(k) || (client != 0 && k->client != client))
			continue;
		++*count;
		/* Of two at the same time, the one further down: it came first. */
		if (!found || atomic_load(&k->since_ns) <= atomic_load(&found->since_ns))
			found = k;
	}
	return found;
}

/* Before a new one is listed. */
static void make_room(struct guard *g, u64 client)
{
	u32 most = g->limits.connections_per_client_max, count;
	struct guest *guest;

	if (client != 0 && most != 0) {
		guest = stalest(g, client, &count);
		if (guest && count >= most)
			end(g, guest);
	}
	if (g->count < g->limits.connections_max)
		return;
	guest = stalest(g, 0, &count);
	if (guest)
		end(g, guest);
}

static void sweep(struct guard *g)
{
	u64 now = now_ns();

	for (struct guest *k = g->first; k; k = k->next) {
		u64 since = atomic_load(&k->since_ns);

		if (is_counted(k) && now > since && now - since > g->limits.patience_ms * (u64)1000000)
			end(g, k);
	}
}

/* -- the sweeper ---------------------------------------------------------------------- */

static void *run(void *context)
{
	struct guard *g = context;

	(void)pthread_mutex_lock(&g->lock);
	while (!g->is_stopping) {
		(void)wait_until(&g->stopped, &g->lock, clock_monotonic_us() + SWEEP_MS * 1000);
		sweep(g);
	}
	(void)pthread_mutex_unlock(&g->lock);
	return NULL;
}

struct guard *guard_start(const struct guard_limits *limits)
{
	struct guard *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->limits = *limits;
	(void)pthread_mutex_init(&g->lock, NULL);
	wait_init(&g->stopped);
	if (pthread_create(&g->sweeper, NULL, run, g) != 0) {
		(void)pthread_cond_destroy(&g->stopped);
		(void)pthread_mutex_destroy(&g->lock);
		free(g);
		return NULL;
	}
	return g;
}

void guard_stop(struct guard *g)
{
	(void)pthread_mutex_lock(&g->lock);
	g->is_stopping = true;
	(void)pthread_cond_signal(&g->stopped);
	(void)pthread_mutex_unlock(&g->lock);
	(void)pthread_join(g->sweeper, NULL);
	(void)pthread_cond_destroy(&g->stopped);
	(void)pthread_mutex_destroy(&g->lock);
	free(g);
}

/* -- guests ------------------------------------------------------------------------------ */

struct guest *guard_enter(struct guard *g, int socket, u64 client)
{
	struct guest *guest = calloc(1, sizeof *guest);

	if (!guest)
		return NULL;
	guest->socket = socket;
	guest->client = client;
	atomic_init(&guest->since_ns, now_ns());
	(void)pthread_mutex_lock(&g->lock);
	make_room(g, client);
	guest->next = g->first;
	guest->link = &g->first;
	if (g->first)
		g->first->link = &guest->next;
	g->first = guest;
	g->count++;
	(void)pthread_mutex_unlock(&g->lock);
	return guest;
}

void guard_leave(struct guard *g, struct guest *guest)
{
	if (!guest)
		return;
	(void)pthread_mutex_lock(&g->lock);
	if (is_counted(guest))
		g->count--;
	g->upgraded_count -= guest->is_upgraded;
	*guest->link = guest->next;
	if (guest->next)
		guest->next->link = guest->link;
	(void)pthread_mutex_unlock(&g->lock);
	free(guest);
}

void guest_touch(struct guest *guest)
{
	if (guest)
		atomic_store_explicit(&guest->since_ns, now_ns(), memory_order_relaxed);
}

void guest_excuse(struct guest *guest, u32 seconds)
{
	if (guest)
		atomic_store_explicit(&guest->since_ns, now_ns() + seconds * (u64)1000000000, memory_order_relaxed);
}

/* With the lock: upgraded ones of a client. */
static u32 upgraded_of(const struct guard *g, u64 client)
{
	u32 count = 0;

	for (const struct guest *k = g->first; k; k = k->next)
		count += k->is_upgraded && k->client == client;
	return count;
}

bool guard_upgrade(struct guard *g, struct guest *guest)
{
	u32 most = g->limits.connections_per_client_max;
	bool may;

	if (!guest)
		return false;
	(void)pthread_mutex_lock(&g->lock);
	may = g->upgraded_count < g->limits.connections_max &&
	      (guest->client == 0 || most == 0 || upgraded_of(g, guest->client) < most);
	if (may) {
		g->count -= is_counted(guest);
		g->upgraded_count += !guest->is_upgraded;
		guest->is_upgraded = true;
	}
	(void)pthread_mutex_unlock(&g->lock);
	return may;
}

u64 guard_ended(const struct guard *g)
{
	return atomic_load(&g->ended);
}
