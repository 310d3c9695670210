#include "contracts-native/lending/atoken.h"

#include <string.h>

#include "contracts-native/lending/supply.h"
#include "contracts-native/token/permit.h"
#include "contracts-native/token/token.h"

#define NAME_PREFIX   "Plimsoll "
#define SYMBOL_PREFIX "a"

struct bytes derived_text(struct state *s, u16 token, const char *prefix, char out[ATOKEN_NAME_MAX])
{
	struct token t;
	struct bytes symbol;
	size_t size = strlen(prefix);

	token_read(s, &(struct token_key){ token }, &t);
	symbol = token_symbol(&t);
	assert(size + symbol.size <= ATOKEN_NAME_MAX);
	memcpy(out, prefix, size);
	memcpy(out + size, symbol.at, symbol.size);
	return (struct bytes){ (const u8 *)out, size + symbol.size };
}

static struct reserve_open own_reserve(struct call *c)
{
	struct reserve_open m;

	reserve_load(c->state, &m, c->id.index);
	return m;
}

/* -- what it is -------------------------------------------------------------------- */

static enum err return_text(struct call *c, const char *prefix)
{
	char buffer[ATOKEN_NAME_MAX];
	struct bytes text = derived_text(c->state, own_reserve(c).r.token, prefix, buffer);

	call_return_text(c, (const char *)text.at, text.size);
	return OK;
}

static enum err run_name(struct call *c)
{
	return return_text(c, NAME_PREFIX);
}

static enum err run_symbol(struct call *c)
{
	return return_text(c, SYMBOL_PREFIX);
}

static enum err run_decimals(struct call *c)
{
	struct reserve_open m = own_reserve(c);

	call_return_u64(c, reserve_config(&m, CONFIG_DECIMALS));
	return OK;
}

static enum err run_underlying(struct call *c)
{
	struct reserve_open m = own_reserve(c);

	call_return_address(c, &m.asset);
	return OK;
}

static enum err run_pool(struct call *c)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	call_return_address(c, &pool);
	return OK;
}

static enum err run_treasury(struct call *c)
{
	struct pool settings;

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	call_return_address(c, &settings.treasury);
	return OK;
}

static enum err run_total_supply(struct call *c)
{
	struct reserve_open m = own_reserve(c);
	struct amount total;

	TRY(reserve_total_supply(&total, &m.r, c->exec->block->time));
	call_return_u256(c, amount_raw(total));
	return OK;
}

static enum err run_scaled_total_supply(struct call *c)
{
	call_return_u256(c, own_reserve(c).r.scaled_supply);
	return OK;
}

static struct position holding(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	return position_of(c->state, c->id.index, &owner);
}

static enum err run_balance_of(struct call *c)
{
	struct reserve_open m = own_reserve(c);
	struct position p = holding(c);
	struct amount balance;
	struct ray index;

	TRY(reserve_income(&index, &m.r, c->exec->block->time));
	TRY(position_supply(&balance, &p, index));
	call_return_u256(c, amount_raw(balance));
	return OK;
}

static enum err run_scaled_balance_of(struct call *c)
{
	call_return_u256(c, wide(holding(c).scaled_supply));
	return OK;
}

static enum err run_scaled_balance_and_supply(struct call *c)
{
	struct u256 balance = wide(holding(c).scaled_supply);
	struct u256 supply = own_reserve(c).r.scaled_supply;

	abi_put_u256(&c->out, &balance);
	abi_put_u256(&c->out, &supply);
	return OK;
}

static enum err run_previous_index(struct call *c)
{
	call_return_u256(c, wide(holding(c).supply_index));
	return OK;
}

/* -- allowances ------------------------------------------------------------------------ */

static struct u256 allowance_of(struct call *c, const struct address *owner, const struct address *spender)
{
	struct allowance allowance;

	allowance_read(c->state, &(struct allowance_key){ c->id, *owner, *spender }, &allowance);
	return allowance.amount;
}

static void set_allowance(struct call *c, const struct address *owner, const struct address *spender,
			  struct u256 amount)
{
	allowance_write(c->state, &(struct allowance_key){ c->id, *owner, *spender },
			&(struct allowance){ amount });
}

static void approve(struct call *c, const struct address *owner, const struct address *spender,
		    struct u256 amount)
{
	set_allowance(c, owner, spender, amount);
	call_emit(c, &c->self, EVENT_Approval, (struct u256[]){
		word_of_address(owner), word_of_address(spender), amount }, 3);
}

static enum err run_allowance(struct call *c)
{
	struct address owner = abi_address(&c->args, 0), spender = abi_address(&c->args, 1);

	call_return_u256(c, allowance_of(c, &owner, &spender));
	return OK;
}

static enum err run_approve(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);

	approve(c, &c->caller, &spender, abi_u256(&c->args, 1));
	call_return_bool(c, true);
	return OK;
}

static enum err run_increase_allowance(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);
	struct u256 more = abi_u256(&c->args, 1), now = allowance_of(c, &c->caller, &spender);

	TRY(u256_add(&now, &now, &more));
	approve(c, &c->caller, &spender, now);
	call_return_bool(c, true);
	return OK;
}

static enum err run_decrease_allowance(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);
	struct u256 less = abi_u256(&c->args, 1), now = allowance_of(c, &c->caller, &spender);

	TRY(u256_sub(&now, &now, &less));
	approve(c, &c->caller, &spender, now);
	call_return_bool(c, true);
	return OK;
}

static enum err run_renounce_allowance(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	approve(c, &owner, &c->caller, U256_ZERO);
	return OK;
}

static enum err run_permit(struct call *c)
{
	struct permit_request p = permit_request_of(&c->args, PERMIT_ALLOWANCE);
	struct u256 now = u256_from_u64(c->exec->block->time);
	char buffer[ATOKEN_NAME_MAX];
	struct address signer;
	struct bytes name;

	if (address_is_zero(&p.owner))
		return call_revert(c, REVERT_ZeroAddressNotValid);
	if (u256_cmp(&now, &p.deadline) > 0)
		return call_revert(c, REVERT_InvalidExpiration);
	name = derived_text(c->state, own_reserve(c).r.token, NAME_PREFIX, buffer);
	signer = permit_signer(c, c->id, name, &p);
	if (address_cmp(&signer, &p.owner) != 0)
		return call_revert(c, REVERT_InvalidSignature);
	permit_consume(c->state, c->id, &p.owner);
	approve(c, &p.owner, &p.spender, p.value);
	return OK;
}

static enum err run_nonces(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	call_return_u64(c, permit_nonce(c->state, c->id, &owner));
	return OK;
}

static enum err run_domain_separator(struct call *c)
{
	char buffer[ATOKEN_NAME_MAX];
	struct bytes name = derived_text(c->state, own_reserve(c).r.token, NAME_PREFIX, buffer);
	struct hash separator = permit_domain(c, c->id, name);

	abi_put_bytes32(&c->out, &separator);
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
	struct reserve_open m = own_reserve(c);
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
	struct amount allowed = amount_from(allowance_of(c, &owner, &c->caller)), loss;

	TRY(visible_loss(c, &loss, &owner, amount));
	if (amount_cmp(allowed, amount) < 0) {
		struct u256 words[] = { word_of_address(&c->caller), amount_raw(allowed), amount_raw(amount) };

		return call_revert_with(c, REVERT_ERC20InsufficientAllowance, words, 3);
	}
	if (amount_cmp(allowed, AMOUNT_MAX) != 0) {
		TRY(amount_sub(&allowed, allowed, amount_min(allowed, loss)));
		set_allowance(c, &owner, &c->caller, amount_raw(allowed));
	}
	TRY(lending_transfer(c, c->id.index, &c->caller, &owner, &to, amount));
	call_return_bool(c, true);
	return OK;
}

static bool exists(struct state *s, u16 index)
{
	struct reserve r;

	return reserve_read(s, &(struct reserve_key){ index }, &r);
}

/* selector    signature, returns                                   mutability   gas     run */
static const struct method methods[] = {
	{ 0x06fdde03, "name()", "(string)",                                VIEW,   2500, run_name },
	{ 0x95d89b41, "symbol()", "(string)",                              VIEW,   2500, run_symbol },
	{ 0x313ce567, "decimals()", "(uint8)",                             VIEW,   1000, run_decimals },
	{ 0x18160ddd, "totalSupply()", "(uint256)",                        VIEW,   5000, run_total_supply },
	{ 0x70a08231, "balanceOf(address)", "(uint256)",                   VIEW,   6000, run_balance_of },
	{ 0xdd62ed3e, "allowance(address,address)", "(uint256)",           VIEW,   2500, run_allowance },
	{ 0xa9059cbb, "transfer(address,uint256)", "(bool)",               WRITE, 40000, run_transfer },
	{ 0x23b872dd, "transferFrom(address,address,uint256)", "(bool)",   WRITE, 45000, run_transfer_from },
	{ 0x095ea7b3, "approve(address,uint256)", "(bool)",                WRITE, 12000, run_approve },
	{ 0x39509351, "increaseAllowance(address,uint256)", "(bool)",      WRITE, 14000, run_increase_allowance },
	{ 0xa457c2d7, "decreaseAllowance(address,uint256)", "(bool)",      WRITE, 14000, run_decrease_allowance },
	{ 0xaf5f243b, "renounceAllowance(address)", "",                    WRITE, 12000, run_renounce_allowance },
	{ 0xd505accf, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", "",
	                                                                   WRITE, 24000, run_permit },
	{ 0x7ecebe00, "nonces(address)", "(uint256)",                      VIEW,   2500, run_nonces },
	{ 0x3644e515, "DOMAIN_SEPARATOR()", "(bytes32)",                   VIEW,   2500, run_domain_separator },
	{ 0x1da24f3e, "scaledBalanceOf(address)", "(uint256)",             VIEW,   2500, run_scaled_balance_of },
	{ 0xb1bf962d, "scaledTotalSupply()", "(uint256)",                  VIEW,   2500, run_scaled_total_supply },
	{ 0x0afbcdc9, "getScaledUserBalanceAndSupply(address)", "(uint256,uint256)",
	                                                                   VIEW,   5000, run_scaled_balance_and_supply },
	{ 0xe0753986, "getPreviousIndex(address)", "(uint256)",            VIEW,   2500, run_previous_index },
	{ 0xb16a19de, "UNDERLYING_ASSET_ADDRESS()", "(address)",           VIEW,   1000, run_underlying },
	{ 0x7535d246, "POOL()", "(address)",                               VIEW,   1000, run_pool },
	{ 0xae167335, "RESERVE_TREASURY_ADDRESS()", "(address)",           VIEW,   1000, run_treasury },
};

const struct contract ATOKEN_CONTRACT = {
	.kind = CONTRACT_ATOKEN,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = exists,
};
