#ifndef CONTRACTS_TOKEN_PERMIT_H
#define CONTRACTS_TOKEN_PERMIT_H

/* Allowances by signature (EIP-2612 and Aave's credit delegation), over EIP-712 with
 *
 *     EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)
 *
 * where version is "1" and the contract is the one whose allowance is signed.  A signature
 * is checked by whoever asks, in the order and with the errors of its own kind; signatures
 * with high s name nobody. */

#include "contracts-native/dispatch/call.h"

#define PERMIT_VERSION "1"

enum permit_kind {
	PERMIT_ALLOWANCE,  /* Permit(owner,spender,value,nonce,deadline) */
	PERMIT_DELEGATION, /* DelegationWithSig(delegatee,value,nonce,deadline) */
};

struct permit_request {
	enum permit_kind kind;
	struct address owner, spender; /* or delegator, delegatee */
	struct u256 value, deadline;
	u8 v; /* 27 or 28 */
	struct hash r, s;
};

/* Arguments 0 .. 6 of permit() and delegationWithSig(). */
struct permit_request permit_request_of(const struct abi_view *args, enum permit_kind kind);

/* Keccak of the signed struct's type. */
struct hash permit_type_hash(enum permit_kind kind);
struct hash permit_domain(struct call *c, struct contract_id contract, struct bytes name);
u64 permit_nonce(struct state *s, struct contract_id contract, const struct address *owner);

/* permit_signer tells who signed p with the owner's present nonce; zero if nobody did. */
struct address permit_signer(struct call *c, struct contract_id contract, struct bytes name,
			     const struct permit_request *p);
void permit_consume(struct state *s, struct contract_id contract, const struct address *owner);

/* token_permit sets an allowance of an ERC-20.  ERC2612ExpiredSignature, ERC2612InvalidSigner. */
MUST_CHECK enum err token_permit(struct call *c, u16 token, const struct permit_request *p);

#endif
