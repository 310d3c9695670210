#ifndef TESTS_NODE_POOL_FIXTURE_H
#define TESTS_NODE_POOL_FIXTURE_H

/* A pool over a table of accounts, and short ways to send to it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ecdsa.h"
#include "contracts-native/dispatch/address.h"
#include "node/mempool.h"

#define CHAIN    20260u
#define GAS      100000u
#define FEE      1000000000u
#define ACCOUNTS 16

static struct address owners[ACCOUNTS];
static struct account accounts[ACCOUNTS];

static inline void key_of(u8 key[32], u32 i)
{
	memset(key, 0, 32);
	store_be32(key + 28, i + 1);
}

/* Runs after an account was read and before the pool gets it; NULL: nothing does. */
static void (*meanwhile)(void);
static u64 pool_now; /* microseconds */

static inline void read_account(void *context, const struct address *owner, struct account *out)
{
	void (*step)(void) = meanwhile;

	(void)context;
	*out = (struct account){ 0 };
	for (u32 i = 0; i < ACCOUNTS; i++) {
		if (address_cmp(owner, &owners[i]) == 0)
			*out = accounts[i];
	}
	if (step) {
		meanwhile = NULL;
		step();
	}
}

static inline u64 read_now(void *context)
{
	(void)context;
	return pool_now;
}

/* What subscribers were told, in order. */
static struct {
	struct hash at[4096];
	u32 count;
} told;

static inline void note_told(void *context, const struct hash *tx)
{
	(void)context;
	told.at[told.count++ % ARRAY_COUNT(told.at)] = *tx;
}

static inline struct mempool *make_bounded_pool(size_t max, size_t bytes_max)
{
	struct mempool_config config = {
		.chain_id = CHAIN,
		.gas_limit = 30000000,
		.base_fee = u256_from_u64(FEE),
		.max = max,
		.bytes_max = bytes_max,
		.account = read_account,
		.pending = note_told,
		.now_us = read_now,
	};
	struct mempool *m;

	for (u32 i = 0; i < ACCOUNTS; i++) {
		u8 key[32];

		key_of(key, i);
		assert_int_equal(address_of_key(&owners[i], key), OK);
		accounts[i] = (struct account){ .nonce = 0, .balance = u256_pow10(20) };
	}
	told.count = 0;
	m = mempool_new(&config);
	assert_non_null(m);
	return m;
}

static inline struct mempool *make_pool(size_t max)
{
	return make_bounded_pool(max, 0);
}

struct draft {
	u32 from;
	u64 nonce, tip, gas;
	struct address to;
	struct bytes data;
	u64 chain;
	u64 fee; /* 0: base fee and tip */
};

static inline enum err submit(struct mempool *m, const struct draft *d, struct refusal *why)
{
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = d->chain ? d->chain : CHAIN,
		.nonce = d->nonce,
		.gas_limit = d->gas ? d->gas : GAS,
		.max_tip = u256_from_u64(d->tip),
		.max_fee = u256_from_u64(d->fee ? d->fee : FEE + d->tip),
		.to = d->to,
		.data = d->data,
	};
	struct refusal ignored;
	struct bytes raw;
	struct hash hash;
	u8 key[32], out[4096];

	key_of(key, d->from);
	assert_int_equal(tx_sign(&raw, &tx, key, out, sizeof out), OK);
	return mempool_add(m, &hash, why ? why : &ignored, raw, NULL);
}

/* An aggregator call, as the pool tells it: what it says does not matter here. */
static inline struct draft oracle_call(u32 from, u64 nonce, u64 tip)
{
	static const u8 call[] = { 0xef, 0x7f, 0xa7, 0x1b };

	return (struct draft){
		.from = from,
		.nonce = nonce,
		.tip = tip,
		.to = contract_address(CONTRACT_AGGREGATOR, 0),
		.data = { call, sizeof call },
	};
}

static inline enum err send(struct mempool *m, u32 from, u64 nonce, u64 tip)
{
	return submit(m, &(struct draft){ .from = from, .nonce = nonce, .tip = tip }, NULL);
}

static inline u32 choose(struct mempool *m, struct pooled **out)
{
	return mempool_choose(m, out, 64, 30000000, 1 << 20);
}

static inline void release(struct pooled **list, u32 count)
{
	for (u32 i = 0; i < count; i++)
		pooled_release(list[i]);
}

static inline void commit(struct mempool *m, u32 owner, u64 nonce, struct u256 balance)
{
	struct account_change change = { owners[owner], { nonce, balance } };

	accounts[owner] = change.account;
	mempool_committed(m, &change, 1);
}

/* -- a folder, as setup and teardown of a test ------------------------------------------------------- */

static char folder[64];

static inline int make_folder(void **unused)
{
	(void)unused;
	(void)snprintf(folder, sizeof folder, "/tmp/plimsoll-pool-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **unused)
{
	char command[100];

	(void)unused;
	(void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : -1;
}

#endif
