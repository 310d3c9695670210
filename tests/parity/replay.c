/* Replays recorded scenarios on the contracts and counts those that agree to the last unit.
 *
 *     replay MARKETS FOLDER     every NAME.json of FOLDER with its NAME.trace.json.gz, on the markets in MARKETS */

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/replay.h"

#define FILES_MAX 100000

int main(int argc, char **argv)
{
	char(*names)[REPLAY_NAME_MAX] = calloc(FILES_MAX, sizeof *names);
	struct replay *r = calloc(1, sizeof *r);
	size_t count, failed = 0;
	u64 steps = 0, compared = 0;

	if (argc != 3 || !names || !r) {
		fprintf(stderr, "usage: replay MARKETS FOLDER\n");
		return 2;
	}
	count = replay_names(names, FILES_MAX, argv[2]);
	for (size_t i = 0; i < count; i++) {
		replay_run(r, argv[1], argv[2], names[i]);
		steps += r->steps;
		compared += r->compared;
		failed += r->difference[0] != '\0';
		if (r->difference[0])
			printf("FAIL %s\n", r->difference);
	}
	printf("%llu steps, %llu compared values\n", (unsigned long long)steps, (unsigned long long)compared);
	printf("%zu passed, %zu failed\n", count - failed, failed);
	free(names);
	free(r);
	return failed > 0 || count == 0;
}
