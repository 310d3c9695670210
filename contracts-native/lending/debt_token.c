#include "contracts-native/lending/debt_token.h"

#include "contracts-native/lending/refusal.h"
#include "contracts-native/lending/scaled_token.h"
#include "contracts-native/lending/single.h"

/* -- delegation --------------------------------------------------------------------- */

static struct allowance_key key_of(u16 reserve, const struct address *from, const struct address *to)
{
	return (struct allowance_key){ { CONTRACT_DEBT_TOKEN, reserve }, *from, *to };
}

static struct amount delegated(struct state *s, u16 reserve, const struct address *from,
			       const struct address *to)
{
	struct allowance_key key = key_of(reserve, from, to);
	struct allowance allowance;

	allowance_read(s, &key, &allowance);
	return amount_from(allowance.amount);
}

static void set_delegated(struct state *s, u16 reserve, const struct address *from,
			  const struct address *to, struct amount amount)
{
	struct allowance_key key = key_of(reserve, from, to);

	allowance_write(s, &key, &(struct allowance){ amount_raw(amount) });
}

enum err debt_token_spend(struct call *c, u16 reserve, const struct address *delegator,
			  const struct address *delegatee, struct amount amount,
			  struct scaled scaled, struct ray index)
{
	struct amount allowed = delegated(c->state, reserve, delegator, delegatee);
	struct scaled held = scaled_of(position_of(c->state, reserve, delegator).scaled_debt);
	struct amount before, after, growth;

	TRY(scaled_to_amount_up(&before, held, index));
	TRY(scaled_add(&held, held, scaled));
	TRY(scaled_to_amount_up(&after, held, index));
	TRY(amount_sub(&growth, after, before));
	if (amount_cmp(allowed, amount) < 0) {
		struct u256 words[] = { word_of_address(delegatee), amount_raw(allowed), amount_raw(amount) };

		return call_revert_with(c, REVERT_InsufficientBorrowAllowance, words, 3);
	}
	TRY(amount_sub(&allowed, allowed, amount_min(allowed, growth)));
	set_delegated(c->state, reserve, delegator, delegatee, allowed);
	return OK;
}

/* -- the contract ---------------------------------------------------------------------- */

static enum err run_unsupported(struct call *c)
{
	return call_revert(c, REVERT_OperationNotSupported);
}

static void delegate(struct call *c, const struct address *from, const struct address *to,
		     struct amount amount)
{
	struct reserve_open m = scaled_token_reserve(c);

	set_delegated(c->state, m.id, from, to, amount);
	call_emit(c, &c->self, EVENT_BorrowAllowanceDelegated,
		  (struct u256[]){ word_of_address(from), word_of_address(to), word_of_address(&m.asset),
				   amount_raw(amount) },
		  4);
}

static enum err run_approve_delegation(struct call *c)
{
	struct address to = abi_address(&c->args, 0);

	delegate(c, &c->caller, &to, amount_from(abi_u256(&c->args, 1)));
	return OK;
}

static enum err run_renounce_delegation(struct call *c)
{
	struct address from = abi_address(&c->args, 0);

	delegate(c, &from, &c->caller, amount_from_u64(0));
	return OK;
}

static enum err run_delegation_with_sig(struct call *c)
{
	struct permit_request p = permit_request_of(&c->args, PERMIT_DELEGATION);

	TRY(scaled_token_permit(c, &p));
	delegate(c, &p.owner, &p.spender, amount_from(p.value));
	return OK;
}

static enum err run_delegation_typehash(struct call *c)
{
	struct hash type = permit_type_hash(PERMIT_DELEGATION);

	abi_put_bytes32(&c->out, &type);
	return OK;
}

static enum err run_borrow_allowance(struct call *c)
{
	struct address from = abi_address(&c->args, 0), to = abi_address(&c->args, 1);

	call_return_u256(c, amount_raw(delegated(c->state, c->id.index, &from, &to)));
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
	{ 0xdd62ed3e, "allowance(address,address)", "(uint256)",           VIEW,   1000, run_unsupported },
	{ 0xa9059cbb, "transfer(address,uint256)", "(bool)",               WRITE,  1000, run_unsupported },
	{ 0x23b872dd, "transferFrom(address,address,uint256)", "(bool)",   WRITE,  1000, run_unsupported },
	{ 0x095ea7b3, "approve(address,uint256)", "(bool)",                WRITE,  1000, run_unsupported },
	{ 0x39509351, "increaseAllowance(address,uint256)", "(bool)",      WRITE,  1000, run_unsupported },
	{ 0xa457c2d7, "decreaseAllowance(address,uint256)", "(bool)",      WRITE,  1000, run_unsupported },
	{ 0xaf5f243b, "renounceAllowance(address)", "",                    WRITE,  1000, run_unsupported },
	{ 0xc04a8a10, "approveDelegation(address,uint256)", "",            WRITE, 12000, run_approve_delegation },
	{ 0x91fb372d, "renounceDelegation(address)", "",                   WRITE, 12000, run_renounce_delegation },
	{ 0x0b52d558, "delegationWithSig(address,address,uint256,uint256,uint8,bytes32,bytes32)", "",
	                                                                   WRITE, 24000, run_delegation_with_sig },
	{ 0x6bd76d24, "borrowAllowance(address,address)", "(uint256)",     VIEW,   2500, run_borrow_allowance },
	{ 0x7ecebe00, "nonces(address)", "(uint256)",                      VIEW,   2500, scaled_token_nonces },
	{ 0x3644e515, "DOMAIN_SEPARATOR()", "(bytes32)",                   VIEW,   2500, scaled_token_domain_separator },
	{ 0x1da24f3e, "scaledBalanceOf(address)", "(uint256)",             VIEW,   2500, scaled_token_scaled_balance_of },
	{ 0xb1bf962d, "scaledTotalSupply()", "(uint256)",                  VIEW,   2500, scaled_token_scaled_total_supply },
	{ 0x0afbcdc9, "getScaledUserBalanceAndSupply(address)", "(uint256,uint256)",
	                                                                   VIEW,   5000, scaled_token_balance_and_supply },
	{ 0xe0753986, "getPreviousIndex(address)", "(uint256)",            VIEW,   2500, scaled_token_previous_index },
	{ 0xb16a19de, "UNDERLYING_ASSET_ADDRESS()", "(address)",           VIEW,   1000, scaled_token_underlying },
	{ 0x7535d246, "POOL()", "(address)",                               VIEW,   1000, scaled_token_pool },
	{ 0x75d26413, "getIncentivesController()", "(address)",            VIEW,    1000, return_nobody },
	{ 0xcd086d45, "REWARDS_CONTROLLER()", "(address)",                 VIEW,    1000, return_nobody },
	{ 0x78160376, "EIP712_REVISION()", "(bytes)",                      VIEW,    1000, scaled_token_eip712_revision },
	{ 0xf3bfc738, "DELEGATION_WITH_SIG_TYPEHASH()", "(bytes32)",       VIEW,    1000, run_delegation_typehash },
	{ 0xb9a7b622, "DEBT_TOKEN_REVISION()", "(uint256)",                VIEW,    1000, scaled_token_revision },
	{ 0x9ceeaca7, "mint(address,address,uint256,uint256,uint256)", "(uint256)", WRITE,   1000, refuse_not_pool },
	{ 0xf5298aca, "burn(address,uint256,uint256)", "(bool,uint256)",   WRITE,   1000, refuse_not_pool },
	{ 0x7fdd585f, "initialize(address,address,uint8,string,string,bytes)", "", WRITE,   1000, refuse_initialized },
};
/* clang-format on */

const struct contract DEBT_TOKEN_CONTRACT = {
	.kind = CONTRACT_DEBT_TOKEN,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = scaled_token_exists,
};
