#ifndef TESTS_OWN_CLOCK_H
#define TESTS_OWN_CLOCK_H

/* A clock that a test sets, for its own thread or for all: stands for libc's in the program that includes this, once. */

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "node/clock.h"

/* 0: what the machine's shows. */
static _Thread_local u64 own_monotonic_us, own_steady_us, own_wall_us;
static _Atomic u64 passed_us; /* whole seconds: besides, for every thread, by the monotonic clock */

int clock_gettime(clockid_t which, struct timespec *out)
{
	u64 own = 0, passed = which == CLOCK_MONOTONIC ? atomic_load(&passed_us) : 0;
	int result;

	if (which == CLOCK_MONOTONIC)
		own = own_monotonic_us;
	else if (which == CLOCK_BOOTTIME)
		own = own_steady_us;
	else if (which == CLOCK_REALTIME)
		own = own_wall_us;
	if (own != 0) {
		*out = clock_at_us(own);
		return 0;
	}
	result = (int)syscall(SYS_clock_gettime, which, out);
	out->tv_sec += (time_t)(passed / 1000000);
	return result;
}

#endif
