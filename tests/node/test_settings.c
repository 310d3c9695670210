#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/log.h"
#include "node/settings.h"
#include "node/store/store.h"

static void the_defaults_are_a_local_node_with_a_block_a_second(void **unused)
{
	struct settings s;

	(void)unused;
	settings_default(&s);
	assert_string_equal(s.rpc_addr, "127.0.0.1");
	assert_int_equal(s.rpc_port, 8545);
	assert_int_equal(s.block_time_ms, 1000);
	assert_int_equal(s.history, HISTORY_BLOCKS);
	assert_int_equal(s.log_level, LOG_INFO);
	assert_string_equal(s.genesis, "");
	assert_false(s.devnet);
	assert_true(s.clock_speed > 0.999 && s.clock_speed < 1.001);
}

static void values_are_understood(void **unused)
{
	static const struct {
		const char *text;
		u64 ms;
	} times[] = {
		{ "0", 0 },
		{ "1s", 1000 },
		{ "250ms", 250 },
		{ "2m", 120000 },
		{ "1h", 3600000 },
	};
	struct settings s;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&s);
	for (size_t i = 0; i < ARRAY_COUNT(times); i++) {
		assert_int_equal(settings_set(&s, "block-time", times[i].text, why), OK);
		assert_int_equal(s.block_time_ms, times[i].ms);
	}
	assert_int_equal(settings_set(&s, "clock-speed", "3600", why), OK);
	assert_true(s.clock_speed > 3599 && s.clock_speed < 3601);
	assert_int_equal(settings_set(&s, "log-level", "debug", why), OK);
	assert_int_equal(s.log_level, LOG_DEBUG);
	assert_int_equal(settings_set(&s, "history", "256", why), OK);
	assert_int_equal(s.history, HISTORY_MIN);
	assert_int_equal(settings_set(&s, "history", "100000", why), OK);
	assert_int_equal(s.history, 100000);
	assert_int_equal(settings_set(&s, "history", "all", why), OK);
	assert_true(s.history == HISTORY_ALL);
}

static void wrong_values_are_refused_and_change_nothing(void **unused)
{
	static const struct {
		const char *name, *value;
		enum err error;
	} wrong[] = {
		{ "block-time", "", ERR_SYNTAX },
		{ "block-time", "1", ERR_SYNTAX },
		{ "block-time", "1 s", ERR_SYNTAX },
		{ "block-time", "-1s", ERR_SYNTAX },
		{ "block-time", "2h", ERR_RANGE },
		{ "block-time", "99999999999999999999ms", ERR_RANGE },
		{ "block-time", "18446744073709551615h", ERR_RANGE },
		{ "rpc-port", "65536", ERR_RANGE },
		{ "rpc-port", "0x10", ERR_SYNTAX },
		{ "rpc-port", "80 ", ERR_SYNTAX },
		{ "threads", "257", ERR_RANGE },
		{ "history", "255", ERR_RANGE },
		{ "history", "0", ERR_RANGE },
		{ "history", "18446744073709551616", ERR_RANGE },
		{ "history", "", ERR_SYNTAX },
		{ "history", "All", ERR_SYNTAX },
		{ "history", "all blocks", ERR_SYNTAX },
		{ "history", "1024b", ERR_SYNTAX },
		{ "clock-speed", "0", ERR_RANGE },
		{ "clock-speed", "nan", ERR_SYNTAX },
		{ "clock-speed", "1x", ERR_SYNTAX },
		{ "clock-speed", "inf", ERR_SYNTAX },
		{ "log-level", "loud", ERR_SYNTAX },
		{ "devnet", "yes", ERR_SYNTAX },
		{ "colour", "red", ERR_NOT_FOUND },
		{ "", "", ERR_NOT_FOUND },
	};
	struct settings before, after;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&before);
	after = before;
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		why[0] = '\0';
		assert_int_equal(settings_set(&after, wrong[i].name, wrong[i].value, why), wrong[i].error);
		assert_true(strlen(why) > 0);
		assert_memory_equal(&before, &after, sizeof before);
	}
}

static struct bytes text_of(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

static void a_file_is_read_line_by_line(void **unused)
{
	struct settings s;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&s);
	assert_int_equal(settings_read(&s, text_of("# a node\n\n  rpc-port=9000 # here\r\nblock-time =  0\n"
						   "rpc-hosts = a.example,b.example"),
				       why),
			 OK);
	assert_int_equal(s.rpc_port, 9000);
	assert_int_equal(s.block_time_ms, 0);
	assert_string_equal(s.rpc_hosts, "a.example,b.example");
}

static void a_wrong_line_is_named(void **unused)
{
	static const struct {
		const char *text, *why;
	} wrong[] = {
		{ "rpc-port = 1\nrpc-port = 2\n", "line 2: rpc-port is set twice" },
		{ "\n\nrpc-port\n", "line 3: expected name = value" },
		{ "bogus = 1", "line 1: there is no setting \"bogus\"" },
	};
	struct settings s;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&s);
	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
		assert_int_not_equal(settings_read(&s, text_of(wrong[i].text), why), OK);
		assert_string_equal(why, wrong[i].why);
	}
}

static void flags_come_in_two_forms(void **unused)
{
	char *flags[] = { "--rpc-port", "1234", "--block-time=250ms", "--devnet" };
	struct settings s;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&s);
	assert_int_equal(settings_flags(&s, 4, flags, why), OK);
	assert_int_equal(s.rpc_port, 1234);
	assert_int_equal(s.block_time_ms, 250);
	assert_true(s.devnet);
}

static void unknown_and_incomplete_flags_are_refused(void **unused)
{
	char *unknown[] = { "--bogus", "1" }, *bare[] = { "rpc-port" }, *cut[] = { "--rpc-port" };
	char *missing[] = { "--config", "/nonexistent/plimsoll.conf" };
	struct settings s;
	char why[SETTINGS_WHY_MAX];

	(void)unused;
	settings_default(&s);
	assert_int_equal(settings_flags(&s, 2, unknown, why), ERR_NOT_FOUND);
	assert_int_equal(settings_flags(&s, 1, bare, why), ERR_NOT_FOUND);
	assert_int_equal(settings_flags(&s, 1, cut, why), ERR_SYNTAX);
	assert_string_equal(why, "--rpc-port needs a value: PORT");
	assert_int_equal(settings_flags(&s, 2, missing, why), ERR_NOT_FOUND);
}

static void flags_win_over_the_file(void **unused)
{
	char path[] = "/tmp/plimsoll-settings-XXXXXX";
	char *flags[] = { "--rpc-port", "3", "--config", path };
	struct settings s;
	char why[SETTINGS_WHY_MAX];
	int fd = mkstemp(path);

	(void)unused;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "rpc-port = 2\ncache-mb = 7\n", 26), 26);
	assert_int_equal(close(fd), 0);
	settings_default(&s);
	assert_int_equal(settings_flags(&s, 4, flags, why), OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(s.rpc_port, 3);
	assert_int_equal(s.cache_mb, 7);
}

static void the_help_names_every_setting(void **unused)
{
	char text[8192] = { 0 };
	FILE *out = fmemopen(text, sizeof text, "w");

	(void)unused;
	assert_non_null(out);
	settings_print(out);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, "--block-time TIME"));
	assert_non_null(strstr(text, "[1s]"));
	assert_non_null(strstr(text, "--clock-until UNIX"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_a_local_node_with_a_block_a_second),
		cmocka_unit_test(values_are_understood),
		cmocka_unit_test(wrong_values_are_refused_and_change_nothing),
		cmocka_unit_test(a_file_is_read_line_by_line),
		cmocka_unit_test(a_wrong_line_is_named),
		cmocka_unit_test(flags_come_in_two_forms),
		cmocka_unit_test(unknown_and_incomplete_flags_are_refused),
		cmocka_unit_test(flags_win_over_the_file),
		cmocka_unit_test(the_help_names_every_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
