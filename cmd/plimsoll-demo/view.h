#ifndef DEMO_VIEW_H
#define DEMO_VIEW_H

/* The board in a terminal: redrawn in place when there is one of at least VIEW_COLUMNS by
 * VIEW_ROWS, otherwise a plain line now and then. */

#include "cmd/plimsoll-demo/board.h"
#include "cmd/plimsoll-demo/text.h"

#define VIEW_COLUMNS 100
#define VIEW_ROWS    30

struct view {
	bool is_live; /* a terminal, redrawn in place */
	bool has_color;
	bool is_drawn;
	double drawn_at; /* wall seconds */
};

/* Looks at stdout and NO_COLOR. */
void view_init(struct view *v);
/* Shows the board if it is time to: wall is any clock's seconds. */
void view_show(struct view *v, const struct board *b, double wall);
/* One line about what is being done, while there is no board yet. */
void view_say(struct view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives the terminal back: cursor below what was drawn. */
void view_end(struct view *v);

/* The drawing itself, at most VIEW_ROWS lines of VIEW_COLUMNS, and the plain line. */
void view_draw(struct text *t, const struct board *b);
void view_line(struct text *t, const struct board *b);

#endif
