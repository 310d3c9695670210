/* Replays recorded scenarios of Aave v3.6's own contracts and compares everything they
 * recorded after every step: state, results, events, errors.  Not one unit may differ.
 *
 * tests/vectors/aave holds a selection; the whole corpus is replayed too where it lies
 * beside the repository.  Names of tokens (docs/lending.md) are the market files'. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/replay.h"

#define VECTORS   "tests/vectors/aave"
#define CORPUS    "../shared/aave/corpus/public"
#define FILES_MAX 512

static void replay_folder(const char *folder)
{
	static char names[FILES_MAX][REPLAY_NAME_MAX];
	struct replay *r = calloc(1, sizeof *r);
	size_t count = replay_names(names, FILES_MAX, folder), matched = 0;
	u64 steps = 0, compared = 0;

	assert_non_null(r);
	for (size_t i = 0; i < count; i++) {
		replay_run(r, VECTORS "/markets", folder, names[i]);
		steps += r->steps;
		compared += r->compared;
		matched += !r->difference[0];
		if (r->difference[0])
			print_error("%s\n", r->difference);
	}
	free(r);
	print_message("%zu of %zu scenarios, %llu steps, %llu compared values\n", matched, count,
		      (unsigned long long)steps, (unsigned long long)compared);
	assert_int_equal(matched, count);
}

static void every_recorded_step_of_the_selection_is_reproduced(void **unused)
{
	static char names[FILES_MAX][REPLAY_NAME_MAX];

	(void)unused;
	assert_true(replay_names(names, FILES_MAX, VECTORS) >= 12);
	replay_folder(VECTORS);
}

static void every_recorded_step_of_the_corpus_is_reproduced(void **unused)
{
	struct stat info;

	(void)unused;
	if (stat(CORPUS, &info) != 0)
		skip();
	replay_folder(CORPUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recorded_step_of_the_selection_is_reproduced),
		cmocka_unit_test(every_recorded_step_of_the_corpus_is_reproduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
