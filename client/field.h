#ifndef CLIENT_FIELD_H
#define CLIENT_FIELD_H

/* Members of JSON objects as the node writes them, decoded.  A number may be a QUANTITY
 * ("0x2a"), a decimal text ("42") or a JSON integer; an address has any case.
 *
 * ERR_NOT_FOUND: no such member, or null.  ERR_TYPE, ERR_SYNTAX, ERR_RANGE: it is
 * something else.  A null object has no members. */

#include <jansson.h>

#include "base/u256.h"

MUST_CHECK enum err field_u256(struct u256 *out, const json_t *object, const char *key);
MUST_CHECK enum err field_u64(u64 *out, const json_t *object, const char *key);
MUST_CHECK enum err field_address(struct address *out, const json_t *object, const char *key);
MUST_CHECK enum err field_hash(struct hash *out, const json_t *object, const char *key);

/* The same for a value by itself. */
MUST_CHECK enum err json_to_u256(struct u256 *out, const json_t *value);
MUST_CHECK enum err json_to_u64(u64 *out, const json_t *value);

/* Never NULL: "" if there is no such text. */
const char *field_text(const json_t *object, const char *key);
bool field_is_true(const json_t *object, const char *key);

/* DATA as a new block of memory, which the caller frees; an empty one is not NULL.
 * ERR_FULL: out of memory. */
MUST_CHECK enum err json_to_bytes(u8 **out, size_t *size, const json_t *value);

/* An address that a person typed: mixed case must be right (EIP-55).
 * ERR_SYNTAX: not 0x and 40 digits; ERR_CANONICAL: mistyped. */
MUST_CHECK enum err address_parse(struct address *out, const char *text);

/* New JSON strings. */
json_t *json_of_address(const struct address *a); /* EIP-55 */
json_t *json_of_hash(const struct hash *h);
json_t *json_of_bytes(struct bytes b);
json_t *json_of_quantity(const struct u256 *x);
json_t *json_of_decimal(const struct u256 *x);
json_t *json_of_units(const struct u256 *x, unsigned decimals); /* every digit, as units_format */

#endif
