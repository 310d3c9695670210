#ifndef BENCH_SUPPORT_MEASURE_H
#define BENCH_SUPPORT_MEASURE_H

/* What every benchmark needs: time, medians, and figures as JSON lines.
 *
 *     {"name": "rpc.transfer", "value": 14210, "unit": "tx/s", "baseline": "signature recovery",
 *      "baseline_value": 26100, "ratio": 0.544, "target": "at least 0.5", "met": true}
 *
 * A figure stands beside a baseline of the same run, because absolute numbers are worth
 * little on a machine that others use. */

#include "base/err.h"
#include "base/types.h"

struct figure {
	const char *name;
	double value;
	const char *unit;
	const char *baseline; /* what it is compared with; NULL: nothing */
	double baseline_value;
	const char *target; /* in words; NULL: none */
	bool met;           /* true without a target */
	const char *more;   /* further JSON members; NULL: none */
};
/* One line to standard output. */
void figure_print(const struct figure *f);

u64 now_ns(void);
double median(double *values, size_t count); /* sorts them */

/* CPU time that this process has used in all its threads, nanoseconds. */
u64 cpu_ns(void);
/* And the calling thread. */
u64 cpu_thread_ns(void);
u32 cores(void);

/* Ends the program unless e is OK. */
void must(enum err e, const char *what);
/* Ends the program. */
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
