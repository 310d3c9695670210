/* The commands of plimsoll, in the order of --help, and the options of all of them. */

#include <string.h>

#include "cmd/plimsoll/cli.h"

const struct command *const COMMANDS[] = {
	&KEYS_COMMAND,
	&BALANCE_COMMAND,
	&SEND_COMMAND,
	&FAUCET_COMMAND,
	&MARKETS_COMMAND,
	&PRICES_COMMAND,
	&HEALTH_COMMAND,
	&SUPPLY_COMMAND,
	&WITHDRAW_COMMAND,
	&BORROW_COMMAND,
	&REPAY_COMMAND,
	&LIQUIDATABLE_COMMAND,
	&LIQUIDATE_COMMAND,
	&STATUS_COMMAND,
	&PROOF_COMMAND,
	&SIGN_PERMIT_COMMAND,
	&SIGN_TYPED_COMMAND,
	&SIGN_MESSAGE_COMMAND,
	&VERIFY_MESSAGE_COMMAND,
	&DECODE_TX_COMMAND,
	&BROADCAST_COMMAND,
	&COMPLETION_COMMAND,
};
const size_t COMMAND_COUNT = ARRAY_COUNT(COMMANDS);

const struct option_row COMMON_OPTIONS[] = {
	{ "--rpc", "URL", "the node (PLIMSOLL_RPC, or " DEFAULT_URL ")" },
	{ "--from", "NAME|ADDRESS", "whose account (PLIMSOLL_KEY, or the only key there is)" },
	{ "--keystore", "FOLDER", "where keys are (~/.plimsoll/keystore)" },
	{ "--password-file", "FILE", "first line: the password (PLIMSOLL_PASSWORD, or asked for)" },
	{ "--json", NULL, "one JSON value instead of text" },
	{ "--yes", NULL, "send or sign without asking" },
	{ "--help", NULL, "this" },
};
const size_t COMMON_OPTION_COUNT = ARRAY_COUNT(COMMON_OPTIONS);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(COMMANDS[i]->name, name) == 0)
			return COMMANDS[i];
	}
	return NULL;
}
