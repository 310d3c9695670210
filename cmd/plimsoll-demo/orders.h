#ifndef DEMO_ORDERS_H
#define DEMO_ORDERS_H

/* What people ask the chain for: signed transactions, sent in batches over JSON-RPC.
 *
 * Nonces are counted here.  When the node refuses a transaction, its sender's later ones would
 * wait for ever, so the nonce is read from the node again. */

#include "client/rpc.h"
#include "cmd/plimsoll-demo/people.h"
#include "cmd/plimsoll-demo/tally.h"

#define ORDERS_BATCH_MAX 200     /* transactions in one request */
#define ORDER_GAS        400000u /* twice what the dearest deed takes */

enum deed {
	DEED_APPROVE,
	DEED_SUPPLY,
	DEED_WITHDRAW,
	DEED_BORROW,
	DEED_REPAY,
};

struct orders {
	struct rpc_client *rpc;
	u64 chain_id;
	struct u256 base_fee;
	const struct terms *terms; /* of every asset */
	json_t *batch;             /* of calls to make */
	struct person *senders[ORDERS_BATCH_MAX];
	u64 sent, refused;
	struct tally refusals; /* the node's words */
};

/* terms must outlive o.  ERR_FULL: out of memory. */
MUST_CHECK enum err orders_init(struct orders *o, struct rpc_client *rpc, u64 chain_id,
				struct u256 base_fee, const struct terms terms[ASSET_COUNT]);
void orders_free(struct orders *o);

/* orders_add signs one deed of p about an asset and queues it; tokens below 0: all there is.
 * height is the chain's now.  A full batch is sent at once.  ERR_IO: the node does not answer. */
MUST_CHECK enum err orders_add(struct orders *o, struct person *p, enum deed deed, enum asset asset,
			       double tokens, u64 height);
/* Sends what is queued.  ERR_IO. */
MUST_CHECK enum err orders_flush(struct orders *o);
/* Reads p's nonce from the node: after a refusal, or when a transaction seems lost.  ERR_IO. */
MUST_CHECK enum err orders_resume(struct orders *o, struct person *p);

#endif
