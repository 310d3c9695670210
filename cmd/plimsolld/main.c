/* The node: makes a data folder, or runs the chain in one and serves it. */

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "client/args.h"
#include "cmd/plimsolld/run.h"
#include "node/settings.h"
#include "node/genesis.h"
#include "node/log.h"

static const char usage[] =
	"plimsolld runs a Plimsoll chain: lending with margin, spoken to as Ethereum.\n"
	"\n"
	"  plimsolld init  [--data FOLDER] [--genesis FILE | --devnet | --market FILE]   make a data folder\n"
	"  plimsolld start [settings]                                   run the chain in it\n"
	"  plimsolld --help | --version\n"
	"\n"
	"A development chain in two lines; wallets then speak to http://127.0.0.1:8545:\n"
	"\n"
	"  plimsolld init --data dev\n"
	"  plimsolld start --data dev --dev      with evm_* and anvil_* methods, for tests\n"
	"\n"
	"More:\n"
	"\n"
	"  plimsolld start --data dev --block-time 0             a block for every transaction\n"
	"  plimsolld start --data dev --clock-speed 3600         an hour of chain time a second\n"
	"  plimsolld start --config node.conf --rpc-port 9545    a file, and one setting over it\n"
	"\n"
	"Settings:\n"
	"\n";

static const char usage_end[] =
	"\n"
	"Exit status: 0 stopped by SIGINT or SIGTERM; 1 a write failed or the node could not go on;\n"
	"2 the command line or a settings file is wrong; 3 the data folder cannot be used.\n";

static int print_help(FILE *out, int status)
{
	(void)fputs(usage, out);
	settings_print(out);
	(void)fputs(usage_end, out);
	return status;
}

static enum err init(const struct settings *c, char why[STORE_WHY_MAX])
{
	if (c->market[0] != '\0')
		return node_init_market(c->data, c->market, why);
	return node_init(c->data, c->genesis[0] != '\0' ? c->genesis : NULL, why);
}

static int run_init(const struct settings *c)
{
	char why[STORE_WHY_MAX] = "", text[HEX_ADDRESS_SIZE];
	struct address relay;
	enum err e;

	if (c->devnet + (c->genesis[0] != '\0') + (c->market[0] != '\0') > 1) {
		(void)fprintf(stderr, "plimsolld: --devnet, --genesis and --market name different chains\n");
		return EXIT_USAGE;
	}
	e = init(c, why);
	if (e == OK)
		e = node_relay_of(&relay, c->data);
	if (e != OK) {
		(void)fprintf(stderr, "plimsolld: %s\n", why[0] != '\0' ? why : err_text(e));
		if (e == ERR_EXISTS)
			(void)fprintf(stderr, "Start it: plimsolld start --data %s; another begins in another folder\n", c->data);
		return EXIT_DATA;
	}
	hex_checksum_address(text, &relay);
	(void)printf("%s is ready.\n"
		     "Relay account, which pays for oracle rounds: %s\n"
		     "Next: plimsolld start --data %s%s\n",
		     c->data, text, c->data, c->market[0] != '\0' ? " --dev" : "");
	return 0;
}

int main(int argc, char **argv)
{
	struct settings config;
	char why[SETTINGS_WHY_MAX];

	if (argc < 2)
		return print_help(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
		return print_help(stdout, 0);
	if (args_version("plimsolld", argc, argv))
		return 0;
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return print_help(stdout, 0);
	}
	settings_default(&config);
	if (settings_flags(&config, argc - 2, argv + 2, why) != OK) {
		(void)fprintf(stderr, "plimsolld: %s\nTry: plimsolld --help\n", why);
		return EXIT_USAGE;
	}
	log_level_set((enum log_level)config.log_level);
	if (strcmp(argv[1], "init") == 0)
		return run_init(&config);
	if (strcmp(argv[1], "start") == 0)
		return run_start(&config);
	(void)fprintf(stderr, "plimsolld: there is no command %.60s\nTry: plimsolld --help\n", argv[1]);
	return EXIT_USAGE;
}
