#ifndef NODE_ARRAY_H
#define NODE_ARRAY_H

/* Arrays that grow as they are filled.
 *
 *     struct leg *room = array_room(a->legs, a->count, &a->capacity, sizeof *room);
 *
 *     if (!room)
 *             return ERR_FULL;
 *     a->legs = room;
 *     a->legs[a->count++] = leg; */

#include "base/types.h"

/* The array at, of count elements of size bytes and room for *capacity, with room for one more: twice as much as
 * before if there was none.  The caller frees it.  NULL: no memory; the array and *capacity are as they were. */
void *array_room(void *at, size_t count, size_t *capacity, size_t size);

#endif
