#ifndef DEMO_REPLAY_H
#define DEMO_REPLAY_H

/* What is played back, and how fast: a candle file for each coin, from the first candle
 * of ether's to its last.
 *
 * The ether file is the one the user names.  Files of the other coins are looked for beside it,
 * under its name with "eth" replaced; a coin without one, or whose file covers less time,
 * starts at a usual price and follows ether's return. */

#include <limits.h>

#include "base/err.h"

#define REPLAY_WHY_MAX (PATH_MAX + 256)

/* asset, coin in file names, price in dollars if there is no file */
#define ASSETS(X) \
	X(WETH, "eth", 2500) \
	X(WBTC, "btc", 60000) \
	X(LINK, "link", 14.5) \
	X(USDC, NULL, 1) \
	X(DAI, NULL, 1)

enum asset {
#define X(name, coin, price) ASSET_##name,
	ASSETS(X)
#undef X
		ASSET_COUNT,
};
extern const char *const asset_symbols[ASSET_COUNT];
bool asset_is_stable(enum asset a);

struct replay_price {
	char file[PATH_MAX]; /* "": constant */
	bool follows;        /* the file is ether's, scaled */
	double scale;        /* 1 unless it follows */
	double first;        /* dollars at the beginning */
};

struct replay {
	u64 begins, ends;    /* unix seconds, chain time */
	u64 earliest;        /* candle of any file */
	double lowest_ether; /* dollars */
	struct replay_price prices[ASSET_COUNT];
};

/* replay_plan reads the files.  ERR_NOT_FOUND; what candles_read fails with.  why says what is wrong. */
MUST_CHECK enum err replay_plan(struct replay *out, const char *ether_file,
				char why[REPLAY_WHY_MAX]);

/* The file name of another coin.  ERR_NOT_FOUND: the name has no "eth" in it; ERR_SIZE: too long. */
MUST_CHECK enum err replay_sibling(char out[PATH_MAX], const char *ether_file, const char *coin);

/* How the chain's clock runs meanwhile. */
struct pace {
	double speed;      /* chain seconds in a wall second */
	u64 block_ms;      /* wall */
	u64 oracle_period; /* chain seconds: about one oracle round in a block */
	u64 price_age_max; /* chain seconds after which a price is stale */
};

/* pace_of spreads length chain seconds over so many wall seconds.  Requires both above 0. */
struct pace pace_of(double length, double wall_seconds);

#endif
