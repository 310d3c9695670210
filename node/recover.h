#ifndef NODE_RECOVER_H
#define NODE_RECOVER_H

/* Signature recovery of many transactions on several cores: what a block costs that did
 * not come through this node's pool. */

#include "contracts-native/chain/tx.h"

#define RECOVER_THREADS_MAX 64

/* Recovers every transaction that is not yet; one whose signature no key gives stays so. */
void recover_all(struct tx *const *txs, u32 count, u32 threads);

#endif
