#ifndef BASE_HEX_H
#define BASE_HEX_H

/* Hexadecimal text as Ethereum's JSON-RPC writes it: lowercase out, any case in,
 * always 0x.  DATA has an even number of digits ("0x" is empty); a QUANTITY has
 * no leading zero ("0x0" is zero). */

#include "base/u256.h"

#define HEX_QUANTITY_MAX 67 /* bytes of "0x" + 64 digits + NUL */

/* hex_from_bytes writes "0x", two digits a byte and a NUL: 3 + 2 * size bytes.  Returns the length. */
size_t hex_from_bytes(char *out, struct bytes in);
size_t hex_from_u64(char out[HEX_QUANTITY_MAX], u64 x);
size_t hex_from_u256(char out[HEX_QUANTITY_MAX], const struct u256 *x);

/* hex_to_bytes decodes DATA into at most capacity bytes.
 * ERR_SYNTAX: no 0x, an odd count, or not a digit.  ERR_SIZE: more than capacity. */
MUST_CHECK enum err hex_to_bytes(u8 *out, size_t *out_size, size_t capacity, const char *text, size_t size);
/* Exactly that many bytes. ERR_SYNTAX as above, ERR_SIZE otherwise. */
MUST_CHECK enum err hex_to_fixed(u8 *out, size_t bytes, const char *text, size_t size);
MUST_CHECK enum err hex_to_address(struct address *out, const char *text, size_t size);
MUST_CHECK enum err hex_to_hash(struct hash *out, const char *text, size_t size);
/* QUANTITY.  ERR_SYNTAX: no 0x, empty, bad digit; ERR_CANONICAL: leading zero; ERR_RANGE: too wide. */
MUST_CHECK enum err hex_to_u256(struct u256 *out, const char *text, size_t size);
MUST_CHECK enum err hex_to_u64(u64 *out, const char *text, size_t size);

/* EIP-55 mixed-case address: "0x" + 40 digits + NUL. */
#define HEX_ADDRESS_SIZE 43
void hex_checksum_address(char out[HEX_ADDRESS_SIZE], const struct address *a);

#endif
