/* A decoded transaction is well-formed to the last byte: what it borrows lies inside
 * the input, no shorter or longer input is the same transaction, and whoever signed
 * it can be named or not without harm. */

#include <assert.h>
#include <string.h>

#include "contracts-native/chain/tx.h"

#define CHAIN_ID 31337

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static bool lies_within(struct bytes inner, struct bytes outer)
{
	return inner.size == 0 || (inner.at >= outer.at && inner.at + inner.size <= outer.at + outer.size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct bytes raw = { data, size };
	static u8 longer[TX_SIZE_MAX + 1];
	struct u256 cost;
	struct tx tx, other;

	if (size > TX_SIZE_MAX || tx_decode(&tx, raw, CHAIN_ID))
		return 0;
	assert(tx.chain_id == CHAIN_ID && tx.nonce < UINT64_MAX && tx.y_parity <= 1);
	assert(lies_within(tx.data, raw) && lies_within(tx.access_list, raw));
	assert(tx_gas_intrinsic(&tx) >= TX_GAS_BASE + (u64)tx.data.size * TX_GAS_ZERO_BYTE);
	if (tx_cost_max(&cost, &tx) == OK)
		assert(u256_cmp(&cost, &tx.value) >= 0);
	if (tx_recover(&tx) == OK)
		assert(tx.is_recovered);

	assert(tx_decode(&other, (struct bytes){ data, size - 1 }, CHAIN_ID) != OK);
	memcpy(longer, data, size);
	longer[size] = 0;
	assert(tx_decode(&other, (struct bytes){ longer, size + 1 }, CHAIN_ID) != OK);
	assert(tx_decode(&other, raw, CHAIN_ID + 1) == ERR_TX_CHAIN_ID);
	return 0;
}
