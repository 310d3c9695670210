#ifndef RPC_GUARD_H
#define RPC_GUARD_H

/* Who is connected, and for how long without a request that came to its end.
 *
 * A connection that takes longer than the patience for one request, head, body and reply each, is
 * ended, however busily it trickles.  When there are too many connections, in all or from one client,
 * the one that has been without a request the longest makes room: whoever holds connections to keep
 * others out loses them to whoever asks.
 *
 * Ending is a shutdown of the socket; the HTTP server then sees its end and closes it. */

#include <stdbool.h>

#include "base/types.h"

struct guard;
struct guest; /* a connection */

struct guard_limits {
	u32 connections_max;            /* in all; of WebSockets as many besides */
	u32 connections_per_client_max; /* 0: no such limit */
	u32 patience_ms;
};

/* NULL: out of memory, or no thread. */
struct guard *guard_start(const struct guard_limits *limits);
/* Requires that every guest has left. */
void guard_stop(struct guard *g);

/* guard_enter notes a connection; it may end another one.  client 0: not counted by itself.  NULL: out of
 * memory, the connection is then not watched. */
struct guest *guard_enter(struct guard *g, int socket, u64 client);
/* Before the socket is closed.  guest NULL: nothing. */
void guard_leave(struct guard *g, struct guest *guest);

/* Something came to its end: the time begins anew.  guest NULL: nothing. */
void guest_touch(struct guest *guest);
/* It waits, at most so long, and is not to blame: it has its whole time after that.  guest NULL: nothing. */
void guest_excuse(struct guest *guest, u32 seconds);
/* It is a WebSocket from now on: nobody ends it.  false: there are too many of those already. */
bool guard_upgrade(struct guard *g, struct guest *guest);
/* Connections that were ended so far. */
u64 guard_ended(const struct guard *g);

#endif
