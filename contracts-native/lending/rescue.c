#include "contracts-native/lending/rescue.h"

#include <string.h>

#include "contracts-native/lending/acl.h"
#include "contracts-native/lending/scaled_token.h"

#define TRANSFER 0xa9059cbbu /* transfer(address,uint256) */

/* Has this contract transfer tokens as any holder would: aTokens may be among them. */
static enum err pass_on(struct call *c)
{
	struct address token = abi_address(&c->args, 0), to = abi_address(&c->args, 1);
	struct u256 amount = abi_u256(&c->args, 2);
	u8 input[4 + 32 + 32] = { 0 };
	struct message m = {
		.caller = c->self,
		.to = token,
		.input = { input, sizeof input },
	};
	struct bytes output;
	enum err err;

	if (!call_has_code(c->state, &token))
		return call_revert_text(c, "GPv2: not a contract");
	store_be32(input, TRANSFER);
	memcpy(input + 4 + 12, to.bytes, sizeof to.bytes);
	u256_to_be(input + 4 + 32, &amount);
	err = call_run(c->exec, &output, &m);
	if (err == OK || err == ERR_FULL || err == ERR_OUT_OF_GAS)
		return err;
	c->revert = output;
	return ERR_REVERT;
}

enum err rescue_from_pool(struct call *c)
{
	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	return pass_on(c);
}

enum err rescue_from_atoken(struct call *c)
{
	struct address token = abi_address(&c->args, 0);
	struct reserve_open m = scaled_token_reserve(c);

	TRY(acl_require(c, REVERT_CallerNotPoolAdmin));
	if (address_cmp(&token, &m.asset) == 0)
		return call_revert(c, REVERT_UnderlyingCannotBeRescued);
	return pass_on(c);
}
