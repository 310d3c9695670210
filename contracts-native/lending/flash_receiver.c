#include "contracts-native/lending/flash_receiver.h"

#include "contracts-native/token/token.h"

enum behaviour { PAY,
		 PAY_AND_REFUSE,
		 PAY_NOTHING,
		 PAY_SHORT };

static enum err behaviour_of(struct u256 *out, struct bytes params)
{
	*out = U256_ZERO;
	if (params.size == 0)
		return OK;
	if (params.size < 32)
		return ERR_BARE;
	*out = u256_from_be(params.at);
	return OK;
}

static bool behaves(const struct u256 *mode, enum behaviour as)
{
	struct u256 number = u256_from_u64(as);

	return u256_equal(mode, &number);
}

static enum err approve(struct call *c, const struct address *asset, struct amount amount,
			struct amount premium, const struct u256 *mode)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct contract_id token = contract_of(asset);
	struct amount owed;

	TRY(amount_add(&owed, amount, premium));
	if (behaves(mode, PAY_SHORT))
		TRY(amount_sub(&owed, owed, amount_from_u64(1)));
	if (behaves(mode, PAY_NOTHING))
		return OK;
	if (token.kind != CONTRACT_TOKEN || !call_has_code(c->state, asset))
		return ERR_BARE;
	return token_approve(c, token.index, &c->self, &pool, owed);
}

static enum err run_simple(struct call *c)
{
	struct address asset = abi_address(&c->args, 0);
	struct u256 mode;

	TRY(behaviour_of(&mode, abi_bytes(&c->args, 4)));
	TRY(approve(c, &asset, amount_from(abi_u256(&c->args, 1)), amount_from(abi_u256(&c->args, 2)), &mode));
	call_return_bool(c, !behaves(&mode, PAY_AND_REFUSE));
	return OK;
}

static enum err run_many(struct call *c)
{
	struct abi_view assets = abi_at(&c->args, 0);
	struct abi_view amounts = abi_at(&c->args, 1), premiums = abi_at(&c->args, 2);
	struct u256 mode;

	TRY(behaviour_of(&mode, abi_bytes(&c->args, 4)));
	if (amounts.count < assets.count || premiums.count < assets.count)
		return ERR_PANIC_INDEX;
	for (u32 i = 0; i < assets.count; i++) {
		struct address asset = abi_address(&assets, i);

		TRY(approve(c, &asset, amount_from(abi_u256(&amounts, i)), amount_from(abi_u256(&premiums, i)),
			    &mode));
	}
	call_return_bool(c, !behaves(&mode, PAY_AND_REFUSE));
	return OK;
}

static bool exists(struct state *s, u16 index)
{
	struct chain chain;

	return index == 0 && chain_read(s, &(struct chain_key){ 0 }, &chain) && chain.devnet;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x1b11d0ff, "executeOperation(address,uint256,uint256,address,bytes)", "(bool)",
	                                                                   WRITE, 12000, run_simple },
	{ 0x920f5c84, "executeOperation(address[],uint256[],uint256[],address,bytes)", "(bool)",
	                                                                   WRITE, 24000, run_many },
};
/* clang-format on */

const struct contract FLASH_RECEIVER_CONTRACT = {
	.kind = CONTRACT_FLASH_RECEIVER,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = exists,
};
