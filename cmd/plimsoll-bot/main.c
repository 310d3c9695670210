/* plimsoll-bot: the loop around bot.h. */

#include <curl/curl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/args.h"
#include "client/field.h"
#include "client/signer.h"
#include "client/units.h"
#include "cmd/plimsoll-bot/bot.h"

#define DEFAULT_URL  "http://127.0.0.1:8545"
#define RETRY_MS     1000
#define ONCE_WAIT_MS 30000
#define ONCE_POLL_MS 50

static const struct option_row rows[] = {
	{ "--rpc", "URL", "the node (PLIMSOLL_RPC, or " DEFAULT_URL ")" },
	{ "--from", "NAME|ADDRESS", "whose account (PLIMSOLL_KEY, or the only key there is)" },
	{ "--keystore", "FOLDER", "where keys are (~/.plimsoll/keystore)" },
	{ "--password-file", "FILE", "first line: the password (PLIMSOLL_PASSWORD, or asked for)" },
	{ "--min-profit", "DOLLARS", "least profit of a liquidation, after gas (0)" },
	{ "--coin-price", "DOLLARS", "what one coin of gas is worth (0)" },
	{ "--tip", "WEI", "for each gas, to come first in a block (what the node recommends)" },
	{ "--interval", "MS", "how often to look for a new block (100)" },
	{ "--receive-atoken", NULL, "keep collateral in the pool, as deposits" },
	{ "--faucet", NULL, "devnets: get tokens from the faucet" },
	{ "--once", NULL, "one round, wait for its receipts, end" },
	{ "--dry-run", NULL, "only tell what it would do; needs no key" },
	{ "--json", NULL, "one JSON object a line" },
	{ "--help", NULL, "this" },
	{ "--version", NULL, "of this program" },
};

static volatile sig_atomic_t is_stopping;

static void on_signal(int number)
{
	(void)number;
	is_stopping = 1;
}

u64 clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

static void pause_ms(u64 ms)
{
	nanosleep(&(struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 }, NULL);
}

static void print_help(void)
{
	printf("plimsoll-bot liquidates accounts of a Plimsoll chain whose health factor is below 1\n\n"
	       "usage: plimsoll-bot [OPTIONS]\n\nOptions:\n");
	args_print(rows, ARRAY_COUNT(rows));
	printf("\nExamples:\n"
	       "  plimsoll-bot --dry-run --once\n"
	       "  PLIMSOLL_KEY=0x... plimsoll-bot --min-profit 1 --faucet\n"
	       "  plimsoll-bot --from keeper --password-file pw --json >> bot.log\n");
}

/* An option in units with decimals; absent: zero. */
static enum err option_read(struct u256 *out, const struct args *args, const char *name,
			    unsigned decimals)
{
	const char *text = args_value(args, name);

	*out = U256_ZERO;
	if (!text || units_parse(out, text, decimals) == OK)
		return OK;
	fprintf(stderr, "plimsoll-bot: %s wants a number like 12.5, not %.60s\n", name, text);
	return ERR_SYNTAX;
}

static enum err config_read(struct bot_config *out, const struct args *args)
{
	struct u256 interval;

	*out = (struct bot_config){ .is_once = args_has(args, "--once"),
				    .is_dry = args_has(args, "--dry-run"),
				    .is_json = args_has(args, "--json"),
				    .uses_faucet = args_has(args, "--faucet"),
				    .receives_atoken = args_has(args, "--receive-atoken") };
	TRY(option_read(&out->profit_min, args, "--min-profit", 8));
	TRY(option_read(&out->coin_price, args, "--coin-price", 8));
	TRY(option_read(&out->tip, args, "--tip", 0));
	TRY(option_read(&interval, args, "--interval", 0));
	out->interval_ms =
		u256_is_zero(&interval) || !u256_fits(&interval, 20) ? 100 : u256_low64(&interval);
	return OK;
}

/* Gets the key, then the node: waits for it as long as it takes, unless --once. */
static enum err bot_open(struct bot *b, const struct args *args)
{
	struct signer signer = { args_value(args, "--keystore"),
				 args_value(args, "--password-file") };
	const char *from = args_value(args, "--from");
	struct address watcher = { { 0 } };
	u8 key[32];
	enum err e;

	if (!b->config.is_dry)
		TRY(signer_key(key, &b->why, &signer, from));
	else if (from)
		TRY(signer_address(&watcher, &b->why, &signer, from)); /* whose funds to look at */
	do {
		e = wallet_open(&b->wallet, b->rpc, &b->why, b->config.is_dry ? NULL : key,
				b->config.is_dry ? &watcher : NULL);
		if (e != ERR_IO || b->config.is_once || is_stopping)
			break;
		log_text(b, "waiting", "%s", b->why.text);
		pause_ms(RETRY_MS);
	} while (!is_stopping);
	sodium_memzero(key, sizeof key);
	return e;
}

/* Whether there is a block we have not seen. */
static enum err head_read(struct bot *b, bool *is_new)
{
	json_t *error, *answer = rpc_call(b->rpc, &error, "eth_blockNumber", NULL);
	u64 height;
	enum err e;

	if (!answer)
		return fault_take(&b->why, error);
	e = json_to_u64(&height, answer);
	json_decref(answer);
	if (e)
		return fault_set(&b->why, e, FAULT_UNREACHABLE,
				 "the node's height is not a number");
	*is_new = height != b->height || !b->markets.json;
	b->height = height;
	return OK;
}

/* Prices move with every block. */
static enum err markets_refresh(struct bot *b)
{
	struct market_list list;

	TRY(market_list_read(&list, b->rpc, &b->why));
	market_list_free(&b->markets);
	b->markets = list;
	return OK;
}

static enum err bot_round(struct bot *b)
{
	TRY(markets_refresh(b));
	TRY(flights_settle(b));
	TRY(purse_count(b));
	TRY(scan(b));
	jobs_run(b);
	return OK;
}

static enum err bot_once(struct bot *b)
{
	u64 end = clock_ms() + ONCE_WAIT_MS;
	bool is_new;

	TRY(head_read(b, &is_new));
	TRY(bot_round(b));
	while (b->flight_count && clock_ms() < end && !is_stopping) {
		pause_ms(ONCE_POLL_MS);
		TRY(head_read(b, &is_new));
		TRY(flights_settle(b));
	}
	return OK;
}

static void bot_run(struct bot *b)
{
	bool is_lost = false, is_new;
	enum err e;

	while (!is_stopping) {
		e = head_read(b, &is_new);
		if (!e && is_new)
			e = bot_round(b);
		if (e && !is_lost)
			log_text(b, "waiting", "%s", b->why.text);
		if (!e && is_lost)
			log_text(b, "back", "the node answers again");
		is_lost = e != OK;
		pause_ms(is_lost ? RETRY_MS : b->config.interval_ms);
	}
}

static int bot_main(struct bot *b, const struct args *args)
{
	const char *url = args_value(args, "--rpc");
	char profit[UNITS_TEXT_MAX];
	enum err e;

	if (!url)
		url = getenv("PLIMSOLL_RPC");
	b->rpc = rpc_open(url && *url ? url : DEFAULT_URL);
	if (!b->rpc) {
		fprintf(stderr, "plimsoll-bot: out of memory\n");
		return 1;
	}
	e = bot_open(b, args);
	if (!e && b->config.is_once)
		e = bot_once(b);
	else if (!e)
		bot_run(b);
	if (e)
		fprintf(stderr, "plimsoll-bot: %s\n", b->why.text);
	units_format(profit, &b->totals.profit, 8);
	log_text(b, "ended", "%llu liquidations, $%s profit, %llu races lost, %llu refused",
		 (unsigned long long)b->totals.liquidations, profit,
		 (unsigned long long)b->totals.raced, (unsigned long long)b->totals.refused);
	market_list_free(&b->markets);
	wallet_close(&b->wallet);
	rpc_close(b->rpc);
	return e != OK;
}

int main(int argc, char **argv)
{
	static struct bot bot;
	char why[ARGS_WHY_MAX];
	struct args args = { 0 };
	int status;

	if (args_version("plimsoll-bot", argc, argv))
		return 0;
	if (args_parse(&args, why, rows, ARRAY_COUNT(rows), argv + 1, (size_t)argc - 1) ||
	    args.word_count > 0) {
		fprintf(stderr, "plimsoll-bot: %s\n",
			args.word_count > 0 ? "no words, only options; see --help" : why);
		return 1;
	}
	if (args_has(&args, "--help")) {
		print_help();
		return 0;
	}
	if (config_read(&bot.config, &args))
		return 1;
	if (sodium_init() < 0) {
		fprintf(stderr, "plimsoll-bot: no source of randomness\n");
		return 1;
	}
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	status = bot_main(&bot, &args);
	curl_global_cleanup();
	return status;
}
