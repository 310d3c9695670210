#ifndef RPC_DRAFT_H
#define RPC_DRAFT_H

/* Transactions that are still to be signed, from call objects: what they leave out is filled in.
 *
 *     type     0 with a gasPrice, 1 with an access list besides, else 2
 *     fees     what eth_gasPrice and eth_maxPriorityFeePerGas recommend
 *     nonce    after all that is queued
 *     gas      what the call uses in the block to come */

#include "contracts-native/chain/tx.h"
#include "rpc/simulate.h"

/* draft_fill makes a transaction of parameter 0, which request was read from; it borrows from request.
 * RPC_SERVER: it is of no type that this chain has, or pays too little, or its sender cannot; RPC_INVALID_PARAMS: it
 * asks for what its type does not have; RPC_REVERT: the call fails. */
enum rpc_code draft_fill(struct rpc *c, struct tx *out, const struct call_request *request);
/* Encodes it into rpc memory and notes its hash.  RPC_SERVER: it is too large. */
enum rpc_code draft_encode(struct rpc *c, struct bytes *raw, struct tx *tx);

#endif
