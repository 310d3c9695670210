#ifndef RPC_JSON_PLAIN_H
#define RPC_JSON_PLAIN_H

/* A fast parser for the JSON that clients send: objects, arrays, strings of printable ASCII
 * without escapes, small whole numbers, true, false, null.
 *
 * What it parses it parses as jansson would.  At anything else, right or wrong, it gives up, and
 * jansson judges: so no text is accepted or refused because of it. */

#include <jansson.h>

#include "base/types.h"

/* json_plain_parse returns a new value, or NULL: it gave up, or there is no memory. */
json_t *json_plain_parse(struct bytes text);

#endif
