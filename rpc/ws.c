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

#define EVENTS_AT_ONCE  64  /* and followers of a head, before others have their turn */
#define WAIT_PENDING_MS 20  /* between looks at the pool, while somebody watches it */
#define TICK_MS         500 /* between looks at the time of every connection */
#define STOP_MS_MAX     300 /* what clients have to take their goodbye */

struct ws_thread {
	struct ws *ws;
	struct rpc *rpc;
	pthread_t id;
	int epoll, wake; /* wake: an eventfd */
	struct errands errands;
	pthread_mutex_t lock;
	struct connection *inbox; /* with the lock: new ones */
	struct connection *first[WS_LISTS];
	struct connection *to_follow; /* the next on WS_HEADS that has not heard of the newest head; NULL: all have */
	u64 heads_seen, pool_seen, ticked_ms;
	size_t queued; /* bytes, of all */
};

struct ws {
	struct ws_config config;
	struct ws_thread threads[WS_THREADS_MAX];
	u32 thread_count; /* that run */
	pthread_t herald; /* wakes the threads when there is a new head */
	bool has_herald;
	atomic_bool is_stopping;
	_Atomic u64 heads; /* that the herald has seen */
	_Atomic u32 count, turn;
};

static void wake(struct ws_thread *t)
{
	u64 one = 1;

	if (write(t->wake, &one, sizeof one) < 0)
		return; /* it is awake */
}

/* -- lists ------------------------------------------------------------------------- */

static void enlist(struct ws_thread *t, struct connection *n, enum ws_list which, bool wanted)
{
	struct connection **first = &t->first[which], *next = n->on[which].next;

	if (wanted == (n->on[which].link != NULL))
		return;
	if (wanted) {
		n->on[which].next = *first;
		n->on[which].link = first;
		if (*first)
			(*first)->on[which].link = &n->on[which].next;
		*first = n;
		return;
	}
	if (which == WS_HEADS && t->to_follow == n)
		t->to_follow = next;
	*n->on[which].link = next;
	if (next)
		next->on[which].link = n->on[which].link;
	n->on[which].link = NULL;
}

static void forget(struct ws_thread *t, struct connection *n)
{
	(void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, n->socket, NULL);
	for (enum ws_list which = WS_ALL; which < WS_LISTS; which++)
		enlist(t, n, which, false);
	t->queued -= n->counted;
	connection_free(n);
	atomic_fetch_sub(&t->ws->count, 1);
}

static void ask_epoll(struct ws_thread *t, struct connection *n)
{
	u32 wants = connection_wants(n, t->rpc);
	struct epoll_event event = { .events = wants, .data.ptr = n };

	if (wants == n->interest)
		return;
	n->interest = wants;
	if (epoll_ctl(t->epoll, EPOLL_CTL_MOD, n->socket, &event) != 0)
		n->is_broken = true;
}

/* After anything was done with it: it may be gone. */
static void settle(struct ws_thread *t, struct connection *n)
{
	size_t queued = connection_queued(n);

	ask_epoll(t, n);
	t->queued += queued - n->counted;
	n->counted = queued;
	enlist(t, n, WS_HEADS, n->parked || n->subscriber.count > n->subscriber.pending_count);
	enlist(t, n, WS_POOL, n->subscriber.pending_count > 0);
	enlist(t, n, WS_AGAIN, n->must_return);
	if (connection_is_over(n))
		forget(t, n);
}

static void follow(struct ws_thread *t, struct connection *n)
{
	connection_follow(n, t->rpc);
	settle(t, n);
}

static void look(struct ws_thread *t, struct connection *n)
{
	connection_turn(n, t->rpc);
	follow(t, n);
}

static void tick(struct ws_thread *t, struct connection *n)
{
	connection_tick(n, t->rpc, t->ticked_ms);
	settle(t, n);
}

static void close_one(struct ws_thread *t, struct connection *n)
{
	connection_close(n, WSLAY_CODE_GOING_AWAY, "the node stops");
	look(t, n);
}

/* Each may drop the one it is given, and no other. */
static void each(struct ws_thread *t, enum ws_list which, void (*act)(struct ws_thread *t, struct connection *n))
{
	struct connection *n, *next;

	for (n = t->first[which]; n; n = next) {
		next = n->on[which].next;
		act(t, n);
	}
}

/* -- one thread -------------------------------------------------------------------- */

static void take_inbox(struct ws_thread *t)
{
	struct connection *n, *next;
	struct epoll_event event = { .events = EPOLLIN };
	u64 times;

	if (read(t->wake, &times, sizeof times) < 0 && errno != EAGAIN)
		return;
	(void)pthread_mutex_lock(&t->lock);
	n = t->inbox;
	t->inbox = NULL;
	(void)pthread_mutex_unlock(&t->lock);
	for (; n; n = next) {
		next = n->next;
		n->interest = event.events;
		event.data.ptr = n;
		n->is_broken = epoll_ctl(t->epoll, EPOLL_CTL_ADD, n->socket, &event) != 0;
		enlist(t, n, WS_ALL, true);
		look(t, n);
	}
}

static void take_errands(struct ws_thread *t)
{
	struct errand *e, *next;

	for (e = errands_take(&t->errands); e; e = next) {
		next = e->next;
		if (e->owner) {
			connection_take(e->owner, e);
			settle(t, e->owner);
		}
		errand_free(e);
	}
}

static bool has_new_head(const struct ws_thread *t)
{
	return atomic_load(&t->ws->heads) != t->heads_seen;
}

/* Those whom a new head concerns hear of it, some at a time. */
static void follow_some(struct ws_thread *t)
{
	if (!t->to_follow && has_new_head(t)) {
		t->heads_seen = atomic_load(&t->ws->heads);
		t->to_follow = t->first[WS_HEADS];
	}
	for (int i = 0; t->to_follow && i < EVENTS_AT_ONCE; i++) {
		struct connection *n = t->to_follow;

		t->to_follow = n->on[WS_HEADS].next;
		follow(t, n);
	}
}

static void follow_pool(struct ws_thread *t)
{
	u64 next = t->first[WS_POOL] ? node_pending_next(t->ws->config.node) : t->pool_seen;

	if (next != t->pool_seen)
		each(t, WS_POOL, follow);
	t->pool_seen = next;
}

/* Whoever holds most of what is queued goes first. */
static void cut_longest(struct ws_thread *t)
{
	struct connection *longest = t->first[WS_ALL];

	for (struct connection *n = longest; n; n = n->on[WS_ALL].next)
		longest = n->counted > longest->counted ? n : longest;
	forget(t, longest);
}

/* Waits for events, at most so long, and does what there is to do. */
static void step(struct ws_thread *t, int wait_ms)
{
	bool has_left = t->first[WS_AGAIN] || t->to_follow || has_new_head(t);
	struct epoll_event events[EVENTS_AT_ONCE];
	int count = epoll_wait(t->epoll, events, EVENTS_AT_ONCE, has_left ? 0 : wait_ms);
	u64 now = connection_now_ms();

	for (int i = 0; i < count; i++) {
		struct connection *n = events[i].data.ptr;

		if (!n) {
			take_inbox(t);
			take_errands(t);
			continue;
		}
		connection_turn(n, t->rpc);
		/* What hangs up while nothing is read of it. */
		n->is_broken |= (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;
		follow(t, n);
	}
	each(t, WS_AGAIN, look);
	follow_some(t);
	follow_pool(t);
	if (now - t->ticked_ms >= TICK_MS) {
		t->ticked_ms = now;
		each(t, WS_ALL, tick);
	}
	while (t->queued > t->rpc->config->ws_queue_all_max)
		cut_longest(t);
}

static void *run(void *context)
{
	struct ws_thread *t = context;
	struct ws *w = t->ws;
	u64 end;

	t->rpc = w->config.context_of(w->config.server);
	if (!t->rpc)
		atomic_store(&w->is_stopping, true); /* no memory, no WebSockets */
	while (!atomic_load(&w->is_stopping))
		step(t, t->first[WS_POOL] ? WAIT_PENDING_MS : TICK_MS);
	if (!t->rpc)
		return NULL;
	take_inbox(t);
	take_errands(t);
	each(t, WS_ALL, close_one);
	end = connection_now_ms() + STOP_MS_MAX;
	while (t->first[WS_ALL] && connection_now_ms() < end)
		step(t, STOP_MS_MAX / 10);
	each(t, WS_ALL, forget);
	return NULL;
}

/* Threads sleep in epoll, which knows nothing of blocks. */
static void *run_herald(void *context)
{
	struct ws *w = context;
	struct dev *dev = node_dev(w->config.node);
	u64 height = 0, reverts = 0, height_was, reverts_was;

	while (!atomic_load(&w->is_stopping)) {
		height_was = height;
		reverts_was = reverts;
		height = node_wait_height(w->config.node, height + 1, 100);
		reverts = dev ? dev_reverts(dev) : 0; /* it may be as high again */
		if (height == height_was && reverts == reverts_was)
			continue;
		atomic_fetch_add(&w->heads, 1);
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
	t->errands = (struct errands){
		.aside = w->config.aside,
		.context_of = w->config.context_of,
		.server = w->config.server,
		.wake = t->wake,
	};
	(void)pthread_mutex_init(&t->errands.lock, NULL);
	if (t->epoll >= 0 && t->wake >= 0 && epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event) == 0 &&
	    pthread_create(&t->id, NULL, run, t) == 0)
		return true;
	(void)close(t->epoll);
	(void)close(t->wake);
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_mutex_destroy(&t->errands.lock);
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
	for (u32 i = 0; i < w->thread_count; i++)
		wake(&w->threads[i]);
	for (u32 i = 0; i < w->thread_count; i++)
		(void)pthread_join(w->threads[i].id, NULL);
	if (w->has_herald)
		(void)pthread_join(w->herald, NULL);
}

void ws_free(struct ws *w)
{
	for (u32 i = 0; i < w->thread_count; i++) {
		struct ws_thread *t = &w->threads[i];

		assert(!t->first[WS_ALL]);
		(void)close(t->epoll);
		(void)close(t->wake);
		(void)pthread_mutex_destroy(&t->lock);
		(void)pthread_mutex_destroy(&t->errands.lock);
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
	n = connection_new(socket, early, w->config.rpc->body_max, &t->errands);
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
