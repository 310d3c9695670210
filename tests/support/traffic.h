#ifndef TESTS_SUPPORT_TRAFFIC_H
#define TESTS_SUPPORT_TRAFFIC_H

/* Signed transactions of people who do not exist: a seeded stream for tests and benchmarks.
 *
 * Actor i signs with keccak("actor-i"); the devnet genesis with these people in it comes
 * from traffic_genesis.  Nonces are tracked here, so every transaction of a stream must be
 * executed, in order for each actor. */

#include "contracts-native/chain/tx.h"

#define TRAFFIC_TX_MAX 600 /* bytes of one transaction */

enum traffic_kind {
	TRAFFIC_TRANSFER, /* gas coin */
	TRAFFIC_TOKEN_TRANSFER,
	TRAFFIC_APPROVE, /* the pool, without limit */
	TRAFFIC_SUPPLY,
	TRAFFIC_WITHDRAW,
	TRAFFIC_BORROW,
	TRAFFIC_REPAY,
	TRAFFIC_COLLATERAL, /* switches a reserve on or off as collateral */
	TRAFFIC_LIQUIDATE,
	TRAFFIC_PRICE,   /* a devnet's setAnswer */
	TRAFFIC_GARBAGE, /* bytes that no method takes */
	TRAFFIC_KINDS,
};

struct traffic {
	u64 random;
	u64 chain_id;
	struct u256 fee; /* max_fee, wei a gas */
	u32 actor_count;
	u64 *nonces; /* next of each actor */
	u8 (*keys)[32];
	struct address *actors;
};

/* The devnet genesis, starting at time, with rich actors, a gas limit and a base fee of 1 gwei.
 * free() it; NULL: out of memory. */
char *traffic_genesis(u32 actor_count, u64 time, u64 gas_limit);

void traffic_init(struct traffic *t, u64 chain_id, u32 actor_count, u64 seed); /* aborts without memory */
void traffic_free(struct traffic *t);

u64 traffic_random(struct traffic *t, u64 below);

/* One transaction of a kind by an actor; raw bytes go to out. */
struct bytes traffic_sign(struct traffic *t, u8 out[TRAFFIC_TX_MAX], u32 actor, enum traffic_kind kind);
/* One of any kind by anyone: mostly lending, some of it bound to fail. */
struct bytes traffic_any(struct traffic *t, u8 out[TRAFFIC_TX_MAX]);

#endif
