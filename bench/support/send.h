#ifndef BENCH_SUPPORT_SEND_H
#define BENCH_SUPPORT_SEND_H

/* Calls of contracts by the actors of tests/support/traffic.h, one at a time. */

#include "base/u256.h"
#include "contracts-native/dispatch/address.h"
#include "node/node.h"
#include "tests/support/traffic.h"

/* Signs a call with the given one-word arguments, submits it, and waits until it is in a block.
 * Ends the program unless it succeeded. */
void send_call(struct node *n, struct traffic *t, u32 actor, const struct address *to,
	       const char *signature, const struct u256 *words, u32 count);

#endif
