#include "client/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi.h"
#include "base/hex.h"
#include "client/field.h"
#include "contracts-native/dispatch/names.h"

#define ERROR_SELECTOR 0x08c379a0u /* Error(string) */
#define PANIC_SELECTOR 0x4e487b71u /* Panic(uint256) */

/* custom error, what to do */
static const struct {
	enum revert_name name;
	const char *advice;
} advices[] = {
	{ REVERT_BorrowCapExceeded,
	  "the market lends no more of this token; borrow less or another one" },
	{ REVERT_BorrowingNotEnabled,
	  "this token can only be supplied; `plimsoll markets` shows which can be borrowed" },
	{ REVERT_CollateralCannotBeLiquidated,
	  "the user does not use that token as collateral; see `plimsoll health USER`" },
	{ REVERT_CollateralCannotCoverNewBorrow,
	  "supply more collateral or borrow less; see `plimsoll health`" },
	{ REVERT_ERC20InsufficientAllowance,
	  "approve the pool first, or let `plimsoll supply` and `plimsoll repay` do it" },
	{ REVERT_ERC20InsufficientBalance, "you own too little of the token; see `plimsoll "
					   "balance`, on a devnet `plimsoll faucet`" },
	{ REVERT_FaucetTooSoon, "the faucet gives once a minute to each account" },
	{ REVERT_HealthFactorLowerThanLiquidationThreshold,
	  "that would leave the account open to liquidation; withdraw less or repay first" },
	{ REVERT_HealthFactorNotBelowThreshold,
	  "the account is healthy (or someone else was faster); nothing to liquidate" },
	{ REVERT_InvalidAmount, "the amount must be above zero, and a loan within what the pool "
				"has (`plimsoll markets`)" },
	{ REVERT_MustNotLeaveDust,
	  "cover the whole debt (--amount max) or leave more than the dust limit behind" },
	{ REVERT_NoDebtOfSelectedType, "there is no debt in that token; see `plimsoll health`" },
	{ REVERT_NotDevnet, "this chain has no faucet" },
	{ REVERT_NotEnoughAvailableUserBalance,
	  "you supplied less than that; `max` withdraws everything" },
	{ REVERT_ReserveFrozen, "the market takes no new positions in this token for now; repaying "
				"and withdrawing work" },
	{ REVERT_ReservePaused,
	  "everything in this token is paused by the market's guardian; try later" },
	{ REVERT_SelfLiquidation, "an account cannot liquidate itself; repay instead" },
	{ REVERT_SpecifiedCurrencyNotBorrowedByUser,
	  "the user owes nothing in that token; see `plimsoll health USER`" },
	{ REVERT_SupplyCapExceeded,
	  "the market takes no more of this token; supply less or another one" },
	{ REVERT_UnderlyingBalanceZero, "you have supplied none of this token" },
};

/* part of what a node says, what to do */
static const struct {
	const char *text, *advice;
} refusals[] = {
	{ "nonce too low", "the account has used that nonce; sign again with the next one, or leave "
			   "--nonce out" },
	{ "insufficient funds", "the account lacks coins for value and gas; see `plimsoll balance`, on a "
				"devnet `plimsoll faucet PLM`" },
	{ "replacement transaction underpriced", "another transaction with this nonce is waiting; to "
						 "replace it pay a tenth more of --max-fee and --tip" },
	{ "already known", "the node has it already; `plimsoll broadcast` waits for its block" },
	{ "less than block base fee", "pay more for the gas: --max-fee" },
	{ "intrinsic gas too low", "allow more gas, or leave --gas out" },
	{ "exceeds block gas limit", "allow less gas, or leave --gas out" },
	{ "max priority fee per gas higher", "--tip is part of --max-fee and cannot be more" },
	{ "invalid chain id", "it is signed for another chain; `plimsoll status` shows the node's" },
	{ "invalid sender", "it is damaged or for another chain; `plimsoll decode-tx` shows whose it is" },
	{ "txpool is full", "too many transactions are waiting; pay more, or try later" },
	{ "pruned history", "the node has no state of so long ago any more: its --history says how many blocks it keeps" },
	{ "header not found", "there is no such block yet; `plimsoll status` shows the newest" },
	{ "limit exceeded", "the node takes fewer requests than that; try again in a moment" },
};

/* Solidity's panic codes. */
static const struct {
	u64 code;
	const char *text;
} panics[] = {
	{ 0x11, "arithmetic overflow or underflow" },
	{ 0x12, "division by zero" },
	{ 0x21, "value outside its enumeration" },
	{ 0x32, "array index out of range" },
};

enum err fault_set(struct fault *out, enum err e, enum fault_kind kind, const char *format, ...)
{
	va_list args;

	out->kind = kind;
	out->name[0] = '\0';
	va_start(args, format);
	vsnprintf(out->text, sizeof out->text, format, args);
	va_end(args);
	return e;
}

const char *fault_advice(const struct fault *f)
{
	size_t size = strlen(f->name);

	for (size_t i = 0; size > 0 && i < ARRAY_COUNT(advices); i++) {
		const char *signature = revert_info(advices[i].name)->signature;

		if (strncmp(signature, f->name, size) == 0 && signature[size] == '(')
			return advices[i].advice;
	}
	for (size_t i = 0; f->kind == FAULT_REFUSED && i < ARRAY_COUNT(refusals); i++) {
		if (strstr(f->text, refusals[i].text))
			return refusals[i].advice;
	}
	return f->kind == FAULT_TIMEOUT ? "it may wait for a nonce before its own, or for a lower fee; "
					  "`plimsoll broadcast RAW` waits again"
					: NULL;
}

/* Writes the arguments of a custom error, all of one word, as "(0xabc..., 12)". */
static void fault_arguments(char *out, size_t size, const char *signature, struct bytes in)
{
	char address[HEX_ADDRESS_SIZE], number[U256_DECIMAL_MAX];
	size_t used = 0;
	struct abi_types types;
	struct abi_view view;
	struct address a;
	struct u256 x;

	*out = '\0';
	if (abi_parse(&types, signature) || abi_decode(&view, &types, in, ABI_CALLDATA))
		return;
	for (u32 i = 0, node = types.nodes[0].first; i < view.count && used < size;
	     i++, node = types.nodes[node].next) {
		const char *text = "...";

		if (types.nodes[node].kind == ABI_ADDRESS) {
			a = abi_address(&view, i);
			hex_checksum_address(address, &a);
			text = address;
		} else if (types.nodes[node].kind == ABI_UINT) {
			x = abi_u256(&view, i);
			u256_to_decimal(number, &x);
			text = number;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%s%s", i == 0 ? "(" : ", ",
					 text, i + 1 == view.count ? ")" : "");
	}
}

static enum err fault_from_text(struct fault *out, struct bytes in)
{
	struct abi_types types;
	struct abi_view view;
	struct bytes text;

	strcpy(out->name, "Error");
	if (abi_parse(&types, "(string)") || abi_decode(&view, &types, in, ABI_CALLDATA))
		return ERR_REVERT;
	text = abi_bytes(&view, 0);
	snprintf(out->text, sizeof out->text, "the contract refused: %.*s",
		 (int)(text.size < 400 ? text.size : 400), (const char *)text.at);
	return ERR_REVERT;
}

static enum err fault_from_panic(struct fault *out, struct bytes in)
{
	u64 code = in.size >= 32 ? load_be64(in.at + 24) : 0;

	strcpy(out->name, "Panic");
	for (size_t i = 0; i < ARRAY_COUNT(panics); i++) {
		if (panics[i].code == code)
			snprintf(out->text, sizeof out->text,
				 "the contract refused: %s (Panic 0x%02x)", panics[i].text,
				 (unsigned)code);
	}
	return ERR_REVERT;
}

enum err fault_from_revert(struct fault *out, struct bytes revert)
{
	char arguments[FAULT_TEXT_MAX / 2];
	const struct revert_info *row;
	struct bytes in;
	u32 selector;

	fault_set(out, ERR_REVERT, FAULT_REVERT, "the contract refused without saying why");
	if (revert.size < 4)
		return ERR_REVERT;
	in = (struct bytes){ revert.at + 4, revert.size - 4 };
	selector = load_be32(revert.at);
	if (selector == ERROR_SELECTOR)
		return fault_from_text(out, in);
	if (selector == PANIC_SELECTOR)
		return fault_from_panic(out, in);
	snprintf(out->text, sizeof out->text, "the contract refused with an unknown error 0x%08x",
		 selector);
	for (u32 i = 0; i < REVERT_NAME_COUNT; i++) {
		row = revert_info((enum revert_name)i);
		if (row->selector != selector)
			continue;
		snprintf(out->name, sizeof out->name, "%.*s", (int)strcspn(row->signature, "("),
			 row->signature);
		fault_arguments(arguments, sizeof arguments, row->signature, in);
		snprintf(out->text, sizeof out->text, "the contract refused: %s%s", out->name,
			 arguments);
	}
	return ERR_REVERT;
}

enum err fault_take(struct fault *out, json_t *error)
{
	json_int_t code = json_integer_value(json_object_get(error, "code"));
	const char *message = field_text(error, "message");
	size_t size;
	enum err e;
	u8 *at;

	if (strstr(message, "revert") &&
	    json_to_bytes(&at, &size, json_object_get(error, "data")) == OK) {
		e = fault_from_revert(out, (struct bytes){ at, size });
		free(at);
	} else if (code == 3 || strstr(message, "revert")) {
		e = fault_from_revert(out, (struct bytes){ (const u8 *)"", 0 });
	} else if (code == 0) {
		e = fault_set(out, ERR_IO, FAULT_UNREACHABLE, "%s",
			      *message ? message : "the node gave no answer");
	} else if (code == -32601) {
		e = fault_set(out, ERR_NOT_FOUND, FAULT_REFUSED, "%s; is this a Plimsoll node?",
			      message);
	} else {
		e = fault_set(out, ERR_RANGE, FAULT_REFUSED, "the node refused: %s", message);
	}
	json_decref(error);
	return e;
}
