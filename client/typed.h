#ifndef CLIENT_TYPED_H
#define CLIENT_TYPED_H

/* Typed data (EIP-712) in the JSON of eth_signTypedData_v4:
 *
 *     {"types": {"Mail": [{"name": "to", "type": "address"}, ...], ...},
 *      "primaryType": "Mail", "domain": {...}, "message": {...}}
 *
 *     digest = keccak256(0x1901 || hash(domain) || hash(message))
 *     hash(struct) = keccak256(keccak256(type as text) || a word for each member)
 *
 * Types may be structs, arrays of fixed and of any size, bytes, string, bytes1 to bytes32, uint8
 * to uint256, int8 to int256, bool and address.  Without a type EIP712Domain the domain's is made of
 * the members it has.  Numbers are decimal text, 0x text or JSON integers; an address in mixed
 * case must be right (EIP-55).  Members that the types do not have are not signed, as in other wallets.
 *
 * why is filled on failure, with the path of the member.  ERR_NOT_FOUND: a type or a member is missing;
 * ERR_SYNTAX, ERR_TYPE, ERR_RANGE, ERR_SIZE, ERR_CANONICAL: a value does not fit its type; ERR_DEPTH: structs
 * and arrays nested beyond TYPED_DEPTH_MAX; ERR_FULL: too many types, or out of memory. */

#include <jansson.h>

#include "base/err.h"

#define TYPED_DEPTH_MAX 32
#define TYPED_TYPES_MAX 64
#define TYPED_WHY_MAX   256

MUST_CHECK enum err typed_digest(struct hash *out, const json_t *typed, char why[TYPED_WHY_MAX]);
/* hash(domain) alone: what a contract calls DOMAIN_SEPARATOR. */
MUST_CHECK enum err typed_domain(struct hash *out, const json_t *typed, char why[TYPED_WHY_MAX]);
/* hash(value), a struct of types' type name. */
MUST_CHECK enum err typed_struct(struct hash *out, const json_t *types, const char *name, const json_t *value,
				 char why[TYPED_WHY_MAX]);
/* A struct type as text, with those that it refers to: "Mail(Person from,...)Person(...)".  NULL: *why.
 * The caller frees it. */
char *typed_text(const json_t *types, const char *name, char why[TYPED_WHY_MAX]);

#endif
