#ifndef BASE_ECDSA_H
#define BASE_ECDSA_H

/* secp256k1 as Ethereum uses it: 32-byte digests, recoverable signatures with low s,
 * accounts named by the last 20 bytes of the Keccak of the public key. */

#include "base/u256.h"

struct signature {
	struct u256 r, s;
	u8 y_parity; /* 0 or 1 */
};

/* Whether r and s are in [1, n-1], s <= n/2 and y_parity <= 1. */
bool signature_is_canonical(const struct signature *sig);

/* Who signed digest.  ERR_SIGNATURE: not canonical, or no key gives it. */
MUST_CHECK enum err signature_recover(struct address *out, const struct signature *sig, const struct hash *digest);

/* ERR_SIGNATURE: key is 0 or not below n. */
MUST_CHECK enum err signature_sign(struct signature *out, const u8 key[32], const struct hash *digest);
MUST_CHECK enum err address_of_key(struct address *out, const u8 key[32]);
/* The uncompressed public key without its 0x04. */
MUST_CHECK enum err public_of_key(u8 out[64], const u8 key[32]);

#endif
