#include "client/args.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"

/* The row whose name is the first size bytes of text; row_count if none. */
static size_t args_row(const struct args *a, const char *text, size_t size)
{
	size_t i = 0;

	while (i < a->row_count &&
	       (strlen(a->rows[i].name) != size || memcmp(a->rows[i].name, text, size) != 0))
		i++;
	return i;
}

/* Takes the option at argv[0], and argv[1] if that is its value; *used tells how many. */
static enum err args_option(struct args *a, char why[ARGS_WHY_MAX], char *const *argv, size_t count,
			    size_t *used)
{
	const char *equals = strchr(argv[0], '=');
	size_t size = equals ? (size_t)(equals - argv[0]) : strlen(argv[0]);
	size_t i = args_row(a, argv[0], size);

	*used = 1;
	if (i == a->row_count) {
		snprintf(why, ARGS_WHY_MAX, "no option %.*s here; see --help",
			 (int)(size < 80 ? size : 80), argv[0]);
		return ERR_NOT_FOUND;
	}
	if (a->values[i]) {
		snprintf(why, ARGS_WHY_MAX, "%s is given twice", a->rows[i].name);
		return ERR_EXISTS;
	}
	if (!a->rows[i].argument) {
		a->values[i] = "";
		snprintf(why, ARGS_WHY_MAX, "%s takes no value", a->rows[i].name);
		return equals ? ERR_SYNTAX : OK;
	}
	if (!equals && count < 2) {
		snprintf(why, ARGS_WHY_MAX, "%s needs a value: %s %s", a->rows[i].name,
			 a->rows[i].name, a->rows[i].argument);
		return ERR_SYNTAX;
	}
	a->values[i] = equals ? equals + 1 : argv[1];
	*used = equals ? 1 : 2;
	return OK;
}

enum err args_parse(struct args *out, char why[ARGS_WHY_MAX], const struct option_row *rows,
		    size_t row_count, char *const *argv, size_t count)
{
	struct args a = { .rows = rows, .row_count = row_count };
	bool only_words = false;
	size_t used;

	assert(row_count <= ARGS_OPTIONS_MAX);
	for (size_t i = 0; i < count; i += used) {
		used = 1;
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
			TRY(args_option(&a, why, argv + i, count - i, &used));
		} else if (a.word_count < ARGS_WORDS_MAX) {
			a.words[a.word_count++] = argv[i];
		} else {
			snprintf(why, ARGS_WHY_MAX, "too many words");
			return ERR_FULL;
		}
	}
	*out = a;
	return OK;
}

const char *args_value(const struct args *a, const char *name)
{
	size_t i = args_row(a, name, strlen(name));

	assert(i < a->row_count);
	return a->values[i];
}

bool args_has(const struct args *a, const char *name)
{
	return args_value(a, name) != NULL;
}

bool args_version(const char *program, int argc, char *const *argv)
{
	if (argc < 2 || strcmp(argv[1], "--version") != 0)
		return false;
	printf("%s " PLIMSOLL_VERSION "\n", program);
	return true;
}

void args_print(const struct option_row *rows, size_t row_count)
{
	char left[64];

	for (size_t i = 0; i < row_count; i++) {
		snprintf(left, sizeof left, "%s %s", rows[i].name,
			 rows[i].argument ? rows[i].argument : "");
		printf("  %-26s %s\n", left, rows[i].help);
	}
}
