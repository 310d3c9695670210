#ifndef RPC_QUOTA_H
#define RPC_QUOTA_H

/* How much each client may ask: a bucket of tokens by address, refilled at a rate.
 *
 *     burst |\      /|        a request takes a token or, if it is dear, several
 *           | \    / |        (rpc.h); without enough of them it is refused
 *         0 |  \__/  |  /
 *
 * A client is an IPv4 address or an IPv6 /64.  Loopback is not counted unless asked for: what comes
 * from there is the operator, or a proxy that counts for itself.
 *
 * The table has a fixed size.  A flood of addresses makes it forget who has been quiet the longest, and
 * whoever is forgotten begins with a full bucket. */

#include <stdbool.h>
#include <sys/socket.h>

#include "base/types.h"

struct quota;

/* rate: tokens a second, 0: no limit; burst: at least 1 is kept.  NULL: out of memory. */
struct quota *quota_new(u32 rate, u32 burst, bool counts_loopback);
void quota_free(struct quota *q);

/* Who asks, as a number; 0: somebody who is not counted.  quota_client_of_socket: the other end. */
u64 quota_client(const struct quota *q, const struct sockaddr *address);
u64 quota_client_of_socket(const struct quota *q, int socket);

/* quota_take takes cost tokens at a time (monotonic microseconds).  false: there are not so many, and
 * none was taken.  What costs more than a burst costs a burst.  Any thread. */
bool quota_take(struct quota *q, u64 client, u32 cost, u64 now_us);
/* The tokens there are; UINT32_MAX: no limit. */
u32 quota_left(struct quota *q, u64 client, u64 now_us);

#endif
