/* Runs a fuzz target over a corpus without libFuzzer, so that every compiler and
 * sanitizer build can check that no input of the past breaks anything again:
 *
 *     replay FILE-OR-FOLDER...
 *
 * A target that finds a fault aborts, and with it this program; the name of the
 * input is then the last line printed with -v. */

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct replay {
	size_t passed, failed;
	int verbose;
};

static void fault(struct replay *r, const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	r->failed++;
}

/* The target gets a copy of exactly the file's size: a sanitizer then sees a
 * read of the very next byte. */
static void input_run(const uint8_t *at, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact)
		abort();
	if (size > 0)
		memcpy(exact, at, size);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void file_run(struct replay *r, const char *path)
{
	size_t size = 0, capacity = 1 << 16, got;
	uint8_t *all = malloc(capacity);
	FILE *file = fopen(path, "rb");

	if (!file || !all) {
		fault(r, path);
		goto out;
	}
	if (r->verbose)
		fprintf(stderr, "%s\n", path);
	while ((got = fread(all + size, 1, capacity - size, file)) > 0) {
		size += got;
		if (size == capacity) {
			uint8_t *wider = realloc(all, capacity *= 2);

			if (!wider)
				abort();
			all = wider;
		}
	}
	if (ferror(file)) {
		fault(r, path);
		goto out;
	}
	input_run(all, size);
	r->passed++;
out:
	if (file)
		fclose(file);
	free(all);
}

/* A folder's files, in the order of their names; folders inside are left out. */
static void path_run(struct replay *r, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0 && errno == ENOTDIR) {
		file_run(r, path);
		return;
	}
	if (count < 0) {
		fault(r, path);
		return;
	}
	for (int i = 0; i < count; i++) {
		char *name;

		if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
			abort();
		if (entries[i]->d_type != DT_DIR)
			file_run(r, name);
		free(name);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	struct replay r = { 0, 0, 0 };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			r.verbose = 1;
		else
			path_run(&r, argv[i]);
	}
	printf("%zu inputs: %zu passed, %zu failed\n", r.passed + r.failed, r.passed,
	       r.failed);
	return r.failed > 0 || r.passed == 0;
}
