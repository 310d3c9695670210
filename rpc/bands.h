#ifndef RPC_BANDS_H
#define RPC_BANDS_H

/* Accounts that cross health bands: plimsoll_subscribe "healthBands".
 *
 *     1.2  ----------------\------------      down through 1.2
 *     1.05 ------------------\----/-----      down through 1.05, up again
 *
 * Compared are blocks that can have changed something: those with transactions, and every
 * 64th, for interest that accrues without any.  At each, node_at_risk lists who is below the widest
 * band that anybody on this thread asks for, once for all of them. */

#include "rpc/streams.h"

#define BANDS_MAX         16     /* of one subscription */
#define BAND_ACCOUNTS_MAX 256    /* it may name */
#define BAND_STREAMS_MAX  4      /* subscriptions of one connection that name none */
#define BAND_EMPTY_BLOCKS 64     /* at most so many blocks are passed over */
#define RISK_PAGES        4      /* lists that a thread keeps */
#define RISK_PAGE_MAX     200000 /* accounts in one */

/* Who was below a bound at a block. */
struct risk_list {
	struct hash block; /* its hash */
	struct wad bound;
	struct at_risk *at; /* by address; owned */
	u64 count;
	u64 used; /* when it was last asked for; 0: free */
};

struct risk_lists {
	struct risk_list at[RISK_PAGES];
	struct wad widest; /* bound of any list that was not too long */
	u64 clock;
};

/* The list at a block; it holds everyone below bound and perhaps more, and lives until two others
 * were asked for.  RPC_SERVER: there are too many. */
enum rpc_code risk_list_at(struct rpc *c, const struct risk_list **out, u64 height, struct wad bound);
void risk_lists_free(struct risk_lists *r);

#endif
