#ifndef RPC_SEND_H
#define RPC_SEND_H

#include "rpc/rpc.h"

/* Why a transaction was refused, in go-ethereum's words.  raw: its bytes; size 0 if there are none. */
enum rpc_code send_refused(struct rpc *c, enum err e, const struct refusal *why, struct bytes raw);

#endif
