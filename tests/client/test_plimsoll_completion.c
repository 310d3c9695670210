#include "tests/client/program.h"

/* plimsoll completion: what shells offer at the end of a command line. */

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
		cmocka_unit_test(bash_finishes_commands_options_and_choices),
		cmocka_unit_test(bash_finishes_tokens_and_names),
		cmocka_unit_test(every_shell_has_every_command),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
