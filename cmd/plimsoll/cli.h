#ifndef PLIMSOLL_CLI_H
#define PLIMSOLL_CLI_H

/* What every subcommand of plimsoll works with.  A subcommand returns OK, or an error whose
 * words are in c->why; main prints them.  It prints tables for people, or with --json exactly
 * one JSON value. */

#include "client/args.h"
#include "client/market.h"
#include "client/signer.h"
#include "client/wallet.h"

#define COIN_SYMBOL   "PLM" /* the native coin that pays for gas */
#define COIN_DECIMALS 18
#define DEFAULT_URL   "http://127.0.0.1:8545"

struct cli {
	struct args args; /* words: the subcommand's own */
	struct fault why;
	struct rpc_client *rpc;
	struct signer signer;
	const char *from; /* NULL: whoever there is */
	bool is_json, is_yes;
	struct wallet wallet; /* after cli_unlock */
	struct request plan;  /* what cli_send shall not ask the node for */
	bool is_offline;      /* cli_send prints what it signed */
	u64 chain_id;         /* that the user insists on; 0: the node's */
	json_t *transactions; /* what cli_send has done so far */
};

struct command {
	const char *name;
	const char *words; /* "TOKEN AMOUNT"; what is small is meant literally: "new|list" */
	size_t words_min, words_max;
	enum err (*run)(struct cli *c);
	const char *summary;              /* one line */
	const struct option_row *options; /* besides those of all */
	size_t option_count;
	const char *examples; /* lines, each without the program's name */
};
extern const struct command KEYS_COMMAND, BALANCE_COMMAND, SEND_COMMAND, SUPPLY_COMMAND, WITHDRAW_COMMAND,
	BORROW_COMMAND, REPAY_COMMAND, HEALTH_COMMAND, MARKETS_COMMAND, PRICES_COMMAND, LIQUIDATE_COMMAND,
	LIQUIDATABLE_COMMAND, FAUCET_COMMAND, PROOF_COMMAND, STATUS_COMMAND, COMPLETION_COMMAND, DECODE_TX_COMMAND, BROADCAST_COMMAND,
	SIGN_MESSAGE_COMMAND, VERIFY_MESSAGE_COMMAND, SIGN_TYPED_COMMAND, SIGN_PERMIT_COMMAND;

extern const struct command *const COMMANDS[];
extern const size_t COMMAND_COUNT;
extern const struct option_row COMMON_OPTIONS[]; /* every command has these */
extern const size_t COMMON_OPTION_COUNT;
const struct command *command_find(const char *name); /* NULL if none */

/* Word i; NULL if there are fewer. */
const char *cli_word(const struct cli *c, size_t i);
/* An address in word i: 0x..., or the name of a key. */
MUST_CHECK enum err cli_address(struct cli *c, struct address *out, size_t i);
/* The same, or the own account if the word is missing. */
MUST_CHECK enum err cli_owner(struct cli *c, struct address *out, size_t i);
/* A decimal amount above zero; "max" is 2^256-1 if max_is_fine. */
MUST_CHECK enum err cli_amount(struct cli *c, struct u256 *out, const char *text, unsigned decimals, bool max_is_fine);

/* A call whose result the caller owns; NULL: c->why. */
json_t *cli_ask(struct cli *c, const char *method, json_t *params);
/* Prints a value and takes it. */
void cli_print_json(json_t *value);

/* Gets the key, asking for the password if need be, and the chain. */
MUST_CHECK enum err cli_unlock(struct cli *c);
/* Asks "... ? [y/N]" unless --yes.  Ends with an error unless the answer is yes. */
MUST_CHECK enum err cli_confirm(struct cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Sends one transaction, waits for it, prints a line about it (or keeps it for --json).  done is what it did,
 * in the past tense. */
MUST_CHECK enum err cli_send(struct cli *c, const char *done, const struct address *to, const struct u256 *value,
			     const char *signature, const char *const *args, size_t count);
/* A line about a transaction in a block, or an entry of --json. */
void cli_report(struct cli *c, const char *done, const struct tx_result *r);
/* With --json prints what was asked for and the transactions of it; takes outcome, an object. */
void cli_finish(struct cli *c, json_t *outcome);

/* Text of numbers that lives until a few calls later. */
const char *cli_brief(const struct u256 *x, unsigned decimals);
const char *cli_dollars(const struct u256 *x); /* 8 decimals */
/* A decimal of the node's, shortened: "1.2345" and NULL or "" as "-". */
const char *cli_decimal(const json_t *object, const char *key, unsigned decimals, unsigned places);
const char *cli_health(const json_t *object); /* its healthFactor, or "no debt" */
const char *cli_percent(const json_t *object, const char *key, unsigned decimals);
const char *cli_address_text(const struct address *a);
const char *cli_address_at(const json_t *object, const char *key); /* nodes write them small */

#endif
