#ifndef DEMO_TEXT_H
#define DEMO_TEXT_H

/* Text built up piece by piece for the terminal, and numbers as people read them. */

#include "base/types.h"

struct text {
	char *at; /* NUL-terminated */
	size_t size, capacity;
	bool has_color;
};

/* Requires capacity > 0. */
void text_init(struct text *t, char *at, size_t capacity, bool has_color);
/* Appends; what does not fit is cut off. */
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Begins a colour ("1" bold, "2" dim, "31" red, "32" green, "33" yellow); "0" ends it.
 * Without colours it adds nothing. */
void text_ink(struct text *t, const char *ink);

#define FIGURE_MAX 32
/* "$1.23B", "$45.6M", "$789K", "$6,543", "$12.34". */
void figure_dollars(char out[FIGURE_MAX], double x);
/* "1.23M", "45.6K", "6,543", "12.34" and so on. */
void figure_tokens(char out[FIGURE_MAX], double x);
/* With four leading digits: "43,567", "194.50", "3.7500". */
void figure_price(char out[FIGURE_MAX], double x);
/* "1,234,567". */
void figure_count(char out[FIGURE_MAX], u64 x);
/* "2020-03-12 18:22:40". */
void figure_time(char out[FIGURE_MAX], u64 unix_seconds);
/* "0x1234..cdef". */
void figure_address(char out[FIGURE_MAX], const struct address *a);

#endif
