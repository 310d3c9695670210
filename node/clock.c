#include "node/clock.h"

static u64 milliseconds(clockid_t which, u64 per_second)
{
	struct timespec now;

	(void)clock_gettime(which, &now);
	return (u64)now.tv_sec * per_second + (u64)now.tv_nsec / (1000000000 / per_second);
}

u64 clock_wall_ms(void)
{
	return milliseconds(CLOCK_REALTIME, 1000);
}

u64 clock_monotonic_us(void)
{
	return milliseconds(CLOCK_MONOTONIC, 1000000);
}

u64 clock_steady_ms(void)
{
	return milliseconds(CLOCK_BOOTTIME, 1000);
}

struct timespec clock_at_us(u64 monotonic_us)
{
	return (struct timespec){
		.tv_sec = (time_t)(monotonic_us / 1000000),
		.tv_nsec = (long)(monotonic_us % 1000000) * 1000,
	};
}

void clock_init(struct clock *c, bool may_drive, double speed, u64 until, u64 head_time, u64 wall_ms)
{
	bool is_fast = speed > 1.0 || speed < 1.0;

	*c = (struct clock){
		.is_driven = may_drive && (is_fast || head_time > wall_ms / 1000),
		.speed = speed,
		.until = until,
		.anchor_chain = head_time,
		.anchor_wall = wall_ms,
	};
}

u64 clock_chain_seconds(const struct clock *c, u64 wall_ms)
{
	u64 elapsed = wall_ms > c->anchor_wall ? wall_ms - c->anchor_wall : 0;
	double fast = (double)elapsed / 1000.0 * c->speed;
	double room;

	if (!c->is_driven)
		return wall_ms / 1000;
	if (c->until == 0)
		return c->anchor_chain + (u64)fast;
	if (c->anchor_chain >= c->until)
		return c->anchor_chain + elapsed / 1000;
	room = (double)(c->until - c->anchor_chain);
	if (fast <= room)
		return c->anchor_chain + (u64)fast;
	/* What is left of the wall time after the fast stretch passes at speed 1. */
	return c->until + (u64)((double)elapsed / 1000.0 - room / c->speed);
}
