#include "bench/support/measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void figure_print(const struct figure *f)
{
	printf("{\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"", f->name, f->value, f->unit);
	if (f->baseline)
		printf(", \"baseline\": \"%s\", \"baseline_value\": %.6g, \"ratio\": %.3f", f->baseline,
		       f->baseline_value, f->value / f->baseline_value);
	if (f->more)
		printf(", %s", f->more);
	printf(", \"target\": \"%s\", \"met\": %s}\n", f->target ? f->target : "",
	       f->met || !f->target ? "true" : "false");
	fflush(stdout);
}

static u64 clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

u64 now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

u64 cpu_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

u64 cpu_thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

u32 cores(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count > 0 ? (u32)count : 1;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double median(double *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof *values, by_value);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void must(enum err e, const char *what)
{
	if (e != OK)
		give_up("%s: %s", what, err_text(e));
}

void give_up(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}
