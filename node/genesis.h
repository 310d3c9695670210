#ifndef NODE_GENESIS_H
#define NODE_GENESIS_H

/* The genesis file: what a chain begins with, as JSON that people read and write.
 *
 * The document is strict: no key twice, no unknown key, every amount a decimal string
 * in base units, every percentage in basis points.  An error names the place:
 * "reserves[2].ltv: must be an integer from 0 to 65535".  Format: docs/operator.md.
 *
 * A chain's id is the Keccak of the document's canonical text: keys sorted, no white space. */

#include "contracts-native/chain/genesis.h"
#include "node/json.h"

#define GENESIS_SIZE_MAX     (64u << 20) /* bytes of the file */
#define GENESIS_BALANCES_MAX 4000000u    /* accounts times assets */

/* genesis_parse reads a document; genesis_free releases what is in *out.
 * ERR_SYNTAX: not JSON, or a value is wrong; ERR_RANGE: genesis_check refuses the numbers;
 * ERR_FULL: out of memory.  why tells which. */
MUST_CHECK enum err genesis_parse(struct genesis *out, struct bytes text, char why[JSON_WHY_MAX]);
void genesis_free(struct genesis *g);

/* genesis_parse of a file.  Also ERR_NOT_FOUND, ERR_IO, ERR_SIZE. */
MUST_CHECK enum err genesis_load(struct genesis *out, const char *path, char why[JSON_WHY_MAX]);

/* genesis_from_market reads a market file of the Aave comparison harness (reserves and
 * e-modes only) as a devnet: one token and one fixed price per reserve, no reporters, a base
 * fee of 0, and ten thousand coins for each account of the "test ... junk" mnemonic.  Account 0
 * is admin, account 15 umbrella.  Errors as genesis_parse. */
MUST_CHECK enum err genesis_from_market(struct genesis *out, struct bytes text, u64 chain_id,
					char why[JSON_WHY_MAX]);

#define MARKET_CHAIN_ID 31337 /* where nothing else is said: what development chains use */

/* genesis_settle rewrites a document whose "time" is "now" so that it is the given time,
 * indented for people.  Any other document comes back with its own time.  free() the text.
 * ERR_SYNTAX, ERR_FULL. */
MUST_CHECK enum err genesis_settle(char **out, struct bytes text, u64 now, char why[JSON_WHY_MAX]);

/* The text of genesis/devnet.json, compiled in. */
struct bytes genesis_devnet(void);

/* The accounts of the mnemonic "test test test test test test test test test test test junk". */
#define DEV_ACCOUNTS 20
extern const struct address dev_accounts[DEV_ACCOUNTS];

#endif
