#include "tests/client/program.h"

/* plimsoll: its options, and the keys that it keeps. */

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
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
