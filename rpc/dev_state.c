#include "rpc/dev.h"
#include "rpc/draft.h"
#include "rpc/methods.h"
#include "rpc/send.h"

/* evm_*, anvil_*, hardhat_*: edits of a development chain's state, and transactions that nobody
 * signed. */

static enum rpc_code answer_null(struct rpc *c)
{
	jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code edited(struct rpc *c, enum err e)
{
	if (e == ERR_NOT_FOUND)
		return rpc_fail(c, RPC_INVALID_PARAMS, "there is no such token");
	return e == OK ? answer_null(c) : dev_fail(c, e);
}

/* -- edits ------------------------------------------------------------------------------- */

static enum rpc_code set_balance(struct rpc *c)
{
	struct address owner;
	struct u256 wei;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_amount(c, &wei, 1));
	rpc_claim(c);
	return edited(c, dev_set_balance(c->dev, &owner, &wei));
}

static enum rpc_code add_balance(struct rpc *c)
{
	struct address owner;
	struct account account;
	struct u256 wei;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_amount(c, &wei, 1));
	rpc_claim(c);
	RPC_TRY(rpc_read_at(c, &(struct block_ref){ .height = rpc_head(c), .is_known = true }, false));
	(void)account_read(&c->reader.state, &(struct account_key){ owner }, &account);
	if (u256_add(&wei, &wei, &account.balance) != OK)
		return rpc_fail(c, RPC_INVALID_PARAMS, "the balance would exceed 2^256-1");
	return edited(c, dev_set_balance(c->dev, &owner, &wei));
}

static enum rpc_code set_nonce(struct rpc *c)
{
	struct address owner;
	u64 nonce;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_count(c, &nonce, 1));
	if (nonce >= UINT64_MAX)
		return dev_fail(c, ERR_RANGE);
	rpc_claim(c);
	return edited(c, dev_set_nonce(c->dev, &owner, nonce));
}

static enum rpc_code deal_erc20(struct rpc *c)
{
	struct address owner, token;
	struct u256 amount;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_address(c, &token, 1));
	RPC_TRY(param_amount(c, &amount, 2));
	rpc_claim(c);
	return edited(c, dev_deal(c->dev, &token, &owner, &amount));
}

static enum rpc_code set_erc20_allowance(struct rpc *c)
{
	struct address owner, spender, token;
	struct u256 amount;

	RPC_TRY(param_address(c, &owner, 0));
	RPC_TRY(param_address(c, &spender, 1));
	RPC_TRY(param_address(c, &token, 2));
	RPC_TRY(param_amount(c, &amount, 3));
	rpc_claim(c);
	return edited(c, dev_allow(c->dev, &token, &owner, &spender, &amount));
}

static enum rpc_code set_code(struct rpc *c)
{
	return rpc_fail(c, RPC_INVALID_PARAMS, "not supported on this chain: it has no bytecode");
}

static enum rpc_code set_storage_at(struct rpc *c)
{
	return rpc_fail(c, RPC_INVALID_PARAMS, "not supported on this chain: its state has no storage slots");
}

static enum rpc_code set_coinbase(struct rpc *c)
{
	return rpc_fail(c, RPC_INVALID_PARAMS, "not supported on this chain: its coinbase is constant");
}

/* -- the queue ------------------------------------------------------------------------------ */

static enum rpc_code drop_transaction(struct rpc *c)
{
	struct hash hash;

	RPC_TRY(param_hash(c, &hash, 0));
	if (dev_drop(c->dev, &hash))
		jw_hash(&c->out, RESULT, &hash);
	else
		jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code hardhat_drop_transaction(struct rpc *c)
{
	struct hash hash;

	RPC_TRY(param_hash(c, &hash, 0));
	jw_bool(&c->out, RESULT, dev_drop(c->dev, &hash));
	return RPC_OK;
}

static enum rpc_code drop_all_transactions(struct rpc *c)
{
	dev_drop_all(c->dev);
	return answer_null(c);
}

/* -- transactions that nobody signed ----------------------------------------------------------- */

static enum rpc_code impersonate(struct rpc *c)
{
	struct address who;
	enum err e;

	RPC_TRY(param_address(c, &who, 0));
	e = dev_impersonate(c->dev, &who);
	return e == OK ? answer_null(c) : dev_fail(c, e);
}

static enum rpc_code stop_impersonating(struct rpc *c)
{
	struct address who;

	RPC_TRY(param_address(c, &who, 0));
	dev_stop_impersonating(c->dev, &who);
	return answer_null(c);
}

static enum rpc_code auto_impersonate(struct rpc *c)
{
	bool is_on;

	RPC_TRY(param_bool(c, &is_on, 0));
	dev_impersonate_all(c->dev, is_on);
	return answer_null(c);
}

static enum rpc_code eth_send_transaction(struct rpc *c)
{
	struct call_request request;
	struct refusal why;
	struct hash hash;
	struct tx tx;
	enum err e;

	RPC_TRY(call_request_read(c, &request, param(c, 0)));
	if (!dev_may_sign(c->dev, &request.from))
		return rpc_fail(c, RPC_INVALID_PARAMS, "No Signer available");
	RPC_TRY(draft_fill(c, &tx, &request));
	e = dev_send(c->dev, &hash, &why, &tx, &request.from);
	if (e != OK)
		return send_refused(c, e, &why, (struct bytes){ NULL, 0 });
	send_mined(c, &hash);
	jw_hash(&c->out, RESULT, &hash);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "anvil_setBalance", set_balance, 2, 2, 1, "null", "(address, wei) null" },
	{ "hardhat_setBalance", set_balance, 2, 2, 1, "null", "(address, wei) anvil_setBalance" },
	{ "anvil_addBalance", add_balance, 2, 2, 1, "null", "(address, wei) null" },
	{ "anvil_setNonce", set_nonce, 2, 2, 1, "null", "(address, nonce) null; what it has queued is dropped" },
	{ "hardhat_setNonce", set_nonce, 2, 2, 1, "null", "(address, nonce) anvil_setNonce" },
	{ "evm_setAccountNonce", set_nonce, 2, 2, 1, "null", "(address, nonce) anvil_setNonce" },
	{ "anvil_dealERC20", deal_erc20, 3, 3, 1, "null",
	  "(address, token, amount) sets a balance, and the supply with it; null" },
	{ "anvil_setERC20Allowance", set_erc20_allowance, 4, 4, 1, "null", "(owner, spender, token, amount) null" },
	{ "anvil_setCode", set_code, 2, 2, 1, "null", "(address, code) refused: there is no bytecode" },
	{ "hardhat_setCode", set_code, 2, 2, 1, "null", "(address, code) refused" },
	{ "anvil_setStorageAt", set_storage_at, 3, 3, 1, "null", "(address, slot, value) refused: there are no slots" },
	{ "hardhat_setStorageAt", set_storage_at, 3, 3, 1, "null", "(address, slot, value) refused" },
	{ "anvil_setCoinbase", set_coinbase, 1, 1, 1, "null", "(address) refused: it is constant" },
	{ "hardhat_setCoinbase", set_coinbase, 1, 1, 1, "null", "(address) refused" },
	{ "anvil_dropTransaction", drop_transaction, 1, 1, 1, "hash|null",
	  "(hash) out of the queue; its hash, or null" },
	{ "hardhat_dropTransaction", hardhat_drop_transaction, 1, 1, 1, "bool",
	  "(hash) out of the queue; whether it was there" },
	{ "anvil_dropAllTransactions", drop_all_transactions, 0, 0, 1, "null", "() empties the queue; null" },
	{ "anvil_impersonateAccount", impersonate, 1, 1, 1, "null",
	  "(address) whose transactions need no signature; null" },
	{ "hardhat_impersonateAccount", impersonate, 1, 1, 1, "null", "(address) anvil_impersonateAccount" },
	{ "anvil_stopImpersonatingAccount", stop_impersonating, 1, 1, 1, "null", "(address) null" },
	{ "hardhat_stopImpersonatingAccount", stop_impersonating, 1, 1, 1, "null",
	  "(address) anvil_stopImpersonatingAccount" },
	{ "anvil_autoImpersonateAccount", auto_impersonate, 1, 1, 1, "null", "(on) everybody's; null" },
	{ "eth_sendTransaction", eth_send_transaction, 1, 1, 1, "hash",
	  "(call with nonce) of an impersonated account; its hash" },
};

const struct rpc_table DEV_STATE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };
