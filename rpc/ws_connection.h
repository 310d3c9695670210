#ifndef RPC_WS_CONNECTION_H
#define RPC_WS_CONNECTION_H

/* One WebSocket connection, for the thread that owns it (rpc/ws.c). */

#include <wslay/wslay.h>

#include "rpc/errand.h"
#include "rpc/subscribe.h"

#define WS_CLOSE_SECONDS 5  /* what a client has to answer a close */
#define WS_PARKED_MAX    16 /* requests of one connection that wait for their transaction */

/* A request that came while answers before it were unread. */
struct backlog {
	struct backlog *next;
	size_t size;
	u8 body[];
};

/* A request that is asked again when its transaction is in a block. */
struct parked {
	struct parked *next;
	struct hash awaited;
	u64 deadline_ms;
	size_t size;
	u8 body[];
};

/* What a thread keeps its connections on. */
enum ws_list {
	WS_ALL,
	WS_HEADS, /* those that a new head concerns */
	WS_POOL,  /* those that watch queued transactions */
	WS_AGAIN, /* those that have more to do than epoll knows of */
	WS_LISTS,
};

struct connection {
	struct subscriber subscriber; /* first: found by it */
	struct {
		struct connection *next, **link; /* link NULL: it is not on that list */
	} on[WS_LISTS];
	struct connection *next; /* in its thread's inbox */
	struct rpc *rpc;         /* the thread's, while it is at work */
	int socket;
	bool has_client;
	u64 client; /* for rpc/quota.h, once has_client */
	void (*release)(void *handle);
	void *handle;
	wslay_event_context_ptr wslay;
	u8 *early; /* bytes that came with the handshake; owned */
	size_t early_size, early_at;
	u8 head[16]; /* of the frame that is being sent, what is not yet sent of it */
	size_t head_size;
	size_t budget;           /* bytes that may still be read in this turn */
	u32 interest;            /* epoll events asked for */
	size_t counted;          /* bytes of it in its thread's sum */
	bool is_broken;          /* the socket is of no use any more */
	bool is_closing;         /* a close was queued */
	bool must_return;        /* there is more to do than epoll knows of */
	u64 close_by_ms;         /* while closing */
	u64 heard_ms;            /* when the last byte came */
	u64 pinged_ms;           /* when the last ping went; before the first: when it began */
	struct backlog *backlog; /* in order; nothing is read while there is one */
	struct backlog **backlog_end;
	struct parked *parked;
	u32 parked_count;
	struct errands *errands; /* its thread's */
	struct errand *errand;   /* the one that is out; nothing else is served meanwhile */
};

/* Takes the socket; copies early.  errands NULL: nothing goes aside.  NULL: out of memory, nothing was taken. */
struct connection *connection_new(int socket, struct bytes early, size_t message_max, struct errands *errands);
/* Closes it and tells who gave it. */
void connection_free(struct connection *n);

/* Reads and serves what is there, sends what can be sent. */
void connection_turn(struct connection *n, struct rpc *c);
/* Its errand is done. */
void connection_take(struct connection *n, const struct errand *e);
/* Subscriptions and parked requests: after a turn, or a new head. */
void connection_follow(struct connection *n, struct rpc *c);
/* What time brings, now and then: pings, the end of what does not answer, of a close or of a wait. */
void connection_tick(struct connection *n, struct rpc *c, u64 now_ms);
/* Queues a close; nothing is served any more. */
void connection_close(struct connection *n, u16 status, const char *reason);
/* Bytes that are queued for it. */
size_t connection_queued(const struct connection *n);
/* What to ask epoll for; whether there is nothing left to do. */
u32 connection_wants(const struct connection *n, const struct rpc *c);
bool connection_is_over(const struct connection *n);

u64 connection_now_ms(void);

#endif
