#ifndef NODE_STORE_ICS23_H
#define NODE_STORE_ICS23_H

/* Proofs of state as every ICS-23 verifier reads them: one CommitmentProof of cosmos.ics23.v1,
 * in protobuf.  The spec to check them by: docs/storage.md.
 *
 *     presence   exist    { key, value, leaf operation, an inner operation for each sibling }
 *     absence    nonexist { key, left and right: the presence of its neighbours }
 *
 * In an empty state there are no neighbours, so ICS-23 has no proof of absence there: the state
 * root itself, TREE_EMPTY, says it all. */

#include "node/store/store.h"

#define ICS23_PROOF_MAX 30000

/* The bytes are lent from out, in which they need not come first.
 * Requires proof->exists, for this key and value. */
struct bytes ics23_presence(u8 out[ICS23_PROOF_MAX], const struct state_proof *proof, struct bytes key,
			    struct bytes value);
/* Requires at least one neighbour. */
struct bytes ics23_absence(u8 out[ICS23_PROOF_MAX], const struct absence_proof *proof, struct bytes key);

#endif
