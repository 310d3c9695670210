#include "contracts-native/token/token.h"

#include "contracts-native/token/permit.h"

static struct contract_id id_of(u16 token)
{
	return (struct contract_id){ CONTRACT_TOKEN, token };
}

/* -- the ledger ---------------------------------------------------------------- */

struct amount token_balance(struct state *s, u16 token, const struct address *owner)
{
	struct balance balance;

	balance_read(s, &(struct balance_key){ token, *owner }, &balance);
	return amount_from(balance.amount);
}

static void set_balance(struct state *s, u16 token, const struct address *owner, struct amount amount)
{
	balance_write(s, &(struct balance_key){ token, *owner },
		      &(struct balance){ amount_raw(amount) });
}

static void emit_transfer(struct call *c, u16 token, const struct address *from,
			  const struct address *to, struct amount amount)
{
	struct address emitter = contract_address(CONTRACT_TOKEN, token);

	call_emit(c, &emitter, EVENT_Transfer,
		  (struct u256[]){ word_of_address(from), word_of_address(to), amount_raw(amount) },
		  3);
}

static enum err refuse_zero(struct call *c, enum revert_name name)
{
	struct u256 nobody = U256_ZERO;

	return call_revert_with(c, name, &nobody, 1);
}

static enum err refuse_lack(struct call *c, enum revert_name name, const struct address *who,
			    struct amount has, struct amount needs)
{
	struct u256 words[] = { word_of_address(who), amount_raw(has), amount_raw(needs) };

	return call_revert_with(c, name, words, 3);
}

enum err token_move(struct call *c, u16 token, const struct address *from,
		    const struct address *to, struct amount amount)
{
	struct amount balance, left;

	if (address_is_zero(from))
		return refuse_zero(c, REVERT_ERC20InvalidSender);
	if (address_is_zero(to))
		return refuse_zero(c, REVERT_ERC20InvalidReceiver);
	balance = token_balance(c->state, token, from);
	if (amount_cmp(balance, amount) < 0)
		return refuse_lack(c, REVERT_ERC20InsufficientBalance, from, balance, amount);
	TRY(amount_sub(&left, balance, amount));
	set_balance(c->state, token, from, left);
	TRY(amount_add(&balance, token_balance(c->state, token, to), amount));
	set_balance(c->state, token, to, balance);
	emit_transfer(c, token, from, to, amount);
	return OK;
}

enum err token_mint(struct call *c, u16 token, const struct address *to, struct amount amount)
{
	struct address nobody = { { 0 } };
	struct amount balance, supply;
	struct token t;

	if (address_is_zero(to))
		return refuse_zero(c, REVERT_ERC20InvalidReceiver);
	token_read(c->state, &(struct token_key){ token }, &t);
	TRY(amount_add(&supply, amount_from(t.supply), amount));
	t.supply = amount_raw(supply);
	token_write(c->state, &(struct token_key){ token }, &t);
	TRY(amount_add(&balance, token_balance(c->state, token, to), amount));
	set_balance(c->state, token, to, balance);
	emit_transfer(c, token, &nobody, to, amount);
	return OK;
}

static void set_allowance(struct call *c, u16 token, const struct address *owner,
			  const struct address *spender, struct amount amount)
{
	allowance_write(c->state, &(struct allowance_key){ id_of(token), *owner, *spender },
			&(struct allowance){ amount_raw(amount) });
}

static struct amount allowance_of(struct call *c, u16 token, const struct address *owner,
				  const struct address *spender)
{
	struct allowance allowance;

	allowance_read(c->state, &(struct allowance_key){ id_of(token), *owner, *spender }, &allowance);
	return amount_from(allowance.amount);
}

enum err token_approve(struct call *c, u16 token, const struct address *owner,
		       const struct address *spender, struct amount amount)
{
	struct address emitter = contract_address(CONTRACT_TOKEN, token);

	if (address_is_zero(owner))
		return refuse_zero(c, REVERT_ERC20InvalidApprover);
	if (address_is_zero(spender))
		return refuse_zero(c, REVERT_ERC20InvalidSpender);
	set_allowance(c, token, owner, spender, amount);
	call_emit(c, &emitter, EVENT_Approval,
		  (struct u256[]){ word_of_address(owner), word_of_address(spender), amount_raw(amount) },
		  3);
	return OK;
}

enum err token_move_from(struct call *c, u16 token, const struct address *spender,
			 const struct address *from, const struct address *to,
			 struct amount amount)
{
	struct amount allowance = allowance_of(c, token, from, spender);
	struct amount left;

	if (amount_cmp(allowance, AMOUNT_MAX) != 0) {
		if (amount_cmp(allowance, amount) < 0)
			return refuse_lack(c, REVERT_ERC20InsufficientAllowance, spender, allowance, amount);
		TRY(amount_sub(&left, allowance, amount));
		set_allowance(c, token, from, spender, left);
	}
	return token_move(c, token, from, to, amount);
}

struct bytes padded_text(const char *at, size_t size)
{
	size_t used = 0;

	while (used < size && at[used])
		used++;
	return (struct bytes){ (const u8 *)at, used };
}

struct bytes token_name(const struct token *t)
{
	return padded_text(t->name, sizeof t->name);
}

struct bytes token_symbol(const struct token *t)
{
	return padded_text(t->symbol, sizeof t->symbol);
}

/* -- the contract ---------------------------------------------------------------- */

static struct token record(struct call *c)
{
	struct token t;

	token_read(c->state, &(struct token_key){ c->id.index }, &t);
	return t;
}

static enum err run_name(struct call *c)
{
	struct token t = record(c);
	struct bytes text = token_name(&t);

	call_return_text(c, (const char *)text.at, text.size);
	return OK;
}

static enum err run_symbol(struct call *c)
{
	struct token t = record(c);
	struct bytes text = token_symbol(&t);

	call_return_text(c, (const char *)text.at, text.size);
	return OK;
}

static enum err run_decimals(struct call *c)
{
	call_return_u64(c, record(c).decimals);
	return OK;
}

static enum err run_total_supply(struct call *c)
{
	call_return_u256(c, record(c).supply);
	return OK;
}

static enum err run_balance_of(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	call_return_u256(c, amount_raw(token_balance(c->state, c->id.index, &owner)));
	return OK;
}

static enum err run_allowance(struct call *c)
{
	struct address owner = abi_address(&c->args, 0), spender = abi_address(&c->args, 1);

	call_return_u256(c, amount_raw(allowance_of(c, c->id.index, &owner, &spender)));
	return OK;
}

static enum err run_transfer(struct call *c)
{
	struct address to = abi_address(&c->args, 0);

	TRY(token_move(c, c->id.index, &c->caller, &to, amount_from(abi_u256(&c->args, 1))));
	call_return_bool(c, true);
	return OK;
}

static enum err run_transfer_from(struct call *c)
{
	struct address from = abi_address(&c->args, 0), to = abi_address(&c->args, 1);

	TRY(token_move_from(c, c->id.index, &c->caller, &from, &to,
			    amount_from(abi_u256(&c->args, 2))));
	call_return_bool(c, true);
	return OK;
}

static enum err run_approve(struct call *c)
{
	struct address spender = abi_address(&c->args, 0);

	TRY(token_approve(c, c->id.index, &c->caller, &spender, amount_from(abi_u256(&c->args, 1))));
	call_return_bool(c, true);
	return OK;
}

static enum err run_mint(struct call *c)
{
	struct address to = abi_address(&c->args, 0);

	if (!c->exec->block->devnet)
		return ERR_BARE;
	return token_mint(c, c->id.index, &to, amount_from(abi_u256(&c->args, 1)));
}

enum err token_permit(struct call *c, u16 token, const struct permit_request *p)
{
	struct token t;
	struct address signer;
	struct u256 deadline = p->deadline;
	u64 now = c->exec->block->time;

	if (u256_cmp(&deadline, &(struct u256){ { now, 0, 0, 0 } }) < 0)
		return call_revert_with(c, REVERT_ERC2612ExpiredSignature, &deadline, 1);
	token_read(c->state, &(struct token_key){ token }, &t);
	signer = permit_signer(c, id_of(token), token_name(&t), p);
	if (address_cmp(&signer, &p->owner) != 0) {
		struct u256 words[] = { word_of_address(&signer), word_of_address(&p->owner) };

		return call_revert_with(c, REVERT_ERC2612InvalidSigner, words, 2);
	}
	permit_consume(c->state, id_of(token), &p->owner);
	return token_approve(c, token, &p->owner, &p->spender, amount_from(p->value));
}

static enum err run_permit(struct call *c)
{
	struct permit_request p = permit_request_of(&c->args, PERMIT_ALLOWANCE);

	return token_permit(c, c->id.index, &p);
}

static enum err run_nonces(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	call_return_u64(c, permit_nonce(c->state, c->id, &owner));
	return OK;
}

static enum err run_domain_separator(struct call *c)
{
	struct token t = record(c);
	struct hash separator = permit_domain(c, c->id, token_name(&t));

	abi_put_bytes32(&c->out, &separator);
	return OK;
}

static bool exists(struct state *s, u16 index)
{
	struct token t;

	return token_read(s, &(struct token_key){ index }, &t);
}

/* clang-format off */
/* selector    signature, returns                             mutability   gas     run */
static const struct method methods[] = {
	{ 0x06fdde03, "name()", "(string)", VIEW, 2000, run_name },
	{ 0x95d89b41, "symbol()", "(string)", VIEW, 2000, run_symbol },
	{ 0x313ce567, "decimals()", "(uint8)", VIEW, 1000, run_decimals },
	{ 0x18160ddd, "totalSupply()", "(uint256)", VIEW, 2500, run_total_supply },
	{ 0x70a08231, "balanceOf(address)", "(uint256)", VIEW, 2500, run_balance_of },
	{ 0xdd62ed3e, "allowance(address,address)", "(uint256)", VIEW, 2500, run_allowance },
	{ 0xa9059cbb, "transfer(address,uint256)", "(bool)", WRITE, 12000, run_transfer },
	{ 0x23b872dd, "transferFrom(address,address,uint256)", "(bool)", WRITE, 16000, run_transfer_from },
	{ 0x095ea7b3, "approve(address,uint256)", "(bool)", WRITE, 12000, run_approve },
	{ 0x40c10f19, "mint(address,uint256)", "", WRITE, 16000, run_mint },
	{ 0xd505accf, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", "",
	  WRITE, 24000, run_permit },
	{ 0x7ecebe00, "nonces(address)", "(uint256)", VIEW, 2500, run_nonces },
	{ 0x3644e515, "DOMAIN_SEPARATOR()", "(bytes32)", VIEW, 2000, run_domain_separator },
};
/* clang-format on */

const struct contract TOKEN_CONTRACT = {
	.kind = CONTRACT_TOKEN,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = exists,
};
