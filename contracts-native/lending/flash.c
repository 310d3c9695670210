#include "contracts-native/lending/flash.h"

#include <string.h>

#include "contracts-native/lending/acl.h"
#include "contracts-native/lending/borrow.h"
#include "contracts-native/lending/validation.h"
#include "contracts-native/token/token.h"

static const struct amount none;

/* -- going out --------------------------------------------------------------------- */

static enum err premium_of(struct call *c, struct amount *out, struct amount amount)
{
	struct pool settings;

	pool_read(c->state, &(struct pool_key){ 0 }, &settings);
	return amount_percent_up(out, amount, settings.flash_premium);
}

static enum err hand_out(struct call *c, const struct address *receiver, const struct address *asset,
			 struct amount amount)
{
	struct reserve_open m;
	struct u128le less;

	TRY(reserve_open(c, &m, asset));
	TRY(narrow(c, &less, amount_raw(amount), 128));
	TRY(narrow_sub(&m.r.virtual_balance, m.r.virtual_balance, less));
	reserve_save(c->state, &m);
	return token_move(c, m.r.token, &m.atoken, receiver, amount);
}

/* -- calling back -------------------------------------------------------------------- */

/* Calls the receiver with an encoded executeOperation.  Its failure is ours. */
static enum err call_receiver(struct call *c, const struct address *receiver, struct bytes input)
{
	struct message m = { .caller = c->self, .to = *receiver, .input = input };
	struct bytes output;
	struct u256 answer;
	enum err err;

	if (!call_has_code(c->state, receiver))
		return ERR_BARE;
	err = call_run(c->exec, &output, &m);
	if (err == ERR_FULL || err == ERR_OUT_OF_GAS)
		return err;
	if (err != OK) {
		c->revert = output;
		return ERR_REVERT;
	}
	if (output.size < 32)
		return ERR_BARE;
	answer = u256_from_be(output.at);
	if (!u256_fits(&answer, 1))
		return ERR_BARE;
	return u256_is_zero(&answer) ? call_revert(c, REVERT_InvalidFlashloanExecutorReturn) : OK;
}

#define SINGLE_CALLBACK "executeOperation(address,uint256,uint256,address,bytes)"
#define MULTI_CALLBACK  "executeOperation(address[],uint256[],uint256[],address,bytes)"

/* Begins calldata in memory that lasts as long as the transaction. */
static enum err calldata_begin(struct call *c, struct abi_writer *w, struct abi_types *types,
			       const char *signature, u32 selector, size_t words, size_t params_size)
{
	size_t size = 32 * (words + 12) + params_size;
	u8 *at = arena_take(c->exec->arena, 4 + size);

	if (at == NULL)
		return ERR_FULL;
	TRY(abi_parse(types, signature));
	store_be32(at, selector);
	abi_writer_init(w, types, at + 4, size);
	return OK;
}

static enum err calldata_end(struct abi_writer *w, struct bytes *out)
{
	TRY(abi_writer_end(w, out));
	out->at -= 4;
	out->size += 4;
	return OK;
}

static enum err call_back_simple(struct call *c, const struct address *receiver, const struct address *asset,
				 struct amount amount, struct amount premium, struct bytes params)
{
	struct u256 words[] = { amount_raw(amount), amount_raw(premium) };
	struct abi_types types;
	struct abi_writer w;
	struct bytes input;

	TRY(calldata_begin(c, &w, &types, SINGLE_CALLBACK, 0x1b11d0ff, 0, params.size));
	abi_put_address(&w, asset);
	abi_put_u256(&w, &words[0]);
	abi_put_u256(&w, &words[1]);
	abi_put_address(&w, &c->caller);
	abi_put_bytes(&w, params);
	TRY(calldata_end(&w, &input));
	return call_receiver(c, receiver, input);
}

static enum err call_back(struct call *c, const struct flash_loan *f, const struct amount *premiums)
{
	u32 count = f->assets.count;
	struct abi_types types;
	struct abi_writer w;
	struct bytes input;

	TRY(calldata_begin(c, &w, &types, MULTI_CALLBACK, 0x920f5c84, 3 * (size_t)count, f->params.size));
	abi_open(&w, count);
	for (u32 i = 0; i < count; i++) {
		struct address asset = abi_address(&f->assets, i);

		abi_put_address(&w, &asset);
	}
	abi_close(&w);
	abi_open(&w, count);
	for (u32 i = 0; i < count; i++) {
		struct u256 amount = abi_u256(&f->amounts, i);

		abi_put_u256(&w, &amount);
	}
	abi_close(&w);
	abi_open(&w, count);
	for (u32 i = 0; i < count; i++) {
		struct u256 premium = amount_raw(premiums[i]);

		abi_put_u256(&w, &premium);
	}
	abi_close(&w);
	abi_put_address(&w, &c->caller);
	abi_put_bytes(&w, f->params);
	TRY(calldata_end(&w, &input));
	return call_receiver(c, &f->receiver, input);
}

/* -- coming back ------------------------------------------------------------------------ */

static void emit_loan(struct call *c, const struct address *receiver, const struct address *asset,
		      struct amount amount, u64 mode, struct amount premium, u64 referral)
{
	call_emit(c, &c->self, EVENT_FlashLoan,
		  (struct u256[]){ word_of_address(receiver), word_of_address(&c->caller), word_of_address(asset),
				   amount_raw(amount), u256_from_u64(mode), amount_raw(premium), u256_from_u64(referral) },
		  7);
}

/* Takes amount and premium; all of the premium is the treasury's. */
static enum err take_back(struct call *c, const struct address *receiver, const struct address *asset,
			  struct amount amount, struct amount premium, u64 referral)
{
	struct reserve_open m;
	struct accrual a;
	struct scaled share;
	struct u128le more;
	struct amount owed;

	TRY(reserve_open(c, &m, asset));
	accrual_begin(&a, &m);
	TRY(accrual_run(c, &a));
	TRY(amount_to_scaled_down(&share, premium, a.liquidity_index));
	TRY(narrow(c, &more, scaled_raw(share), 128));
	TRY(narrow_add(&m.r.accrued_to_treasury, m.r.accrued_to_treasury, more, 128));
	TRY(amount_add(&owed, amount, premium));
	TRY(accrual_rates(c, &a, owed, none));
	reserve_save(c->state, &m);
	TRY(token_move_from(c, m.r.token, &c->self, receiver, &m.atoken, owed));
	emit_loan(c, receiver, asset, amount, 0, premium, referral);
	return OK;
}

static enum err become_debt(struct call *c, const struct flash_loan *f, const struct address *asset,
			    struct amount amount, u64 mode)
{
	struct loan loan = {
		.asset = *asset,
		.amount = amount,
		.rate_mode = mode,
		.referral = f->referral,
		.debtor = f->debtor,
		.keeps_liquidity = true,
	};

	TRY(lending_borrow(c, &loan));
	emit_loan(c, &f->receiver, asset, amount, mode, none, f->referral);
	return OK;
}

/* -- both kinds --------------------------------------------------------------------------- */

enum err lending_flash_simple(struct call *c, const struct address *receiver,
			      const struct address *asset, struct amount amount,
			      struct bytes params, u64 referral)
{
	struct amount premium;

	TRY(validate_flash_simple(c, asset, amount));
	TRY(premium_of(c, &premium, amount));
	TRY(hand_out(c, receiver, asset, amount));
	TRY(call_back_simple(c, receiver, asset, amount, premium, params));
	return take_back(c, receiver, asset, amount, premium, referral);
}

enum err lending_flash(struct call *c, const struct flash_loan *f)
{
	struct amount premiums[RESERVES_MAX];
	u64 modes[RESERVES_MAX];
	u32 count = f->assets.count;

	bool is_free = acl_has(c->state, ROLE_FLASH_BORROWER, &c->caller);

	TRY(validate_flash(c, f)); /* distinct and listed: at most RESERVES_MAX */
	for (u32 i = 0; i < count; i++) {
		struct address asset = abi_address(&f->assets, i);
		struct amount amount = amount_from(abi_u256(&f->amounts, i));

		if (i >= f->modes.count)
			return ERR_PANIC_INDEX;
		TRY(rate_mode_of(&modes[i], abi_u256(&f->modes, i)));
		premiums[i] = none;
		if (modes[i] == 0 && !is_free)
			TRY(premium_of(c, &premiums[i], amount));
		TRY(hand_out(c, &f->receiver, &asset, amount));
	}
	TRY(call_back(c, f, premiums));
	for (u32 i = 0; i < count; i++) {
		struct address asset = abi_address(&f->assets, i);
		struct amount amount = amount_from(abi_u256(&f->amounts, i));

		if (modes[i] == 0)
			TRY(take_back(c, &f->receiver, &asset, amount, premiums[i], f->referral));
		else
			TRY(become_debt(c, f, &asset, amount, modes[i]));
	}
	return OK;
}
