#ifndef BENCH_SUPPORT_RECOVERY_H
#define BENCH_SUPPORT_RECOVERY_H

/* The physical limit of an Ethereum-signed chain: how many signatures libsecp256k1 recovers
 * on all cores, with nothing else to do. */

#include "base/types.h"

struct recovery {
	double per_second; /* on all cores, by the clock on the wall */
	double cpu_ns;     /* of one */
};
/* Runs for so long. */
struct recovery recovery_measure(u64 milliseconds);

#endif
