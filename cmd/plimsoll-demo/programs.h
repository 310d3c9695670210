#ifndef DEMO_PROGRAMS_H
#define DEMO_PROGRAMS_H

/* The command lines of the node, the feeders and the liquidator, and the files they need. */

#include "cmd/plimsoll-demo/spawn.h"
#include "cmd/plimsoll-demo/world.h"

#define PROGRAMS_WHY_MAX 512
#define PORT_USUAL       8545u

struct programs {
	struct children *children;
	const struct world *world;
	const struct replay *replay;
	const struct pace *pace;
	const struct people *people;
	u16 port; /* JSON-RPC, on 127.0.0.1 */
	char url[48];
};

/* programs_port chooses a free port, wanted if that can be had; 0: 8545 if that can be had.
 * ERR_IO: none at all, or not the wanted one. */
MUST_CHECK enum err programs_port(u16 *out, u16 wanted);

/* Each starts what it says.  ERR_IO, ERR_FULL: *why says what to do. */
MUST_CHECK enum err programs_node(struct programs *p, char why[PROGRAMS_WHY_MAX]);
MUST_CHECK enum err programs_feeders(struct programs *p, char why[PROGRAMS_WHY_MAX]);
MUST_CHECK enum err programs_bot(struct programs *p, char why[PROGRAMS_WHY_MAX]);

#endif
