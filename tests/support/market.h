#ifndef TESTS_SUPPORT_MARKET_H
#define TESTS_SUPPORT_MARKET_H

/* A lending market in a world: from a description in JSON (tests/vectors/aave), or the
 * two-asset one that most tests of the contracts use.
 *
 * Names stand for addresses in tests and in recorded scenarios: actors, "admin",
 * "treasury", "umbrella", "zero", "pool" and the other contracts, and for a symbol SYM the
 * token "SYM", its aToken "aSYM", debt token "vSYM" and price feed "feed.SYM". */

#include <jansson.h>

#include "contracts-native/chain/genesis.h"
#include "tests/support/world.h"

#define MARKET_LABELS_MAX  512
#define MARKET_SYMBOLS_MAX 16

struct market_label {
	char text[32];
	struct address address;
};

struct market {
	struct world world;
	char symbols[MARKET_SYMBOLS_MAX][17];
	u32 symbol_count;
	u64 time;
	struct market_label labels[MARKET_LABELS_MAX];
	u32 label_count;
	u32 first_log; /* of the last step a test made */
};

/* Builds the market that the JSON describes, at its genesis time, with these actors (a JSON
 * array of names).  Aborts on a description it does not understand. */
void market_init(struct market *m, const json_t *description, const json_t *actors);
/* WETH (2500 dollars) and USDC (1 dollar) with Aave's usual parameters; actors alice, bob, carol. */
void market_init_small(struct market *m);
void market_free(struct market *m);

/* The address of a name; aborts if there is none. */
struct address market_address(const struct market *m, const char *label);
/* The name of an address; NULL if it has none. */
const char *market_label(const struct market *m, const struct address *a);

/* Reads a JSON file, gzipped if its name ends in .gz; NULL if there is none. */
json_t *json_read(const char *path);

#endif
