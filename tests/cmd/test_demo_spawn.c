#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A program has no archive: its modules are compiled into the test. */
#include "cmd/plimsoll-demo/options.c"
#include "cmd/plimsoll-demo/spawn.c"
#include "cmd/plimsoll-demo/tally.c"

static struct children children = { .folder = "/tmp/test-demo-spawn-XXXXXX", .programs = "/bin" };

static int make_folder(void **unused)
{
	(void)unused;
	return mkdtemp(children.folder) ? 0 : -1;
}

static int remove_folder(void **unused)
{
	static const char *const names[] = { "echo", "sleep-1", "sleep-2", "false", "stubborn", "trap" };
	char path[PATH_MAX + 64];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		(void)snprintf(path, sizeof path, "%s/%s.log", children.folder, names[i]);
		(void)unlink(path);
	}
	return rmdir(children.folder);
}

static enum err start_shell(const char *name, const char *script)
{
	struct command c;

	command_init(&c, "sh");
	command_add(&c, "-c");
	command_add(&c, "%s", script);
	return children_start(&children, name, &c);
}

static void what_a_program_prints_goes_to_its_log(void **unused)
{
	char path[PATH_MAX + 64], text[64] = "";
	struct command c;
	FILE *f;

	(void)unused;
	command_init(&c, "sh");
	command_add(&c, "-c");
	command_add(&c, "echo %s; echo $SECRET >&2", "one");
	command_secret(&c, "SECRET=%s", "two");
	assert_int_equal(children_run(&children, "echo", &c), OK);
	assert_int_equal(children.count, 0);
	(void)snprintf(path, sizeof path, "%s/echo.log", children.folder);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	(void)fclose(f);
	assert_string_equal(text, "one\ntwo\n");
}

static void a_program_that_fails_or_is_not_there_is_noticed(void **unused)
{
	struct command c;

	(void)unused;
	command_init(&c, "no-such-program");
	assert_int_equal(children_start(&children, "no", &c), ERR_IO);
	command_init(&c, "false");
	assert_int_equal(children_run(&children, "false", &c), ERR_IO);
	assert_null(children_dead(&children));
}

static void a_program_that_ends_by_itself_is_named(void **unused)
{
	const struct child *dead = NULL;
	struct timespec pause = { 0, 10000000 };
	char text[64];

	(void)unused;
	assert_int_equal(start_shell("sleep-1", "exec sleep 100"), OK);
	assert_null(children_dead(&children));
	assert_int_equal(start_shell("false", "exit 3"), OK);
	for (int i = 0; i < 6000 && !dead; i++) {
		dead = children_dead(&children);
		(void)nanosleep(&pause, NULL);
	}
	assert_non_null(dead);
	child_describe(text, dead);
	assert_string_equal(text, "false exited with status 3");
	children_stop(&children, "");
	assert_int_equal(children.at[0].pid, 0);
	child_describe(text, &children.at[0]);
	assert_string_equal(text, "sleep-1 was killed by signal 15");
	children.count = 0;
}

static void programs_are_stopped_by_the_beginning_of_their_names(void **unused)
{
	(void)unused;
	assert_int_equal(start_shell("sleep-1", "exec sleep 100"), OK);
	assert_int_equal(start_shell("stubborn", "exec sleep 100"), OK);
	assert_int_equal(start_shell("sleep-2", "exec sleep 100"), OK);
	children_stop(&children, "sleep");
	assert_int_equal(children.at[0].pid, 0);
	assert_int_not_equal(children.at[1].pid, 0);
	assert_int_equal(children.at[2].pid, 0);
	children_stop(&children, "");
	assert_int_equal(children.at[1].pid, 0);
	assert_ptr_equal(children_failed(&children), &children.at[0]); /* a signal ended it */
	children.count = 0;
}

/* Whether a program has said something; waits for it. */
static bool is_heard(const char *name)
{
	struct timespec pause = { 0, 10000000 };
	char path[PATH_MAX + 64];
	struct stat log;

	(void)snprintf(path, sizeof path, "%s/%s.log", children.folder, name);
	for (int i = 0; i < 6000; i++) {
		if (stat(path, &log) == 0 && log.st_size > 0)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

static void a_program_may_end_well_when_it_is_asked_to(void **unused)
{
	(void)unused;
	assert_int_equal(start_shell("trap", "trap 'exit 0' TERM; echo set; while :; do sleep 0.01; done"), OK);
	assert_true(is_heard("trap"));
	children_stop(&children, "");
	assert_null(children_failed(&children));
	children.count = 0;
}

static void options_are_read_with_their_bounds(void **unused)
{
	static char *good[] = { "--once", "--prices", "x.csv", "--seconds",
				"30", "--borrowers", "12" };
	static const struct {
		char *words[2];
		int count;
		enum err expected;
	} bad[] = {
		{ { "--nonsense" }, 1, ERR_NOT_FOUND },
		{ { "--seed" }, 1, ERR_SYNTAX },
		{ { "--seed", "x" }, 2, ERR_SYNTAX },
		{ { "--suppliers", "3" }, 2, ERR_RANGE },
		{ { "--borrowers", "0" }, 2, ERR_RANGE },
		{ { "--port", "65536" }, 2, ERR_RANGE },
		{ { "--speed", "1" }, 2, ERR_RANGE },
		{ { "--seconds", "nan" }, 2, ERR_RANGE },
	};
	char why[OPTIONS_WHY_MAX];
	struct options o, untouched;

	(void)unused;
	assert_int_equal(options_parse(&o, ARRAY_COUNT(good), good, why), OK);
	assert_true(o.once && !o.keep && o.borrowers == 12 && o.suppliers == 60);
	assert_string_equal(o.prices, "x.csv");
	assert_true(o.seconds > 29.9 && o.seconds < 30.1);
	untouched = o;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		why[0] = '\0';
		assert_int_equal(options_parse(&o, bad[i].count, bad[i].words, why),
				 bad[i].expected);
		assert_non_null(strstr(why, bad[i].words[0]));
		assert_memory_equal(&o, &untouched, sizeof o);
	}
}

static void a_tally_counts_by_text_and_never_overflows(void **unused)
{
	struct tally t = { .count = 0 };
	char text[8];

	(void)unused;
	tally_add(&t, "a");
	tally_add(&t, "b");
	tally_add(&t, "a");
	assert_true(t.count == 2 && t.total == 3 && t.at[0].count == 2 && t.at[1].count == 1);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(text, sizeof text, "%d", i);
		tally_add(&t, text);
	}
	assert_true(t.count == TALLY_ROWS_MAX && t.total == 103);
	assert_string_equal(t.at[TALLY_ROWS_MAX - 1].text, "other");
	assert_true(t.at[TALLY_ROWS_MAX - 1].count == 103 - 3 - (TALLY_ROWS_MAX - 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_program_prints_goes_to_its_log),
		cmocka_unit_test(a_program_that_fails_or_is_not_there_is_noticed),
		cmocka_unit_test(a_program_that_ends_by_itself_is_named),
		cmocka_unit_test(programs_are_stopped_by_the_beginning_of_their_names),
		cmocka_unit_test(a_program_may_end_well_when_it_is_asked_to),
		cmocka_unit_test(options_are_read_with_their_bounds),
		cmocka_unit_test(a_tally_counts_by_text_and_never_overflows),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
