#ifndef BENCH_SUPPORT_WRK_H
#define BENCH_SUPPORT_WRK_H

/* wrk, the load generator, posting JSON to a port of this machine.  Programs that use it run from the
 * top of the source tree (bench/call.lua). */

#include "base/types.h"

struct wrk_job {
	u32 seconds, connections;
	const char *body;  /* what each request posts; NULL: the lines of files */
	const char *files; /* FILES.0, FILES.1, ...: one for each of wrk_threads */
};

struct wrk_load {
	double per_second, p99_us;
	u64 requests; /* that were answered; of each connection one more may have been sent */
};

/* Ends the program on anything but answers with status 200. */
struct wrk_load wrk_run(const struct wrk_job *job, u16 port);
/* One a core, and no more than connections. */
u32 wrk_threads(u32 connections);

#endif
