#include "contracts-native/faucet/faucet.h"

#include "contracts-native/token/token.h"

#define GAS_PER_TOKEN 20000
#define COIN_DECIMALS 18

static const struct address NATIVE; /* the zero address stands for the gas coin */

static void emit_drip(struct call *c, const struct address *token, const struct address *to, struct u256 amount)
{
	call_emit(c, &c->self, EVENT_Drip,
		  (struct u256[]){ word_of_address(token), word_of_address(to), amount },
		  3);
}

/* Notes the visit.  NotDevnet, FaucetTooSoon. */
static enum err check_in(struct call *c, const struct address *to)
{
	u64 now = c->exec->block->time;
	struct faucet_key key = { *to };
	struct faucet visit;
	struct u256 next;

	if (!c->exec->block->devnet)
		return call_revert(c, REVERT_NotDevnet);
	if (faucet_read(c->state, &key, &visit) && now < visit.last_drip + FAUCET_PERIOD) {
		next = u256_from_u64(visit.last_drip + FAUCET_PERIOD);
		return call_revert_with(c, REVERT_FaucetTooSoon, &next, 1);
	}
	faucet_write(c->state, &key, &(struct faucet){ now });
	return OK;
}

static enum err drip_coins(struct call *c, const struct address *to)
{
	struct u256 amount = u256_pow10(COIN_DECIMALS), coins = u256_from_u64(FAUCET_COINS);
	struct account_key key = { *to };
	struct account account;

	TRY(u256_mul(&amount, &amount, &coins));
	account_read(c->state, &key, &account);
	TRY(u256_add(&account.balance, &account.balance, &amount));
	account_write(c->state, &key, &account);
	emit_drip(c, &NATIVE, to, amount);
	return OK;
}

static enum err drip_token(struct call *c, u16 index, const struct address *to)
{
	struct address token = contract_address(CONTRACT_TOKEN, index);
	struct token t;

	if (!token_read(c->state, &(struct token_key){ index }, &t))
		return ERR_BARE;
	TRY(token_mint(c, index, to, amount_from(t.drip)));
	emit_drip(c, &token, to, t.drip);
	return OK;
}

static enum err run_drip(struct call *c)
{
	struct address token = abi_address(&c->args, 0), to = abi_address(&c->args, 1);
	struct contract_id id = contract_of(&token);

	TRY(check_in(c, &to));
	if (address_is_zero(&token))
		return drip_coins(c, &to);
	return id.kind == CONTRACT_TOKEN ? drip_token(c, id.index, &to) : ERR_BARE;
}

static enum err run_drip_all(struct call *c)
{
	struct address to = abi_address(&c->args, 0);
	struct chain chain;

	TRY(check_in(c, &to));
	chain_read(c->state, &(struct chain_key){ 0 }, &chain);
	TRY(call_charge(c, GAS_PER_TOKEN * (u64)chain.token_count));
	TRY(drip_coins(c, &to));
	for (u16 i = 0; i < chain.token_count; i++)
		TRY(drip_token(c, i, &to));
	return OK;
}

static bool exists(struct state *s, u16 index)
{
	(void)s;
	return index == 0;
}

/* clang-format off */
/* selector    signature, returns                        mutability   gas     run */
static const struct method methods[] = {
	{ 0xeb3839a7, "drip(address,address)", "",              WRITE, 30000, run_drip },
	{ 0x3adccade, "dripAll(address)", "",                   WRITE, 30000, run_drip_all },
};
/* clang-format on */

const struct contract FAUCET_CONTRACT = {
	.kind = CONTRACT_FAUCET,
	.methods = methods,
	.method_count = ARRAY_COUNT(methods),
	.exists = exists,
};
