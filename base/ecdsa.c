#include "base/ecdsa.h"

#include <assert.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include "base/hash.h"

/* The order of the group, and half of it rounded down. */
/* clang-format off */
static const struct u256 order = { {
	0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff,
} };
static const struct u256 order_half = { {
	0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff,
} };
/* clang-format on */

bool signature_is_canonical(const struct signature *sig)
{
	return sig->y_parity <= 1 && !u256_is_zero(&sig->r) && !u256_is_zero(&sig->s) &&
	       u256_cmp(&sig->r, &order) < 0 && u256_cmp(&sig->s, &order_half) <= 0;
}

enum err signature_recover(struct address *out, const struct signature *sig, const struct hash *digest)
{
	secp256k1_ecdsa_recoverable_signature parsed;
	secp256k1_pubkey key;
	u8 compact[64], point[65];
	size_t point_size = sizeof point;
	struct hash hash;

	if (!signature_is_canonical(sig))
		return ERR_SIGNATURE;
	u256_to_be(compact, &sig->r);
	u256_to_be(compact + 32, &sig->s);
	if (!secp256k1_ecdsa_recoverable_signature_parse_compact(secp256k1_context_static, &parsed,
								 compact, sig->y_parity) ||
	    !secp256k1_ecdsa_recover(secp256k1_context_static, &key, &parsed, digest->bytes))
		return ERR_SIGNATURE;
	secp256k1_ec_pubkey_serialize(secp256k1_context_static, point, &point_size, &key,
				      SECP256K1_EC_UNCOMPRESSED);
	assert(point_size == sizeof point);
	keccak256(&hash, (struct bytes){ point + 1, 64 });
	memcpy(out->bytes, hash.bytes + 12, sizeof out->bytes);
	return OK;
}
