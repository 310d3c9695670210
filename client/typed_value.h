#ifndef CLIENT_TYPED_VALUE_H
#define CLIENT_TYPED_VALUE_H

/* The word (EIP-712's encodeData) of a JSON value whose type is neither a struct nor an array. */

#include <jansson.h>

#include "base/err.h"

#define TYPED_NAME_MAX 128 /* bytes of a type's name */

/* bytes and string become their keccak256; bytes1 to bytes32 stand left, all else right.
 * ERR_TYPE: there is no such type; ERR_SYNTAX, ERR_RANGE, ERR_SIZE: the value does not fit it;
 * ERR_CANONICAL: an address is mistyped (EIP-55). */
MUST_CHECK enum err typed_value_word(struct hash *out, const char *type, const json_t *value);

#endif
