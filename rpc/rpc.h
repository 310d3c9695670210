#ifndef RPC_RPC_H
#define RPC_RPC_H

/* What a method's handler is given, and how it answers.
 *
 *     static enum rpc_code eth_block_number(struct rpc *c)
 *     {
 *             jw_quantity(&c->out, RESULT, rpc_head(c));
 *             return RPC_OK;
 *     }
 *
 * One struct rpc serves one thread, request after request, and keeps its memory.
 * A handler writes exactly one value, keyed RESULT, to out and returns RPC_OK, or returns what
 * rpc_fail gave it; the caller then cuts the output back and writes the error.
 *
 * Errors that the same request would meet again never have the code
 * RPC_INTERNAL: clients retry that one. */

#include <jansson.h>
#include <stdatomic.h>

#include "node/dev.h"
#include "rpc/json_scan.h"
#include "rpc/json_writer.h"
#include "rpc/server.h"

enum rpc_code {
	RPC_OK = 0,
	RPC_WAIT = 1,         /* no answer yet: ask again when the transaction is in a block */
	RPC_ASIDE = 2,        /* no answer yet: ask again aside (enum rpc_place) */
	RPC_REVERT = 3,       /* the call reverted; data is what it said */
	RPC_SYNC_TIMEOUT = 4, /* eth_sendRawTransactionSync: sent, not yet in a block */
	RPC_PRUNED = 4444,    /* state that old is gone */
	RPC_SERVER = -32000,  /* whatever has no code of its own */
	RPC_NOT_FOUND = -32001,
	RPC_TIMEOUT = -32002,
	RPC_TOO_LARGE = -32003,
	RPC_LIMIT = -32005, /* too many requests: clients try again */
	RPC_INVALID_REQUEST = -32600,
	RPC_NO_METHOD = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_INTERNAL = -32603, /* our own mistake, or damaged data */
	RPC_PARSE = -32700,
};

#define RPC_TRY(call) \
	do { \
		enum rpc_code try_code_ = (call); \
		if (try_code_ != RPC_OK) \
			return try_code_; \
	} while (0)

#define RESULT             "result" /* the key of what a handler answers */
#define RPC_ERROR_TEXT_MAX 512
#define RPC_METHODS_MAX    192
#define RPC_GAS_CAP        50000000u /* gas of one eth_call */
#define RPC_QUICK_US       5000u     /* a request may take on a thread that others wait for */
#define RPC_QUICK_COST     20u       /* in requests: a body that costs more goes aside at once */
#define RPC_QUICK_BYTES    16384u    /* a longer batch too, before anybody has looked at it */

struct rpc_method;

/* How far a request may wait, and has waited, for a transaction to be in a block. */
enum rpc_patience { WAIT_NEVER,
		    WAIT_MAY,
		    WAIT_OVER };

/* Where a body is served: here, whatever time it takes; by a thread that others wait for; aside (aside.h). */
enum rpc_place { PLACE_HERE,
		 PLACE_SHARED,
		 PLACE_ASIDE };

/* What a body that goes aside takes along: whose it is, its whole time, and whether its tokens were taken (quota.h). */
struct aside_terms {
	u64 client, deadline_us;
	bool is_counted;
};

/* Every method, sorted by name; built once, then read by all threads. */
struct rpc_methods {
	const struct rpc_method *rows[RPC_METHODS_MAX];
	size_t count;
};

/* What one thread has served; summed for /metrics. */
struct rpc_counts {
	_Atomic u64 calls[RPC_METHODS_MAX]; /* by row of rpc_methods */
	_Atomic u64 errors[RPC_METHODS_MAX];
	_Atomic u64 microseconds[RPC_METHODS_MAX];
	_Atomic u64 refused; /* requests that named no method of ours */
	_Atomic u64 limited; /* refused because their client asked too much */
	_Atomic u64 http[6]; /* HTTP replies by first digit of the status */
};

struct rpc {
	struct node *node;
	struct dev *dev; /* NULL: not a development chain */
	u64 dev_reverts; /* that last_block knows of */
	const struct rpc_config *config;
	const struct rpc_methods *methods;
	struct quota *quota;           /* the server's; NULL: nobody is counted */
	struct unsent *unsent;         /* the server's; NULL: no answer over HTTP is counted */
	struct crew *crew;             /* the server's; NULL: no other core helps */
	struct ahead *ahead;           /* see ahead.h; NULL: nobody sent a batch yet */
	struct risk_lists *risk_lists; /* see bands.h; NULL: nobody asked yet */
	struct told *told;             /* see subscribe.h; NULL: nobody was told yet */
	struct filters *filters;       /* the server's; NULL: it has none */
	struct subscriber *subscriber; /* the connection that asks; NULL: it cannot be notified */
	struct rpc *next;              /* the server's list of all threads' */
	struct rpc_counts counts;

	struct reader reader; /* state, after rpc_read_at */
	struct json_writer out;
	struct json_scan scan;
	struct {
		bool is_set, full;
		u64 height;
		struct json_writer json;
	} last_block; /* what this thread showed last: clients poll the newest */
	struct {
		bool is_set;
		u64 height;
		struct header header;
		struct hash hash;
	} last_header;                   /* that was read: see rpc_header */
	struct stored_block *logs_block; /* the last that logs were read from: see log_filter.c */
	u8 *scratch;                     /* decoded input of one call: see rpc_take */
	size_t scratch_size, scratch_capacity;

	/* the request at hand */
	u64 client;                 /* who asks, for quota; the caller sets it before each body */
	u64 deadline_us;            /* of the body, of the request if that is shorter, or of a block's notifications; monotonic */
	enum rpc_patience patience; /* the caller sets it before each body */
	struct hash awaited;        /* RPC_WAIT: the transaction; WAIT_OVER: the caller gives it back */
	bool must_wait;             /* the body's answer was RPC_WAIT */
	enum rpc_place place;       /* the caller sets it before each body */
	bool must_go_aside;         /* the body takes too long for PLACE_SHARED */
	bool is_counted;            /* it has gone aside after its tokens were taken (quota.h) */
	size_t room;                /* bytes of the body's answer from which on nothing more is done */
	const json_t *params;       /* an array; NULL if none were sent */
	const json_t *batch;        /* the array that the request stands in, at batch_at; NULL: in none */
	size_t batch_at;
	char error_text[RPC_ERROR_TEXT_MAX];
	struct bytes error_data; /* of RPC_REVERT and RPC_SYNC_TIMEOUT; at NULL: none */
};

/* One row per method. */
struct rpc_method {
	const char *name;
	enum rpc_code (*run)(struct rpc *c);
	u8 params_min, params_max;
	u8 cost;            /* in requests: see quota.h */
	const char *result; /* type of what it answers, as in schema.h */
	const char *help;   /* parameters, then what it answers */
};

/* rpc_init makes a context; rpc_free releases its memory.  ERR_FULL. */
MUST_CHECK enum err rpc_init(struct rpc *c, struct node *node, const struct rpc_config *config,
			     const struct rpc_methods *methods);
void rpc_free(struct rpc *c);

/* On a development chain the ground may move: between rpc_hold and rpc_release it does not, and what
 * was read of a chain that has since gone back is forgotten.  Not nested. */
void rpc_hold(struct rpc *c);
void rpc_release(struct rpc *c);

/* Notes an error and returns its code: `return rpc_fail(c, RPC_SERVER, "filter not found");` */
enum rpc_code rpc_fail(struct rpc *c, enum rpc_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* An err of the node or the store, in JSON-RPC's words. */
enum rpc_code rpc_fail_err(struct rpc *c, enum err e);

/* When what begins now has had its time, by clock_monotonic_us. */
u64 rpc_deadline(const struct rpc_config *config);
/* RPC_TIMEOUT once the body at hand has had its time: for loops that may be long. */
enum rpc_code rpc_check_time(struct rpc *c);

/* Memory until the end of the call, at most config->body_max in all; NULL when there is no more. */
void *rpc_take(struct rpc *c, size_t size);

u64 rpc_head(struct rpc *c); /* height of the newest block */
/* Reads c->last_header, unless it is that of the height: subscriptions all ask for the newest. */
enum err rpc_header(struct rpc *c, u64 height);
/* A block is in the store a moment before it is the newest one: whoever has found something by its
 * hash waits here, so that no client learns of a block that "latest" does not know yet. */
void rpc_await(struct rpc *c, u64 height);

#endif
