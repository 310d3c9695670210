#ifndef NODE_LOG_H
#define NODE_LOG_H

/* What the node tells its operator, on standard error, one line an event:
 *
 *     2026-01-31T12:00:00.123Z info block height=12 transactions=3 gas=63000
 *
 * The event is one or two plain words, then key=value pairs. */

#include "base/types.h"

enum log_level { LOG_ERROR,
		 LOG_WARN,
		 LOG_INFO,
		 LOG_DEBUG };

void log_level_set(enum log_level level); /* LOG_INFO unless set */
/* log_level_find reads a level's name; false: there is no such level. */
bool log_level_find(enum log_level *out, const char *name);
bool log_is_on(enum log_level level);
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
