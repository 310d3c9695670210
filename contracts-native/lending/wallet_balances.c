#include "contracts-native/lending/wallet_balances.h"

#include <string.h>

#include "contracts-native/lending/reserve.h"
#include "contracts-native/lending/single.h"

#define GAS_PER_BALANCE 3000

static const struct address NATIVE = { { 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee,
					 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee } };

/* Asks any token; its failure is ours. */
static enum err ask_balance(struct call *c, struct u256 *out, const struct address *token,
			    const struct address *user)
{
	u8 input[36] = { 0x70, 0xa0, 0x82, 0x31 }; /* balanceOf(address) */
	struct message m = { .caller = c->self, .to = *token, .input = { input, sizeof input }, .is_static = true };
	struct bytes output;
	enum err err;

	memcpy(input + 16, user->bytes, sizeof user->bytes);
	err = call_run(c->exec, &output, &m);
	if (err == ERR_FULL || err == ERR_OUT_OF_GAS)
		return err;
	if (err != OK || output.size < 32)
		return ERR_BARE;
	*out = u256_from_be(output.at);
	return OK;
}

static enum err balance_of(struct call *c, struct u256 *out, const struct address *token,
			   const struct address *user)
{
	struct account account;

	TRY(call_charge(c, GAS_PER_BALANCE));
	if (address_cmp(token, &NATIVE) == 0) {
		account_read(c->state, &(struct account_key){ *user }, &account);
		*out = account.balance;
		return OK;
	}
	if (!call_has_code(c->state, token))
		return call_revert_text(c, "INVALID_TOKEN");
	return ask_balance(c, out, token, user);
}

static enum err run_balance(struct call *c)
{
	struct address user = abi_address(&c->args, 0), token = abi_address(&c->args, 1);
	struct u256 balance;

	TRY(balance_of(c, &balance, &token, &user));
	call_return_u256(c, balance);
	return OK;
}

/* balances[user * tokens + token] */
static enum err run_batch(struct call *c)
{
	struct abi_view users = abi_at(&c->args, 0), tokens = abi_at(&c->args, 1);

	if ((u64)users.count * tokens.count > ABI_ITEMS_MAX)
		return ERR_BARE;
	abi_open(&c->out, users.count * tokens.count);
	for (u32 i = 0; i < users.count; i++) {
		struct address user = abi_address(&users, i);

		for (u32 j = 0; j < tokens.count; j++) {
			struct address token = abi_address(&tokens, j);
			struct u256 balance;

			TRY(balance_of(c, &balance, &token, &user));
			abi_put_u256(&c->out, &balance);
		}
	}
	abi_close(&c->out);
	return OK;
}

/* The underlying tokens of the market and the native coin, then their balances; what is not
 * active shows as 0. */
static enum err run_wallet(struct call *c)
{
	struct address user = abi_address(&c->args, 1);
	u16 ids[RESERVES_MAX], count = reserve_list(c->state, ids);
	struct reserve_open m;
	struct u256 balance;

	abi_open(&c->out, count + 1u);
	for (u16 i = 0; i < count; i++) {
		reserve_load(c->state, &m, ids[i]);
		abi_put_address(&c->out, &m.asset);
	}
	abi_put_address(&c->out, &NATIVE);
	abi_close(&c->out);

	abi_open(&c->out, count + 1u);
	for (u16 i = 0; i < count; i++) {
		reserve_load(c->state, &m, ids[i]);
		balance = U256_ZERO;
		if (reserve_is(&m, CONFIG_ACTIVE))
			TRY(balance_of(c, &balance, &m.asset, &user));
		abi_put_u256(&c->out, &balance);
	}
	TRY(balance_of(c, &balance, &NATIVE, &user));
	abi_put_u256(&c->out, &balance);
	abi_close(&c->out);
	return OK;
}

static void put_nothing(struct call *c)
{
	abi_open(&c->out, 0);
	abi_close(&c->out);
}

static enum err run_nothing(struct call *c)
{
	put_nothing(c);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method balance_methods[] = {
	{ 0xf7888aec, "balanceOf(address,address)", "(uint256)",           VIEW,   2000, run_balance },
	{ 0xb59b28ef, "batchBalanceOf(address[],address[])", "(uint256[])", VIEW,  2000, run_batch },
	{ 0x02405343, "getUserWalletBalances(address,address)", "(address[],uint256[])",
	                                                                   VIEW,  20000, run_wallet },
};
/* clang-format on */

const struct contract WALLET_BALANCES_CONTRACT = {
	.kind = CONTRACT_WALLET_BALANCES,
	.methods = balance_methods,
	.method_count = ARRAY_COUNT(balance_methods),
	.exists = single_exists,
};

#define REWARD_INFO \
	"(string,address,address,uint256,uint256,uint256,uint256,int256,uint8,uint8,uint8)"
#define USER_REWARD_INFO "(string,address,address,uint256,uint256,int256,uint8,uint8)"
#define INCENTIVES \
	"(address,(address,address," REWARD_INFO "[]),(address,address," REWARD_INFO "[]))"
#define USER_INCENTIVES \
	"(address,(address,address," USER_REWARD_INFO "[]),(address,address," USER_REWARD_INFO "[]))"

static enum err run_nothing_twice(struct call *c)
{
	put_nothing(c);
	put_nothing(c);
	return OK;
}

/* clang-format off */
/* selector    signature, returns                                   mutability   gas     run */
static const struct method incentive_methods[] = {
	{ 0x976fafc5, "getReservesIncentivesData(address)", "(" INCENTIVES "[])",
	                                                                   VIEW,   2000, run_nothing },
	{ 0x799bdcf5, "getUserReservesIncentivesData(address,address)", "(" USER_INCENTIVES "[])",
	                                                                   VIEW,   2000, run_nothing },
	{ 0x47637536, "getFullReservesIncentiveData(address,address)", "(" INCENTIVES "[]," USER_INCENTIVES "[])",
	                                                                   VIEW,   2000, run_nothing_twice },
};
/* clang-format on */

const struct contract UI_INCENTIVES_CONTRACT = {
	.kind = CONTRACT_UI_INCENTIVES,
	.methods = incentive_methods,
	.method_count = ARRAY_COUNT(incentive_methods),
	.exists = single_exists,
};
