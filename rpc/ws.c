#include "rpc/ws.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/ws_connection.h"

#define EVENTS_AT_ONCE  64
#define WAIT_MS         250          /* between looks at the clock */
#define WAIT_PENDING_MS 20           /* between looks at the pool, while somebody watches it */
#define TICK_MS         500          /* between looks at every connection's pings */
#define QUEUED_MAX      (256u << 20) /* bytes that wait for all clients of a thread */
#define STOP_MS_MAX     300          /* what clients have to take their goodbye */

struct ws_thread {
	struct ws *ws;
	pthread_t id;
	int epoll, wake; /* wake: an eventfd */
	pthread_mutex_t lock;
	struct connection *inbox; /* with the lock: new ones */
	struct connection *first;
	u64 ticked_ms;
	bool has_pending, must_return;
};

struct ws {
	struct ws_config config;
	struct ws_thread threads[WS_THREADS_MAX];
	u32 thread_count; /* that run */
	pthread_t herald; /* wakes the threads when there is a new head */
	bool has_herald;
	atomic_bool is_stopping;
	_Atomic u32 count, turn;
};

static void wake(struct ws_thread *t)
{
	u64 one = 1;

	if (write(t->wake, &one, sizeof one) < 0)
		return; /* it is awake */
}

/* -- one thread --------------------------------------------------------------------- */

static void forget(struct ws_thread *t, struct connection *n)
{
	(void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, n->socket, NULL);
	connection_free(n);
	atomic_fetch_sub(&t->ws->count, 1);
}

static void take_inbox(struct ws_thread *t, struct rpc *c)
{
	struct connection *n, *next;
	struct epoll_event event;
	u64 times;

	if (read(t->wake, &times, sizeof times) < 0 && errno != EAGAIN)
		return;
	(void)pthread_mutex_lock(&t->lock);
	n = t->inbox;
	t->inbox = NULL;
	(void)pthread_mutex_unlock(&t->lock);
	for (; n; n = next) {
		next = n->next;
		n->interest = EPOLLIN;
		event = (struct epoll_event){ .events = EPOLLIN, .data.ptr = n };
		if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, n->socket, &event) != 0) {
			forget(t, n);
			continue;
		}
		n->next = t->first;
		t->first = n;
		connection_turn(n, c);
	}
}

static void ask_epoll(struct ws_thread *t, struct connection *n, const struct rpc *c)
{
	u32 wants = connection_wants(n, c);
	struct epoll_event event = { .events = wants, .data.ptr = n };

	if (wants == n->interest)
		return;
	n->interest = wants;
	if (epoll_ctl(t->epoll, EPOLL_CTL_MOD, n->socket, &event) != 0)
		n->is_broken = true;
}

/* Everything that no event of a socket causes: subscriptions, pings, what a turn left over. */
static void look_at_all(struct ws_thread *t, struct rpc *c)
{
	struct connection **link = &t->first;
	u64 now = connection_now_ms();
	bool ticks = now - t->ticked_ms >= TICK_MS;
	struct connection *longest = NULL;
	size_t queued = 0;

	t->has_pending = t->must_return = false;
	while (*link) {
		struct connection *n = *link;

		if (n->must_return)
			connection_turn(n, c);
		connection_follow(n, c);
		if (ticks)
			connection_tick(n, c, now);
		if (connection_is_over(n, now)) {
			*link = n->next;
			forget(t, n);
			continue;
		}
		ask_epoll(t, n, c);
		t->must_return |= n->must_return;
		t->has_pending |= subscriber_has_pending(&n->subscriber);
		queued += connection_queued(n);
		if (!longest || connection_queued(n) > connection_queued(longest))
			longest = n;
		link = &n->next;
	}
	if (ticks)
		t->ticked_ms = now;
	if (queued > QUEUED_MAX)
		t->must_return = longest->is_broken = true; /* whoever holds most of it goes first */
}

static void say_goodbye(struct ws_thread *t, struct rpc *c)
{
	u64 end = connection_now_ms() + STOP_MS_MAX;

	for (struct connection *n = t->first; n; n = n->next) {
		connection_close(n, WSLAY_CODE_GOING_AWAY, "the node stops");
		connection_turn(n, c);
	}
	while (t->first && connection_now_ms() < end) {
		struct connection **link = &t->first;

		while (*link) {
			struct connection *n = *link;

			connection_turn(n, c);
			if (!connection_is_over(n, connection_now_ms())) {
				link = &n->next;
				continue;
			}
			*link = n->next;
			forget(t, n);
		}
		(void)usleep(5000);
	}
	while (t->first) {
		struct connection *n = t->first;

		t->first = n->next;
		forget(t, n);
	}
}

static void *run(void *context)
{
	struct ws_thread *t = context;
	struct ws *w = t->ws;
	struct rpc *c = w->config.context_of(w->config.server);
	struct epoll_event events[EVENTS_AT_ONCE];

	if (!c) {
		atomic_store(&w->is_stopping, true); /* no memory, no WebSockets */
		return NULL;
	}
	while (!atomic_load(&w->is_stopping)) {
		int wait_ms = t->must_return ? 0 : t->has_pending ? WAIT_PENDING_MS
								  : WAIT_MS;
		int count = epoll_wait(t->epoll, events, EVENTS_AT_ONCE, wait_ms);

		for (int i = 0; i < count; i++) {
			struct connection *n = events[i].data.ptr;

			if (!n)
				continue;
			connection_turn(n, c);
			/* What hangs up while nothing is read of it. */
			if (events[i].events & (EPOLLERR | EPOLLHUP))
				n->is_broken = true;
		}
		take_inbox(t, c);
		look_at_all(t, c);
	}
	take_inbox(t, c);
	say_goodbye(t, c);
	return NULL;
}

/* Threads sleep in epoll, which knows nothing of blocks. */
static void *run_herald(void *context)
{
	struct ws *w = context;
	u64 height = 0, seen;

	while (!atomic_load(&w->is_stopping)) {
		seen = node_wait_height(w->config.node, height + 1, 100);
		if (seen == height)
			continue;
		height = seen;
		for (u32 i = 0; i < w->thread_count; i++)
			wake(&w->threads[i]);
	}
	return NULL;
}

/* -- lifecycle ------------------------------------------------------------------------- */

static bool thread_start(struct ws *w, struct ws_thread *t)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

	t->ws = w;
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	t->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	(void)pthread_mutex_init(&t->lock, NULL);
	if (t->epoll >= 0 && t->wake >= 0 && epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event) == 0 &&
	    pthread_create(&t->id, NULL, run, t) == 0)
		return true;
	(void)close(t->epoll);
	(void)close(t->wake);
	(void)pthread_mutex_destroy(&t->lock);
	return false;
}

struct ws *ws_start(const struct ws_config *config)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	u32 wanted = cores < WS_THREADS_MIN ? WS_THREADS_MIN : cores > WS_THREADS_MAX ? WS_THREADS_MAX
										      : (u32)cores;
	struct ws *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->config = *config;
	while (w->thread_count < wanted && thread_start(w, &w->threads[w->thread_count]))
		w->thread_count++;
	w->has_herald = w->thread_count > 0 && pthread_create(&w->herald, NULL, run_herald, w) == 0;
	if (w->has_herald)
		return w;
	ws_stop(w);
	ws_free(w);
	return NULL;
}

void ws_stop(struct ws *w)
{
	atomic_store(&w->is_stopping, true);
	for (u32 i = 0; i < w->thread_count; i++) {
		wake(&w->threads[i]);
		(void)pthread_join(w->threads[i].id, NULL);
	}
	if (w->has_herald)
		(void)pthread_join(w->herald, NULL);
}

void ws_free(struct ws *w)
{
	for (u32 i = 0; i < w->thread_count; i++) {
		struct ws_thread *t = &w->threads[i];

		assert(!t->first);
		(void)close(t->epoll);
		(void)close(t->wake);
		(void)pthread_mutex_destroy(&t->lock);
	}
	free(w);
}

static void release_later(void *handle)
{
	(void)handle; /* the caller does */
}

bool ws_adopt(struct ws *w, int socket, struct bytes early, void (*release)(void *handle), void *handle)
{
	struct ws_thread *t = &w->threads[atomic_fetch_add(&w->turn, 1) % w->thread_count];
	int flags = fcntl(socket, F_GETFL), on = 1;
	struct connection *n;
	bool is_late;

	if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0)
		return false;
	(void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	n = connection_new(socket, early, w->config.rpc->body_max);
	if (!n)
		return false;
	n->release = release;
	n->handle = handle;
	(void)pthread_mutex_lock(&t->lock);
	is_late = atomic_load(&w->is_stopping); /* the thread may have looked here for the last time */
	if (!is_late) {
		atomic_fetch_add(&w->count, 1);
		n->next = t->inbox;
		t->inbox = n;
	}
	(void)pthread_mutex_unlock(&t->lock);
	if (is_late) {
		n->release = release_later;
		connection_free(n);
		return false;
	}
	wake(t);
	return true;
}

u32 ws_count(struct ws *w)
{
	return atomic_load(&w->count);
}
