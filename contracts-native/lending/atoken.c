#include "contracts-native/lending/atoken.h"

#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/rescue.h"
#include "contracts-native/lending/scaled_token.h"
#include "contracts-native/lending/single.h"
#include "contracts-native/lending/supply.h"

static enum err run_treasury(struct call *c)
{
	struct pool settings;

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	call_return_address(c, &settings.treasury);
	return OK;
}

/* -- allowances ------------------------------------------------------------------------ */

static struct amount allowance_of(struct call *c, const struct address *owner, const struct address *spender)
{
	struct allowance allowance;

	allowance_read(c->state, &(struct allowance_key){ c->id, *owner, *spender }, &allowance);
	return amount_from(allowance.amount);
}

static void set_allowance(struct call *c, const struct address *owner, const struct address *spender,
			  struct amount amount)
{
	allowance_write(c->state, &(struct allowance_key){ c->id, *owner, *spender },
			&(struct allowance){ amount_raw(amount) });
}

static void approve(struct call *c, const struct address *owner, const struct address *spender,
		    struct amount amount)
{
	set_allowance(c, owner, spender, amount);
	call_emit(c, &c->self, EVENT_Approval,
		  (struct u256[]){ word_of_address(owner), word_of_address(spender), amount_raw(amount) },
		  3);
}

static enum err run_allowance(struct call *c)
{
	struct address owner = abi_address(&c->args, 0), spender = abi_address(&c->args, 1);

	call_return_u256(c, amount_raw(allowance_of(c, &owner, &spender)));
	return OK;
}

static enum err run_approve(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);

	approve(c, &c->caller, &spender, amount_from(abi_u256(&c->args, 1)));
	call_return_bool(c, true);
	return OK;
}

static enum err run_increase_allowance(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);
	struct amount more = amount_from(abi_u256(&c->args, 1)), now = allowance_of(c, &c->caller, &spender);

	TRY(amount_add(&now, now, more));
	approve(c, &c->caller, &spender, now);
	call_return_bool(c, true);
	return OK;
}

static enum err run_decrease_allowance(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);
	struct amount less = amount_from(abi_u256(&c->args, 1)), now = allowance_of(c, &c->caller, &spender);

	TRY(amount_sub(&now, now, less));
	approve(c, &c->caller, &spender, now);
	call_return_bool(c, true);
	return OK;
}

static enum err run_renounce_allowance(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	approve(c, &owner, &c->caller, amount_from_u64(0));
	return OK;
}

static enum err run_permit(struct call *c)
{
	struct permit_request p = permit_request_of(&c->args, PERMIT_ALLOWANCE);

	TRY(scaled_token_permit(c, &p));
	approve(c, &p.owner, &p.spender, amount_from(p.value));
	return OK;
}

static enum err run_permit_typehash(struct call *c)
{
	struct hash type = permit_type_hash(PERMIT_ALLOWANCE);

	abi_put_bytes32(&c->out, &type);
	return OK;
}

/* -- moving ------------------------------------------------------------------------------ */

static enum err run_transfer(struct call *c)
{
	struct address to = abi_address(&c->args, 0);

	TRY(lending_transfer(c, c->id.index, &c->caller, &c->caller, &to,
			     amount_from(abi_u256(&c->args, 1))));
	call_return_bool(c, true);
	return OK;
}

/* What the owner's visible balance will lose by giving amount away. */
static enum err visible_loss(struct call *c, struct amount *out, const struct address *owner,
			     struct amount amount)
{
	struct reserve_open m = scaled_token_reserve(c);
	struct scaled held = scaled_of(position_of(c->state, m.id, owner).scaled_supply), scaled;
	struct amount after;
	struct ray index;

	TRY(reserve_income(&index, &m.r, c->exec->block->time));
	TRY(scaled_to_amount_down(out, held, index));
	TRY(amount_to_scaled_up(&scaled, amount, index));
	TRY(scaled_sub(&held, held, scaled));
	TRY(scaled_to_amount_down(&after, held, index));
	return amount_sub(out, *out, after);
}

static enum err run_transfer_from(struct call *c)
{
	struct address owner = abi_address(&c->args, 0), to = abi_address(&c->args, 1);
	struct amount amount = amount_from(abi_u256(&c->args, 2));
	struct amount allowed = allowance_of(c, &owner, &c->caller), loss;

	TRY(visible_loss(c, &loss, &owner, amount));
	if (amount_cmp(allowed, amount) < 0) {
		struct u256 words[] = { word_of_address(&c->caller), amount_raw(allowed), amount_raw(amount) };

		return call_revert_with(c, REVERT_ERC20InsufficientAllowance, words, 3);
	}
	if (amount_cmp(allowed, AMOUNT_MAX) != 0) {
		TRY(amount_sub(&allowed, allowed, amount_min(allowed, loss)));
		set_allowance(c, &owner, &c->caller, allowed);
	}
	TRY(lending_transfer(c, c->id.index, &c->caller, &owner, &to, amount));
	call_return_bool(c, true);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x06fdde03, "name()", "(string)",                                VIEW,   2500, scaled_token_name },
	{ 0x95d89b41, "symbol()", "(string)",                              VIEW,   2500, scaled_token_symbol },
	{ 0x313ce567, "decimals()", "(uint8)",                             VIEW,   1000, scaled_token_decimals },
	{ 0x18160ddd, "totalSupply()", "(uint256)",                        VIEW,   5000, scaled_token_total_supply },
	{ 0x70a08231, "balanceOf(address)", "(uint256)",                   VIEW,   6000, scaled_token_balance_of },
	{ 0xdd62ed3e, "allowance(address,address)", "(uint256)",           VIEW,   2500, run_allowance },
	{ 0xa9059cbb, "transfer(address,uint256)", "(bool)",               WRITE, 40000, run_transfer },
	{ 0x23b872dd, "transferFrom(address,address,uint256)", "(bool)",   WRITE, 45000, run_transfer_from },
	{ 0x095ea7b3, "approve(address,uint256)", "(bool)",                WRITE, 12000, run_approve },
	{ 0x39509351, "increaseAllowance(address,uint256)", "(bool)",      WRITE, 14000, run_increase_allowance },
	{ 0xa457c2d7, "decreaseAllowance(address,uint256)", "(bool)",      WRITE, 14000, run_decrease_allowance },
	{ 0xaf5f243b, "renounceAllowance(address)", "",                    WRITE, 12000, run_renounce_allowance },
	{ 0xd505accf, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", "",
	                                                                   WRITE, 24000, run_permit },
	{ 0x7ecebe00, "nonces(address)", "(uint256)",                      VIEW,   2500, scaled_token_nonces },
	{ 0x3644e515, "DOMAIN_SEPARATOR()", "(bytes32)",                   VIEW,   2500, scaled_token_domain_separator },
	{ 0x1da24f3e, "scaledBalanceOf(address)", "(uint256)",             VIEW,   2500, scaled_token_scaled_balance_of },
	{ 0xb1bf962d, "scaledTotalSupply()", "(uint256)",                  VIEW,   2500, scaled_token_scaled_total_supply },
	{ 0x0afbcdc9, "getScaledUserBalanceAndSupply(address)", "(uint256,uint256)",
	                                                                   VIEW,   5000, scaled_token_balance_and_supply },
	{ 0xe0753986, "getPreviousIndex(address)", "(uint256)",            VIEW,   2500, scaled_token_previous_index },
	{ 0xb16a19de, "UNDERLYING_ASSET_ADDRESS()", "(address)",           VIEW,   1000, scaled_token_underlying },
	{ 0x7535d246, "POOL()", "(address)",                               VIEW,   1000, scaled_token_pool },
	{ 0xae167335, "RESERVE_TREASURY_ADDRESS()", "(address)",           VIEW,   1000, run_treasury },
	{ 0x2d2c5565, "TREASURY()", "(address)",                           VIEW,    1000, run_treasury },
	{ 0x75d26413, "getIncentivesController()", "(address)",            VIEW,    1000, return_nobody },
	{ 0xcd086d45, "REWARDS_CONTROLLER()", "(address)",                 VIEW,    1000, return_nobody },
	{ 0x78160376, "EIP712_REVISION()", "(bytes)",                      VIEW,    1000, scaled_token_eip712_revision },
	{ 0x30adf81f, "PERMIT_TYPEHASH()", "(bytes32)",                    VIEW,    1000, run_permit_typehash },
	{ 0x0bd7ad3b, "ATOKEN_REVISION()", "(uint256)",                    VIEW,    1000, scaled_token_revision },
	{ 0xcea9d26f, "rescueTokens(address,address,uint256)", "",         WRITE,  20000, rescue_from_atoken },
	{ 0xb3f1c93d, "mint(address,address,uint256,uint256)", "(bool)",   WRITE,   1000, refuse_not_pool },
	{ 0xb18d6afd, "burn(address,address,uint256,uint256,uint256)", "(bool)", WRITE,   1000, refuse_not_pool },
	{ 0x7df5bd3b, "mintToTreasury(uint256,uint256)", "",               WRITE,   1000, refuse_not_pool },
	{ 0x353b7b9a, "transferOnLiquidation(address,address,uint256,uint256,uint256)", "",
	                                                                   WRITE,   1000, refuse_not_pool },
	{ 0x4efecaa5, "transferUnderlyingTo(address,uint256)", "",         WRITE,   1000, refuse_not_pool },
	{ 0x7fdd585f, "initialize(address,address,uint8,string,string,bytes)", "", WRITE,   1000, refuse_initialized },
};
/* clang-format on */

const struct contract ATOKEN_CONTRACT = {
	.kind = CONTRACT_ATOKEN,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = scaled_token_exists,
};
