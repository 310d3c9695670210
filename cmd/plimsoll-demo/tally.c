#include "cmd/plimsoll-demo/tally.h"

#include <stdio.h>
#include <string.h>

void tally_add(struct tally *t, const char *text)
{
	u32 i = 0;

	t->total++;
	while (i < t->count && strncmp(t->at[i].text, text, TALLY_TEXT_MAX - 1) != 0)
		i++;
	if (i == TALLY_ROWS_MAX)
		i = TALLY_ROWS_MAX - 1;
	if (i == t->count) {
		(void)snprintf(t->at[i].text, TALLY_TEXT_MAX, "%s",
			       i + 1 == TALLY_ROWS_MAX ? "other" : text);
		t->count++;
	}
	t->at[i].count++;
}
