#include "contracts-native/lending/scaled_token.h"

#include <string.h>

#include "contracts-native/token/token.h"

#define REVISION 5 /* of both tokens in Aave v3.6 */

static bool is_atoken(const struct call *c)
{
	return c->id.kind == CONTRACT_ATOKEN;
}

/* -- what it is -------------------------------------------------------------------- */

struct bytes token_text(struct state *s, u16 token, const char *prefix, char out[TOKEN_TEXT_MAX])
{
	struct token t;
	struct bytes symbol;
	size_t size = strlen(prefix);

	token_read(s, &(struct token_key){ token }, &t);
	symbol = token_symbol(&t);
	assert(size + symbol.size <= TOKEN_TEXT_MAX);
	memcpy(out, prefix, size);
	memcpy(out + size, symbol.at, symbol.size);
	return (struct bytes){ (const u8 *)out, size + symbol.size };
}

struct reserve_open scaled_token_reserve(struct call *c)
{
	struct reserve_open m;

	reserve_load(c->state, &m, c->id.index);
	return m;
}

bool scaled_token_exists(struct state *s, u16 index)
{
	struct reserve r;

	return reserve_read(s, &(struct reserve_key){ index }, &r);
}

static struct bytes name_of(struct call *c, char out[TOKEN_TEXT_MAX])
{
	return token_text(c->state, scaled_token_reserve(c).r.token,
			  is_atoken(c) ? "Plimsoll " : "Plimsoll Variable Debt ", out);
}

enum err scaled_token_name(struct call *c)
{
	char buffer[TOKEN_TEXT_MAX];

	abi_put_bytes(&c->out, name_of(c, buffer));
	return OK;
}

enum err scaled_token_symbol(struct call *c)
{
	char buffer[TOKEN_TEXT_MAX];

	abi_put_bytes(&c->out, token_text(c->state, scaled_token_reserve(c).r.token,
					  is_atoken(c) ? "a" : "v", buffer));
	return OK;
}

enum err scaled_token_decimals(struct call *c)
{
	struct reserve_open m = scaled_token_reserve(c);

	call_return_u64(c, reserve_config(&m, CONFIG_DECIMALS));
	return OK;
}

enum err scaled_token_underlying(struct call *c)
{
	struct reserve_open m = scaled_token_reserve(c);

	call_return_address(c, &m.asset);
	return OK;
}

enum err scaled_token_pool(struct call *c)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	call_return_address(c, &pool);
	return OK;
}

/* -- how much of it ------------------------------------------------------------------ */

enum err scaled_token_total_supply(struct call *c)
{
	struct reserve_open m = scaled_token_reserve(c);
	u64 now = c->exec->block->time;
	struct amount total;

	if (is_atoken(c))
		TRY(reserve_total_supply(&total, &m.r, now));
	else
		TRY(reserve_total_debt(&total, &m.r, now));
	call_return_u256(c, amount_raw(total));
	return OK;
}

static struct position holding(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	return position_of(c->state, c->id.index, &owner);
}

enum err scaled_token_balance_of(struct call *c)
{
	struct reserve_open m = scaled_token_reserve(c);
	struct position p = holding(c);
	u64 now = c->exec->block->time;
	struct amount balance;
	struct ray index;

	if (is_atoken(c)) {
		TRY(reserve_income(&index, &m.r, now));
		TRY(position_supply(&balance, &p, index));
	} else {
		TRY(reserve_debt_index(&index, &m.r, now));
		TRY(position_debt(&balance, &p, index));
	}
	call_return_u256(c, amount_raw(balance));
	return OK;
}

static struct u256 scaled_supply(struct call *c)
{
	struct reserve_open m = scaled_token_reserve(c);

	return is_atoken(c) ? m.r.scaled_supply : m.r.scaled_debt;
}

static struct u256 scaled_balance(struct call *c)
{
	struct position p = holding(c);

	return wide(is_atoken(c) ? p.scaled_supply : p.scaled_debt);
}

enum err scaled_token_scaled_total_supply(struct call *c)
{
	call_return_u256(c, scaled_supply(c));
	return OK;
}

enum err scaled_token_scaled_balance_of(struct call *c)
{
	call_return_u256(c, scaled_balance(c));
	return OK;
}

enum err scaled_token_balance_and_supply(struct call *c)
{
	call_return_u256(c, scaled_balance(c));
	call_return_u256(c, scaled_supply(c));
	return OK;
}

enum err scaled_token_previous_index(struct call *c)
{
	struct position p = holding(c);

	call_return_u256(c, wide(is_atoken(c) ? p.supply_index : p.debt_index));
	return OK;
}

/* -- signatures ------------------------------------------------------------------------- */

enum err scaled_token_permit(struct call *c, const struct permit_request *p)
{
	struct u256 now = u256_from_u64(c->exec->block->time);
	char buffer[TOKEN_TEXT_MAX];
	struct address signer;

	if (address_is_zero(&p->owner))
		return call_revert(c, REVERT_ZeroAddressNotValid);
	if (u256_cmp(&now, &p->deadline) > 0)
		return call_revert(c, REVERT_InvalidExpiration);
	signer = permit_signer(c, c->id, name_of(c, buffer), p);
	if (address_cmp(&signer, &p->owner) != 0)
		return call_revert(c, REVERT_InvalidSignature);
	permit_consume(c->state, c->id, &p->owner);
	return OK;
}

enum err scaled_token_nonces(struct call *c)
{
	struct address owner = abi_address(&c->args, 0);

	call_return_u64(c, permit_nonce(c->state, c->id, &owner));
	return OK;
}

enum err scaled_token_domain_separator(struct call *c)
{
	char buffer[TOKEN_TEXT_MAX];
	struct hash separator = permit_domain(c, c->id, name_of(c, buffer));

	abi_put_bytes32(&c->out, &separator);
	return OK;
}

enum err scaled_token_eip712_revision(struct call *c)
{
	abi_put_bytes(&c->out, (struct bytes){ (const u8 *)PERMIT_VERSION, strlen(PERMIT_VERSION) });
	return OK;
}

enum err scaled_token_revision(struct call *c)
{
	call_return_u64(c, REVISION);
	return OK;
}
