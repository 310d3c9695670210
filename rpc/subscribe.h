#ifndef RPC_SUBSCRIBE_H
#define RPC_SUBSCRIBE_H

/* Subscriptions of one connection: what it is told without asking.
 *
 *     subscription --- next block ---> head        each pulls, block by block, from the store
 *
 * A subscription remembers the block it has come to; live and replayed notifications are
 * made by the same function of that block, so nothing depends on when a client was there.
 * A head is looked at only once it is committed: what it changed can be read. */

#include "rpc/filters.h"
#include "rpc/metrics.h"

#define SUBSCRIPTIONS_MAX 128 /* of one connection */
/* How far back a replay may begin.  A turn of it is one block, which has its time, and it waits for its reader: so
 * one of many blocks takes longer, and no more memory, than one of few. */
enum replay {
	REPLAY_NONE,   /* it takes no fromBlock */
	REPLAY_STATES, /* it compares with states before it: as far as there are any */
	REPLAY_LOGS,   /* it reads headers and logs: so many ranges of eth_getLogs, or as far as states if that is further */
};
#define REPLAY_SPARE      128 /* oldest states: blocks are compared with others up to 64 before, and states go meanwhile */
#define REPLAY_LOG_RANGES 10

struct subscription;

/* One row per kind. */
struct stream {
	const char *name;
	const char *method; /* of its notifications */
	/* Reads its parameters (the second on) into s.  NULL: it has none, and tells everybody the same. */
	enum rpc_code (*begin)(struct rpc *c, struct subscription *s);
	/* Notifies of one block. */
	enum rpc_code (*block)(struct rpc *c, struct subscription *s, u64 height);
	/* Tells that a block was taken back.  NULL: there is nothing to tell. */
	void (*undo)(struct rpc *c, struct subscription *s, const struct stored_block *b);
	bool is_pending; /* it is about the pool: block(c, s, unused) tells of some transactions from s->at on */
	enum replay replay;
	const char *options; /* names of the members that plimsoll_subscribe takes */
};

struct subscription {
	struct subscription *next;
	struct subscriber *owner;
	const struct stream *stream;
	u8 id[FILTER_ID_SIZE];
	u64 at;            /* the block to come to, or number of the queued transaction */
	u64 undone;        /* the block taken back that it is told of next: dev_undone */
	u64 replay_until;  /* blocks up to here were there when it began */
	bool is_full;      /* newPendingTransactions: objects, not hashes */
	u32 index;         /* of the notification to come within its block */
	void *wants;       /* what the kind keeps: owned, one piece of memory */
	struct text *note; /* what is told goes here too; NULL: nobody else is told the same */
};

struct subscriber {
	struct subscription *first;
	u32 count, pending_count; /* of these about the pool */
	/* Queues one message. */
	void (*send)(struct subscriber *s, struct bytes text);
	/* Bytes that are queued and not yet sent. */
	size_t (*queued)(struct subscriber *s);
};

void subscriber_free(struct subscriber *s);

/* What a thread has told of a block, for those who are to hear the same. */
void told_free(struct told *t);

enum advance {
	ADVANCE_DONE,   /* up to the head */
	ADVANCE_MORE,   /* call again */
	ADVANCE_LATER,  /* call again when what is queued has been sent */
	ADVANCE_CUT_OFF /* the reader is too slow, or its history is gone: c->error_text tells */
};
/* Lets every subscription take at most one block, at most to head. */
enum advance subscriber_advance(struct rpc *c, struct subscriber *s, u64 head);

/* {"fromBlock": n} among its options: as if it had been there since (replay.c).  RPC_INVALID_PARAMS, RPC_PRUNED: the
 * text tells the oldest. */
enum rpc_code replay_begin(struct rpc *c, struct subscription *s);

/* -- for streams ------------------------------------------------------------------------- */

/* notify_begin opens a notification; the stream then writes one value with key RESULT; notify_end
 * sends it.  c->out is the caller's in between. */
void notify_begin(struct rpc *c, struct subscription *s);
void notify_end(struct rpc *c, struct subscription *s);

extern const struct stream STREAM_HEALTH_BANDS, STREAM_PRICES, STREAM_MARKETS, STREAM_LIQUIDATIONS;

#endif
