#ifndef CMD_PLIMSOLLD_RUN_H
#define CMD_PLIMSOLLD_RUN_H

/* `plimsolld start`: opens the node, serves it, and stops on a signal. */

#include "node/settings.h"
#include "node/node.h"

#define EXIT_FAILED 1 /* a write failed, or the node could not go on */
#define EXIT_USAGE  2
#define EXIT_DATA   3 /* the data folder cannot be used */

/* Returns the exit status. */
int run_start(const struct settings *config);

#endif
