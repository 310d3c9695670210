#include "cmd/plimsoll/grid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes text. */
static void grid_add(struct grid *t, char *text)
{
	if (t->cells == t->capacity) {
		t->capacity = t->capacity ? 2 * t->capacity : 64;
		t->at = realloc(t->at, t->capacity * sizeof *t->at);
	}
	if (!t->at || !text)
		abort(); /* out of memory in a program that is about to end anyway */
	t->at[t->cells++] = text;
}

void grid_begin(struct grid *t, const char *headings)
{
	char *copy = strdup(headings), *rest = copy, *word;

	*t = (struct grid){ 0 };
	while (copy && (word = strsep(&rest, " "))) {
		assert(t->columns < GRID_COLUMNS_MAX);
		t->side[t->columns] = *word == '<' || *word == '>' ? *word : '<';
		grid_add(t, strdup(*word == '<' || *word == '>' ? word + 1 : word));
		t->columns++;
	}
	free(copy);
}

void grid_cell(struct grid *t, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	grid_add(t, text);
}

void grid_print(struct grid *t)
{
	int width[GRID_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < t->cells; i++) {
		if ((int)strlen(t->at[i]) > width[i % t->columns])
			width[i % t->columns] = (int)strlen(t->at[i]);
	}
	for (size_t i = 0; i < t->cells; i++) {
		size_t column = i % t->columns;
		bool is_last = column + 1 == t->columns;

		if (t->side[column] == '>')
			printf("%*s%s", width[column], t->at[i], is_last ? "\n" : "  ");
		else
			printf("%-*s%s", is_last ? 0 : width[column], t->at[i],
			       is_last ? "\n" : "  ");
	}
	grid_free(t);
}

void grid_free(struct grid *t)
{
	for (size_t i = 0; i < t->cells; i++)
		free(t->at[i]);
	free(t->at);
	*t = (struct grid){ 0 };
}
