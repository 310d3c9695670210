#include "rpc/methods.h"
#include "rpc/params.h"

#include <string.h>

/* eth_*: what an address holds at a block. */

static enum rpc_code account_at(struct rpc *c, struct account *out, struct address *owner)
{
	RPC_TRY(param_address(c, owner, 0));
	RPC_TRY(rpc_read_param(c, 1));
	(void)account_read(&c->reader.state, &(struct account_key){ *owner }, out);
	return RPC_OK;
}

static enum rpc_code eth_get_balance(struct rpc *c)
{
	struct account account;
	struct address owner;

	RPC_TRY(account_at(c, &account, &owner));
	jw_quantity_u256(&c->out, RESULT, &account.balance);
	return RPC_OK;
}

/* "pending" counts what is queued too: wallets sign the next transaction with it. */
static enum rpc_code eth_get_transaction_count(struct rpc *c)
{
	struct account account;
	struct address owner;
	struct block_ref ref;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_block(c, &ref, 1));
	if (ref.is_pending) {
		jw_quantity(&c->out, RESULT, node_pending_nonce(c->node, &owner));
		return RPC_OK;
	}
	RPC_TRY(account_at(c, &account, &owner));
	jw_quantity(&c->out, RESULT, account.nonce);
	return RPC_OK;
}

static enum rpc_code eth_get_code(struct rpc *c)
{
	struct bytes code = { (const u8 *)&CONTRACT_CODE, 0 };
	struct address owner;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(rpc_read_param(c, 1));
	if (call_has_code(&c->reader.state, &owner))
		code.size = sizeof CONTRACT_CODE;
	jw_data(&c->out, RESULT, code);
	return RPC_OK;
}

/* A slot is up to 32 bytes of hexadecimal; unlike a number it may have leading zeros. */
static enum rpc_code slot_check(struct rpc *c)
{
	const char *text = json_string_value(param(c, 1));

	if (!text || text[0] != '0' || (text[1] | 0x20) != 'x' ||
	    text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] != '\0')
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 1: unable to decode storage key");
	if (strlen(text) > 66)
		return rpc_fail(c, RPC_INVALID_PARAMS, "storage key too long (want at most 32 bytes)");
	return RPC_OK;
}

/* Native contracts keep typed records, not slots: every slot reads as zero. */
static enum rpc_code eth_get_storage_at(struct rpc *c)
{
	static const struct hash zero;
	struct address owner;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(slot_check(c));
	RPC_TRY(rpc_read_param(c, 2));
	jw_hash(&c->out, RESULT, &zero);
	return RPC_OK;
}

/* The state tree hashes typed records with SHA-256: it is no Merkle-Patricia trie of accounts, whose
 * paths this method would have to show. */
static enum rpc_code eth_get_proof(struct rpc *c)
{
	return rpc_fail(c, RPC_NO_METHOD, "the method eth_getProof does not exist/is not available: "
					  "the state is no Merkle-Patricia trie, plimsoll_getProof has its proofs");
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_getBalance", eth_get_balance, 1, 2, 1, "quantity", "(address, block) wei" },
	{ "eth_getTransactionCount", eth_get_transaction_count, 1, 2, 1, "quantity",
	  "(address, block) nonce; \"pending\" counts queued transactions" },
	{ "eth_getCode", eth_get_code, 1, 2, 1, "data", "(address, block) bytecode that reverts for a native contract, 0x otherwise" },
	{ "eth_getStorageAt", eth_get_storage_at, 2, 3, 1, "hash", "(address, slot, block) 32 zero bytes" },
	{ "eth_getProof", eth_get_proof, 0, 3, 1, "null", "(address, slots, block) refused: see plimsoll_getProof" },
};

const struct rpc_table ETH_STATE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
