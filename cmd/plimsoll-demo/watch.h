#ifndef DEMO_WATCH_H
#define DEMO_WATCH_H

/* Reads every block once, in order, with its receipts: counts transactions, tells people
 * that theirs are in, and takes prices, liquidations and deficits from the events.  An
 * oracle round stands before the liquidations it causes, so each of those is valued at
 * the very price it happened at. */

#include "client/rpc.h"
#include "cmd/plimsoll-demo/board.h"
#include "cmd/plimsoll-demo/people.h"

#define WATCH_BLOCKS_MAX  16 /* in one request */
#define WATCH_WINDOW      32 /* blocks over which transactions a second are counted */
#define WATCH_REASONS_MAX 32 /* failures of one request that are looked into */

struct watch {
	struct rpc_client *rpc;
	struct people *people;
	struct board *board;
	const struct terms *terms;
	u64 next; /* height */
	struct {
		double wall;
		u64 transactions;
	} window[WATCH_WINDOW];
	u32 window_count;
};

void watch_init(struct watch *w, struct rpc_client *rpc, struct people *people, struct board *board,
		const struct terms terms[ASSET_COUNT]);
/* Reads the blocks since the last time.  wall: seconds of any clock.  ERR_IO: the node does not
 * answer as it should. */
MUST_CHECK enum err watch_blocks(struct watch *w, double wall);

/* One block's receipts, as eth_getBlockReceipts gives them; those that failed are added to failed (an
 * array).  ERR_SYNTAX: not receipts. */
MUST_CHECK enum err watch_receipts(struct watch *w, const json_t *receipts, u64 height,
				   json_t *failed);

#endif
