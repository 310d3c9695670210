#ifndef TESTS_SUPPORT_TEXT_COUNT_H
#define TESTS_SUPPORT_TEXT_COUNT_H

#include <string.h>

#include "base/types.h"

/* How often what stands in text. */
static inline u32 text_count(const char *text, const char *what)
{
	u32 count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}

#endif
