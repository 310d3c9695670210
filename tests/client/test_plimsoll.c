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
#include "tests/support/canned_rpc.h"

#define JUNK "test test test test test test test test test test test junk"

static char program[1024], folder[64], output[1 << 16];
static struct canned_rpc *node;

static json_t *node_answer(void *context, const char *method, const json_t *params)
{
	(void)context;
	(void)params;
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

static void a_passphrase_gives_other_keys_and_must_be_ascii(void **unused)
{
	(void)unused;
	field_is("echo TREZOR >pass; echo $JUNK | $P keys import --mnemonic --passphrase-file pass --light "
		 "--json --keystore p",
		 "address", "0x9313778B3753108128B9c476EBDd42FbD566F4Ed");
	refuses("echo caf\xc3\xa9 >pass; echo $JUNK | $P keys import --mnemonic --passphrase-file pass",
		"must be ASCII");
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

/* -- completion ---------------------------------------------------------------------------- */

/* What bash offers for the last of these words. */
static void offers(const char *words, const char *expected)
{
	char line[512];

	snprintf(line, sizeof line,
		 "source <($P completion bash); complete -p plimsoll >/dev/null || exit 1; "
		 "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _plimsoll; echo $(printf '%%s\\n' \"${COMPREPLY[@]}\" | sort)",
		 words);
	assert_int_equal(shell(line), 0);
	output[strcspn(output, "\n")] = '\0';
	assert_string_equal(output, expected);
}

static void bash_finishes_commands_options_and_choices(void **unused)
{
	(void)unused;
	offers("plimsoll ke", "keys");
	offers("plimsoll l", "liquidatable liquidate");
	offers("plimsoll --json --rpc keys wi", "withdraw");
	offers("plimsoll keys ''", "export import list new");
	offers("plimsoll --rpc keys keys i", "import");
	offers("plimsoll keys new --words ''", "12 24");
	offers("plimsoll keys new --wo", "--words");
	offers("plimsoll status --wo", "");
	offers("plimsoll status --js", "--json");
	offers("plimsoll --js", "--json");
	offers("plimsoll completion ''", "bash fish zsh");
	offers("plimsoll liquidate --amount ''", "max");
	shell("mkdir -p here; touch herefile");
	offers("plimsoll keys new --keystore he", "here");
	offers("plimsoll keys import he", "here herefile");
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
	refuses("$P completion tcsh", "bash, zsh and fish, not tcsh");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_all_commands_stand_before_or_after_them),
		cmocka_unit_test(command_lines_that_make_no_sense_are_refused),
		cmocka_unit_test(mistyped_addresses_are_refused_wherever_they_stand),
		cmocka_unit_test(keys_of_a_phrase_are_those_of_other_wallets),
		cmocka_unit_test(a_new_phrase_gives_its_key_again),
		cmocka_unit_test(a_passphrase_gives_other_keys_and_must_be_ascii),
		cmocka_unit_test(bad_phrases_and_options_are_refused),
		cmocka_unit_test(bash_finishes_commands_options_and_choices),
		cmocka_unit_test(every_shell_has_every_command),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
