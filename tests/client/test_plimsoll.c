/* The program itself, run against a node of canned answers: command lines in, text and
 * status out. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/field.h"
#include "tests/client/plimsoll_vectors.h"
#include "tests/client/typed_vectors.h"
#include "tests/support/canned_rpc.h"

#define LOWER_BOB "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" /* as a node writes it */
#define JUNK      "test test test test test test test test test test test junk"

/* What the node says now; set it with tell. */
static const char *domain = DOMAIN;
static const char *send_error; /* to a raw transaction; NULL: it takes it */

static json_t *token_answer(const char *data)
{
	for (size_t i = 0; i < ARRAY_COUNT(token_answers); i++) {
		if (strncmp(data, token_answers[i].selector, 10) == 0)
			return json_string(token_answers[i].answer);
	}
	return json_string(domain); /* DOMAIN_SEPARATOR() */
}

#define MARKET(symbol) \
	"{\"symbol\":\"" symbol "\",\"asset\":\"0x506c696d736f6c6c000000000000000000010000\"," \
	"\"aToken\":\"0x506c696d736f6c6c000000000000000000020000\"," \
	"\"debtToken\":\"0x506c696d736f6c6c000000000000000000030000\",\"decimals\":18,\"price\":\"1\"}"

static char program[1024], folder[64], output[1 << 16];
static struct canned_rpc *node;

static json_t *node_answer(void *context, const char *method, const json_t *params)
{
	(void)context;
	if (strcmp(method, "eth_call") == 0)
		return token_answer(field_text(json_array_get(params, 0), "data"));
	if (strcmp(method, "eth_chainId") == 0)
		return json_string("0x4f24"); /* 20260 */
	if (strcmp(method, "eth_sendRawTransaction") == 0 && send_error)
		return json_pack("{s:{s:i, s:s}}", "error", "code", -32000, "message", send_error);
	if (strcmp(method, "eth_sendRawTransaction") == 0)
		return json_string("0x2b");
	if (strcmp(method, "eth_getTransactionReceipt") == 0 && send_error)
		return json_null();
	if (strcmp(method, "eth_getTransactionReceipt") == 0)
		return json_pack("{s:s, s:s, s:s, s:s}", "status", "0x1", "blockNumber", "0x7", "gasUsed",
				 "0x5208", "effectiveGasPrice", "0x3b9aca00");
	if (strcmp(method, "plimsoll_markets") == 0)
		return json_loads("[" MARKET("WETH") "," MARKET("DAI") "]", 0, NULL);
	if (strcmp(method, "plimsoll_getHealth") == 0)
		return json_pack("{s:s, s:n}", "address", LOWER_BOB, "healthFactor");
	if (strcmp(method, "plimsoll_liquidatable") == 0)
		return json_pack("{s:[{s:s}], s:i}", "accounts", "address", LOWER_BOB, "total", 1);
	if (strcmp(method, "plimsoll_status") == 0)
		return json_pack("{s:s}", "clientVersion", "canned");
	return json_pack("{s:{s:i, s:s}}", "error", "code", -32601, "message", "no such method");
}

/* The program stands beside the tests: BUILD/bin beside BUILD/tests/client. */
static int set_up(void **state)
{
	ssize_t size = readlink("/proc/self/exe", program, sizeof program - 32);

	(void)state;
	assert_true(size > 0);
	program[size] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(program, '/') = '\0';
	strcat(program, "/bin/plimsoll");
	strcpy(folder, "/tmp/plimsoll-cli-XXXXXX");
	assert_non_null(mkdtemp(folder));
	node = canned_rpc_start(node_answer, NULL);
	assert_non_null(node);
	unsetenv("PLIMSOLL_KEY");
	setenv("HOME", folder, 1);
	setenv("PLIMSOLL_PASSWORD", "pw", 1);
	setenv("PLIMSOLL_RPC", canned_rpc_url(node), 1);
	setenv("P", program, 1);
	setenv("JUNK", JUNK, 1);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	canned_rpc_stop(node);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command);
}

static void tell(const char **what, const char *answer)
{
	canned_rpc_lock(node);
	*what = answer;
	canned_rpc_unlock(node);
}

/* Runs a line of bash, in which $P is the program; output has both of its streams. */
static int shell(const char *line)
{
	char script[4096];
	size_t size;
	FILE *pipe;
	int status;

	setenv("LINE", line, 1);
	snprintf(script, sizeof script, "cd '%s'; exec bash -c \"$LINE\" 2>&1 </dev/null", folder);
	pipe = popen(script, "r");
	assert_non_null(pipe);
	size = fread(output, 1, sizeof output - 1, pipe);
	output[size] = '\0';
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void says(const char *line, const char *expected)
{
	int status = shell(line);

	if (status != 0 || !strstr(output, expected))
		fail_msg("%s\nstatus %d, lacks \"%s\":\n%s", line, status, expected, output);
}

static void refuses(const char *line, const char *expected)
{
	int status = shell(line);

	if (status != 1 || !strstr(output, expected))
		fail_msg("%s\nstatus %d, lacks \"%s\":\n%s", line, status, expected, output);
}

/* The output of a line as JSON: one value and nothing else. */
static json_t *json_of(const char *line)
{
	json_error_t error;
	json_t *value;

	assert_int_equal(shell(line), 0);
	value = json_loads(output, JSON_DECODE_ANY, &error);
	if (!value)
		fail_msg("%s\n%s: %s", line, error.text, output);
	return value;
}

static void field_is(const char *line, const char *key, const char *expected)
{
	json_t *value = json_of(line);

	assert_string_equal(field_text(value, key), expected);
	json_decref(value);
}

/* -- the command line ------------------------------------------------------------------ */

static void options_of_all_commands_stand_before_or_after_them(void **unused)
{
	(void)unused;
	says("env -u PLIMSOLL_RPC $P --rpc $PLIMSOLL_RPC status --json", "\"clientVersion\": \"canned\"");
	says("env -u PLIMSOLL_RPC $P --json --rpc=$PLIMSOLL_RPC status", "\"clientVersion\": \"canned\"");
	says("env -u PLIMSOLL_RPC $P status --rpc $PLIMSOLL_RPC --json", "\"clientVersion\": \"canned\"");
	says("$P --yes status", "canned");
	says("$P --help markets", "usage: plimsoll markets");
	says("$P markets --help", "usage: plimsoll markets");
	says("$P --help", "usage: plimsoll COMMAND");
	says("$P --json --help", "usage: plimsoll COMMAND");
	says("$P help", "usage: plimsoll COMMAND");
	says("for p in plimsoll plimsolld plimsoll-bot plimsoll-feeder plimsoll-demo; do ${P%/*}/$p --version; done | "
	     "grep -c '^plimsoll[a-z-]* [0-9]*[.][0-9]*[.][0-9]*$'",
	     "5");
}

static void addresses_are_shown_with_their_capitals(void **unused)
{
	(void)unused;
	says("$P health " LOWER_BOB, BOB "\n");
	says("$P liquidatable", "\n" BOB " ");
}

static void the_demo_says_where_its_prices_are(void **unused)
{
	(void)unused;
	says("! ${P%/*}/plimsoll-demo --once", "are found from the repository's root, others with --prices FILE");
}

static void command_lines_that_make_no_sense_are_refused(void **unused)
{
	(void)unused;
	refuses("$P", "usage: plimsoll COMMAND");
	refuses("$P --json", "usage: plimsoll COMMAND");
	refuses("$P --rpc", "usage: plimsoll COMMAND");
	refuses("$P market", "no command market");
	refuses("$P --json markets --json", "--json is given twice");
	refuses("$P --words 12 markets", "no command 12");
	refuses("$P --frobnicate markets", "no option --frobnicate");
	refuses("$P send", "the form is: plimsoll send TO AMOUNT");
	refuses("$P --rpc http://127.0.0.1:1 markets", "is plimsolld running?");
}

static void mistyped_addresses_are_refused_wherever_they_stand(void **unused)
{
	static const char *const lines[] = {
		"$P balance 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267",
		"$P health 0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266",
		"$P balance --from 0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266",
		"$P keys export 0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266",
		"$P send 0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266 1",
	};

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		refuses(lines[i], "is mistyped: its capitals do not match (EIP-55)");
	refuses("$P send 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 1 "
		"0xf39Fd6e51aad88F6F4ce6aB8827279cfffb92266",
		"EIP-55");
	refuses("$P balance 0x1234", "is not an address: 0x and 40");
}

/* -- keys ------------------------------------------------------------------------------- */

static void keys_of_a_phrase_are_those_of_other_wallets(void **unused)
{
	(void)unused;
	field_is("echo $JUNK | $P keys import --mnemonic --light --json --keystore k", "address",
		 "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
	field_is("echo $JUNK | $P keys import --mnemonic --light --json --keystore k --index 1", "address",
		 "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
	field_is("echo $JUNK >phrase; $P keys import phrase --mnemonic --light --json --keystore k "
		 "--ledger-live --index 1",
		 "path", "m/44'/60'/1'/0/0");
	says("$P keys list --keystore k", "0x8C8d35429F74ec245F8Ef2f4Fd1e551cFF97d650");
	field_is("echo $JUNK | $P keys import --mnemonic --light --json --keystore k --path m/44h/60h/0h/0",
		 "address", "0x1e59ce931B4CFea3fe4B875411e280e173cB7A9C");
	field_is("$P keys export --keystore k --json 0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "key",
		 "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d");
}

static void a_new_phrase_gives_its_key_again(void **unused)
{
	json_t *made, *again;
	char line[512];

	(void)unused;
	made = json_of("$P keys new --mnemonic --words 24 --light --json --keystore n");
	setenv("PHRASE", field_text(made, "mnemonic"), 1);
	says("set -- $PHRASE; echo $# words", "24 words");
	snprintf(line, sizeof line, "echo $PHRASE | $P keys import --mnemonic --light --json --keystore m");
	again = json_of(line);
	assert_string_equal(field_text(made, "address"), field_text(again, "address"));
	assert_null(json_object_get(again, "mnemonic"));
	json_decref(made);
	json_decref(again);
	shell("$P keys new --mnemonic --light --keystore n");
	assert_non_null(strstr(output, "write it down"));
	shell("grep -rl \"${PHRASE%% *}\" n m");
	assert_string_equal(output, ""); /* in no file */
}

static void a_passphrase_gives_other_keys_and_must_be_text(void **unused)
{
	(void)unused;
	field_is("echo TREZOR >pass; echo $JUNK | $P keys import --mnemonic --passphrase-file pass --light "
		 "--json --keystore p",
		 "address", "0x9313778B3753108128B9c476EBDd42FbD566F4Ed");
	refuses("echo caf\xe9 >pass; echo $JUNK | $P keys import --mnemonic --passphrase-file pass",
		"the passphrase is not UTF-8");
	refuses("echo $JUNK | $P keys import --mnemonic --passphrase-file nowhere", "cannot read");
}

static void bad_phrases_and_options_are_refused(void **unused)
{
	(void)unused;
	refuses("echo test test | $P keys import --mnemonic", "12, 15, 18, 21 or 24 words, not 2");
	refuses("echo $JUNK | $P keys import", "imported with --mnemonic");
	refuses("echo ${JUNK/junk/test} | $P keys import --mnemonic", "checksum");
	refuses("$P keys new --words 24", "add --mnemonic");
	refuses("$P keys new --mnemonic --words 13", "12 or 24, not 13");
	refuses("$P keys new --mnemonic --path 44/60", "is not a path");
	refuses("$P keys new --mnemonic --path m/1 --ledger-live", "exclude each other");
	refuses("$P keys new --mnemonic --index 2147483648", "below 2147483648");
	refuses("$P keys new --mnemonic --index -1", "below 2147483648");
	refuses("$P keys new --mnemonic --path m --index 1", "no number");
	refuses("echo $JUNK | $P keys import --mnemonic --words 12", "--words is for");
	refuses("yes | $P keys import", "longer than any secret");
	refuses("$P keys frob", "the form is: plimsoll keys");
}

/* -- signatures ---------------------------------------------------------------------------- */

#define KEY "export PLIMSOLL_KEY=0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80; "

static void messages_are_signed_and_verified(void **unused)
{
	char line[4096];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(message_vectors); i++) {
		setenv("TEXT", message_vectors[i].message, 1);
		says(KEY "$P sign-message -- \"$TEXT\"", message_vectors[i].signature);
		snprintf(line, sizeof line, "$P verify-message " ALICE " %s \"$TEXT\"",
			 message_vectors[i].signature);
		says(line, "signed by " ALICE);
		snprintf(line, sizeof line, "$P verify-message " ALICE " %s \"$TEXT.\"",
			 message_vectors[i].signature);
		refuses(line, "or the text is another");
	}
	snprintf(line, sizeof line, "$P verify-message " BOB " %s hello", message_vectors[1].signature);
	refuses(line, BOB " did not sign this; " ALICE " did");
	field_is(KEY "$P sign-message hello --json", "signature", message_vectors[1].signature);
	field_is(KEY "$P --json sign-message 0x68656c6c6f --hex", "signature", message_vectors[1].signature);
	refuses(KEY "$P sign-message hello --hex", "with --hex a message is 0x");
	refuses("$P verify-message " ALICE " 0x1234 hello", "that is not a signature");
	refuses("$P verify-message " ALICE " hello 0x1234", "ADDRESS SIGNATURE TEXT");
	refuses("$P sign-message hello --keystore nowhere", "plimsoll keys new");
}

static void typed_data_is_signed_if_somebody_agrees(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(typed_vectors); i++) {
		setenv("TEXT", typed_vectors[i].json, 1);
		says(KEY "echo \"$TEXT\" >typed.json; $P sign-typed typed.json --yes", typed_vectors[i].signature);
		field_is(KEY "echo \"$TEXT\" | $P sign-typed - --yes --json", "digest",
			 typed_vectors[i].digest);
	}
	refuses(KEY "$P sign-typed typed.json", "add --yes");
	refuses(KEY "$P sign-typed nowhere.json --yes", "nowhere.json");
	refuses(KEY "echo '{\"a\": 1, \"a\": 2}' | $P sign-typed - --yes", "duplicate");
	refuses(KEY "echo '{\"a\": 99999999999999999999}' | $P sign-typed - --yes", "in quotes");
	refuses(KEY "echo '{}' | $P sign-typed - --yes", "types, primaryType, domain and message");
}

static void permits_are_those_of_ethers_and_checked_against_the_token(void **unused)
{
#define PERMIT "$P sign-permit 0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826 "
	(void)unused;
	says(KEY PERMIT BOB " 5 --deadline never --yes", permit_calldata);
	field_is(KEY PERMIT BOB " 5 --deadline never --yes --json", "calldata", permit_calldata);
	field_is(KEY PERMIT "pool 5 --yes --json", "domainSeparator", DOMAIN);
	field_is(KEY PERMIT "pool 0 --deadline 4000000000 --yes --json", "deadline", "4000000000");
	refuses(KEY PERMIT BOB " 5", "add --yes");
	refuses(KEY PERMIT BOB " 5 --yes --deadline 1000", "has passed");
	refuses(KEY PERMIT BOB " 5 --yes --deadline soon", "+SECONDS from now, or never");
	refuses(KEY PERMIT BOB " 5.0000001 --yes", "more than 6 digits");
	tell(&domain, "0x0000000000000000000000000000000000000000000000000000000000000003");
	refuses(KEY PERMIT BOB " 5 --yes", "it would refuse the permit");
	tell(&domain, DOMAIN);
#undef PERMIT
}

/* -- transactions that somebody has signed ------------------------------------------------------ */

static void what_is_signed_offline_is_what_ethers_signs(void **unused)
{
	(void)unused;
	says("unset PLIMSOLL_RPC; " KEY "$P send " BOB " 1.5 --offline --nonce 7 --gas 21000 --max-fee 2gwei "
	     "--tip 1gwei --chain-id 20260 --yes",
	     raws[0]);
	says("unset PLIMSOLL_RPC; " KEY "$P send " BOB " 5 0x506C696D736F6C6C000000000000000000010003 --decimals 6 "
	     "--offline --nonce 0 --gas 100000 --max-fee 3 --chain-id 1 --yes",
	     raws[1]);
	says(KEY "$P --json send " BOB " 1.5 --offline --nonce 7 --gas 21000 --max-fee 2000000000 "
		 "--tip 1gwei --chain-id 20260 --yes",
	     raws[0]);
}

static void offline_everything_must_be_said(void **unused)
{
#define PLAN "--offline --nonce 7 --gas 21000 --max-fee 2 --chain-id 1 --yes "
	(void)unused;
	refuses(KEY "$P send " BOB " 1 --offline --gas 1 --max-fee 1 --chain-id 1", "--nonce is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --max-fee 1 --chain-id 1", "--gas is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --gas 1 --chain-id 1", "--max-fee is missing");
	refuses(KEY "$P send " BOB " 1 --offline --nonce 1 --gas 1 --max-fee 1", "--chain-id is missing");
	refuses(KEY "$P send " BOB " 1 USDC " PLAN, "named by its address");
	refuses(KEY "$P send " BOB " 1 " BOB " " PLAN, "--decimals");
	refuses(KEY "$P send " BOB " 1 " BOB " --decimals 78 " PLAN, "--decimals");
	refuses(KEY "$P send " BOB " max " BOB " --decimals 6 " PLAN, "not max");
	refuses(KEY "$P send " BOB " 1 --tip 3 " PLAN, "--tip is part of --max-fee");
	refuses(KEY "$P send " BOB " 1 --tip 3eth " PLAN, "wei for each gas");
	refuses(KEY "$P send " BOB " 1 --decimals 6", "--decimals is for --offline");
	refuses(KEY "$P send " BOB " 1 --nonce x", "whole number");
	refuses(KEY "$P send " BOB " 1 --chain-id 5", "the node is of chain 20260, not 5");
#undef PLAN
}

/* A command with a raw transaction behind it. */
static const char *with_raw(const char *command, size_t index)
{
	static char line[4096];

	snprintf(line, sizeof line, "%s %s", command, raws[index]);
	return line;
}

static void raw_transactions_of_every_type_are_shown(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < 4; i++)
		field_is(with_raw("unset PLIMSOLL_RPC; $P decode-tx --json", i), "from", ALICE);
	says(with_raw("$P decode-tx", 0), "value     1.5 PLM");
	says(with_raw("$P decode-tx", 0), "cost      1.500042 PLM");
	says(with_raw("$P decode-tx", 1), "transfer(address,uint256)\n          " BOB "\n          5000000");
	says(with_raw("$P decode-tx", 2), "chain     20260, type 0");
	says(with_raw("$P decode-tx", 3), "chain     5, type 1");
	says(with_raw("$P decode-tx - <<<", 0), "nonce     7");
	refuses(with_raw("$P decode-tx", 4), "replay-protected");
	refuses("$P decode-tx 0x", "input ends too early");
	refuses("$P decode-tx 0x02f8", "not a signed transaction");
	refuses("$P decode-tx 0x05c0", "not a signed transaction");
	refuses("$P decode-tx hello", "0x and hexadecimal digits");
}

static void broadcast_sends_waits_and_explains(void **unused)
{
	(void)unused;
	tell(&send_error, NULL);
	says(with_raw("$P broadcast --yes", 0), "sent in block 7 for 0.000021 PLM");
	field_is(with_raw("$P broadcast --yes --json", 2), "from", ALICE);
	refuses(with_raw("$P broadcast", 0), "add --yes");
	refuses(with_raw("$P broadcast --yes", 3), "for chain 5, the node is of 20260");
	tell(&send_error, "insufficient funds for gas * price + value");
	refuses(with_raw("$P broadcast --yes", 0), "plimsoll faucet");
	tell(&send_error, "nonce too low: next nonce 9, tx nonce 7");
	refuses(with_raw("$P broadcast --yes", 0), "sign again with the next one");
	tell(&send_error, "replacement transaction underpriced");
	refuses(with_raw("$P broadcast --yes", 0), "a tenth more");
	says(with_raw("! $P --json broadcast --yes 2>&1 >nothing", 0), "\"kind\": \"refused\"");
	says("wc -c <nothing", "0");
	tell(&send_error, NULL);
}

/* -- completion ---------------------------------------------------------------------------- */

/* What bash offers at the end of a command line. */
static void offers(const char *line, const char *expected)
{
	char script[512];

	snprintf(script, sizeof script,
		 "source <($P completion bash); complete -p plimsoll >/dev/null || exit 1; "
		 "COMP_LINE='%s' COMP_POINT=%zu COMP_WORDS=($P); _plimsoll; echo $(printf '%%s\\n' \"${COMPREPLY[@]}\" | sort)",
		 line, strlen(line));
	assert_int_equal(shell(script), 0);
	output[strcspn(output, "\n")] = '\0';
	assert_string_equal(output, expected);
}

static void bash_finishes_commands_options_and_choices(void **unused)
{
	(void)unused;
	offers("plimsoll ke", "keys");
	offers("plimsoll l", "liquidatable liquidate");
	offers("plimsoll --json --rpc keys wi", "withdraw");
	offers("plimsoll --rpc http://127.0.0.1:8545 wi", "withdraw");
	offers("plimsoll --rpc=http://127.0.0.1:8545 wi", "withdraw");
	offers("plimsoll keys ", "export import list new");
	offers("plimsoll --rpc keys keys i", "import");
	offers("plimsoll keys new --words ", "12 24");
	offers("plimsoll keys new --words=", "12 24");
	offers("plimsoll keys new --wo", "--words");
	offers("plimsoll status --wo", "");
	offers("plimsoll status --js", "--json");
	offers("plimsoll --js", "--json");
	offers("plimsoll completion ", "bash fish zsh");
	offers("plimsoll liquidate --amount ", "max");
	offers("plimsoll supply WETH ", "max");
	shell("mkdir -p here; touch herefile");
	offers("plimsoll keys new --keystore he", "here");
	offers("plimsoll keys new --keystore=he", "here");
	offers("plimsoll keys import he", "here herefile");
	offers("plimsoll sign-typed he", "here herefile");
	offers("plimsoll borrow he", "");
}

/* The node here knows two markets; a folder has two keys, one of which has a name. */
static void bash_finishes_tokens_and_names(void **unused)
{
	(void)unused;
	shell("$P keys new --light --name helen; $P keys new --light");
	offers("plimsoll supply ", "DAI WETH");
	offers("plimsoll supply W", "WETH");
	offers("plimsoll sign-permit WETH ", "helen pool");
	offers("plimsoll liquidate helen --debt D", "DAI");
	offers("plimsoll --from hel", "helen");
	offers("plimsoll keys export hel", "helen");
	shell("rm -r .plimsoll");
}

static void every_shell_has_every_command(void **unused)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	char line[64];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(shells); i++) {
		snprintf(line, sizeof line, "$P completion %s", shells[i]);
		says(line, "liquidatable");
		says(line, "passphrase-file");
		snprintf(line, sizeof line, "$P --json completion %s", shells[i]);
		field_is(line, "shell", shells[i]);
	}
	says("$P completion bash >c && bash -n c && echo fine", "fine");
	says("$P completion zsh | grep -A50 'sign-typed) _arg'", "'1:word:_files'");
	says("$P completion fish", "-n '__plimsoll_at keys'");
	/* Where there is a fish, it is asked. */
	says("command -v fish >nothing || { echo supply; exit; }; fish --no-config -c \"$P completion fish | source; "
	     "complete -C 'plimsoll --rpc http://x sup'\"",
	     "supply");
	refuses("$P completion tcsh", "bash, zsh and fish, not tcsh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_all_commands_stand_before_or_after_them),
		cmocka_unit_test(addresses_are_shown_with_their_capitals),
		cmocka_unit_test(the_demo_says_where_its_prices_are),
		cmocka_unit_test(command_lines_that_make_no_sense_are_refused),
		cmocka_unit_test(mistyped_addresses_are_refused_wherever_they_stand),
		cmocka_unit_test(keys_of_a_phrase_are_those_of_other_wallets),
		cmocka_unit_test(a_new_phrase_gives_its_key_again),
		cmocka_unit_test(a_passphrase_gives_other_keys_and_must_be_text),
		cmocka_unit_test(bad_phrases_and_options_are_refused),
		cmocka_unit_test(messages_are_signed_and_verified),
		cmocka_unit_test(typed_data_is_signed_if_somebody_agrees),
		cmocka_unit_test(permits_are_those_of_ethers_and_checked_against_the_token),
		cmocka_unit_test(what_is_signed_offline_is_what_ethers_signs),
		cmocka_unit_test(offline_everything_must_be_said),
		cmocka_unit_test(raw_transactions_of_every_type_are_shown),
		cmocka_unit_test(broadcast_sends_waits_and_explains),
		cmocka_unit_test(bash_finishes_commands_options_and_choices),
		cmocka_unit_test(bash_finishes_tokens_and_names),
		cmocka_unit_test(every_shell_has_every_command),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
