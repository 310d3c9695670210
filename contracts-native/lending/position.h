#ifndef CONTRACTS_LENDING_POSITION_H
#define CONTRACTS_LENDING_POSITION_H

/* Balances that grow: what a user supplied to a reserve (aToken) and owes it (variable
 * debt token).
 *
 *     balance = scaled * index      down for supplies, up for debts
 *
 * Stored are the scaled balance (120 bits) and the index of its last change; the events
 * show how the visible balance moved since then, interest included.  All of these update
 * the reserve's working copy and write the user's record; events come from the token. */

#include "contracts-native/lending/reserve.h"

enum side { SIDE_SUPPLY,
	    SIDE_DEBT };

#define POSITION_SCALED_BITS 120

struct position position_of(struct state *s, u16 reserve, const struct address *owner);

/* Visible balances at an index. */
MUST_CHECK enum err position_supply(struct amount *out, const struct position *p, struct ray index);
MUST_CHECK enum err position_debt(struct amount *out, const struct position *p, struct ray index);

/* position_mint adds scaled units to `to`; *first tells whether there were none.
 * InvalidMintAmount: scaled is 0.  SafeCastOverflowedUintDowncast; ERR_ARITHMETIC. */
MUST_CHECK enum err position_mint(struct call *c, bool *first, struct reserve_open *m, enum side side,
				  const struct address *caller, const struct address *to,
				  struct scaled scaled, struct ray index);

/* position_burn takes scaled units from `from`; *emptied tells whether none are left.  target
 * is only shown in the event.  InvalidBurnAmount: scaled is 0.  ERR_ARITHMETIC: not that many. */
MUST_CHECK enum err position_burn(struct call *c, bool *emptied, struct reserve_open *m, enum side side,
				  const struct address *from, const struct address *target,
				  struct scaled scaled, struct ray index);

/* position_redeem burns supply and hands out amount of the underlying token, unless the
 * receiver is the aToken itself: then the tokens stay. */
MUST_CHECK enum err position_redeem(struct call *c, bool *emptied, struct reserve_open *m,
				    const struct address *from, const struct address *receiver,
				    struct amount amount, struct scaled scaled, struct ray index);

/* position_move shifts supply between users.  sender is only shown in events.  No address is
 * refused.  ERR_ARITHMETIC: not that many. */
MUST_CHECK enum err position_move(struct call *c, struct reserve_open *m, const struct address *sender,
				  const struct address *from, const struct address *to,
				  struct amount amount, struct scaled scaled, struct ray index);

#endif
