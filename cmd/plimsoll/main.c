/* plimsoll: the command-line wallet.  One table row per subcommand (commands.c); what they
 * share is in cli.h. */

#include <assert.h>
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/plimsoll/cli.h"

static void print_usage(void)
{
	printf("plimsoll: wallet of the Plimsoll lending chain\n\nusage: plimsoll COMMAND [WORDS] "
	       "[OPTIONS]\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		char left[80];

		snprintf(left, sizeof left, "%s %s", COMMANDS[i]->name, COMMANDS[i]->words);
		printf("  %-48s %s\n", left, COMMANDS[i]->summary);
	}
	printf("\nOptions of every command, before it or after:\n");
	args_print(COMMON_OPTIONS, COMMON_OPTION_COUNT);
	printf("\n`plimsoll COMMAND --help` shows its options and examples; --version is that of the program.\n");
}

static void print_help(const struct command *command)
{
	const char *line = command->examples;

	printf("%s\n\nusage: plimsoll %s %s [OPTIONS]\n\nOptions:\n", command->summary,
	       command->name, command->words);
	args_print(command->options, command->option_count);
	args_print(COMMON_OPTIONS, COMMON_OPTION_COUNT);
	printf("\nExamples:\n");
	while (*line) {
		printf("  plimsoll %.*s\n", (int)strcspn(line, "\n"), line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

static int print_fault(const struct cli *c)
{
	static const char *const kinds[] = {
		[FAULT_NONE] = "none",
		[FAULT_LOCAL] = "local",
		[FAULT_UNREACHABLE] = "unreachable",
		[FAULT_REVERT] = "revert",
		[FAULT_REFUSED] = "refused",
		[FAULT_TIMEOUT] = "timeout",
	};
	const char *advice = fault_advice(&c->why);
	json_t *all = json_pack("{s:{s:s, s:s, s:s, s:s?}}", "error", "kind", kinds[c->why.kind], "name",
				c->why.name, "message", c->why.text, "advice", advice);

	if (c->is_json && all) { /* what is not UTF-8 makes no JSON */
		json_dumpf(all, stderr, JSON_PRESERVE_ORDER);
		fputc('\n', stderr);
		json_decref(all);
		return 1;
	}
	json_decref(all);
	fprintf(stderr, "plimsoll: %s\n", c->why.text);
	if (advice)
		fprintf(stderr, "plimsoll: %s\n", advice);
	return 1;
}

/* Where the command stands: the first word that is not an option of all, or the value of one.
 * count: there is none. */
static size_t command_position(char *const *argv, size_t count)
{
	size_t i = 0;

	while (i < count && argv[i][0] == '-' && argv[i][1] != '\0') {
		const struct option_row *row = NULL;

		for (size_t j = 0; j < COMMON_OPTION_COUNT; j++) {
			if (strcmp(COMMON_OPTIONS[j].name, argv[i]) == 0)
				row = &COMMON_OPTIONS[j];
		}
		i += row && row->argument ? 2 : 1;
	}
	return i < count ? i : count;
}

/* Reads the command line into c.  1: refused; 0: go on; -1: help was printed. */
static int cli_parse(struct cli *c, const struct command *command, struct option_row *rows,
		     char *const *argv, size_t count)
{
	size_t row_count = COMMON_OPTION_COUNT + command->option_count;
	char why[ARGS_WHY_MAX];

	assert(row_count <= ARGS_OPTIONS_MAX);
	for (size_t i = 0; i < row_count; i++)
		rows[i] = i < COMMON_OPTION_COUNT ? COMMON_OPTIONS[i]
						  : command->options[i - COMMON_OPTION_COUNT];
	if (args_parse(&c->args, why, rows, row_count, argv, count)) {
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

static int run(const struct command *command, char *const *argv, size_t count)
{
	struct option_row rows[ARGS_OPTIONS_MAX];
	struct cli c = { .plan = { .nonce = WALLET_ASK, .gas = WALLET_ASK } };
	int stop = cli_parse(&c, command, rows, argv, count);
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
	return e ? print_fault(&c) : 0;
}

static bool is_help(char *const *argv, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	const struct command *command;
	size_t count = argc > 0 ? (size_t)argc - 1 : 0, at = command_position(argv + 1, count);
	int status;

	if (args_version("plimsoll", argc, argv))
		return 0;
	if (at == count || strcmp(argv[1 + at], "help") == 0) {
		print_usage();
		return at == count && !is_help(argv + 1, count);
	}
	command = command_find(argv[1 + at]);
	if (!command) {
		fprintf(stderr, "plimsoll: no command %.60s; `plimsoll --help` lists them\n",
			argv[1 + at]);
		return 1;
	}
	if (sodium_init() < 0) {
		fprintf(stderr, "plimsoll: no source of randomness\n");
		return 1;
	}
	/* Options before the command are as good as behind it. */
	memmove(argv + 2, argv + 1, at * sizeof *argv);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	status = run(command, argv + 2, count - 1);
	curl_global_cleanup();
	return status;
}
