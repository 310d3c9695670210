#ifndef CLIENT_HD_H
#define CLIENT_HD_H

/* Hierarchical deterministic keys: BIP-32 on secp256k1, with paths as BIP-44 writes them.
 *
 *     m / 44' / 60' / 0' / 0 / index      most wallets         HD_PATH_DEFAULT
 *     m / 44' / 60' / index' / 0 / 0      Ledger Live          HD_LEDGER_STEP
 *     m / 44' / 60' / 0' / index          older Ledger programs
 *
 * Only secret keys: this derives what it then signs with. */

#include "base/err.h"

#define HD_DEPTH_MAX    10
#define HD_PATH_MAX     128 /* bytes of a path's text */
#define HD_HARDENED     0x80000000u
#define HD_PATH_DEFAULT "m/44'/60'/0'/0/0"
#define HD_LEDGER_STEP  2 /* of the same path: where Ledger Live counts */

struct hd_path {
	u32 steps[HD_DEPTH_MAX]; /* HD_HARDENED and up: hardened */
	size_t depth;
};

/* Reads "m", or "m/" and numbers below 2^31 with "/" between; ' or h behind one makes it hardened.
 * ERR_SYNTAX, ERR_RANGE; ERR_DEPTH: more than HD_DEPTH_MAX. */
MUST_CHECK enum err hd_path_parse(struct hd_path *out, const char *text);
void hd_path_format(char out[HD_PATH_MAX], const struct hd_path *path);
/* Replaces the number of a step; hardened stays hardened.  ERR_RANGE: no such step, or index is not below 2^31. */
MUST_CHECK enum err hd_path_set(struct hd_path *path, size_t step, u64 index);

struct hd_node {
	u8 key[32], chain_code[32];
};
/* From a seed of 16 to 64 bytes.  ERR_SIZE; ERR_SIGNATURE: the seed gives no key (one in 2^127). */
MUST_CHECK enum err hd_master(struct hd_node *out, struct bytes seed);
/* ERR_SIGNATURE: this index gives no key (one in 2^127): take the next. */
MUST_CHECK enum err hd_child(struct hd_node *out, const struct hd_node *parent, u32 step);
/* All in one.  The caller wipes the key. */
MUST_CHECK enum err hd_key(u8 key[32], struct bytes seed, const struct hd_path *path);

#endif
