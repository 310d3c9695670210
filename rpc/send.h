#ifndef RPC_SEND_H
#define RPC_SEND_H

#include "rpc/rpc.h"

/* Why a transaction was refused, in go-ethereum's words.  raw: its bytes; size 0 if there are none. */
enum rpc_code send_refused(struct rpc *c, enum err e, const struct refusal *why, struct bytes raw);

#define SEND_MINED_MS_MAX 2000

/* On a development chain that makes a block of whatever waits, waits for the one of a transaction that was queued, as
 * scripts for anvil and hardhat expect: what asks for its receipt next finds it.  Not if a nonce before it is missing or it
 * is taken out, and at most SEND_MINED_MS_MAX. */
void send_mined(struct rpc *c, const struct hash *hash);

#endif
