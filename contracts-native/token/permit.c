#include "contracts-native/token/permit.h"

#include <string.h>

#include "base/ecdsa.h"
#include "base/hash.h"

#define DOMAIN_TYPE     "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
#define PERMIT_TYPE     "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
#define DELEGATION_TYPE "DelegationWithSig(address delegatee,uint256 value,uint256 nonce,uint256 deadline)"

static struct u256 text_hash(struct bytes text)
{
	struct hash h;

	keccak256(&h, text);
	return u256_from_be(h.bytes);
}

static struct u256 literal_hash(const char *text)
{
	return text_hash((struct bytes){ (const u8 *)text, strlen(text) });
}

/* Keccak of words laid end to end: the structs here have no other members. */
static struct hash words_hash(const struct u256 *words, u32 count)
{
	u8 buffer[6][32];
	struct hash h;

	assert(count <= 6);
	for (u32 i = 0; i < count; i++)
		u256_to_be(buffer[i], &words[i]);
	keccak256(&h, (struct bytes){ buffer[0], 32 * (size_t)count });
	return h;
}

struct permit_request permit_request_of(const struct abi_view *args, enum permit_kind kind)
{
	return (struct permit_request){
		.kind = kind,
		.owner = abi_address(args, 0),
		.spender = abi_address(args, 1),
		.value = abi_u256(args, 2),
		.deadline = abi_u256(args, 3),
		.v = (u8)abi_u64(args, 4),
		.r = abi_bytes32(args, 5),
		.s = abi_bytes32(args, 6),
	};
}

struct hash permit_domain(struct call *c, struct contract_id contract, struct bytes name)
{
	struct address self = contract_address((enum contract_kind)contract.kind, contract.index);
	struct u256 words[] = {
		literal_hash(DOMAIN_TYPE),
		text_hash(name),
		literal_hash(PERMIT_VERSION),
		u256_from_u64(c->exec->block->chain_id),
		word_of_address(&self),
	};

	return words_hash(words, 5);
}

u64 permit_nonce(struct state *s, struct contract_id contract, const struct address *owner)
{
	struct permit permit;

	permit_read(s, &(struct permit_key){ contract, *owner }, &permit);
	return permit.nonce;
}

struct hash permit_type_hash(enum permit_kind kind)
{
	const char *type = kind == PERMIT_ALLOWANCE ? PERMIT_TYPE : DELEGATION_TYPE;
	struct hash h;

	keccak256(&h, (struct bytes){ (const u8 *)type, strlen(type) });
	return h;
}

static struct hash struct_hash(const struct permit_request *p, u64 nonce)
{
	struct hash type_hash = permit_type_hash(p->kind);
	struct u256 type = u256_from_be(type_hash.bytes), spender = word_of_address(&p->spender);

	if (p->kind == PERMIT_ALLOWANCE)
		return words_hash((struct u256[]){ type, word_of_address(&p->owner), spender, p->value,
						   u256_from_u64(nonce), p->deadline },
				  6);
	return words_hash((struct u256[]){ type, spender, p->value, u256_from_u64(nonce), p->deadline }, 5);
}

struct address permit_signer(struct call *c, struct contract_id contract, struct bytes name,
			     const struct permit_request *p)
{
	struct hash domain = permit_domain(c, contract, name);
	struct hash body = struct_hash(p, permit_nonce(c->state, contract, &p->owner));
	struct address signer = { { 0 } };
	struct signature sig = { .r = u256_from_be(p->r.bytes), .s = u256_from_be(p->s.bytes) };
	struct hash digest;

	if (p->v != 27 && p->v != 28)
		return signer;
	sig.y_parity = (u8)(p->v - 27);
	keccak256_parts(&digest, (struct bytes[]){ { (const u8 *)"\x19\x01", 2 }, { domain.bytes, 32 }, { body.bytes, 32 } }, 3);
	if (signature_recover(&signer, &sig, &digest) != OK)
		return (struct address){ { 0 } };
	return signer;
}

void permit_consume(struct state *s, struct contract_id contract, const struct address *owner)
{
	permit_write(s, &(struct permit_key){ contract, *owner },
		     &(struct permit){ permit_nonce(s, contract, owner) + 1 });
}
