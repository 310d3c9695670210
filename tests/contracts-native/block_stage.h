#ifndef TESTS_CONTRACTS_NATIVE_BLOCK_STAGE_H
#define TESTS_CONTRACTS_NATIVE_BLOCK_STAGE_H

/* A block that has just begun, and alice, who has 10 ether. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "contracts-native/chain/block.h"
#include "tests/support/world.h"

#define GWEI  1000000000ull
#define ETHER 1000000000000000000ull

struct stage {
	struct world w;
	struct block b;
	struct address alice, bob;
};

static inline int begin(void **state)
{
	static struct stage s;

	world_init(&s.w);
	s.alice = world_account(1);
	s.bob = world_account(2);
	world_set_wei(&s.w, &s.alice, 10 * ETHER);
	world_commit(&s.w);
	block_begin(&s.b, &s.w.state, &s.w.env, &s.w.arena);
	*state = &s;
	return 0;
}

static inline int end(void **state)
{
	struct stage *s = *state;

	world_free(&s->w);
	return 0;
}

/* From alice to bob: 1 ether, base fee 1 gwei and a tip of 2, at most 5. */
static inline struct tx transfer(const struct stage *s, u64 nonce)
{
	static const u8 raw[] = "raw bytes";

	return (struct tx){
		.type = TX_DYNAMIC_FEE,
		.is_recovered = true,
		.sender = s->alice,
		.chain_id = 31337,
		.nonce = nonce,
		.gas_limit = 50000,
		.max_fee = u256_from_u64(5 * GWEI),
		.max_tip = u256_from_u64(2 * GWEI),
		.to = s->bob,
		.value = u256_from_u64(ETHER),
		.raw = { raw, sizeof raw },
	};
}

static inline void give_tokens(struct stage *s, u64 amount)
{
	struct token token = { .supply = u256_from_u64(amount), .decimals = 18, .symbol = "T" };
	struct balance balance = { u256_from_u64(amount) };
	struct chain chain = { .chain_id = 31337, .token_count = 1 };

	chain_write(&s->w.state, &(struct chain_key){ 0 }, &chain);
	token_write(&s->w.state, &(struct token_key){ 0 }, &token);
	balance_write(&s->w.state, &(struct balance_key){ 0, s->alice }, &balance);
}

static inline struct tx token_transfer(const struct stage *s, u64 nonce, u8 input[68], u64 amount)
{
	struct tx tx = transfer(s, nonce);

	memset(input, 0, 68);
	store_be32(input, selector_of("transfer(address,uint256)"));
	memcpy(input + 16, s->bob.bytes, 20);
	store_be64(input + 60, amount);
	tx.to = contract_address(CONTRACT_TOKEN, 0);
	tx.value = U256_ZERO;
	tx.gas_limit = 100000;
	tx.data = (struct bytes){ input, 68 };
	return tx;
}

#endif
