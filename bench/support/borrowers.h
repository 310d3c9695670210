#ifndef BENCH_SUPPORT_BORROWERS_H
#define BENCH_SUPPORT_BORROWERS_H

/* Accounts with debt, as many as wanted: one to three positions over five reserves each, and a health
 * factor from 1.005 to 2.4 at genesis prices. */

#include "bench/support/rig.h"

/* Opens the folder, writes them through the store, block by block, and closes it again. */
void borrowers_fill(struct rig *rig, u64 count);
struct address borrower_address(u64 i);

#endif
