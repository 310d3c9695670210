#include "base/ecdsa.h"

#include <assert.h>
#include <secp256k1_preallocated.h>
#include <secp256k1_recovery.h>
#include <stdalign.h>
#include <string.h>

#include "base/hash.h"

/* Signing needs a context that can multiply the generator.  It is small and made anew in
 * the caller's stack for each signature, so that nothing global changes. */
#define CONTEXT_SIZE_MAX 1024

struct signer {
	alignas(16) u8 memory[CONTEXT_SIZE_MAX];
};

static secp256k1_context *signer_init(struct signer *signer)
{
	assert(secp256k1_context_preallocated_size(SECP256K1_CONTEXT_NONE) <= sizeof signer->memory);

	return secp256k1_context_preallocated_create(signer->memory, SECP256K1_CONTEXT_NONE);
}

static void signer_clear(secp256k1_context *context)
{
	secp256k1_context_preallocated_destroy(context);
}

enum err signature_sign(struct signature *out, const u8 key[32], const struct hash *digest)
{
	secp256k1_ecdsa_recoverable_signature signed_;
	struct signer signer;
	secp256k1_context *context = signer_init(&signer);
	u8 compact[64];
	int parity;
	bool good = secp256k1_ecdsa_sign_recoverable(context, &signed_, digest->bytes, key, NULL, NULL);

	if (good)
		secp256k1_ecdsa_recoverable_signature_serialize_compact(context, compact, &parity, &signed_);
	signer_clear(context);
	if (!good)
		return ERR_SIGNATURE;
	/* 2 and 3 stand for an x-coordinate above the order: as likely as guessing a key. */
	if (parity > 1)
		return ERR_SIGNATURE;
	*out = (struct signature){ u256_from_be(compact), u256_from_be(compact + 32), (u8)parity };
	assert(signature_is_canonical(out));
	return OK;
}

enum err public_of_key(u8 out[64], const u8 key[32])
{
	struct signer signer;
	secp256k1_context *context = signer_init(&signer);
	secp256k1_pubkey public;
	u8 point[65];
	size_t point_size = sizeof point;
	bool good = secp256k1_ec_pubkey_create(context, &public, key);

	if (good)
		secp256k1_ec_pubkey_serialize(context, point, &point_size, &public, SECP256K1_EC_UNCOMPRESSED);
	signer_clear(context);
	if (!good)
		return ERR_SIGNATURE;
	memcpy(out, point + 1, 64);
	return OK;
}

enum err address_of_key(struct address *out, const u8 key[32])
{
	struct hash hash;
	u8 public[64];

	TRY(public_of_key(public, key));
	keccak256(&hash, (struct bytes){ public, sizeof public });
	memcpy(out->bytes, hash.bytes + 12, sizeof out->bytes);
	return OK;
}
