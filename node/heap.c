#include "node/heap.h"

#include <stdlib.h>

struct heap_block {
	size_t size;
	size_t padding;
	u8 bytes[];
};
_Static_assert(offsetof(struct heap_block, bytes) % 16 == 0, "blocks are aligned to 16");

void heap_init(struct heap *m, size_t limit)
{
	*m = (struct heap){ .limit = limit };
}

static bool has_slot(struct heap *m)
{
	size_t capacity = m->capacity ? 2 * m->capacity : 16;
	struct heap_block **grown;

	if (m->count < m->capacity)
		return true;
	grown = realloc(m->blocks, capacity * sizeof(*grown));
	if (!grown)
		return false;
	m->blocks = grown;
	m->capacity = capacity;
	return true;
}

static void *use_block(struct heap *m, size_t i)
{
	struct heap_block *b = m->blocks[i];

	m->blocks[i] = m->blocks[m->used];
	m->blocks[m->used++] = b;
	return b->bytes;
}

void *heap_take(struct heap *m, size_t size)
{
	struct heap_block *b;

	for (size_t i = m->used; i < m->count; i++) {
		if (m->blocks[i]->size >= size)
			return use_block(m, i);
	}
	if (size > m->limit - m->held || !has_slot(m))
		return NULL;
	b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->size = size;
	m->held += size;
	m->blocks[m->count++] = b;
	return use_block(m, m->count - 1);
}

void heap_rewind(struct heap *m)
{
	m->used = 0;
}

void heap_free(struct heap *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->blocks[i]);
	free(m->blocks);
	heap_init(m, m->limit);
}
