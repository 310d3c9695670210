#ifndef CLIENT_CONTRACT_H
#define CLIENT_CONTRACT_H

/* Calls of contracts, written as people write them:
 *
 *     contract_call(&result, rpc, &fault, &token, "balanceOf(address)", (const char *[]){ who }, 1, "(uint256)");
 *     balance = abi_u256(&result.view, 0);
 *
 * Arguments are text: numbers in decimal or 0x, addresses (mixed case must be right, EIP-55),
 * true or false, bytes in 0x, strings as they are.  Arrays and tuples are not for text. */

#include "base/abi.h"
#include "client/fault.h"
#include "client/rpc.h"

#define CONTRACT_INPUT_MAX 4096 /* bytes of one encoded call */

/* contract_encode writes selector and arguments.  ERR_SYNTAX, ERR_RANGE: an argument does not fit its
 * type, or there are too few or too many; ERR_CANONICAL: an address is mistyped; ERR_TYPE: arrays, tuples; ERR_FULL: capacity. */
MUST_CHECK enum err contract_encode(struct bytes *out, u8 *buffer, size_t capacity, const char *signature,
				    const char *const *args, size_t count);

/* A decoded answer.  Its view points into it: do not copy it. */
struct contract_result {
	struct abi_types types;
	struct abi_view view;
	u8 *memory;
};

/* contract_call asks eth_call at the newest block.  returns is "(uint256,bool)" and the like.
 * On failure *why; nothing to free then. */
MUST_CHECK enum err contract_call(struct contract_result *out, struct rpc_client *rpc, struct fault *why,
				  const struct address *to, const char *signature,
				  const char *const *args, size_t count, const char *returns);
void contract_result_free(struct contract_result *r);

/* The commonest: one number out. */
MUST_CHECK enum err contract_number(struct u256 *out, struct rpc_client *rpc, struct fault *why,
				    const struct address *to, const char *signature,
				    const char *const *args, size_t count);

#endif
