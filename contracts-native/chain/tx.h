#ifndef CONTRACTS_CHAIN_TX_H
#define CONTRACTS_CHAIN_TX_H

/* Ethereum transactions of types 0 (EIP-155), 1 (EIP-2930) and 2 (EIP-1559).
 *
 * Decoding is strict: canonical RLP, nothing trailing, low s, r and s in range, a
 * recipient present.  Access lists are accepted, charged for, and have no effect. */

#include "base/rlp.h"

#define TX_SIZE_MAX           (128 << 10) /* bytes of one raw transaction */
#define TX_GAS_BASE           21000u
#define TX_GAS_ZERO_BYTE      4u
#define TX_GAS_BYTE           16u
#define TX_GAS_ACCESS_ADDRESS 2400u
#define TX_GAS_ACCESS_KEY     1900u

enum tx_type { TX_LEGACY = 0,
	       TX_ACCESS_LIST = 1,
	       TX_DYNAMIC_FEE = 2 };

struct tx {
	enum tx_type type;
	u8 y_parity;
	bool is_recovered; /* sender is known */
	u64 chain_id, nonce, gas_limit;
	struct u256 max_fee; /* wei a gas; types 0 and 1: the gas price */
	struct u256 max_tip; /* wei a gas; types 0 and 1: the gas price */
	struct address to;
	struct u256 value;
	struct bytes data;        /* borrowed from raw */
	struct bytes access_list; /* RLP payload of the list, borrowed; empty for type 0 */
	u32 access_addresses, access_keys;
	struct u256 r, s;
	struct hash hash;           /* keccak of the raw bytes */
	struct address sender;      /* after tx_recover */
	struct bytes raw;           /* borrowed */
	struct bytes signed_fields; /* RLP payload of what was signed, borrowed */
};

/* tx_decode reads raw bytes (the tx borrows them).  Errors: ERR_TX_* for what wallets
 * must be told apart (type, chain id, unprotected, creation, size, nonce), else what RLP gives,
 * ERR_SIGNATURE for r, s or v out of range or a high s. */
MUST_CHECK enum err tx_decode(struct tx *out, struct bytes raw, u64 chain_id);

/* The digest that was signed. */
void tx_signing_hash(struct hash *out, const struct tx *tx);
/* tx_recover fills sender.  ERR_TX_SENDER: no key gives this signature. */
MUST_CHECK enum err tx_recover(struct tx *tx);

/* Gas before any contract runs: base, calldata, access list. */
u64 tx_gas_intrinsic(const struct tx *tx);
/* min(max_fee, base_fee + max_tip).  Requires max_fee >= base_fee. */
struct u256 tx_gas_price(const struct tx *tx, const struct u256 *base_fee);
/* value + gas_limit * max_fee: what the sender must own.  ERR_ARITHMETIC: above 2^256-1. */
MUST_CHECK enum err tx_cost_max(struct u256 *out, const struct tx *tx);

/* tx_sign encodes an unsigned tx (type, chain_id, nonce, gas, fees, to, value, data, access list) and
 * signs it (RFC 6979, low s).  For clients and tests.
 * ERR_FULL: out is too small; ERR_SIGNATURE: not a valid key. */
MUST_CHECK enum err tx_sign(struct bytes *raw, const struct tx *unsigned_tx, const u8 key[32], u8 *out, size_t capacity);
/* tx_draft encodes one that is still to be signed as go-ethereum does: with zeros for v, r and s.  ERR_FULL. */
MUST_CHECK enum err tx_draft(struct bytes *raw, const struct tx *tx, u8 *out, size_t capacity);

/* A development node may execute what nobody signed.  Such a transaction says so itself: r is 0, which
 * no signature has, and s is the sender's address, so that its hash names the sender too.  No other
 * node takes it: tx_decode refuses it.
 *
 * tx_unsigned encodes one, of type 2.  ERR_FULL: out is too small. */
MUST_CHECK enum err tx_unsigned(struct bytes *raw, const struct tx *tx, const struct address *sender, u8 *out,
				size_t capacity);
/* tx_decode_stored is tx_decode that also takes those, with their sender: for what this node has put
 * into a block, or is about to. */
MUST_CHECK enum err tx_decode_stored(struct tx *out, struct bytes raw, u64 chain_id);

#endif
