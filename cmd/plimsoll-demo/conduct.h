#ifndef DEMO_CONDUCT_H
#define DEMO_CONDUCT_H

/* What the simulated people do: they settle in, and then now and then one of them adds,
 * takes back, borrows or repays a little.  Attentive borrowers mend their account when it
 * comes near 1; the others learn of it from the liquidator. */

#include "cmd/plimsoll-demo/board.h"
#include "cmd/plimsoll-demo/market.h"
#include "cmd/plimsoll-demo/orders.h"

#define CONDUCT_ACTS_A_SECOND 0.08 /* of each person */

struct conduct {
	struct people *people;
	struct orders *orders;
	struct board *board;
	const struct market *market;
	double acted_at;  /* wall seconds */
	double owed_acts; /* whole and broken */
};

/* Suppliers approve and supply; borrowers approve, supply and borrow at the board's prices.  ERR_IO. */
MUST_CHECK enum err conduct_settle_suppliers(struct conduct *c);
MUST_CHECK enum err conduct_settle_borrowers(struct conduct *c);
/* How many have transactions that are in no block yet. */
u32 conduct_waiting(const struct conduct *c);

/* A moment of ordinary life: wall is any clock's seconds.  ERR_IO. */
MUST_CHECK enum err conduct_act(struct conduct *c, double wall);

#endif
