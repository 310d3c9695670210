#ifndef RPC_UNSENT_H
#define RPC_UNSENT_H

/* Answers over HTTP that wait for their readers: how many bytes all connections together may hold, and
 * how many those of one address.
 *
 *     all      |########################....|        max
 *     a share  |##.|                                 max / UNSENT_SHARES
 *
 * The room is looked up before a body is served (rpc/jsonrpc.c): what its answer has no room for is refused in it, and not
 * done.  So no answer to what was done is lost; each thread may overdraw by one answer, and answers by their errors.
 *
 * An answer is copied until its client has read it or the connection has ended.  Answers of up to
 * UNSENT_SMALL are not counted: a connection has one at a time, so their sum is bounded by the
 * connections, and a client that asks little is served whatever others leave unread.
 *
 * Addresses are told apart by UNSENT_PARTS numbers, drawn anew for each server: two of them that happen to
 * have the same one have one share between them. */

#include <stdatomic.h>
#include <stdbool.h>

#include "base/types.h"

#define UNSENT_SMALL  (16u << 10)
#define UNSENT_SHARES 8u /* so many addresses it takes to fill everything */
#define UNSENT_PARTS  4096u

struct unsent {
	size_t max;
	u64 seed;
	_Atomic size_t size; /* counted bytes now */
	_Atomic size_t parts[UNSENT_PARTS];
};

struct MHD_Response;

void unsent_init(struct unsent *u, size_t max);

/* Whether a request should be run at all.  false: its client (of rpc/quota.h; 0 has no share) has used its
 * share up, or all is used up and the body is so long that its answer may be too. */
bool unsent_may_ask(struct unsent *u, u64 client, u64 body_size);

/* How many bytes an answer to it may have: what its share and u have left, any number where nothing is counted,
 * and UNSENT_SMALL in any case. */
size_t unsent_room(struct unsent *u, u64 client);

/* unsent_response copies an answer and counts it, whether there is room or not: what was asked has been done.
 * NULL: out of memory.  u must outlive the response, which gives the room back when libmicrohttpd is done
 * with it.  Any thread. */
struct MHD_Response *unsent_response(struct unsent *u, u64 client, struct bytes answer);

#endif
