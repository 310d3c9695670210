#ifndef DEMO_MARKET_H
#define DEMO_MARKET_H

/* The state of the market at the head, asked for over JSON-RPC and put on the board. */

#include "client/rpc.h"
#include "cmd/plimsoll-demo/board.h"
#include "cmd/plimsoll-demo/people.h"

#define MARKET_WORST_MAX 400 /* accounts with a debt that are looked at, worst first */

struct market {
	struct rpc_client *rpc;
	const struct terms *terms;
	struct address treasury;
	struct address near[MARKET_WORST_MAX]; /* accounts below 1.1, worst first */
	u32 near_count;
};

/* market_read asks everything in one request.  ERR_IO: the node does not answer as it should; the
 * board keeps what it had. */
MUST_CHECK enum err market_read(struct market *m, struct board *b);

/* market_count_claims asks for the supply of every single person, and the treasury's, at the board's
 * height.  ERR_IO. */
MUST_CHECK enum err market_count_claims(struct market *m, struct board *b, const struct people *people);

/* What suppliers may claim of a reserve against what is there, in tokens. */
struct soundness {
	double claims;  /* supplies of all, and the treasury's share that is not minted yet */
	double assets;  /* cash and debts */
	double deficit; /* debts that were written off */
	double missing; /* claims - assets - deficit, if above 0 and above rounding */
};
/* After market_read: whether the assets of a reserve and its recorded deficit cover the claims.
 * Rounding may cost a base unit for each operation; operations tells how many there were. */
struct soundness market_soundness(const struct reserve_row *r, unsigned decimals, u64 operations);

#endif
