#ifndef RPC_UNSENT_H
#define RPC_UNSENT_H

/* Answers over HTTP that wait for their readers: how many bytes all connections together may hold.
 *
 * An answer is copied until its client has read it or the connection has ended.  Answers of up to
 * UNSENT_SMALL are not counted: a connection has one at a time, so their sum is bounded by the
 * connections, and a client that asks little is served whatever others leave unread. */

#include <stdatomic.h>

#include "base/types.h"

#define UNSENT_SMALL (16u << 10)

struct unsent {
	size_t max;
	_Atomic size_t size; /* counted bytes now */
};

struct MHD_Response;

/* unsent_response copies an answer.  NULL: there is no room for it, in u or in memory; where nothing is
 * counted u has room for any one.  u must outlive the response, which gives the room back when libmicrohttpd
 * is done with it.  Any thread. */
struct MHD_Response *unsent_response(struct unsent *u, struct bytes answer);

#endif
