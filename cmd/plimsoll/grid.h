#ifndef PLIMSOLL_GRID_H
#define PLIMSOLL_GRID_H

/* A table for people: columns as wide as their longest cell, numbers to the right.
 *
 *     grid_begin(&t, "token <price >health");     '<' or '>' before a heading aligns its column
 *     grid_cell(&t, "%s", symbol); ...            row by row
 *     grid_print(&t);                             prints and frees
 */

#include <stddef.h>

#define GRID_COLUMNS_MAX 12

struct grid {
	size_t columns, cells, capacity;
	char **at;
	char side[GRID_COLUMNS_MAX];
};

void grid_begin(struct grid *t, const char *headings);
void grid_cell(struct grid *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void grid_print(struct grid *t);
void grid_free(struct grid *t); /* without printing */

#endif
