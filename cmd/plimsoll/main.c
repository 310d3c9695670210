/* plimsoll: the command-line wallet.  One table row per subcommand; what they share is in cli.h. */

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/plimsoll/cli.h"

#define DEFAULT_URL "http://127.0.0.1:8545"

static const struct command *const commands[] = {
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
};

/* Every subcommand has these. */
static const struct option_row common[] = {
	{ "--rpc", "URL", "the node (PLIMSOLL_RPC, or " DEFAULT_URL ")" },
	{ "--from", "NAME|ADDRESS", "whose account (PLIMSOLL_KEY, or the only key there is)" },
	{ "--keystore", "FOLDER", "where keys are (~/.plimsoll/keystore)" },
	{ "--password-file", "FILE", "first line: the password (PLIMSOLL_PASSWORD, or asked for)" },
	{ "--json", NULL, "one JSON value instead of text" },
	{ "--yes", NULL, "send without asking" },
	{ "--help", NULL, "this" },
};

static void print_usage(void)
{
	printf("plimsoll: wallet of the Plimsoll lending chain\n\nusage: plimsoll COMMAND [WORDS] "
	       "[OPTIONS]\n\n");
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		char left[80];

		snprintf(left, sizeof left, "%s %s", commands[i]->name, commands[i]->words);
		printf("  %-36s %s\n", left, commands[i]->summary);
	}
	printf("\nOptions of every command:\n");
	args_print(common, ARRAY_COUNT(common));
	printf("\n`plimsoll COMMAND --help` shows its options and examples.\n");
}

static void print_help(const struct command *command)
{
	const char *line = command->examples;

	printf("%s\n\nusage: plimsoll %s %s [OPTIONS]\n\nOptions:\n", command->summary,
	       command->name, command->words);
	args_print(command->options, command->option_count);
	args_print(common, ARRAY_COUNT(common));
	printf("\nExamples:\n");
	while (*line) {
		printf("  plimsoll %.*s\n", (int)strcspn(line, "\n"), line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

static int print_fault(const struct fault *why)
{
	const char *advice = fault_advice(why);

	fprintf(stderr, "plimsoll: %s\n", why->text);
	if (advice)
		fprintf(stderr, "plimsoll: %s\n", advice);
	return 1;
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

/* Reads the command line into c.  1: refused; 0: go on; -1: help was printed. */
static int cli_parse(struct cli *c, const struct command *command, struct option_row *rows,
		     int argc, char **argv)
{
	char why[ARGS_WHY_MAX];

	memcpy(rows, common, sizeof common);
	for (size_t i = 0; i < command->option_count; i++)
		rows[ARRAY_COUNT(common) + i] = command->options[i];
	if (args_parse(&c->args, why, rows, ARRAY_COUNT(common) + command->option_count, argv + 2,
		       (size_t)argc - 2)) {
		fprintf(stderr, "plimsoll %s: %s\n", command->name, why);
		return 1;
	}
	if (args_has(&c->args, "--help")) {
		print_help(command);
		return -1;
	}
	if (c->args.word_count < command->words_min || c->args.word_count > command->words_max) {
		fprintf(stderr, "plimsoll: the form is: plimsoll %s %s; see plimsoll %s --help\n",
			command->name, command->words, command->name);
		return 1;
	}
	c->from = args_value(&c->args, "--from");
	c->signer = (struct signer){ args_value(&c->args, "--keystore"),
				     args_value(&c->args, "--password-file") };
	c->is_json = args_has(&c->args, "--json");
	c->is_yes = args_has(&c->args, "--yes");
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct option_row rows[ARGS_OPTIONS_MAX];
	struct cli c = { 0 };
	int stop = cli_parse(&c, command, rows, argc, argv);
	const char *url;
	enum err e;

	if (stop)
		return stop > 0;
	url = args_value(&c.args, "--rpc");
	if (!url)
		url = getenv("PLIMSOLL_RPC");
	c.rpc = rpc_open(url && *url ? url : DEFAULT_URL);
	c.transactions = json_array();
	if (!c.rpc || !c.transactions) {
		fprintf(stderr, "plimsoll: out of memory\n");
		return 1;
	}
	e = command->run(&c);
	wallet_close(&c.wallet);
	rpc_close(c.rpc);
	json_decref(c.transactions);
	if (fflush(stdout) != 0 && !e)
		e = fault_set(&c.why, ERR_IO, FAULT_LOCAL, "cannot write the output");
	return e ? print_fault(&c.why) : 0;
}

int main(int argc, char **argv)
{
	const struct command *command;
	int status;

	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_usage();
		return argc < 2;
	}
	command = command_find(argv[1]);
	if (!command) {
		fprintf(stderr, "plimsoll: no command %.60s; `plimsoll --help` lists them\n",
			argv[1]);
		return 1;
	}
	if (sodium_init() < 0) {
		fprintf(stderr, "plimsoll: no source of randomness\n");
		return 1;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	status = run(command, argc, argv);
	curl_global_cleanup();
	return status;
}
