#ifndef CLIENT_ARGS_H
#define CLIENT_ARGS_H

/* Command lines: "--name value", "--name=value", "--flag", and words.  Options may stand
 * anywhere; after a lone "--" everything is a word.  What an option is called, takes
 * and means is one row of a table, from which --help is printed too. */

#include "base/err.h"

#define ARGS_OPTIONS_MAX 32
#define ARGS_WORDS_MAX   16
#define ARGS_WHY_MAX     256

struct option_row {
	const char *name;     /* "--rpc" */
	const char *argument; /* "URL"; NULL: a flag */
	const char *help;     /* one line */
};

struct args {
	const struct option_row *rows;
	size_t row_count;
	const char *values[ARGS_OPTIONS_MAX]; /* by row; "" for a flag that is set; NULL: absent */
	const char *words[ARGS_WORDS_MAX];
	size_t word_count;
};

/* args_parse reads argv[0..count), without the program's name, and borrows it.
 * ERR_NOT_FOUND: no such option; ERR_SYNTAX: a value is missing or not wanted; ERR_EXISTS: given twice;
 * ERR_FULL: too many words.  why says which. */
MUST_CHECK enum err args_parse(struct args *out, char why[ARGS_WHY_MAX], const struct option_row *rows, size_t row_count,
			       char *const *argv, size_t count);
/* Requires that the table has such a row (assert).  NULL: absent. */
const char *args_value(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);
/* Whether the first word is --version; then it has printed the program's. */
bool args_version(const char *program, int argc, char *const *argv);
/* The table as lines of help. */
void args_print(const struct option_row *rows, size_t row_count);

#endif
