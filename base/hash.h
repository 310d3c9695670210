#ifndef BASE_HASH_H
#define BASE_HASH_H

/* The two hashes of the chain: Keccak-256 with Ethereum's 0x01 padding (names,
 * transactions, headers, tries) and SHA-256 (the state commitment). */

#include "base/types.h"

void keccak256(struct hash *out, struct bytes in);
/* Hash of several ranges laid end to end, without copying them. */
void keccak256_parts(struct hash *out, const struct bytes *parts, size_t count);
/* count messages of part_count ranges each, those of message i at parts + i * part_count: the same hashes
 * as keccak256_parts gives one by one, for a third of the work. */
void keccak256_many(struct hash *out, const struct bytes *parts, size_t part_count, size_t count);
void sha256(struct hash *out, struct bytes in);
void sha256_parts(struct hash *out, const struct bytes *parts, size_t count);

/* The first four bytes of keccak256(signature), big-endian: a function selector. */
u32 selector_of(const char *signature);

#endif
