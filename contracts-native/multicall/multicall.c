#include "contracts-native/multicall/multicall.h"

#define GAS_BATCH  700u /* an aggregating method */
#define GAS_INNER  700u /* each call in it */
#define GAS_GETTER 200u

/* One element of a batch. */
struct inner {
	struct address target;
	struct u256 value;
	struct bytes input;
	bool may_fail;
};

/* Runs one call; *succeeded tells how it went and *output what it gave.
 * Fails only if the whole batch must. */
static enum err inner_run(struct call *c, struct bytes *output, bool *succeeded, const struct inner *inner)
{
	struct message message = {
		.caller = c->self,
		.to = inner->target,
		.value = inner->value,
		.input = inner->input,
		.is_static = c->is_static,
	};
	enum err err;

	TRY(call_charge(c, GAS_INNER));
	err = call_run(c->exec, output, &message);
	if (err == ERR_FULL || err == ERR_OUT_OF_GAS)
		return err;
	*succeeded = err == OK;
	if (!*succeeded && !inner->may_fail)
		return call_revert_text(c, "Multicall3: call failed");
	return OK;
}

/* Output that cannot grow any more makes the rest of the work pointless. */
static enum err room_check(const struct call *c)
{
	return c->out.full ? ERR_SIZE : OK;
}

/* Runs a batch and puts (bool success, bytes returnData)[]; inner_at reads element i. */
static enum err results_put(struct call *c, const struct abi_view *batch,
			    struct inner (*inner_at)(const struct abi_view *batch, u32 i, bool may_fail),
			    bool may_fail)
{
	struct bytes output;
	struct inner inner;
	bool succeeded;

	abi_open(&c->out, batch->count);
	for (u32 i = 0; i < batch->count; i++) {
		inner = inner_at(batch, i, may_fail);
		TRY(inner_run(c, &output, &succeeded, &inner));
		abi_open(&c->out, 2);
		abi_put_u64(&c->out, succeeded);
		abi_put_bytes(&c->out, output);
		abi_close(&c->out);
		TRY(room_check(c));
	}
	abi_close(&c->out);
	return OK;
}

/* (address target, bytes callData) */
static struct inner inner_of_pair(const struct abi_view *batch, u32 i, bool may_fail)
{
	struct abi_view row = abi_at(batch, i);

	return (struct inner){
		.target = abi_address(&row, 0),
		.input = abi_bytes(&row, 1),
		.may_fail = may_fail,
	};
}

/* (address target, bool allowFailure, bytes callData) */
static struct inner inner_of_three(const struct abi_view *batch, u32 i, bool may_fail)
{
	struct abi_view row = abi_at(batch, i);

	(void)may_fail;
	return (struct inner){
		.target = abi_address(&row, 0),
		.may_fail = abi_bool(&row, 1),
		.input = abi_bytes(&row, 2),
	};
}

/* (address target, bool allowFailure, uint256 value, bytes callData) */
static struct inner inner_of_four(const struct abi_view *batch, u32 i, bool may_fail)
{
	struct abi_view row = abi_at(batch, i);

	(void)may_fail;
	return (struct inner){
		.target = abi_address(&row, 0),
		.may_fail = abi_bool(&row, 1),
		.value = abi_u256(&row, 2),
		.input = abi_bytes(&row, 3),
	};
}

/* -- batches ------------------------------------------------------------------------------- */

static enum err aggregate(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 0);
	struct bytes output;
	struct inner inner;
	bool succeeded;

	abi_put_u64(&c->out, c->exec->block->height);
	abi_open(&c->out, batch.count);
	for (u32 i = 0; i < batch.count; i++) {
		inner = inner_of_pair(&batch, i, false);
		TRY(inner_run(c, &output, &succeeded, &inner));
		abi_put_bytes(&c->out, output);
		TRY(room_check(c));
	}
	abi_close(&c->out);
	return OK;
}

static enum err try_aggregate(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 1);

	return results_put(c, &batch, inner_of_pair, !abi_bool(&c->args, 0));
}

static void block_put(struct call *c)
{
	struct hash none = { { 0 } };

	abi_put_u64(&c->out, c->exec->block->height);
	abi_put_bytes32(&c->out, &none); /* blockhash of the block being made */
}

static enum err try_block_and_aggregate(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 1);

	block_put(c);
	return results_put(c, &batch, inner_of_pair, !abi_bool(&c->args, 0));
}

static enum err block_and_aggregate(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 0);

	block_put(c);
	return results_put(c, &batch, inner_of_pair, false);
}

static enum err aggregate3(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 0);

	return results_put(c, &batch, inner_of_three, false);
}

static enum err aggregate3_value(struct call *c)
{
	struct abi_view batch = abi_at(&c->args, 0);
	struct u256 sum = U256_ZERO;
	struct inner inner;

	TRY(results_put(c, &batch, inner_of_four, false));
	/* Multicall3 adds without checking; a sum beyond 2^256 could not have been paid. */
	for (u32 i = 0; i < batch.count; i++) {
		inner = inner_of_four(&batch, i, false);
		if (u256_add(&sum, &sum, &inner.value))
			return call_revert_text(c, "Multicall3: value mismatch");
	}
	if (!u256_equal(&sum, &c->value))
		return call_revert_text(c, "Multicall3: value mismatch");
	return OK;
}

/* -- getters ------------------------------------------------------------------------------- */

static enum err get_block_number(struct call *c)
{
	call_return_u64(c, c->exec->block->height);
	return OK;
}

/* Only the parent's hash is at hand; of any other block it is zero, as it is on other
 * chains for all but the last 256. */
static enum err get_block_hash(struct call *c)
{
	struct u256 asked = abi_u256(&c->args, 0);
	struct u256 parent = u256_from_u64(c->exec->block->height - 1);
	struct hash none = { { 0 } };

	abi_put_bytes32(&c->out, u256_equal(&asked, &parent) ? &c->exec->block->parent : &none);
	return OK;
}

static enum err get_last_block_hash(struct call *c)
{
	abi_put_bytes32(&c->out, &c->exec->block->parent);
	return OK;
}

static enum err get_timestamp(struct call *c)
{
	call_return_u64(c, c->exec->block->time);
	return OK;
}

static enum err get_gas_limit(struct call *c)
{
	call_return_u64(c, c->exec->block->gas_limit);
	return OK;
}

static enum err get_difficulty(struct call *c)
{
	call_return_u64(c, 0);
	return OK;
}

static enum err get_coinbase(struct call *c)
{
	call_return_address(c, &c->exec->block->coinbase);
	return OK;
}

static enum err get_balance(struct call *c)
{
	struct account_key key = { abi_address(&c->args, 0) };
	struct account account;

	account_read(c->state, &key, &account);
	call_return_u256(c, account.balance);
	return OK;
}

static enum err get_chain_id(struct call *c)
{
	call_return_u64(c, c->exec->block->chain_id);
	return OK;
}

static enum err get_base_fee(struct call *c)
{
	call_return_u256(c, c->exec->block->base_fee);
	return OK;
}

/* -- the contract --------------------------------------------------------------------------- */

static bool exists(struct state *s, u16 index)
{
	(void)s;
	return index == 0;
}

static const struct method methods[] = {
	{ 0x252dba42, "aggregate((address,bytes)[])", "(uint256,bytes[])", PAYABLE, GAS_BATCH, aggregate },
	{ 0xbce38bd7, "tryAggregate(bool,(address,bytes)[])", "((bool,bytes)[])", PAYABLE, GAS_BATCH, try_aggregate },
	{ 0x399542e9, "tryBlockAndAggregate(bool,(address,bytes)[])", "(uint256,bytes32,(bool,bytes)[])", PAYABLE, GAS_BATCH, try_block_and_aggregate },
	{ 0xc3077fa9, "blockAndAggregate((address,bytes)[])", "(uint256,bytes32,(bool,bytes)[])", PAYABLE, GAS_BATCH, block_and_aggregate },
	{ 0x82ad56cb, "aggregate3((address,bool,bytes)[])", "((bool,bytes)[])", PAYABLE, GAS_BATCH, aggregate3 },
	{ 0x174dea71, "aggregate3Value((address,bool,uint256,bytes)[])", "((bool,bytes)[])", PAYABLE, GAS_BATCH, aggregate3_value },
	{ 0x42cbb15c, "getBlockNumber()", "(uint256)", VIEW, GAS_GETTER, get_block_number },
	{ 0xee82ac5e, "getBlockHash(uint256)", "(bytes32)", VIEW, GAS_GETTER, get_block_hash },
	{ 0x27e86d6e, "getLastBlockHash()", "(bytes32)", VIEW, GAS_GETTER, get_last_block_hash },
	{ 0x0f28c97d, "getCurrentBlockTimestamp()", "(uint256)", VIEW, GAS_GETTER, get_timestamp },
	{ 0x86d516e8, "getCurrentBlockGasLimit()", "(uint256)", VIEW, GAS_GETTER, get_gas_limit },
	{ 0x72425d9d, "getCurrentBlockDifficulty()", "(uint256)", VIEW, GAS_GETTER, get_difficulty },
	{ 0xa8b0574e, "getCurrentBlockCoinbase()", "(address)", VIEW, GAS_GETTER, get_coinbase },
	{ 0x4d2301cc, "getEthBalance(address)", "(uint256)", VIEW, GAS_GETTER, get_balance },
	{ 0x3408e470, "getChainId()", "(uint256)", VIEW, GAS_GETTER, get_chain_id },
	{ 0x3e64a696, "getBasefee()", "(uint256)", VIEW, GAS_GETTER, get_base_fee },
};

const struct contract MULTICALL_CONTRACT = {
	.kind = CONTRACT_MULTICALL,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = exists,
};
