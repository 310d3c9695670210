#ifndef DEMO_WORLD_H
#define DEMO_WORLD_H

/* The chain that the demo makes for itself: the devnet's genesis with the replay's first
 * prices and clock, and with what the simulated people own. */

#include "cmd/plimsoll-demo/people.h"

#define WORLD_REPORTERS 4
#define WORLD_WHY_MAX   256

struct signer {
	u8 key[32];
	struct address address;
};

struct world {
	u64 chain_id;
	struct u256 base_fee;
	struct terms terms[ASSET_COUNT];
	double prices[ASSET_COUNT]; /* the first ones */
	struct address treasury;
	struct signer reporters[WORLD_REPORTERS], bot;
};

/* world_init reads the devnet's terms.  ERR_MISMATCH: its assets are not ours, *why says. */
MUST_CHECK enum err world_init(struct world *w, const struct replay *replay, u64 seed,
			       char why[WORLD_WHY_MAX]);
/* Writes genesis.json.  ERR_IO, ERR_FULL. */
MUST_CHECK enum err world_write(const struct world *w, const char *path,
				const struct replay *replay, const struct pace *pace,
				const struct people *people);

#endif
