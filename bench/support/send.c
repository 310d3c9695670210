#include "bench/support/send.h"

#include <unistd.h>

#include "base/hash.h"
#include "bench/support/measure.h"

#define WORDS_MAX 8u
#define WAIT_MS   20000u

static void await_success(struct node *n, const struct hash *hash, const char *what)
{
	struct stored_block *block;
	u32 index;

	for (u32 waited = 0; waited < WAIT_MS; waited++) {
		if (store_tx_load(node_store(n), &block, &index, hash) == OK) {
			if (!block->txs[0].receipt.succeeded)
				give_up("%s failed", what);
			store_block_free(block);
			return;
		}
		usleep(1000);
	}
	give_up("%s is in no block", what);
}

void send_call(struct node *n, struct traffic *t, u32 actor, const struct address *to,
	       const char *signature, const struct u256 *words, u32 count)
{
	u8 calldata[4 + 32 * WORDS_MAX], out[TRAFFIC_TX_MAX];
	struct tx tx = { .type = TX_DYNAMIC_FEE, .to = *to, .chain_id = t->chain_id };
	struct refusal why;
	struct bytes raw;
	struct hash hash;

	if (count > WORDS_MAX)
		give_up("%s has too many arguments", signature);
	store_be32(calldata, selector_of(signature));
	for (u32 i = 0; i < count; i++)
		u256_to_be(calldata + 4 + 32 * i, &words[i]);
	tx.nonce = t->nonces[actor]++;
	tx.gas_limit = 1500000;
	tx.max_fee = t->fee;
	tx.max_tip = U256_ONE;
	tx.data = (struct bytes){ calldata, 4 + 32 * count };
	must(tx_sign(&raw, &tx, t->keys[actor], out, sizeof out), "sign");
	must(node_submit(n, &hash, &why, raw, NULL), signature);
	await_success(n, &hash, signature);
}
