#ifndef BENCH_SUPPORT_ANVIL_H
#define BENCH_SUPPORT_ANVIL_H

/* anvil, Foundry's node for tests, as a program to compare with.  tools/deps.sh bench installs it where
 * npm and Linux on x86-64 are; without it there is nothing to compare with, which is no failure.
 *
 * It holds one contract, whose only answer is six words of its storage: as many as getUserAccountData
 * answers, without any of the arithmetic. */

#include "base/types.h"

struct anvil;
/* NULL: it is not installed.  Anything else that goes wrong ends the program. */
struct anvil *anvil_start(void);
void anvil_stop(struct anvil *a); /* a NULL: nothing */
u16 anvil_port(const struct anvil *a);
/* An eth_call of that contract, as JSON. */
const char *anvil_call(void);

#endif
