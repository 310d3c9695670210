#ifndef TESTS_NODE_FIXTURE_H
#define TESTS_NODE_FIXTURE_H

/* What tests of a whole node share: a devnet in a folder of its own, its funded accounts
 * and their keys, signed transactions, and blocks made by hand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/dispatch/address.h"
#include "node/genesis.h"
#include "node/node_parts.h"

#define FIXTURE_ACCOUNTS 3

/* The first keys of the "test ... junk" mnemonic; beyond them: the number itself, plus one. */
static const char *const fixture_keys[FIXTURE_ACCOUNTS] = {
	"0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
	"0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
	"0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
};

static inline void fixture_key(u8 key[32], u32 i)
{
	memset(key, 0, 32);
	store_be32(key + 28, i + 1);
	if (i < FIXTURE_ACCOUNTS)
		assert_int_equal(hex_to_fixed(key, 32, fixture_keys[i], 66), OK);
}

static inline struct address fixture_owner(u32 i)
{
	struct address owner;
	u8 key[32];

	fixture_key(key, i);
	assert_int_equal(address_of_key(&owner, key), OK);
	return owner;
}

struct fixture {
	char path[64];
	struct node *node;
};

static u64 fixture_states; /* of the node to be opened; 0: as it is unless set */

static inline void fixture_open(struct fixture *f)
{
	struct node_config config = {
		.data_dir = f->path,
		.block_time_ms = 20,
		.clock_speed = 1,
		.cache_bytes = 8u << 20,
		.no_sync = true,
		.history = fixture_states,
	};
	char why[STORE_WHY_MAX] = "";

	if (node_open(&f->node, &config, why) != OK)
		fail_msg("%s", why);
}

#define FIXTURE_TIME 1700000000 /* of genesis: the same in every run */

static inline void fixture_write_genesis(const char *path)
{
	char why[STORE_WHY_MAX], *text;
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(genesis_settle(&text, genesis_devnet(), FIXTURE_TIME, why), OK);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	free(text);
}

/* A folder with a fresh devnet, its node open but not started. */
static inline void fixture_init(struct fixture *f)
{
	char why[STORE_WHY_MAX] = "", genesis[96];

	(void)snprintf(f->path, sizeof f->path, "/tmp/plimsoll-node-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	(void)snprintf(genesis, sizeof genesis, "%s/devnet.json", f->path);
	fixture_write_genesis(genesis);
	if (node_init(f->path, genesis, why) != OK)
		fail_msg("%s", why);
	fixture_open(f);
}

static inline void fixture_free(struct fixture *f)
{
	char command[128];

	node_close(f->node);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", f->path);
	assert_int_equal(system(command), 0);
}

/* A signed call or transfer; out holds it. */
struct request {
	u32 from;
	u64 nonce;
	u64 gas; /* 0: 21000 */
	struct address to;
	u64 wei, tip;
	struct bytes data;
};
static inline struct bytes fixture_sign(const struct fixture *f, const struct request *r, u8 *out, size_t capacity)
{
	const struct genesis *g = node_genesis(f->node);
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = g->chain_id,
		.nonce = r->nonce,
		.gas_limit = r->gas ? r->gas : 21000,
		.max_fee = g->base_fee,
		.max_tip = u256_from_u64(r->tip),
		.to = r->to,
		.value = u256_from_u64(r->wei),
		.data = r->data,
	};
	struct bytes raw = { 0 };
	u8 key[32];

	assert_int_equal(u256_add(&tx.max_fee, &tx.max_fee, &tx.max_tip), OK);
	fixture_key(key, r->from);
	assert_int_equal(tx_sign(&raw, &tx, key, out, capacity), OK);
	return raw;
}

static inline enum err fixture_send(struct fixture *f, const struct request *r, struct hash *hash)
{
	u8 out[4096];
	struct refusal why;
	struct hash ignored;

	return node_submit(f->node, hash ? hash : &ignored, &why,
			   fixture_sign(f, r, out, sizeof out), NULL);
}

/* Queues a call of words after the selector, at the next pending nonce. */
static inline void fixture_call(struct fixture *f, u32 from, enum contract_kind kind, u16 index,
				const char *signature, const struct u256 *words, u32 count)
{
	u8 data[4 + 8 * 32];
	struct address owner = fixture_owner(from);
	struct request r = {
		.from = from,
		.nonce = node_pending_nonce(f->node, &owner),
		.gas = 1000000,
		.to = contract_address(kind, index),
		.data = { data, 4 + 32 * (size_t)count },
	};

	assert_true(count <= 8);
	store_be32(data, selector_of(signature));
	for (u32 i = 0; i < count; i++)
		u256_to_be(data + 4 + 32 * (size_t)i, &words[i]);
	assert_int_equal(fixture_send(f, &r, NULL), OK);
}

/* Whether every transaction of the head's block succeeded. */
static inline bool fixture_all_succeeded(struct fixture *f)
{
	struct store_head head;
	struct stored_block *b;
	bool all = true;

	node_head(f->node, &head);
	assert_int_equal(store_block_load(node_store(f->node), &b, head.header.number), OK);
	for (u32 i = 0; i < b->count; i++)
		all &= b->txs[i].receipt.succeeded;
	store_block_free(b);
	return all;
}

static inline void fixture_block(struct fixture *f)
{
	assert_int_equal(solo_make(f->node->solo), OK);
}

static inline struct account fixture_account(struct fixture *f, const struct address *owner)
{
	struct store_head head;
	struct reader r;
	struct account account;

	node_head(f->node, &head);
	reader_init(&r);
	assert_int_equal(reader_begin(&r, f->node, head.header.number, false), OK);
	(void)account_read(&r.state, &(struct account_key){ *owner }, &account);
	reader_free(&r);
	return account;
}

static inline u64 fixture_wei(struct fixture *f, const struct address *owner)
{
	struct account account = fixture_account(f, owner);

	return u256_low64(&account.balance);
}

#endif
