#ifndef DEMO_INVITE_H
#define DEMO_INVITE_H

/* What to do with a node that is up: lines to paste. */

#include <stdio.h>

#include "cmd/plimsoll-demo/programs.h"

/* borrower: somebody with a debt, to look at. */
void invite_print(FILE *out, const struct programs *p, const struct address *borrower);

#endif
