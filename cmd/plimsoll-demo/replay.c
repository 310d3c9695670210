#include "cmd/plimsoll-demo/replay.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "oracle/feeder/candles.h"

#define E18         1000000000000000000ull
#define BLOCK_MS    200u
#define PERIOD_STEP 60u   /* seconds */
#define AGE_MAX     3600u /* seconds */
#define AGE_PERIODS 20u

const char *const asset_symbols[ASSET_COUNT] = {
#define X(name, coin, price) #name,
	ASSETS(X)
#undef X
};

static const struct {
	const char *coin;
	double price;
} usual[ASSET_COUNT] = {
#define X(name, coin, price) { coin, price },
	ASSETS(X)
#undef X
};

bool asset_is_stable(enum asset a)
{
	return !usual[a].coin;
}

enum err replay_sibling(char out[PATH_MAX], const char *ether_file, const char *coin)
{
	const char *slash = strrchr(ether_file, '/');
	const char *eth = strstr(slash ? slash + 1 : ether_file, "eth");
	int size;

	if (!eth)
		return ERR_NOT_FOUND;
	size = snprintf(out, PATH_MAX, "%.*s%s%s", (int)(eth - ether_file), ether_file, coin,
			eth + strlen("eth"));
	return size < PATH_MAX ? OK : ERR_SIZE;
}

/* ERR_NOT_FOUND: there is no such file.  why is complete. */
static enum err read_file(struct candles *out, const char *path, char why[REPLAY_WHY_MAX])
{
	char problem[CANDLES_WHY_MAX] = "";
	FILE *f = fopen(path, "r");
	enum err e;

	if (!f) {
		(void)snprintf(why, REPLAY_WHY_MAX,
			       "%s: cannot be opened; the recorded prices are found from the repository's "
			       "root, others with --prices FILE",
			       path);
		return ERR_NOT_FOUND;
	}
	e = candles_read(out, problem, f, E18);
	(void)fclose(f);
	if (e != OK)
		(void)snprintf(why, REPLAY_WHY_MAX, "%s: %s", path, problem);
	return e;
}

static bool covers(const struct candles *c, u64 begins, u64 ends)
{
	return c->at[0].time <= begins && c->at[c->count - 1].time + c->step >= ends;
}

static double lowest(const struct candles *c)
{
	u128 low = c->at[0].low;

	for (size_t i = 1; i < c->count; i++) {
		if (c->at[i].low < low)
			low = c->at[i].low;
	}
	return (double)low / (double)E18;
}

static void follow(struct replay_price *p, const struct replay_price *ether, double first)
{
	(void)snprintf(p->file, sizeof p->file, "%s", ether->file);
	p->follows = true;
	p->first = first;
	p->scale = first / ether->first;
}

/* The coin's own file if it is there and long enough. */
static enum err plan_coin(struct replay *r, enum asset a, char why[REPLAY_WHY_MAX])
{
	struct replay_price *p = &r->prices[a];
	char path[PATH_MAX];
	struct candles c;
	enum err e = replay_sibling(path, r->prices[ASSET_WETH].file, usual[a].coin);

	if (e == OK)
		e = read_file(&c, path, why);
	if (e == ERR_NOT_FOUND) {
		follow(p, &r->prices[ASSET_WETH], usual[a].price);
		return OK;
	}
	TRY(e);
	if (covers(&c, r->begins, r->ends)) {
		(void)snprintf(p->file, sizeof p->file, "%s", path);
		p->first = (double)candles_price(&c, r->begins) / (double)E18;
		if (c.at[0].time < r->earliest)
			r->earliest = c.at[0].time;
	} else {
		follow(p, &r->prices[ASSET_WETH],
		       (double)candles_price(&c, r->begins) / (double)E18);
	}
	candles_free(&c);
	return OK;
}

enum err replay_plan(struct replay *out, const char *ether_file, char why[REPLAY_WHY_MAX])
{
	struct replay r = { .begins = 0 };
	struct replay_price *ether = &r.prices[ASSET_WETH];
	struct candles c;

	if (strlen(ether_file) >= PATH_MAX) {
		(void)snprintf(why, REPLAY_WHY_MAX, "the file's name is too long");
		return ERR_SIZE;
	}
	TRY(read_file(&c, ether_file, why));
	(void)snprintf(ether->file, sizeof ether->file, "%s", ether_file);
	r.begins = r.earliest = c.at[0].time;
	r.ends = c.at[c.count - 1].time + c.step;
	ether->first = (double)candles_price(&c, r.begins) / (double)E18;
	r.lowest_ether = lowest(&c);
	candles_free(&c);
	for (enum asset a = 0; a < ASSET_COUNT; a++) {
		r.prices[a].scale = 1;
		if (asset_is_stable(a))
			r.prices[a].first = usual[a].price;
		else if (a != ASSET_WETH)
			TRY(plan_coin(&r, a, why));
	}
	*out = r;
	return OK;
}

struct pace pace_of(double length, double wall_seconds)
{
	struct pace p = { .block_ms = BLOCK_MS };
	double block;

	assert(length > 0 && wall_seconds > 0);
	p.speed = length / wall_seconds;
	block = p.speed * (double)BLOCK_MS / 1000;
	/* Reports may be two rounds old when a block takes them: a round is a block or more. */
	p.oracle_period = ((u64)block / PERIOD_STEP + 1) * PERIOD_STEP;
	p.price_age_max = p.oracle_period * AGE_PERIODS;
	if (p.price_age_max < AGE_MAX)
		p.price_age_max = AGE_MAX;
	return p;
}
