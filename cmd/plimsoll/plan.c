#include "cmd/plimsoll/plan.h"

#include <stdio.h>
#include <string.h>

#include "client/field.h"
#include "client/units.h"

#define GAS_MAX_BITS 40 /* far beyond any block */

/* A whole number of at most bits bits; *out stays if the option is absent. */
static enum err number_option(struct cli *c, u64 *out, const char *name, unsigned bits)
{
	const char *text = args_value(&c->args, name);
	struct u256 x;

	if (!text)
		return OK;
	if (units_parse(&x, text, 0) || !u256_fits(&x, bits))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL, "%s wants a whole number, not %.40s",
				 name, text);
	*out = u256_low64(&x);
	return OK;
}

/* "1000000000", or "1gwei". */
static enum err fee_option(struct cli *c, struct u256 *out, const char *name)
{
	const char *text = args_value(&c->args, name);
	char number[UNITS_TEXT_MAX];
	size_t size;
	bool is_gwei;

	if (!text)
		return OK;
	size = strlen(text);
	is_gwei = size > 4 && size < sizeof number && strcmp(text + size - 4, "gwei") == 0;
	snprintf(number, sizeof number, "%.*s", (int)(is_gwei ? size - 4 : size), text);
	if (units_parse(out, number, is_gwei ? 9 : 0) || !u256_fits(out, 128))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "%s is wei for each gas, like 1000000000 or 1gwei, not %.40s", name, text);
	return OK;
}

enum err plan_read(struct cli *c)
{
	static const char *const needed[] = { "--nonce", "--gas", "--max-fee", "--chain-id" };

	c->is_offline = args_has(&c->args, "--offline");
	for (size_t i = 0; c->is_offline && i < ARRAY_COUNT(needed); i++) {
		if (!args_has(&c->args, needed[i]))
			return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
					 "offline nobody can be asked: say --nonce, --gas, --max-fee and "
					 "--chain-id; %s is missing",
					 needed[i]);
	}
	if (args_has(&c->args, "--decimals") && !c->is_offline)
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "--decimals is for --offline; the node knows them");
	TRY(number_option(c, &c->plan.nonce, "--nonce", 63));
	TRY(number_option(c, &c->plan.gas, "--gas", GAS_MAX_BITS));
	TRY(number_option(c, &c->chain_id, "--chain-id", 62));
	TRY(fee_option(c, &c->plan.fee, "--max-fee"));
	TRY(fee_option(c, &c->plan.tip, "--tip"));
	if (args_has(&c->args, "--chain-id") && c->chain_id == 0)
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL, "no chain has the id 0");
	if (args_has(&c->args, "--max-fee") && u256_is_zero(&c->plan.fee))
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL, "--max-fee must be above zero");
	if (args_has(&c->args, "--max-fee") && u256_cmp(&c->plan.tip, &c->plan.fee) > 0)
		return fault_set(&c->why, ERR_RANGE, FAULT_LOCAL,
				 "--tip is part of --max-fee and cannot be more");
	return OK;
}

enum err plan_token(struct cli *c, struct erc20 *out, const char *who)
{
	u64 decimals = UINT64_MAX;

	if (address_parse(&out->at, who))
		return fault_set(&c->why, ERR_SYNTAX, FAULT_LOCAL,
				 "offline a token is named by its address (EIP-55), not %.60s; "
				 "`plimsoll markets --json` has them",
				 who);
	TRY(number_option(c, &decimals, "--decimals", 8));
	if (decimals > UNITS_DECIMALS_MAX)
		return fault_set(&c->why, ERR_NOT_FOUND, FAULT_LOCAL,
				 "say how many decimals the token has with --decimals (0 to %d)",
				 UNITS_DECIMALS_MAX);
	out->decimals = (unsigned)decimals;
	snprintf(out->symbol, sizeof out->symbol, "tokens");
	return OK;
}
