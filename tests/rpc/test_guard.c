#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "node/clock.h"
#include "rpc/guard.h"

/* Stands for libc's: the wall clock is set back by an hour whenever somebody has read it. */
int clock_gettime(clockid_t which, struct timespec *out)
{
	int result = (int)syscall(SYS_clock_gettime, which, out);

	if (which == CLOCK_REALTIME)
		out->tv_sec += 3600;
	return result;
}

/* One connection: the server's end and the client's. */
struct line {
	int ends[2];
	struct guest *guest;
};

static void enter(struct guard *g, struct line *l, u64 client)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, l->ends), 0);
	l->guest = guard_enter(g, l->ends[0], client);
	assert_non_null(l->guest);
}

static void leave(struct guard *g, struct line *lines, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		guard_leave(g, lines[i].guest);
		(void)close(lines[i].ends[0]);
		(void)close(lines[i].ends[1]);
	}
}

/* Whether the client sees the end within so long. */
static bool is_over(const struct line *l, int wait_ms)
{
	struct pollfd at = { .fd = l->ends[1], .events = POLLIN };
	char c;

	return poll(&at, 1, wait_ms) == 1 && read(l->ends[1], &c, 1) == 0;
}

static struct guard *start(u32 max, u32 per_client, u32 patience_ms)
{
	struct guard *g = guard_start(&(struct guard_limits){ max, per_client, patience_ms });

	assert_non_null(g);
	return g;
}

static void the_stalest_makes_room(void **unused)
{
	struct guard *g = start(3, 0, 60000);
	struct line lines[5];

	(void)unused;
	for (u32 i = 0; i < 3; i++)
		enter(g, &lines[i], 0);
	guest_touch(lines[0].guest);
	enter(g, &lines[3], 0);
	assert_false(is_over(&lines[0], 0));
	assert_true(is_over(&lines[1], 0));
	assert_false(is_over(&lines[2], 0));
	enter(g, &lines[4], 0);
	assert_true(is_over(&lines[2], 0));
	assert_false(is_over(&lines[3], 0));
	assert_int_equal(guard_ended(g), 2);
	leave(g, lines, 5);
	guard_stop(g);
}

static void one_client_loses_its_own_connections(void **unused)
{
	struct guard *g = start(100, 2, 60000);
	struct line lines[5];

	(void)unused;
	enter(g, &lines[0], 7);
	enter(g, &lines[1], 8);
	enter(g, &lines[2], 8);
	enter(g, &lines[3], 8);
	enter(g, &lines[4], 0);
	assert_false(is_over(&lines[0], 0));
	assert_true(is_over(&lines[1], 0));
	assert_false(is_over(&lines[2], 0));
	assert_false(is_over(&lines[4], 0));
	leave(g, lines, 5);
	guard_stop(g);
}

/* Whoever begins anew stays, unless this thread has not come to say so for longer than the patience. */
static void patience_ends_who_never_finishes(void **unused)
{
	enum { PATIENCE_MS = 1000,
	       TEST_MS_MAX = 60000 };
	struct guard *g = start(100, 0, PATIENCE_MS);
	u64 begin = clock_monotonic_us(), touched = begin, longest = 0;
	struct line lines[2];
	bool is_ended = false;

	(void)unused;
	enter(g, &lines[0], 0);
	enter(g, &lines[1], 0);
	while (!is_ended && clock_monotonic_us() - begin < TEST_MS_MAX * 1000) {
		u64 now = clock_monotonic_us();

		guest_touch(lines[1].guest);
		is_ended = is_over(&lines[0], 20);
		if (clock_monotonic_us() - touched > longest)
			longest = clock_monotonic_us() - touched;
		touched = now;
	}
	assert_true(is_ended);
	assert_true(!is_over(&lines[1], 0) || longest > PATIENCE_MS * 1000);
	assert_true(clock_monotonic_us() - begin > PATIENCE_MS * 1000);
	leave(g, lines, 2);
	guard_stop(g);
}

static void upgraded_connections_stay_and_have_their_own_limit(void **unused)
{
	struct guard *g = start(2, 0, 60000);
	struct line lines[5];

	(void)unused;
	enter(g, &lines[0], 0);
	assert_true(guard_upgrade(g, lines[0].guest));
	enter(g, &lines[1], 0);
	assert_true(guard_upgrade(g, lines[1].guest));
	enter(g, &lines[2], 0);
	assert_false(guard_upgrade(g, lines[2].guest));
	enter(g, &lines[3], 0);
	assert_int_equal(guard_ended(g), 0);
	enter(g, &lines[4], 0);
	assert_false(is_over(&lines[0], 0));
	assert_true(is_over(&lines[2], 0));
	leave(g, lines, 5);
	guard_stop(g);
}

static void one_client_has_so_many_upgraded_connections(void **unused)
{
	struct guard *g = start(10, 1, 60000);
	struct line lines[3];

	(void)unused;
	enter(g, &lines[0], 7);
	assert_true(guard_upgrade(g, lines[0].guest));
	enter(g, &lines[1], 7);
	assert_false(guard_upgrade(g, lines[1].guest));
	enter(g, &lines[2], 8);
	assert_true(guard_upgrade(g, lines[2].guest));
	leave(g, lines, 3);
	guard_stop(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stalest_makes_room),
		cmocka_unit_test(one_client_loses_its_own_connections),
		cmocka_unit_test(patience_ends_who_never_finishes),
		cmocka_unit_test(upgraded_connections_stay_and_have_their_own_limit),
		cmocka_unit_test(one_client_has_so_many_upgraded_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
