#ifndef NODE_STORE_PACK_H
#define NODE_STORE_PACK_H

/* Byte strings made smaller by what repeats in them (LZ4): what goes to the log, to memory and
 * to files again and again is packed once. */

#include "node/store/buffer.h"

/* Appends in, packed, to out.  Its size is not kept: unpack must be told.
 * Requires in.size <= PACK_MAX. */
#define PACK_MAX 0x7e000000u
void pack(struct buffer *out, struct bytes in);

/* Fills out with the size bytes that were packed.  false: damaged; out may be written to. */
bool unpack(u8 *out, size_t size, struct bytes in);

#endif
