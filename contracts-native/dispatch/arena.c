#include "contracts-native/dispatch/call.h"

#define ARENA_CHUNK_SIZE ((size_t)64 << 10)
#define ARENA_ALIGNMENT  16u

void arena_init(struct arena *a, const struct state_backing *backing)
{
	*a = (struct arena){ .backing = backing };
}

void *arena_take(struct arena *a, size_t size)
{
	u8 *at;

	if (size > SIZE_MAX - ARENA_ALIGNMENT) {
		a->full = true;
		return NULL;
	}
	/* Nothing takes a unit too, as NULL means that there is no more. */
	size = (size + (size == 0) + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
	if (size <= a->left) {
		at = a->at;
		a->at += size;
		a->left -= size;
		return at;
	}
	/* Something large gets memory of its own, and the rest of the chunk stays in use. */
	at = a->backing->more(a->backing->context, size > ARENA_CHUNK_SIZE / 4 ? size : ARENA_CHUNK_SIZE);
	if (!at) {
		a->full = true;
		return NULL;
	}
	if (size <= ARENA_CHUNK_SIZE / 4) {
		a->at = at + size;
		a->left = ARENA_CHUNK_SIZE - size;
	}
	return at;
}
