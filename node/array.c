#include "node/array.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64

void *array_room(void *at, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity ? 2 * *capacity : FIRST_CAPACITY;
	void *grown;

	assert(count <= *capacity);
	if (count < *capacity)
		return at;
	grown = more <= SIZE_MAX / size ? realloc(at, more * size) : NULL;
	if (grown)
		*capacity = more;
	return grown;
}
