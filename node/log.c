#include "node/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_SIZE 1024

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static atomic_int level_now = LOG_INFO;

void log_level_set(enum log_level level)
{
	atomic_store(&level_now, (int)level);
}

bool log_level_find(enum log_level *out, const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(level_names); i++) {
		if (strcmp(level_names[i], name) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool log_is_on(enum log_level level)
{
	return (int)level <= atomic_load(&level_now);
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_SIZE], stamp[32];
	struct timespec now;
	struct tm utc;
	va_list args;

	if (!log_is_on(level))
		return;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &utc);
	(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	/* One call, so that lines of several threads do not mix. */
	(void)fprintf(stderr, "%s.%03ldZ %s %s\n", stamp, now.tv_nsec / 1000000, level_names[level],
		      line);
}
