#ifndef CLIENT_WALLET_H
#define CLIENT_WALLET_H

/* An account at work: asks the node for what a transaction needs, signs it here (type 2),
 * sends it, waits for its receipt, and says why it failed if it did.  The key
 * never leaves the process. */

#include "client/fault.h"
#include "client/rpc.h"
#include "contracts-native/chain/tx.h"

#define WALLET_WAIT_MS  30000 /* a receipt that takes longer is a fault of its own */
#define WALLET_DATA_MAX 4096  /* bytes of calldata */
#define WALLET_RAW_MAX  (WALLET_DATA_MAX + 512)

struct wallet {
	struct rpc_client *rpc; /* borrowed */
	u64 chain_id;
	struct address owner;
	u8 key[32];
	bool has_key;
};

/* wallet_open asks for the chain id.  key NULL: only owner, to watch; owner NULL: that of the key. */
MUST_CHECK enum err wallet_open(struct wallet *out, struct rpc_client *rpc, struct fault *why,
				const u8 *key, const struct address *owner);
/* An account that only signs, for a chain that the caller knows: it has no node to ask. */
MUST_CHECK enum err wallet_open_offline(struct wallet *out, struct fault *why, const u8 key[32], u64 chain_id);
void wallet_close(struct wallet *w); /* wipes the key */

/* What to send.  nonce and gas may be WALLET_ASK: wallet_prepare fills them. */
#define WALLET_ASK UINT64_MAX
struct request {
	struct address to;
	struct u256 value; /* wei */
	struct bytes data; /* borrowed */
	u64 nonce, gas;
	struct u256 fee; /* wei a gas, all included; 0 = ask */
	struct u256 tip; /* of it, for whoever makes the block; 0 = ask */
};
struct request request_to(const struct address *to, struct bytes data); /* asks for everything */

/* wallet_prepare fills what is to be asked, in one round trip.  Gas gets a fifth on top: state may move
 * before the block.  ERR_REVERT: the transaction would fail, *why tells how. */
MUST_CHECK enum err wallet_prepare(struct wallet *w, struct fault *why, struct request *r);
/* wallet_sign signs what is already complete into buffer; *raw is part of it. */
MUST_CHECK enum err wallet_sign(struct bytes *raw, const struct wallet *w, struct fault *why, const struct request *r,
				u8 buffer[WALLET_RAW_MAX]);
/* wallet_broadcast sends what somebody has signed.  Errors as wallet_submit. */
MUST_CHECK enum err wallet_broadcast(struct wallet *w, struct fault *why, struct bytes raw);
/* The chain that a signed transaction is for, before it is decoded.  Errors are those of tx_decode. */
MUST_CHECK enum err raw_chain_id(u64 *out, struct bytes raw);
/* wallet_submit signs and sends what is already complete; nonce, gas and fee must be known.  *out is set
 * before it is sent.  ERR_EXISTS: the node has it already; ERR_ORDER: the nonce is used up. */
MUST_CHECK enum err wallet_submit(struct hash *out, struct wallet *w, struct fault *why, const struct request *r);
/* wallet_send prepares and submits. */
MUST_CHECK enum err wallet_send(struct hash *out, struct wallet *w, struct fault *why, struct request *r);

struct tx_result {
	struct hash hash;
	bool is_success;
	u64 height, gas_used;
	struct u256 gas_price;
	json_t *json; /* the node's object; json_decref it */
};
/* wallet_receipt looks once.  ERR_NOT_FOUND: not in a block yet. */
MUST_CHECK enum err wallet_receipt(struct tx_result *out, struct wallet *w, struct fault *why, const struct hash *hash);
/* wallet_wait looks until timeout_ms have passed.  A failed transaction is OK with is_success false. */
MUST_CHECK enum err wallet_wait(struct tx_result *out, struct wallet *w, struct fault *why, const struct hash *hash,
				u64 timeout_ms);
/* Why a transaction in a block failed: runs it again on the state before that block. */
enum err wallet_explain(struct wallet *w, struct fault *why, const struct request *r, u64 height);
/* All in one: sends, waits, and turns a failed receipt into its fault. */
MUST_CHECK enum err wallet_run(struct tx_result *out, struct wallet *w, struct fault *why, struct request *r);

#endif
