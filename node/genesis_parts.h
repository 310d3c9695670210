#ifndef NODE_GENESIS_PARTS_H
#define NODE_GENESIS_PARTS_H

/* What the two genesis formats share: reserves and e-modes are written alike.
 * Included by node/genesis*.c only. */

#include "node/genesis.h"

/* A reserve as written: names instead of numbers. */
struct reserve_text {
	struct genesis_reserve reserve;
	char token[17];
	char feed[48];
	u8 decimals;       /* market files */
	struct u256 price; /* market files: 8 decimals */
};
/* Reads the keys that both formats have, the format's own being fields. */
void genesis_read_reserve(struct json_reader *r, const json_t *object, bool is_market,
			  struct reserve_text *out);
/* g->emodes, from the array under "eModes"; the tokens and reserves are known. */
void genesis_read_emodes(struct json_reader *r, const json_t *root, struct genesis *g);

/* The number of the token with that symbol; a failure at the current place if there is none. */
u16 genesis_token_index(struct json_reader *r, const struct genesis *g, const char *symbol);

/* calloc with a failure noted; never NULL unless it failed. */
void *genesis_array(struct json_reader *r, size_t count, size_t size);
/* Parses text, refusing duplicate keys.  NULL and a failure. */
json_t *genesis_document(struct json_reader *r, struct bytes text);
/* Keccak of the canonical text.  ERR_FULL. */
MUST_CHECK enum err genesis_id(struct hash *out, const json_t *root);
/* The common end: genesis_check, or free and say why. */
MUST_CHECK enum err genesis_finish(struct genesis *out, struct genesis *g, struct json_reader *r);

#endif
